package resp

import (
	"math"
	"strconv"
)

// ParseInt reads a signed 64-bit integer in the one form that Redis takes:
// decimal, no leading zeros, blanks or '+', and no "-0".
func ParseInt(b []byte) (int64, bool) {
	if len(b) == 0 || len(b) > 20 {
		return 0, false
	}
	digits, negative := b, b[0] == '-'
	if negative {
		digits = b[1:]
	}
	if len(digits) == 0 {
		return 0, false
	}
	if digits[0] == '0' {
		return 0, len(digits) == 1 && !negative
	}
	var v uint64
	for _, c := range digits {
		d := uint64(c - '0')
		if d > 9 || v > (math.MaxUint64-d)/10 {
			return 0, false
		}
		v = v*10 + d
	}
	switch {
	case negative && v <= 1<<63:
		return -int64(v), true
	case !negative && v <= math.MaxInt64:
		return int64(v), true
	}
	return 0, false
}

// AppendDouble appends a double as Redis 7.2 prints it: integers in full, the
// rest in a short form that reads back equal.
func AppendDouble(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, "nan"...)
	case math.IsInf(f, 1):
		return append(b, "inf"...)
	case math.IsInf(f, -1):
		return append(b, "-inf"...)
	case f == 0 && math.Signbit(f):
		return append(b, "-0"...)
	case f == math.Trunc(f) && math.Abs(f) <= math.MaxInt64/2:
		return strconv.AppendInt(b, int64(f), 10)
	}
	return appendShortest(b, f)
}

// appendShortest lays the digits out as the fpconv library does, which Redis 7.2
// uses: plain notation for 21 digits before the point and 6 zeros behind it,
// exponents otherwise.
func appendShortest(b []byte, f float64) []byte {
	if f < 0 {
		b = append(b, '-')
		f = -f
	}
	var digits [20]byte
	n, k := grisu(f, &digits) // value = digits * 10^k
	exp := k + n - 1
	abs := exp
	if abs < 0 {
		abs = -abs
	}
	d := digits[:n]
	switch {
	case k >= 0 && abs < n+7: // an integer with zeros behind
		b = append(b, d...)
		for range k {
			b = append(b, '0')
		}
		return b
	case k < 0 && (k > -7 || abs < 4): // a decimal without exponent
		if offset := n + k; offset > 0 {
			b = append(b, d[:offset]...)
			b = append(b, '.')
			return append(b, d[offset:]...)
		}
		b = append(b, "0."...)
		for range -k - n {
			b = append(b, '0')
		}
		return append(b, d...)
	}
	b = append(b, d[0])
	if n > 1 {
		b = append(b, '.')
		b = append(b, d[1:]...)
	}
	b = append(b, 'e')
	if exp < 0 {
		b = append(b, '-')
	} else {
		b = append(b, '+')
	}
	return strconv.AppendInt(b, int64(abs), 10)
}
