package object

import "clusternode/internal/listpack"

// Changes of a list. After an error nothing is changed, unless a snapshot is
// open while memory ends. Elements that are put in do not lie in the arena.

// NewList returns the encoding of a list that is made of elements, and the
// length of the value to make an entry with for InitList.
func NewList(elems [][]byte, lim ListLimits) (enc Encoding, size int) {
	size, raw := listpack.EmptySize, 0
	for _, e := range elems {
		raw += len(e)
		size += listpack.EntrySize(e)
	}
	if lim.exceeds(listpack.EmptySize+raw, len(elems)) {
		return EncQuicklist, bigListSize
	}
	return EncListpack, size
}

// InitList makes the new value of a host, of the encoding and size that NewList
// said, a list of elements pushed one after the other. After an error the value
// is an empty list.
func InitList(h Host, front bool, elems [][]byte, lim ListLimits) (l List, err error) {
	l = OpenList(h)
	if l.big() {
		clear(l.v)
		setListFill(l.v, lim.Fill)
		return l, l.pushBig(front, elems, lim)
	}
	n := len(l.v)
	copy(l.v, listpack.AppendEmpty(make([]byte, 0, listpack.EmptySize)))
	l.v[n-1] = l.v[listpack.HeaderSize]
	l.writeEntries(listpack.HeaderSize, front, elems)
	listpack.FixHeader(l.v, len(elems))
	return l, nil
}

// writeEntries writes entries at a place of the listpack that has room for them,
// the last one first if they are pushed in front.
func (l *List) writeEntries(at int, front bool, elems [][]byte) {
	if !front {
		for _, e := range elems {
			at += listpack.PutEntry(l.v[at:], e)
		}
		return
	}
	for i := len(elems) - 1; i >= 0; i-- {
		at += listpack.PutEntry(l.v[at:], elems[i])
	}
}

// Push puts elements in front of the first or behind the last, one after the
// other.
func (l *List) Push(front bool, elems [][]byte, lim ListLimits) error {
	if err := l.grow(elems, lim); err != nil {
		return err
	}
	if l.big() {
		return l.pushBig(front, elems, lim)
	}
	size := 0
	for _, e := range elems {
		size += listpack.EntrySize(e)
	}
	at := listpack.HeaderSize
	if !front {
		at = len(l.v) - 1
	}
	return l.splice(at, 0, size, front, elems, len(elems))
}

// splice replaces del bytes of the listpack by elements that take size bytes,
// delta more than are replaced.
func (l *List) splice(at, del, size int, front bool, elems [][]byte, delta int) error {
	v, err := Splice(l.h, at, del, size)
	if err != nil {
		return err
	}
	l.v = v
	l.writeEntries(at, front, elems)
	listpack.FixHeader(v, delta)
	return nil
}

func (l *List) pushBig(front bool, elems [][]byte, lim ListLimits) error {
	t, b := l.tree(), l.books(lim)
	for i, e := range elems {
		if err := t.pushCell(front, e); err != nil {
			for ; i > 0; i-- {
				_ = l.Pop(front)
			}
			return err
		}
		b.push(front, e)
	}
	return nil
}

// Pop removes the first or the last element.
func (l *List) Pop(front bool) error {
	if !l.big() {
		at := listpack.HeaderSize
		if !front {
			at = listpack.Last(l.v)
		}
		return l.splice(at, listpack.Size(l.v, at), 0, false, nil, -1)
	}
	t := l.tree()
	var p position
	t.toEnd(&p, front)
	size := listpack.EntrySize(t.cell(&p))
	if err := t.removeAt(&p); err != nil {
		return err
	}
	b := l.books(ListLimits{})
	b.pop(front, size)
	return nil
}

// movedBytes is what an element counts when Redis looks whether it fits into
// another list than it had been in: an integer has no string then.
func movedBytes(elem []byte) int {
	if _, ok := listpack.ParseInt(elem); ok {
		return 0
	}
	return len(elem)
}

// PushMoved is Push of an element that another list had.
func (l *List) PushMoved(front bool, elem []byte, lim ListLimits) error {
	if !l.big() && lim.exceeds(len(l.v)+movedBytes(elem), listpack.Len(l.v)+1) {
		if err := l.toTree(lim); err != nil {
			return err
		}
	}
	one := [1][]byte{elem}
	if l.big() {
		return l.pushBig(front, one[:], lim)
	}
	at := listpack.HeaderSize
	if !front {
		at = len(l.v) - 1
	}
	return l.splice(at, 0, listpack.EntrySize(elem), front, one[:], 1)
}

// Rotate moves the first or last element, a copy of which is elem, to the first
// or last place. It needs no memory but for a tree, which a packed list becomes
// if the limit was lowered since.
func (l *List) Rotate(fromFront, toFront bool, elem []byte, lim ListLimits) error {
	size := listpack.EntrySize(elem)
	if !l.big() && lim.exceeds(len(l.v)-size+movedBytes(elem), listpack.Len(l.v)) {
		if err := l.toTree(lim); err != nil {
			return err
		}
	}
	if l.big() {
		t, b := l.tree(), l.books(lim)
		if fromFront != toFront {
			if err := t.pushCell(toFront, elem); err != nil {
				return err
			}
			if err := t.pop(fromFront); err != nil {
				return err
			}
		}
		b.pop(fromFront, size)
		b.push(toFront, elem)
		return nil
	}
	if fromFront == toFront {
		return nil
	}
	body := l.v[listpack.HeaderSize : len(l.v)-1]
	if fromFront {
		copy(body, body[size:])
		listpack.PutEntry(body[len(body)-size:], elem)
	} else {
		copy(body[size:], body)
		listpack.PutEntry(body, elem)
	}
	return nil
}

// Grow makes the list a big one if the element might not fit into a listpack:
// Redis does so before it looks whether there is a place for it.
func (l *List) Grow(elem []byte, lim ListLimits) error { return l.grow([][]byte{elem}, lim) }

func (l *List) grow(elems [][]byte, lim ListLimits) error {
	if l.big() {
		return nil
	}
	size := len(l.v)
	for _, e := range elems {
		size += len(e)
	}
	if !lim.exceeds(size, listpack.Len(l.v)+len(elems)) {
		return nil
	}
	return l.toTree(lim)
}

// Set puts another element in the place of number i. Grow comes before.
func (l *List) Set(i int, elem []byte, lim ListLimits) error {
	if !l.big() {
		at := listpack.Seek(l.v, i)
		one := [1][]byte{elem}
		return l.splice(at, listpack.Size(l.v, at), listpack.EntrySize(elem), false, one[:], 0)
	}
	t := l.tree()
	p := t.at(i)
	l.noteSet(i, t.cell(&p), elem, lim)
	return t.replaceAt(&p, elem)
}

// Insert puts an element before or behind number pivot. Grow comes before.
func (l *List) Insert(pivot int, after bool, elem []byte, lim ListLimits) error {
	at := pivot
	if after {
		at++
	}
	if !l.big() {
		pos := listpack.Seek(l.v, at)
		if pos < 0 {
			pos = len(l.v) - 1
		}
		one := [1][]byte{elem}
		return l.splice(pos, 0, listpack.EntrySize(elem), false, one[:], 1)
	}
	l.noteInsert(pivot, after, elem, lim)
	t := l.tree()
	p := t.at(at)
	return t.insertAt(&p, key{}, elem)
}

// Remove removes n elements from number from on.
func (l *List) Remove(from, n int) error {
	if n == 0 {
		return nil
	}
	if !l.big() {
		at, end := listpack.Seek(l.v, from), listpack.Seek(l.v, from+n)
		if end < 0 {
			end = len(l.v) - 1
		}
		return l.splice(at, end-at, 0, false, nil, -n)
	}
	b := l.books(ListLimits{})
	c, _ := b.cursor(from, l.Len())
	l.noteRemove(&b, &c, from, n)
	t := l.tree()
	return t.removeRange(from, n)
}

// ListRun is n elements from number From on.
type ListRun struct{ From, N int }

// RemoveRuns removes elements, the last run first.
func (l *List) RemoveRuns(runs []ListRun) error {
	if !l.big() {
		for i := len(runs) - 1; i >= 0; i-- {
			if err := l.Remove(runs[i].From, runs[i].N); err != nil {
				return err
			}
		}
		return nil
	}
	b, t := l.books(ListLimits{}), l.tree()
	var c nodeCursor
	for i := len(runs) - 1; i >= 0; i-- {
		r := runs[i]
		if i == len(runs)-1 {
			c, _ = b.cursor(r.From, l.Len())
		}
		l.noteRemove(&b, &c, r.From, r.N)
		if err := t.removeRange(r.From, r.N); err != nil {
			return err
		}
	}
	return nil
}
