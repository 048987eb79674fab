package command

import (
	"math"
	"slices"

	"clusternode/object"
	"clusternode/resp"
)

// GenericSpecs are the commands that work on keys of any type.
var GenericSpecs = slices.Concat([]*Spec{
	{Name: "del", Arity: -2, Flags: Write, Cats: CatKeyspace, Keys: []KeySpec{Range(1, -1, 1, KeyRM|KeyDelete)}, Tips: sumOverShards, Cost: costOfKeys, Handler: del},
	{Name: "unlink", Arity: -2, Flags: Write | Fast, Cats: CatKeyspace, Keys: []KeySpec{Range(1, -1, 1, KeyRM|KeyDelete)}, Tips: sumOverShards, Cost: costOfKeys, Handler: del},
	{Name: "exists", Arity: -2, Flags: ReadOnly | Fast, Cats: CatKeyspace, Keys: []KeySpec{Range(1, -1, 1, KeyRO)}, Tips: sumOverShards, Cost: costOfKeys, Handler: exists},
	{Name: "touch", Arity: -2, Flags: ReadOnly | Fast, Cats: CatKeyspace, Keys: []KeySpec{Range(1, -1, 1, KeyRO)}, Tips: sumOverShards, Cost: costOfKeys, Handler: touch},
	{Name: "type", Arity: 2, Flags: ReadOnly | Fast, Cats: CatKeyspace, Keys: []KeySpec{One(1, KeyRO)}, Handler: typeOf},
	{Name: "rename", Arity: 3, Flags: Write, Cats: CatKeyspace, Keys: renameKeys(KeyUpdate), Cost: costOfMove, Handler: func(c *Ctx) { rename(c, false) }},
	{Name: "renamenx", Arity: 3, Flags: Write | Fast, Cats: CatKeyspace, Keys: renameKeys(KeyInsert), Cost: costOfMove, Handler: func(c *Ctx) { rename(c, true) }},
	{Name: "copy", Arity: -3, Flags: Write | DenyOOM, Cats: CatKeyspace, Keys: []KeySpec{One(1, KeyRO|KeyAccess), One(2, KeyOW|KeyUpdate)}, Cost: costOfCopy, Handler: copyKey},
	{Name: "move", Arity: 3, Flags: Write | Fast, Cats: CatKeyspace, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyUpdate)}, Cost: costOfMove, Handler: move},
	objectSpec,
}, expireSpecs, scanSpecs, dumpSpecs)

// sumOverShards are the tips of commands that a client may split by slot.
var sumOverShards = []string{"request_policy:multi_shard", "response_policy:agg_sum"}

func renameKeys(target KeyFlags) []KeySpec {
	return []KeySpec{One(1, KeyRW|KeyAccess|KeyDelete), One(2, KeyOW|target)}
}

func del(c *Ctx) {
	n := int64(0)
	for i := range c.Keys {
		k := &c.Keys[i]
		if c.live(k).Exists() && c.delete(k) {
			n++
		}
	}
	c.W.Int(n)
}

func exists(c *Ctx) {
	n := int64(0)
	for i := range c.Keys {
		if c.Peek(&c.Keys[i]).Exists() {
			n++
		}
	}
	c.W.Int(n)
}

// touch records an access even for a client in NO-TOUCH mode: that is what it
// is for.
func touch(c *Ctx) {
	n := int64(0)
	for i := range c.Keys {
		if e := c.Peek(&c.Keys[i]); e.Exists() {
			c.stamp(e)
			n++
		}
	}
	c.W.Int(n)
}

func typeOf(c *Ctx) {
	e := c.Peek(&c.Keys[0])
	if !e.Exists() {
		c.W.SimpleString("none")
		return
	}
	c.W.SimpleString(e.Type().String())
}

// copyTo writes a copy of the value at from, in any partition, under to. It
// reports false, with the error replied and nothing changed, if there is no room.
func (c *Ctx) copyTo(to, from *Key, lru uint32) bool {
	e := from.Part.Find(from.Hash, from.Bytes)
	t, enc, sp := e.Type(), e.Encoding(), to.Part.Space()
	at, has := expiry(e)
	value, err := object.Copy(sp, from.Part.Space(), t, enc, e.Value())
	if err == nil {
		if _, err = to.Part.Put(to.Hash, to.Bytes, t, enc, value, at, has, lru); err != nil {
			object.Detach(sp, t, enc, value).Free(math.MaxInt)
		}
	}
	if err != nil {
		c.W.Error(resp.ErrOOM)
		return false
	}
	return true
}

// moveTo gives the value at from another key, and reports false as copyTo does.
// Within a shard nothing of it is touched, however big it is.
func (c *Ctx) moveTo(to, from *Key) bool {
	if to.Part.Space() != from.Part.Space() {
		e := from.Part.Find(from.Hash, from.Bytes)
		if !c.copyTo(to, from, e.LRU()) {
			return false
		}
		from.Part.Remove(from.Hash, from.Bytes)
	} else if err := from.Part.Move(from.Hash, from.Bytes, to.Part, to.Hash, to.Bytes); err != nil {
		c.W.Error(resp.ErrOOM)
		return false
	}
	c.Signal(from)
	c.Changed(to)
	return true
}

// costOfCopy counts a nanosecond a byte of the value at the first key.
func costOfCopy(c *Ctx) int64 {
	k := &c.Keys[0]
	if e := k.Part.Find(k.Hash, k.Bytes); e.Exists() {
		return int64(k.Part.TreeBytes(e))
	}
	return 0
}

// costOfMove is costOfCopy where the value cannot stay where it is.
func costOfMove(c *Ctx) int64 {
	if len(c.Keys) == 2 && c.Keys[0].Part.Space() == c.Keys[1].Part.Space() {
		return 0
	}
	return costOfCopy(c)
}

func rename(c *Ctx, onlyNew bool) {
	from, to := &c.Keys[0], &c.Keys[1]
	if !c.Write(from).Exists() {
		c.W.Error(resp.ErrNoSuchKey)
		return
	}
	same := string(from.Bytes) == string(to.Bytes)
	if onlyNew && (same || c.live(to).Exists()) {
		c.W.Int(0)
		return
	}
	if !same {
		c.live(to)
		if !c.moveTo(to, from) {
			return
		}
		c.Notify(NotifyNew, "new", to) // even if it was there: Redis removes it before
		c.Notify(NotifyGeneric, "rename_from", from)
		c.Notify(NotifyGeneric, "rename_to", to)
	}
	if onlyNew {
		c.W.Int(1)
		return
	}
	c.W.OK()
}

// dbIndex reads a database number of COPY and MOVE.
func (c *Ctx) dbIndex(arg []byte) (db int, ok bool) {
	n, ok := c.intBetween(arg, math.MinInt32, math.MaxInt32, "")
	if !ok {
		return 0, false
	}
	if n < 0 || int(n) >= c.KS.Databases() {
		c.W.Error(resp.ErrDBIndex)
		return 0, false
	}
	return int(n), true
}

func copyKey(c *Ctx) {
	from, to := &c.Keys[0], c.Keys[1]
	replace := false
	for i := 3; i < len(c.Args); i++ {
		switch {
		case equalFold(c.Args[i], "replace"):
			replace = true
		case equalFold(c.Args[i], "db") && i+1 < len(c.Args):
			db, ok := c.dbIndex(c.Args[i+1])
			if !ok {
				return
			}
			to = c.In(&to, db)
			i++
		default:
			c.W.Error(resp.ErrSyntax)
			return
		}
	}
	switch {
	case c.Env.Cluster != nil && (from.DB != 0 || to.DB != 0):
		c.W.Error("ERR Copying to another database is not allowed in cluster mode")
		return
	case from.DB == to.DB && string(from.Bytes) == string(to.Bytes):
		c.W.Error(resp.ErrSameObject)
		return
	}
	if !c.Read(from).Exists() || c.live(&to).Exists() && !replace {
		c.W.Int(0)
		return
	}
	if !c.copyTo(&to, from, c.NewLRU()) {
		return
	}
	c.Changed(&to)
	c.Notify(NotifyNew, "new", &to)
	c.Notify(NotifyGeneric, "copy_to", &to)
	c.W.Int(1)
}

func move(c *Ctx) {
	if c.Env.Cluster != nil {
		c.W.Error("ERR MOVE is not allowed in cluster mode")
		return
	}
	db, ok := c.dbIndex(c.Args[2])
	if !ok {
		return
	}
	from := &c.Keys[0]
	if db == from.DB {
		c.W.Error(resp.ErrSameObject)
		return
	}
	to := c.In(from, db)
	if !c.Write(from).Exists() || c.live(&to).Exists() {
		c.W.Int(0)
		return
	}
	if c.moveTo(&to, from) {
		c.Notify(NotifyNew, "new", &to)
		c.Notify(NotifyGeneric, "move_from", from)
		c.Notify(NotifyGeneric, "move_to", &to)
		c.W.Int(1)
	}
}
