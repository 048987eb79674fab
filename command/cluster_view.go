package command

import (
	"clusternode/cluster"
	"clusternode/keyspace"
	"clusternode/resp"
	"clusternode/slots"
)

func clusterInfo(c *Ctx) {
	c.W.Verbatim("txt", string(c.Env.Cluster.View().AppendInfo(nil, c.Env.Cluster.LinkStats())))
}

func clusterNodes(c *Ctx) {
	c.W.Verbatim("txt", string(c.Env.Cluster.View().AppendNodes(nil, false)))
}

func clusterReplicas(c *Ctx) {
	lines, err := c.Env.Cluster.View().Replicas(resp.Quoted(c.Args[2]), false)
	if err != nil {
		c.W.Error(err.Error())
		return
	}
	c.W.Strings(lines)
}

func clusterKeySlot(c *Ctx) { c.W.Int(int64(slots.Of(c.Args[2]))) }

func clusterSlots(c *Ctx) {
	list := c.Env.Cluster.View().Slots(false)
	c.W.Array(len(list))
	for i := range list {
		e := &list[i]
		c.W.Array(2 + len(e.Nodes))
		c.W.Int(int64(e.First))
		c.W.Int(int64(e.Last))
		for j := range e.Nodes {
			c.slotNode(&e.Nodes[j])
		}
	}
}

func (c *Ctx) slotNode(n *cluster.SlotNode) {
	c.W.Array(4)
	c.endpoint(n.Host, n.Null)
	c.W.Int(int64(n.Port))
	c.W.BulkString(n.ID)
	c.W.Map(len(n.Meta) / 2)
	for _, s := range n.Meta {
		c.W.BulkString(s)
	}
}

func (c *Ctx) endpoint(host string, null bool) {
	if null {
		c.W.Null()
		return
	}
	c.W.BulkString(host)
}

func clusterShards(c *Ctx) {
	list := c.Env.Cluster.View().Shards()
	c.W.Array(len(list))
	for i := range list {
		s := &list[i]
		c.W.Map(2)
		c.W.BulkString("slots")
		c.W.Array(2 * len(s.Slots))
		for _, r := range s.Slots {
			c.W.Int(int64(r.First))
			c.W.Int(int64(r.Last))
		}
		c.W.BulkString("nodes")
		c.W.Array(len(s.Nodes))
		for j := range s.Nodes {
			c.shardNode(&s.Nodes[j])
		}
	}
}

func (c *Ctx) shardNode(n *cluster.ShardNode) {
	fields := 6
	for _, more := range []bool{n.Port != 0, n.TLSPort != 0, n.Hostname != ""} {
		if more {
			fields++
		}
	}
	text := func(name, value string) {
		c.W.BulkString(name)
		c.W.BulkString(value)
	}
	number := func(name string, value int64) {
		c.W.BulkString(name)
		c.W.Int(value)
	}
	c.W.Map(fields)
	text("id", n.ID)
	if n.Port != 0 {
		number("port", int64(n.Port))
	}
	if n.TLSPort != 0 {
		number("tls-port", int64(n.TLSPort))
	}
	text("ip", n.IP)
	c.W.BulkString("endpoint")
	c.endpoint(n.Endpoint, n.EndpointNull)
	if n.Hostname != "" {
		text("hostname", n.Hostname)
	}
	text("role", n.Role)
	number("replication-offset", n.Offset)
	text("health", n.Health)
}

func clusterLinks(c *Ctx) {
	list := c.Env.Cluster.Links()
	c.W.Array(len(list))
	for i := range list {
		l := &list[i]
		direction := "from"
		if l.Outbound {
			direction = "to"
		}
		c.W.Map(6)
		c.W.BulkString("direction")
		c.W.BulkString(direction)
		c.W.BulkString("node")
		c.W.BulkString(l.Node)
		c.W.BulkString("create-time")
		c.W.Int(l.CreateTime)
		c.W.BulkString("events")
		c.W.BulkString(l.Events)
		c.W.BulkString("send-buffer-allocated")
		c.W.Int(l.SendBufAllocated)
		c.W.BulkString("send-buffer-used")
		c.W.Int(l.SendBufUsed)
	}
}

func clusterCountKeys(c *Ctx) {
	n, ok := c.intArg(c.Args[2])
	switch {
	case !ok:
	case n < 0 || n >= slots.Count:
		c.W.Error("ERR Invalid slot")
	default:
		c.W.Int(int64(c.KS.CountKeys(slots.Slot(n)))) // a counter that anybody may read
	}
}

func clusterGetKeys(c *Ctx) {
	n, ok := c.intArg(c.Args[2])
	if !ok {
		return
	}
	limit, ok := c.intArg(c.Args[3])
	switch {
	case !ok:
		return
	case n < 0 || n >= slots.Count || limit < 0:
		c.W.Error("ERR Invalid slot or number of keys")
		return
	}
	s := slots.Slot(n)
	c.Locker.Lock(s)
	defer c.Locker.Unlock(s)
	limit = min(limit, int64(c.KS.CountKeys(s)))
	c.W.Array(int(limit))
	if limit == 0 {
		return
	}
	c.KS.Part(0, s).Each(func(e keyspace.Entry) bool {
		c.W.Bulk(e.Key())
		limit--
		return limit > 0
	})
}

func clusterHelp(c *Ctx) {
	c.W.Help("CLUSTER", []string{
		"ADDSLOTS <slot> [<slot> ...]",
		"    Assign slots to current node.",
		"ADDSLOTSRANGE <start slot> <end slot> [<start slot> <end slot> ...]",
		"    Assign slots which are between <start-slot> and <end-slot> to current node.",
		"BUMPEPOCH",
		"    Advance the cluster config epoch.",
		"COUNT-FAILURE-REPORTS <node-id>",
		"    Return number of failure reports for <node-id>.",
		"COUNTKEYSINSLOT <slot>",
		"    Return the number of keys in <slot>.",
		"DELSLOTS <slot> [<slot> ...]",
		"    Delete slots information from current node.",
		"DELSLOTSRANGE <start slot> <end slot> [<start slot> <end slot> ...]",
		"    Delete slots information which are between <start-slot> and <end-slot> from current node.",
		"FAILOVER [FORCE|TAKEOVER]",
		"    Promote current replica node to being a master.",
		"FORGET <node-id>",
		"    Remove a node from the cluster.",
		"GETKEYSINSLOT <slot> <count>",
		"    Return key names stored by current node in a slot.",
		"FLUSHSLOTS",
		"    Delete current node own slots information.",
		"INFO",
		"    Return information about the cluster.",
		"KEYSLOT <key>",
		"    Return the hash slot for <key>.",
		"MEET <ip> <port> [<bus-port>]",
		"    Connect nodes into a working cluster.",
		"MYID",
		"    Return the node id.",
		"MYSHARDID",
		"    Return the node's shard id.",
		"NODES",
		"    Return cluster configuration seen by node. Output format:",
		"    <id> <ip:port@bus-port[,hostname]> <flags> <master> <pings> <pongs> <epoch> <link> <slot> ...",
		"REPLICATE <node-id>",
		"    Configure current node as replica to <node-id>.",
		"RESET [HARD|SOFT]",
		"    Reset current node (default: soft).",
		"SET-CONFIG-EPOCH <epoch>",
		"    Set config epoch of current node.",
		"SETSLOT <slot> (IMPORTING <node-id>|MIGRATING <node-id>|STABLE|NODE <node-id>)",
		"    Set slot state.",
		"REPLICAS <node-id>",
		"    Return <node-id> replicas.",
		"SAVECONFIG",
		"    Force saving cluster configuration on disk.",
		"SLOT-STATS",
		"    Return an array of slot usage statistics for slots assigned to the current node.",
		"SLOTS",
		"    Return information about slots range mappings. Each range is made of:",
		"    start, end, master and replicas IP addresses, ports and ids",
		"SHARDS",
		"    Return information about slot range mappings and the nodes associated with them.",
		"LINKS",
		"    Return information about all network links between this node and its peers.",
		"    Output format is an array where each array element is a map containing attributes of a link",
	})
}
