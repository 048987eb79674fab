package command

import (
	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

// SetSpecs are the commands on sets.
var SetSpecs = []*Spec{
	{Name: "sadd", Arity: -3, Flags: Write | DenyOOM | Fast, Cats: CatSet, Keys: []KeySpec{One(1, KeyRW|KeyInsert)}, Cost: costOfMembers, Handler: sadd},
	{Name: "srem", Arity: -3, Flags: Write | Fast, Cats: CatSet, Keys: []KeySpec{One(1, KeyRW|KeyDelete)}, Cost: costOfMembers, Handler: srem},
	{Name: "smove", Arity: 4, Flags: Write | Fast, Cats: CatSet, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyDelete), One(2, KeyRW|KeyInsert)}, Handler: smove},

	{Name: "scard", Arity: 2, Flags: ReadOnly | Fast, Cats: CatSet, Keys: []KeySpec{One(1, KeyRO)}, Handler: scard},
	{Name: "sismember", Arity: 3, Flags: ReadOnly | Fast, Cats: CatSet, Keys: []KeySpec{One(1, KeyRO)}, Handler: sismember},
	{Name: "smismember", Arity: -3, Flags: ReadOnly | Fast, Cats: CatSet, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfMembers, Handler: smismember},
	{Name: "smembers", Arity: 2, Flags: ReadOnly, Cats: CatSet, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Tips: []string{"nondeterministic_output_order"}, Cost: costOfSmembers, Handler: smembers},
	{Name: "sscan", Arity: -3, Flags: ReadOnly, Cats: CatSet, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Tips: []string{"nondeterministic_output"}, Cost: costOfSscan, Handler: sscan},

	{Name: "spop", Arity: -2, Flags: Write | Fast, Cats: CatSet, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyDelete)}, Tips: []string{"nondeterministic_output"}, Cost: costOfSpop, Handler: spop},
	{Name: "srandmember", Arity: -2, Flags: ReadOnly, Cats: CatSet, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Tips: []string{"nondeterministic_output"}, Cost: costOfSrandmember, Handler: srandmember},

	{Name: "sinter", Arity: -2, Flags: ReadOnly, Cats: CatSet, Keys: []KeySpec{Range(1, -1, 1, KeyRO|KeyAccess)}, Tips: []string{"nondeterministic_output_order"}, Cost: costOfSets, Handler: sinter},
	{Name: "sinterstore", Arity: -3, Flags: Write | DenyOOM, Cats: CatSet, Keys: []KeySpec{One(1, KeyOW|KeyUpdate), Range(2, -1, 1, KeyRO|KeyAccess)}, Cost: costOfSets, Handler: sinterstore},
	{Name: "sintercard", Arity: -3, Flags: ReadOnly | MovableKeys, Cats: CatSet, Keys: []KeySpec{Counted(1, KeyRO|KeyAccess)}, Cost: costOfSets, Handler: sintercard},
	{Name: "sunion", Arity: -2, Flags: ReadOnly, Cats: CatSet, Keys: []KeySpec{Range(1, -1, 1, KeyRO|KeyAccess)}, Tips: []string{"nondeterministic_output_order"}, Cost: costOfSets, Handler: sunion},
	{Name: "sunionstore", Arity: -3, Flags: Write | DenyOOM, Cats: CatSet, Keys: []KeySpec{One(1, KeyOW|KeyUpdate), Range(2, -1, 1, KeyRO|KeyAccess)}, Cost: costOfSets, Handler: sunionstore},
	{Name: "sdiff", Arity: -2, Flags: ReadOnly, Cats: CatSet, Keys: []KeySpec{Range(1, -1, 1, KeyRO|KeyAccess)}, Tips: []string{"nondeterministic_output_order"}, Cost: costOfSets, Handler: sdiff},
	{Name: "sdiffstore", Arity: -3, Flags: Write | DenyOOM, Cats: CatSet, Keys: []KeySpec{One(1, KeyOW|KeyUpdate), Range(2, -1, 1, KeyRO|KeyAccess)}, Cost: costOfSets, Handler: sdiffstore},
}

// What sets cost, for Spec.Cost: a search in a big one, a step of a walk
// through one with its reply, and the same with a place in a new set.
const (
	nanosPerSearch = 300
	nanosPerMember = 30
	nanosPerMerged = 150
)

// costOfMembers is the cost of a command that looks at each member it names.
func costOfMembers(c *Ctx) int64 { return int64(len(c.Args)-2) * nanosPerSearch }

// setLen is the number of members of a key's set, 0 if it has none.
func setLen(k *Key) int {
	if e := k.Part.Find(k.Hash, k.Bytes); e.Exists() && e.Type() == keyspace.TypeSet {
		s := setOf(k, e)
		return s.Len()
	}
	return 0
}

func costOfSmembers(c *Ctx) int64 { return int64(setLen(&c.Keys[0])) * nanosPerMember }

// setLimits are the limits up to which sets are packed, as configured now.
func (c *Ctx) setLimits() object.SetLimits {
	s := &c.Env.Settings
	return object.SetLimits{
		Intset: int(s.SetMaxIntsetEntries.Load()), Listpack: int(s.SetMaxListpackEntries.Load()), Value: int(s.SetMaxListpackValue.Load()),
	}
}

// setOf is the set in an entry, for reading.
func setOf(k *Key, e keyspace.Entry) object.Set {
	return object.SetOf(k.Part.Space(), e.Encoding(), e.Value())
}

// readSet looks a key up for reading and wants a set. exists is false for a
// missing key, ok after an error was replied.
func (c *Ctx) readSet(k *Key) (s object.Set, exists, ok bool) {
	e, ok := c.ReadAs(k, keyspace.TypeSet)
	if !ok || !e.Exists() {
		return s, false, ok
	}
	return setOf(k, e), true, true
}

func sadd(c *Ctx) {
	k, members := &c.Keys[0], c.Args[2:]
	cell, ok := c.OpenAs(k, keyspace.TypeSet)
	if !ok {
		return
	}
	if cell == nil {
		c.newSet(k, members)
		return
	}
	s := object.OpenSet(cell)
	added, err := s.AddAll(members, c.setLimits())
	if added > 0 {
		c.Changed(k)
		c.Notify(NotifySet, "sadd", k)
		c.Dirty(added - 1)
	}
	if err != nil {
		c.W.Error(resp.ErrOOM)
		return
	}
	c.W.Int(int64(added))
}

// newSet makes a set of members, some of which may be equal, and replies how
// many it has.
func (c *Ctx) newSet(k *Key, members [][]byte) {
	if len(members) == 1 {
		if _, ok := c.addOne(k, members[0]); ok {
			c.Changed(k)
			c.Notify(NotifyNew, "new", k)
			c.Notify(NotifySet, "sadd", k)
			c.W.Int(1)
		}
		return
	}
	lim := c.setLimits()
	b := object.NewSetBuilder(k.Part.Space(), lim, object.FirstSetEncoding(members[0], len(members), lim), c.Scratch())
	if _, err := b.AddAll(members); err != nil {
		b.Discard()
		c.W.Error(resp.ErrOOM)
		return
	}
	n := b.Len()
	if c.putSet(k, "sadd", b, false) {
		c.Dirty(n - 1)
		c.W.Int(int64(n))
	}
}

// putSet stores a set that has been built, in the place of whatever the key
// holds, whose time to live may be kept, and reports the event. It replies the out
// of memory error and reports false if there is no room.
func (c *Ctx) putSet(k *Key, event string, b *object.SetBuilder, keepTTL bool) bool {
	enc, v := b.Value()
	var expireAt int64
	if keepTTL {
		if e := k.Part.Find(k.Hash, k.Bytes); e.Exists() && e.HasExpire() {
			expireAt = e.ExpireAt()
		} else {
			keepTTL = false
		}
	}
	if c.put(k, keyspace.TypeSet, enc, v, expireAt, keepTTL, c.stampOf(k)) != nil {
		b.Discard()
		c.W.Error(resp.ErrOOM)
		return false
	}
	c.KeepScratch(v)
	c.Changed(k)
	c.Notify(NotifySet, event, k)
	return true
}

func srem(c *Ctx) {
	k := &c.Keys[0]
	cell, ok := c.OpenAs(k, keyspace.TypeSet)
	if !ok {
		return
	}
	if cell == nil {
		c.W.Int(0)
		return
	}
	s := object.OpenSet(cell)
	removed := 0
	for _, m := range c.Args[2:] {
		had, err := s.Remove(m)
		if err != nil && removed == 0 {
			c.W.Error(resp.ErrOOM)
			return
		}
		if err != nil {
			break
		}
		if had {
			removed++
			if s.Len() == 0 {
				break
			}
		}
	}
	c.removedMembers(k, "srem", &s, removed)
	c.W.Int(int64(removed))
}

// removedMembers reports that n members of a set are gone, and deletes the key
// if none is left.
func (c *Ctx) removedMembers(k *Key, event string, s *object.Set, n int) {
	if n == 0 {
		return
	}
	c.changedTo(k, NotifySet, event, s.Len() == 0)
	c.Dirty(n - 1)
}

func scard(c *Ctx) {
	if s, exists, ok := c.readSet(&c.Keys[0]); ok {
		n := 0
		if exists {
			n = s.Len()
		}
		c.W.Int(int64(n))
	}
}

func sismember(c *Ctx) {
	if s, exists, ok := c.readSet(&c.Keys[0]); ok {
		c.replyHas(&s, exists, c.Args[2])
	}
}

func smismember(c *Ctx) {
	s, exists, ok := c.readSet(&c.Keys[0])
	if !ok {
		return
	}
	c.W.Array(len(c.Args) - 2)
	for _, m := range c.Args[2:] {
		c.replyHas(&s, exists, m)
	}
}

// replyHas replies 1 for a member of a set that may not exist, else 0.
func (c *Ctx) replyHas(s *object.Set, exists bool, m []byte) {
	if exists && s.Has(m) {
		c.W.Int(1)
		return
	}
	c.W.Int(0)
}

func smembers(c *Ctx) {
	s, exists, ok := c.readSet(&c.Keys[0])
	switch {
	case !ok:
	case !exists:
		c.W.Set(0)
	default:
		c.W.Set(s.Len())
		c.bulkMembers(&s)
	}
}

// bulkMembers replies all members, without a head.
func (c *Ctx) bulkMembers(s *object.Set) {
	it := s.Iter()
	for it.Next() {
		c.W.Bulk(it.Member())
	}
}

// closeSet is close for an array that RESP3 clients get as a set.
func (l *bulkList) closeSet() {
	l.close(nil)
	if l.w.Proto >= 3 {
		l.w.Buf[l.at] = '~'
	}
}
