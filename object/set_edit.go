package object

import (
	"bytes"
	"slices"
	"unsafe"

	"clusternode/internal/intset"
	"clusternode/internal/listpack"
)

// Changes of a set follow the rules of Redis 7.2 for its encoding: an intset
// becomes a listpack with the first member that is no integer, and either a
// tree above its limit; nothing goes back.

const (
	maxPackedBytes = 1 << 30 // of a listpack
	maxIntset      = 1 << 30 // members of an intset, whatever the limit
)

// FirstSetEncoding is the encoding in which a set begins that is made for n
// members, the first of which is m.
func FirstSetEncoding(m []byte, n int, lim SetLimits) Encoding {
	if _, ok := listpack.ParseInt(m); ok && n <= lim.Intset {
		return EncIntset
	}
	if n <= lim.Listpack {
		return EncListpack
	}
	return EncHashtable
}

// SetOfOne is the value of a set with one member, made in buf. If it is a big
// one, it is still empty.
func SetOfOne(buf, m []byte, lim SetLimits) (Encoding, []byte) {
	enc := FirstSetEncoding(m, 1, lim)
	if enc == EncListpack && len(m) > lim.Value {
		enc = EncHashtable
	}
	buf = emptySet(enc, buf)
	switch enc {
	case EncIntset:
		x, _ := listpack.ParseInt(m)
		buf, _ = intset.Insert(buf, x)
	case EncListpack:
		mark := buf[listpack.HeaderSize]
		buf = append(listpack.AppendEntry(buf[:listpack.HeaderSize], m), mark)
		listpack.FixHeader(buf, 1)
	}
	return enc, buf
}

// AddAll adds members and returns how many were new. If there is no memory the
// first ones have been added. The members do not lie in the arena.
func (s *Set) AddAll(members [][]byte, lim SetLimits) (added int, err error) {
	n := len(members)
	if s.enc == EncListpack && n > lim.Listpack || s.enc == EncIntset && n > lim.Intset {
		if err := s.toTree(); err != nil {
			return 0, err
		}
	}
	if s.enc == EncHashtable && n >= sortFrom {
		return s.addSorted(members)
	}
	for _, m := range members {
		isNew, err := s.Add(m, &lim)
		if err != nil {
			return added, err
		}
		if isNew {
			added++
		}
	}
	return added, nil
}

// sortFrom is the number of members from which on they are added to a big set
// in the order of their hashes, so that neighbours meet the same leaf.
const sortFrom = 16

func (s *Set) addSorted(members [][]byte) (added int, err error) {
	order := make([]uint64, len(members))
	for i, m := range members {
		order[i] = uint64(s.sp.Hash(m))<<32 | uint64(i)
	}
	slices.Sort(order)
	t := s.tree()
	for _, o := range order {
		isNew, err := addToTree(&t, uint32(o>>32), members[uint32(o)])
		if err != nil {
			return added, err
		}
		if isNew {
			added++
		}
	}
	return added, nil
}

// addToTree adds a member with its hash unless the tree has it.
func addToTree(t *tree, h uint32, m []byte) (added bool, err error) {
	k := key{hi: uint64(h)}
	p := t.seek(k, m)
	if t.isAt(&p, k, m) {
		return false, nil
	}
	if err := t.insertAt(&p, k, m); err != nil {
		return false, err
	}
	return true, nil
}

// isAt reports whether the cell at a position that seek returned, or the one
// behind if that is the end of a leaf, has the key and is m.
func (t *tree) isAt(p *position, k key, m []byte) bool {
	switch {
	case p.l.p == nil:
		return false
	case p.i == p.l.len():
		q := *p
		return t.nextLeaf(&q) && t.key(&q) == k && bytes.Equal(t.cell(&q), m)
	}
	return t.key(p) == k && bytes.Equal(t.cell(p), m)
}

// Add adds a member and reports whether it was new. After an error nothing is
// changed. The member does not lie in the arena.
func (s *Set) Add(m []byte, lim *SetLimits) (added bool, err error) {
	switch s.enc {
	case EncHashtable:
		t := s.tree()
		return addToTree(&t, s.sp.Hash(m), m)
	case EncListpack:
		if s.hasPacked(m) {
			return false, nil
		}
	}
	return s.addPacked(m, lim)
}

// addPacked is Add to a packed set. A listpack does not have the member.
func (s *Set) addPacked(m []byte, lim *SetLimits) (added bool, err error) {
	if s.enc == EncListpack {
		if s.Len() >= lim.Listpack || len(m) > lim.Value || len(s.v)+len(m) > maxPackedBytes {
			return s.growOutOf(m)
		}
		return s.appendPacked(m)
	}
	if x, ok := listpack.ParseInt(m); ok {
		i, found := intset.Find(s.v, x)
		switch {
		case found:
			return false, nil
		case s.Len() >= min(lim.Intset, maxIntset):
			return s.growOutOf(m)
		}
		return s.insertInt(i, x)
	}
	if !s.fitsListpack(m, lim) {
		return s.growOutOf(m)
	}
	if err := s.intsToListpack(); err != nil {
		return false, err
	}
	return s.appendPacked(m)
}

// growOutOf makes a packed set a tree and adds a member that it does not have.
// After an error the tree may have been made.
func (s *Set) growOutOf(m []byte) (added bool, err error) {
	if err := s.toTree(); err != nil {
		return false, err
	}
	t := s.tree()
	return addToTree(&t, s.sp.Hash(m), m)
}

// fitsListpack reports whether an intset becomes a listpack, not a tree, with
// the member m, which is no integer.
func (s *Set) fitsListpack(m []byte, lim *SetLimits) bool {
	n := s.Len()
	longest := len(m)
	if n > 0 {
		var buf MemberBuf
		longest = max(longest, len(s.packedAt(0, &buf)), len(s.packedAt(n-1, &buf)))
	}
	return n < lim.Listpack && longest <= lim.Value && n*len(MemberBuf{})+len(m) <= maxPackedBytes
}

// toTree makes a packed set a big one.
func (s *Set) toTree() error {
	var r root
	t := tree{s.sp, &setShape, &r}
	var buf MemberBuf
	for _, o := range s.byHash() {
		if _, err := addToTree(&t, o.hash, s.packedAt(int(o.at), &buf)); err != nil {
			t.drop()
			return err
		}
	}
	v, err := s.h.Resize(rootSize)
	if err != nil {
		t.drop()
		return err
	}
	s.v, s.enc = v, EncHashtable
	s.h.SetEncoding(EncHashtable)
	*(*root)(unsafe.Pointer(&v[0])) = r
	return nil
}

// drop frees the tree of a root that no value has.
func (t *tree) drop() {
	b := unsafe.Slice((*byte)(unsafe.Pointer(t.r)), rootSize)
	Detach(t.sp, TypeSet, EncHashtable, b).Free(maxInt)
}

// Remove removes a member and reports whether it was there. Only while a
// snapshot is open can it fail; then nothing is changed.
func (s *Set) Remove(m []byte) (removed bool, err error) {
	if s.enc != EncHashtable {
		at := s.findPacked(m)
		if at < 0 {
			return false, nil
		}
		return true, s.removePacked(at)
	}
	t := s.tree()
	p, found := t.find(key{hi: uint64(s.sp.Hash(m))}, m)
	if !found {
		return false, nil
	}
	if err := t.removeAt(&p); err != nil {
		return false, err
	}
	return true, nil
}

// RemoveAt removes member number i, in the order of an iterator.
func (s *Set) RemoveAt(i int) error {
	if s.enc != EncHashtable {
		return s.removePacked(s.seekPacked(i))
	}
	t := s.tree()
	p := t.at(i)
	return t.removeAt(&p)
}
