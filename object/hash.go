package object

import (
	"encoding/binary"
	"math"
	"strconv"

	"clusternode/internal/listpack"
)

// A hash is packed as a listpack of field and value pairs. With the first field
// that has a time to live it becomes one of field, value and expiry triples, as
// Redis 7.4 has it: those that expire first come first, those that never do have
// expiry 0 and come last. A big hash has a tree of cells
//
//	length of the field * 2 + has expiry, uvarint | expiry 8, if any | field | value
//
// by the field's hash, and a second tree of the expiries, with no cells under the
// keys (expiry, hash). Expiries are unix milliseconds. Fields whose time has
// passed are there until somebody removes them: readers look at the expiry.

// HashLimits say how long hashes stay packed.
type HashLimits struct {
	Entries int // fields
	Value   int // bytes of a field or value
}

// Hash is a hash at hand. It dies when its value moves, but for its own changes.
type Hash struct {
	sp  *Space
	enc Encoding
	v   []byte
	h   Host // nil: for reading
}

var fieldShape = shape{keySize: 4, cell: -1, name: func(cell []byte) []byte { return splitCell(cell).field }}

var expiryShape = shape{keySize: 16, cell: 0}

// HashTreeSize is the length of the value of a big hash.
const HashTreeSize = 2 * rootSize

// fieldCell is a cell taken apart.
type fieldCell struct {
	field, value []byte
	expireAt     int64
}

func splitCell(cell []byte) (c fieldCell) {
	n, at := binary.Uvarint(cell)
	if n&1 != 0 {
		c.expireAt = int64(binary.LittleEndian.Uint64(cell[at:]))
		at += 8
	}
	end := at + int(n>>1)
	c.field, c.value = cell[at:end], cell[end:]
	return c
}

func appendCell(dst, field, value []byte, expireAt int64) []byte {
	n := uint64(len(field)) << 1
	if expireAt != 0 {
		dst = binary.AppendUvarint(dst, n|1)
		dst = binary.LittleEndian.AppendUint64(dst, uint64(expireAt))
	} else {
		dst = binary.AppendUvarint(dst, n)
	}
	return append(append(dst, field...), value...)
}

// HashOf is the hash in a value, for reading.
func HashOf(sp *Space, enc Encoding, value []byte) Hash { return Hash{sp: sp, enc: enc, v: value} }

// OpenHash is the hash that a host has, for changes.
func OpenHash(h Host) Hash { return Hash{sp: h.Space(), enc: h.Encoding(), v: h.Value(), h: h} }

func (h *Hash) big() bool { return h.enc == EncHashtable }

func (h *Hash) tree() tree     { return openTree(h.sp, &fieldShape, h.v) }
func (h *Hash) expiries() tree { return openTree(h.sp, &expiryShape, h.v[rootSize:]) }

// Encoding is how the hash is represented.
func (h *Hash) Encoding() Encoding { return h.enc }

// stride is the number of elements of a field in a listpack.
func (h *Hash) stride() int {
	if h.enc == EncListpackEx {
		return 3
	}
	return 2
}

// Len is the number of fields, with those whose time has passed.
func (h *Hash) Len() int {
	if h.big() {
		t := h.tree()
		return t.len()
	}
	return listpack.Len(h.v) / h.stride()
}

// FirstExpire is when the first field expires, 0 if none ever does.
func (h *Hash) FirstExpire() int64 {
	switch {
	case h.big():
		t := h.expiries()
		p := t.first()
		if !p.valid() {
			return 0
		}
		return int64(t.key(&p).hi)
	case h.enc != EncListpackEx:
		return 0
	}
	if at := listpack.First(h.v); at >= 0 {
		return h.expireOf(at)
	}
	return 0
}

// HasFieldTTLs reports whether a value of the encoding is a hash some of whose
// fields may expire.
func HasFieldTTLs(t Type, enc Encoding, value []byte) bool {
	if t != TypeHash {
		return false
	}
	h := HashOf(nil, enc, value)
	if enc == EncHashtable {
		e := h.expiries()
		return e.len() > 0
	}
	return h.FirstExpire() != 0
}

// NumBuf is room for the digits of a packed integer.
type NumBuf [24]byte

// text is an element as a string, in place or in the buffer.
func text(v listpack.Value, buf *NumBuf) []byte {
	if v.IsInt {
		return strconv.AppendInt(buf[:0], v.N, 10)
	}
	return v.S
}

// packedFind is the position of a field in a listpack, -1 if it has not.
func (h *Hash) packedFind(field []byte) int {
	return listpack.Find(h.v, listpack.First(h.v), field, h.stride()-1)
}

// Get is the value of a field, in place or in the buffer, and its expiry, 0 if
// it has none.
func (h *Hash) Get(field []byte, buf *NumBuf) (value []byte, expireAt int64, ok bool) {
	if h.big() {
		t := h.tree()
		p, found := t.find(key{hi: uint64(h.sp.Hash(field))}, field)
		if !found {
			return nil, 0, false
		}
		c := splitCell(t.cell(&p))
		return c.value, c.expireAt, true
	}
	at := h.packedFind(field)
	if at < 0 {
		return nil, 0, false
	}
	at = listpack.Next(h.v, at)
	if h.enc == EncListpackEx {
		expireAt = listpack.Get(h.v, listpack.Next(h.v, at)).N
	}
	return text(listpack.Get(h.v, at), buf), expireAt, true
}

// HashIter is a place in a hash, which dies when the hash is changed.
type HashIter struct {
	h      Hash
	pos    int // of the field, packed; -1: none
	t      tree
	p      position
	c      fieldCell
	fields NumBuf
	values NumBuf
}

// At is the place of field number index.
func (h *Hash) At(index int) (it HashIter) {
	it.h = *h
	if h.big() {
		it.t = h.tree()
		it.p = it.t.at(index)
		if it.p.valid() {
			it.c = splitCell(it.t.cell(&it.p))
		}
		return it
	}
	it.pos = listpack.Seek(h.v, index*h.stride())
	return it
}

// Valid reports whether there is a field.
func (it *HashIter) Valid() bool {
	if it.h.big() {
		return it.p.valid()
	}
	return it.pos >= 0
}

// Next goes to the next field.
func (it *HashIter) Next() {
	if it.h.big() {
		if it.t.next(&it.p) {
			it.c = splitCell(it.t.cell(&it.p))
		}
		return
	}
	for range it.h.stride() {
		it.pos = listpack.Next(it.h.v, it.pos)
	}
}

// Field is the field, in place or in the iterator.
func (it *HashIter) Field() []byte {
	if it.h.big() {
		return it.c.field
	}
	return text(listpack.Get(it.h.v, it.pos), &it.fields)
}

// Value is its value, in place or in the iterator.
func (it *HashIter) Value() []byte {
	if it.h.big() {
		return it.c.value
	}
	return text(listpack.Get(it.h.v, listpack.Next(it.h.v, it.pos)), &it.values)
}

// ExpireAt is its expiry, 0 if it has none.
func (it *HashIter) ExpireAt() int64 {
	switch {
	case it.h.big():
		return it.c.expireAt
	case it.h.enc != EncListpackEx:
		return 0
	}
	return listpack.Get(it.h.v, listpack.Next(it.h.v, listpack.Next(it.h.v, it.pos))).N
}

// Each calls f with all fields, until it returns false.
func (h *Hash) Each(f func(field, value []byte, expireAt int64) bool) {
	it := h.At(0)
	for ; it.Valid(); it.Next() {
		if !f(it.Field(), it.Value(), it.ExpireAt()) {
			return
		}
	}
}

// Scan visits fields for HSCAN: all of a packed hash, or of a big one about count
// of them, in the order of their hashes, from the cursor on. It returns the next
// cursor, 0 at the end.
func (h *Hash) Scan(cursor uint64, count int, f func(field, value []byte, expireAt int64)) (next uint64) {
	if !h.big() {
		h.Each(func(field, value []byte, at int64) bool { f(field, value, at); return true })
		return 0
	}
	if cursor > math.MaxUint32 {
		return 0
	}
	t := h.tree()
	p, _ := t.find(key{hi: cursor}, nil)
	for n := 0; p.valid(); t.next(&p) {
		at := t.key(&p).hi
		if n >= count && at != cursor {
			return at
		}
		c := splitCell(t.cell(&p))
		f(c.field, c.value, c.expireAt)
		cursor = at
		n++
	}
	return 0
}
