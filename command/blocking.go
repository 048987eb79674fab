package command

import (
	"math"

	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

// BlockingSpecs are the commands on lists and sorted sets that wait. What they
// do when there is something to take is their siblings' affair.
var BlockingSpecs = []*Spec{
	{Name: "blpop", Arity: -3, Flags: Write | Blocking, Cats: CatList, Keys: popKeys, Handler: func(c *Ctx) { blpop(c, true) }},
	{Name: "brpop", Arity: -3, Flags: Write | Blocking, Cats: CatList, Keys: popKeys, Handler: func(c *Ctx) { blpop(c, false) }},
	{Name: "blmpop", Arity: -5, Flags: Write | Blocking | MovableKeys, Cats: CatList, Keys: []KeySpec{Counted(2, KeyRW|KeyAccess|KeyDelete)}, Cost: func(c *Ctx) int64 { return costOfListPop(c, c.Args[1:]) }, Handler: blmpop},
	{Name: "blmove", Arity: 6, Flags: Write | DenyOOM | Blocking, Cats: CatList, Keys: moveKeys, Handler: blmove},
	{Name: "brpoplpush", Arity: 4, Flags: Write | DenyOOM | Blocking, Cats: CatList, Keys: moveKeys, Handler: brpoplpush},
	{Name: "bzpopmin", Arity: -3, Flags: Write | Blocking | Fast, Cats: CatSortedSet, Keys: popKeys, Handler: func(c *Ctx) { bzpop(c, false) }},
	{Name: "bzpopmax", Arity: -3, Flags: Write | Blocking | Fast, Cats: CatSortedSet, Keys: popKeys, Handler: func(c *Ctx) { bzpop(c, true) }},
	{Name: "bzmpop", Arity: -5, Flags: Write | Blocking | MovableKeys, Cats: CatSortedSet, Keys: []KeySpec{Counted(2, KeyRW|KeyAccess|KeyDelete)}, Cost: costOfZSets, Handler: bzmpop},
}

var (
	popKeys  = []KeySpec{Range(1, -2, 1, KeyRW|KeyAccess|KeyDelete)}
	moveKeys = []KeySpec{One(1, KeyRW|KeyAccess|KeyDelete), One(2, KeyRW|KeyInsert)}
)

// timeout reads a timeout in seconds. until is unix milliseconds, 0 for ever; ok
// is false after an error was replied.
func (c *Ctx) timeout(arg []byte) (until int64, ok bool) {
	v, ok := parseLongDouble(arg)
	if !ok {
		c.W.Error("ERR timeout is not a float or out of range")
		return 0, false
	}
	millis, fits := v.ceilThousandfold()
	switch {
	case !fits && v.negative, millis < 0:
		c.W.Error("ERR timeout is negative")
	case !fits, millis > math.MaxInt64-c.Now:
		c.W.Error("ERR timeout is out of range")
	case millis == 0:
		return 0, true
	default:
		return c.Now + millis, true
	}
	return 0, false
}

// waitFor makes the client wait for one of keys to hold a value of that type; in
// EXEC it replies what the end of the time would.
func (c *Ctx) waitFor(t object.Type, keys []Key, until int64) {
	if !c.CanWait() {
		c.W.NullArray()
		return
	}
	c.Block(Wait{Keys: keys, Until: until, Type: t})
}

func blpop(c *Ctx, front bool) {
	until, ok := c.timeout(c.Args[len(c.Args)-1])
	if !ok {
		return
	}
	c.popFirst(func(k *Key, l *object.List) { c.popElement(k, l, front) }, func() { c.waitFor(keyspace.TypeList, c.Keys, until) })
}

func blmpop(c *Ctx) {
	if _, _, problem := lmpopArgs(c.Args[1:]); problem != "" { // before the timeout
		c.W.Error(problem)
		return
	}
	until, ok := c.timeout(c.Args[1])
	if !ok {
		return
	}
	lmpop(c, c.Args[1:], func() { c.waitFor(keyspace.TypeList, c.Keys, until) })
}

func blmove(c *Ctx) {
	// The words are checked before the timeout.
	for _, side := range c.Args[3:5] {
		if _, ok := leftOrRight(side); !ok {
			c.W.Error(resp.ErrSyntax)
			return
		}
	}
	until, ok := c.timeout(c.Args[5])
	if !ok {
		return
	}
	lmove(c, func() { c.waitForSource(until) })
}

func brpoplpush(c *Ctx) {
	until, ok := c.timeout(c.Args[3])
	if !ok {
		return
	}
	moveElement(c, false, true, func() { c.waitForSource(until) })
}

// waitForSource waits for the list that an element is taken from.
func (c *Ctx) waitForSource(until int64) {
	if !c.CanWait() {
		c.W.Null()
		return
	}
	c.waitFor(keyspace.TypeList, c.Keys[:1], until)
}

func bzpop(c *Ctx, last bool) {
	until, ok := c.timeout(c.Args[len(c.Args)-1])
	if !ok {
		return
	}
	c.popFirstScored(func(k *Key, z *object.ZSet) { c.popOne(k, z, last) }, func() { c.waitFor(keyspace.TypeZSet, c.Keys, until) })
}

// popOne removes the first or last member and replies key, member and score.
func (c *Ctx) popOne(k *Key, z *object.ZSet, last bool) {
	mark := len(c.W.Buf)
	c.W.Array(3)
	c.W.Bulk(k.Bytes)
	pair := len(c.W.Buf)
	c.popScored(k, z, last, 1, false)
	rest := c.W.Buf[pair:]
	if rest[0] == '-' { // out of memory
		c.W.Buf = append(c.W.Buf[:mark], rest...)
		return
	}
	c.W.Buf = append(c.W.Buf[:pair], rest[len("*2\r\n"):]...) // its own array's line
}

func bzmpop(c *Ctx) {
	if _, _, problem := zmpopArgs(c.Args[1:]); problem != "" { // before the timeout
		c.W.Error(problem)
		return
	}
	until, ok := c.timeout(c.Args[1])
	if !ok {
		return
	}
	zmpop(c, c.Args[1:], func() { c.waitFor(keyspace.TypeZSet, c.Keys, until) })
}

// ParseClientUnblock reads CLIENT UNBLOCK id [TIMEOUT|ERROR]; problem is the
// error to reply, "" if there is none.
func ParseClientUnblock(args [][]byte) (id int64, withError bool, problem string) {
	if len(args) > 4 {
		return 0, false, resp.SubcommandSyntax(args[1], "client")
	}
	if len(args) == 4 {
		switch {
		case equalFold(args[3], "timeout"):
		case equalFold(args[3], "error"):
			withError = true
		default:
			return 0, false, "ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR"
		}
	}
	id, problem = parseBetween(args[2], math.MinInt64, math.MaxInt64, "")
	return id, withError, problem
}
