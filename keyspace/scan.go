package keyspace

import (
	"math/bits"
	"math/rand/v2"
)

// Scan calls f for the keys from cursor (a hash prefix) on, until count of
// them were seen, and returns where to go on; done says that was the end. A
// key that is there during the whole iteration is seen, whatever else is
// written: the cursor is a point in the order of the hashes, which the size of
// the table does not change. f must not write to the partition.
func (p *Part) Scan(cursor uint64, count int, f func(Entry)) (next uint64, done bool) {
	if p.base == nil {
		return 0, true
	}
	for seen := 0; cursor < prefixEnd; {
		v := p.view(cursor << belowBits)
		i := v.s.home(cursor)
		partly := v.s.from(cursor, i) < cursor
		v.eachHome(p.arena, i, func(b *bucket, places uint32) {
			for m := places; m != 0; m &= m - 1 {
				e := Entry{p.arena.At(b.refs[bits.TrailingZeros32(m)])}
				if !partly || prefixOf(hashKey(e.Key())) >= cursor {
					f(e)
					seen++
				}
			}
		})
		cursor = v.s.from(cursor, i+1)
		if seen >= count && cursor < prefixEnd {
			return cursor, false
		}
	}
	return 0, true
}

// Each calls f for every key until it returns false. f must not write to the
// partition.
func (p *Part) Each(f func(Entry) bool) {
	if p.base == nil {
		return
	}
	for at := uint64(0); at < prefixEnd; {
		v := p.view(at << belowBits)
		for i := range int(v.s.buckets) {
			b := v.bucket(i)
			for m := b.occupied(); m != 0; m &= m - 1 {
				if !f(Entry{p.arena.At(b.refs[bits.TrailingZeros32(m)])}) {
					return
				}
			}
		}
		at = v.s.end(at)
	}
}

// Random is some entry, each about as likely; the zero Entry of an empty
// partition.
func (p *Part) Random(r *rand.Rand) Entry {
	if p.Len() == 0 {
		return Entry{}
	}
	for try := 0; ; try++ {
		v := p.view(r.Uint64())
		at := r.IntN(int(v.s.buckets) * bucketPlaces)
		b, i := v.bucket(at/bucketPlaces), at%bucketPlaces
		m := b.occupied()
		switch {
		case m>>i&1 != 0:
			return Entry{p.arena.At(b.refs[i])}
		case try < 100:
			continue
		}
		var e Entry
		p.Each(func(first Entry) bool { e = first; return false })
		return e
	}
}

// slice is a bounded piece of a walk over a partition in the order of the
// prefixes: the entries of up to count home buckets from the one of prefix on,
// in one segment. It returns where to go on, prefixEnd at the end. f gets a
// bucket and a set of places in it; it may remove those entries with removeAt
// and move them, but must not change the table otherwise.
func (p *Part) slice(prefix uint64, count int, f func(v view, b *bucket, places uint32)) (next uint64) {
	if p.base == nil {
		return prefixEnd
	}
	v := p.view(prefix << belowBits)
	i := v.s.home(prefix)
	end := min(i+count, int(v.s.buckets))
	for ; i < end; i++ {
		v.eachHome(p.arena, i, func(b *bucket, places uint32) { f(v, b, places) })
	}
	return v.s.from(prefix, i)
}
