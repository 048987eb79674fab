package cluster

import "strconv"

// Error texts of the admin calls, as Redis has them.
const (
	errForgetSelf      = Error("ERR I tried hard but I can't forget myself...")
	errForgetPrimary   = Error("ERR Can't forget my master!")
	errReplicateSelf   = Error("ERR Can't replicate myself")
	errReplicateChain  = Error("ERR I can only replicate a master, not a replica.")
	errReplicateData   = Error("ERR To set a master the node must be empty and without assigned slots.")
	errSetSlotReplica  = Error("ERR You can use SETSLOT only with masters.")
	errTargetReplica   = Error("ERR Target node is not a master")
	errFlushSlotsData  = Error("ERR DB must be empty to perform CLUSTER FLUSHSLOTS.")
	errEpochOthers     = Error("ERR The user can assign a config epoch only when the node does not know any other node.")
	errEpochSet        = Error("ERR Node config epoch is already non-zero")
	errResetData       = Error("ERR CLUSTER RESET can't be called with master nodes containing keys")
	errFailoverPrimary = Error("ERR You should send CLUSTER FAILOVER to a replica")
	errFailoverMissing = Error("ERR CLUSTER FAILOVER is not available in this version: replication is not built yet")
)

func unknownNode(id string) Error     { return Error("ERR Unknown node " + id) }
func dontKnowNode(id string) Error    { return Error("ERR I don't know about node " + id) }
func slotError(s int, t string) Error { return Error("ERR Slot " + strconv.Itoa(s) + " " + t) }
