package resp

import (
	"math"
	"math/big"
	"math/bits"
	"sync"
)

// The digits of a double as Redis 7.2 prints them are those of the algorithm
// Grisu2, which in a few cases of a thousand finds digits that read back equal
// but are not the fewest there are. Source: Florian Loitsch, "Printing
// Floating-Point Numbers Quickly and Accurately with Integers", with the choices
// of the fpconv library: powers of ten eight apart, products rounded.

// scaled is the number f * 2^e.
type scaled struct {
	f uint64
	e int
}

// times is the product, rounded to 64 bits.
func (a scaled) times(b scaled) scaled {
	hi, lo := bits.Mul64(a.f, b.f)
	return scaled{hi + lo>>63, a.e + b.e + 64}
}

func (a scaled) normal() scaled {
	n := bits.LeadingZeros64(a.f)
	return scaled{a.f << n, a.e - n}
}

// The powers of ten from 10^firstPower on, powerStep apart, in 64 bits.
const (
	firstPower = -348
	powerStep  = 8
	powerCount = 87
)

var powersOfTen = sync.OnceValue(func() *[powerCount]scaled {
	var out [powerCount]scaled
	for i := range out {
		out[i] = powerOfTen(firstPower + i*powerStep)
	}
	return &out
})

// powerOfTen is 10^k, rounded to 64 bits.
func powerOfTen(k int) scaled {
	ten := big.NewFloat(10).SetPrec(2000)
	f := big.NewFloat(1).SetPrec(2000)
	for range max(k, -k) {
		f.Mul(f, ten)
	}
	if k < 0 {
		f.Quo(big.NewFloat(1).SetPrec(2000), f)
	}
	f.SetPrec(64)
	e := f.MantExp(nil) - 64
	n, _ := f.SetMantExp(f, -e).Uint64()
	return scaled{n, e}
}

// cachedPower is a power of ten that brings the product with a number of the
// exponent e to an exponent from -60 to -32, and its own.
func cachedPower(e int) (p scaled, k int) {
	const logOfTwo = 0.30102999566398114 // to the base ten
	powers := powersOfTen()
	i := (int(-float64(e+powerCount)*logOfTwo) - firstPower) / powerStep
	for {
		switch at := e + powers[i].e + 64; {
		case at < -60:
			i++
		case at > -32:
			i--
		default:
			return powers[i], firstPower + i*powerStep
		}
	}
}

const (
	hiddenBit    = 1 << 52
	exponentBias = 1075
)

// grisu writes the digits of a number above zero to buf and returns how many
// there are: the number is about digits * 10^k.
func grisu(f float64, buf *[20]byte) (n, k int) {
	b := math.Float64bits(f)
	w := scaled{b & (hiddenBit - 1), int(b>>52) - exponentBias}
	if w.e > -exponentBias {
		w.f += hiddenBit
	} else {
		w.e++ // subnormal
	}
	upper := scaled{w.f<<1 + 1, w.e - 1}.normal()
	lower := scaled{w.f<<1 - 1, w.e - 1}
	if w.f == hiddenBit { // the neighbour below is nearer
		lower = scaled{w.f<<2 - 1, w.e - 2}
	}
	lower = scaled{lower.f << (lower.e - upper.e), upper.e}
	power, exponent := cachedPower(upper.e)
	w, upper, lower = w.normal().times(power), upper.times(power), lower.times(power)
	upper.f--
	lower.f++
	n, k = grisuDigits(buf, upper, upper.f-w.f, upper.f-lower.f)
	return n, k - exponent
}

// grisuDigits writes the digits of upper until they name a number within delta
// below it, and rounds towards the one that is wanted below it.
func grisuDigits(buf *[20]byte, upper scaled, wanted, delta uint64) (n, kappa int) {
	shift := uint(-upper.e)
	one := uint64(1) << shift
	whole, rest := upper.f>>shift, upper.f&(one-1)
	put := func(digit uint64) {
		if digit != 0 || n > 0 {
			buf[n] = '0' + byte(digit)
			n++
		}
	}
	kappa = 10
	for div := uint64(1e9); kappa > 0; div /= 10 {
		put(whole / div)
		whole %= div
		kappa--
		if left := whole<<shift + rest; left <= delta {
			grisuRound(buf[:n], delta, left, div<<shift, wanted)
			return n, kappa
		}
	}
	for unit := uint64(10); ; unit *= 10 {
		rest *= 10
		delta *= 10
		kappa--
		put(rest >> shift)
		rest &= one - 1
		if rest < delta {
			grisuRound(buf[:n], delta, rest, one, wanted*unit)
			return n, kappa
		}
	}
}

// grisuRound lowers the last digit, which is worth step, while that comes nearer
// to what is wanted.
func grisuRound(digits []byte, delta, left, step, wanted uint64) {
	for left < wanted && delta-left >= step && (left+step < wanted || wanted-left > left+step-wanted) {
		digits[len(digits)-1]--
		left += step
	}
}
