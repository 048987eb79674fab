package listpack

import (
	"encoding/binary"
	"math"
	"strconv"
)

// First bytes of the encodings.
const (
	str6   = 0x80
	int13  = 0xC0
	str12  = 0xE0
	str32  = 0xF0
	int16b = 0xF1
	int24b = 0xF2
	int32b = 0xF3
	int64b = 0xF4
	end    = 0xFF
)

// Value is an element: a string, or an integer that stands for its decimal form.
type Value struct {
	S     []byte // in place
	N     int64
	IsInt bool
}

// Append appends the element as a string.
func (v Value) Append(dst []byte) []byte {
	if v.IsInt {
		return strconv.AppendInt(dst, v.N, 10)
	}
	return append(dst, v.S...)
}

// Len is the length of the element as a string.
func (v Value) Len() int {
	if !v.IsInt {
		return len(v.S)
	}
	n, digits := v.N, 1
	if n < 0 {
		digits++
	}
	for n >= 10 || n <= -10 {
		n /= 10
		digits++
	}
	return digits
}

// Equal compares the element with a string.
func (v Value) Equal(s []byte) bool {
	if !v.IsInt {
		return string(v.S) == string(s)
	}
	n, ok := ParseInt(s)
	return ok && n == v.N
}

// Int is the element as an integer, if it is the canonical form of one.
func (v Value) Int() (int64, bool) {
	if v.IsInt {
		return v.N, true
	}
	return 0, false
}

// ParseInt reads the canonical decimal form of an integer: no sign but a minus,
// no leading zero.
func ParseInt(s []byte) (int64, bool) {
	if len(s) == 0 || len(s) > 20 {
		return 0, false
	}
	if len(s) == 1 {
		d := s[0] - '0'
		return int64(d), d <= 9
	}
	neg := s[0] == '-'
	if neg {
		s = s[1:]
	}
	if s[0] < '1' || s[0] > '9' || len(s) > 19 {
		return 0, false
	}
	var n uint64
	for _, b := range s {
		d := b - '0'
		if d > 9 {
			return 0, false
		}
		n = n*10 + uint64(d)
	}
	switch {
	case neg && n <= 1<<63:
		return -int64(n), true
	case !neg && n < 1<<63:
		return int64(n), true
	}
	return 0, false
}

// backlenSize is the length of the backlen of an entry of n bytes. The limits
// are one short of what the bytes could hold, as Redis has them.
func backlenSize(n int) int {
	switch {
	case n <= 127:
		return 1
	case n < 1<<14-1:
		return 2
	case n < 1<<21-1:
		return 3
	case n < 1<<28-1:
		return 4
	}
	return 5
}

// putBacklen writes the backlen of an entry of n bytes and returns its length.
func putBacklen(dst []byte, n int) int {
	size := backlenSize(n)
	for i := size - 1; i > 0; i-- {
		dst[i] = byte(n)&127 | 128
		n >>= 7
	}
	dst[0] = byte(n)
	return size
}

// intSize is the length of an integer without backlen.
func intSize(n int64) int {
	switch {
	case n >= 0 && n <= 127:
		return 1
	case n >= -4096 && n <= 4095:
		return 2
	case n == int64(int16(n)):
		return 3
	case n >= -1<<23 && n < 1<<23:
		return 4
	case n == int64(int32(n)):
		return 5
	}
	return 9
}

// strSize is the length of a string of n bytes without backlen.
func strSize(n int) int {
	switch {
	case n < 64:
		return 1 + n
	case n < 4096:
		return 2 + n
	}
	return 5 + n
}

// IntEntrySize is the length of the entry of an integer.
func IntEntrySize(n int64) int {
	size := intSize(n)
	return size + backlenSize(size)
}

// EntrySize is the length of the entry of an element.
func EntrySize(s []byte) int {
	if n, ok := ParseInt(s); ok {
		return IntEntrySize(n)
	}
	size := strSize(len(s))
	return size + backlenSize(size)
}

// PutInt writes the entry of an integer and returns its length.
func PutInt(dst []byte, n int64) int {
	size := intSize(n)
	switch size {
	case 1:
		dst[0] = byte(n)
	case 2:
		dst[0], dst[1] = int13|byte(n>>8)&0x1F, byte(n)
	case 3:
		dst[0] = int16b
		binary.LittleEndian.PutUint16(dst[1:], uint16(n))
	case 4:
		dst[0], dst[1], dst[2], dst[3] = int24b, byte(n), byte(n>>8), byte(n>>16)
	case 5:
		dst[0] = int32b
		binary.LittleEndian.PutUint32(dst[1:], uint32(n))
	default:
		dst[0] = int64b
		binary.LittleEndian.PutUint64(dst[1:], uint64(n))
	}
	return size + putBacklen(dst[size:], size)
}

// PutEntry writes the entry of an element and returns its length.
func PutEntry(dst, s []byte) int {
	if n, ok := ParseInt(s); ok {
		return PutInt(dst, n)
	}
	n, at := len(s), 1
	switch {
	case n < 64:
		dst[0] = str6 | byte(n)
	case n < 4096:
		dst[0], dst[1] = str12|byte(n>>8), byte(n)
		at = 2
	default:
		dst[0] = str32
		binary.LittleEndian.PutUint32(dst[1:], uint32(n))
		at = 5
	}
	at += copy(dst[at:], s)
	return at + putBacklen(dst[at:], at)
}

// AppendInt appends the entry of an integer.
func AppendInt(dst []byte, n int64) []byte {
	var b [14]byte
	return append(dst, b[:PutInt(b[:], n)]...)
}

// AppendEntry appends the entry of an element.
func AppendEntry(dst, s []byte) []byte {
	if n, ok := ParseInt(s); ok {
		return AppendInt(dst, n)
	}
	var b [5]byte
	switch n := len(s); {
	case n < 64:
		dst = append(dst, str6|byte(n))
	case n < 4096:
		dst = append(dst, str12|byte(n>>8), byte(n))
	default:
		binary.LittleEndian.PutUint32(b[:], uint32(n))
		dst = append(append(dst, str32), b[:4]...)
	}
	dst = append(dst, s...)
	return append(dst, b[:putBacklen(b[:], strSize(len(s)))]...)
}

// dataSize is the length of the entry at pos without backlen.
func dataSize(lp []byte, pos int) int {
	switch b := lp[pos]; {
	case b < str6:
		return 1
	case b < int13:
		return 1 + int(b&0x3F)
	case b < str12:
		return 2
	case b < str32:
		return 2 + int(b&0x0F)<<8 + int(lp[pos+1])
	case b == str32:
		return 5 + int(binary.LittleEndian.Uint32(lp[pos+1:]))
	case b == int16b:
		return 3
	case b == int24b:
		return 4
	case b == int32b:
		return 5
	}
	return 9
}

// Get is the element at pos, which is one.
func Get(lp []byte, pos int) Value {
	switch b := lp[pos]; {
	case b < str6:
		return Value{N: int64(b), IsInt: true}
	case b < int13:
		return Value{S: lp[pos+1 : pos+1+int(b&0x3F)]}
	case b < str12:
		return Value{N: int64(int16(uint16(b)<<11|uint16(lp[pos+1])<<3)) >> 3, IsInt: true}
	case b < str32:
		n := int(b&0x0F)<<8 + int(lp[pos+1])
		return Value{S: lp[pos+2 : pos+2+n]}
	case b == str32:
		n := int(binary.LittleEndian.Uint32(lp[pos+1:]))
		return Value{S: lp[pos+5 : pos+5+n]}
	case b == int16b:
		return Value{N: int64(int16(binary.LittleEndian.Uint16(lp[pos+1:]))), IsInt: true}
	case b == int24b:
		n := uint32(lp[pos+1])<<8 | uint32(lp[pos+2])<<16 | uint32(lp[pos+3])<<24
		return Value{N: int64(int32(n) >> 8), IsInt: true}
	case b == int32b:
		return Value{N: int64(int32(binary.LittleEndian.Uint32(lp[pos+1:]))), IsInt: true}
	}
	return Value{N: int64(binary.LittleEndian.Uint64(lp[pos+1:])), IsInt: true}
}

// MaxString is the longest element, in bytes.
const MaxString = math.MaxUint32
