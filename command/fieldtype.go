package command

import "encoding/binary"

// overflowRule is what BITFIELD does with a value that its type cannot hold.
type overflowRule uint8

const (
	overflowWrap overflowRule = iota // keep the low bits
	overflowSat                      // take the nearest value of the type
	overflowFail                     // do nothing
)

// get reads the integer whose first bit is at offset. Bits behind the end of p
// are zero.
func (t fieldType) get(p []byte, offset int64) int64 {
	var buf [9]byte // 64 bits touch nine bytes
	if at := offset >> 3; at < int64(len(p)) {
		copy(buf[:], p[at:])
	}
	shift := uint(offset & 7)
	v := binary.BigEndian.Uint64(buf[:])<<shift | uint64(buf[8])>>(8-shift)
	if t.signed {
		return int64(v) >> (64 - t.width)
	}
	return int64(v >> (64 - t.width))
}

// put writes the low bits of v to offset, inside p.
func (t fieldType) put(p []byte, offset, v int64) {
	shift := uint(offset & 7)
	var value, mask [9]byte
	spread(&value, uint64(v)<<(64-t.width), shift)
	spread(&mask, ^uint64(0)<<(64-t.width), shift)
	p = p[offset>>3:]
	for i := 0; i < (int(shift)+t.width+7)/8; i++ {
		p[i] = p[i]&^mask[i] | value[i]
	}
}

// spread lays 64 bits out, moved right by shift, 0 to 7.
func spread(buf *[9]byte, v uint64, shift uint) {
	binary.BigEndian.PutUint64(buf[:], v>>shift)
	buf[8] = byte(v << (8 - shift))
}

// add returns v+by, made to fit the type as the rule says; false if it does
// not fit and the rule is to fail. v may be outside the type: a value to set.
// An unsigned v stands for its 64 bits.
func (t fieldType) add(v, by int64, rule overflowRule) (int64, bool) {
	limit, over := int64(0), false
	if t.signed {
		limit, over = t.signedOverflow(v, by)
	} else {
		limit, over = t.unsignedOverflow(uint64(v), by)
	}
	switch {
	case !over:
		return v + by, true
	case rule == overflowFail:
		return 0, false
	case rule == overflowSat:
		return limit, true
	case t.signed:
		return (v + by) << (64 - t.width) >> (64 - t.width), true
	}
	return int64(uint64(v+by) << (64 - t.width) >> (64 - t.width)), true
}

// signedOverflow says whether v+by is outside the type, and at which end. Room
// is computed modulo 2^64 and compared before the low end is looked at, as in
// Redis: there a SET of a value within 2^(width-1) of the lowest int64
// overflows at the high end.
func (t fieldType) signedOverflow(v, by int64) (limit int64, over bool) {
	high := int64(1)<<(t.width-1) - 1
	low := -high - 1
	room := high - v
	switch narrow := t.width < 64; {
	case v > high || by > room && (narrow || v >= 0 && by > 0):
		return high, true
	case v < low || by < low-v && (narrow || v < 0 && by < 0):
		return low, true
	}
	return 0, false
}

// unsignedOverflow says whether v+by is outside the type, and at which end.
func (t fieldType) unsignedOverflow(v uint64, by int64) (limit int64, over bool) {
	high := uint64(1)<<t.width - 1
	switch {
	case v > high || by > 0 && uint64(by) > high-v:
		return int64(high), true
	case by < 0 && uint64(-by) > v:
		return 0, true
	}
	return 0, false
}
