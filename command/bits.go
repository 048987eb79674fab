package command

import (
	"encoding/binary"
	"math/bits"
)

// countBits counts the ones among the bits first to limit-1 of p. There is at
// least one bit, and all are inside p.
func countBits(p []byte, first, limit int64) int64 {
	head, tail := byte(0xff)>>(first&7), byte(0xff)<<(7-(limit-1)&7)
	from, to := first>>3, (limit-1)>>3
	if from == to {
		return int64(bits.OnesCount8(p[from] & head & tail))
	}
	n := bits.OnesCount8(p[from]&head) + bits.OnesCount8(p[to]&tail)
	return int64(n) + onesIn(p[from+1:to])
}

// onesIn counts the ones of whole bytes.
func onesIn(p []byte) int64 {
	n := 0
	for ; len(p) >= 32; p = p[32:] {
		n += bits.OnesCount64(binary.NativeEndian.Uint64(p)) +
			bits.OnesCount64(binary.NativeEndian.Uint64(p[8:])) +
			bits.OnesCount64(binary.NativeEndian.Uint64(p[16:])) +
			bits.OnesCount64(binary.NativeEndian.Uint64(p[24:]))
	}
	for ; len(p) >= 8; p = p[8:] {
		n += bits.OnesCount64(binary.NativeEndian.Uint64(p))
	}
	for _, b := range p {
		n += bits.OnesCount8(b)
	}
	return int64(n)
}

// findBit is the position of the first bit of that value among the bits first
// to limit-1 of p, limit if there is none.
func findBit(p []byte, bit byte, first, limit int64) int64 {
	flip := bit - 1 // so that a one is looked for
	at := first >> 3
	end := (limit + 7) >> 3
	if b := (p[at] ^ flip) & (0xff >> (first & 7)); b != 0 {
		return min(at*8+int64(bits.LeadingZeros8(b)), limit)
	}
	skip := uint64(flip) * 0x0101010101010101
	for at++; at+8 <= end; at += 8 {
		if w := binary.BigEndian.Uint64(p[at:]) ^ skip; w != 0 {
			return min(at*8+int64(bits.LeadingZeros64(w)), limit)
		}
	}
	for ; at < end; at++ {
		if b := p[at] ^ flip; b != 0 {
			return min(at*8+int64(bits.LeadingZeros8(b)), limit)
		}
	}
	return limit
}
