package cluster

import "clusternode/slots"

// Ready is what the driver has to do after a call of the machine, in this
// order:
//
//  1. Save, if not nil: write nodes.conf. Nothing below may happen before the
//     file is safe, and an admin call that led to it is answered only then.
//  2. Publish View, if not nil, for the readers.
//  3. Everything else, in any order. Messages to nodes without a link are
//     dropped: the machine repeats what still matters.
//
// A driver calls Ready after each call (or short batch of calls) and executes
// it whole before the next one.
type Ready struct {
	Save *Save
	View *View

	Send []Send
	// Broadcast is news for memberlist's broadcast queue. What does not fit a
	// packet can be dropped: nodes also pull what they lack.
	Broadcast []Broadcast
	// Peers, when PeersChanged, is the whole list of nodes to keep a control
	// link to (in either direction), with the address to dial; links of nodes
	// that left the list are closed.
	Peers        []Peer
	PeersChanged bool
	// Meet lists addresses to dial once without knowing who is there; each
	// ends in MeetLink or MeetFailed with its token. The machine repeats
	// dials by itself.
	Meet []MeetDial
	// Renamed: the node has a new identity (RESET HARD): links and the
	// memberlist instance made under the old one are replaced.
	Renamed bool
	// Lost are slots whose keys must be deleted: another node owns them now.
	Lost *slots.Set
	// Emptied: the node was a replica and was reset; its data set goes.
	Emptied bool
	// Log lines, in order.
	Log []LogLine
}

// Empty reports whether there is nothing to do.
func (r *Ready) Empty() bool {
	return r.Save == nil && r.View == nil && len(r.Send) == 0 && len(r.Broadcast) == 0 && !r.PeersChanged &&
		len(r.Meet) == 0 && !r.Renamed && r.Lost == nil && !r.Emptied && len(r.Log) == 0
}

// Save is a new content of nodes.conf.
type Save struct {
	Text []byte
	// Sync: other nodes will rely on it (epochs, membership, votes), so it must
	// be synced to the disk; otherwise a rename is enough.
	Sync bool
}

// Send is one message over the control link of a node.
type Send struct {
	To   string // node id
	Body []byte // at most MaxMessage bytes
}

// Broadcast is news about one node; it replaces queued news about the same.
type Broadcast struct {
	ID   string
	Body []byte // a Delta: Machine.Merge of the others takes it
}

// Peer is a node that a link is kept to.
type Peer struct {
	ID   string
	Addr Address // Host "" while unknown: do not dial
}

// MeetDial is an address to dial for MEET.
type MeetDial struct {
	Token uint64
	Addr  Address
}

// Address is where a bus is reached.
type Address struct {
	Host string // IP address
	Port int    // bus port
}

// LogLevel is one of Redis' log levels.
type LogLevel uint8

const (
	LogDebug LogLevel = iota
	LogVerbose
	LogNotice
	LogWarning
)

// LogLine is one line for the node's log.
type LogLine struct {
	Level LogLevel
	Text  string
}

// Error is the text of an error reply, code included ("ERR ...").
type Error string

func (e Error) Error() string { return string(e) }

// SaveError wraps what made saving nodes.conf fail; drivers return it from
// admin calls.
type SaveError struct{ Err error }

func (e *SaveError) Error() string {
	return "ERR error saving the cluster node config: " + e.Err.Error()
}
func (e *SaveError) Unwrap() error { return e.Err }

// LinkInfo is one link for CLUSTER LINKS; the driver fills it.
type LinkInfo struct {
	Outbound   bool // direction "to", else "from"
	Node       string
	CreateTime int64  // unix ms
	Events     string // "rw", "r"
	// Bytes allocated for, and waiting in, the send buffer.
	SendBufAllocated, SendBufUsed int64
}
