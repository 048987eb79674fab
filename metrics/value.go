package metrics

import "strconv"

// Value is what a figure is at one moment. It has a form for INFO and, unless
// it is a text, a number for Prometheus.
type Value struct {
	form     form
	decimals int8
	n        int64
	f        float64
	s        string
}

type form uint8

const (
	whole form = iota
	fraction
	percent
	word
	status
)

// Int is a whole number.
func Int(n int64) Value { return Value{n: n} }

// Flag is 1 or 0.
func Flag(on bool) Value {
	if on {
		return Int(1)
	}
	return Int(0)
}

// Float is a number with so many decimals in INFO.
func Float(f float64, decimals int) Value {
	return Value{form: fraction, f: f, decimals: int8(decimals)}
}

// Percent is a number of percents that INFO prints as "12.34%".
func Percent(f float64) Value { return Value{form: percent, f: f} }

// Text is a word that has no number.
func Text(s string) Value { return Value{form: word, s: s} }

// Status is "ok" or "err" in INFO, 1 or 0 as a number.
func Status(ok bool) Value {
	v := Value{form: status, s: "err"}
	if ok {
		v.n, v.s = 1, "ok"
	}
	return v
}

// Append appends the value as INFO prints it.
func (v Value) Append(b []byte) []byte {
	switch v.form {
	case whole:
		return strconv.AppendInt(b, v.n, 10)
	case fraction:
		return strconv.AppendFloat(b, v.f, 'f', int(v.decimals), 64)
	case percent:
		return append(strconv.AppendFloat(b, v.f, 'f', 2, 64), '%')
	}
	return append(b, v.s...)
}

// Number is the value for Prometheus; a text is 0.
func (v Value) Number() float64 {
	switch v.form {
	case fraction, percent:
		return v.f
	case word:
		return 0
	}
	return float64(v.n)
}

// Human prints bytes as INFO's fields for people do: "1.50M".
func Human(n int64) string {
	units := []struct {
		size   float64
		letter string
	}{{1 << 40, "T"}, {1 << 30, "G"}, {1 << 20, "M"}, {1 << 10, "K"}}
	for _, u := range units {
		if float64(n) >= u.size {
			return strconv.FormatFloat(float64(n)/u.size, 'f', 2, 64) + u.letter
		}
	}
	return strconv.FormatInt(n, 10) + "B"
}
