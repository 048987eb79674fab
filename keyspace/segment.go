package keyspace

import (
	"math/bits"
	"unsafe"

	"clusternode/arena"
)

// segment is a table of up to maxBuckets buckets for the keys whose hashes
// begin with the same depth bits. The keys' homes are in the order of their
// hashes. A small partition has one, in the Part; in a large one they lie in
// the arena, so there must be no Go pointer in it.
type segment struct {
	ref     arena.Ref // the buckets
	n       uint32    // keys
	buckets uint16
	depth   uint8
}

const segmentBytes = 12

// prefixBits is the length of the hash prefix that decides a key's place, and
// of the one in a cursor: with the slot's 14 bits it makes 53.
const (
	prefixBits = 39
	prefixEnd  = 1 << prefixBits
	belowBits  = 64 - prefixBits
)

func prefixOf(hash uint64) uint64 { return hash >> belowBits }

// view is a segment at hand: its books and where its buckets are.
type view struct {
	s    *segment
	base unsafe.Pointer
}

func (v view) bucket(i int) *bucket {
	return (*bucket)(unsafe.Add(v.base, i*bucketBytes))
}

// home is the bucket of a hash prefix: the bits below depth, as a fraction of
// the number of buckets.
func (s *segment) home(prefix uint64) int {
	fraction := prefix << (belowBits + s.depth) >> belowBits
	return int(fraction * uint64(s.buckets) >> prefixBits)
}

// from is the lowest prefix whose home is bucket i or one after it, for the
// segment of any prefix.
func (s *segment) from(prefix uint64, i int) uint64 {
	n := uint64(s.buckets)
	fraction := (uint64(i)<<prefixBits + n - 1) / n
	low := (fraction + 1<<s.depth - 1) >> s.depth
	return s.first(prefix) + low
}

// first is the lowest prefix of the segment that has the given one, and end
// the one after its highest.
func (s *segment) first(prefix uint64) uint64 { return prefix &^ (prefixEnd>>s.depth - 1) }
func (s *segment) end(prefix uint64) uint64   { return s.first(prefix) + prefixEnd>>s.depth }

func (s *segment) after(i int) int {
	if i++; i == int(s.buckets) {
		return 0
	}
	return i
}

// place is where an entry's reference is.
type place struct {
	b *bucket // nil: nowhere
	i int
}

// find looks a key up.
func (v view) find(a *arena.Arena, hash uint64, key []byte) (Entry, place) {
	if v.base == nil {
		return Entry{}, place{}
	}
	home := v.s.home(prefixOf(hash))
	at := home
	tags := uint64(tagOf(hash)) * lowBits
	for {
		b := v.bucket(at)
		for m := zeroBytes(b.tagsLow ^ tags); m != 0; m &= m - 1 {
			i := bits.TrailingZeros64(m) >> 3
			if e := (Entry{a.At(b.refs[i])}); b.refs[i] != 0 && e.hasKey(key) {
				return e, place{b, i}
			}
		}
		for m := zeroBytes(uint64(b.tagsHigh)^tags) & 0x80808080; m != 0; m &= m - 1 {
			i := 8 + bits.TrailingZeros64(m)>>3
			if e := (Entry{a.At(b.refs[i])}); b.refs[i] != 0 && e.hasKey(key) {
				return e, place{b, i}
			}
		}
		if !b.passed() {
			return Entry{}, place{}
		}
		if at = v.s.after(at); at == home { // a table that could not grow
			return Entry{}, place{}
		}
	}
}

// insert puts a reference where it belongs, and says where; there is a free
// place.
func (v view) insert(hash uint64, r arena.Ref, volatile bool) place {
	home := v.s.home(prefixOf(hash))
	at := home
	for b := v.bucket(at); ; b = v.bucket(at) {
		if i := b.free(); i < bucketPlaces {
			b.set(i, tagOf(hash), r, at != home, volatile)
			v.s.n++
			return place{b, i}
		}
		b.pass()
		at = v.s.after(at)
	}
}

// remove takes a reference out.
func (v view) remove(hash uint64, p place) {
	if p.b.displaced()>>p.i&1 != 0 {
		at := v.s.home(prefixOf(hash))
		for b := v.bucket(at); b != p.b; b = v.bucket(at) {
			b.unpass()
			at = v.s.after(at)
		}
	}
	p.b.clear(p.i)
	v.s.n--
}

// eachHome calls f for the places of the entries whose home is bucket i, a
// bucket and a set of places in it at a time. f may remove them.
func (v view) eachHome(a *arena.Arena, i int, f func(b *bucket, places uint32)) {
	b := v.bucket(i)
	if m := b.occupied() &^ b.displaced(); m != 0 {
		f(b, m)
	}
	for at := v.s.after(i); b.passed() && at != i; at = v.s.after(at) {
		b = v.bucket(at)
		mine := uint32(0)
		for m := b.displaced(); m != 0; m &= m - 1 {
			j := bits.TrailingZeros32(m)
			if v.s.home(prefixOf(hashKey(Entry{a.At(b.refs[j])}.Key()))) == i {
				mine |= 1 << j
			}
		}
		if mine != 0 {
			f(b, mine)
		}
	}
}

// warm reads ahead what a walk over bucket i reads.
func (v view) warm(a *arena.Arena, i int) uint64 {
	b := v.bucket(i)
	return b.warm(a, b.occupied())
}
