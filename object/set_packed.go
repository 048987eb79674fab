package object

import (
	"clusternode/internal/intset"
	"clusternode/internal/listpack"
)

// The packed forms of a set. A place is the number of a member of an intset, or
// the position of one in a listpack; -1 is none.

// emptySet is a set without members, made in buf.
func emptySet(enc Encoding, buf []byte) []byte {
	switch enc {
	case EncIntset:
		return intset.AppendEmpty(buf[:0])
	case EncListpack:
		return listpack.AppendEmpty(buf[:0])
	}
	return append(buf[:0], make([]byte, rootSize)...)
}

func (s *Set) findPacked(m []byte) (place int) {
	if s.enc == EncListpack {
		return listpack.Find(s.v, listpack.First(s.v), m, 0)
	}
	if x, ok := listpack.ParseInt(m); ok {
		if i, found := intset.Find(s.v, x); found {
			return i
		}
	}
	return -1
}

func (s *Set) hasPacked(m []byte) bool { return s.findPacked(m) >= 0 }

func (s *Set) firstPacked() (place int) {
	if s.enc == EncListpack {
		return listpack.First(s.v)
	}
	return 0
}

func (s *Set) nextPacked(place int) int {
	if s.enc == EncListpack {
		return listpack.Next(s.v, place)
	}
	return place + 1
}

// seekPacked is the place of member number i.
func (s *Set) seekPacked(i int) (place int) {
	if s.enc == EncListpack {
		return listpack.Seek(s.v, i)
	}
	return i
}

// packedValue is the member at a place.
func (s *Set) packedValue(place int) listpack.Value {
	if s.enc == EncListpack {
		return listpack.Get(s.v, place)
	}
	return listpack.Value{N: intset.At(s.v, place), IsInt: true}
}

// packedAt is the member at a place, in the value or, if it is an integer, in
// buf.
func (s *Set) packedAt(place int, buf *MemberBuf) []byte {
	m := s.packedValue(place)
	if m.IsInt {
		return m.Append(buf[:0])
	}
	return m.S
}

// appendPacked adds a member that a listpack does not have.
func (s *Set) appendPacked(m []byte) (added bool, err error) {
	at := len(s.v) - 1
	size := listpack.EntrySize(m)
	v, err := s.h.Resize(len(s.v) + size)
	if err != nil {
		return false, err
	}
	v[len(v)-1] = v[at] // the end mark
	listpack.PutEntry(v[at:], m)
	listpack.FixHeader(v, 1)
	s.v = v
	return true, nil
}

// insertInt puts x in front of member i of an intset.
func (s *Set) insertInt(i int, x int64) (added bool, err error) {
	width := max(intset.Width(s.v), intset.WidthOf(x))
	v, err := s.h.Resize(intset.Room(intset.Len(s.v)+1, width))
	if err != nil {
		return false, err
	}
	intset.Widen(v, width)
	intset.Open(v, i, x)
	s.v = v
	return true, nil
}

// removePacked removes the member at a place.
func (s *Set) removePacked(place int) (err error) {
	if s.enc == EncIntset {
		intset.Close(s.v, place)
		s.v, err = s.h.Resize(len(s.v) - intset.Width(s.v))
		return err
	}
	size := listpack.Size(s.v, place)
	copy(s.v[place:], s.v[place+size:])
	if s.v, err = s.h.Resize(len(s.v) - size); err == nil {
		listpack.FixHeader(s.v, -1)
	}
	return err
}

// intsToListpack makes an intset a listpack. After an error nothing is changed.
func (s *Set) intsToListpack() error {
	n := intset.Len(s.v)
	numbers := make([]int64, n)
	size := listpack.EmptySize
	for i := range numbers {
		numbers[i] = intset.At(s.v, i)
		size += listpack.IntEntrySize(numbers[i])
	}
	v, err := s.h.Resize(size)
	if err != nil {
		return err
	}
	v = listpack.AppendEmpty(v[:0])[:size]
	v[size-1] = v[listpack.EmptySize-1]
	at := listpack.HeaderSize
	for _, x := range numbers {
		at += listpack.PutInt(v[at:], x)
	}
	listpack.FixHeader(v, n)
	s.v, s.enc = v, EncListpack
	s.h.SetEncoding(EncListpack)
	return nil
}
