package listpack

import "encoding/binary"

// Sizes of what is around the entries.
const (
	HeaderSize = 6
	EmptySize  = 7

	uncounted = 1<<16 - 1
)

// AppendEmpty appends a listpack without elements.
func AppendEmpty(dst []byte) []byte { return append(dst, EmptySize, 0, 0, 0, 0, 0, end) }

// Len is the number of elements.
func Len(lp []byte) int {
	n := int(binary.LittleEndian.Uint16(lp[4:]))
	if n != uncounted {
		return n
	}
	n = 0
	for pos := First(lp); pos >= 0; pos = Next(lp, pos) {
		n++
	}
	return n
}

// First is the position of the first element, -1 if there is none.
func First(lp []byte) int { return atElement(lp, HeaderSize) }

func atElement(lp []byte, pos int) int {
	if lp[pos] == end {
		return -1
	}
	return pos
}

// Last is the position of the last element, -1 if there is none.
func Last(lp []byte) int { return Prev(lp, len(lp)-1) }

// Size is the length of the entry at pos, with backlen.
func Size(lp []byte, pos int) int {
	n := dataSize(lp, pos)
	return n + backlenSize(n)
}

// Next is the position behind the element at pos, -1 if it is the last.
func Next(lp []byte, pos int) int { return atElement(lp, pos+Size(lp, pos)) }

// Prev is the position before the one at pos, which may be the end mark's; -1 if
// there is none.
func Prev(lp []byte, pos int) int {
	if pos <= HeaderSize {
		return -1
	}
	n, at, shift := 0, pos-1, 0
	for {
		b := lp[at]
		n |= int(b&127) << shift
		if b&128 == 0 {
			break
		}
		shift += 7
		at--
	}
	return at - n
}

// Seek is the position of element number index; negative ones count from the
// end. -1: there is none.
func Seek(lp []byte, index int) int {
	n := int(binary.LittleEndian.Uint16(lp[4:]))
	switch {
	case n == uncounted:
		n = -1
	case index < -n || index >= n:
		return -1
	case index > n/2:
		index -= n
	case index < -n/2:
		index += n
	}
	if index < 0 {
		pos := Last(lp)
		for index++; index < 0 && pos >= 0; index++ {
			pos = Prev(lp, pos)
		}
		return pos
	}
	pos := First(lp)
	for ; index > 0 && pos >= 0; index-- {
		pos = Next(lp, pos)
	}
	return pos
}

// Find is the position of the first element equal to s, at or behind pos, when
// skip elements are passed over after each that is compared; -1: none. Fields of
// field and value pairs are found with skip 1.
func Find(lp []byte, pos int, s []byte, skip int) int {
	if pos < 0 {
		return -1
	}
	n, isInt := ParseInt(s)
	skipped := 0
	for lp[pos] != end {
		size := dataSize(lp, pos)
		if skipped == 0 {
			if matches(lp, pos, size, s, n, isInt) {
				return pos
			}
			skipped = skip
		} else {
			skipped--
		}
		pos += size + backlenSize(size)
	}
	return -1
}

// matches compares the entry at pos with a string that is the integer n if
// isInt. An integer is always stored as one.
func matches(lp []byte, pos, size int, s []byte, n int64, isInt bool) bool {
	b := lp[pos]
	switch {
	case b&0xC0 == str6:
		return !isInt && size == 1+len(s) && string(lp[pos+1:pos+size]) == string(s)
	case b < str6:
		return isInt && n == int64(b)
	case b&0xF0 == str12:
		return !isInt && size == 2+len(s) && string(lp[pos+2:pos+size]) == string(s)
	case b == str32:
		return !isInt && size == 5+len(s) && string(lp[pos+5:pos+size]) == string(s)
	}
	return isInt && Get(lp, pos).N == n
}

// FixHeader writes the header of a listpack that fills lp after delta elements
// were added or, negative, removed.
func FixHeader(lp []byte, delta int) {
	binary.LittleEndian.PutUint32(lp, uint32(len(lp)))
	n := int(binary.LittleEndian.Uint16(lp[4:]))
	if n == uncounted {
		return // only a recount could tell
	}
	binary.LittleEndian.PutUint16(lp[4:], uint16(min(n+delta, uncounted)))
}

// Splice replaces the del bytes at pos by whole entries, delta more than are
// replaced, and returns the listpack, which may have moved.
func Splice(lp []byte, pos, del int, entries []byte, delta int) []byte {
	n := len(lp)
	grow := len(entries) - del
	switch {
	case grow > 0:
		lp = append(lp, entries[:grow]...) // any bytes
		copy(lp[pos+len(entries):], lp[pos+del:n])
	case grow < 0:
		copy(lp[pos+len(entries):], lp[pos+del:])
		lp = lp[:n+grow]
	}
	copy(lp[pos:], entries)
	FixHeader(lp, delta)
	return lp
}
