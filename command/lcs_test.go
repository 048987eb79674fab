package command

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// slowLCS is the textbook table, walked back as Redis does.
func slowLCS(a, b []byte) (text []byte, ranges []lcsRange) {
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
		for j := 1; i > 0 && j <= len(b); j++ {
			if a[i-1] == b[j-1] {
				table[i][j] = table[i-1][j-1] + 1
			} else {
				table[i][j] = max(table[i-1][j], table[i][j-1])
			}
		}
	}
	for i, j := len(a), len(b); i > 0 && j > 0; {
		switch {
		case a[i-1] == b[j-1]:
			i--
			j--
			text = append([]byte{a[i]}, text...)
			if n := len(ranges); n > 0 && ranges[n-1].a == i+1 && ranges[n-1].b == j+1 {
				ranges[n-1] = lcsRange{i, j, ranges[n-1].length + 1}
			} else {
				ranges = append(ranges, lcsRange{i, j, 1})
			}
		case table[i-1][j] > table[i][j-1]:
			i--
		default:
			j--
		}
	}
	return text, ranges
}

func randomText(r *rand.Rand, n, letters int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('a' + r.IntN(letters))
	}
	return b
}

func TestLCSAgainstTable(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		letters := 1 + r.IntN(6)
		a, b := randomText(r, r.IntN(140), letters), randomText(r, r.IntN(140), letters)
		checkLCS(t, a, b)
	}
	checkLCS(t, randomText(r, 700, 2), randomText(r, 500, 2))
	checkLCS(t, randomText(r, 3, 2), randomText(r, 900, 2))
}

func checkLCS(t testing.TB, a, b []byte) {
	text, ranges := slowLCS(a, b)
	m := newLCS(a, b, true)
	require.Equal(t, len(text), m.length, "%q %q", a, b)
	require.Equal(t, len(text), newLCS(a, b, false).length, "%q %q", a, b)
	require.Equal(t, string(text), string(m.text()), "%q %q", a, b)
	require.Equal(t, fmt.Sprint(ranges), fmt.Sprint(m.ranges(0)), "%q %q", a, b)
	for _, g := range m.ranges(3) {
		require.GreaterOrEqual(t, g.length, 3)
	}
}

func FuzzLCS(f *testing.F) {
	f.Add([]byte("ohmytext"), []byte("mynewtext"))
	f.Add([]byte(strings.Repeat("ab", 64)), []byte(strings.Repeat("ba", 33)))
	f.Add([]byte{}, []byte("x"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		if len(a) < 300 && len(b) < 300 {
			checkLCS(t, a, b)
		}
	})
}

func TestLCSFits(t *testing.T) {
	for _, c := range []struct {
		a, b  int
		limit int64
		want  bool
	}{
		{0, 0, 4, true}, {0, 0, 3, false}, {9, 9, 400, true}, {9, 9, 399, false},
		{1 << 62, 1 << 62, 1 << 62, false}, {1 << 29, 0, 1 << 29, false},
	} {
		require.Equal(t, c.want, lcsFits(c.a, c.b, c.limit), "%+v", c)
	}
}
