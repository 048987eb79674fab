package load

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPattern(t *testing.T) {
	p := NewPattern("ZADD", "k:{3/2+}", "{10}", "m{5+}x", "plain")
	rng := rand.New(rand.NewPCG(1, 2))
	var keys, members []string
	var buf []byte
	for range 2 {
		buf = p.Fill(buf, 4, rng)
		words := strings.Split(string(buf), "\r\n")
		require.Len(t, words, 4*11+1)
		for i := range 4 {
			w := words[i*11 : i*11+11]
			require.Equal(t, []string{"*5", "$4", "ZADD", "$14"}, w[:4])
			require.Equal(t, []string{"$5", "plain"}, w[9:])
			require.Less(t, w[6], "000000000010")
			keys = append(keys, w[4][13:])
			members = append(members, w[8][12:])
		}
	}
	require.Equal(t, "0 0 1 1 2 2 0 0", strings.Join(keys, " "))
	require.Equal(t, "0x 1x 2x 3x 4x 0x 1x 2x", strings.Join(members, " "))
	require.Panics(t, func() { NewPattern("{x}") })
}
