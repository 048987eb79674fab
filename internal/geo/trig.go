package geo

import "math"

// Distances are compared to the last digit, so sines must be the doubles nearest
// to the truth, which package math does not promise. They are computed in pairs of
// doubles, about 100 bits, and rounded once. Sources: Dekker, "A floating-point
// technique for extending the available precision" (1971); Taylor series after
// reduction to an eighth of a turn; one step of Newton's method for the arc sine.

// pair is the sum of two doubles, the second of which is small.
type pair struct{ hi, lo float64 }

func quickSum(a, b float64) pair {
	s := a + b
	return pair{s, b - (s - a)}
}

func twoSum(a, b float64) pair {
	s := a + b
	t := s - a
	return pair{s, (a - (s - t)) + (b - t)}
}

func (a pair) add(b pair) pair {
	s, t := twoSum(a.hi, b.hi), twoSum(a.lo, b.lo)
	s = quickSum(s.hi, s.lo+t.hi)
	return quickSum(s.hi, s.lo+t.lo)
}

func (a pair) mul(b pair) pair {
	p := a.hi * b.hi
	e := math.FMA(a.hi, b.hi, -p)
	e += float64(a.hi*b.lo) + float64(a.lo*b.hi)
	return quickSum(p, e)
}

// halfPi is a quarter of a turn.
var halfPi = pair{math.Pi / 2, 6.123233995736766e-17}

// factorials are 1/n!.
var factorials = func() (f [28]pair) {
	n := 1.0
	for i := range f {
		if i > 0 {
			n *= float64(i)
		}
		hi := 1 / n
		f[i] = pair{hi, math.FMA(-hi, n, 1) / n}
	}
	return f
}()

// series is the Taylor series of sine, or of cosine if first is 0, at a small x.
func series(x pair, first int) pair {
	sq := x.mul(x)
	sq = pair{-sq.hi, -sq.lo}
	last := len(factorials) - 2 + first
	sum := factorials[last]
	for n := last - 2; n >= first; n -= 2 {
		sum = sum.mul(sq).add(factorials[n])
	}
	if first == 1 {
		sum = sum.mul(x)
	}
	return sum
}

// sine is the sine of x plus so many quarters of a turn; x is a few turns at most.
func sine(x float64, quarters int) pair {
	k := math.RoundToEven(x / (math.Pi / 2))
	r := pair{x, 0}.add(pair{-k, 0}.mul(halfPi))
	q := (int(k) + quarters) & 3
	s := series(r, 1-q&1)
	if q&2 != 0 {
		s = pair{-s.hi, -s.lo}
	}
	return s
}

func sin(x float64) float64 { return sine(x, 0).hi }
func cos(x float64) float64 { return sine(x, 1).hi }

func asin(y float64) float64 {
	x := math.Asin(y)
	c := math.Cos(x)
	if math.IsNaN(x) || c < 1e-8 { // so near to a quarter of a turn nothing is left to gain
		return x
	}
	s := sine(x, 0)
	return x + ((y-s.hi)-s.lo)/c
}
