package resp

import "math"

// AppendShortest appends a double in the shortest form that reads back equal,
// also where that has an exponent though the number is an integer (1e+8). It is
// how scores enter DEBUG DIGEST; replies have AppendDouble.
func AppendShortest(b []byte, f float64) []byte {
	if f == 0 || math.IsNaN(f) || math.IsInf(f, 0) {
		return AppendDouble(b, f)
	}
	return appendShortest(b, f)
}
