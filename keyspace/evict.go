package keyspace

import (
	"math/rand/v2"

	"clusternode/arena"
	"clusternode/slots"
)

// Eviction removes keys to make room. Who wants room has an Evictor, which takes
// one victim at a time and holds one slot at a time, and that only if it is free:
// nobody waits for eviction, and eviction waits for nobody.
//
// LRU, LFU and TTL are approximated as in Redis: a few keys are looked at, the
// best victims seen lately are kept in a pool, and the best of those goes. There
// are two differences. Keys are not drawn at random; a sweep goes round all
// tables in the order of the hashes, so that every key is looked at equally often
// whatever slot and database it is in, without a look at how keys are spread. And
// a victim is judged once more before it goes: one that was used since it came
// into the pool goes back into it (evict_sweep.go). The policies that want a
// random key draw slots by their number of keys (evict_random.go).

// Policy says which keys are evicted: maxmemory-policy.
type Policy uint8

// The policies. Volatile ones take keys with a time to live only.
const (
	NoEviction Policy = iota
	AllKeysLRU
	AllKeysLFU
	AllKeysRandom
	VolatileLRU
	VolatileLFU
	VolatileRandom
	VolatileTTL
)

var policyNames = [...]string{"noeviction", "allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"}

// String is the policy as redis.conf writes it.
func (p Policy) String() string { return policyNames[p] }

// PolicyOf is the policy of a name, NoEviction if there is none of it.
func PolicyOf(name string) Policy {
	for i, n := range policyNames {
		if n == name {
			return Policy(i)
		}
	}
	return NoEviction
}

// LFU reports whether the policy counts accesses: the access bits of entries hold
// counters then.
func (p Policy) LFU() bool { return p == AllKeysLFU || p == VolatileLFU }

func (p Policy) volatile() bool { return p >= VolatileLRU }
func (p Policy) random() bool   { return p == AllKeysRandom || p == VolatileRandom }

// EvictRules are the directives of eviction.
type EvictRules struct {
	Policy   Policy
	Samples  int  // maxmemory-samples: keys looked at per victim
	LFUDecay int  // lfu-decay-time, minutes
	Lazy     bool // lazyfree-lazy-eviction: housekeeping frees trees
}

// EvictResult is what became of an attempt.
type EvictResult uint8

const (
	// EvictedOne: a key was removed.
	EvictedOne EvictResult = iota
	// EvictedNone: there is no key that the policy allows to take.
	EvictedNone
	// EvictedLater: the slots of the victims at hand are locked, or none was
	// found within the effort of one attempt.
	EvictedLater
)

// Evictor takes victims. It belongs to one executor, which has entered.
type Evictor struct {
	ks   *Keyspace
	rand *rand.Rand
	told func(db int, s slots.Slot, p *Part, hash uint64, key []byte)

	rules EvictRules
	// alone: the world is stopped, no slot needs a lock.
	alone bool
	// contended is a slot whose lock was not to be had in this attempt, -1: none.
	contended int

	pool    pool
	at      sweepPoint
	barren  bool // the sweep found no key since it last began anew
	missed  bool // since then it passed over a locked slot
	empty   bool // from one beginning to the next there was no key
	seconds int64
	warmed  uint64        // of what was read ahead, so that it is read
	weights []slotWeights // by database, for random victims

	dead deadTrees // what the last victim left to be freed; counted as pending
}

// NewEvictor makes an evictor. told is called for every key just before it is
// removed, under its slot's lock.
func (ks *Keyspace) NewEvictor(r *rand.Rand, told func(db int, s slots.Slot, p *Part, hash uint64, key []byte)) *Evictor {
	v := &Evictor{ks: ks, rand: r, told: told}
	v.at.db = r.IntN(len(ks.dbs))
	v.at.slot = r.IntN(slots.Count) // several evictors share the work
	return v
}

// Evict removes one key, if it finds one. alone: the world is stopped. now is the
// time in unix milliseconds.
func (v *Evictor) Evict(rules *EvictRules, now int64, alone bool) EvictResult {
	if v.rules.Policy != rules.Policy {
		v.pool.n, v.weights = 0, nil
	}
	v.rules, v.alone, v.seconds, v.contended = *rules, alone, now/1000, -1
	if rules.Policy == NoEviction {
		return EvictedNone
	}
	if rules.Policy.random() {
		return v.evictRandom()
	}
	return v.evictBest()
}

// Contended is a slot whose lock was missing when Evict said EvictedLater; ok is
// false if that was not the reason.
func (v *Evictor) Contended() (s slots.Slot, ok bool) {
	return slots.Slot(max(v.contended, 0)), v.contended >= 0
}

// FreeSome frees some of what the last victim had beside its entry, and reports
// whether there is more. No slot is locked; the executor has not left since.
func (v *Evictor) FreeSome() (more bool) {
	if v.dead.d != nil && v.dead.freeSome(&v.ks.house) {
		v.dead = deadTrees{}
	}
	return v.dead.d != nil
}

// FreeLater leaves to housekeeping what FreeSome has not freed.
func (v *Evictor) FreeLater() {
	if v.dead.d != nil {
		v.ks.house.take(v.dead)
		v.dead = deadTrees{}
	}
}

func (v *Evictor) lock(s slots.Slot) bool {
	if v.alone || v.ks.TryLock(s) {
		return true
	}
	v.contended, v.missed = int(s), true
	return false
}

func (v *Evictor) unlock(s slots.Slot) {
	if !v.alone {
		v.ks.Unlock(s)
	}
}

// members are the slots in which the policy finds keys.
func (v *Evictor) members(d *database) *slotBits {
	if v.rules.Policy.volatile() {
		return &d.volatile
	}
	return &d.nonEmpty
}

// may are the places of a bucket in which the policy may find keys. Those with a
// time to live may be hashes whose fields have one.
func (v *Evictor) may(b *bucket) uint32 {
	if v.rules.Policy.volatile() {
		return b.occupied() & b.volatile()
	}
	return b.occupied()
}

func (v *Evictor) allows(e Entry) bool { return !v.rules.Policy.volatile() || e.HasExpire() }

// remove takes an entry out of its table; the slot is locked.
func (v *Evictor) remove(d *database, p *Part, t view, hash uint64, e Entry, at place) {
	v.told(d.index, p.slot, p, hash, e.Key())
	v.FreeLater()
	if e.hasTrees() {
		v.dead = v.ks.house.pendingTrees(d, e.detach(p.space))
		p.countTrees(true, false)
		e.forget()
	}
	p.removeAt(t, hash, e, at)
	p.shrink(hash)
}

// EntryBytes is what an entry with n bytes of key and value costs, about, so that
// room can be made before it is written.
func EntryBytes(n int) int { return arena.BlockSize(headerSize + n) }
