package keyspace

import (
	"math/bits"

	"clusternode/arena"
	"clusternode/slots"
)

// sweepPoint is where a sweep goes on: a database, a slot in it, a hash prefix
// that is the start of a bucket, and a place in the bucket.
type sweepPoint struct {
	db, slot int
	prefix   uint64
	place    int
}

// sweepBuckets is how many buckets an attempt looks at, at most: some ten
// microseconds of memory. It matters when few of many keys have a time to live.
const sweepBuckets = 1024

// evictBest looks at some keys and removes the best victim known.
func (v *Evictor) evictBest() EvictResult {
	v.sample()
	for i := v.pool.n - 1; i >= 0; {
		c := v.pool.list[i]
		switch v.take(c) {
		case taken:
			v.pool.drop(i)
			return EvictedOne
		case gone:
			v.pool.drop(i)
			i--
		case usedSince:
			// It has its new place in the pool; the next look at it finds the
			// score that it has.
			i = v.pool.n - 1
		case locked:
			i--
		}
	}
	if v.pool.n == 0 && v.empty {
		return EvictedNone
	}
	return EvictedLater
}

// taking is what became of a candidate.
type taking uint8

const (
	taken taking = iota
	gone
	usedSince
	locked
)

// take removes the key of a candidate if it is still as good a victim.
func (v *Evictor) take(c candidate) taking {
	d, s := v.ks.dbs[c.db].Load(), slots.Slot(c.slot)
	if d == nil {
		return gone
	}
	if !v.lock(s) {
		return locked
	}
	defer v.unlock(s)
	p := &d.parts[s]
	t := p.view(c.hash)
	e, at := t.findHash(p.arena, c.hash)
	if !e.Exists() || !v.allows(e) {
		return gone
	}
	if now := v.score(e); now > c.score {
		c.score = now
		v.pool.put(c)
		return usedSince
	}
	v.remove(d, p, t, c.hash, e, at)
	return taken
}

// findHash is find by the hash alone.
func (v view) findHash(a *arena.Arena, hash uint64) (Entry, place) {
	if v.base == nil {
		return Entry{}, place{}
	}
	home := v.s.home(prefixOf(hash))
	for at := home; ; {
		b := v.bucket(at)
		for m := b.tagged(tagOf(hash)); m != 0; m &= m - 1 {
			i := bits.TrailingZeros32(m)
			if b.refs[i] == 0 {
				continue
			}
			if e := (Entry{a.At(b.refs[i])}); hashKey(e.Key()) == hash {
				return e, place{b, i}
			}
		}
		if !b.passed() {
			return Entry{}, place{}
		}
		if at = v.s.after(at); at == home {
			return Entry{}, place{}
		}
	}
}

// score says how bad a victim the entry is.
func (v *Evictor) score(e Entry) int64 {
	switch {
	case v.rules.Policy == VolatileTTL:
		return e.ExpireAt()
	case v.rules.Policy.LFU():
		minutes := v.seconds / 60
		lru := e.LRU()
		counter := int64(LFUCounter(lru, uint32(minutes), v.rules.LFUDecay))
		// Of equally frequent ones, the one that was not used for longer.
		return counter<<40 | (minutes - (minutes-int64(lru>>8))&0xffff)
	}
	return v.seconds - int64(LRUIdle(e.LRU(), uint32(v.seconds)&lruMask))
}

// sample looks at the next keys of the sweep.
func (v *Evictor) sample() {
	left, buckets := v.rules.Samples, sweepBuckets
	for wraps := 0; left > 0 && buckets > 0 && wraps < 3; {
		d := v.ks.dbs[v.at.db].Load()
		i := slots.Count
		if d != nil {
			i = v.members(d).next(v.at.slot)
		}
		if i == slots.Count {
			v.at = sweepPoint{db: v.at.db + 1}
			if v.at.db == len(v.ks.dbs) {
				v.at.db = 0
				wraps++
				v.empty = v.barren && !v.missed
				v.barren, v.missed = true, false
			}
			continue
		}
		if i != v.at.slot {
			v.at = sweepPoint{db: v.at.db, slot: i}
		}
		if !v.lock(slots.Slot(i)) {
			v.at = sweepPoint{db: v.at.db, slot: i + 1}
			continue
		}
		left, buckets = v.samplePart(&d.parts[i], left, buckets)
		v.unlock(slots.Slot(i))
		if v.at.prefix >= prefixEnd {
			v.at = sweepPoint{db: v.at.db, slot: i + 1}
		}
	}
}

// samplePart looks at the next keys of a partition, which is locked, and returns
// how many keys and buckets are left to be looked at.
func (v *Evictor) samplePart(p *Part, left, buckets int) (int, int) {
	if p.base == nil {
		v.at.prefix = prefixEnd
	}
	for ; left > 0 && buckets > 0 && v.at.prefix < prefixEnd; buckets-- {
		t := p.view(v.at.prefix << belowBits)
		home := t.s.home(v.at.prefix)
		b := t.bucket(home)
		m := v.may(b) >> v.at.place << v.at.place
		if v.at.place == 0 {
			v.warmed += b.warm(p.arena, m)
		}
		for ; m != 0 && left > 0; m &= m - 1 {
			v.at.place = bits.TrailingZeros32(m) + 1
			if e := (Entry{p.arena.At(b.refs[v.at.place-1])}); v.allows(e) {
				left--
				v.consider(p, e)
			}
		}
		if m == 0 {
			v.at.prefix, v.at.place = t.s.from(v.at.prefix, home+1), 0
		}
	}
	return left, buckets
}

// consider puts a key into the pool if it is good enough.
func (v *Evictor) consider(p *Part, e Entry) {
	v.barren, v.empty = false, false
	if score := v.score(e); v.pool.wants(score) {
		v.pool.put(candidate{score: score, hash: hashKey(e.Key()), db: int32(p.db.index), slot: int32(p.slot)})
	}
}

// warm reads the headers of the entries in some places, so that the processor
// fetches them at once. What it returns means nothing.
//
//go:noinline
func (b *bucket) warm(a *arena.Arena, places uint32) (sum uint64) {
	for m := places; m != 0; m &= m - 1 {
		sum += *(*uint64)(a.At(b.refs[bits.TrailingZeros32(m)]))
	}
	return sum
}

// tagged is the set of places with a tag, and sometimes one beside such.
func (b *bucket) tagged(tag uint8) uint32 {
	tags := uint64(tag) * lowBits
	low, high := zeroBytes(b.tagsLow^tags), zeroBytes(uint64(b.tagsHigh)^tags)&0x80808080
	return uint32(gather(low) | gather(high)<<8)
}
