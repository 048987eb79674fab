package command

import (
	"math/bits"
	"strconv"
)

// longDouble is the x87 extended format that C calls long double on x86-64:
// 64 bits of significand, 15 of exponent. INCRBYFLOAT computes in it, so that
// 0.1 + 0.2 is 0.3.
//
// The value is mant * 2^exp, with the top bit of mant set unless the value is
// zero. Subnormal numbers keep all 64 bits here: at the 17 decimals that are
// printed no difference can be seen. Every operation rounds to the nearest,
// ties to even, as the hardware does.
type longDouble struct {
	mant     uint64
	exp      int
	negative bool
	infinite bool
}

const (
	longDoubleMaxExp = 16384 - 64  // of the largest finite number
	longDoubleMinExp = -16445 - 63 // of the smallest subnormal number
	// longDoubleText is the longest text that is read or printed, in bytes;
	// it holds every number with 17 decimals.
	longDoubleText = 5*1024 - 1
)

// inRange says whether v does not round to infinity or to zero.
func (v longDouble) inRange() bool {
	if v.exp == longDoubleMinExp-1 { // half the smallest number rounds to zero
		return v.mant > 1<<63
	}
	return v.mant == 0 || v.exp >= longDoubleMinExp && v.exp <= longDoubleMaxExp
}

// rounded returns (hi, lo) * 2^exp as a longDouble; sticky says that there are
// ones below lo.
func rounded(hi, lo uint64, exp int, sticky bool, negative bool) longDouble {
	if hi == 0 {
		hi, lo = lo, 0
		exp -= 64
	}
	n := bits.LeadingZeros64(hi)
	hi = hi<<n | lo>>(64-n)
	lo <<= n
	v := longDouble{mant: hi, exp: exp + 64 - n, negative: negative}
	const half = 1 << 63
	if lo > half || lo == half && (sticky || hi&1 != 0) {
		if v.mant++; v.mant == 0 {
			v.mant, v.exp = half, v.exp+1
		}
	}
	if hi == 0 {
		v.exp = 0
	}
	return v
}

// add returns the sum; false if that is not a finite number.
func (v longDouble) add(w longDouble) (longDouble, bool) {
	if v.infinite || w.infinite {
		return longDouble{}, false
	}
	if v.mant == 0 || w.mant != 0 && w.exp > v.exp {
		v, w = w, v
	}
	if w.mant == 0 {
		return v, true
	}
	// w gets the exponent of v, 128 bits below the point of mant.
	hi, lo, sticky := shiftRight(w.mant, v.exp-w.exp)
	if v.negative == w.negative {
		sum, carry := bits.Add64(v.mant, hi, 0)
		exp := v.exp - 64
		if carry != 0 {
			sticky = sticky || lo&1 != 0
			lo = lo>>1 | sum<<63
			sum = sum>>1 | 1<<63
			exp++
		}
		v = rounded(sum, lo, exp, sticky, v.negative)
	} else {
		v = v.minus(hi, lo, sticky)
	}
	return v, v.inRange()
}

// minus subtracts the magnitude (hi, lo), and a bit if sticky, in units of
// v.mant; the result may change its sign.
func (v longDouble) minus(hi, lo uint64, sticky bool) longDouble {
	one := uint64(0)
	if sticky { // take 1 more and leave a rest
		one = 1
	}
	low, borrow := bits.Sub64(0, lo, one)
	high, borrow := bits.Sub64(v.mant, hi, borrow)
	negative := v.negative
	if borrow != 0 { // the exponents were equal, so nothing is below hi
		high, negative = -high, !negative
	}
	return rounded(high, low, v.exp-64, sticky, negative)
}

// shiftRight shifts m by n into the 64 bits below it; sticky says that ones
// fell out at the end of those.
func shiftRight(m uint64, n int) (hi, lo uint64, sticky bool) {
	switch {
	case n == 0:
		return m, 0, false
	case n < 64:
		return m >> n, m << (64 - n), false
	case n < 128:
		return 0, m >> (n - 64), m<<(128-n) != 0
	}
	return 0, 0, m != 0
}

// appendHuman appends v with up to 17 decimals, no zeros at their end, and no
// sign before a zero.
func (v longDouble) appendHuman(b []byte) []byte {
	if v.exp > 0 {
		return v.appendInteger(b)
	}
	whole, decimals := v.split()
	if v.negative && (whole != 0 || decimals != 0) {
		b = append(b, '-')
	}
	b = strconv.AppendUint(b, whole, 10)
	if decimals == 0 {
		return b
	}
	at := len(b)
	b = strconv.AppendUint(b, decimals+1e17, 10)
	b[at] = '.' // in place of the 1 that keeps the zeros in front
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	return b
}

// split returns the integer part of a v below 2^64 and its fraction in units
// of 10^-17, rounded.
func (v longDouble) split() (whole, decimals uint64) {
	var rest uint64
	const half = 1 << 63
	below := false // whether there is something below rest
	if v.exp > -64 {
		whole = v.mant >> -v.exp
		decimals, rest = bits.Mul64(v.mant<<(64+v.exp), 1e17)
	} else {
		hi, lo := bits.Mul64(v.mant, 1e17) // in units of 2^exp
		n := -v.exp - 64
		decimals, rest, below = shiftRight(hi, n)
		rest |= lo >> n
		below = below || lo<<max(64-n, 0) != 0
	}
	if rest > half || rest == half && (below || decimals&1 != 0) {
		decimals++
	}
	if decimals == 1e17 {
		whole, decimals = whole+1, 0
	}
	return whole, decimals
}

// ceilThousandfold is a thousand times v, rounded as the hardware does and then
// up to an integer. It reports false if that is no int64.
func (v longDouble) ceilThousandfold() (n int64, ok bool) {
	hi, lo := bits.Mul64(v.mant, 1000)
	infinite := v.infinite
	v = rounded(hi, lo, v.exp, false, v.negative)
	switch {
	case infinite:
		return 0, false
	case v.mant == 0:
		return 0, true
	case v.exp >= 0: // its top bit is set
		return 0, false
	case v.exp <= -64:
		n, v.mant = 0, 1
	default:
		n = int64(v.mant >> -v.exp)
		v.mant <<= 64 + v.exp
	}
	if v.negative {
		return -n, true
	}
	if v.mant != 0 {
		n++
	}
	return n, n >= 0
}
