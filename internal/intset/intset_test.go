package intset

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	limits := []int64{math.MinInt64, math.MaxInt64, math.MinInt32, math.MaxInt32, math.MinInt16, math.MaxInt16}
	for round := range 200 {
		is, want := AppendEmpty(nil), []int64(nil)
		for range 100 {
			n := int64(r.IntN(60) - 30)
			if r.IntN(30) == 0 {
				n = limits[r.IntN(min(len(limits), 1+round/30))] + int64(r.IntN(3)-1)
			}
			i, found := slices.BinarySearch(want, n)
			at, ok := Find(is, n)
			require.Equal(t, i, at)
			require.Equal(t, found, ok)
			var changed bool
			if r.IntN(3) > 0 {
				is, changed = Insert(is, n)
				require.Equal(t, !found, changed)
				if !found {
					want = slices.Insert(want, i, n)
				}
			} else {
				is, changed = Remove(is, n)
				require.Equal(t, found, changed)
				if found {
					want = slices.Delete(want, i, i+1)
				}
			}
			require.Equal(t, len(want), Len(is))
			require.Len(t, is, Room(len(want), Width(is)))
			for i, n := range want {
				require.Equal(t, n, At(is, i))
				require.LessOrEqual(t, WidthOf(n), Width(is))
			}
			require.Equal(t, len(want) > 0, Valid(is, true))
		}
	}
}

func TestBytes(t *testing.T) {
	is := AppendEmpty(nil)
	for _, n := range []int64{5, -1, 70000} {
		is, _ = Insert(is, n)
	}
	require.Equal(t, "\x04\x00\x00\x00\x03\x00\x00\x00\xff\xff\xff\xff\x05\x00\x00\x00\x70\x11\x01\x00", string(is))
}

func FuzzValid(f *testing.F) {
	f.Add([]byte("\x04\x00\x00\x00\x02\x00\x00\x00\xff\xff\xff\xff\x05\x00\x00\x00"))
	f.Add([]byte("\x02\x00\x00\x00\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, is []byte) {
		if !Valid(is, true) {
			return
		}
		for i := range Len(is) {
			at, found := Find(is, At(is, i))
			require.True(t, found)
			require.Equal(t, i, at)
		}
	})
}
