package command

import (
	"math/big"
	"math/bits"
)

// parseLongDouble reads what C's strtold takes, and all of it: decimal or
// hexadecimal ("0x1.8p3") with a sign and an exponent, "inf" and "infinity" in
// any case. It reports false for anything else, for a nan, and for a number
// too big or too small for the format.
func parseLongDouble(text []byte) (v longDouble, ok bool) {
	if len(text) == 0 || len(text) > longDoubleText {
		return v, false
	}
	negative := text[0] == '-'
	if negative || text[0] == '+' {
		text = text[1:]
	}
	switch {
	case equalFold(text, "inf") || equalFold(text, "infinity"):
		v.infinite, ok = true, true
	case len(text) > 2 && text[0] == '0' && text[1]|0x20 == 'x':
		v, ok = parseDigits(text[2:], 16)
	default:
		v, ok = parseDigits(text, 10)
	}
	v.negative = negative
	return v, ok
}

// parseDigits reads digits with an optional point among them and an optional
// exponent behind: of 10 after 'e', or for hexadecimal digits of 2 after 'p'.
func parseDigits(text []byte, base int) (v longDouble, ok bool) {
	mark := byte('e')
	if base == 16 {
		mark = 'p'
	}
	var m uint64 // the digits as an integer, unless there are too many
	digits, count, decimals := 0, 0, 0
	point := false
	i := 0
	for ; i < len(text) && text[i]|0x20 != mark; i++ {
		c := text[i]
		if c == '.' && !point {
			point = true
			continue
		}
		d := digit(c, base)
		if d < 0 {
			return v, false
		}
		count++
		if point {
			decimals++
		}
		if d != 0 || digits > 0 {
			digits++
		}
		m = m*uint64(base) + uint64(d)
	}
	mantissa, exp := text[:i], 0
	if i < len(text) {
		if exp, ok = parseExponent(text[i+1:]); !ok {
			return v, false
		}
	}
	switch {
	case count == 0:
		return v, false
	case digits == 0:
		return v, true
	case base == 16:
		return hexFloat(mantissa, m, digits, exp-4*decimals)
	}
	return decimalFloat(mantissa, m, digits, exp-decimals)
}

// digit is the value of a digit, -1 if it is none.
func digit(c byte, base int) int {
	switch {
	case c-'0' < 10:
		return int(c - '0')
	case base == 16 && (c|0x20)-'a' < 6:
		return int((c|0x20)-'a') + 10
	}
	return -1
}

// parseExponent reads a signed decimal number; beyond a million it saturates.
func parseExponent(text []byte) (n int, ok bool) {
	negative := len(text) > 0 && text[0] == '-'
	if negative || len(text) > 0 && text[0] == '+' {
		text = text[1:]
	}
	for _, c := range text {
		d := digit(c, 10)
		if d < 0 {
			return 0, false
		}
		n = min(n*10+d, 1_000_000)
	}
	if negative {
		n = -n
	}
	return n, len(text) > 0
}

// integer is the number that the digits in text are, without their point.
func integer(text []byte, base int) *big.Int {
	digits := make([]byte, 0, len(text))
	for _, c := range text {
		if c != '.' {
			digits = append(digits, c)
		}
	}
	m, _ := new(big.Int).SetString(string(digits), base)
	return m
}

// hexFloat is m * 2^exp, where the digits in text are m if it fits 64 bits.
func hexFloat(text []byte, m uint64, digits, exp int) (longDouble, bool) {
	if digits > 16 {
		return fromBig(new(big.Float).SetPrec(64).SetInt(integer(text, 16)), exp)
	}
	v := rounded(m, 0, exp-64, false, false)
	return v, v.inRange()
}

// powersOf5 are those that fit 64 bits.
var powersOf5 = func() (p [28]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 5
	}
	return p
}()

// decimalFloat is m * 10^exp, where the digits in text are m if it fits 64
// bits.
func decimalFloat(text []byte, m uint64, digits, exp int) (longDouble, bool) {
	switch {
	case digits <= 19 && exp >= 0 && exp < len(powersOf5):
		hi, lo := bits.Mul64(m, powersOf5[exp])
		return rounded(hi, lo, exp, false, false), true
	case digits <= 19 && exp < 0 && -exp < len(powersOf5):
		return quotient(m, powersOf5[-exp], exp), true
	case digits+exp > 4940 || digits+exp < -4960: // far out: do not compute the power
		return longDouble{}, false
	}
	n := integer(text, 10)
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(exp, -exp))), nil)
	f := new(big.Float).SetPrec(64)
	if exp >= 0 {
		f.SetInt(n.Mul(n, power))
	} else {
		f.Quo(new(big.Float).SetInt(n), new(big.Float).SetInt(power)) // of exact numbers
	}
	return fromBig(f, 0)
}

// quotient is m/d * 2^exp, for numbers that are not zero.
func quotient(m, d uint64, exp int) longDouble {
	up, down := bits.LeadingZeros64(m), bits.LeadingZeros64(d)
	m, d = m<<up, d<<down
	hi, rest := bits.Div64(m>>1, m<<63, d) // m * 2^63 / d
	lo, rest := bits.Div64(rest, 0, d)
	return rounded(hi, lo, exp-up+down-63-64, rest != 0, false)
}

// fromBig is f * 2^exp for a positive f of 64 bits.
func fromBig(f *big.Float, exp int) (longDouble, bool) {
	var mant big.Float
	exp += f.MantExp(&mant)
	m, _ := mant.SetMantExp(&mant, 64).Uint64()
	v := longDouble{mant: m, exp: exp - 64}
	return v, v.inRange()
}

// appendInteger prints a number of 2^64 or more.
func (v longDouble) appendInteger(b []byte) []byte {
	if v.negative {
		b = append(b, '-')
	}
	n := new(big.Int).SetUint64(v.mant)
	return n.Lsh(n, uint(v.exp)).Append(b, 10)
}
