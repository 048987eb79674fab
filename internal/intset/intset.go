package intset

import (
	"encoding/binary"
	"math"
	"slices"
)

// HeaderSize is what an intset without members has, in bytes.
const HeaderSize = 8

// AppendEmpty appends an intset without members.
func AppendEmpty(dst []byte) []byte { return append(dst, 2, 0, 0, 0, 0, 0, 0, 0) }

// Len is the number of members.
func Len(is []byte) int { return int(binary.LittleEndian.Uint32(is[4:])) }

// Width is the length of a member, in bytes.
func Width(is []byte) int { return int(binary.LittleEndian.Uint32(is)) }

// WidthOf is the least width that holds n.
func WidthOf(n int64) int {
	switch {
	case n == int64(int16(n)):
		return 2
	case n == int64(int32(n)):
		return 4
	}
	return 8
}

// At is member number i.
func At(is []byte, i int) int64 { return at(is[HeaderSize:], Width(is), i) }

func at(b []byte, width, i int) int64 {
	switch width {
	case 2:
		return int64(int16(binary.LittleEndian.Uint16(b[2*i:])))
	case 4:
		return int64(int32(binary.LittleEndian.Uint32(b[4*i:])))
	}
	return int64(binary.LittleEndian.Uint64(b[8*i:]))
}

func put(b []byte, width, i int, n int64) {
	switch width {
	case 2:
		binary.LittleEndian.PutUint16(b[2*i:], uint16(n))
	case 4:
		binary.LittleEndian.PutUint32(b[4*i:], uint32(n))
	default:
		binary.LittleEndian.PutUint64(b[8*i:], uint64(n))
	}
}

// Find is the number of members below n, and whether n is one.
func Find(is []byte, n int64) (i int, found bool) {
	width, b := Width(is), is[HeaderSize:]
	lo, hi := 0, Len(is)
	if hi > 0 && at(b, width, hi-1) < n { // members often come in order
		return hi, false
	}
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); at(b, width, mid) < n {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, lo < Len(is) && at(b, width, lo) == n
}

// Room is the length of a set of count members of the given width, in bytes.
func Room(count, width int) int { return HeaderSize + count*width }

// Widen makes the members of a set width bytes wide. The bytes have been made
// long enough, at the end.
func Widen(is []byte, width int) {
	old, b := Width(is), is[HeaderSize:]
	if old == width {
		return
	}
	for i := Len(is) - 1; i >= 0; i-- {
		put(b, width, i, at(b, old, i))
	}
	binary.LittleEndian.PutUint32(is, uint32(width))
}

// Open puts n in front of member i. The set is wide enough and the bytes have
// been made long enough, at the end.
func Open(is []byte, i int, n int64) {
	width, b, count := Width(is), is[HeaderSize:], Len(is)
	copy(b[(i+1)*width:(count+1)*width], b[i*width:count*width])
	put(b, width, i, n)
	binary.LittleEndian.PutUint32(is[4:], uint32(count+1))
}

// Close takes member i out. The last Width bytes are free then.
func Close(is []byte, i int) {
	width, b, count := Width(is), is[HeaderSize:], Len(is)
	copy(b[i*width:], b[(i+1)*width:count*width])
	binary.LittleEndian.PutUint32(is[4:], uint32(count-1))
}

// Insert adds a member and reports whether it was new.
func Insert(is []byte, n int64) ([]byte, bool) {
	i, found := Find(is, n)
	if found {
		return is, false
	}
	width := max(Width(is), WidthOf(n))
	size := Room(Len(is)+1, width)
	is = slices.Grow(is, size-len(is))[:size]
	Widen(is, width)
	Open(is, i, n)
	return is, true
}

// Remove takes a member out and reports whether it was there.
func Remove(is []byte, n int64) ([]byte, bool) {
	i, found := Find(is, n)
	if !found {
		return is, false
	}
	Close(is, i)
	return is[:len(is)-Width(is)], true
}

// Valid reports whether bytes from outside are an intset: its width and length
// and, with deep, the order of the members.
func Valid(is []byte, deep bool) bool {
	if len(is) < HeaderSize {
		return false
	}
	width, count := uint64(binary.LittleEndian.Uint32(is)), uint64(binary.LittleEndian.Uint32(is[4:]))
	if width != 2 && width != 4 && width != 8 || uint64(len(is)) != HeaderSize+count*width || count == 0 {
		return false
	}
	last := int64(math.MinInt64)
	for i := range int(count) {
		if !deep {
			break
		}
		n := At(is, i)
		if i > 0 && n <= last {
			return false
		}
		last = n
	}
	return true
}
