package resp

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAppendShortest(t *testing.T) {
	for want, f := range map[string]float64{
		"0": 0, "-0": math.Copysign(0, -1), "inf": math.Inf(1), "-inf": math.Inf(-1), "3": 3, "10000000": 1e7,
		"1e+8": 1e8, "-1e+8": -1e8, "123456789": 123456789, "9223372036854775000": 9223372036854774784, "0.1": 0.1, "1e+300": 1e300, "5e-324": 5e-324,
	} {
		require.Equal(t, want, string(AppendShortest(nil, f)))
	}
}
