package keyspace

import (
	"math/bits"
	"unsafe"

	"clusternode/arena"
)

// Sizes of a segment. It grows by a quarter when eleven of twelve places are
// taken; at maxBuckets it is split. When it is less than two fifths full it
// shrinks. After either it is three quarters full, so that neither is near.
const (
	maxBuckets = 170 // 2,040 places
	fullPer    = 11  // keys per bucket at most
	maxDepth   = 24
	mergeBelow = 700 // two neighbours with fewer keys become one
)

func mayTake(n uint32, buckets int) bool {
	return int(n) <= buckets*fullPer || buckets == 1 && n <= bucketPlaces
}

// bucketsFor is the number of buckets that n keys fill to three quarters.
func bucketsFor(n uint32) int {
	if n <= bucketPlaces {
		return 1
	}
	return max(2, int(n+8)/9)
}

// grown is the next size above n. The last step is a longer one, rather than
// followed by a short one.
func grown(n int) int {
	if n += max(1, n/4); n*9/8 < maxBuckets {
		return n
	}
	return maxBuckets
}

func (p *Part) newBuckets(n int) (arena.Ref, unsafe.Pointer, error) {
	r, at, err := p.arena.Alloc(n*bucketBytes, arena.Table)
	if err != nil {
		return 0, nil, ErrOOM
	}
	clear(unsafe.Slice((*uint64)(at), n*bucketBytes/8))
	return r, at, nil
}

// makeRoom makes sure that the segment of hash can take one more key, and
// returns it.
func (p *Part) makeRoom(hash uint64) (view, error) {
	v := p.view(hash)
	n := int(v.s.buckets)
	if mayTake(v.s.n+1, n) && n > 0 {
		return v, nil
	}
	var err error
	switch {
	case n == 0:
		err = p.rebuild(hash, 1)
	case n < maxBuckets:
		err = p.rebuild(hash, grown(n))
	case v.s.depth < maxDepth:
		err = p.split(hash)
	case n < 1<<15: // a hash that does not spread
		err = p.rebuild(hash, 2*n)
	}
	v = p.view(hash)
	if err != nil && int(v.s.n) < int(v.s.buckets)*bucketPlaces {
		err = nil // tight, but it fits
	}
	if err == nil && int(v.s.n) >= int(v.s.buckets)*bucketPlaces {
		err = ErrOOM
	}
	return v, err
}

// rebuild gives the segment of hash another number of buckets.
func (p *Part) rebuild(hash uint64, buckets int) error {
	r, base, err := p.newBuckets(buckets)
	if err != nil {
		return err
	}
	old := p.view(hash)
	was := *old.s
	old.s = &was
	now := p.view(hash)
	now.base = base
	now.s.ref, now.s.n, now.s.buckets = r, 0, uint16(buckets)
	if !p.multi {
		p.base = base
	}
	old.each(p.arena, func(h uint64, r arena.Ref, volatile bool) { now.insert(h, r, volatile) })
	if was.ref != 0 {
		p.arena.Free(was.ref, arena.Table)
	}
	return nil
}

// each calls f for all references of a segment with their keys' hashes.
func (v view) each(a *arena.Arena, f func(hash uint64, r arena.Ref, volatile bool)) {
	if v.base == nil {
		return
	}
	for i := range int(v.s.buckets) {
		v.warm(a, i)
		b := v.bucket(i)
		for m := b.occupied(); m != 0; m &= m - 1 {
			j := bits.TrailingZeros32(m)
			e := Entry{a.At(b.refs[j])}
			f(hashKey(e.Key()), b.refs[j], b.volatile()>>j&1 != 0)
		}
	}
}

// shrink makes the segment of hash smaller if it has become much too large, or
// merges it with its neighbour. Without memory for that it stays as it is.
func (p *Part) shrink(hash uint64) {
	v := p.view(hash)
	n := int(v.s.buckets)
	switch {
	case v.s.n == 0 && !p.multi:
		if n > 0 {
			p.arena.Free(v.s.ref, arena.Table)
			p.seg, p.base = segment{}, nil
		}
	case n > 8 && v.s.n%16 != 0: // not every removal needs to look
	case p.multi && v.s.n < mergeBelow/2 && p.merge(hash):
		p.shrink(hash)
	case n > 1 && int(v.s.n)*5 < n*bucketPlaces*2:
		if need := v.bucketsNeeded(); need < n*4/5 || need == 1 {
			_ = p.rebuild(hash, need)
		}
	}
}

// bucketsNeeded is bucketsFor, but if the keys are unevenly spread, as they are
// when they are deleted in the order of SCAN, no part of the table would be
// overfull either.
func (v view) bucketsNeeded() int {
	const parts = 8
	n, need := int(v.s.buckets), bucketsFor(v.s.n)
	for part := range parts {
		keys := 0
		for i := n * part / parts; i < n*(part+1)/parts; i++ {
			keys += bits.OnesCount32(v.bucket(i).occupied())
		}
		need = max(need, min(n, (keys*parts+fullPer-1)/fullPer))
	}
	return need
}
