package hdr

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// twin keeps every value and rounds it as the buckets do, by arithmetic.
type twin []int64

// bounds are the first and last value of the bucket of v.
func bounds(v int64) (lo, hi int64) {
	v = min(max(v, Min), Max)
	w := int64(1)
	for v/w >= 256 {
		w *= 2
	}
	return v / w * w, v/w*w + w - 1
}

func (t twin) percentile(p float64) int64 {
	if len(t) == 0 {
		return 0
	}
	slices.Sort(t)
	lo, hi := bounds(t[max(int(p/100*float64(len(t))+0.5), 1)-1])
	if p == 0 {
		return lo
	}
	return hi
}

func (t twin) cumulative() (steps []Step) {
	before := uint64(0)
	for edge := int64(1024); ; edge *= 2 {
		hi := int64(1<<30 - 1)
		if edge <= Max {
			_, hi = bounds(edge)
		}
		n := uint64(0)
		for _, v := range t {
			if min(max(v, Min), Max) <= hi {
				n++
			}
		}
		if n > before {
			steps = append(steps, Step{hi, n})
			before = n
		}
		if edge > Max {
			return steps
		}
	}
}

func TestAgainstTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 200 {
		h, all := new(Histogram), twin{}
		parts := []*Histogram{new(Histogram), new(Histogram)}
		for range r.IntN(200) {
			v := int64(r.Uint64() >> (r.IntN(40) + 24))
			if r.IntN(20) == 0 {
				v = []int64{-1, 0, 1, 127, 128, 255, 256, 1023, 1024, 1031, 1032, 2047, 2063, 2064, Max - 1, Max, Max + 1, 1<<30 - 1, 1 << 40}[r.IntN(19)]
			}
			n := 1 + r.IntN(3)
			h.Record(v, uint64(n))
			parts[r.IntN(2)].Record(v, uint64(n))
			for range n {
				all = append(all, v)
			}
		}
		require.Equal(t, uint64(len(all)), h.Total())
		require.Equal(t, all.cumulative(), h.Cumulative(), "round %d", round)
		for _, p := range []float64{0, 1, 12.5, 50, 90, 99, 99.9, 100} {
			require.Equal(t, all.percentile(p), h.Percentile(p), "round %d, p%v", round, p)
		}
		sum := new(Histogram)
		sum.Add(parts[0])
		sum.Add(parts[1])
		require.Equal(t, h.Cumulative(), sum.Cumulative())
		require.Equal(t, h.Percentile(50), sum.Percentile(50))
		require.Equal(t, h.Total(), sum.Total())
	}
}

// The edges that LATENCY HISTOGRAM of Redis prints, in microseconds.
func TestEdges(t *testing.T) {
	h := new(Histogram)
	for v := int64(1); v < Max; v *= 2 {
		h.Record(v, 1)
	}
	h.Record(Max, 1)
	edges := []string{}
	for _, s := range h.Cumulative() {
		edges = append(edges, fmt.Sprint(s.Value/1000))
	}
	require.Equal(t, []string{"1", "2", "4", "8", "16", "33", "66", "132", "264", "528", "1056", "2113", "4227", "8454",
		"16908", "33816", "67633", "135266", "270532", "541065", "1073741"}, edges)
	require.Equal(t, int64(1002438655), h.Percentile(100))
}

func TestRecordDoesNotAllocateTwice(t *testing.T) {
	h := new(Histogram)
	h.Record(700, 1)
	require.Zero(t, testing.AllocsPerRun(1000, func() { h.Record(900, 3) }))
}

func BenchmarkRecord(b *testing.B) {
	h := new(Histogram)
	b.ReportAllocs()
	for i := range b.N {
		h.Record(int64(300+i&1023), 1)
	}
}
