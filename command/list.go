package command

import (
	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

// ListSpecs are the commands on lists that do not wait.
var ListSpecs = []*Spec{
	{Name: "lpush", Arity: -3, Flags: Write | DenyOOM | Fast, Cats: CatList, Keys: []KeySpec{One(1, KeyRW|KeyInsert)}, Cost: costOfElements, Handler: func(c *Ctx) { listPush(c, true, false) }},
	{Name: "rpush", Arity: -3, Flags: Write | DenyOOM | Fast, Cats: CatList, Keys: []KeySpec{One(1, KeyRW|KeyInsert)}, Cost: costOfElements, Handler: func(c *Ctx) { listPush(c, false, false) }},
	{Name: "lpushx", Arity: -3, Flags: Write | DenyOOM | Fast, Cats: CatList, Keys: []KeySpec{One(1, KeyRW|KeyInsert)}, Cost: costOfElements, Handler: func(c *Ctx) { listPush(c, true, true) }},
	{Name: "rpushx", Arity: -3, Flags: Write | DenyOOM | Fast, Cats: CatList, Keys: []KeySpec{One(1, KeyRW|KeyInsert)}, Cost: costOfElements, Handler: func(c *Ctx) { listPush(c, false, true) }},
	{Name: "linsert", Arity: 5, Flags: Write | DenyOOM, Cats: CatList, Keys: []KeySpec{One(1, KeyRW|KeyInsert)}, Cost: costOfList, Handler: linsert},
	{Name: "lset", Arity: 4, Flags: Write | DenyOOM, Cats: CatList, Keys: []KeySpec{One(1, KeyRW|KeyUpdate)}, Handler: lset},

	{Name: "lpop", Arity: -2, Flags: Write | Fast, Cats: CatList, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyDelete)}, Cost: costOfPop, Handler: func(c *Ctx) { listPop(c, true) }},
	{Name: "rpop", Arity: -2, Flags: Write | Fast, Cats: CatList, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyDelete)}, Cost: costOfPop, Handler: func(c *Ctx) { listPop(c, false) }},
	{Name: "lmpop", Arity: -4, Flags: Write | MovableKeys, Cats: CatList, Keys: []KeySpec{Counted(1, KeyRW|KeyAccess|KeyDelete)}, Cost: costOfLmpop, Handler: func(c *Ctx) { lmpop(c, c.Args, c.W.NullArray) }},
	{Name: "ltrim", Arity: 4, Flags: Write, Cats: CatList, Keys: []KeySpec{One(1, KeyRW|KeyDelete)}, Cost: costOfTrim, Handler: ltrim},
	{Name: "lrem", Arity: 4, Flags: Write, Cats: CatList, Keys: []KeySpec{One(1, KeyRW|KeyDelete)}, Cost: costOfList, Handler: lrem},

	{Name: "lmove", Arity: 5, Flags: Write | DenyOOM, Cats: CatList, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyDelete), One(2, KeyRW|KeyInsert)}, Handler: func(c *Ctx) { lmove(c, c.W.Null) }},
	{Name: "rpoplpush", Arity: 3, Flags: Write | DenyOOM, Cats: CatList, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyDelete), One(2, KeyRW|KeyInsert)}, Handler: func(c *Ctx) { moveElement(c, false, true, c.W.Null) }},

	{Name: "llen", Arity: 2, Flags: ReadOnly | Fast, Cats: CatList, Keys: []KeySpec{One(1, KeyRO)}, Handler: llen},
	{Name: "lindex", Arity: 3, Flags: ReadOnly, Cats: CatList, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Handler: lindex},
	{Name: "lrange", Arity: 4, Flags: ReadOnly, Cats: CatList, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfLrange, Handler: lrange},
	{Name: "lpos", Arity: -3, Flags: ReadOnly, Cats: CatList, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfList, Handler: lpos},
}

// What lists cost, for Spec.Cost: an element that is replied or compared, one
// that is put in, and one that goes together with its neighbours.
const (
	nanosPerElement = 25
	nanosPerPush    = 80
	nanosPerDropped = 5
)

// listLen is the number of elements of a key's list, 0 if it has none.
func listLen(k *Key) int {
	if e := k.Part.Find(k.Hash, k.Bytes); e.Exists() && e.Type() == keyspace.TypeList {
		l := listOf(k, e)
		return l.Len()
	}
	return 0
}

func costOfElements(c *Ctx) int64 { return int64(len(c.Args)-2) * nanosPerPush }
func costOfList(c *Ctx) int64     { return int64(listLen(&c.Keys[0])) * nanosPerElement }

// costOfPop counts the elements that are replied.
func costOfPop(c *Ctx) int64 {
	if len(c.Args) < 3 {
		return 0
	}
	n, _ := resp.ParseInt(c.Args[2])
	return min(max(n, 0), int64(listLen(&c.Keys[0]))) * nanosPerElement
}

// costOfLrange counts the elements that are replied, and their bytes.
func costOfLrange(c *Ctx) int64 {
	k := &c.Keys[0]
	e := k.Part.Find(k.Hash, k.Bytes)
	if !e.Exists() || e.Type() != keyspace.TypeList {
		return 0
	}
	l := listOf(k, e)
	start, _ := resp.ParseInt(c.Args[2])
	stop, _ := resp.ParseInt(c.Args[3])
	_, n := rangeOf(start, stop, l.Len())
	if n == 0 {
		return 0
	}
	size := len(e.Value()) + object.Bytes(k.Part.Space(), e.Type(), e.Encoding(), e.Value())
	return int64(n) * (nanosPerElement + int64(size/l.Len())/bytesPerNano)
}

// costOfTrim takes it that all elements go.
func costOfTrim(c *Ctx) int64 { return int64(listLen(&c.Keys[0])) * nanosPerDropped }

// listLimits are the limits up to which lists are packed, as configured now.
func (c *Ctx) listLimits() object.ListLimits {
	return object.ListLimits{Fill: int(c.Env.Settings.ListMaxListpackSize.Load()), Plain: int(c.Env.Debug.PlainFrom.Load())}
}

// listOf is the list in an entry, for reading.
func listOf(k *Key, e keyspace.Entry) object.List {
	return object.ListOf(k.Part.Space(), e.Encoding(), e.Value())
}

// readList looks a key up for reading and wants a list. exists is false for a
// missing key, ok after an error was replied.
func (c *Ctx) readList(k *Key) (l object.List, exists, ok bool) {
	e, ok := c.ReadAs(k, keyspace.TypeList)
	if !ok || !e.Exists() {
		return l, false, ok
	}
	return listOf(k, e), true, true
}

// openList opens the list of a key for changes; see readList.
func (c *Ctx) openList(k *Key) (l object.List, exists, ok bool) {
	cell, ok := c.OpenAs(k, keyspace.TypeList)
	if cell == nil {
		return l, false, ok
	}
	return object.OpenList(cell), true, true
}

// rangeOf is the part [start, stop] of n elements, both ends counted from the
// end if they are negative.
func rangeOf(start, stop int64, n int) (from, count int) {
	if start < 0 {
		start = max(start+int64(n), 0)
	}
	if stop < 0 {
		stop += int64(n)
	}
	stop = min(stop, int64(n)-1)
	if start > stop {
		return 0, 0
	}
	return int(start), int(stop-start) + 1
}

func listPush(c *Ctx, front, mustExist bool) {
	k, elems := &c.Keys[0], c.Args[2:]
	l, exists, ok := c.openList(k)
	switch {
	case !ok:
		return
	case !exists && mustExist:
		c.W.Int(0)
		return
	case !exists:
		if !c.newList(k, front, elems) {
			return
		}
		c.W.Int(int64(len(elems)))
	default:
		if l.Push(front, elems, c.listLimits()) != nil {
			c.W.Error(resp.ErrOOM)
			return
		}
		c.W.Int(int64(l.Len()))
	}
	c.Changed(k)
	c.Notify(NotifyList, pushEvent(front), k)
	c.Dirty(len(elems) - 1)
}

// newList makes a list of elements that are pushed one after the other. It
// replies the out of memory error and reports false if there is no room.
func (c *Ctx) newList(k *Key, front bool, elems [][]byte) bool {
	lim := c.listLimits()
	enc, size := object.NewList(elems, lim)
	cell, ok := c.CreateAs(k, keyspace.TypeList, enc, size)
	if !ok {
		return false
	}
	if _, err := object.InitList(cell, front, elems, lim); err != nil {
		k.Part.Remove(k.Hash, k.Bytes)
		c.W.Error(resp.ErrOOM)
		return false
	}
	return true
}

// pushEvent is the event of an element that comes to an end of a list.
func pushEvent(front bool) string {
	if front {
		return "lpush"
	}
	return "rpush"
}

// popEvent is the event of an element that is taken from an end of a list.
func popEvent(front bool) string {
	if front {
		return "lpop"
	}
	return "rpop"
}

// removedElements reports that n elements of a list are gone, and deletes the
// key if none is left.
func (c *Ctx) removedElements(k *Key, event string, l *object.List, n int) {
	empty := l.Len() == 0
	if !empty {
		l.Shrink(c.listLimits())
	}
	c.changedTo(k, NotifyList, event, empty)
	c.Dirty(n - 1)
}

func llen(c *Ctx) {
	if l, exists, ok := c.readList(&c.Keys[0]); ok {
		n := 0
		if exists {
			n = l.Len()
		}
		c.W.Int(int64(n))
	}
}

func lindex(c *Ctx) {
	l, exists, ok := c.readList(&c.Keys[0])
	if !ok {
		return
	}
	if !exists {
		c.W.Null()
		return
	}
	i, ok := c.intArg(c.Args[2])
	if !ok {
		return
	}
	at, ok := elementAt(i, l.Len())
	if !ok {
		c.W.Null()
		return
	}
	var buf object.ElementBuf
	c.W.Bulk(l.Index(at, &buf))
}

// elementAt is index i of n elements, counted from the end if it is negative; ok is
// false if there is none.
func elementAt(i int64, n int) (at int, ok bool) {
	if i < 0 {
		i += int64(n)
	}
	return int(i), i >= 0 && i < int64(n)
}

// rangeArgs reads the arguments start and stop.
func (c *Ctx) rangeArgs() (start, stop int64, ok bool) {
	if start, ok = c.intArg(c.Args[2]); !ok {
		return 0, 0, false
	}
	stop, ok = c.intArg(c.Args[3])
	return start, stop, ok
}

func lrange(c *Ctx) {
	start, stop, ok := c.rangeArgs()
	if !ok {
		return
	}
	l, exists, ok := c.readList(&c.Keys[0])
	switch {
	case !ok:
	case !exists:
		c.W.Array(0)
	default:
		from, n := rangeOf(start, stop, l.Len())
		c.replyElements(&l, from, n, false)
	}
}

// replyElements replies an array of n elements from number from on, or the other
// way.
func (c *Ctx) replyElements(l *object.List, from, n int, back bool) {
	c.W.Array(n)
	if n == 0 {
		return
	}
	it := l.Iter(from, back)
	for ; n > 0 && it.Next(); n-- {
		c.W.Bulk(it.Element())
	}
}
