package command

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Beside testdata/dialogues/incr.txt, which has the rules in replies.
func TestLongDouble(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"0.1", "0.2", "0.3"},
		{"1e18", "1", "1000000000000000001"},
		{"18446744073709551615", "1", "18446744073709551616"}, // the last that is exact
		{"18446744073709551616", "1", "18446744073709551616"}, // a tie goes to even
		{"18446744073709551616", "3", "18446744073709551620"},
		{"1e-17", "0", "0.00000000000000001"},
		{"4e-18", "0", "0"},
		{"-1", "1", "0"},
		{"-1e-30", "0", "0"},
	} {
		a, ok := parseLongDouble([]byte(c.a))
		require.True(t, ok, c.a)
		b, ok := parseLongDouble([]byte(c.b))
		require.True(t, ok, c.b)
		sum, ok := a.add(b)
		require.True(t, ok)
		require.Equal(t, c.want, string(sum.appendHuman(nil)), "%s + %s", c.a, c.b)
	}
}

// A float64 is exact in the wider format, so that its text reads back equal.
func TestLongDoubleReadsFloats(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 5000 {
		f := math.Float64frombits(r.Uint64())
		if math.IsNaN(f) || math.IsInf(f, 0) {
			continue
		}
		hex := strconv.FormatFloat(f, 'x', -1, 64)
		v, ok := parseLongDouble([]byte(hex))
		require.True(t, ok, hex)
		got := v.float64()
		require.Equal(t, f, got, hex)
		exact := strconv.FormatFloat(f, 'e', 800, 64)
		v, ok = parseLongDouble([]byte(exact))
		require.True(t, ok, exact)
		got = v.float64()
		require.Equal(t, f, got, exact)
	}
}

// float64 is v, which has no more than the 53 bits of a float64.
func (v longDouble) float64() float64 {
	f := math.Ldexp(float64(v.mant), v.exp)
	if v.negative {
		f = -f
	}
	return f
}

// big is v, exactly.
func (v longDouble) big() *big.Float {
	f := new(big.Float).SetPrec(64).SetUint64(v.mant)
	f.SetMantExp(f, v.exp)
	if v.negative {
		f.Neg(f)
	}
	return f
}

// slowParse reads plain decimals with the exact arithmetic of package big.
func slowParse(t *testing.T, text string) *big.Float {
	r, ok := new(big.Rat).SetString(text)
	require.True(t, ok, text)
	return new(big.Float).SetPrec(64).SetRat(r)
}

func slowHuman(f *big.Float) string {
	s := f.Text('f', 17)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" || s == "" {
		return "0"
	}
	return s
}

func TestLongDoubleAgainstBig(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	number := func() string {
		s := ""
		if r.IntN(2) == 0 {
			s = "-"
		}
		s += strconv.FormatUint(r.Uint64()>>r.IntN(64), 10)
		if r.IntN(2) == 0 {
			s += "." + strconv.FormatUint(r.Uint64()>>r.IntN(64), 10)
		}
		if r.IntN(2) == 0 {
			s += "e" + strconv.Itoa(r.IntN(70)-35)
		}
		return s
	}
	for range 30_000 {
		ta, tb := number(), number()
		a, ok := parseLongDouble([]byte(ta))
		require.True(t, ok, ta)
		b, ok := parseLongDouble([]byte(tb))
		require.True(t, ok, tb)
		x, y := slowParse(t, ta), slowParse(t, tb)
		require.Zero(t, x.Cmp(a.big()), ta)
		require.Zero(t, y.Cmp(b.big()), tb)
		if r.IntN(3) == 0 { // near each other
			b.exp, b.mant = a.exp-r.IntN(3), a.mant^uint64(r.IntN(16))
			b.mant |= 1 << 63
			if a.mant == 0 {
				b = a
			}
			y = b.big()
		}
		sum, ok := a.add(b)
		require.True(t, ok)
		want := new(big.Float).SetPrec(64).Add(x, y)
		require.Zero(t, want.Cmp(sum.big()), "%s + %s", ta, tb)
		require.Equal(t, slowHuman(want), string(sum.appendHuman(nil)), "%s + %s", ta, tb)
	}
}

// Numbers half way between two texts of 17 decimals.
func TestLongDoubleTies(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 20_000 {
		v := longDouble{mant: r.Uint64()<<r.IntN(64) | 1<<63, exp: -r.IntN(130)}
		require.Equal(t, slowHuman(v.big()), string(v.appendHuman(nil)), "%+v", v)
	}
}

func FuzzParseLongDouble(f *testing.F) {
	for _, s := range []string{"1", "-0.5e3", "0x1.8p-3", "inf", "-Infinity", "nan", "1e", "1e99999999999", "0e9", ".", "0x", "0x.p1", "1e-4951", "+.1e+1"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, ok := parseLongDouble(text)
		if !ok || v.infinite {
			return
		}
		human := v.appendHuman(nil)
		require.LessOrEqual(t, len(human), longDoubleText)
		again, ok := parseLongDouble(human)
		require.True(t, ok, "%q", human)
		require.Equal(t, string(human), string(again.appendHuman(nil)))
	})
}

func TestLongDoubleMilliseconds(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "1": 1000, "0.001": 1, "0.0001": 1, "1e-4000": 1, "0.01": 10, "1.0001": 1001, "-0.001": 0, "-0.0001": 0, "-0.002": -1, "-1": -1000,
		"9223372036854775": 9223372036854775000, "0x10": 16000,
	} {
		v, ok := parseLongDouble([]byte(text))
		require.True(t, ok, text)
		n, ok := v.ceilThousandfold()
		require.True(t, ok, text)
		require.Equal(t, want, n, text)
	}
	for _, text := range []string{"inf", "-inf", "1e30", "9223372036854776"} {
		v, ok := parseLongDouble([]byte(text))
		require.True(t, ok, text)
		_, ok = v.ceilThousandfold()
		require.False(t, ok, text)
	}
}
