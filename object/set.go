package object

import (
	"clusternode/internal/intset"
	"clusternode/internal/listpack"
)

// A set is an intset while all members are integers in their shortest form, a
// listpack while it is small, and then a tree of members in the order of their
// hashes.

// setShape is the tree of a big set. Its root is the whole value.
var setShape = shape{keySize: 4, cell: -1, name: wholeCell}

// SetLimits are the sizes up to which a set is packed.
type SetLimits struct {
	Intset   int // set-max-intset-entries
	Listpack int // set-max-listpack-entries
	Value    int // set-max-listpack-value, bytes of a member
}

// Set is a set at hand. Read from a value it dies when the value is changed or
// moved; opened from a host it follows its own changes.
type Set struct {
	sp  *Space
	enc Encoding
	v   []byte
	h   Host // nil: for reading only
}

// MemberBuf is room for a member that is an integer in a packed set.
type MemberBuf [20]byte

// EmptySet is a set without members, for reading.
var EmptySet = Set{enc: EncListpack, v: listpack.AppendEmpty(nil)}

// SetOf reads a value.
func SetOf(sp *Space, enc Encoding, value []byte) Set { return Set{sp: sp, enc: enc, v: value} }

// OpenSet opens the value of a host for changes.
func OpenSet(h Host) Set { return Set{sp: h.Space(), enc: h.Encoding(), v: h.Value(), h: h} }

func (s *Set) tree() tree { return openTree(s.sp, &setShape, s.v) }

// Encoding is how the set is represented now.
func (s *Set) Encoding() Encoding { return s.enc }

// Len is the number of members.
func (s *Set) Len() int {
	switch s.enc {
	case EncIntset:
		return intset.Len(s.v)
	case EncListpack:
		return listpack.Len(s.v)
	}
	t := s.tree()
	return t.len()
}

// Has reports whether m is a member.
func (s *Set) Has(m []byte) bool {
	if s.enc != EncHashtable {
		return s.hasPacked(m)
	}
	return s.hasHashed(s.sp.Hash(m), m)
}

// hasHashed is Has in a big set, of a member whose hash is known.
func (s *Set) hasHashed(h uint32, m []byte) bool {
	t := s.tree()
	_, found := t.find(key{hi: uint64(h)}, m)
	return found
}

// Each calls f with every member until it returns false. The bytes are valid
// during the call.
func (s *Set) Each(f func(m []byte) bool) {
	it := s.Iter()
	for it.Next() {
		if !f(it.Member()) {
			return
		}
	}
}

// Scan visits about count members of a big set from a cursor on, in the order
// of their hashes, and returns where to go on: 0 at the end. All members of one
// hash are visited in one step, so that a cursor, the hash that comes next,
// holds whatever is added and removed meanwhile. A packed set is visited whole.
func (s *Set) Scan(cursor uint64, count int, f func(m []byte)) (next uint64) {
	if s.enc != EncHashtable {
		s.Each(func(m []byte) bool { f(m); return true })
		return 0
	}
	if cursor > 1<<32-1 {
		return 0
	}
	t := s.tree()
	p, _ := t.find(key{hi: cursor}, nil)
	last := uint64(0)
	for ; p.valid(); t.next(&p) {
		k := t.key(&p).hi
		if count <= 0 && k != last {
			return last + 1
		}
		f(t.cell(&p))
		last = k
		count--
	}
	return 0
}

// SetIter visits the members of a set: of an intset in their order, of a
// listpack in the order of their coming, of a big one by hash. It dies when the
// set is changed.
type SetIter struct {
	s       Set
	t       tree
	p       position
	started bool
	left    int    // members to come, of a packed set
	place   int    // in a packed set
	m       []byte // nil: it is in buf
	digits  int    // bytes of it there
	buf     MemberBuf
}

// Iter is before the first member.
func (s *Set) Iter() (it SetIter) {
	it.s = *s
	if s.enc == EncHashtable {
		it.t = s.tree()
		it.p = it.t.first()
		return it
	}
	it.left = s.Len()
	return it
}

// Next goes to the next member and reports whether there is one.
func (it *SetIter) Next() bool {
	if it.s.enc != EncHashtable {
		return it.nextPacked()
	}
	if it.started {
		it.t.next(&it.p)
	}
	it.started = true
	if !it.p.valid() {
		return false
	}
	it.m = it.t.cell(&it.p)
	return true
}

func (it *SetIter) nextPacked() bool {
	if it.left == 0 {
		return false
	}
	it.left--
	if it.started {
		it.place = it.s.nextPacked(it.place)
	} else {
		it.started = true
		it.place = it.s.firstPacked()
	}
	m := it.s.packedValue(it.place)
	if it.m = m.S; m.IsInt {
		it.m, it.digits = nil, len(m.Append(it.buf[:0]))
	}
	return true
}

// Member is the member that Next found. Its bytes are valid until the next one.
func (it *SetIter) Member() []byte {
	if it.m == nil {
		return it.buf[:it.digits]
	}
	return it.m
}

// hash is the hash of the member.
func (it *SetIter) hash() uint32 {
	if it.s.enc == EncHashtable {
		return uint32(it.t.key(&it.p).hi)
	}
	return it.s.sp.Hash(it.Member())
}

// At is member number i, in the order of an iterator. An integer of a packed set
// is written to buf.
func (s *Set) At(i int, buf *MemberBuf) []byte {
	if s.enc != EncHashtable {
		return s.packedAt(s.seekPacked(i), buf)
	}
	t := s.tree()
	p := t.at(i)
	return t.cell(&p)
}

// SetPicker answers At many times.
type SetPicker struct {
	s       Set
	offsets []uint32 // of a listpack
	buf     MemberBuf
}

// Picker dies when the set is changed.
func (s *Set) Picker() SetPicker {
	p := SetPicker{s: *s}
	if s.enc == EncListpack {
		p.offsets = make([]uint32, 0, s.Len())
		it := s.Iter()
		for it.Next() {
			p.offsets = append(p.offsets, uint32(it.place))
		}
	}
	return p
}

// At is member number i; its bytes are valid until the next call.
func (p *SetPicker) At(i int) []byte {
	if p.s.enc == EncListpack {
		return p.s.packedAt(int(p.offsets[i]), &p.buf)
	}
	return p.s.At(i, &p.buf)
}
