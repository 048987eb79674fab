package hll

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTwin: sparse and dense registers and a plain array agree, whenever the
// sparse ones are given up.
func TestTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, limit := range []int{0, 30, 300, 3000, 20000} {
		b, d := AppendNew(nil), []byte(nil)
		d, ok := ToDense(b)
		require.True(t, ok)
		var want [Registers]byte
		for step := range 6000 {
			i, v := r.IntN(Registers), byte(1+r.IntN(6))
			if r.IntN(3) == 0 {
				i = r.IntN(200) // neighbours
			}
			if r.IntN(2000) == 0 {
				v = byte(1 + r.IntN(63))
			}
			raises := want[i] < v
			want[i] = max(want[i], v)
			var changed, ok bool
			b, changed, ok = Raise(b, i, v, limit)
			require.True(t, ok)
			require.Equal(t, raises, changed)
			d, _, _ = Raise(d, i, v, limit)
			if step%500 != 0 {
				continue
			}
			require.True(t, Valid(b))
			require.LessOrEqual(t, len(b), max(limit, HeaderSize+2, DenseSize))
			for _, x := range [][]byte{b, d} {
				got, ok := AppendRegisters(nil, x)
				require.True(t, ok)
				require.Equal(t, want[:], got)
			}
			n, _ := Count(b)
			m, _ := Count(d)
			require.Equal(t, n, m)
			require.Equal(t, n, CountRegisters(&want))
		}
	}
}

// TestError: the estimate is within four times the expected error.
func TestError(t *testing.T) {
	b, _ := ToDense(AppendNew(nil))
	next := 1000
	for n := 1; n <= 100_000; n++ {
		i, v := Place([]byte(fmt.Sprint("element", n)))
		b, _, _ = Raise(b, i, v, 0)
		if n == next {
			got, ok := Count(b)
			require.True(t, ok)
			require.Less(t, math.Abs(float64(got)-float64(n)), 4*0.0081*float64(n))
			next *= 10
		}
	}
}

func TestCache(t *testing.T) {
	b := AppendNew(nil)
	n, fresh := Cached(b)
	require.True(t, fresh)
	require.Zero(t, n)
	SetCached(b, 12345)
	n, fresh = Cached(b)
	require.True(t, fresh)
	require.EqualValues(t, 12345, n)
	Stale(b)
	_, fresh = Cached(b)
	require.False(t, fresh)
}

// TestDecoded has what Redis prints, of damage too.
func TestDecoded(t *testing.T) {
	for runs, want := range map[string]string{
		"": "", "o": "Z:12033", "\x40": "Z:1", "\x3fo": "z:64 Z:12033", "\x80": "v:1,1", "abcde": "Z:8547 Z:9061 Z:9473",
	} {
		require.Equal(t, want, string(AppendDecoded(nil, append(AppendNew(nil)[:HeaderSize], runs...))), "%q", runs)
	}
}

// FuzzSparse: whatever the runs are, nothing crashes, and what is sound stays so.
func FuzzSparse(f *testing.F) {
	f.Add([]byte{0x7F, 0xFF}, uint16(5), byte(3))
	f.Add([]byte{0x84, 0x7F, 0xFE}, uint16(0), byte(32))
	f.Add([]byte{0x7F}, uint16(9), byte(1))
	f.Fuzz(func(t *testing.T, runs []byte, i uint16, v byte) {
		b := append(AppendNew(nil)[:HeaderSize], runs...)
		_, sound := Count(b)
		words := strings.Fields(string(AppendDecoded(nil, b)))
		padded := append(slices.Clone(runs), 0) // the last run may be cut off
		for at := 0; at < len(runs); words = words[1:] {
			r := runAt(padded[at:])
			at += r.size
			n := strconv.Itoa(r.n)
			require.True(t, strings.HasSuffix(words[0], ":"+n) || strings.HasSuffix(words[0], ","+n), words[0])
		}
		require.Empty(t, words)
		_, ok := ToDense(b)
		require.Equal(t, sound, ok)
		var max [Registers]byte
		require.Equal(t, sound, Merge(&max, b))
		out, _, ok := Raise(append([]byte(nil), b...), int(i)%Registers, v%63+1, 3000)
		if sound {
			require.True(t, ok)
			_, sound = Count(out)
			require.True(t, sound)
		}
	})
}
