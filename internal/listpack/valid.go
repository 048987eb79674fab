package listpack

import "encoding/binary"

// Valid reports whether bytes from outside are a listpack: its length, its
// count and, with deep, each entry and its way back. Each, if not nil, is called
// with every element of a deep check, and may refuse it.
func Valid(lp []byte, deep bool, each func(Value) bool) bool {
	if len(lp) < EmptySize || int(binary.LittleEndian.Uint32(lp)) != len(lp) || lp[len(lp)-1] != end {
		return false
	}
	if !deep {
		return true
	}
	count, pos, last := 0, HeaderSize, len(lp)-1
	for pos < last {
		size, ok := validEntry(lp[pos:last])
		if !ok {
			return false
		}
		if each != nil && !each(Get(lp, pos)) {
			return false
		}
		pos += size
		count++
	}
	n := int(binary.LittleEndian.Uint16(lp[4:]))
	return pos == last && (n == count || n == uncounted)
}

// validEntry checks the first entry of b and returns its length.
func validEntry(b []byte) (size int, ok bool) {
	need := 1
	switch first := b[0]; {
	case first >= str12 && first < str32:
		need = 2
	case first == str32:
		need = 5
	case first > int64b:
		return 0, false
	}
	if len(b) < need {
		return 0, false
	}
	size = dataSize(b, 0)
	back := backlenSize(size)
	if size < 0 || size > len(b)-back {
		return 0, false
	}
	var want [5]byte
	putBacklen(want[:], size)
	return size + back, string(b[size:size+back]) == string(want[:back])
}
