package keyspace

import (
	"math/bits"
	"unsafe"

	"clusternode/arena"
)

// A partition with more keys than one segment takes has a directory: a
// reference to a segment for each value of the first bits of the hash, as many
// bits as the deepest segment has. A shallower one is in several places of it.
// Directory and segments are blocks of the arena; then Part.seg describes the
// directory (ref, depth) and Part.base is where it begins.

func (p *Part) directory() []arena.Ref {
	return unsafe.Slice((*arena.Ref)(p.base), 1<<p.seg.depth)
}

// view is the segment that a hash belongs to.
func (p *Part) view(hash uint64) view {
	if !p.multi {
		return view{&p.seg, p.base}
	}
	return p.viewAt(p.directory()[hash>>(64-p.seg.depth)])
}

func (p *Part) viewAt(r arena.Ref) view {
	s := (*segment)(p.arena.At(r))
	return view{s, p.arena.At(s.ref)}
}

func (p *Part) newSegment(s segment) (arena.Ref, error) {
	r, at, err := p.arena.Alloc(segmentBytes, arena.Table)
	if err != nil {
		return 0, ErrOOM
	}
	*(*segment)(at) = s
	return r, nil
}

// split cuts the segment of hash in two.
func (p *Part) split(hash uint64) error {
	if err := p.deepen(hash); err != nil {
		return err
	}
	old := p.view(hash)
	was := *old.s
	old.s = &was
	bit := uint64(1) << (63 - was.depth)
	n := old.halves(p.arena, bit)
	right, err := p.newSegment(segment{})
	if err != nil {
		return err
	}
	var half [2]view
	for i := range half {
		r, base, err := p.newBuckets(bucketsFor(n[i]))
		if err != nil {
			p.arena.Free(right, arena.Table)
			if i == 1 {
				p.arena.Free(half[0].s.ref, arena.Table)
			}
			return err
		}
		half[i] = view{&segment{ref: r, buckets: uint16(bucketsFor(n[i])), depth: was.depth + 1}, base}
	}
	old.each(p.arena, func(h uint64, r arena.Ref, volatile bool) {
		i := 0
		if h&bit != 0 {
			i = 1
		}
		half[i].insert(h, r, volatile)
	})
	*(*segment)(p.arena.At(right)) = *half[1].s
	*p.view(hash).s = *half[0].s
	p.arena.Free(was.ref, arena.Table)
	p.setDirectory(hash|bit, was.depth+1, right)
	return nil
}

// halves counts the keys on either side of a split, which bit of the hash
// decides. Homes are in the order of the hashes, so the place alone tells,
// except for displaced keys and those of the middle.
func (v view) halves(a *arena.Arena, bit uint64) (n [2]uint32) {
	all := int(v.s.buckets)
	for i := range all {
		b := v.bucket(i)
		unsure := b.displaced()
		side := 0
		switch {
		case 2*i >= all:
			side = 1
		case 2*i+2 > all:
			unsure = b.occupied()
		}
		n[side] += uint32(bits.OnesCount32(b.occupied() &^ unsure))
		for m := unsure; m != 0; m &= m - 1 {
			e := Entry{a.At(b.refs[bits.TrailingZeros32(m)])}
			if hashKey(e.Key())&bit != 0 {
				n[1]++
			} else {
				n[0]++
			}
		}
	}
	return n
}

// setDirectory points all places of the segment of hash at depth to r.
func (p *Part) setDirectory(hash uint64, depth uint8, r arena.Ref) {
	d := p.seg.depth
	dir := p.directory()
	first := hash >> (64 - depth) << (d - depth)
	for i := range uint64(1) << (d - depth) {
		dir[first+i] = r
	}
}

// deepen makes sure that there is a directory, and that it is deeper than the
// segment of hash.
func (p *Part) deepen(hash uint64) error {
	if p.multi && p.view(hash).s.depth < p.seg.depth {
		return nil
	}
	depth := uint8(1)
	if p.multi {
		depth = p.seg.depth + 1
	}
	r, at, err := p.arena.Alloc(4<<depth, arena.Table)
	if err != nil {
		return ErrOOM
	}
	dir := unsafe.Slice((*arena.Ref)(at), 1<<depth)
	if p.multi {
		for i, s := range p.directory() {
			dir[2*i], dir[2*i+1] = s, s
		}
		p.arena.Free(p.seg.ref, arena.Table)
	} else {
		s, err := p.newSegment(p.seg)
		if err != nil {
			p.arena.Free(r, arena.Table)
			return err
		}
		dir[0], dir[1] = s, s
	}
	p.multi, p.base, p.seg = true, at, segment{ref: r, depth: depth}
	return nil
}

// merge makes one segment of the segment of hash and its neighbour, if they
// are equally deep and small. It reports whether it did.
func (p *Part) merge(hash uint64) bool {
	v := p.view(hash)
	depth := v.s.depth
	bit := uint64(1) << (64 - depth)
	left, right := p.view(hash&^bit), p.view(hash|bit)
	if left.s.depth != depth || right.s.depth != depth || left.s.n+right.s.n >= mergeBelow {
		return false
	}
	buckets := 2 * max(left.bucketsNeeded(), right.bucketsNeeded())
	if buckets > maxBuckets {
		return false
	}
	r, base, err := p.newBuckets(buckets)
	if err != nil {
		return false
	}
	one := view{&segment{ref: r, buckets: uint16(buckets), depth: depth - 1}, base}
	put := func(h uint64, r arena.Ref, volatile bool) { one.insert(h, r, volatile) }
	left.each(p.arena, put)
	right.each(p.arena, put)
	p.arena.Free(left.s.ref, arena.Table)
	p.arena.Free(right.s.ref, arena.Table)
	*left.s = *one.s
	dir, shift := p.directory(), 64-p.seg.depth
	keep, gone := dir[(hash&^bit)>>shift], dir[(hash|bit)>>shift]
	p.setDirectory(hash&^bit, depth-1, keep)
	p.arena.Free(gone, arena.Table)
	if depth == 1 {
		p.flatten()
	}
	return true
}

// flatten gives the directory up when there is one segment only.
func (p *Part) flatten() {
	r := p.directory()[0]
	v := p.viewAt(r)
	s, dir := *v.s, p.seg.ref
	p.multi, p.seg, p.base = false, s, v.base
	p.arena.Free(r, arena.Table)
	p.arena.Free(dir, arena.Table)
}
