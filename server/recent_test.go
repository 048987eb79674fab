package server

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRecentPeaks compares the ring with a list of all that was noted.
func TestRecentPeaks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var p recentPeaks
	type seen struct {
		second  int64
		in, out int
	}
	var all []seen
	now := int64(0)
	for range 5000 {
		now += r.Int64N(2e9)
		if r.IntN(50) == 0 {
			now += 20e9
		}
		in, out := r.IntN(1000), r.IntN(1000)
		p.note(now, in, out)
		all = append(all, seen{now / 1e9, in, out})
		later := now + r.Int64N(10e9)
		wantIn, wantOut := 0, 0
		for _, s := range all[max(0, len(all)-200):] {
			if later/1e9-s.second < recentSeconds {
				wantIn, wantOut = max(wantIn, s.in), max(wantOut, s.out)
			}
		}
		gotIn, gotOut := p.longest(later)
		require.Equal(t, []int{wantIn, wantOut}, []int{gotIn, gotOut})
	}
}
