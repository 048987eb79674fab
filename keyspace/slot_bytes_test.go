package keyspace

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/slots"
)

// The bytes of a partition that is alone in its arena are what the arena has:
// exactly for few keys, about for many.
func TestPartBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, keys := range []int{0, 1, 30, 1000, 1023, 20_000} {
		ks := newTest(t, Options{})
		for i := range keys {
			k := fmt.Sprintf("{x}%d", i)
			_, err := ks.Part(0, slots.Of([]byte(k))).Put(hashString(k), []byte(k), TypeString, EncRaw, make([]byte, r.IntN(400)), 0, false, 0)
			require.NoError(t, err)
		}
		if keys > 0 {
			ks.setFields(t, "{x}big", 3000, 0, false, true)
		}
		m := ks.Memory()
		got := ks.Part(0, slots.Of([]byte("x"))).Bytes()
		if keys <= exactKeys-1 {
			require.Equal(t, m.EntryBytes+m.TableBytes, got, keys)
		} else {
			require.InEpsilon(t, m.EntryBytes+m.TableBytes, got, 0.1, keys)
		}
	}
}
