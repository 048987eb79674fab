package command

import (
	"strconv"
	"time"

	"clusternode/cluster"
	"clusternode/resp"
	"clusternode/slots"
)

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

func clusterAddSlots(c *Ctx) {
	if list, ok := c.slotList(); ok {
		c.addSlots(list)
	}
}

func clusterAddSlotsRange(c *Ctx) {
	if list, ok := c.slotRanges(); ok {
		c.addSlots(list)
	}
}

func (c *Ctx) addSlots(list []slots.Range) {
	c.changeCluster(func(m *cluster.Machine, now time.Duration) error { return m.AddSlots(now, list) })
}

func clusterDelSlots(c *Ctx) {
	if list, ok := c.slotList(); ok {
		c.delSlots(list)
	}
}

func clusterDelSlotsRange(c *Ctx) {
	if list, ok := c.slotRanges(); ok {
		c.delSlots(list)
	}
}

func (c *Ctx) delSlots(list []slots.Range) {
	c.changeCluster(func(m *cluster.Machine, now time.Duration) error { return m.DelSlots(now, list) })
}

func clusterFlushSlots(c *Ctx) {
	empty := c.clusterEmpty()
	c.changeCluster(func(m *cluster.Machine, now time.Duration) error { return m.FlushSlots(now, empty) })
}

func clusterBumpEpoch(c *Ctx) {
	var reply string
	err := c.Env.Cluster.Do(func(m *cluster.Machine, now time.Duration) error {
		reply = m.BumpEpoch(now)
		return nil
	})
	if err != nil {
		c.W.Error(err.Error())
		return
	}
	c.W.SimpleString(reply)
}

func clusterSetConfigEpoch(c *Ctx) {
	epoch, ok := c.intArg(c.Args[2])
	switch {
	case !ok:
	case epoch < 0:
		c.W.Error("ERR Invalid config epoch specified: " + decimal(epoch))
	default:
		c.changeCluster(func(m *cluster.Machine, now time.Duration) error { return m.SetConfigEpoch(now, uint64(epoch)) })
	}
}

func clusterMeet(c *Ctx) {
	if len(c.Args) > 5 {
		c.W.Error(resp.SubcommandSyntax(c.Args[1], "cluster"))
		return
	}
	port, ok := resp.ParseInt(c.Args[3])
	if !ok {
		c.W.Error("ERR Invalid base port specified: " + resp.Quoted(c.Args[3]))
		return
	}
	busPort := port + cluster.BusPortOffset
	if len(c.Args) == 5 {
		if busPort, ok = resp.ParseInt(c.Args[4]); !ok {
			c.W.Error("ERR Invalid bus port specified: " + resp.Quoted(c.Args[4]))
			return
		}
	}
	ip := resp.Quoted(c.Args[2])
	c.changeCluster(func(m *cluster.Machine, now time.Duration) error { return m.Meet(now, ip, int(port), int(busPort)) })
}

func clusterForget(c *Ctx) {
	id := resp.Quoted(c.Args[2])
	c.changeCluster(func(m *cluster.Machine, now time.Duration) error { return m.Forget(now, id) })
}

func clusterReplicate(c *Ctx) {
	id, empty := resp.Quoted(c.Args[2]), c.clusterEmpty()
	c.changeCluster(func(m *cluster.Machine, now time.Duration) error { return m.Replicate(now, id, empty) })
}

func clusterReset(c *Ctx) {
	hard := false
	switch {
	case len(c.Args) > 3:
		c.W.Error(resp.SubcommandSyntax(c.Args[1], "cluster"))
		return
	case len(c.Args) == 3 && equalFold(c.Args[2], "hard"):
		hard = true
	case len(c.Args) == 3 && !equalFold(c.Args[2], "soft"):
		c.W.Error(resp.ErrSyntax)
		return
	}
	empty := c.clusterEmpty()
	c.changeCluster(func(m *cluster.Machine, now time.Duration) error { return m.Reset(now, hard, empty) })
}

func clusterSaveConfig(c *Ctx) {
	c.changeCluster(func(m *cluster.Machine, _ time.Duration) error {
		m.RequestSave()
		return nil
	})
}

func clusterFailover(c *Ctx) {
	switch {
	case len(c.Args) > 3:
		c.W.Error(resp.SubcommandSyntax(c.Args[1], "cluster"))
	case len(c.Args) == 3 && !equalFold(c.Args[2], "force") && !equalFold(c.Args[2], "takeover"):
		c.W.Error(resp.ErrSyntax)
	default:
		c.W.Error(c.Env.Cluster.View().Failover().Error())
	}
}

func clusterFailureReports(c *Ctx) {
	id, count := resp.Quoted(c.Args[2]), 0
	err := c.Env.Cluster.Do(func(m *cluster.Machine, now time.Duration) (err error) {
		count, err = m.FailureReports(now, id)
		return err
	})
	if err != nil {
		c.W.Error(err.Error())
		return
	}
	c.W.Int(int64(count))
}

func clusterSetSlot(c *Ctx) {
	if err := c.Env.Cluster.View().CanSetSlot(); err != nil {
		c.W.Error(err.Error())
		return
	}
	slot, ok := c.slotArg(c.Args[2])
	if !ok {
		return
	}
	id := resp.Quoted(c.Args[len(c.Args)-1])
	switch action, n := c.Args[3], len(c.Args); {
	case equalFold(action, "migrating") && n == 5:
		c.changeCluster(func(m *cluster.Machine, now time.Duration) error { return m.SetSlotMigrating(now, slot, id) })
	case equalFold(action, "importing") && n == 5:
		c.changeCluster(func(m *cluster.Machine, now time.Duration) error { return m.SetSlotImporting(now, slot, id) })
	case equalFold(action, "stable") && n == 4:
		c.changeCluster(func(m *cluster.Machine, now time.Duration) error {
			m.SetSlotStable(now, slot)
			return nil
		})
	case equalFold(action, "node") && n == 5:
		keys := 0
		c.stopped(func() { keys = c.KS.CountKeys(slot) })
		c.changeCluster(func(m *cluster.Machine, now time.Duration) error { return m.SetSlotNode(now, slot, id, keys) })
	default:
		c.W.Error("ERR Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP")
	}
}
