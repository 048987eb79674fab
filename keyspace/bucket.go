package keyspace

import (
	"math/bits"

	"clusternode/arena"
)

// bucketPlaces is the number of places in a bucket.
const bucketPlaces = 12

// bucket is one cache line of a table: twelve places, each with one byte of
// its key's hash, so that a lookup touches few entries in vain, and the entry's
// reference.
//
// An entry lives in its home bucket or, when that is full, in one of those
// after it (the last is followed by the first); then it is displaced, and all
// buckets it passed count it. A lookup goes on as long as that count is not
// zero, so that a removal need not move anything: the entries of a home bucket
// stay reachable, and stay together for the cursor.
type bucket struct {
	tagsLow  uint64 // of places 0 to 7; 0 is a free place
	tagsHigh uint32 // of places 8 to 11
	meta     uint32 // passed 8 | displaced 12 | volatile 12, from the lowest bit up
	refs     [bucketPlaces]arena.Ref
}

const (
	bucketBytes    = 64
	passedMask     = 0xff // full: it stays so, nobody knows how many there were
	displacedShift = 8
	volatileShift  = displacedShift + bucketPlaces
	placesMask     = 1<<bucketPlaces - 1

	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// tagOf is the byte of a hash that is kept in the table, never 0. It is taken
// from the end that does not decide the place.
func tagOf(hash uint64) uint8 {
	if t := uint8(hash); t != 0 {
		return t
	}
	return 1
}

// zeroBytes has bit 7 set in every byte of x that is 0, and sometimes in one
// above such.
func zeroBytes(x uint64) uint64 { return (x - lowBits) &^ x & highBits }

// occupied is the set of places in use, as a bit each.
func (b *bucket) occupied() uint32 {
	// Bit 7 of each byte that is not 0, exactly.
	low := ((b.tagsLow & ^uint64(highBits)) + ^uint64(highBits)) | b.tagsLow
	high := uint64(b.tagsHigh)
	high = ((high & 0x7f7f7f7f) + 0x7f7f7f7f) | high
	return uint32(gather(low&highBits) | gather(high&0x80808080)<<8)
}

// gather moves bit 7 of byte i to bit i.
func gather(x uint64) uint64 { return (x >> 7) * 0x0102040810204080 >> 56 }

func (b *bucket) free() int {
	return bits.TrailingZeros32(^b.occupied() & placesMask)
}

func (b *bucket) set(i int, tag uint8, r arena.Ref, displaced, volatile bool) {
	b.setTag(i, tag)
	b.refs[i] = r
	b.meta &^= 1<<(displacedShift+i) | 1<<(volatileShift+i)
	if displaced {
		b.meta |= 1 << (displacedShift + i)
	}
	if volatile {
		b.meta |= 1 << (volatileShift + i)
	}
}

func (b *bucket) clear(i int) {
	b.setTag(i, 0)
	b.refs[i] = 0
	b.meta &^= 1<<(displacedShift+i) | 1<<(volatileShift+i)
}

func (b *bucket) setTag(i int, tag uint8) {
	if i < 8 {
		b.tagsLow = b.tagsLow&^(0xff<<(8*i)) | uint64(tag)<<(8*i)
	} else {
		i -= 8
		b.tagsHigh = b.tagsHigh&^(0xff<<(8*i)) | uint32(tag)<<(8*i)
	}
}

func (b *bucket) setVolatile(i int, volatile bool) {
	b.meta &^= 1 << (volatileShift + i)
	if volatile {
		b.meta |= 1 << (volatileShift + i)
	}
}

func (b *bucket) displaced() uint32 { return b.meta >> displacedShift & placesMask }
func (b *bucket) volatile() uint32  { return b.meta >> volatileShift }

func (b *bucket) passed() bool { return b.meta&passedMask != 0 }

func (b *bucket) pass() {
	if b.meta&passedMask != passedMask {
		b.meta++
	}
}

func (b *bucket) unpass() {
	if n := b.meta & passedMask; n != 0 && n != passedMask {
		b.meta--
	}
}
