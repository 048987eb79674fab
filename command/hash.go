package command

import (
	"math"

	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

// HashSpecs are the commands on hashes.
var HashSpecs = []*Spec{
	{Name: "hset", Arity: -4, Flags: Write | DenyOOM | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRW|KeyUpdate)}, Cost: costOfMembers, Handler: func(c *Ctx) { c.hset(false) }},
	{Name: "hmset", Arity: -4, Flags: Write | DenyOOM | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRW|KeyUpdate)}, Cost: costOfMembers, Handler: func(c *Ctx) { c.hset(true) }},
	{Name: "hsetnx", Arity: 4, Flags: Write | DenyOOM | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRW|KeyInsert)}, Handler: hsetnx},
	{Name: "hdel", Arity: -3, Flags: Write | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRW|KeyDelete)}, Cost: costOfMembers, Handler: hdel},
	{Name: "hincrby", Arity: 4, Flags: Write | DenyOOM | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyUpdate)}, Handler: hincrby},
	{Name: "hincrbyfloat", Arity: 4, Flags: Write | DenyOOM | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyUpdate)}, Handler: hincrbyfloat},

	{Name: "hget", Arity: 3, Flags: ReadOnly | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Handler: hget},
	{Name: "hmget", Arity: -3, Flags: ReadOnly | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfMembers, Handler: hmget},
	{Name: "hlen", Arity: 2, Flags: ReadOnly | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRO)}, Handler: hlen},
	{Name: "hstrlen", Arity: 3, Flags: ReadOnly | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRO)}, Handler: hstrlen},
	{Name: "hexists", Arity: 3, Flags: ReadOnly | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRO)}, Handler: hexists},
	{Name: "hgetall", Arity: 2, Flags: ReadOnly, Cats: CatHash, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Tips: []string{"nondeterministic_output_order"}, Cost: costOfHash, Handler: func(c *Ctx) { c.hgetall(true, true) }},
	{Name: "hkeys", Arity: 2, Flags: ReadOnly, Cats: CatHash, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Tips: []string{"nondeterministic_output_order"}, Cost: costOfHash, Handler: func(c *Ctx) { c.hgetall(true, false) }},
	{Name: "hvals", Arity: 2, Flags: ReadOnly, Cats: CatHash, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Tips: []string{"nondeterministic_output_order"}, Cost: costOfHash, Handler: func(c *Ctx) { c.hgetall(false, true) }},
	{Name: "hrandfield", Arity: -2, Flags: ReadOnly, Cats: CatHash, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Tips: []string{"nondeterministic_output"}, Cost: costOfHrandfield, Handler: hrandfield},
	{Name: "hscan", Arity: -3, Flags: ReadOnly, Cats: CatHash, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Tips: []string{"nondeterministic_output"}, Cost: costOfHscan, Handler: hscan},

	{Name: "hexpire", Arity: -6, Flags: Write | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRW|KeyUpdate)}, Cost: costOfMembers, Handler: func(c *Ctx) { c.hexpire(optEX) }},
	{Name: "hpexpire", Arity: -6, Flags: Write | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRW|KeyUpdate)}, Cost: costOfMembers, Handler: func(c *Ctx) { c.hexpire(optPX) }},
	{Name: "hexpireat", Arity: -6, Flags: Write | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRW|KeyUpdate)}, Cost: costOfMembers, Handler: func(c *Ctx) { c.hexpire(optEXAT) }},
	{Name: "hpexpireat", Arity: -6, Flags: Write | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRW|KeyUpdate)}, Cost: costOfMembers, Handler: func(c *Ctx) { c.hexpire(optPXAT) }},
	{Name: "httl", Arity: -5, Flags: ReadOnly | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Tips: changesByItself, Cost: costOfMembers, Handler: func(c *Ctx) { c.httl(1000, true) }},
	{Name: "hpttl", Arity: -5, Flags: ReadOnly | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Tips: changesByItself, Cost: costOfMembers, Handler: func(c *Ctx) { c.httl(1, true) }},
	{Name: "hexpiretime", Arity: -5, Flags: ReadOnly | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfMembers, Handler: func(c *Ctx) { c.httl(1000, false) }},
	{Name: "hpexpiretime", Arity: -5, Flags: ReadOnly | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfMembers, Handler: func(c *Ctx) { c.httl(1, false) }},
	{Name: "hpersist", Arity: -5, Flags: Write | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRW|KeyUpdate)}, Cost: costOfMembers, Handler: hpersist},
	{Name: "hgetex", Arity: -5, Flags: Write | Fast, Cats: CatHash, Keys: []KeySpec{{Index: 1, Step: 1, Flags: KeyRW | KeyAccess | KeyUpdate, Notes: "RW and UPDATE because it changes the TTL"}}, Cost: costOfMembers, Handler: hgetex},
	{Name: "hsetex", Arity: -6, Flags: Write | DenyOOM | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRW|KeyUpdate)}, Cost: costOfMembers, Handler: hsetex},
	{Name: "hgetdel", Arity: -5, Flags: Write | Fast, Cats: CatHash, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyDelete)}, Cost: costOfMembers, Handler: hgetdel},
}

// hashLimits are the limits up to which hashes are packed, as configured now.
func (c *Ctx) hashLimits() object.HashLimits {
	s := &c.Env.Settings
	return object.HashLimits{Entries: int(s.HashMaxListpackEntries.Load()), Value: int(s.HashMaxListpackValue.Load())}
}

// hashOf is the hash in an entry, for reading.
func hashOf(k *Key, e keyspace.Entry) object.Hash {
	return object.HashOf(k.Part.Space(), e.Encoding(), e.Value())
}

// readHash looks a key up for reading and wants a hash. exists is false for a
// missing key, ok after an error was replied. Fields whose time has passed are
// still there: see gone.
func (c *Ctx) readHash(k *Key) (h object.Hash, exists, ok bool) {
	e, ok := c.ReadAs(k, keyspace.TypeHash)
	if !ok || !e.Exists() {
		return h, false, ok
	}
	return hashOf(k, e), true, true
}

// gone reports whether a field with an expiry, 0 for none, is not there any more.
func (c *Ctx) gone(expireAt int64) bool { return expireAt != 0 && expireAt < c.Now }

// openHash looks a key up for changes and wants a hash; see readHash. Fields
// whose time has passed are removed, and the key with the last one.
func (c *Ctx) openHash(k *Key) (h object.Hash, cell *keyspace.Cell, ok bool) {
	cell, ok = c.OpenAs(k, keyspace.TypeHash)
	if cell == nil {
		return h, nil, ok
	}
	h = object.OpenHash(cell)
	if first := h.FirstExpire(); first == 0 || first >= c.Now {
		return h, cell, true
	}
	if _, err := h.RemoveExpired(c.Now, math.MaxInt); err != nil {
		c.W.Error(resp.ErrOOM)
		return h, nil, false
	}
	if h.Len() > 0 {
		c.changedTo(k, NotifyHash, "hexpired", false)
		return h, cell, true
	}
	c.changedTo(k, NotifyHash, "hexpired", true)
	return h, nil, true
}

// hashLen is the number of fields of a key's hash, 0 if it has none.
func hashLen(k *Key) int {
	if e := k.Part.Find(k.Hash, k.Bytes); e.Exists() && e.Type() == keyspace.TypeHash {
		h := hashOf(k, e)
		return h.Len()
	}
	return 0
}

func costOfHash(c *Ctx) int64 { return int64(hashLen(&c.Keys[0])) * nanosPerMember }

// getField is the value of a field that is there.
func (c *Ctx) getField(h *object.Hash, field []byte, buf *object.NumBuf) (value []byte, expireAt int64, ok bool) {
	value, expireAt, ok = h.Get(field, buf)
	return value, expireAt, ok && !c.gone(expireAt)
}

func hget(c *Ctx) {
	h, exists, ok := c.readHash(&c.Keys[0])
	if ok {
		c.replyField(&h, exists, c.Args[2])
	}
}

// replyField replies the value of a field, or null, and reports whether it is
// there.
func (c *Ctx) replyField(h *object.Hash, exists bool, field []byte) bool {
	if exists {
		var buf object.NumBuf
		if v, _, found := c.getField(h, field, &buf); found {
			c.W.Bulk(v)
			return true
		}
	}
	c.W.Null()
	return false
}

func hmget(c *Ctx) {
	h, exists, ok := c.readHash(&c.Keys[0])
	if !ok {
		return
	}
	c.W.Array(len(c.Args) - 2)
	for _, f := range c.Args[2:] {
		c.replyField(&h, exists, f)
	}
}

// hlen counts the fields whose time has passed until they are removed, as Redis
// does.
func hlen(c *Ctx) {
	h, exists, ok := c.readHash(&c.Keys[0])
	switch {
	case !ok:
	case !exists:
		c.W.Int(0)
	default:
		c.W.Int(int64(h.Len()))
	}
}

func hstrlen(c *Ctx) {
	h, exists, ok := c.readHash(&c.Keys[0])
	if !ok {
		return
	}
	var buf object.NumBuf
	if exists {
		if v, _, found := c.getField(&h, c.Args[2], &buf); found {
			c.W.Int(int64(len(v)))
			return
		}
	}
	c.W.Int(0)
}

func hexists(c *Ctx) {
	h, exists, ok := c.readHash(&c.Keys[0])
	if !ok {
		return
	}
	if exists {
		var buf object.NumBuf
		if _, _, found := c.getField(&h, c.Args[2], &buf); found {
			c.W.Int(1)
			return
		}
	}
	c.W.Int(0)
}

// hgetall is HGETALL, HKEYS and HVALS.
func (c *Ctx) hgetall(fields, values bool) {
	h, exists, ok := c.readHash(&c.Keys[0])
	if !ok {
		return
	}
	n := 0
	if exists {
		n = h.Len()
		if first := h.FirstExpire(); c.gone(first) {
			n = 0
			h.Each(func(_, _ []byte, at int64) bool {
				if !c.gone(at) {
					n++
				}
				return true
			})
		}
	}
	if fields && values {
		c.W.Map(n)
	} else {
		c.W.Array(n)
	}
	if n == 0 {
		return
	}
	for it := h.At(0); it.Valid(); it.Next() {
		if c.gone(it.ExpireAt()) {
			continue
		}
		if fields {
			c.W.Bulk(it.Field())
		}
		if values {
			c.W.Bulk(it.Value())
		}
	}
}
