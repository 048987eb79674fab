package command

import (
	"clusternode/object"
	"clusternode/resp"
)

// infoStream looks up the key of an XINFO subcommand; ok is false after an error
// was replied.
func (c *Ctx) infoStream() (s object.Stream, ok bool) {
	s, exists, ok := c.readStream(&c.Keys[0])
	if ok && !exists {
		c.W.Error(resp.ErrNoSuchKey)
		return s, false
	}
	return s, ok
}

// infoInt and its like reply a name and a value.
func (c *Ctx) infoInt(name string, n int64) {
	c.W.BulkString(name)
	c.W.Int(n)
}

func (c *Ctx) infoID(name string, id object.StreamID) {
	c.W.BulkString(name)
	c.bulkID(id)
}

func (c *Ctx) infoBulk(name string, b []byte) {
	c.W.BulkString(name)
	c.W.Bulk(b)
}

// infoMaybe replies a number that may not be known.
func (c *Ctx) infoMaybe(name string, n int64, known bool) {
	c.W.BulkString(name)
	if known {
		c.W.Int(n)
	} else {
		c.W.Null()
	}
}

// fullCount reads the options of XINFO STREAM; ok is false after an error was
// replied.
func (c *Ctx) fullCount() (full bool, count int64, ok bool) {
	count = 10
	switch n := len(c.Args) - 3; {
	case n == 0:
		return false, 0, true
	case n != 1 && n != 3, !equalFold(c.Args[3], "full"), n == 3 && !equalFold(c.Args[4], "count"):
		c.groupSyntax()
		return false, 0, false
	case n == 3:
		if count, ok = c.intArg(c.Args[5]); !ok {
			return false, 0, false
		}
		if count < 0 {
			count = 10
		}
	}
	return true, count, true
}

func xinfoStream(c *Ctx) {
	s, ok := c.infoStream()
	if !ok {
		return
	}
	full, count, ok := c.fullCount()
	if !ok {
		return
	}
	if full {
		c.W.Map(9)
	} else {
		c.W.Map(10)
	}
	c.infoInt("length", int64(s.Len()))
	c.infoInt("radix-tree-keys", int64(s.Nodes()))
	c.infoInt("radix-tree-nodes", treeNodes(&s))
	c.infoID("last-generated-id", s.LastID())
	c.infoID("max-deleted-entry-id", s.MaxDeletedID())
	c.infoInt("entries-added", int64(s.Added()))
	c.infoID("recorded-first-entry-id", s.FirstID())
	if full {
		c.W.BulkString("entries")
		c.replyEntries(&s, object.StreamID{}, object.MaxStreamID, false, count)
		c.fullGroups(&s, count)
		return
	}
	c.infoInt("groups", int64(s.Groups()))
	c.infoEntry("first-entry", &s, false)
	c.infoEntry("last-entry", &s, true)
}

// treeNodes is what there is of the tree: packs of entries, and the branches and
// leaves that lead to them. An empty one counts as a node.
func treeNodes(s *object.Stream) int64 { return max(1, int64(s.Nodes()+s.Blocks())) }

// infoEntry replies the first or last entry.
func (c *Ctx) infoEntry(name string, s *object.Stream, last bool) {
	c.W.BulkString(name)
	it := s.Iter(object.StreamID{}, object.MaxStreamID, last)
	if it.Next() {
		c.replyEntry(&it)
	} else {
		c.W.Null()
	}
}

// fullGroups replies all about consumer groups, with count pending entries of
// each group and consumer, 0 being all.
func (c *Ctx) fullGroups(s *object.Stream, count int64) {
	c.W.BulkString("groups")
	c.W.Array(s.Groups())
	s.EachGroup(func(g *object.StreamGroup) bool {
		c.W.Map(7)
		c.groupFacts(s, g, "")
		c.infoInt("pel-count", int64(g.Pending()))
		c.W.BulkString("pending")
		list := newBulkList(c.W)
		g.EachPending(object.StreamID{}, func(p object.StreamPending) bool {
			c.W.Array(4)
			c.bulkID(p.ID)
			c.W.Bulk(g.ConsumerName(p.Consumer))
			c.W.Int(p.Time)
			c.W.Int(int64(p.Count))
			list.n++
			return int64(list.n) != count
		})
		list.close(nil)
		c.W.BulkString("consumers")
		c.W.Array(g.Consumers())
		g.EachConsumer(func(consumer *object.StreamConsumer) bool {
			c.fullConsumer(g, consumer, count)
			return true
		})
		return true
	})
}

// groupFacts replies what XINFO GROUPS and FULL say of a group, the first with
// the number of pending entries in between.
func (c *Ctx) groupFacts(s *object.Stream, g *object.StreamGroup, pending string) {
	c.infoBulk("name", g.Name())
	if pending != "" {
		c.infoInt("consumers", int64(g.Consumers()))
		c.infoInt(pending, int64(g.Pending()))
	}
	c.infoID("last-delivered-id", g.LastID())
	c.infoMaybe("entries-read", g.Read(), g.Read() != object.UnknownRead)
	lag, known := g.Lag(s)
	c.infoMaybe("lag", lag, known)
}

func (c *Ctx) fullConsumer(g *object.StreamGroup, consumer *object.StreamConsumer, count int64) {
	c.W.Map(5)
	c.infoBulk("name", consumer.Name())
	c.infoInt("seen-time", consumer.Seen())
	c.infoInt("active-time", consumer.Active())
	c.infoInt("pel-count", int64(consumer.Pending()))
	c.W.BulkString("pending")
	list := newBulkList(c.W)
	consumer.EachPending(object.StreamID{}, func(id object.StreamID) bool {
		p, _ := g.FindPending(id)
		c.W.Array(3)
		c.bulkID(id)
		c.W.Int(p.Time)
		c.W.Int(int64(p.Count))
		list.n++
		return int64(list.n) != count
	})
	list.close(nil)
}

func xinfoGroups(c *Ctx) {
	s, ok := c.infoStream()
	if !ok {
		return
	}
	c.W.Array(s.Groups())
	s.EachGroup(func(g *object.StreamGroup) bool {
		c.W.Map(6)
		c.groupFacts(&s, g, "pending")
		return true
	})
}

func xinfoConsumers(c *Ctx) {
	s, ok := c.infoStream()
	if !ok {
		return
	}
	g, found := s.Group(c.Args[3])
	if !found {
		c.W.Error(noGroupFor(c.Args[3], c.Keys[0].Bytes))
		return
	}
	c.W.Array(g.Consumers())
	g.EachConsumer(func(consumer *object.StreamConsumer) bool {
		inactive := int64(-1)
		if at := consumer.Active(); at >= 0 {
			inactive = max(c.Now-at, 0)
		}
		c.W.Map(4)
		c.infoBulk("name", consumer.Name())
		c.infoInt("pending", int64(consumer.Pending()))
		c.infoInt("idle", max(c.Now-consumer.Seen(), 0))
		c.infoInt("inactive", inactive)
		return true
	})
}
