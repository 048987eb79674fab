package keyspace

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLFUCounter(t *testing.T) {
	for _, c := range []struct {
		at, now uint32
		n       uint8
		decay   int
		want    uint8
	}{
		{100, 100, 7, 1, 7},
		{100, 103, 7, 1, 4},
		{100, 200, 7, 1, 0},
		{100, 109, 7, 10, 7},
		{100, 110, 7, 10, 6},
		{100, 9999, 7, 0, 7},
		{0xffff, 0x10001, 7, 1, 5}, // the minutes wrap at 16 bits
	} {
		lru := c.at&0xffff<<8 | uint32(c.n)
		require.Equal(t, c.want, LFUCounter(lru, c.now, c.decay), "%+v", c)
	}
	require.Equal(t, uint8(lfuInit), LFUCounter(NewLFU(1234567), 1234567, 1))
	require.Equal(t, uint32(5), LRUIdle(lruMask-1, 3))
}

func TestTouchLFU(t *testing.T) {
	ks := newTest(t, Options{})
	ks.set(t, 0, "k", 0)
	e := ks.Part(0, 7).Find(hashString("k"), []byte("k"))
	e.TouchLRU(NewLFU(50))
	e.TouchLFU(50, 0.999, 10, 1) // up to lfuInit each access counts
	require.Equal(t, uint8(6), LFUCounter(e.LRU(), 50, 1))
	e.TouchLFU(50, 0.1, 10, 1) // 1/11: not this time
	require.Equal(t, uint8(6), LFUCounter(e.LRU(), 50, 1))
	e.TouchLFU(50, 0.09, 10, 1)
	require.Equal(t, uint8(7), LFUCounter(e.LRU(), 50, 1))
	for range 1000 {
		e.TouchLFU(50, 0, 10, 1)
	}
	require.Equal(t, uint8(255), LFUCounter(e.LRU(), 50, 1))
	e.TouchLFU(60, 1, 10, 1)
	require.Equal(t, uint8(245), LFUCounter(e.LRU(), 60, 1))
	require.Equal(t, "v", string(e.Value()))
	require.Equal(t, "k", string(e.Key()))
}

func TestNames(t *testing.T) {
	require.Equal(t, "string zset stream unknown", TypeString.String()+" "+TypeZSet.String()+" "+TypeStream.String()+" "+Type(7).String())
	require.Equal(t, "raw embstr quicklist stream unknown", EncRaw.String()+" "+EncEmbstr.String()+" "+EncQuicklist.String()+" "+EncStream.String()+" "+Encoding(99).String())
}
