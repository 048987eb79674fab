package object

import (
	"encoding/binary"

	"clusternode/arena"
)

// insert puts a cell where its key and name belong. The cell may not lie in
// the arena of the space.
func (t *tree) insert(k key, name, cell []byte) error {
	p := t.seek(k, name)
	return t.insertAt(&p, k, cell)
}

// insertAt puts a cell before the position, or behind the last one.
func (t *tree) insertAt(p *position, k key, cell []byte) error {
	if t.len() >= MaxLen || len(cell) > MaxElement {
		return ErrTooBig
	}
	return t.put(p, 0, k, cell)
}

// push puts a cell in front of the first or behind the last.
func (t *tree) push(front bool, cell []byte) error {
	var p position
	if front {
		p = t.first()
	} else {
		p = t.end()
	}
	return t.insertAt(&p, key{}, cell)
}

// pop removes the first or the last cell.
func (t *tree) pop(front bool) error {
	var p position
	if front {
		p = t.first()
	} else {
		p = t.last()
	}
	return t.removeAt(&p)
}

// replaceAt puts another cell with the same key and name in the place of one.
func (t *tree) replaceAt(p *position, cell []byte) error {
	if len(cell) > MaxElement {
		return ErrTooBig
	}
	if p.l.head().epoch >= t.sp.floor {
		if old := t.sh.raw(p.l, p.i); len(old) == len(cell) && !t.sh.isBlob(p.l, p.i) {
			copy(old, cell)
			return nil
		}
	}
	return t.put(p, 1, t.key(p), cell)
}

// removeAt removes the cell at a valid position.
func (t *tree) removeAt(p *position) error { return t.edit(p, 1, key{}, inline{}, 0) }

// removeRange removes n cells, from number from on. If it fails, which only
// happens while a snapshot is open, the first of them are gone.
func (t *tree) removeRange(from, n int) error {
	for n > 0 {
		p := t.at(from)
		some := min(n, p.l.len()-p.i)
		if err := t.edit(&p, some, key{}, inline{}, 0); err != nil {
			return err
		}
		n -= some
	}
	return nil
}

// put replaces del cells at p by one.
func (t *tree) put(p *position, del int, k key, cell []byte) error {
	if t.sh.cell >= 0 || len(cell) <= maxInline {
		return t.edit(p, del, k, inline{b: cell}, 1)
	}
	r, b, err := t.newBlob(len(cell))
	if err != nil {
		return err
	}
	copy(b, cell)
	return t.putBlob(p, del, k, r, len(cell))
}

// putBlob replaces del cells at p by a blob with n bytes, which it frees if it
// fails.
func (t *tree) putBlob(p *position, del int, k key, r arena.Ref, n int) error {
	var b [blobRefSize]byte
	putBlobRef(b[:], r, n)
	err := t.edit(p, del, k, inline{b[:], blobMark}, 1)
	if err != nil {
		t.dropBlob(r)
	}
	return err
}

// resizeAt changes the length of a cell to n and returns it: its bytes stay up
// to the shorter of both lengths, the others are undefined. The position dies.
func (t *tree) resizeAt(p *position, n int) ([]byte, error) {
	if n > MaxElement {
		return nil, ErrTooBig
	}
	old := t.cell(p)
	if n <= maxInline {
		var b [maxInline]byte
		copy(b[:n], old)
		index := t.rank(p)
		if err := t.put(p, 1, t.key(p), b[:n]); err != nil {
			return nil, err
		}
		at := t.at(index)
		return t.cell(&at), nil
	}
	if raw := t.sh.raw(p.l, p.i); t.sh.isBlob(p.l, p.i) && p.l.head().epoch >= t.sp.floor {
		r, _ := blobRef(raw)
		if t.sp.blobEpoch(r) >= t.sp.floor && n+blobHeadSize <= t.sp.Arena.Cap(r) {
			binary.LittleEndian.PutUint32(raw[4:], uint32(n))
			return t.sp.blob(r, n), nil
		}
	}
	room := n
	if n > len(old) {
		room += n / 16 // it grows again
	}
	r, b, err := t.newBlob(room)
	if err != nil {
		return nil, err
	}
	copy(b[:n], old)
	return b[:n], t.putBlob(p, 1, t.key(p), r, n)
}

// own makes the cell at the position one that may be changed in place, which
// takes a copy while a snapshot needs it. The position is at the copy then.
func (t *tree) own(p *position) error {
	if l := p.l; l.head().epoch < t.sp.floor {
		index := t.rank(p)
		e := change{p: p, n: l.len(), total: t.sh.used(l)}
		if err := t.rebuild(&e); err != nil {
			return err
		}
		*p = t.at(index)
	}
	if !t.sh.isBlob(p.l, p.i) {
		return nil
	}
	r, n := blobRef(t.sh.raw(p.l, p.i))
	if t.sp.blobEpoch(r) >= t.sp.floor {
		return nil
	}
	to, b, err := t.newBlob(n)
	if err != nil {
		return err
	}
	copy(b, t.sp.blob(r, n))
	putBlobRef(t.sh.raw(p.l, p.i), to, n)
	t.dropBlob(r)
	return nil
}

// edit replaces del cells of a leaf, from the position on, by one (ins 1) or
// none (ins 0). After an error nothing is changed.
func (t *tree) edit(p *position, del int, k key, c inline, ins int) error {
	if p.l.p == nil {
		return t.plant(k, c)
	}
	l, sh := p.l, t.sh
	h := l.head()
	if del+ins == 1 && h.epoch >= t.sp.floor && t.editOne(p, k, c, ins) {
		return nil
	}
	cut := sh.begin(l, p.i+del) - sh.begin(l, p.i)
	e := change{p: p, del: del, k: k, c: c, ins: ins}
	e.n = int(h.n) - del + ins
	e.total = sh.used(l) - cut + (ins-del)*sh.perCell() + ins*len(c.b)
	inPlace := h.epoch >= t.sp.floor && e.total <= int(h.cap)*8
	switch {
	case e.n == 0:
		return t.relink(&e, 1, nil)
	case inPlace && (del == 0 || e.total > int(h.cap)*6):
		t.editInPlace(&e)
		return nil
	case e.total <= leafMax:
		err := t.rebuild(&e)
		if err != nil && inPlace { // no smaller block to be had
			t.editInPlace(&e)
			return nil
		}
		return err
	}
	return t.split(&e)
}

// editOne is edit of the most common changes, one cell in or out of a leaf that
// has room, and stays well filled. It reports false if the change is not one.
func (t *tree) editOne(p *position, k key, c inline, ins int) bool {
	l, sh := p.l, t.sh
	h := l.head()
	if ins > 0 {
		if sh.used(l)+sh.perCell()+len(c.b) > int(h.cap)*8 {
			return false
		}
		sh.insert(l, p.i, k, c)
		t.r.n++
		t.addAbove(p, p.h, 1)
		if p.i == 0 && sh.keySize > 0 { // places have no keys
			t.lowerAbove(p, p.h, t.childKey(l))
		}
		return true
	}
	left := sh.used(l) - sh.perCell() - len(sh.raw(l, p.i))
	if h.n == 1 || h.blobs > 0 || left <= int(h.cap)*6 {
		return false
	}
	sh.remove(l, p.i, 1)
	t.r.n--
	t.addAbove(p, p.h, ^uint32(0))
	return true
}

// change is what edit does to a leaf.
type change struct {
	p     *position
	del   int
	k     key
	c     inline
	ins   int
	n     int // cells after it
	total int // bytes of the leaf after it, without gaps
}

func (t *tree) editInPlace(e *change) {
	l, i := e.p.l, e.p.i
	if e.del > 0 {
		t.dropBlobs(l, i, e.del)
		t.sh.remove(l, i, e.del)
	}
	if e.ins > 0 {
		t.sh.insert(l, i, e.k, e.c)
	}
	t.r.n += uint64(e.ins) - uint64(e.del)
	t.addAbove(e.p, e.p.h, uint32(e.ins)-uint32(e.del))
	if i == 0 && e.ins > 0 {
		t.lowerAbove(e.p, e.p.h, t.childKey(l))
	}
}

// addAbove adds to the counts of the subtrees that the first h steps of the
// path lead to.
func (t *tree) addAbove(p *position, h int, n uint32) {
	if n == 0 {
		return
	}
	for _, s := range p.path[:h] {
		s.b.child(s.i).count += n
	}
}

// lowerAbove gives the subtree below step h-1 a new key, and those above as
// far as it is the first.
func (t *tree) lowerAbove(p *position, h int, k key) {
	for h--; h >= 0; h-- {
		s := p.path[h]
		s.b.child(s.i).key = k
		if s.i > 0 {
			return
		}
	}
}

// childKey is the key of a leaf in its branch.
func (t *tree) childKey(l leaf) key {
	k := t.sh.key(l, 0)
	if t.sh.name != nil {
		k.lo = namePrefix(t.sh.name(t.cellOf(l, 0)))
	}
	return k
}

// plant makes the first leaf of a tree.
func (t *tree) plant(k key, c inline) error {
	need := leafHeadSize + t.sh.perCell() + len(c.b)
	r, l, err := t.newLeaf(need + min(need, 64))
	if err != nil {
		return err
	}
	l.prepare(leafHeadSize + t.sh.perCell())
	t.sh.appendCell(l, 1, k, c)
	t.r.ref, t.r.height, t.r.n = r, 0, 1
	return nil
}

// rebuild makes the change in a new block, and takes a neighbour in if both
// have become small.
func (t *tree) rebuild(e *change) error {
	if e.del > 0 && e.ins == 0 && e.total < leafMax/4 {
		if done, err := t.merge(e); done {
			return err
		}
	}
	r, l, err := t.newLeaf(e.roomy())
	if err != nil {
		return err
	}
	t.fill(l, e, 0, e.n)
	by := [1]child{{t.childKey(l), r, uint32(e.n)}}
	return t.relink(e, 1, by[:])
}

// roomy is the size of the new block of a leaf: more than it needs if it grows.
func (e *change) roomy() int {
	size := e.total
	switch {
	case e.ins <= e.del: // it does not grow
	case e.p.i == 0 || e.p.i == e.p.l.len(): // and probably goes on
		size += e.total / 4
	default:
		size += max(e.total/16, 48)
	}
	return max(min(size, leafMax), e.total)
}

// relink puts children in the place of the leaf of the change (and its right
// neighbours, if width is more than 1), and frees what they replace.
func (t *tree) relink(e *change, width int, by []child) error {
	p := e.p
	old, at := t.r.ref, 0
	if p.h > 0 {
		at = p.path[p.h-1].i
		old = p.path[p.h-1].b.child(at).ref
	}
	if err := t.swap(p, p.h-1, at, width, by); err != nil {
		for _, c := range by {
			if c.ref != old {
				t.dropLeaf(c.ref)
			}
		}
		return err
	}
	for i := range by {
		if by[i].ref == old {
			old = 0 // it stays
		}
	}
	t.dropBlobs(p.l, p.i, e.del)
	if old != 0 {
		t.dropLeaf(old)
	}
	t.r.n += uint64(e.ins) - uint64(e.del)
	return nil
}
