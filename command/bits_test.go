package command

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func bitAt(p []byte, i int64) byte { return p[i/8] >> (7 - i%8) & 1 }

// randomBits has long runs of equal bits, so that words are skipped.
func randomBits(r *rand.Rand, n int) []byte {
	p := make([]byte, n)
	for i := range p {
		switch r.IntN(8) {
		case 0:
			p[i] = byte(r.IntN(256))
		case 1:
			p[i] = 0xff
		}
	}
	if r.IntN(2) == 0 {
		notBits(p)
	}
	return p
}

func TestBitsAgainstTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		p := randomBits(r, 1+r.IntN(100))
		first := int64(r.IntN(len(p) * 8))
		limit := first + 1 + int64(r.IntN(len(p)*8-int(first)))
		ones := int64(0)
		at := [2]int64{limit, limit}
		for i := limit - 1; i >= first; i-- {
			b := bitAt(p, i)
			ones += int64(b)
			at[b] = i
		}
		require.Equal(t, ones, countBits(p, first, limit), "%x %d %d", p, first, limit)
		require.Equal(t, at[0], findBit(p, 0, first, limit), "%x %d %d", p, first, limit)
		require.Equal(t, at[1], findBit(p, 1, first, limit), "%x %d %d", p, first, limit)
	}
}

func TestBitOperationsAgainstTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		dst := randomBits(r, r.IntN(70))
		src := randomBits(r, r.IntN(len(dst)+1))
		for name, op := range map[string]bitOperation{"and": andBits, "or": orBits, "xor": xorBits} {
			want := make([]byte, len(dst))
			for i, d := range dst {
				s := byte(0)
				if i < len(src) {
					s = src[i]
				}
				want[i] = map[string]byte{"and": d & s, "or": d | s, "xor": d ^ s}[name]
			}
			got := append([]byte{}, dst...)
			op(got, src)
			require.Equal(t, want, got, name)
		}
		got := append([]byte{}, dst...)
		notBits(got)
		for i := range got {
			require.Equal(t, ^dst[i], got[i])
		}
	}
}
