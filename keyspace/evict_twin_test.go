package keyspace

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/slots"
)

// Evictions between all kinds of writes leave the table as its twin says: a
// victim is told before it goes, was there, is gone afterwards, and nothing else
// has changed.
func TestEvictTwin(t *testing.T) {
	for i, policy := range allPolicies {
		r := rand.New(rand.NewPCG(uint64(i), 77))
		ks := newTest(t, Options{})
		p, m := ks.Part(0, 7), twin{}
		rules := &EvictRules{Policy: policy, Samples: 1 + r.IntN(20), LFUDecay: 1}
		told := 0
		v := ks.NewEvictor(r, func(db int, s slots.Slot, _ *Part, hash uint64, key []byte) {
			w, exists := m[string(key)]
			require.True(t, exists)
			require.Equal(t, hashKey(key), hash)
			require.Equal(t, []any{0, slots.Slot(7)}, []any{db, s})
			if policy.volatile() {
				require.True(t, w.expire)
			}
			delete(m, string(key))
			told++
		})
		steps, space := 20_000, 5000
		if raceEnabled {
			steps = 2000
		}
		for n := range steps {
			step(t, r, p, m, space, 5)
			if n%3 == 0 {
				was := told
				got := v.Evict(rules, int64(n)*1000, r.IntN(2) == 0)
				require.Equal(t, got == EvictedOne, told == was+1)
				require.Equal(t, len(m), p.Len())
			}
			if n%2000 == 0 {
				checkPart(t, p, m)
				checkTable(t, p)
			}
		}
		require.Greater(t, told, steps/20)
		checkPart(t, p, m)
		checkTable(t, p)
		require.Equal(t, ks.Memory().Used(), ks.UsedMemory())
	}
}
