package object

import (
	"encoding/binary"

	"clusternode/internal/listpack"
)

// A list is a listpack while it is small, and then a tree by place. Beside the
// tree stands a second, short one with the nodes that Redis' quicklist would
// have: whether a list becomes a listpack again depends on them, and they are
// what payloads are made of. See list_nodes.go.

var (
	listShape     = shape{keySize: 0, cell: -1}
	listNodeShape = shape{keySize: 0, cell: listNodeSize}
)

// A big list's value is the roots of both trees and the limit that it was made
// with, 2 bytes: Redis keeps to it when the directive changes.
const (
	listFillAt  = 2 * rootSize
	bigListSize = listFillAt + 2
)

// ListLimits say how long a list is packed, and how long its nodes become.
type ListLimits struct {
	Fill  int // list-max-listpack-size: -1 to -5 are 4 to 64 KiB, others elements
	Plain int // bytes from which an element is a node of its own; 0: as Fill says
}

// safeBytes is the longest listpack where Fill counts elements.
const safeBytes = 8192

// fillBytes is how many bytes a negative limit stands for.
func fillBytes(fill int) int { return 4096 << (min(max(-fill, 1), 5) - 1) }

// exceeds reports whether a listpack of so many bytes and elements is too long.
func (lim ListLimits) exceeds(size, n int) bool {
	if lim.Fill < 0 {
		return size > fillBytes(lim.Fill)
	}
	return size > safeBytes || n > max(lim.Fill, 1)
}

// plain reports whether an element of n bytes is a node of its own.
func (lim ListLimits) plain(n int) bool {
	switch {
	case lim.Plain > 0:
		return n >= lim.Plain
	case lim.Fill < 0:
		return n > fillBytes(lim.Fill)
	}
	return n > safeBytes
}

// List is a list at hand. Read from a value it dies when the value is changed
// or moved; opened from a host it follows its own changes.
type List struct {
	sp  *Space
	enc Encoding
	v   []byte
	h   Host // nil: for reading only
}

// ElementBuf is room for an element that is an integer in a listpack.
type ElementBuf [20]byte

// ListOf reads a value.
func ListOf(sp *Space, enc Encoding, value []byte) List { return List{sp: sp, enc: enc, v: value} }

// OpenList opens the value of a host for changes.
func OpenList(h Host) List { return List{sp: h.Space(), enc: h.Encoding(), v: h.Value(), h: h} }

func (l *List) tree() tree  { return openTree(l.sp, &listShape, l.v) }
func (l *List) nodes() tree { return openTree(l.sp, &listNodeShape, l.v[rootSize:]) }

func (l *List) big() bool { return l.enc == EncQuicklist }

// nodeLimits are the limits that a big list was made with.
func (l *List) nodeLimits(lim ListLimits) ListLimits {
	lim.Fill = int(int16(binary.LittleEndian.Uint16(l.v[listFillAt:])))
	return lim
}

func setListFill(v []byte, fill int) {
	fill = min(max(fill, -5), 1<<15-1)
	binary.LittleEndian.PutUint16(v[listFillAt:], uint16(fill))
}

// Encoding is how the list is represented now.
func (l *List) Encoding() Encoding { return l.enc }

// Len is the number of elements.
func (l *List) Len() int {
	if l.big() {
		t := l.tree()
		return t.len()
	}
	return listpack.Len(l.v)
}

// Index is element number i, which is one. An integer of a packed list is
// written to buf.
func (l *List) Index(i int, buf *ElementBuf) []byte {
	if l.big() {
		t := l.tree()
		p := t.at(i)
		return t.cell(&p)
	}
	return packedElement(l.v, listpack.Seek(l.v, i), buf)
}

// End is the first or the last element of a list that has some.
func (l *List) End(front bool, buf *ElementBuf) []byte {
	if l.big() {
		var p position
		t := l.tree()
		t.toEnd(&p, front)
		return t.cell(&p)
	}
	pos := listpack.HeaderSize
	if !front {
		pos = listpack.Last(l.v)
	}
	return packedElement(l.v, pos, buf)
}

// toEnd makes a zero position the first or the last one.
func (t *tree) toEnd(p *position, front bool) {
	ref := t.r.ref
	if ref == 0 {
		return
	}
	for ; p.h < int(t.r.height); p.h++ {
		b := branch{t.sp.Arena.At(ref)}
		i := 0
		if !front {
			i = b.len() - 1
		}
		p.path[p.h] = step{b, i}
		ref = b.child(i).ref
	}
	p.l = leaf{t.sp.Arena.At(ref)}
	if !front {
		p.i = p.l.len() - 1
	}
}

// pushCell puts a cell in front of the first or behind the last.
func (t *tree) pushCell(front bool, cell []byte) error {
	var p position
	t.toEnd(&p, front)
	if !front && p.l.p != nil {
		p.i++
	}
	return t.insertAt(&p, key{}, cell)
}

func packedElement(lp []byte, pos int, buf *ElementBuf) []byte {
	e := listpack.Get(lp, pos)
	if e.IsInt {
		return e.Append(buf[:0])
	}
	return e.S
}

// Each calls f with every element until it returns false. The bytes are valid
// during the call.
func (l *List) Each(f func(elem []byte) bool) {
	for it := l.Iter(0, false); it.Next(); {
		if !f(it.Element()) {
			return
		}
	}
}

// ListIter visits elements of a list. It dies when the list is changed.
type ListIter struct {
	v    []byte // a listpack; nil: see t
	pos  int    // the next one in it, -1: none
	t    tree
	p    position
	n    int // elements that are left
	back bool
	on   bool // the position is at the element that Next found
	e    listpack.Value
	buf  ElementBuf // where Element prints an integer
}

// Iter is before element number from, which need not exist, on the way to the
// last one or, with back, to the first.
func (l *List) Iter(from int, back bool) (it ListIter) {
	n := l.Len()
	it.back = back
	if from < 0 || from >= n {
		return it
	}
	it.n = n - from
	if back {
		it.n = from + 1
	}
	if l.big() {
		it.t = l.tree()
		it.p = it.t.at(from)
		return it
	}
	it.v = l.v
	it.pos = listpack.Seek(l.v, from)
	return it
}

// Next goes to the next element and reports whether there is one.
func (it *ListIter) Next() bool {
	if it.n == 0 {
		return false
	}
	it.n--
	if it.v != nil {
		it.nextPacked()
		return true
	}
	switch {
	case !it.on:
		it.on = true
	case it.back:
		it.t.prev(&it.p)
	default:
		it.t.next(&it.p)
	}
	it.e.S = it.t.cell(&it.p)
	return true
}

func (it *ListIter) nextPacked() {
	it.e = listpack.Get(it.v, it.pos)
	if it.back {
		it.pos = listpack.Prev(it.v, it.pos)
	} else {
		it.pos = listpack.Next(it.v, it.pos)
	}
}

// Element is the element that Next found. Its bytes are valid until the next one.
func (it *ListIter) Element() []byte {
	if it.e.IsInt {
		return it.e.Append(it.buf[:0])
	}
	return it.e.S
}
