package object

import (
	"bytes"
	"encoding/binary"
	"unsafe"

	"clusternode/arena"
)

// shape says what the cells of a tree are.
type shape struct {
	keySize int // bytes of a cell's key: 0 (order is by place), 4, 8 or 16
	cell    int // bytes of a cell; -1: each its own
	// name is the part of a cell that orders cells with equal keys; nil: cells
	// with equal keys have no order among each other.
	name func(cell []byte) []byte
}

func wholeCell(cell []byte) []byte { return cell }

// key orders the cells of a tree, hi before lo. Keys of 4 and 8 bytes use hi
// alone.
type key struct{ hi, lo uint64 }

func (a key) less(b key) bool { return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo }

// root is a tree as it lies in a value. All zeros is an empty one.
type root struct {
	ref    arena.Ref
	height uint16 // branches above a leaf
	blobs  uint16 // 1: there may be cells that are blobs
	n      uint64 // cells
	size   uint64 // bytes of all blocks
}

const rootSize = int(unsafe.Sizeof(root{}))

// maxHeight is the most branches on a path. With half-full nodes of the longest
// cells six levels hold more than MaxLen cells.
const maxHeight = 8

// tree is a tree at hand: it dies when the value with its root moves.
type tree struct {
	sp *Space
	sh *shape
	r  *root
}

func openTree(sp *Space, sh *shape, rootBytes []byte) tree {
	return tree{sp, sh, (*root)(unsafe.Pointer(&rootBytes[:rootSize][0]))}
}

// len is the number of cells.
func (t *tree) len() int { return int(t.r.n) }

// bytes is the length of all blocks of the tree.
func (t *tree) bytes() int { return int(t.r.size) }

// position is a place in a tree: a cell, or the place behind the last one. It
// dies when the tree is changed.
type position struct {
	l    leaf
	i    int // cell in the leaf
	h    int // branches in path, the root first
	path [maxHeight]step
}

// step is a branch and the child that the path takes.
type step struct {
	b branch
	i int
}

// valid reports whether there is a cell at the position.
func (p *position) valid() bool { return p.l.p != nil && p.i < p.l.len() }

// enter goes down from a node to a leaf, by the child that choose says.
func (t *tree) enter(p *position, ref arena.Ref, choose func(b branch) int) {
	for p.h < int(t.r.height) {
		b := branch{t.sp.Arena.At(ref)}
		i := choose(b)
		p.path[p.h] = step{b, i}
		p.h++
		ref = b.child(i).ref
	}
	p.l = leaf{t.sp.Arena.At(ref)}
}

func firstChild(branch) int  { return 0 }
func lastChild(b branch) int { return b.len() - 1 }

// first is the position of the first cell.
func (t *tree) first() (p position) {
	if t.r.ref != 0 {
		t.enter(&p, t.r.ref, firstChild)
	}
	return p
}

// last is the position of the last cell.
func (t *tree) last() (p position) {
	p = t.end()
	if p.i > 0 {
		p.i--
	}
	return p
}

// end is the position behind the last cell.
func (t *tree) end() (p position) {
	if t.r.ref != 0 {
		t.enter(&p, t.r.ref, lastChild)
		p.i = p.l.len()
	}
	return p
}

// at is the position of cell number index, or the end.
func (t *tree) at(index int) (p position) {
	if index < 0 || index >= t.len() {
		return t.end()
	}
	rest := uint32(index)
	ref := t.r.ref
	for p.h < int(t.r.height) {
		b := branch{t.sp.Arena.At(ref)}
		i := 0
		for c := b.child(0); rest >= c.count; c = b.child(i) {
			rest -= c.count
			i++
		}
		p.path[p.h] = step{b, i}
		p.h++
		ref = b.child(i).ref
	}
	p.l, p.i = leaf{t.sp.Arena.At(ref)}, int(rest)
	return p
}

// rank is the number of cells before the position.
func (t *tree) rank(p *position) int {
	n := p.i
	for _, s := range p.path[:p.h] {
		for j := range s.i {
			n += int(s.b.child(j).count)
		}
	}
	return n
}

// next goes to the cell behind and reports whether there is one.
func (t *tree) next(p *position) bool {
	if p.i+1 < p.l.len() {
		p.i++
		return true
	}
	return t.nextLeaf(p)
}

// nextLeaf goes to the first cell of the next leaf. At the end it goes behind
// the last cell and reports false.
func (t *tree) nextLeaf(p *position) bool {
	for h := p.h - 1; h >= 0; h-- {
		s := &p.path[h]
		if s.i+1 < s.b.len() {
			s.i++
			p.h, p.i = h+1, 0
			t.enter(p, s.b.child(s.i).ref, firstChild)
			return true
		}
	}
	if p.l.p != nil {
		p.i = p.l.len()
	}
	return false
}

// prev goes to the cell before and reports whether there is one.
func (t *tree) prev(p *position) bool {
	if p.i > 0 {
		p.i--
		return true
	}
	for h := p.h - 1; h >= 0; h-- {
		s := &p.path[h]
		if s.i > 0 {
			s.i--
			p.h = h + 1
			t.enter(p, s.b.child(s.i).ref, lastChild)
			p.i = p.l.len() - 1
			return true
		}
	}
	return false
}

// key is the key of the cell at a valid position.
func (t *tree) key(p *position) key { return t.sh.key(p.l, p.i) }

// cell is the cell at a valid position, in place: it dies when the tree is
// changed.
func (t *tree) cell(p *position) []byte { return t.cellOf(p.l, p.i) }

func (t *tree) cellOf(l leaf, i int) []byte {
	raw := t.sh.raw(l, i)
	if t.sh.isBlob(l, i) {
		return t.sp.blob(blobRef(raw))
	}
	return raw
}

// find is the position of the first cell that is not before (k, name), and
// whether it is equal.
func (t *tree) find(k key, name []byte) (p position, found bool) {
	p = t.seek(k, name)
	if p.l.p == nil {
		return p, false
	}
	if p.i == p.l.len() && !t.nextLeaf(&p) {
		return p, false
	}
	if t.key(&p) != k {
		return p, false
	}
	return p, t.sh.name == nil || bytes.Equal(t.sh.name(t.cell(&p)), name)
}

// seek is find that stays behind the last cell of a leaf, where a new cell is
// as well off as in front of the next leaf.
func (t *tree) seek(k key, name []byte) (p position) {
	ref := t.r.ref
	if ref == 0 {
		return p
	}
	prefix := k
	if t.sh.name != nil {
		prefix.lo = namePrefix(name)
	}
	g := hashRange{last: 1<<32 - 1, count: uint32(t.r.n)}
	for p.h < int(t.r.height) {
		b := branch{t.sp.Arena.At(ref)}
		i := t.choose(b, int(t.r.height)-p.h-1, prefix, k, name)
		p.path[p.h] = step{b, i}
		p.h++
		ref = b.child(i).ref
		g.narrow(b, i)
	}
	p.l = leaf{t.sp.Arena.At(ref)}
	if t.sh.keySize == 4 {
		p.i = t.boundHash(p.l, k, name, g.ahead(p.l, k.hi))
	} else {
		p.i = t.bound(p.l, k, name)
	}
	return p
}

// hashRange is what the branches say of a leaf whose keys are hashes: between
// which hashes its cells are, and how many. As hashes are spread evenly that
// tells about where a cell is, so that the lines of the leaf that a search needs
// can be read at the same time instead of one after the other.
type hashRange struct {
	first, last uint64
	count       uint32
}

// narrow goes down to child i of a branch.
func (g *hashRange) narrow(b branch, i int) {
	c := b.child(i)
	g.count, g.first = c.count, min(c.key.hi, g.last)
	if i+1 < b.len() {
		g.last = b.child(i + 1).key.hi
	}
}

// ahead guesses how many cells of the leaf have keys below h, and reads what is
// there ahead.
func (g *hashRange) ahead(l leaf, h uint64) (guess int) {
	if h <= g.first || g.count == 0 {
		return 0
	}
	guess = int((min(h, g.last) - g.first) * uint64(g.count-1) / max(g.last-g.first, 1))
	at := leafHeadSize + uintptr(guess)*4
	touch(unsafe.Add(l.p, at), unsafe.Add(l.p, leafHeadSize+uintptr(g.count)*4+uintptr(guess)*offsetSize))
	return guess
}

// namePrefix is the first 8 bytes of a name as a number in the same order.
func namePrefix(name []byte) uint64 {
	if len(name) >= 8 {
		return binary.BigEndian.Uint64(name)
	}
	var b [8]byte
	copy(b[:], name)
	return binary.BigEndian.Uint64(b[:])
}

// choose is the last child whose cells may be before (k, name): the first child
// if none is. below is the height of the children.
func (t *tree) choose(b branch, below int, prefix, k key, name []byte) int {
	lo, hi := 1, b.len() // all before lo are, none from hi on is
	if t.sh.keySize == 4 {
		lo, hi = b.nearHash(k.hi)
	}
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		c := b.child(mid)
		before := c.key.less(prefix)
		if c.key == prefix && t.sh.name != nil {
			before = t.firstIsBefore(c.ref, below, k, name)
		}
		if before {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo - 1
}

// touch reads two words, so that the processor fetches them. What it returns
// means nothing.
//
//go:noinline
func touch(a, b unsafe.Pointer) uint32 { return *(*uint32)(a) + uint32(*(*uint16)(b)) }

// nearHash is choose's first step for keys that are hashes, and so spread evenly:
// it guesses a place, and goes from there to the few children, if any, that have
// just this hash.
func (b branch) nearHash(h uint64) (lo, hi int) {
	n := b.len()
	if n < 3 {
		return 1, n
	}
	first, last := b.child(1).key.hi, b.child(n-1).key.hi
	switch {
	case h < first:
		return 1, 1
	case h > last:
		return n, n
	case first == last:
		return 1, n
	}
	hi = 1 + int((h-first)*uint64(n-2)/(last-first))
	for hi < n && b.child(hi).key.hi <= h {
		hi++
	}
	for hi > 1 && b.child(hi-1).key.hi > h {
		hi--
	}
	for lo = hi; lo > 1 && b.child(lo-1).key.hi == h; {
		lo--
	}
	return lo, hi
}

// firstIsBefore compares the first cell below a node with (k, name).
func (t *tree) firstIsBefore(ref arena.Ref, height int, k key, name []byte) bool {
	for ; height > 0; height-- {
		ref = branch{t.sp.Arena.At(ref)}.child(0).ref
	}
	l := leaf{t.sp.Arena.At(ref)}
	if first := t.sh.key(l, 0); first != k {
		return first.less(k)
	}
	return bytes.Compare(t.sh.name(t.cellOf(l, 0)), name) < 0
}

// bound is the number of cells in the leaf before (k, name).
func (t *tree) bound(l leaf, k key, name []byte) int {
	n := l.len()
	keys := unsafe.Add(l.p, leafHeadSize)
	var i, end int // the cells with the key are in [i, end)
	switch t.sh.keySize {
	case 8:
		all := unsafe.Slice((*uint64)(keys), n)
		i = boundUint64(all, k.hi)
		end = i
		if t.sh.name != nil && i < n && all[i] == k.hi {
			end = n
			if k.hi < ^uint64(0) {
				end = i + boundUint64(all[i:], k.hi+1)
			}
		}
	case 16:
		all := unsafe.Slice((*key)(keys), n)
		end = n
		for i < end {
			if mid := int(uint(i+end) >> 1); all[mid].less(k) {
				i = mid + 1
			} else {
				end = mid
			}
		}
	}
	return t.boundName(l, i, end, name)
}

// boundName is the number of cells in the leaf before the name, which is between
// those of the cells i and end.
func (t *tree) boundName(l leaf, i, end int, name []byte) int {
	for i < end {
		if mid := int(uint(i+end) >> 1); bytes.Compare(t.sh.name(t.cellOf(l, mid)), name) < 0 {
			i = mid + 1
		} else {
			end = mid
		}
	}
	return i
}

// boundHash is bound for keys that are hashes, with a guess that is a few places
// off.
func (t *tree) boundHash(l leaf, k key, name []byte, guess int) int {
	n, h := l.len(), uint32(k.hi)
	keys := unsafe.Slice((*uint32)(unsafe.Add(l.p, leafHeadSize)), n)
	i := min(guess, n)
	for i < n && keys[i] < h {
		i++
	}
	for i > 0 && keys[i-1] >= h {
		i--
	}
	end := i
	for t.sh.name != nil && end < n && keys[end] == h {
		end++
	}
	return t.boundName(l, i, end, name)
}
func boundUint64(keys []uint64, k uint64) int {
	lo, hi := 0, len(keys)
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); keys[mid] < k {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}
