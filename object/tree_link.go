package object

import "clusternode/arena"

// swap replaces the width children at at of the branch of step level by
// others. Level -1 is the root. New branches are made from below upwards, and
// what is there is only changed once nothing can fail.
func (t *tree) swap(p *position, level, at, width int, by []child) error {
	if level < 0 {
		return t.swapRoot(by)
	}
	b := p.path[level].b
	n := b.len() - width + len(by)
	h := b.head()
	switch {
	case n == 0:
		return t.swapBranch(p, level, nil)
	case n == 1 && level == 0:
		return t.collapse(b, at, width, by)
	case len(by) < width && n < branchMax/4 && level > 0:
		done, err := t.mergeBranch(p, level, at, width, by)
		if done && (err == nil || h.epoch < t.sp.floor) {
			return err // else it is well as it is, too
		}
	}
	switch {
	case h.epoch >= t.sp.floor && n <= int(h.cap):
		was := b.count()
		b.splice(at, width, by)
		t.addAbove(p, level, b.count()-was)
		if at == 0 {
			t.lowerAbove(p, level, b.child(0).key)
		}
		return nil
	case n <= branchMax:
		return t.splitBranch(p, level, at, width, by, []int{0, n})
	}
	cut := n / 2
	switch { // at the ends of the tree the full branch stays full
	case at+width == b.len() && p.atEnd():
		cut = n - 1
	case at == 0 && p.atStart():
		cut = 1
	}
	return t.splitBranch(p, level, at, width, by, []int{0, cut, n})
}

// splitBranch makes new branches of the children between each two bounds of
// what the branch would have after a splice.
func (t *tree) splitBranch(p *position, level, at, width int, by []child, bounds []int) error {
	b := p.path[level].b
	var up [2]child
	halves := len(bounds) - 1
	for half := range halves {
		lo, hi := bounds[half], bounds[half+1]
		room := hi - lo
		if halves == 1 || room < branchMax/4 {
			room += room/4 + 1
		}
		r, nb, err := t.newBranch(min(room, branchMax))
		if err != nil {
			if half == 1 {
				t.dropBranch(up[0].ref)
			}
			return err
		}
		nb.spliced(b, at, width, by, lo, hi)
		up[half] = child{nb.child(0).key, r, nb.count()}
	}
	err := t.swapBranch(p, level, up[:halves])
	if err != nil {
		for _, c := range up[:halves] {
			t.dropBranch(c.ref)
		}
	}
	return err
}

// swapBranch replaces the branch of step level and frees it.
func (t *tree) swapBranch(p *position, level int, by []child) error {
	old, at := t.r.ref, 0
	if level > 0 {
		at = p.path[level-1].i
		old = p.path[level-1].b.child(at).ref
	}
	err := t.swap(p, level-1, at, 1, by)
	if err == nil {
		t.dropBranch(old)
	}
	return err
}

// swapRoot replaces the whole tree.
func (t *tree) swapRoot(by []child) error {
	switch len(by) {
	case 0:
		t.r.ref, t.r.height = 0, 0
	case 1:
		t.r.ref = by[0].ref
	default:
		if t.r.height == maxHeight {
			return ErrTooBig
		}
		r, b, err := t.newBranch(max(len(by), 4))
		if err != nil {
			return err
		}
		b.splice(0, 0, by)
		t.r.ref = r
		t.r.height++
	}
	return nil
}

// collapse makes the one child that the root branch keeps the root.
func (t *tree) collapse(b branch, at, width int, by []child) error {
	var only arena.Ref
	switch {
	case len(by) == 1:
		only = by[0].ref
	case at == 0:
		only = b.child(width).ref
	default:
		only = b.child(0).ref
	}
	t.dropBranch(t.r.ref)
	t.r.ref = only
	t.r.height--
	for t.r.height > 0 {
		b := branch{t.sp.Arena.At(t.r.ref)}
		if b.len() > 1 {
			break
		}
		only = b.child(0).ref
		t.dropBranch(t.r.ref)
		t.r.ref = only
		t.r.height--
	}
	return nil
}

// mergeBranch puts what a splice leaves of a branch together with a neighbour,
// if both fit into three quarters of one.
func (t *tree) mergeBranch(p *position, level, at, width int, by []child) (done bool, err error) {
	b, above := p.path[level].b, p.path[level-1]
	n := b.len() - width + len(by)
	for _, j := range [2]int{above.i + 1, above.i - 1} {
		if j < 0 || j >= above.b.len() {
			continue
		}
		other := branch{t.sp.Arena.At(above.b.child(j).ref)}
		all := n + other.len()
		if all > branchMax*3/4 {
			continue
		}
		r, nb, err := t.newBranch(all)
		if err != nil {
			return true, err
		}
		if j < above.i {
			nb.splice(0, 0, other.children())
		}
		nb.spliced(b, at, width, by, 0, n)
		if j > above.i {
			nb.splice(nb.len(), 0, other.children())
		}
		old, gone := above.b.child(above.i).ref, above.b.child(j).ref
		up := [1]child{{nb.child(0).key, r, nb.count()}}
		if err := t.swap(p, level-1, min(above.i, j), 2, up[:]); err != nil {
			t.dropBranch(r)
			return true, err
		}
		t.dropBranch(old)
		t.dropBranch(gone)
		return true, nil
	}
	return false, nil
}

// The tree's own books: size is the bytes of its blocks, and blobs says that
// it has had one.

func (t *tree) newLeaf(size int) (arena.Ref, leaf, error) {
	r, l, err := t.sp.newLeaf(size)
	if err == nil {
		t.r.size += uint64(l.head().cap) * 8
	}
	return r, l, err
}

func (t *tree) dropLeaf(r arena.Ref) {
	h := leaf{t.sp.Arena.At(r)}.head()
	t.r.size -= uint64(h.cap) * 8
	t.sp.free(r, h.epoch)
}

func (t *tree) newBranch(children int) (arena.Ref, branch, error) {
	r, b, err := t.sp.newBranch(children)
	if err == nil {
		t.r.size += uint64(branchSize(int(b.head().cap)))
	}
	return r, b, err
}

func (t *tree) dropBranch(r arena.Ref) {
	h := branch{t.sp.Arena.At(r)}.head()
	t.r.size -= uint64(branchSize(int(h.cap)))
	t.sp.free(r, h.epoch)
}

func (t *tree) newBlob(n int) (arena.Ref, []byte, error) {
	r, b, err := t.sp.newBlob(n)
	if err == nil {
		t.r.size += uint64(t.sp.Arena.Cap(r))
		t.r.blobs = 1
	}
	return r, b, err
}

func (t *tree) dropBlob(r arena.Ref) {
	t.r.size -= uint64(t.sp.Arena.Cap(r))
	t.sp.freeBlob(r)
}

// dropBlobs frees the blobs of n cells of a leaf, from number i on.
func (t *tree) dropBlobs(l leaf, i, n int) {
	if l.head().blobs == 0 {
		return
	}
	for j := i; j < i+n; j++ {
		if t.sh.isBlob(l, j) {
			r, _ := blobRef(t.sh.raw(l, j))
			t.dropBlob(r)
		}
	}
}
