package object

import (
	"unsafe"

	"clusternode/arena"
)

// What is done with whole values, whatever their type: their trees are freed,
// copied, counted and moved without a look into the cells.

// The trees of a value, by what their leaves look like. The roots lie one
// behind the other at the start of the value.
var (
	listTrees = []*shape{{keySize: 0, cell: -1}, {keySize: 0, cell: listNodeSize}}
	setTrees  = []*shape{{keySize: 4, cell: -1}}
	hashTrees = []*shape{&fieldShape, &expiryShape}
	zsetTrees = []*shape{&scoreShape, &memberShape}
)

// eachTree calls f with every tree of a value, until it returns false. A tree
// comes before those whose roots lie in its cells: f may have replaced it.
func eachTree(sp *Space, t Type, enc Encoding, value []byte, f func(sh *shape, rootBytes []byte) bool) {
	var shapes []*shape
	switch {
	case !HasTrees(t, enc):
		return
	case t == TypeStream:
		streamTrees(sp, value, f)
		return
	case t == TypeList:
		shapes = listTrees
	case t == TypeSet:
		shapes = setTrees
	case t == TypeHash:
		shapes = hashTrees
	case t == TypeZSet:
		shapes = zsetTrees
	}
	for i, sh := range shapes {
		if !f(sh, value[i*rootSize:(i+1)*rootSize]) {
			return
		}
	}
}

// Bytes is how many bytes of blocks a value has beside its entry.
func Bytes(sp *Space, t Type, enc Encoding, value []byte) int {
	n := 0
	eachTree(sp, t, enc, value, func(sh *shape, rootBytes []byte) bool {
		tr := openTree(sp, sh, rootBytes)
		n += tr.bytes()
		return true
	})
	return n
}

// Remains are the blocks of a value that nobody can reach any more, to be freed
// in steps.
type Remains struct {
	sp    *Space
	trees []deadTree
	left  int // bytes
}

// Left is how many bytes are still to be freed. Blocks that a snapshot has stay
// among them.
func (r *Remains) Left() int { return r.left }

// deadTree is a tree whose blocks before the path have been freed. Branches are
// only read, as a snapshot may still have them.
type deadTree struct {
	sh   *shape
	r    root
	path [maxHeight]int
}

// Detach takes the blocks of a value. The value's own bytes are the caller's to
// free, now.
func Detach(sp *Space, t Type, enc Encoding, value []byte) *Remains {
	r := &Remains{sp: sp}
	eachTree(sp, t, enc, value, func(sh *shape, rootBytes []byte) bool {
		if tr := openTree(sp, sh, rootBytes); tr.r.ref != 0 {
			r.trees = append(r.trees, deadTree{sh: sh, r: *tr.r})
			r.left += tr.bytes()
		}
		return true
	})
	return r
}

// Free frees up to n leaves and reports whether nothing is left.
func (r *Remains) Free(n int) (done bool) {
	for len(r.trees) > 0 {
		d := &r.trees[len(r.trees)-1]
		if n = r.freeSome(d, n); n == 0 {
			return false
		}
		r.trees = r.trees[:len(r.trees)-1]
	}
	return true
}

// freeSome frees up to n leaves of a tree, and its branches that have none left.
// It returns how many more it could have freed: 0 is that the tree may have some.
func (r *Remains) freeSome(d *deadTree, n int) int {
	for ; n > 0; n-- {
		var at [maxHeight]branch
		ref := d.r.ref
		for h := range int(d.r.height) {
			at[h] = branch{r.sp.Arena.At(ref)}
			ref = at[h].child(d.path[h]).ref
		}
		r.freeLeaf(d.sh, ref)
		h := int(d.r.height) - 1
		for ; h >= 0; h-- {
			if d.path[h]++; d.path[h] < at[h].len() {
				break
			}
			ref := d.r.ref
			if h > 0 {
				ref = at[h-1].child(d.path[h-1]).ref
			}
			r.left -= r.sp.free(ref, at[h].head().epoch)
			d.path[h] = 0
		}
		if h < 0 {
			return n
		}
	}
	return 0
}

func (r *Remains) freeLeaf(sh *shape, ref arena.Ref) {
	l := leaf{r.sp.Arena.At(ref)}
	if l.head().blobs > 0 {
		for i := range l.len() {
			if sh.isBlob(l, i) {
				b, _ := blobRef(sh.raw(l, i))
				r.left -= r.sp.freeBlob(b)
			}
		}
	}
	r.left -= r.sp.free(ref, l.head().epoch)
}

// Copy makes a copy of a value whose trees are in another space, or the same,
// and returns its bytes, on the Go heap. After an error nothing is left.
func Copy(dst, src *Space, t Type, enc Encoding, value []byte) ([]byte, error) {
	out := append([]byte(nil), value...)
	if !HasTrees(t, enc) {
		return out, nil
	}
	var err error
	eachTree(dst, t, enc, out, func(sh *shape, rootBytes []byte) bool {
		if err == nil {
			err = copyTree(dst, src, sh, rootBytes)
		}
		if err != nil {
			clear(rootBytes) // it is not ours
		}
		return true
	})
	if err != nil {
		Detach(dst, t, enc, out).Free(maxInt)
		return nil, err
	}
	return out, nil
}

const maxInt = int(^uint(0) >> 1)

// copyTree replaces the tree of a root, which is in the space src, by a copy in
// dst. After an error the root is what it was.
func copyTree(dst, src *Space, sh *shape, rootBytes []byte) error {
	from := openTree(src, sh, rootBytes)
	if from.r.ref == 0 {
		return nil
	}
	fresh := make([]byte, rootSize)
	to := openTree(dst, sh, fresh)
	r, err := copyNode(&to, src, from.r.ref, int(from.r.height))
	if err != nil {
		return err
	}
	to.r.ref, to.r.height, to.r.n = r, from.r.height, from.r.n
	copy(rootBytes, fresh)
	return nil
}

func copyNode(to *tree, src *Space, r arena.Ref, height int) (arena.Ref, error) {
	if height == 0 {
		return copyLeaf(to, src, leaf{src.Arena.At(r)})
	}
	b := branch{src.Arena.At(r)}
	nr, nb, err := to.newBranch(b.len())
	if err != nil {
		return 0, err
	}
	for i := range b.len() {
		c := *b.child(i)
		if c.ref, err = copyNode(to, src, c.ref, height-1); err != nil {
			freeNode(to, nr, height)
			return 0, err
		}
		nb.splice(i, 0, []child{c})
	}
	return nr, nil
}

func copyLeaf(to *tree, src *Space, l leaf) (arena.Ref, error) {
	sh, n := to.sh, l.len()
	nr, nl, err := to.newLeaf(sh.used(l))
	if err != nil {
		return 0, err
	}
	nl.prepare(leafHeadSize + n*sh.perCell())
	sh.appendRange(nl, n, l, 0, n)
	if nl.head().blobs == 0 {
		return nr, nil
	}
	for i := range n {
		if !sh.isBlob(nl, i) {
			continue
		}
		old, size := blobRef(sh.raw(nl, i))
		b, p, err := to.newBlob(size)
		if err != nil {
			sh.cutAt(nl, i)
			freeNode(to, nr, 0)
			return 0, err
		}
		copy(p, src.blob(old, size))
		putBlobRef(sh.raw(nl, i), b, size)
	}
	return nr, nil
}

// cutAt forgets the cells of a leaf from number i on, which are not its own.
func (s *shape) cutAt(l leaf, i int) {
	h := l.head()
	n := int(h.n)
	for j := i; j < n; j++ {
		*s.offset(l, n, j) &= offsetMask
	}
}

// freeNode frees a node of a tree that was never linked in, with all below it.
func freeNode(t *tree, r arena.Ref, height int) {
	if height == 0 {
		l := leaf{t.sp.Arena.At(r)}
		t.dropBlobs(l, 0, l.len())
		t.dropLeaf(r)
		return
	}
	b := branch{t.sp.Arena.At(r)}
	for i := range b.len() {
		freeNode(t, b.child(i).ref, height-1)
	}
	t.dropBranch(r)
}

// Evacuate moves up to n blocks of a value that lie in pages being emptied, and
// returns how many it moved. While a snapshot is open nothing moves.
func Evacuate(sp *Space, t Type, enc Encoding, value []byte, n int) (moved int) {
	if sp.Frozen() || !HasTrees(t, enc) {
		return 0
	}
	m := mover{sp: sp, left: n}
	eachTree(sp, t, enc, value, func(sh *shape, rootBytes []byte) bool {
		if tr := openTree(sp, sh, rootBytes); tr.r.ref != 0 {
			m.node(&tr, &tr.r.ref, int(tr.r.height))
		}
		return m.left > 0
	})
	return n - m.left
}

type mover struct {
	sp   *Space
	left int
}

// move moves one block, and the reference to it.
func (m *mover) move(r *arena.Ref) {
	if !m.sp.Arena.Leaving(*r) {
		return
	}
	if to, _, ok := m.sp.Arena.Move(*r); ok {
		*r = to
		m.left--
	}
}

func (m *mover) node(t *tree, r *arena.Ref, height int) {
	m.move(r)
	p := m.sp.Arena.At(*r)
	if height == 0 {
		if t.r.blobs != 0 {
			m.blobs(t.sh, leaf{p})
		}
		return
	}
	b := branch{p}
	for i := 0; i < b.len() && m.left > 0; i++ {
		c := b.child(i)
		if height == 1 && t.r.blobs == 0 {
			m.move(&c.ref) // without a look at the leaf
			continue
		}
		m.node(t, &c.ref, height-1)
	}
}

func (m *mover) blobs(sh *shape, l leaf) {
	if l.head().blobs == 0 {
		return
	}
	for i := 0; i < l.len() && m.left > 0; i++ {
		if sh.isBlob(l, i) {
			m.move((*arena.Ref)(unsafe.Pointer(&sh.raw(l, i)[0])))
		}
	}
}
