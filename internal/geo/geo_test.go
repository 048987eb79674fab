package geo

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKnownPlaces(t *testing.T) {
	palermo, catania := Point{13.361389, 38.115556}, Point{15.087269, 37.502669}
	require.EqualValues(t, 3479099956230698, Score(palermo))
	require.EqualValues(t, 3479447370796909, Score(catania))
	require.Equal(t, "sqc8b49rny0", string(AppendString(nil, Score(palermo))))
	require.Equal(t, "sqdtr74hyu0", string(AppendString(nil, Score(catania))))
	require.InDelta(t, 166274.1516, Distance(Decode(Score(palermo)), Decode(Score(catania))), 0.0001)
	p := Decode(Score(palermo))
	require.Equal(t, 13.361389338970184, p.Lon)
	require.Equal(t, 38.1155563954963, p.Lat)
}

// TestCells: a point lies in its cell, and the neighbours lie beside it.
func TestCells(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		p := Point{r.Float64()*300 - 150, r.Float64()*140 - 70}
		step := uint(6 + r.IntN(21))
		h := Encode(p, step)
		a := h.Area()
		require.True(t, a.MinLon <= p.Lon && p.Lon <= a.MaxLon && a.MinLat <= p.Lat && p.Lat <= a.MaxLat)
		lo, hi := h.Scores()
		s := Score(p)
		require.True(t, lo <= s && s < hi)
		require.InDelta(t, a.MaxLat, h.move(0, 1).Area().MinLat, 1e-9)
		require.InDelta(t, a.MinLat, h.move(0, -1).Area().MaxLat, 1e-9)
		require.InDelta(t, a.MaxLon, h.move(1, 0).Area().MinLon, 1e-9)
		require.InDelta(t, a.MinLon, h.move(-1, 0).Area().MaxLon, 1e-9)
	}
}

// TestCover: what a shape contains lies in one of its cells, away from the poles
// and the date line, where cells do not wrap.
func TestCover(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	hits := 0
	for range 300 {
		s := Shape{Center: Point{r.Float64()*200 - 100, r.Float64()*100 - 50}, Radius: 100 + r.Float64()*500000}
		if r.IntN(2) == 0 {
			s.Box, s.Width, s.Height = true, 100+r.Float64()*500000, 100+r.Float64()*500000
		}
		cells := s.Cover()
		for range 200 {
			p := Decode(Score(Point{s.Center.Lon + r.Float64()*6 - 3, s.Center.Lat + r.Float64()*6 - 3}))
			if _, ok := s.Contains(p); !ok {
				continue
			}
			hits++
			found := false
			for _, h := range cells {
				lo, hi := h.Scores()
				found = found || h.Step > 0 && lo <= Score(p) && Score(p) < hi
			}
			require.True(t, found, "%+v in %+v", p, s)
		}
	}
	require.Greater(t, hits, 1000)
}

// TestTrig: sines are within half a unit of the last place of what 200 bits say.
func TestTrig(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 5000 {
		x := (r.Float64()*2 - 1) * 3.2
		s, c := bigSine(x)
		require.Equal(t, s, sin(x), "sin %v", x)
		require.Equal(t, c, cos(x), "cos %v", x)
		y := r.Float64()
		require.InDelta(t, y, sin(asin(y)), 1.2e-16)
	}
}

// bigSine is the sine and cosine of x, by their series in 300 bits.
func bigSine(x float64) (s, c float64) {
	bf := func(f float64) *big.Float { return new(big.Float).SetPrec(300).SetFloat64(f) }
	term, sin, cos := bf(1), bf(0), bf(0)
	for n := 0; n < 80; n++ {
		switch n % 4 {
		case 0:
			cos.Add(cos, term)
		case 1:
			sin.Add(sin, term)
		case 2:
			cos.Sub(cos, term)
		case 3:
			sin.Sub(sin, term)
		}
		term.Mul(term, bf(x))
		term.Quo(term, bf(float64(n+1)))
	}
	s, _ = sin.Float64()
	c, _ = cos.Float64()
	return s, c
}
