package object

import (
	"encoding/binary"

	"clusternode/internal/listpack"
)

// The books of a big list: which nodes Redis' quicklist would consist of. An
// element is in the node that the rules of Redis 7.2 put it into; where the tree
// has it is another matter. The books are short, a few bytes for each 8 KiB, and
// decide when a list is packed again. If there is no memory for an entry they go
// on without it, and the list stays big.

// listNode is a node of the books.
type listNode struct {
	n     int  // elements
	size  int  // bytes of its listpack, or of its element if it is plain
	plain bool // one long element, not in a listpack
}

const (
	listNodeSize = 8
	plainMark    = 1 << 31
)

func readNode(b []byte) listNode {
	n := binary.LittleEndian.Uint32(b)
	return listNode{int(n &^ plainMark), int(binary.LittleEndian.Uint32(b[4:])), n&plainMark != 0}
}

func (d listNode) bytes() (b [listNodeSize]byte) {
	n := uint32(d.n)
	if d.plain {
		n |= plainMark
	}
	binary.LittleEndian.PutUint32(b[:], n)
	binary.LittleEndian.PutUint32(b[4:], uint32(min(d.size, 1<<32-1)))
	return b
}

// newNode is a node with one element.
func newNode(elem []byte, lim ListLimits) listNode {
	if lim.plain(len(elem)) {
		return listNode{1, len(elem), true}
	}
	return listNode{1, listpack.EmptySize + listpack.EntrySize(elem), false}
}

// takes reports whether a node has room for an element, whose length Redis
// estimates.
func (d listNode) takes(elem []byte, lim ListLimits) bool {
	return d.n > 0 && !d.plain && !lim.plain(len(elem)) && !lim.exceeds(d.size+len(elem)+8, d.n+1)
}

// with is the node with one more element.
func (d listNode) with(elem []byte) listNode {
	d.n++
	d.size += listpack.EntrySize(elem)
	return d
}

// books are the nodes of a list at hand.
type books struct {
	t   tree
	lim ListLimits
}

func (l *List) books(lim ListLimits) books { return books{l.nodes(), l.nodeLimits(lim)} }

// at is node number i; one that does not exist has no elements.
func (b *books) at(i int) (d listNode) {
	if i >= 0 && i < b.t.len() {
		p := b.t.at(i)
		d = readNode(b.t.cell(&p))
	}
	return d
}

func (b *books) set(i int, d listNode) {
	p := b.t.at(i)
	b.write(&p, d)
}

func (b *books) write(p *position, d listNode) {
	if p.valid() && b.t.own(p) == nil {
		raw := d.bytes()
		copy(b.t.cell(p), raw[:])
	}
}

func (b *books) insert(i int, d listNode) {
	p := b.t.at(i)
	raw := d.bytes()
	_ = b.t.insertAt(&p, key{}, raw[:])
}

func (b *books) remove(i, n int) { _ = b.t.removeRange(i, n) }

// push notes a new first or last element.
func (b *books) push(front bool, elem []byte) {
	var p position
	b.t.toEnd(&p, front)
	if p.valid() {
		if d := readNode(b.t.cell(&p)); d.takes(elem, b.lim) {
			b.write(&p, d.with(elem))
			return
		}
	}
	raw := newNode(elem, b.lim).bytes()
	_ = b.t.pushCell(front, raw[:])
}

// pop notes that the first or last element goes, which is size bytes in a
// listpack.
func (b *books) pop(front bool, size int) {
	var p position
	b.t.toEnd(&p, front)
	if !p.valid() {
		return
	}
	d := readNode(b.t.cell(&p))
	if d.n <= 1 {
		_ = b.t.removeAt(&p)
		return
	}
	d.n--
	d.size -= size
	b.write(&p, d)
}

// nodeCursor is a node of the books and its place in the list.
type nodeCursor struct {
	i     int // number of the node
	start int // number of its first element
}

// seek moves a cursor to the node with element number elem.
func (b *books) seek(c *nodeCursor, elem int) (d listNode) {
	p := b.t.at(c.i)
	for p.valid() {
		d = readNode(b.t.cell(&p))
		switch {
		case elem < c.start:
			if !b.t.prev(&p) {
				return d
			}
			c.i--
			c.start -= readNode(b.t.cell(&p)).n
		case elem >= c.start+d.n && c.i+1 < b.t.len():
			c.i++
			c.start += d.n
			b.t.next(&p)
		default:
			return d
		}
	}
	return d
}

// cursor is a cursor at the node with element number elem of n.
func (b *books) cursor(elem, n int) (c nodeCursor, d listNode) {
	if last := b.t.len() - 1; elem > n/2 && last > 0 {
		c = nodeCursor{last, n - b.at(last).n}
	}
	d = b.seek(&c, elem)
	return c, d
}

// entryBytes is the length of n elements from number from on in a listpack.
func (l *List) entryBytes(from, n int) (size int) {
	t := l.tree()
	for p := t.at(from); n > 0 && p.valid(); n-- {
		size += listpack.EntrySize(t.cell(&p))
		t.next(&p)
	}
	return size
}

// cutNode divides a node, which begins with element number start, before its
// element number k.
func (l *List) cutNode(d listNode, start, k int) (left, right listNode) {
	size := 0
	k = min(k, d.n)
	if k <= d.n/2 {
		size = l.entryBytes(start, k)
	} else {
		size = d.size - listpack.EmptySize - l.entryBytes(start+k, d.n-k)
	}
	left = listNode{k, listpack.EmptySize + size, false}
	return left, listNode{d.n - k, d.size - size, false}
}

// noteInsert notes a new element before or behind number pivot, which is not in
// the tree yet.
func (l *List) noteInsert(pivot int, after bool, elem []byte, lim ListLimits) {
	b := l.books(lim)
	c, d := b.cursor(pivot, l.Len())
	off := pivot - c.start
	fresh := newNode(elem, b.lim)
	side, beside := c.i, c.i-1 // where a new node goes, and the neighbour there
	if after {
		side, beside = c.i+1, c.i+1
	}
	atEdge := after && off >= d.n-1 || !after && off <= 0
	switch near := b.at(beside); {
	case d.takes(elem, b.lim):
		b.set(c.i, d.with(elem))
	case atEdge && near.takes(elem, b.lim):
		b.set(beside, near.with(elem))
	case atEdge || d.plain:
		b.insert(side, fresh)
	default:
		l.noteSplit(&b, c, off, after, elem, fresh)
	}
}

// noteSplit divides a node that has no room: the new element joins the part that
// is cut off or, if it is a node of its own, comes between.
func (l *List) noteSplit(b *books, c nodeCursor, off int, after bool, elem []byte, fresh listNode) {
	k := off
	if after {
		k++
	}
	left, right := l.cutNode(b.at(c.i), c.start, k)
	switch {
	case fresh.plain:
		b.set(c.i, left)
		b.insert(c.i+1, right)
		b.insert(c.i+1, fresh)
	case after:
		b.set(c.i, left)
		b.insert(c.i+1, right.with(elem))
		b.merge(c.i)
	default:
		b.set(c.i, left.with(elem))
		b.insert(c.i+1, right)
		b.merge(c.i + 1)
	}
}

// merge joins the nodes around number i that fit into one, in Redis' order.
func (b *books) merge(i int) {
	if b.join(i - 2) {
		i--
	}
	b.join(i + 1)
	if b.join(i - 1) {
		i--
	}
	b.join(i)
}

// join makes nodes i and i+1 one, if that is not too long.
func (b *books) join(i int) bool {
	d, e := b.at(i), b.at(i+1)
	size, n := d.size+e.size-listpack.EmptySize, d.n+e.n
	if d.n == 0 || e.n == 0 || d.plain || e.plain || b.lim.exceeds(size, n) {
		return false
	}
	b.set(i, listNode{n, size, false})
	b.remove(i+1, 1)
	return true
}

// noteSet notes that element number i becomes another one, before it does.
func (l *List) noteSet(i int, old, elem []byte, lim ListLimits) {
	b := l.books(lim)
	c, d := b.cursor(i, l.Len())
	fresh := newNode(elem, b.lim)
	switch {
	case !d.plain && !fresh.plain:
		d.size += listpack.EntrySize(elem) - listpack.EntrySize(old)
		b.set(c.i, d)
	case d.plain:
		next := b.at(c.i + 1)
		if !fresh.plain && next.takes(elem, b.lim) {
			b.set(c.i+1, next.with(elem))
			b.remove(c.i, 1)
			return
		}
		b.set(c.i, fresh)
	default:
		l.noteSetPlain(&b, c, d, i-c.start, fresh)
	}
}

// noteSetPlain puts a plain node in the place of element number off of a node.
func (l *List) noteSetPlain(b *books, c nodeCursor, d listNode, off int, fresh listNode) {
	if d.n == 1 {
		b.set(c.i, fresh)
		return
	}
	left, right := l.cutNode(d, c.start, off+1)
	left.size -= l.entryBytes(c.start+off, 1)
	left.n--
	at := c.i
	if left.n > 0 {
		b.set(at, left)
		at++
		b.insert(at, fresh)
	} else {
		b.set(at, fresh)
	}
	if right.n > 0 {
		b.insert(at+1, right)
	}
	if off > 0 {
		b.merge(at)
	}
}

// noteRemove notes that n elements from number from on go, before they do. The
// cursor stays for ranges further in front.
func (l *List) noteRemove(b *books, c *nodeCursor, from, n int) {
	d := b.seek(c, from)
	if d.n == 0 {
		return
	}
	first := *c
	if k := d.n - (from - c.start); from > c.start && k > n {
		d.n -= n
		d.size -= l.entryBytes(from, n)
		b.set(c.i, d)
		return
	} else if from > c.start {
		left, _ := l.cutNode(d, c.start, from-c.start)
		b.set(c.i, left)
		n -= k
		from += k
		first = nodeCursor{c.i + 1, from}
	}
	whole := 0
	for p := b.t.at(first.i); p.valid(); b.t.next(&p) {
		d = readNode(b.t.cell(&p))
		if d.n > n {
			break
		}
		n -= d.n
		from += d.n
		whole++
	}
	if n > 0 && first.i+whole < b.t.len() {
		d.size -= l.entryBytes(from, n)
		d.n -= n
		b.set(first.i+whole, d)
	}
	b.remove(first.i, whole)
	if c.i >= b.t.len() && c.i > 0 { // it was the last
		c.i--
		c.start -= b.at(c.i).n
	}
}

// Nodes calls f with the number of elements of every node that Redis would have,
// in order. A plain node has one element, which Redis keeps outside of listpacks.
// A packed list is one node.
func (l *List) Nodes(f func(n int, plain bool) bool) {
	left := l.Len()
	if l.big() {
		t := l.nodes()
		for p := t.first(); p.valid() && left > 0; t.next(&p) {
			d := readNode(t.cell(&p))
			d.n = min(d.n, left)
			left -= d.n
			if !f(d.n, d.plain) {
				return
			}
		}
	}
	if left > 0 {
		f(left, false)
	}
}
