package command

import (
	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

// ZSetSpecs are the commands on sorted sets that do not wait.
var ZSetSpecs = []*Spec{
	{Name: "zadd", Arity: -4, Flags: Write | DenyOOM | Fast, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRW|KeyUpdate)}, Cost: costOfZadd, Handler: func(c *Ctx) { c.zadd(0) }},
	{Name: "zincrby", Arity: 4, Flags: Write | DenyOOM | Fast, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyUpdate)}, Handler: func(c *Ctx) { c.zadd(zaddIncr) }},
	{Name: "zrem", Arity: -3, Flags: Write | Fast, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRW|KeyDelete)}, Cost: costOfMembers, Handler: zrem},
	{Name: "zremrangebyrank", Arity: 4, Flags: Write, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRW|KeyDelete)}, Cost: costOfZremrange(byRank), Handler: func(c *Ctx) { c.zremrange(byRank) }},
	{Name: "zremrangebyscore", Arity: 4, Flags: Write, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRW|KeyDelete)}, Cost: costOfZremrange(byScore), Handler: func(c *Ctx) { c.zremrange(byScore) }},
	{Name: "zremrangebylex", Arity: 4, Flags: Write, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRW|KeyDelete)}, Cost: costOfZremrange(byLex), Handler: func(c *Ctx) { c.zremrange(byLex) }},

	{Name: "zcard", Arity: 2, Flags: ReadOnly | Fast, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRO)}, Handler: zcard},
	{Name: "zcount", Arity: 4, Flags: ReadOnly | Fast, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Handler: func(c *Ctx) { c.zcount(byScore) }},
	{Name: "zlexcount", Arity: 4, Flags: ReadOnly | Fast, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Handler: func(c *Ctx) { c.zcount(byLex) }},
	{Name: "zscore", Arity: 3, Flags: ReadOnly | Fast, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Handler: zscore},
	{Name: "zmscore", Arity: -3, Flags: ReadOnly | Fast, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfMembers, Handler: zmscore},
	{Name: "zrank", Arity: -3, Flags: ReadOnly | Fast, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Handler: func(c *Ctx) { c.zrank(false) }},
	{Name: "zrevrank", Arity: -3, Flags: ReadOnly | Fast, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Handler: func(c *Ctx) { c.zrank(true) }},

	{Name: "zrange", Arity: -4, Flags: ReadOnly, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfZrange(rangeQuery{}), Handler: func(c *Ctx) { c.zrange(rangeQuery{}, 1) }},
	{Name: "zrevrange", Arity: -4, Flags: ReadOnly, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfZrange(rangeQuery{by: byRank, rev: true}), Handler: func(c *Ctx) { c.zrange(rangeQuery{by: byRank, rev: true}, 1) }},
	{Name: "zrangebyscore", Arity: -4, Flags: ReadOnly, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfZrange(rangeQuery{by: byScore}), Handler: func(c *Ctx) { c.zrange(rangeQuery{by: byScore}, 1) }},
	{Name: "zrevrangebyscore", Arity: -4, Flags: ReadOnly, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfZrange(rangeQuery{by: byScore, rev: true}), Handler: func(c *Ctx) { c.zrange(rangeQuery{by: byScore, rev: true}, 1) }},
	{Name: "zrangebylex", Arity: -4, Flags: ReadOnly, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfZrange(rangeQuery{by: byLex}), Handler: func(c *Ctx) { c.zrange(rangeQuery{by: byLex}, 1) }},
	{Name: "zrevrangebylex", Arity: -4, Flags: ReadOnly, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfZrange(rangeQuery{by: byLex, rev: true}), Handler: func(c *Ctx) { c.zrange(rangeQuery{by: byLex, rev: true}, 1) }},
	{Name: "zrangestore", Arity: -5, Flags: Write | DenyOOM, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyOW|KeyUpdate), One(2, KeyRO|KeyAccess)}, Cost: costOfZStore, Handler: func(c *Ctx) { c.zrange(rangeQuery{store: true}, 2) }},

	{Name: "zpopmin", Arity: -2, Flags: Write | Fast, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyDelete)}, Cost: costOfZpop, Handler: func(c *Ctx) { c.zpop(false) }},
	{Name: "zpopmax", Arity: -2, Flags: Write | Fast, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyDelete)}, Cost: costOfZpop, Handler: func(c *Ctx) { c.zpop(true) }},
	{Name: "zmpop", Arity: -4, Flags: Write | MovableKeys, Cats: CatSortedSet, Keys: []KeySpec{Counted(1, KeyRW|KeyAccess|KeyDelete)}, Cost: costOfZSets, Handler: func(c *Ctx) { zmpop(c, c.Args, c.W.NullArray) }},
	{Name: "zrandmember", Arity: -2, Flags: ReadOnly, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Tips: []string{"nondeterministic_output"}, Cost: costOfZrandmember, Handler: zrandmember},
	{Name: "zscan", Arity: -3, Flags: ReadOnly, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Tips: []string{"nondeterministic_output"}, Cost: costOfSscan, Handler: zscan},

	{Name: "zunion", Arity: -3, Flags: ReadOnly | MovableKeys, Cats: CatSortedSet, Keys: []KeySpec{Counted(1, KeyRO|KeyAccess)}, Cost: costOfZSets, Handler: func(c *Ctx) { c.zalgebra(zunion, 1) }},
	{Name: "zinter", Arity: -3, Flags: ReadOnly | MovableKeys, Cats: CatSortedSet, Keys: []KeySpec{Counted(1, KeyRO|KeyAccess)}, Cost: costOfZSets, Handler: func(c *Ctx) { c.zalgebra(zinter, 1) }},
	{Name: "zdiff", Arity: -3, Flags: ReadOnly | MovableKeys, Cats: CatSortedSet, Keys: []KeySpec{Counted(1, KeyRO|KeyAccess)}, Cost: costOfZSets, Handler: func(c *Ctx) { c.zalgebra(zdiff, 1) }},
	{Name: "zintercard", Arity: -3, Flags: ReadOnly | MovableKeys, Cats: CatSortedSet, Keys: []KeySpec{Counted(1, KeyRO|KeyAccess)}, Cost: costOfZSets, Handler: func(c *Ctx) { c.zalgebra(zintercard, 1) }},
	{Name: "zunionstore", Arity: -4, Flags: Write | DenyOOM | MovableKeys, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyOW|KeyUpdate), Counted(2, KeyRO|KeyAccess)}, Cost: costOfZSets, Handler: func(c *Ctx) { c.zalgebra(zunion|zstore, 2) }},
	{Name: "zinterstore", Arity: -4, Flags: Write | DenyOOM | MovableKeys, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyOW|KeyUpdate), Counted(2, KeyRO|KeyAccess)}, Cost: costOfZSets, Handler: func(c *Ctx) { c.zalgebra(zinter|zstore, 2) }},
	{Name: "zdiffstore", Arity: -4, Flags: Write | DenyOOM | MovableKeys, Cats: CatSortedSet, Keys: []KeySpec{One(1, KeyOW|KeyUpdate), Counted(2, KeyRO|KeyAccess)}, Cost: costOfZSets, Handler: func(c *Ctx) { c.zalgebra(zdiff|zstore, 2) }},
}

// What sorted sets cost, for Spec.Cost: a member that is put in or taken out, and
// one that is replied.
const (
	nanosPerScored = 700
	nanosPerRanked = 60
)

// zsetLimits are the limits up to which sorted sets are packed, as configured now.
func (c *Ctx) zsetLimits() object.ZSetLimits {
	s := &c.Env.Settings
	return object.ZSetLimits{Entries: int(s.ZSetMaxListpackEntries.Load()), Value: int(s.ZSetMaxListpackValue.Load())}
}

// zsetOf is the sorted set in an entry, for reading.
func zsetOf(k *Key, e keyspace.Entry) object.ZSet {
	return object.ZSetOf(k.Part.Space(), e.Encoding(), e.Value())
}

// readZSet looks a key up for reading and wants a sorted set. exists is false for
// a missing key, ok after an error was replied.
func (c *Ctx) readZSet(k *Key) (z object.ZSet, exists, ok bool) {
	e, ok := c.ReadAs(k, keyspace.TypeZSet)
	if !ok || !e.Exists() {
		return z, false, ok
	}
	return zsetOf(k, e), true, true
}

// openZSet looks a key up for changes and wants a sorted set; see readZSet.
func (c *Ctx) openZSet(k *Key) (z object.ZSet, exists, ok bool) {
	cell, ok := c.OpenAs(k, keyspace.TypeZSet)
	if cell == nil {
		return z, false, ok
	}
	return object.OpenZSet(cell), true, true
}

// zsetLen is the number of members of a key's sorted set or set, 0 if it has
// neither.
func zsetLen(k *Key) int {
	e := k.Part.Find(k.Hash, k.Bytes)
	if !e.Exists() || e.Type() != keyspace.TypeZSet {
		return setLen(k)
	}
	z := zsetOf(k, e)
	return z.Len()
}

func costOfZadd(c *Ctx) int64   { return int64(len(c.Args)/2-1) * nanosPerScored }
func costOfZStore(c *Ctx) int64 { return int64(zsetLen(&c.Keys[1])) * nanosPerScored }

func costOfZSets(c *Ctx) int64 {
	total := 0
	for i := range c.Keys {
		total += zsetLen(&c.Keys[i])
	}
	return int64(total) * nanosPerScored
}

func zcard(c *Ctx) {
	z, exists, ok := c.readZSet(&c.Keys[0])
	switch {
	case !ok:
	case !exists:
		c.W.Int(0)
	default:
		c.W.Int(int64(z.Len()))
	}
}

func zscore(c *Ctx) {
	z, exists, ok := c.readZSet(&c.Keys[0])
	if ok {
		c.replyScore(&z, exists, c.Args[2])
	}
}

// replyScore replies the score of a member, or null.
func (c *Ctx) replyScore(z *object.ZSet, exists bool, member []byte) {
	if exists {
		if s, found := z.Score(member); found {
			c.W.Double(s)
			return
		}
	}
	c.W.Null()
}

func zmscore(c *Ctx) {
	z, exists, ok := c.readZSet(&c.Keys[0])
	if !ok {
		return
	}
	c.W.Array(len(c.Args) - 2)
	for _, m := range c.Args[2:] {
		c.replyScore(&z, exists, m)
	}
}

func (c *Ctx) zrank(rev bool) {
	withScore := len(c.Args) > 3
	switch {
	case len(c.Args) > 4:
		c.W.Error(resp.WrongArity(c.Spec.FullName()))
		return
	case withScore && !equalFold(c.Args[3], "withscore"):
		c.W.Error(resp.ErrSyntax)
		return
	}
	z, exists, ok := c.readZSet(&c.Keys[0])
	if !ok {
		return
	}
	if exists {
		if rank, score, found := z.Rank(c.Args[2]); found {
			if rev {
				rank = z.Len() - 1 - rank
			}
			if withScore {
				c.W.Array(2)
				c.W.Int(int64(rank))
				c.W.Double(score)
				return
			}
			c.W.Int(int64(rank))
			return
		}
	}
	if withScore {
		c.W.NullArray()
		return
	}
	c.W.Null()
}

func zrem(c *Ctx) {
	k := &c.Keys[0]
	z, exists, ok := c.openZSet(k)
	if !ok {
		return
	}
	n := 0
	for _, m := range c.Args[2:] {
		if !exists {
			break
		}
		removed, err := z.Remove(m)
		if err != nil {
			c.removedScored(k, "zrem", &z, n)
			c.W.Error(resp.ErrOOM)
			return
		}
		if removed {
			n++
			exists = z.Len() > 0
		}
	}
	c.removedScored(k, "zrem", &z, n)
	c.W.Int(int64(n))
}

// removedScored reports that n members were taken out, and deletes the key with
// the last one.
func (c *Ctx) removedScored(k *Key, event string, z *object.ZSet, n int) {
	if n == 0 {
		return
	}
	c.Dirty(n - 1)
	c.changedTo(k, NotifyZSet, event, z.Len() == 0)
}
