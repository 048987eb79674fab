package resp

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// Forms that redis-server 8.0 replied to ZSCORE; some are not the shortest.
func TestAppendDoubleAsRedis(t *testing.T) {
	for want, f := range map[string]float64{
		"222.58379299999999": 222.583793, "67.48161612033999": 67.48161612034, "1e-320": 1e-320, "5e-324": 5e-324, "0.1": 0.1,
		"1.7976931348623157e+308": math.MaxFloat64, "2.2250738585072014e-308": 0x1p-1022, "1e+300": 1e300, "0.30000000000000004": 0.30000000000000004,
	} {
		require.Equal(t, want, string(AppendDouble(nil, f)))
		require.Equal(t, "-"+want, string(AppendDouble(nil, -f)))
	}
}

// Whatever the digits are, they read back equal, and nearly always they are the
// fewest.
func TestAppendDoubleReadsBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	longer := 0
	const tries = 200_000
	for range tries {
		f := math.Float64frombits(r.Uint64())
		if math.IsNaN(f) || math.IsInf(f, 0) {
			continue
		}
		text := string(appendShortest(nil, f))
		got, err := strconv.ParseFloat(text, 64)
		require.NoError(t, err)
		require.Equal(t, f, got, text)
		var digits [20]byte
		n, _ := grisu(math.Abs(f), &digits)
		shortest := strconv.AppendFloat(nil, math.Abs(f), 'e', -1, 64)
		fewest := 0
		for _, c := range shortest {
			if c == 'e' {
				break
			}
			if c != '.' {
				fewest++
			}
		}
		require.LessOrEqual(t, n, 17)
		if n > fewest {
			longer++
		}
	}
	require.Less(t, longer, tries/100)
}
