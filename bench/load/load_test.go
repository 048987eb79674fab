package load

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestBucketsHoldTheirDurations(t *testing.T) {
	last := -1
	for _, d := range []time.Duration{0, 1, 31, 32, 33, 63, 64, 65, 1000, time.Microsecond, 50 * time.Microsecond, time.Millisecond, time.Second, time.Minute, time.Hour} {
		i := bucket(d)
		require.GreaterOrEqual(t, i, last, d)
		last = i
		require.GreaterOrEqual(t, upper(i), d)
		require.LessOrEqual(t, float64(upper(i)-d), float64(d)/32+1, d)
		if i > 0 {
			require.Less(t, upper(i-1), d)
		}
	}
	require.Equal(t, bucketCount-1, bucket(1<<62))
}

func TestQuantiles(t *testing.T) {
	var h Hist
	require.Zero(t, h.Quantile(0.5))
	for i := range 1000 {
		h.Add(time.Duration(i+1)*time.Microsecond, 1)
	}
	require.InEpsilon(t, float64(500*time.Microsecond), float64(h.Quantile(0.5)), 0.04)
	require.InEpsilon(t, float64(990*time.Microsecond), float64(h.Quantile(0.99)), 0.04)
	require.Equal(t, time.Millisecond, h.Quantile(1))
	require.EqualValues(t, 1000, h.Count())
}

// TestScannerInAnyPieces: the same stream in all cuts of two pieces, and byte by byte, counts the same.
func TestScannerInAnyPieces(t *testing.T) {
	stream := "+OK\r\n$5\r\nab\r\nc\r\n$-1\r\n:12\r\n$0\r\n\r\n-ERR no\r\n_\r\n*0\r\n*3\r\n:1\r\n*2\r\n$1\r\nx\r\n*-1\r\n+z\r\n"
	for cut := range len(stream) {
		var s scanner
		a, err := s.feed([]byte(stream[:cut]))
		require.NoError(t, err)
		b, err := s.feed([]byte(stream[cut:]))
		require.NoError(t, err)
		require.Equal(t, 9, a+b, cut)
		require.EqualValues(t, 2, s.nulls)
		require.Equal(t, "-ERR no", s.first)
	}
	var s scanner
	n := 0
	for i := range len(stream) {
		k, err := s.feed([]byte{stream[i]})
		require.NoError(t, err)
		n += k
	}
	require.Equal(t, 9, n)
	_, err := s.feed([]byte("%1\r\n"))
	require.ErrorIs(t, err, errReply)
}

func TestCommandPatchesItsKey(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	c := NewCommand(3, true, "SET", "KEY", "v")
	var got []byte
	got = c.Fill(got, 2, rng)
	set := "*3\r\n$3\r\nSET\r\n$16\r\nkey:%012d\r\n$1\r\nv\r\n"
	require.Equal(t, fmt.Sprintf(set+set, 0, 1), string(got))
	got = c.Fill(got, 2, rng)
	require.Equal(t, fmt.Sprintf(set+set, 2, 0), string(got))

	random := NewCommand(1_000_000, false, "GET", "KEY")
	a, b := string(random.Fill(nil, 1, rng)), string(random.Fill(nil, 1, rng))
	require.NotEqual(t, a, b)
	require.Equal(t, a[:strings.Index(a, "key:")], b[:strings.Index(b, "key:")])
	require.Len(t, string(AppendKey(nil, 7)), KeyLength)
	require.Panics(t, func() { NewCommand(1, false, "PING") })
}
