package lzf

import (
	"bytes"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Lengths that redis-server writes (serializedlength of DEBUG OBJECT, without
// the header).
func TestCompressedLengths(t *testing.T) {
	var c Compressor
	for _, v := range []struct {
		text string
		want int
	}{
		{strings.Repeat("a", 71), 9}, {strings.Repeat("ab", 16), 10}, {strings.Repeat("x", 39), 9}, {strings.Repeat("x", 21), 6}, {strings.Repeat("x", 22), 8}, {strings.Repeat("x", 300), 12},
	} {
		out, ok := c.Compress(nil, []byte(v.text), len(v.text)-4)
		require.True(t, ok, v.text)
		require.Len(t, out, v.want, v.text)
	}
	_, ok := c.Compress(nil, []byte("abcdefghijklmnopqrstuvwxyz"), 22)
	require.False(t, ok)
	_, ok = c.Compress(nil, []byte("aa"), 100)
	require.False(t, ok)
}

func TestRoundTrip(t *testing.T) {
	var c Compressor
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		src := make([]byte, r.IntN(1+r.IntN(20000)))
		letters := 1 + r.IntN(6)
		for i := range src {
			if i > 300 && r.IntN(20) > 0 {
				src[i] = src[i-1-r.IntN(300)]
			} else {
				src[i] = byte(r.IntN(letters))
			}
		}
		out, ok := c.Compress([]byte("before"), src, 1<<20)
		if !ok {
			require.Less(t, len(src), minInput)
			continue
		}
		require.Equal(t, "before", string(out[:6]))
		back, err := Decompress([]byte("x"), out[6:], len(src))
		require.NoError(t, err)
		require.True(t, bytes.Equal(src, back[1:]))
		if len(out) > 7 {
			_, ok = c.Compress(nil, src, len(out)-7)
			require.False(t, ok, "the limit holds")
		}
	}
}

// What a compressor did before has no influence, also where its numbering of
// places starts anew.
func TestCompressorForgets(t *testing.T) {
	var used Compressor
	used.end = math.MaxUint32 - 20_000
	for i := range 40 {
		src := bytes.Repeat([]byte("abc def abd xyz"), i*5)
		src = append(src, byte(i))
		var fresh Compressor
		want, ok := fresh.Compress(nil, src, len(src))
		got, gotOK := used.Compress(nil, src, len(src))
		require.Equal(t, ok, gotOK)
		require.Equal(t, want, got)
	}
	require.Less(t, used.end, uint32(60_000))
}

func TestDecompressRejects(t *testing.T) {
	for _, bad := range []string{"", "\x02ab", "\x20", "\x20\x00", "\x00a\x20\x01", "\xe0", "\xe0\x00", "\x00a\xe0\xff\x00", "\x01ab\x01cd"} {
		_, err := Decompress(nil, []byte(bad), 3)
		require.ErrorIs(t, err, ErrCorrupt, "%q", bad)
	}
}

func FuzzDecompress(f *testing.F) {
	f.Add([]byte("\x00a\xe0\x3e\x00\x00a"), 72)
	f.Add([]byte("\x1f01234567890123456789012345678901"), 32)
	f.Fuzz(func(t *testing.T, src []byte, n int) {
		if n > 1<<20 {
			return
		}
		out, err := Decompress(nil, src, n)
		if err != nil {
			return
		}
		require.Len(t, out, n)
		var c Compressor
		again, ok := c.Compress(nil, out, 1<<21)
		require.Equal(t, n >= minInput, ok)
		if ok {
			back, err := Decompress(nil, again, n)
			require.NoError(t, err)
			require.True(t, bytes.Equal(out, back))
		}
	})
}
