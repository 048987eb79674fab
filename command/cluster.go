package command

import (
	"time"

	"clusternode/cluster"
	"clusternode/keyspace"
	"clusternode/resp"
	"clusternode/slots"
)

// Cluster is what commands ask of the cluster. Its methods may be called from
// any goroutine.
type Cluster interface {
	// View is the current view; it never changes.
	View() *cluster.View
	// Do runs f on the goroutine that owns the machine, executes what it led
	// to, and returns f's error, or that of saving nodes.conf. It waits for
	// the disk, but never for an executor, a slot or the gate.
	Do(f func(m *cluster.Machine, now time.Duration) error) error
	// Links lists the links of the bus.
	Links() []cluster.LinkInfo
	// LinkStats is what the bus links count.
	LinkStats() cluster.LinkStats
}

const (
	clusterAdmin = Admin | Stale | NoAsyncLoading
	clusterRead  = Stale
)

var slotStatsTips = []string{"nondeterministic_output", "request_policy:all_shards"}

var changesWithTime = []string{"nondeterministic_output"}

// ClusterSpecs are CLUSTER and the commands that set a client's cluster modes.
// What changes the configuration waits for the disk, so it blocks.
var ClusterSpecs = []*Spec{
	{Name: "cluster", Arity: -2, Subs: []*Spec{
		{Name: "addslots", Arity: -3, Flags: clusterAdmin, Blocks: true, Handler: inCluster(clusterAddSlots)},
		{Name: "addslotsrange", Arity: -4, Flags: clusterAdmin, Blocks: true, Handler: inCluster(clusterAddSlotsRange)},
		{Name: "bumpepoch", Arity: 2, Flags: clusterAdmin, Tips: changesWithTime, Blocks: true, Handler: inCluster(clusterBumpEpoch)},
		{Name: "count-failure-reports", Arity: 3, Flags: Admin | Stale, Tips: changesWithTime, Blocks: true, Handler: inCluster(clusterFailureReports)},
		{Name: "countkeysinslot", Arity: 3, Flags: clusterRead, Handler: inCluster(clusterCountKeys)},
		{Name: "delslots", Arity: -3, Flags: clusterAdmin, Blocks: true, Handler: inCluster(clusterDelSlots)},
		{Name: "delslotsrange", Arity: -4, Flags: clusterAdmin, Blocks: true, Handler: inCluster(clusterDelSlotsRange)},
		{Name: "failover", Arity: -2, Flags: clusterAdmin, Handler: inCluster(clusterFailover)},
		{Name: "flushslots", Arity: 2, Flags: clusterAdmin, Blocks: true, Handler: inCluster(clusterFlushSlots)},
		{Name: "forget", Arity: 3, Flags: clusterAdmin, Blocks: true, Handler: inCluster(clusterForget)},
		{Name: "getkeysinslot", Arity: 4, Flags: clusterRead, Tips: changesWithTime, Lock: LockScan, Handler: inCluster(clusterGetKeys)},
		{Name: "help", Arity: 2, Flags: helpFlags, Handler: inCluster(clusterHelp)},
		{Name: "info", Arity: 2, Flags: clusterRead, Tips: changesWithTime, Handler: inCluster(clusterInfo)},
		{Name: "keyslot", Arity: 3, Flags: clusterRead, Handler: inCluster(clusterKeySlot)},
		{Name: "links", Arity: 2, Flags: clusterRead, Tips: changesWithTime, Handler: inCluster(clusterLinks)},
		{Name: "meet", Arity: -4, Flags: clusterAdmin, Blocks: true, Handler: inCluster(clusterMeet)},
		{Name: "myid", Arity: 2, Flags: clusterRead, Handler: inCluster(func(c *Ctx) { c.W.BulkString(c.Env.Cluster.View().MyID()) })},
		{Name: "myshardid", Arity: 2, Flags: clusterRead, Tips: changesWithTime, Handler: inCluster(func(c *Ctx) { c.W.BulkString(c.Env.Cluster.View().MyShardID()) })},
		{Name: "nodes", Arity: 2, Flags: clusterRead, Tips: changesWithTime, Handler: inCluster(clusterNodes)},
		{Name: "replicas", Arity: 3, Flags: Admin | Stale, Tips: changesWithTime, Handler: inCluster(clusterReplicas)},
		{Name: "replicate", Arity: 3, Flags: clusterAdmin, Blocks: true, Handler: inCluster(clusterReplicate)},
		{Name: "reset", Arity: -2, Flags: Admin | NoScript | Stale, Blocks: true, Handler: inCluster(clusterReset)},
		{Name: "saveconfig", Arity: 2, Flags: clusterAdmin, Blocks: true, Handler: inCluster(clusterSaveConfig)},
		{Name: "set-config-epoch", Arity: 3, Flags: clusterAdmin, Blocks: true, Handler: inCluster(clusterSetConfigEpoch)},
		{Name: "setslot", Arity: -4, Flags: clusterAdmin, Blocks: true, Handler: inCluster(clusterSetSlot)},
		{Name: "shards", Arity: 2, Flags: Loading | Stale, Tips: changesWithTime, Handler: inCluster(clusterShards)},
		{Name: "slaves", Arity: 3, Flags: Admin | Stale, Tips: changesWithTime, Handler: inCluster(clusterReplicas)},
		{Name: "slot-stats", Arity: -4, Flags: Loading | Stale, Tips: slotStatsTips, Lock: LockScan, Handler: inCluster(clusterSlotStats)},
		{Name: "slots", Arity: 2, Flags: Loading | Stale, Tips: changesWithTime, Handler: inCluster(clusterSlots)},
	}},
	{Name: "asking", Arity: 1, Flags: Fast, Cats: CatConnection, Handler: inCluster(asking)},
	{Name: "readonly", Arity: 1, Flags: Loading | Stale | Fast, Cats: CatConnection, Handler: inCluster(readOnly)},
	{Name: "readwrite", Arity: 1, Flags: Loading | Stale | Fast, Cats: CatConnection, Handler: inCluster(readWrite)},
}

// inCluster is a handler that wants cluster support.
func inCluster(h Handler) Handler {
	return func(c *Ctx) {
		if c.Env.Cluster == nil {
			c.W.Error(resp.ErrNoCluster)
			return
		}
		h(c)
	}
}

// The modes of a client. ASKING holds for the next command only: the dispatcher
// clears it.
func asking(c *Ctx) {
	c.C.Flags |= ClientAsking
	c.W.OK()
}

func readOnly(c *Ctx) {
	c.C.Flags |= ClientReadOnly
	c.W.OK()
}

func readWrite(c *Ctx) {
	c.C.Flags &^= ClientReadOnly
	c.W.OK()
}

// changeCluster runs f on the machine and replies OK or the error.
func (c *Ctx) changeCluster(f func(m *cluster.Machine, now time.Duration) error) {
	if err := c.Env.Cluster.Do(f); err != nil {
		c.W.Error(err.Error())
		return
	}
	c.W.OK()
}

// stopped runs f with the world stopped: the handlers of commands that block
// have left the keyspace.
func (c *Ctx) stopped(f func()) {
	if c.Locker == keyspace.NoLock { // inside EXEC, which has stopped it
		f()
		return
	}
	c.KS.Gate(f)
}

// clusterEmpty reports whether the node holds no keys.
func (c *Ctx) clusterEmpty() bool {
	var empty bool
	c.stopped(func() { empty = c.KS.DBSize(0) == 0 })
	return empty
}

const errSlot = "ERR Invalid or out of range slot"

// slotArg reads a slot; ok is false after the error was replied.
func (c *Ctx) slotArg(arg []byte) (slots.Slot, bool) {
	n, ok := c.intBetween(arg, 0, slots.Count-1, errSlot)
	return slots.Slot(n), ok
}

// slotList reads the arguments of ADDSLOTS and DELSLOTS.
func (c *Ctx) slotList() ([]slots.Range, bool) {
	list := make([]slots.Range, 0, len(c.Args)-2)
	for _, a := range c.Args[2:] {
		s, ok := c.slotArg(a)
		if !ok {
			return nil, false
		}
		list = append(list, slots.Range{First: s, Last: s})
	}
	return list, true
}

// slotRanges reads the arguments of ADDSLOTSRANGE and DELSLOTSRANGE.
func (c *Ctx) slotRanges() ([]slots.Range, bool) {
	if len(c.Args)%2 != 0 {
		c.W.Error(resp.WrongArity(c.Spec.FullName()))
		return nil, false
	}
	var list []slots.Range
	for i := 2; i < len(c.Args); i += 2 {
		first, ok := c.slotArg(c.Args[i])
		if !ok {
			return nil, false
		}
		last, ok := c.slotArg(c.Args[i+1])
		if !ok {
			return nil, false
		}
		if first > last {
			c.W.Error("ERR start slot number " + decimal(int64(first)) + " is greater than end slot number " + decimal(int64(last)))
			return nil, false
		}
		list = append(list, slots.Range{First: first, Last: last})
	}
	return list, true
}
