package command

import (
	"math"
	"math/rand/v2"
	"strconv"
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
		got, _ := v.f.Float64()
		require.Equal(t, f, got, hex)
		exact := strconv.FormatFloat(f, 'e', 800, 64)
		v, ok = parseLongDouble([]byte(exact))
		require.True(t, ok, exact)
		got, _ = v.f.Float64()
		require.Equal(t, f, got, exact)
	}
}

func FuzzParseLongDouble(f *testing.F) {
	for _, s := range []string{"1", "-0.5e3", "0x1.8p-3", "inf", "-Infinity", "nan", "1e", "1e99999999999", "0e9", ".", "0x", "0x.p1", "1e-4951", "+.1e+1"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, ok := parseLongDouble(text)
		if !ok || v.f.IsInf() {
			return
		}
		human := v.appendHuman(nil)
		require.LessOrEqual(t, len(human), longDoubleText)
		again, ok := parseLongDouble(human)
		require.True(t, ok, "%q", human)
		require.Equal(t, string(human), string(again.appendHuman(nil)))
	})
}
