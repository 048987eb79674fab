package lzf

import (
	"errors"
	"math"
)

const (
	hashBits   = 16
	maxLiteral = 32
	maxBack    = 1 << 13
	maxRepeat  = 264
	minInput   = 3 // shorter texts have no repeat
)

// Compressor holds the table of places. The zero value is ready; it serves one
// goroutine at a time.
type Compressor struct {
	place [1 << hashBits]uint32 // base of its text + index of the three bytes + 1
	// base is where the texts before this one end: their places are not above
	// it, so that the table need not be cleared for each text.
	base, end uint32
}

// begin makes the places of the texts before stale.
func (c *Compressor) begin(n int) {
	if uint64(c.end)+uint64(n)+1 > math.MaxUint32 {
		clear(c.place[:])
		c.end = 0
	}
	c.base = c.end
	c.end += uint32(n)
}

// hash mixes the three bytes in the low 24 bits of v.
func hash(v uint32) uint32 { return (v>>(24-hashBits) - v*5) & (1<<hashBits - 1) }

// Compress appends src in compressed form to dst. It reports false, with dst as
// it was, if that takes more than limit bytes or comes within a few bytes of
// it: where exactly it gives up is liblzf's choice, too. src is shorter than
// 4 GiB.
func (c *Compressor) Compress(dst, src []byte, limit int) ([]byte, bool) {
	if len(src) < minInput || len(src) > math.MaxUint32-1 {
		return dst, false
	}
	c.begin(len(src))
	start, from := len(dst), 0 // from: the first literal that is not written yet
	end := len(src) - 2        // the last two bytes begin nothing
	// used is the output so far, with the literals and their control byte.
	used := func(i int) int { return len(dst) - start + 1 + i - from }
	i := 0
	for i < end {
		back, ok := c.find(src, i)
		if !ok {
			if used(i) >= limit {
				return dst[:start], false
			}
			if i++; i-from == maxLiteral {
				dst = appendLiterals(dst, src[from:i])
				from = i
			}
			continue
		}
		if room := limit - used(i); room <= 4 && (i > from || room <= 3) {
			return dst[:start], false
		}
		dst = appendLiterals(dst, src[from:i])
		n := repeatLength(src, i, back)
		dst = appendRepeat(dst, n, back)
		i += n
		from = i
		if i >= end {
			break
		}
		for at := i - 2; at < i; at++ {
			c.place[hash(three(src, at))] = c.base + uint32(at+1)
		}
	}
	if used(i)+3 > limit {
		return dst[:start], false
	}
	for len(src)-from > maxLiteral {
		dst = appendLiterals(dst, src[from:from+maxLiteral])
		from += maxLiteral
	}
	dst = appendLiterals(dst, src[from:])
	return dst, true
}

func three(src []byte, i int) uint32 {
	return uint32(src[i])<<16 | uint32(src[i+1])<<8 | uint32(src[i+2])
}

// find enters the three bytes at i into the table and returns how far back
// they stood last, if that is known and near enough.
func (c *Compressor) find(src []byte, i int) (back int, ok bool) {
	v := three(src, i)
	slot := &c.place[hash(v)]
	last := int(*slot) - int(c.base) - 1
	*slot = c.base + uint32(i+1)
	if last <= 0 || i-last > maxBack || three(src, last) != v {
		return 0, false
	}
	return i - last, true
}

// repeatLength is the length of the repeat at i. Up to 16 bytes are compared
// without a look at the limit if there is room, which makes a difference close
// to the end of src.
func repeatLength(src []byte, i, back int) int {
	most := min(len(src)-i-2, maxRepeat)
	n := 2
	if most > 16 {
		for range 16 {
			if n++; src[i+n] != src[i-back+n] {
				return n
			}
		}
	}
	for {
		if n++; n >= most || src[i+n] != src[i-back+n] {
			return n
		}
	}
}

// appendLiterals writes one run of at most 32 bytes.
func appendLiterals(dst, run []byte) []byte {
	if len(run) == 0 {
		return dst
	}
	dst = append(dst, byte(len(run)-1))
	return append(dst, run...)
}

func appendRepeat(dst []byte, n, back int) []byte {
	o := back - 1
	if n-2 < 7 {
		dst = append(dst, byte((n-2)<<5|o>>8))
	} else {
		dst = append(dst, byte(7<<5|o>>8), byte(n-2-7))
	}
	return append(dst, byte(o))
}

// ErrCorrupt is returned for input that is not in the format, or does not have
// the length that was promised.
var ErrCorrupt = errors.New("lzf: corrupt input")

// Decompress appends the text of src, which has exactly n bytes, to dst.
func Decompress(dst, src []byte, n int) ([]byte, error) {
	start := len(dst)
	for i := 0; i < len(src); {
		control := int(src[i])
		i++
		if control < maxLiteral {
			end := i + control + 1
			if end > len(src) || len(dst)-start+control+1 > n {
				return dst[:start], ErrCorrupt
			}
			dst = append(dst, src[i:end]...)
			i = end
			continue
		}
		length := control >> 5
		if length == 7 {
			if i == len(src) {
				return dst[:start], ErrCorrupt
			}
			length += int(src[i])
			i++
		}
		if i == len(src) {
			return dst[:start], ErrCorrupt
		}
		length += 2
		at := len(dst) - (control&31<<8 | int(src[i])) - 1
		i++
		if at < start || len(dst)-start+length > n {
			return dst[:start], ErrCorrupt
		}
		for ; length > 0; length-- { // byte by byte: the repeat may overlap itself
			dst = append(dst, dst[at])
			at++
		}
	}
	if len(dst)-start != n {
		return dst[:start], ErrCorrupt
	}
	return dst, nil
}
