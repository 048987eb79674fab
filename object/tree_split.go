package object

// How leaves are made anew when a change does not fit: one block, two halves, or
// one of two that have become small.

// fill appends the cells [a, b) that the leaf has after the change to an empty
// leaf.
func (t *tree) fill(l leaf, e *change, a, b int) {
	sh, from, i := t.sh, e.p.l, e.p.i
	n := b - a
	size := t.cellBytes(e, a, b)
	arrays := leafHeadSize + n*sh.perCell()
	spare := int(l.head().cap)*8 - arrays - size
	front := sh.frontShare(spare, size, n, max(i-a, 0))
	if e.ins > 0 && i == 0 && e.n > 1 { // the next one will come in front, too
		front = spare
	}
	l.prepare(arrays + front)
	sh.appendRange(l, n, from, min(a, i), min(b, i))
	if e.ins > 0 && a <= i && i < b {
		sh.appendCell(l, n, e.k, e.c)
	}
	shift := e.del - e.ins // from the new numbers to the old ones
	sh.appendRange(l, n, from, max(a+shift, i+e.del), max(b+shift, i+e.del))
}

// cellBytes is the length of the cells [a, b) that the leaf has after the change.
func (t *tree) cellBytes(e *change, a, b int) int {
	l, i := e.p.l, e.p.i
	before := func(j int) int { // bytes of the first j cells
		switch {
		case j <= i:
			return t.sh.begin(l, j) - t.sh.begin(l, 0)
		default:
			j += e.del - e.ins
			return t.sh.begin(l, i) - t.sh.begin(l, 0) + e.ins*len(e.c.b) + t.sh.begin(l, j) - t.sh.begin(l, i+e.del)
		}
	}
	return before(b) - before(a)
}

// split makes the change in two new blocks. At the ends of the tree it leaves
// the full leaf as it is and begins another one.
func (t *tree) split(e *change) error {
	p := e.p
	old := t.r.ref
	if p.h > 0 {
		old = p.path[p.h-1].b.child(p.path[p.h-1].i).ref
	}
	if e.del == 0 && (p.i == p.l.len() && p.atEnd() || p.i == 0 && p.atStart()) {
		need := leafHeadSize + t.sh.perCell() + len(e.c.b)
		r, l, err := t.newLeaf(need + 128)
		if err != nil {
			return err
		}
		at := leafHeadSize + t.sh.perCell()
		if p.i == 0 {
			at = int(l.head().cap)*8 - len(e.c.b)
		}
		l.prepare(at)
		t.sh.appendCell(l, 1, e.k, e.c)
		fresh, full := child{t.childKey(l), r, 1}, child{t.childKey(p.l), old, uint32(p.l.len())}
		by := [2]child{full, fresh}
		if p.i == 0 {
			by = [2]child{fresh, full}
		}
		return t.relink(e, 1, by[:])
	}
	cut := t.cut(e)
	var by [2]child
	bounds := [3]int{0, cut, e.n}
	for half := range by {
		a, b := bounds[half], bounds[half+1]
		size := leafHeadSize + (b-a)*t.sh.perCell() + t.cellBytes(e, a, b)
		r, l, err := t.newLeaf(min(size+size/16, leafMax))
		if err != nil {
			if half == 1 {
				t.dropLeaf(by[0].ref)
			}
			return err
		}
		t.fill(l, e, a, b)
		by[half] = child{t.childKey(l), r, uint32(b - a)}
	}
	return t.relink(e, 1, by[:])
}

// cut is the number of cells of the left of two halves of about equal length:
// they differ by two cells at most, so that either fits a leaf.
func (t *tree) cut(e *change) int {
	each := t.sh.perCell()
	half := (t.cellBytes(e, 0, e.n) + e.n*each) / 2
	lo, hi := 1, e.n-1
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); t.cellBytes(e, 0, mid)+mid*each < half {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// atEnd reports whether the leaf is the last of its tree, and atStart whether
// it is the first.
func (p *position) atEnd() bool {
	for _, s := range p.path[:p.h] {
		if s.i+1 < s.b.len() {
			return false
		}
	}
	return true
}

func (p *position) atStart() bool {
	for _, s := range p.path[:p.h] {
		if s.i > 0 {
			return false
		}
	}
	return true
}

// merge puts what is left of a leaf together with a neighbour in the same
// branch, if both fit into three quarters of a leaf.
func (t *tree) merge(e *change) (done bool, err error) {
	p := e.p
	if p.h == 0 {
		return false, nil
	}
	s := p.path[p.h-1]
	for _, j := range [2]int{s.i + 1, s.i - 1} {
		if j < 0 || j >= s.b.len() {
			continue
		}
		other := leaf{t.sp.Arena.At(s.b.child(j).ref)}
		total := e.total + t.sh.used(other) - leafHeadSize
		if total > leafMax*3/4 {
			continue
		}
		return true, t.mergeWith(e, j, other, total)
	}
	return false, nil
}

func (t *tree) mergeWith(e *change, j int, other leaf, total int) error {
	p, sh := e.p, t.sh
	s := p.path[p.h-1]
	r, l, err := t.newLeaf(total)
	if err != nil {
		return err
	}
	n := e.n + other.len()
	l.prepare(leafHeadSize + n*sh.perCell())
	if j < s.i {
		sh.appendRange(l, n, other, 0, other.len())
	}
	sh.appendRange(l, n, p.l, 0, p.i)
	sh.appendRange(l, n, p.l, p.i+e.del, p.l.len())
	if j > s.i {
		sh.appendRange(l, n, other, 0, other.len())
	}
	old, gone := s.b.child(s.i).ref, s.b.child(j).ref
	by := [1]child{{t.childKey(l), r, uint32(n)}}
	if err := t.swap(p, p.h-1, min(s.i, j), 2, by[:]); err != nil {
		t.dropLeaf(r)
		return err
	}
	t.dropBlobs(p.l, p.i, e.del)
	t.dropLeaf(old)
	t.dropLeaf(gone)
	t.r.n -= uint64(e.del)
	return nil
}
