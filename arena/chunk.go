package arena

import (
	"math/bits"
	"unsafe"
)

// What the granules of a chunk are used for. Pages and runs are kept apart so
// that a long run need not look for a gap between pages.
const (
	kindPages = iota
	kindRuns
	kindIdle
)

// chunk is 4 MiB of granules. The pool's lock guards it.
type chunk struct {
	base    unsafe.Pointer
	used    bitmap
	dirty   bitmap // free, but backed by memory
	free    int    // granules
	longest int    // free run, granules
	kind    int

	bucket     int
	prev, next *chunk // in the bucket, or the idle list
}

type bitmap [chunkGrains / 64]uint64

// mask calls f with each word that the run at..at+n touches and its bits there.
func (b *bitmap) mask(at, n int, f func(w *uint64, m uint64)) {
	for n > 0 {
		in := min(64-at%64, n)
		f(&b[at/64], (^uint64(0)>>(64-in))<<(at%64))
		at, n = at+in, n-in
	}
}

func (b *bitmap) set(at, n int)   { b.mask(at, n, func(w *uint64, m uint64) { *w |= m }) }
func (b *bitmap) clear(at, n int) { b.mask(at, n, func(w *uint64, m uint64) { *w &^= m }) }

func (b *bitmap) count(at, n int) int {
	sum := 0
	b.mask(at, n, func(w *uint64, m uint64) { sum += bits.OnesCount64(*w & m) })
	return sum
}

// next is the first bit at or after from that equals value, or chunkGrains.
func (b *bitmap) next(from int, value bool) int {
	var flip uint64
	if !value {
		flip = ^uint64(0)
	}
	for i := from / 64; i < len(b); i++ {
		w := b[i] ^ flip
		if i == from/64 {
			w &= ^uint64(0) << (from % 64)
		}
		if w != 0 {
			return i*64 + bits.TrailingZeros64(w)
		}
	}
	return chunkGrains
}

// findRun is where the first run of n free granules begins; there is one.
func (c *chunk) findRun(n int) int {
	for at := c.used.next(0, false); at < chunkGrains; {
		end := c.used.next(at, true)
		if end-at >= n {
			return at
		}
		at = c.used.next(end, false)
	}
	panic("arena: no such run")
}

func (c *chunk) measure() {
	c.longest = 0
	for at := c.used.next(0, false); at < chunkGrains; {
		end := c.used.next(at, true)
		c.longest = max(c.longest, end-at)
		at = c.used.next(end, false)
	}
}

// take marks a run used and returns how much of it was spare.
func (c *chunk) take(at, n int) (spare int) {
	c.used.set(at, n)
	spare = c.dirty.count(at, n)
	c.dirty.clear(at, n)
	c.free -= n
	c.measure()
	return spare
}

// give marks a run free and spare.
func (c *chunk) give(at, n int) {
	c.used.clear(at, n)
	c.dirty.set(at, n)
	c.free += n
	c.measure()
}

// chunkLists holds the chunks of one kind by the length of their longest free
// run: bucket i has those of bits.Len(longest) == i, 0 the full ones.
type chunkLists [12]*chunk

// find returns a chunk with a run of n, from the fullest ones that have one,
// or nil. Where the bucket does not tell, only a few are looked at.
func (l *chunkLists) find(n int) *chunk {
	first := bits.Len(uint(n))
	tries := 8
	for c := l[first]; c != nil && tries > 0; c = c.next {
		if c.longest >= n {
			return c
		}
		tries--
	}
	for _, c := range l[first+1:] {
		if c != nil {
			return c
		}
	}
	return nil
}

func (l *chunkLists) add(c *chunk) {
	c.bucket = bits.Len(uint(c.longest))
	head := l[c.bucket]
	c.prev, c.next = nil, head
	if head != nil {
		head.prev = c
	}
	l[c.bucket] = c
}

func (l *chunkLists) remove(c *chunk) {
	if c.prev != nil {
		c.prev.next = c.next
	} else {
		l[c.bucket] = c.next
	}
	if c.next != nil {
		c.next.prev = c.prev
	}
	c.prev, c.next = nil, nil
}

func (l *chunkLists) update(c *chunk) {
	if bits.Len(uint(c.longest)) != c.bucket {
		l.remove(c)
		l.add(c)
	}
}
