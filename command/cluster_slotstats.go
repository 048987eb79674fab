package command

import (
	"cmp"
	"slices"
	"strings"

	"clusternode/resp"
	"clusternode/slots"
)

// SlotUsage is what commands on the keys of a slot have cost since the node
// began to count (cluster-slot-stats-enabled) or CONFIG RESETSTAT.
type SlotUsage struct {
	CPU    int64 // time in handlers, nanoseconds
	NetIn  int64 // bytes of the requests, as RESP
	NetOut int64 // bytes of the replies
}

// SlotUsages has the usage of every slot. Each is guarded by its slot's lock.
type SlotUsages [slots.Count]SlotUsage

// slotStat is the statistics of one slot.
type slotStat struct {
	slot slots.Slot
	keys int64
	SlotUsage
	memory int64 // bytes, see keyspace.Part.Bytes
}

// slotMetrics are the metrics in the order in which they are replied. All but
// the first are there while usage is counted.
var slotMetrics = [...]struct {
	name  string
	value func(s *slotStat) int64
}{
	{"key-count", func(s *slotStat) int64 { return s.keys }},
	{"cpu-usec", func(s *slotStat) int64 { return s.CPU / 1000 }},
	{"network-bytes-in", func(s *slotStat) int64 { return s.NetIn }},
	{"network-bytes-out", func(s *slotStat) int64 { return s.NetOut }},
	{"memory-bytes", func(s *slotStat) int64 { return s.memory }},
}

// metrics is how many of them there are now.
func (c *Ctx) slotMetrics() int {
	if c.Env.Usage.Load() == nil {
		return 1
	}
	return len(slotMetrics)
}

// clusterSlotStats replies CLUSTER SLOT-STATS. Source for the order of checks
// and the texts: Valkey 8.1.
func clusterSlotStats(c *Ctx) {
	switch {
	case equalFold(c.Args[2], "slotsrange") && len(c.Args) == 5:
		c.slotStatsRange()
	case equalFold(c.Args[2], "orderby"):
		c.slotStatsOrdered()
	default:
		c.W.Error(resp.SubcommandSyntax(c.Args[1], "cluster"))
	}
}

func (c *Ctx) slotStatsRange() {
	first, ok := c.slotArg(c.Args[3])
	if !ok {
		return
	}
	last, ok := c.slotArg(c.Args[4])
	switch {
	case !ok:
	case first > last:
		c.W.Error("ERR Start slot number " + decimal(int64(first)) + " is greater than end slot number " + decimal(int64(last)))
	default:
		c.replySlotStats(c.slotStats(first, last))
	}
}

// slotOrder is the arguments of ORDERBY.
type slotOrder struct {
	metric int
	limit  int64
	asc    bool
}

func (c *Ctx) slotStatsOrdered() {
	o, problem := c.slotOrder()
	if problem != "" {
		c.W.Error(problem)
		return
	}
	list := c.slotStats(0, slots.Count-1)
	value := slotMetrics[o.metric].value
	slices.SortFunc(list, func(a, b slotStat) int {
		n := cmp.Compare(value(&a), value(&b))
		if !o.asc {
			n = -n
		}
		return cmp.Or(n, cmp.Compare(a.slot, b.slot))
	})
	c.replySlotStats(list[:min(o.limit, int64(len(list)))])
}

const (
	errSlotMetric = "ERR Unrecognized sort metric for ORDERBY."
	errSlotLimit  = "ERR Limit has to lie in between 1 and 16384 (maximum number of slots)."
	errSlotFilter = "ERR Multiple filters of the same type are disallowed."
)

// slotOrder reads ORDERBY metric [LIMIT n] [ASC|DESC]; problem is the error.
func (c *Ctx) slotOrder() (o slotOrder, problem string) {
	o = slotOrder{metric: -1, limit: slots.Count}
	for i := range c.slotMetrics() {
		if equalFold(c.Args[3], slotMetrics[i].name) {
			o.metric = i
		}
	}
	if o.metric < 0 {
		return o, errSlotMetric
	}
	limited, ordered := false, false
	for i := 4; i < len(c.Args); i++ {
		switch word := strings.ToLower(string(c.Args[i])); {
		case word == "limit" && i+1 < len(c.Args):
			i++
			n, ok := resp.ParseInt(c.Args[i])
			if !ok || n < 1 || n > slots.Count {
				return o, errSlotLimit
			}
			if limited {
				return o, errSlotFilter
			}
			o.limit, limited = n, true
		case word == "asc" || word == "desc":
			if ordered {
				return o, errSlotFilter
			}
			o.asc, ordered = word == "asc", true
		default:
			return o, resp.ErrSyntax
		}
	}
	return o, ""
}

// slotStats collects the statistics of the slots of the node's shard between two.
func (c *Ctx) slotStats(first, last slots.Slot) (list []slotStat) {
	usage := c.Env.Usage.Load()
	for _, r := range c.Env.Cluster.View().ShardSlots() {
		for n := int(max(r.First, first)); n <= int(min(r.Last, last)); n++ {
			s := slotStat{slot: slots.Slot(n)}
			if usage == nil {
				s.keys = int64(c.KS.CountKeys(s.slot))
			} else {
				c.Locker.Lock(s.slot)
				p := c.KS.Part(0, s.slot)
				s.keys, s.SlotUsage, s.memory = int64(p.Len()), usage[n], p.Bytes()
				c.Locker.Unlock(s.slot)
			}
			list = append(list, s)
		}
	}
	return list
}

func (c *Ctx) replySlotStats(list []slotStat) {
	metrics := slotMetrics[:c.slotMetrics()]
	c.W.Array(len(list))
	for i := range list {
		c.W.Array(2)
		c.W.Int(int64(list[i].slot))
		c.W.Map(len(metrics))
		for _, m := range metrics {
			c.W.BulkString(m.name)
			c.W.Int(m.value(&list[i]))
		}
	}
}
