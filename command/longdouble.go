package command

import (
	"math/big"
)

// longDouble is the x87 extended format that C calls long double on x86-64:
// 64 bits of significand, 15 of exponent. INCRBYFLOAT computes in it, so that
// 0.1 + 0.2 is 0.3. Subnormal numbers keep all 64 bits here: at the 17 decimals
// that are printed no difference can be seen.
type longDouble struct{ f big.Float }

const (
	longDoublePrec = 64
	// longDoubleMaxExp and longDoubleMinExp bound the exponent of a
	// significand in [0.5, 1).
	longDoubleMaxExp = 16384
	longDoubleMinExp = -16445 + 1 // of the smallest subnormal number
	// longDoubleText is the longest text that is read or printed, in bytes;
	// it holds every number with 17 decimals.
	longDoubleText = 5*1024 - 1
)

// parseLongDouble reads what C's strtold takes, and all of it: decimal or
// hexadecimal ("0x1.8p3") with a sign and an exponent, "inf" and "infinity" in
// any case. It reports false for anything else, for a nan, and for a number
// too big or too small for the format.
func parseLongDouble(text []byte) (longDouble, bool) {
	if len(text) == 0 || len(text) > longDoubleText {
		return longDouble{}, false
	}
	negative := text[0] == '-'
	if negative || text[0] == '+' {
		text = text[1:]
	}
	var v longDouble
	ok := false
	switch {
	case equalFold(text, "inf") || equalFold(text, "infinity"):
		v.f.SetInf(false)
		ok = true
	case len(text) > 2 && text[0] == '0' && text[1]|0x20 == 'x':
		ok = v.parseDigits(text[2:], 16)
	default:
		ok = v.parseDigits(text, 10)
	}
	if negative {
		v.f.Neg(&v.f)
	}
	return v, ok
}

// parseDigits reads digits with an optional point among them and an optional
// exponent behind: of 10 after 'e', or for hexadecimal digits of 2 after 'p'.
func (v *longDouble) parseDigits(text []byte, base int) bool {
	mark := byte('e')
	if base == 16 {
		mark = 'p'
	}
	digits := make([]byte, 0, len(text))
	point := -1
	i := 0
	for ; i < len(text) && text[i]|0x20 != mark; i++ {
		switch c := text[i]; {
		case c == '.' && point < 0:
			point = len(digits)
		case isDigit(c, base):
			digits = append(digits, c)
		default:
			return false
		}
	}
	if len(digits) == 0 {
		return false
	}
	exp := 0
	if i < len(text) {
		var ok bool
		if exp, ok = parseExponent(text[i+1:]); !ok {
			return false
		}
	}
	decimals := 0
	if point >= 0 {
		decimals = len(digits) - point
	}
	for len(digits) > 1 && digits[0] == '0' {
		digits = digits[1:]
	}
	m, _ := new(big.Int).SetString(string(digits), base)
	v.f.SetPrec(longDoublePrec)
	if m.Sign() == 0 {
		return true
	}
	if base == 16 {
		v.f.SetInt(m)
		v.f.SetMantExp(&v.f, exp-4*decimals)
		return v.inRange()
	}
	return v.setDecimal(m, exp-decimals, len(digits)+exp-decimals)
}

// setDecimal sets v to m * 10^exp, correctly rounded; the result's point is
// after its places-th digit.
func (v *longDouble) setDecimal(m *big.Int, exp, places int) bool {
	if places > 4940 || places < -4960 { // far out: do not compute the power
		return false
	}
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(exp, -exp))), nil)
	if exp >= 0 {
		v.f.SetInt(m.Mul(m, power))
	} else {
		v.f.Quo(new(big.Float).SetInt(m), new(big.Float).SetInt(power)) // both exact
	}
	return v.inRange()
}

// inRange says whether the finite v does not round to infinity or zero.
func (v *longDouble) inRange() bool {
	var mant big.Float
	exp := v.f.MantExp(&mant)
	if exp == longDoubleMinExp-1 { // half the smallest number rounds to zero
		half := big.NewFloat(0.5)
		return mant.Abs(&mant).Cmp(half) > 0
	}
	return exp >= longDoubleMinExp && exp <= longDoubleMaxExp
}

// parseExponent reads a signed decimal number; beyond a million it saturates.
func parseExponent(text []byte) (n int, ok bool) {
	negative := len(text) > 0 && text[0] == '-'
	if negative || len(text) > 0 && text[0] == '+' {
		text = text[1:]
	}
	for _, c := range text {
		if !isDigit(c, 10) {
			return 0, false
		}
		n = min(n*10+int(c-'0'), 1_000_000)
	}
	if negative {
		n = -n
	}
	return n, len(text) > 0
}

func isDigit(c byte, base int) bool {
	return c-'0' < 10 || base == 16 && (c|0x20)-'a' < 6
}

// add returns the sum, rounded to the format; false if that is no number.
func (v longDouble) add(w longDouble) (sum longDouble, ok bool) {
	if v.f.IsInf() || w.f.IsInf() {
		return sum, false
	}
	sum.f.SetPrec(longDoublePrec).Add(&v.f, &w.f)
	return sum, sum.f.MantExp(nil) <= longDoubleMaxExp
}

// appendHuman appends v with up to 17 decimals, no zeros at their end, and no
// sign before a zero.
func (v *longDouble) appendHuman(b []byte) []byte {
	from := len(b)
	b = v.f.Append(b, 'f', 17)
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	if b[len(b)-1] == '.' {
		b = b[:len(b)-1]
	}
	if string(b[from:]) == "-0" {
		return append(b[:from], '0')
	}
	return b
}
