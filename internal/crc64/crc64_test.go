package crc64

import (
	"hash/crc64"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckValue(t *testing.T) {
	require.Equal(t, uint64(0xe9c6d914c4b8d9ca), Update(0, []byte("123456789")))
	require.Zero(t, Update(0, nil))
}

// The standard library is the twin: it complements before and after.
func TestAgainstStandardLibrary(t *testing.T) {
	table := crc64.MakeTable(reflected)
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		p := make([]byte, r.IntN(200))
		for i := range p {
			p[i] = byte(r.Uint32())
		}
		crc := r.Uint64()
		cut := r.IntN(len(p) + 1)
		require.Equal(t, ^crc64.Update(^crc, table, p), Update(Update(crc, p[:cut]), p[cut:]))
	}
}

func BenchmarkUpdate(b *testing.B) {
	p := make([]byte, 4096)
	b.SetBytes(int64(len(p)))
	for range b.N {
		Update(0, p)
	}
}
