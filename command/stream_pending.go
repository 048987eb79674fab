package command

import (
	"clusternode/object"
	"clusternode/resp"
)

// pendingOptions are the arguments of XPENDING that ask for entries.
type pendingOptions struct {
	minIdle, count int64
	from, to       object.StreamID
	consumer       []byte // nil: all
}

// parsePending reads them; ok is false after an error was replied.
func (c *Ctx) parsePending() (o pendingOptions, ok bool) {
	at := 3
	if equalFold(c.Args[3], "idle") {
		if o.minIdle, ok = c.intArg(c.Args[4]); !ok {
			return o, false
		}
		if len(c.Args) < 8 {
			c.W.Error(resp.ErrSyntax)
			return o, false
		}
		at += 2
	}
	if o.count, ok = c.intArg(c.Args[at+2]); !ok {
		return o, false
	}
	if o.from, ok = c.startArg(c.Args[at]); !ok {
		return o, false
	}
	if o.to, ok = c.endArg(c.Args[at+1]); !ok {
		return o, false
	}
	if at+3 < len(c.Args) {
		o.consumer = c.Args[at+3]
	}
	return o, true
}

func xpending(c *Ctx) {
	n := len(c.Args)
	if n != 3 && (n < 6 || n > 9) {
		c.W.Error(resp.ErrSyntax)
		return
	}
	var o pendingOptions
	ok := true
	if n > 3 {
		if o, ok = c.parsePending(); !ok {
			return
		}
	}
	k := &c.Keys[0]
	s, exists, ok := c.readStream(k)
	if !ok {
		return
	}
	var g object.StreamGroup
	if exists {
		g, exists = s.Group(c.Args[2])
	}
	switch {
	case !exists:
		c.W.Error(noKeyOrGroup(k.Bytes, c.Args[2]))
	case n == 3:
		c.pendingSummary(&g)
	default:
		c.pendingEntries(&g, &o)
	}
}

// pendingSummary replies how much is pending, from where to where, and for whom.
func (c *Ctx) pendingSummary(g *object.StreamGroup) {
	c.W.Array(4)
	c.W.Int(int64(g.Pending()))
	if g.Pending() == 0 {
		c.W.Null()
		c.W.Null()
		c.W.NullArray()
		return
	}
	c.bulkID(g.FirstPending())
	c.bulkID(g.LastPending())
	list := newBulkList(c.W)
	g.EachConsumer(func(consumer *object.StreamConsumer) bool {
		if n := consumer.Pending(); n > 0 {
			c.W.Array(2)
			c.W.Bulk(consumer.Name())
			c.W.BulkInt(int64(n))
			list.n++
		}
		return true
	})
	list.close(nil)
}

// pendingEntries replies what is pending in a range, for one consumer or all.
func (c *Ctx) pendingEntries(g *object.StreamGroup, o *pendingOptions) {
	list := newBulkList(c.W)
	reply := func(p object.StreamPending) bool {
		if int64(list.n) >= o.count || o.to.Less(p.ID) {
			return false
		}
		idle := c.Now - p.Time
		if o.minIdle != 0 && idle < o.minIdle {
			return true
		}
		list.n++
		c.W.Array(4)
		c.bulkID(p.ID)
		c.W.Bulk(g.ConsumerName(p.Consumer))
		c.W.Int(max(idle, 0))
		c.W.Int(int64(p.Count))
		return true
	}
	if o.consumer == nil {
		g.EachPending(o.from, reply)
	} else if consumer, ok := g.Consumer(o.consumer); ok {
		consumer.EachPending(o.from, func(id object.StreamID) bool {
			p, _ := g.FindPending(id)
			return reply(p)
		})
	}
	list.close(nil)
}
