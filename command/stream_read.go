package command

import (
	"math"

	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

const (
	errGroupOption = "ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead."
	errNoAckOption = "ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead."
	errNoGroup     = "ERR Missing GROUP option for XREADGROUP"
	errDollarGroup = "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set."
	errNewAlone    = "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option."
)

// streamsKeys finds the keys behind STREAMS, which may also be the name of a
// group or a key.
func streamsKeys(args [][]byte, out []KeyPos) ([]KeyPos, bool) {
	for i := 1; i < len(args); i++ {
		switch {
		case equalFold(args[i], "block"), equalFold(args[i], "count"):
			i++
		case equalFold(args[i], "group"):
			i += 2
		case equalFold(args[i], "noack"):
		case equalFold(args[i], "streams"):
			n := len(args) - i - 1
			if n == 0 || n%2 != 0 {
				return out, false
			}
			for j := range n / 2 {
				out = append(out, KeyPos{Arg: i + 1 + j, Flags: KeyRO | KeyAccess})
			}
			return out, true
		default:
			return out, false
		}
	}
	return out, false
}

// readOptions are the arguments of XREAD and XREADGROUP.
type readOptions struct {
	group, consumer []byte // nil: XREAD
	count           int64  // 0: all
	block           bool
	until           int64 // with block: unix ms, 0 for ever
	noAck           bool
	streams         int // first argument behind STREAMS
}

// parseRead reads them; problem is the error to reply, "" if there is none.
func parseRead(c *Ctx, grouped bool) (o readOptions, problem string) {
	for i := 1; i < len(c.Args); i++ {
		arg, more := c.Args[i], len(c.Args)-i-1
		switch {
		case more > 0 && equalFold(arg, "block"):
			i++
			o.block = true
			o.until, problem = timeoutMillis(c.Args[i], c.Now)
		case more > 0 && equalFold(arg, "count"):
			i++
			o.count, problem = parseBetween(c.Args[i], math.MinInt64, math.MaxInt64, "")
			o.count = max(o.count, 0)
		case more > 0 && equalFold(arg, "streams"):
			o.streams = i + 1
			if more%2 != 0 {
				return o, unbalanced(c, grouped)
			}
			if grouped && o.group == nil {
				return o, errNoGroup
			}
			return o, ""
		case more > 1 && equalFold(arg, "group"):
			if !grouped {
				return o, errGroupOption
			}
			o.group, o.consumer = c.Args[i+1], c.Args[i+2]
			i += 2
		case equalFold(arg, "noack"):
			if !grouped {
				return o, errNoAckOption
			}
			o.noAck = true
		default:
			return o, resp.ErrSyntax
		}
		if problem != "" {
			return o, problem
		}
	}
	return o, resp.ErrSyntax
}

func unbalanced(c *Ctx, grouped bool) string {
	sign := "$"
	if grouped {
		sign = ">"
	}
	return "ERR Unbalanced '" + c.Spec.FullName() + "' list of streams: for each stream key an ID or '" + sign + "' must be specified."
}

// timeoutMillis reads a timeout in milliseconds. until is when it ends, unix
// milliseconds, 0 for ever; problem is the error to reply, "" if there is none.
func timeoutMillis(arg []byte, now int64) (until int64, problem string) {
	n, ok := resp.ParseInt(arg)
	switch {
	case !ok:
		return 0, "ERR timeout is not an integer or out of range"
	case n < 0:
		return 0, "ERR timeout is negative"
	case n > math.MaxInt64-now:
		return 0, "ERR timeout is out of range"
	case n == 0:
		return 0, ""
	}
	return now + n, ""
}

// waitForEntries makes the client wait for entries behind those IDs. "$" is what
// it was when the command came, so the arguments say that from now on. A group
// may go with its stream while somebody waits for it.
func (c *Ctx) waitForEntries(o *readOptions, from []object.StreamID) {
	ids := c.Args[o.streams+len(c.Keys):]
	for i := range ids {
		if string(ids[i]) == "$" {
			ids[i] = from[i].Append(nil)
		}
	}
	c.Block(Wait{Keys: c.Keys, Until: o.until, Type: keyspace.TypeStream, Gone: o.group != nil})
}

func xread(c *Ctx)      { c.xread(false) }
func xreadgroup(c *Ctx) { c.xread(true) }

func (c *Ctx) xread(grouped bool) {
	o, problem := parseRead(c, grouped)
	if problem == "" && len(c.Keys) != (len(c.Args)-o.streams)/2 {
		problem = resp.ErrSyntax
	}
	if problem != "" {
		c.W.Error(problem)
		return
	}
	from := make([]object.StreamID, len(c.Keys))
	for i := range c.Keys {
		var ok bool
		if from[i], ok = c.readFrom(i, &o); !ok {
			return
		}
	}
	mark := len(c.W.Buf)
	list := newBulkList(c.W)
	for i := range c.Keys {
		var ok bool
		if o.group == nil {
			ok = c.readNew(&list, &c.Keys[i], from[i], o.count)
		} else {
			ok = c.readForGroup(&list, &c.Keys[i], from[i], &o)
		}
		if !ok {
			c.dropReply(mark)
			return
		}
	}
	switch {
	case list.n > 0:
		list.close(nil)
		if c.W.Proto >= 3 {
			c.W.Buf[mark] = '%'
		}
	case o.block && c.CanWait():
		c.waitForEntries(&o, from)
	default:
		c.W.NullArray()
	}
}

// readFrom is the ID behind which key number i is read, the highest for ">". It
// checks that the group exists; ok is false after an error was replied.
func (c *Ctx) readFrom(i int, o *readOptions) (id object.StreamID, ok bool) {
	k, arg := &c.Keys[i], c.Args[o.streams+len(c.Keys)+i]
	s, exists, ok := c.readStream(k)
	if !ok {
		return id, false
	}
	if o.group != nil {
		found := false
		if exists {
			_, found = s.Group(o.group)
		}
		if !found {
			c.W.Error("NOGROUP No such key '" + resp.Quoted(k.Bytes) + "' or consumer group '" + resp.Quoted(o.group) + "' in XREADGROUP with GROUP option")
			return id, false
		}
	}
	switch {
	case string(arg) == "$":
		if o.group != nil {
			c.W.Error(errDollarGroup)
			return id, false
		}
		if exists {
			id = s.LastID()
		}
		return id, true
	case string(arg) == ">":
		if o.group == nil {
			c.W.Error(errNewAlone)
			return id, false
		}
		return object.MaxStreamID, true
	}
	return c.idArg(arg, 0)
}

// startStream begins the reply of one stream.
func (c *Ctx) startStream(list *bulkList, k *Key) {
	list.n++
	if c.W.Proto < 3 {
		c.W.Array(2)
	}
	c.W.Bulk(k.Bytes)
}

// readNew replies the entries of a stream behind an ID, if there are any.
func (c *Ctx) readNew(list *bulkList, k *Key, from object.StreamID, count int64) (ok bool) {
	s, exists, ok := c.readStream(k)
	if !ok || !exists {
		return ok
	}
	if last, any := s.LastEntry(); !any || !from.Less(last) {
		return true
	}
	from, _ = from.Next()
	c.startStream(list, k)
	c.replyEntries(&s, from, object.MaxStreamID, false, count)
	return true
}

// readForGroup replies what a consumer gets of a stream: new entries, or, for
// any other ID than ">", those that it has not acknowledged. ok is false after
// an error was replied.
func (c *Ctx) readForGroup(list *bulkList, k *Key, from object.StreamID, o *readOptions) (ok bool) {
	s, exists, ok := c.openGroups(k)
	if !ok || !exists {
		return ok
	}
	g, _, err := s.OpenGroup(o.group)
	if err != nil {
		c.W.Error(resp.ErrOOM)
		return false
	}
	consumer, created, err := g.OpenConsumer(o.consumer, c.Now)
	if err != nil {
		c.W.Error(resp.ErrOOM)
		return false
	}
	if created {
		c.Dirty(1)
		c.Notify(NotifyStream, "xgroup-createconsumer", k)
	}
	consumer.SetSeen(c.Now)
	if from != object.MaxStreamID {
		from, _ = from.Next()
		c.startStream(list, k)
		c.Dirty(1)
		return c.replyHistory(&s, &g, &consumer, from, o.count)
	}
	if last, any := s.LastEntry(); !any || !g.LastID().Less(last) {
		return true
	}
	from, _ = g.LastID().Next()
	c.startStream(list, k)
	c.Dirty(1)
	return c.deliver(&s, &g, &consumer, from, o)
}

// deliver replies entries that the group has not seen and makes them pending.
// ok is false after an error was replied.
func (c *Ctx) deliver(s *object.Stream, g *object.StreamGroup, consumer *object.StreamConsumer, from object.StreamID, o *readOptions) (ok bool) {
	list := newBulkList(c.W)
	for it := s.Iter(from, object.MaxStreamID, false); it.Next(); {
		if !o.noAck {
			p := object.StreamPending{ID: it.ID, Time: c.Now, Count: 1}
			if err := g.Assign(consumer, p); err != nil {
				c.W.Error(resp.ErrOOM)
				return false
			}
			consumer.SetActive(c.Now)
		}
		g.Advance(s, it.ID)
		c.replyEntry(&it)
		if list.n++; int64(list.n) == o.count {
			break
		}
	}
	list.close(nil)
	return true
}

// replyHistory replies what a consumer has pending from an ID on, and counts
// that as another delivery. ok is false after an error was replied.
func (c *Ctx) replyHistory(s *object.Stream, g *object.StreamGroup, consumer *object.StreamConsumer, from object.StreamID, count int64) (ok bool) {
	list := newBulkList(c.W)
	var err error
	consumer.EachPending(from, func(id object.StreamID) bool {
		if !c.replyOne(s, id) { // it was deleted meanwhile
			c.W.Array(2)
			c.bulkID(id)
			c.W.NullArray()
		} else if err = c.redeliver(g, consumer, id); err != nil {
			return false
		}
		list.n++
		return int64(list.n) != count
	})
	if err != nil {
		c.W.Error(resp.ErrOOM)
		return false
	}
	list.close(nil)
	return true
}

// redeliver counts another delivery of an entry to the consumer that has it.
func (c *Ctx) redeliver(g *object.StreamGroup, consumer *object.StreamConsumer, id object.StreamID) error {
	p, _ := g.FindPending(id)
	p.ID, p.Time = id, c.Now
	p.Count++
	return g.Assign(consumer, p)
}
