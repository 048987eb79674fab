package server

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestUnsent compares the chunks with one growing slice.
func TestUnsent(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		var u unsent
		var want []byte
		var spare [][]byte
		m := &memory{keep: true}
		for range 200 {
			if r.IntN(3) > 0 {
				n := r.IntN(3000)
				if r.IntN(20) == 0 {
					n = maxChunk + r.IntN(1000)
				}
				b := bytes.Repeat([]byte{byte(r.Uint32())}, n)
				want = append(want, b...)
				if u.size == 0 && spare != nil {
					u.start(spare)
					spare = nil
				}
				if !u.add(b) {
					clear(b)
				}
			} else {
				m.limit = r.IntN(50_000)
				last, err := u.sendTo(m)
				require.NoError(t, err)
				if last != nil {
					spare = last
				}
			}
			require.Equal(t, len(want)-len(m.sent), u.size)
		}
		m.limit = 1 << 30
		_, err := u.sendTo(m)
		require.NoError(t, err)
		require.Zero(t, u.size)
		require.Nil(t, u.chunks)
		require.True(t, bytes.Equal(want, m.sent))
	}
}
