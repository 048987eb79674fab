package command

import (
	"clusternode/internal/listpack"
	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

// StreamSpecs are the commands on streams.
var StreamSpecs = []*Spec{
	{Name: "xadd", Arity: -5, Flags: Write | DenyOOM | Fast, Cats: CatStream, Keys: []KeySpec{{Index: 1, Step: 1, Flags: KeyRW | KeyUpdate, Notes: "UPDATE instead of INSERT because of the optional trimming feature"}}, Tips: []string{"nondeterministic_output"}, Cost: costOfXtrim, Handler: xadd},
	{Name: "xlen", Arity: 2, Flags: ReadOnly | Fast, Cats: CatStream, Keys: []KeySpec{One(1, KeyRO)}, Handler: xlen},
	{Name: "xrange", Arity: -4, Flags: ReadOnly, Cats: CatStream, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfRange, Handler: xrange},
	{Name: "xrevrange", Arity: -4, Flags: ReadOnly, Cats: CatStream, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfRange, Handler: xrevrange},
	{Name: "xdel", Arity: -3, Flags: Write | Fast, Cats: CatStream, Keys: []KeySpec{One(1, KeyRW|KeyDelete)}, Cost: costOfIDs, Handler: xdel},
	{Name: "xtrim", Arity: -4, Flags: Write, Cats: CatStream, Keys: []KeySpec{One(1, KeyRW|KeyDelete)}, Tips: []string{"nondeterministic_output"}, Cost: costOfXtrim, Handler: xtrim},
	{Name: "xsetid", Arity: -3, Flags: Write | DenyOOM | Fast, Cats: CatStream, Keys: []KeySpec{One(1, KeyRW|KeyUpdate)}, Handler: xsetid},
	{Name: "xread", Arity: -4, Flags: ReadOnly | Blocking | MovableKeys, Cats: CatStream, Keys: []KeySpec{{Keyword: "STREAMS", From: 1, Last: -1, Step: 1, Limit: 2, Flags: KeyRO | KeyAccess}}, FindKeys: streamsKeys, Cost: costOfRead, Handler: xread},

	{Name: "xreadgroup", Arity: -7, Flags: Write | Blocking | MovableKeys, Cats: CatStream, Keys: []KeySpec{{Keyword: "STREAMS", From: 4, Last: -1, Step: 1, Limit: 2, Flags: KeyRO | KeyAccess}}, FindKeys: streamsKeys, Cost: costOfRead, Handler: xreadgroup},
	{Name: "xack", Arity: -4, Flags: Write | Fast, Cats: CatStream, Keys: []KeySpec{One(1, KeyRW|KeyUpdate)}, Cost: costOfIDs, Handler: xack},
	{Name: "xpending", Arity: -3, Flags: ReadOnly, Cats: CatStream, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Tips: []string{"nondeterministic_output"}, Cost: costOfPending, Handler: xpending},
	{Name: "xclaim", Arity: -6, Flags: Write | Fast, Cats: CatStream, Keys: []KeySpec{One(1, KeyRW|KeyUpdate)}, Tips: []string{"nondeterministic_output"}, Cost: costOfIDs, Handler: xclaim},
	{Name: "xautoclaim", Arity: -6, Flags: Write | Fast, Cats: CatStream, Keys: []KeySpec{One(1, KeyRW|KeyDelete)}, Tips: []string{"nondeterministic_output"}, Cost: costOfPending, Handler: xautoclaim},
	{Name: "xgroup", Arity: -2, Subs: []*Spec{
		{Name: "create", Arity: -5, Flags: Write | DenyOOM, Cats: CatStream, Keys: []KeySpec{One(2, KeyRW|KeyInsert)}, Handler: xgroupCreate},
		{Name: "setid", Arity: -5, Flags: Write, Cats: CatStream, Keys: []KeySpec{One(2, KeyRW|KeyUpdate)}, Handler: xgroupSetID},
		{Name: "destroy", Arity: 4, Flags: Write, Cats: CatStream, Keys: []KeySpec{One(2, KeyRW|KeyDelete)}, Cost: costOfGroup, Handler: xgroupDestroy},
		{Name: "createconsumer", Arity: 5, Flags: Write | DenyOOM, Cats: CatStream, Keys: []KeySpec{One(2, KeyRW|KeyInsert)}, Handler: xgroupCreateConsumer},
		{Name: "delconsumer", Arity: 5, Flags: Write, Cats: CatStream, Keys: []KeySpec{One(2, KeyRW|KeyDelete)}, Cost: costOfGroup, Handler: xgroupDelConsumer},
		{Name: "help", Arity: 2, Flags: Loading | Stale, Cats: CatStream, Handler: helper("XGROUP",
			"CREATE <key> <groupname> <id|$> [option]",
			"    Create a new consumer group. Options are:",
			"    * MKSTREAM",
			"      Create the empty stream if it does not exist.",
			"    * ENTRIESREAD entries_read",
			"      Set the group's entries_read counter (internal use).",
			"CREATECONSUMER <key> <groupname> <consumer>",
			"    Create a new consumer in the specified group.",
			"DELCONSUMER <key> <groupname> <consumer>",
			"    Remove the specified consumer.",
			"DESTROY <key> <groupname>",
			"    Remove the specified group.",
			"SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
			"    Set the current group ID and entries_read counter.",
		)},
	}},
	{Name: "xinfo", Arity: -2, Subs: []*Spec{
		{Name: "stream", Arity: -3, Flags: ReadOnly, Cats: CatStream, Keys: []KeySpec{One(2, KeyRO|KeyAccess)}, Cost: costOfInfo, Handler: xinfoStream},
		{Name: "groups", Arity: 3, Flags: ReadOnly, Cats: CatStream, Keys: []KeySpec{One(2, KeyRO|KeyAccess)}, Handler: xinfoGroups},
		{Name: "consumers", Arity: 4, Flags: ReadOnly, Cats: CatStream, Keys: []KeySpec{One(2, KeyRO|KeyAccess)}, Tips: []string{"nondeterministic_output"}, Handler: xinfoConsumers},
		{Name: "help", Arity: 2, Flags: Loading | Stale, Cats: CatStream, Handler: helper("XINFO",
			"CONSUMERS <key> <groupname>",
			"    Show consumers of <groupname>.",
			"GROUPS <key>",
			"    Show the stream consumer groups.",
			"STREAM <key> [FULL [COUNT <count>]",
			"    Show information about the stream.",
		)},
	}},
}

// streamOf is the stream in an entry.
func streamOf(k *Key, e keyspace.Entry) object.Stream {
	return object.StreamOf(k.Part.Space(), e.Value())
}

// readStream looks a key up for reading and wants a stream. exists is false for
// a missing key, ok after an error was replied.
func (c *Ctx) readStream(k *Key) (s object.Stream, exists, ok bool) {
	e, ok := c.ReadAs(k, keyspace.TypeStream)
	if !ok || !e.Exists() {
		return s, false, ok
	}
	return streamOf(k, e), true, true
}

// openStream is readStream for changes.
func (c *Ctx) openStream(k *Key) (s object.Stream, exists, ok bool) {
	cell, ok := c.OpenAs(k, keyspace.TypeStream)
	if !ok || cell == nil {
		return s, false, ok
	}
	return object.OpenStream(cell), true, true
}

// openGroups is openStream for a command that changes groups only: for hits and
// misses it reads.
func (c *Ctx) openGroups(k *Key) (s object.Stream, exists, ok bool) {
	s, exists, ok = c.openStream(k)
	if exists || !ok {
		c.Stats.Hits++
		return s, exists, ok
	}
	c.Stats.Misses++
	c.Notify(NotifyKeyMiss, "keymiss", k)
	return s, false, true
}

// newStream makes an empty stream. It replies the out of memory error and
// reports false if there is no room.
func (c *Ctx) newStream(k *Key) (s object.Stream, ok bool) {
	cell, ok := c.CreateAs(k, keyspace.TypeStream, keyspace.EncStream, object.StreamSize)
	if !ok {
		return s, false
	}
	object.InitStream(cell.Value())
	return object.OpenStream(cell), true
}

// streamLimits are the sizes of the packs of streams, as configured now.
func (c *Ctx) streamLimits() object.StreamLimits {
	s := &c.Env.Settings
	return object.StreamLimits{Bytes: int(s.StreamNodeMaxBytes.Load()), Entries: int(s.StreamNodeMaxEntries.Load())}
}

func xlen(c *Ctx) {
	s, exists, ok := c.readStream(&c.Keys[0])
	switch {
	case !ok:
	case !exists:
		c.W.Int(0)
	default:
		c.W.Int(int64(s.Len()))
	}
}

// xdel deletes entries by their IDs, all of which are looked at first.
func xdel(c *Ctx) {
	k := &c.Keys[0]
	s, exists, ok := c.openStream(k)
	if !ok {
		return
	}
	if !exists {
		c.W.Int(0)
		return
	}
	ids, ok := c.idArgs(c.Args[2:])
	if !ok {
		return
	}
	n := 0
	for _, id := range ids {
		was, err := s.Delete(id)
		if err != nil && n == 0 {
			c.W.Error(resp.ErrOOM)
			return
		}
		if was {
			n++
		}
	}
	if n > 0 {
		c.Changed(k)
		c.Notify(NotifyStream, "xdel", k)
		c.Dirty(n - 1)
	}
	c.W.Int(int64(n))
}

// bulkID replies an ID.
func (c *Ctx) bulkID(id object.StreamID) {
	var b [41]byte
	c.W.Bulk(id.Append(b[:0]))
}

// bulkElement replies an element of a listpack.
func (c *Ctx) bulkElement(v listpack.Value) {
	if v.IsInt {
		c.W.BulkInt(v.N)
		return
	}
	c.W.Bulk(v.S)
}

// replyEntry replies the entry that an iterator has found: its ID, and its
// fields and values in one array.
func (c *Ctx) replyEntry(it *object.StreamIter) {
	n := it.Fields()
	c.W.Array(2)
	c.bulkID(it.ID)
	c.W.Array(2 * n)
	for range n {
		name, value := it.Field()
		c.bulkElement(name)
		c.bulkElement(value)
	}
}

// replyOne replies one entry and reports whether there is one of that ID.
func (c *Ctx) replyOne(s *object.Stream, id object.StreamID) bool {
	it := s.Iter(id, id, false)
	if !it.Next() {
		return false
	}
	c.replyEntry(&it)
	return true
}

// replyEntries replies up to count entries of a range, 0 being all.
func (c *Ctx) replyEntries(s *object.Stream, lo, hi object.StreamID, rev bool, count int64) {
	list := newBulkList(c.W)
	it := s.Iter(lo, hi, rev)
	for it.Next() {
		c.replyEntry(&it)
		if list.n++; int64(list.n) == count {
			break
		}
	}
	list.close(nil)
}

func xrange(c *Ctx)    { c.xrange(c.Args[2], c.Args[3], false) }
func xrevrange(c *Ctx) { c.xrange(c.Args[3], c.Args[2], true) }

func (c *Ctx) xrange(start, end []byte, rev bool) {
	lo, ok := c.startArg(start)
	if !ok {
		return
	}
	hi, ok := c.endArg(end)
	if !ok {
		return
	}
	count := int64(0)
	none := false // COUNT 0 is nothing at all
	for i := 4; i < len(c.Args); i += 2 {
		if i+1 == len(c.Args) || !equalFold(c.Args[i], "count") {
			c.W.Error(resp.ErrSyntax)
			return
		}
		if count, ok = c.intArg(c.Args[i+1]); !ok {
			return
		}
		none = count <= 0
	}
	s, exists, ok := c.readStream(&c.Keys[0])
	switch {
	case !ok:
	case !exists:
		c.W.Array(0)
	case none:
		c.W.NullArray()
	default:
		c.replyEntries(&s, lo, hi, rev, count)
	}
}
