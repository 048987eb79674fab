package rdb

import (
	"encoding/binary"
	"math"
	"strconv"

	"clusternode/internal/lzf"
)

// Reader takes the parts of values from bytes that may be hostile. Nothing it
// returns is longer than the bytes that are left could say.
type Reader struct {
	b       []byte
	at      int    // of the next byte
	version int    // of the format
	text    []byte // the last string that does not lie in b as it is
	spare   []byte // the one before: two strings are alive at a time
}

// NewReader reads from b, which has the format of the version.
func NewReader(b []byte, version int) *Reader { return &Reader{b: b, version: version} }

// Len is how many bytes are left.
func (r *Reader) Len() int { return len(r.b) - r.at }

// bytes takes the next n bytes, in place.
func (r *Reader) bytes(n uint64) ([]byte, error) {
	if n > uint64(r.Len()) {
		return nil, r.corrupt("%d bytes wanted, %d left", n, r.Len())
	}
	b := r.b[r.at : r.at+int(n) : r.at+int(n)]
	r.at += int(n)
	return b, nil
}

// byte takes one.
func (r *Reader) byte() (byte, error) {
	b, err := r.bytes(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

// uint64 takes eight bytes, the lowest first.
func (r *Reader) uint64() (uint64, error) {
	b, err := r.bytes(8)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(b), nil
}

// lengthOrForm takes a length. With isForm it is the form of a string instead.
func (r *Reader) lengthOrForm() (n uint64, isForm bool, err error) {
	first, err := r.byte()
	if err != nil {
		return 0, false, err
	}
	switch first >> 6 {
	case 0:
		return uint64(first), false, nil
	case 1:
		low, err := r.byte()
		return uint64(first&63)<<8 | uint64(low), false, err
	case 3:
		return uint64(first & 63), true, nil
	}
	switch first {
	case 0x80:
		b, err := r.bytes(4)
		if err != nil {
			return 0, false, err
		}
		return uint64(binary.BigEndian.Uint32(b)), false, nil
	case 0x81:
		b, err := r.bytes(8)
		if err != nil {
			return 0, false, err
		}
		return binary.BigEndian.Uint64(b), false, nil
	}
	return 0, false, r.corrupt("length of form %#x", first)
}

// number takes a length that counts nothing in the input: an ID, a time.
func (r *Reader) number() (uint64, error) {
	n, isForm, err := r.lengthOrForm()
	if err == nil && isForm {
		err = r.corrupt("form %d in place of a number", n)
	}
	return n, err
}

// count takes the number of elements that follow, each of which takes size
// bytes or more.
func (r *Reader) count(size int) (int, error) {
	n, err := r.number()
	if err != nil {
		return 0, err
	}
	if n > uint64(r.Len()/size) {
		return 0, r.corrupt("%d elements of %d bytes wanted, %d bytes left", n, size, r.Len())
	}
	return int(n), nil
}

// string takes a string. It lies in the input, or is alive until the next but
// one call.
func (r *Reader) string() ([]byte, error) {
	n, isForm, err := r.lengthOrForm()
	if err != nil {
		return nil, err
	}
	if !isForm {
		return r.bytes(n)
	}
	r.text, r.spare = r.spare, r.text
	switch n {
	case formInt8, formInt16, formInt32:
		b, err := r.bytes(1 << n)
		if err != nil {
			return nil, err
		}
		r.text = strconv.AppendInt(r.text[:0], signed(b), 10)
	case formLZF:
		if err := r.unpack(); err != nil {
			return nil, err
		}
	default:
		return nil, r.corrupt("string of form %d", n)
	}
	return r.text, nil
}

// signed is a number of 1 to 8 bytes, the lowest first.
func signed(b []byte) int64 {
	var n uint64
	for i, x := range b {
		n |= uint64(x) << (8 * i)
	}
	shift := 64 - 8*len(b)
	return int64(n<<shift) >> shift
}

// maxExpansion is how many bytes a byte of LZF can stand for at most: three
// bytes make 264.
const maxExpansion = 88

func (r *Reader) unpack() error {
	packed, err := r.number()
	if err != nil {
		return err
	}
	n, err := r.number()
	if err != nil {
		return err
	}
	b, err := r.bytes(packed)
	if err != nil {
		return err
	}
	if n > uint64(len(b))*maxExpansion {
		return r.corrupt("%d bytes of LZF for a string of %d", len(b), n)
	}
	if r.text, err = lzf.Decompress(r.text[:0], b, int(n)); err != nil {
		return r.corrupt("%v", err)
	}
	return nil
}

// copied takes a string that stays alive.
func (r *Reader) copied() ([]byte, error) {
	b, err := r.string()
	return append([]byte(nil), b...), err
}

// double takes a number of eight bytes that is not NaN.
func (r *Reader) double() (float64, error) {
	bits, err := r.uint64()
	if err != nil {
		return 0, err
	}
	f := math.Float64frombits(bits)
	if f != f {
		return 0, r.corrupt("NaN")
	}
	return f, nil
}

// Lengths of a score as text that are none.
const (
	textNaN         = 253
	textInfinite    = 254
	textNegInfinite = 255
)

// textDouble takes a number as text behind a byte for its length.
func (r *Reader) textDouble() (float64, error) {
	n, err := r.byte()
	if err != nil {
		return 0, err
	}
	switch n {
	case textNaN:
		return 0, r.corrupt("NaN")
	case textInfinite:
		return math.Inf(1), nil
	case textNegInfinite:
		return math.Inf(-1), nil
	}
	b, err := r.bytes(uint64(n))
	if err != nil {
		return 0, err
	}
	f, ok := parseScore(b)
	if !ok {
		return 0, r.corrupt("score %q", b)
	}
	return f, nil
}

// parseScore reads a number as servers print it.
func parseScore(b []byte) (float64, bool) {
	for _, c := range b {
		if c == '_' || c == 'x' || c == 'X' { // Go's own syntax
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(string(b), 64)
	if err != nil && !math.IsInf(f, 0) || f != f {
		return 0, false
	}
	return f, true
}
