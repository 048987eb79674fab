package object

import (
	"encoding/binary"

	"clusternode/internal/listpack"
)

// A pack of entries, Redis' node of a stream, is a listpack of
//
//	live | deleted | fields n | n names | 0
//	flags | ms | seq | n values                              | back   same fields
//	flags | ms | seq | fields m | m times (name, value)      | back
//
// The first line is the master entry. The IDs of entries are differences to the
// pack's own, which is that of the entry it was made for. Back is the number of
// elements of the entry before it, so that they can be read backwards.
//
// The cell of the tree may be longer than the listpack, which knows its length:
// the last pack of a stream has room for what comes.
const (
	entryDeleted    = 1
	entrySameFields = 2
)

const (
	maxEntryBytes = 1 << 30 // of fields and values, and of a pack without limit
	elementRoom   = 10      // what an element takes beside its bytes, at most
	masterRoom    = listpack.HeaderSize + 1 + 4*elementRoom
	entryRoom     = 5 * elementRoom // and a count that gets longer
)

// nodeOf is the listpack in a cell.
func nodeOf(cell []byte) []byte { return cell[:binary.LittleEndian.Uint32(cell)] }

// nodeInt is the number at pos.
func nodeInt(lp []byte, pos int) int64 { return listpack.Get(lp, pos).N }

// behind is the position behind the element at pos.
func behind(lp []byte, pos int) int { return pos + listpack.Size(lp, pos) }

// skip is the position n elements on.
func skip(lp []byte, pos int, n int64) int {
	for ; n > 0; n-- {
		pos = behind(lp, pos)
	}
	return pos
}

// The master entry begins behind the header with the counts.
const livePos = listpack.HeaderSize

// nodeCounts are the numbers of entries that are not deleted and that are.
func nodeCounts(lp []byte) (live, deleted int64) {
	return nodeInt(lp, livePos), nodeInt(lp, behind(lp, livePos))
}

// nodeFields is the number of fields in the master entry and the position of the
// first name.
func nodeFields(lp []byte) (n int64, names int) {
	pos := skip(lp, livePos, 2)
	return nodeInt(lp, pos), behind(lp, pos)
}

// nodeBegin is the position of the first entry.
func nodeBegin(lp []byte) int {
	n, names := nodeFields(lp)
	return skip(lp, names, n+1)
}

// setNodeInt replaces the number at pos. The cell has room for a longer one.
func setNodeInt(cell []byte, pos int, n int64) {
	lp := nodeOf(cell)
	old, size := listpack.Size(lp, pos), listpack.IntEntrySize(n)
	if old != size {
		total := len(lp) - old + size
		copy(cell[pos+size:total], lp[pos+old:])
		listpack.FixHeader(cell[:total], 0)
	}
	listpack.PutInt(cell[pos:], n)
}

// Append adds an entry of fields and values, whose ID is above the last one. If
// there is no memory nothing is changed. It is ErrTooBig if the entry does not
// fit into a listpack. The fields do not lie in the arena.
func (s *Stream) Append(id StreamID, fields [][]byte, lim StreamLimits) error {
	size := 0
	for _, f := range fields {
		size += len(f)
	}
	if size > maxEntryBytes {
		return ErrTooBig
	}
	t := s.tree()
	p := t.last()
	hint := 0
	var err error
	if p.valid() && takes(nodeOf(t.cell(&p)), size, lim) {
		err = appendEntry(&t, &p, id, fields, size, lim)
	} else {
		if p.valid() {
			hint = closeNode(&t, &p)
		}
		err = addNode(&t, id, fields, size, hint)
	}
	if err != nil {
		return err
	}
	s.h.length++
	s.h.added++
	s.h.last = id
	if s.h.length == 1 {
		s.h.first = id
	}
	return nil
}

// takes reports whether a pack takes another entry with size bytes of fields.
func takes(lp []byte, size int, lim StreamLimits) bool {
	limit := lim.Bytes
	if limit <= 0 || limit > maxEntryBytes {
		limit = maxEntryBytes
	}
	if len(lp)+size >= limit {
		return false
	}
	if lim.Entries <= 0 {
		return true
	}
	live, deleted := nodeCounts(lp)
	return live+deleted < int64(lim.Entries)
}

// closeNode gives back what the last pack does not need and returns its length.
func closeNode(t *tree, p *position) int {
	cell := t.cell(p)
	lp := nodeOf(cell)
	n := len(lp)
	if !t.sh.isBlob(p.l, p.i) {
		if len(cell) > n {
			_, _ = t.resizeAt(p, n) // without memory it stays as long as it is
		}
		return n
	}
	r, _ := blobRef(t.sh.raw(p.l, p.i))
	switch {
	case n <= maxInline:
		_, _ = t.resizeAt(p, n)
	case t.sp.Arena.Cap(r) > blobSize(n):
		_ = t.put(p, 1, t.key(p), lp) // a blob is copied before the old one goes
	}
	return n
}

// addNode begins a pack behind the last one with an entry. hint is how long it
// will probably get.
func addNode(t *tree, id StreamID, fields [][]byte, size, hint int) error {
	names := 0
	for i := 0; i < len(fields); i += 2 {
		names += len(fields[i])
	}
	need := masterRoom + entryRoom + names + size + len(fields)/2*3*elementRoom
	p := t.end()
	if max(need, hint) <= maxInline {
		var b [maxInline]byte
		n := startNode(b[:], fields)
		n = putEntry(b[:], n, id, id, fields, true)
		return t.insertAt(&p, id.key(), b[:max(n, hint)])
	}
	r, b, err := t.newBlob(max(need, hint+hint/64))
	if err != nil {
		return err
	}
	n := startNode(b, fields)
	putEntry(b, n, id, id, fields, true)
	return t.putBlob(&p, 0, id.key(), r, len(b))
}

// startNode writes a listpack with the master entry for one entry, which is not
// there yet, and returns its length.
func startNode(b []byte, fields [][]byte) int {
	n := len(listpack.AppendEmpty(b[:0])) - 1
	n += listpack.PutInt(b[n:], 1)
	n += listpack.PutInt(b[n:], 0)
	n += listpack.PutInt(b[n:], int64(len(fields)/2))
	for i := 0; i < len(fields); i += 2 {
		n += listpack.PutEntry(b[n:], fields[i])
	}
	n += listpack.PutInt(b[n:], 0)
	b[n] = listpackEnd
	n++
	listpack.FixHeader(b[:n], 4+len(fields)/2)
	return n
}

const listpackEnd = 0xFF

// putEntry writes an entry behind the n bytes of a listpack and returns its new
// length. The counts are the caller's affair.
func putEntry(b []byte, n int, node, id StreamID, fields [][]byte, same bool) int {
	n-- // the end mark
	flags, elements := int64(0), 4+len(fields)
	if same {
		flags, elements = entrySameFields, 4+len(fields)/2
	} else {
		elements++
	}
	n += listpack.PutInt(b[n:], flags)
	n += listpack.PutInt(b[n:], int64(id.MS-node.MS))
	n += listpack.PutInt(b[n:], int64(id.Seq-node.Seq))
	if !same {
		n += listpack.PutInt(b[n:], int64(len(fields)/2))
	}
	for i, f := range fields {
		if !same || i&1 == 1 {
			n += listpack.PutEntry(b[n:], f)
		}
	}
	n += listpack.PutInt(b[n:], int64(elements-1))
	b[n] = listpackEnd
	n++
	listpack.FixHeader(b[:n], elements)
	return n
}

// appendEntry adds an entry to the last pack.
func appendEntry(t *tree, p *position, id StreamID, fields [][]byte, size int, lim StreamLimits) error {
	node := idOf(t.key(p))
	cell, err := roomFor(t, p, entryRoom+size+len(fields)*elementRoom, lim.Bytes)
	if err != nil {
		return err
	}
	setNodeInt(cell, livePos, nodeInt(cell, livePos)+1)
	lp := nodeOf(cell)
	putEntry(cell, len(lp), node, id, fields, sameFields(lp, fields))
	return nil
}

// sameFields reports whether the fields of an entry are those of the master.
func sameFields(lp []byte, fields [][]byte) bool {
	n, pos := nodeFields(lp)
	if n != int64(len(fields)/2) {
		return false
	}
	for i := 0; i < len(fields); i += 2 {
		if !listpack.Get(lp, pos).Equal(fields[i]) {
			return false
		}
		pos = behind(lp, pos)
	}
	return true
}

// roomFor makes the cell at the position one of the stream's own that has room
// for n more bytes, and returns it. The position may die.
func roomFor(t *tree, p *position, n, limit int) ([]byte, error) {
	cell := t.cell(p)
	need := len(nodeOf(cell)) + n
	if need <= len(cell) {
		if err := t.own(p); err != nil {
			return nil, err
		}
		return t.cell(p), nil
	}
	if limit <= 0 {
		limit = 4096
	}
	return t.resizeAt(p, max(need, min(2*len(cell), limit)))
}
