package command

import (
	"math"

	"clusternode/object"
	"clusternode/resp"
)

// claim is what XCLAIM and XAUTOCLAIM do with an entry.
type claim struct {
	minIdle int64
	time    int64 // of the delivery, unix ms
	retries int64 // count of deliveries, -1: one more
	force   bool
	justID  bool
	lastID  object.StreamID
	ids     [][]byte
}

// parseClaim reads the arguments of XCLAIM behind the consumer; ok is false
// after an error was replied.
func (c *Ctx) parseClaim() (o claim, ok bool) {
	o.minIdle, ok = c.intBetween(c.Args[4], math.MinInt64, math.MaxInt64, "ERR Invalid min-idle-time argument for XCLAIM")
	if !ok {
		return o, false
	}
	i := 5
	for ; i < len(c.Args); i++ {
		if _, isID := parseStrictID(c.Args[i], 0); !isID {
			break
		}
	}
	o.ids = c.Args[5:i]
	o.retries, o.time = -1, -1
	for ; i < len(c.Args); i++ {
		arg, more := c.Args[i], len(c.Args)-1-i
		switch {
		case equalFold(arg, "force"):
			o.force = true
			continue
		case equalFold(arg, "justid"):
			o.justID = true
			continue
		case more > 0 && equalFold(arg, "idle"):
			if o.time, ok = c.claimOption(i+1, "IDLE"); ok {
				o.time = c.Now - o.time
			}
		case more > 0 && equalFold(arg, "time"):
			o.time, ok = c.claimOption(i+1, "TIME")
		case more > 0 && equalFold(arg, "retrycount"):
			o.retries, ok = c.claimOption(i+1, "RETRYCOUNT")
		case more > 0 && equalFold(arg, "lastid"):
			o.lastID, ok = c.idArg(c.Args[i+1], 0)
		default:
			c.W.Error("ERR Unrecognized XCLAIM option '" + resp.Quoted(arg) + "'")
			return o, false
		}
		if !ok {
			return o, false
		}
		i++
	}
	if o.time < 0 || o.time > c.Now { // not given, or by a clock that differs from ours
		o.time = c.Now
	}
	return o, true
}

func (c *Ctx) claimOption(i int, name string) (n int64, ok bool) {
	return c.intBetween(c.Args[i], math.MinInt64, math.MaxInt64, "ERR Invalid "+name+" option argument for XCLAIM")
}

// openForClaim opens the group that XCLAIM and XAUTOCLAIM name; ok is false
// after an error was replied.
func (c *Ctx) openForClaim() (s object.Stream, g object.StreamGroup, ok bool) {
	k := &c.Keys[0]
	s, exists, ok := c.openStream(k)
	if !ok {
		return s, g, false
	}
	if exists {
		var err error
		if g, exists, err = s.OpenGroup(c.Args[2]); err != nil {
			c.W.Error(resp.ErrOOM)
			return s, g, false
		}
	}
	if !exists {
		c.W.Error(noKeyOrGroup(k.Bytes, c.Args[2]))
	}
	return s, g, exists
}

// claimer opens the consumer that claims, who may be new; ok is false after an
// error was replied.
func (c *Ctx) claimer(g *object.StreamGroup) (consumer object.StreamConsumer, ok bool) {
	consumer, created, err := g.OpenConsumer(c.Args[3], c.Now)
	if err != nil {
		c.W.Error(resp.ErrOOM)
		return consumer, false
	}
	if created {
		c.groupEvent("xgroup-createconsumer")
	}
	consumer.SetSeen(c.Now)
	return consumer, true
}

func xclaim(c *Ctx) {
	c.Read(&c.Keys[0]) // which counts as a hit or miss, whatever the arguments are
	s, g, ok := c.openForClaim()
	if !ok {
		return
	}
	o, ok := c.parseClaim()
	if !ok {
		return
	}
	if g.LastID().Less(o.lastID) {
		g.SetLast(o.lastID)
	}
	consumer, ok := c.claimer(&g)
	if !ok {
		return
	}
	mark := len(c.W.Buf)
	list := newBulkList(c.W)
	for _, arg := range o.ids {
		id, _ := parseStrictID(arg, 0)
		p, found := g.FindPending(id)
		var err error
		switch {
		case !s.Has(id): // nor shall it be pending
			if found {
				_, err = g.Acknowledge(id)
				c.Dirty(1)
			}
		case found:
			_, err = c.claimOne(&list, &s, &g, &consumer, &o, p)
		case o.force:
			p = object.StreamPending{ID: id, Time: math.MinInt64, Count: 1}
			_, err = c.claimOne(&list, &s, &g, &consumer, &o, p)
		}
		if err != nil {
			c.W.Buf = c.W.Buf[:mark]
			c.W.Error(resp.ErrOOM)
			return
		}
	}
	list.close(nil)
}

// claimOne gives an entry to a consumer and replies it, unless it was delivered
// too short ago.
func (c *Ctx) claimOne(list *bulkList, s *object.Stream, g *object.StreamGroup, consumer *object.StreamConsumer, o *claim, p object.StreamPending) (claimed bool, err error) {
	if o.minIdle > 0 && p.Time > c.Now-o.minIdle {
		return false, nil
	}
	p.Time = o.time
	switch {
	case o.retries >= 0:
		p.Count = uint64(o.retries)
	case !o.justID:
		p.Count++
	}
	if err := g.Assign(consumer, p); err != nil {
		return false, err
	}
	if o.justID {
		c.bulkID(p.ID)
	} else {
		c.replyOne(s, p.ID)
	}
	list.n++
	consumer.SetActive(c.Now)
	c.Dirty(1)
	return true, nil
}

// parseAutoClaim reads the arguments of XAUTOCLAIM behind the consumer; ok is
// false after an error was replied.
func (c *Ctx) parseAutoClaim() (o claim, from object.StreamID, count int64, ok bool) {
	o.minIdle, ok = c.intBetween(c.Args[4], math.MinInt64, math.MaxInt64, "ERR Invalid min-idle-time argument for XAUTOCLAIM")
	if !ok {
		return o, from, 0, false
	}
	if from, ok = c.startArg(c.Args[5]); !ok {
		return o, from, 0, false
	}
	o.time, o.retries, count = c.Now, -1, 100
	for i := 6; i < len(c.Args); i++ {
		switch {
		case i+1 < len(c.Args) && equalFold(c.Args[i], "count"):
			i++
			if count, ok = c.intBetween(c.Args[i], 1, math.MaxInt64/16, "ERR COUNT must be > 0"); !ok {
				return o, from, 0, false
			}
		case equalFold(c.Args[i], "justid"):
			o.justID = true
		default:
			c.W.Error(resp.ErrSyntax)
			return o, from, 0, false
		}
	}
	return o, from, count, true
}

// looksPerClaim is how many entries XAUTOCLAIM looks at for each that it may
// claim.
const looksPerClaim = 10

// xautoclaim goes through what is pending and claims what is idle for long
// enough. Entries that were deleted stop to be pending, and count.
func xautoclaim(c *Ctx) {
	c.Read(&c.Keys[0])
	o, next, count, ok := c.parseAutoClaim()
	if !ok {
		return
	}
	s, g, ok := c.openForClaim()
	if !ok {
		return
	}
	consumer, ok := c.claimer(&g)
	if !ok {
		return
	}
	mark := len(c.W.Buf)
	list := newBulkList(c.W)
	var deleted []object.StreamID
	more := true // whether there may be pending entries from next on
	for looks := count * looksPerClaim; more && looks > 0 && count > 0; looks-- {
		p, found := g.NextPending(next)
		if !found {
			more = false
			break
		}
		var err error
		claimed := true
		if s.Has(p.ID) {
			claimed, err = c.claimOne(&list, &s, &g, &consumer, &o, p)
		} else {
			_, err = g.Acknowledge(p.ID)
			deleted = append(deleted, p.ID)
			c.Dirty(1)
		}
		if err != nil {
			c.W.Buf = c.W.Buf[:mark]
			c.W.Error(resp.ErrOOM)
			return
		}
		if claimed {
			count--
		}
		next, more = p.ID.Next()
	}
	var cursor object.StreamID
	if more {
		if p, found := g.NextPending(next); found {
			cursor = p.ID
		}
	}
	list.close(claimHead(cursor))
	c.W.Array(len(deleted))
	for _, id := range deleted {
		c.bulkID(id)
	}
}

// claimHead is the beginning of XAUTOCLAIM's reply: an array of three, the
// first of which is an ID.
func claimHead(id object.StreamID) []byte {
	w := resp.Writer{}
	w.Array(3)
	w.Bulk(id.Append(nil))
	return w.Buf
}
