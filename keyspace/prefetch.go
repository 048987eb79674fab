package keyspace

import "math/bits"

// A lookup of a random key waits for memory three times: for its partition,
// for a bucket, for the entry. Whoever has several keys to look up takes these
// three steps for all of them first, one step at a time: then the waits of one
// step overlap. What the steps return means nothing, but has to be used, or the
// compiler drops the reads.

// WarmPart reads what WarmTable needs.
func (p *Part) WarmPart() uint64 { return uint64(p.seg.buckets) }

// WarmTable reads the bucket in which Find begins.
//
//go:noinline
func (p *Part) WarmTable(hash uint64) uint64 {
	v := p.view(hash)
	if v.base == nil {
		return 0
	}
	return v.bucket(v.s.home(prefixOf(hash))).tagsLow
}

// WarmEntry reads the header of the entry that is probably the key's.
//
//go:noinline
func (p *Part) WarmEntry(hash uint64) uint64 {
	v := p.view(hash)
	if v.base == nil {
		return 0
	}
	b := v.bucket(v.s.home(prefixOf(hash)))
	m := zeroBytes(b.tagsLow ^ uint64(tagOf(hash))*lowBits)
	if m == 0 {
		return 0
	}
	r := b.refs[bits.TrailingZeros64(m)>>3]
	if r == 0 {
		return 0
	}
	return *(*uint64)(p.arena.At(r))
}
