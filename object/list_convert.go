package object

import "clusternode/internal/listpack"

// toTree makes a packed list a big one, whose one node is the listpack.
func (l *List) toTree(lim ListLimits) error {
	var fresh [bigListSize]byte
	roots := fresh[:]
	setListFill(roots, lim.Fill)
	big := List{sp: l.sp, enc: EncQuicklist, v: roots}
	t, n := big.tree(), 0
	var err error
	for it := l.Iter(0, false); err == nil && it.Next(); n++ {
		err = t.push(false, it.Element()) // in the entry, which the tree does not touch
	}
	if err == nil && n > 0 {
		raw := listNode{n, len(l.v), false}.bytes()
		b := big.nodes()
		err = b.push(false, raw[:])
	}
	var v []byte
	if err == nil {
		v, err = l.h.Resize(bigListSize)
	}
	if err != nil {
		Detach(l.sp, TypeList, EncQuicklist, roots).Free(maxInt)
		return err
	}
	copy(v, roots)
	l.h.SetEncoding(EncQuicklist)
	l.v, l.enc = v, EncQuicklist
	return nil
}

// Shrink packs a big list again if it has one node that is at most half as long
// as it may be, as Redis does after elements were removed or replaced.
func (l *List) Shrink(lim ListLimits) { l.pack(lim, 2) }

// pack makes a big list a listpack, if it has one node of at most the limit
// divided by part. If there is no memory for it the list stays as it is.
func (l *List) pack(lim ListLimits, part int) {
	if !l.big() {
		return
	}
	nodes := l.nodes()
	if nodes.len() != 1 {
		return
	}
	p := nodes.first()
	d := readNode(nodes.cell(&p))
	switch {
	case d.plain || d.n != l.Len():
		return
	case lim.Fill < 0 && d.size > fillBytes(lim.Fill)/part:
		return
	case lim.Fill >= 0 && d.n > max(lim.Fill, 1)/part:
		return
	}
	l.toListpack()
}

func (l *List) toListpack() {
	n := l.Len()
	size := listpack.EmptySize + l.entryBytes(0, n)
	var old [bigListSize]byte
	copy(old[:], l.v)
	v, err := l.h.Resize(size)
	if err != nil {
		return
	}
	big := List{sp: l.sp, enc: EncQuicklist, v: old[:]}
	at := listpack.HeaderSize
	copy(v, listpack.AppendEmpty(nil))
	for it := big.Iter(0, false); it.Next(); {
		at += listpack.PutEntry(v[at:], it.Element())
	}
	v[at] = 0xFF
	listpack.FixHeader(v, n)
	l.h.SetEncoding(EncListpack)
	l.v, l.enc = v, EncListpack
	Detach(l.sp, TypeList, EncQuicklist, old[:]).Free(maxInt)
}

// ListBuilder makes the value of a list before there is an entry for it. Until it
// is in one, a builder that is not needed any more is discarded: it may have
// blocks.
type ListBuilder struct {
	host buffer
	list List
	lim  ListLimits
}

// NewListBuilder begins an empty list in the space of its future key. The value
// is made in buf, unless that gets too short.
func NewListBuilder(sp *Space, lim ListLimits, buf []byte) *ListBuilder {
	b := &ListBuilder{lim: lim}
	b.host = buffer{sp, EncListpack, listpack.AppendEmpty(buf[:0])}
	b.list = OpenList(&b.host)
	return b
}

// Len is the number of elements.
func (b *ListBuilder) Len() int { return b.list.Len() }

// Push appends an element.
func (b *ListBuilder) Push(elem []byte) error {
	one := [1][]byte{elem}
	return b.list.Push(false, one[:], b.lim)
}

// AppendNode appends the elements of a valid listpack that was a node of a list
// in Redis. Node by node the list becomes what Redis would have.
func (b *ListBuilder) AppendNode(lp []byte) error {
	n := listpack.Len(lp)
	if n == 0 {
		return nil
	}
	if err := b.Unpack(); err != nil {
		return err
	}
	t := b.list.tree()
	var buf ElementBuf
	for pos := listpack.First(lp); pos >= 0; pos = listpack.Next(lp, pos) {
		if err := t.push(false, packedElement(lp, pos, &buf)); err != nil {
			return err
		}
	}
	return b.note(listNode{n, len(lp), false})
}

// AppendPlain appends an element that was a node of its own.
func (b *ListBuilder) AppendPlain(elem []byte) error {
	if err := b.Unpack(); err != nil {
		return err
	}
	t := b.list.tree()
	if err := t.push(false, elem); err != nil {
		return err
	}
	return b.note(listNode{1, len(elem), true})
}

// Unpack makes the list a big one, to which Value looks again: where Redis
// collects a list in a quicklist the nodes are those of one.
func (b *ListBuilder) Unpack() error {
	if b.list.big() {
		return nil
	}
	return b.list.toTree(b.lim)
}

func (b *ListBuilder) note(d listNode) error {
	nodes, raw := b.list.nodes(), d.bytes()
	return nodes.push(false, raw[:])
}

// Value is the list for an entry, which then owns its blocks. A list of one node
// that is within the limits is packed. The bytes are the builder's.
func (b *ListBuilder) Value() (Encoding, []byte) {
	b.list.pack(b.lim, 1)
	return b.host.enc, b.host.v
}

// Discard gives back the blocks of a list that is not needed.
func (b *ListBuilder) Discard() {
	if HasTrees(TypeList, b.host.enc) {
		Detach(b.host.sp, TypeList, b.host.enc, b.host.v).Free(maxInt)
	}
}
