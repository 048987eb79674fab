package object

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type hashField struct {
	value    string
	expireAt int64
}

func checkHash(t *testing.T, h *Hash, twin map[string]hashField) {
	require.Equal(t, len(twin), h.Len())
	got := map[string]hashField{}
	h.Each(func(f, v []byte, at int64) bool { got[string(f)] = hashField{string(v), at}; return true })
	require.Equal(t, twin, got)
	first := int64(0)
	for _, f := range twin {
		if f.expireAt != 0 && (first == 0 || f.expireAt < first) {
			first = f.expireAt
		}
	}
	require.Equal(t, first, h.FirstExpire())
	seen := map[string]hashField{}
	for cursor, more := uint64(0), true; more; more = cursor != 0 {
		cursor = h.Scan(cursor, 5, func(f, v []byte, at int64) { seen[string(f)] = hashField{string(v), at} })
	}
	require.Equal(t, twin, seen)
}

func TestHashTwin(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 6))
			sp := newSpace(t)
			lim := HashLimits{Entries: 32, Value: 40}
			b := NewHashBuilder(sp, nil, seed%5 == 4)
			h := b.Hash
			twin := map[string]hashField{}
			fields := 10 + int(seed)*50
			expiry := func() int64 {
				if seed%3 == 0 || r.IntN(3) > 0 {
					return 0
				}
				return 1 + int64(r.IntN(50))
			}
			for step := range 3000 {
				f := fmt.Sprint(r.IntN(fields))
				if r.IntN(2) == 0 {
					f = "field " + f
				}
				v := strings.Repeat(fmt.Sprint(r.IntN(1000)), r.IntN(4))
				if seed > 6 && r.IntN(40) == 0 {
					v = strings.Repeat("long", 100+r.IntN(400))
				}
				old, exists := twin[f]
				var num NumBuf
				value, at, ok := h.Get([]byte(f), &num)
				require.Equal(t, exists, ok)
				require.Equal(t, old, hashField{string(value), at})
				switch op := r.IntN(12); {
				case op < 6:
					at := expiry()
					created, err := h.Set([]byte(f), []byte(v), at, lim)
					require.NoError(t, err)
					require.Equal(t, !exists, created)
					twin[f] = hashField{v, at}
				case op < 9:
					deleted, err := h.Delete([]byte(f))
					require.NoError(t, err)
					require.Equal(t, exists, deleted)
					delete(twin, f)
				case op == 9 && exists:
					at := expiry()
					require.NoError(t, h.SetExpire([]byte(f), at))
					twin[f] = hashField{old.value, at}
				case op == 10 && step%10 == 0:
					now := int64(r.IntN(60))
					want := 0
					for f, x := range twin {
						if x.expireAt != 0 && x.expireAt < now {
							delete(twin, f)
							want++
						}
					}
					n, err := h.RemoveExpired(now, 1<<30)
					require.NoError(t, err)
					require.Equal(t, want, n)
				}
				if step%50 == 0 {
					h = OpenHash(&b.host)
					checkHash(t, &h, twin)
					require.Equal(t, h.FirstExpire() != 0, HasFieldTTLs(TypeHash, h.Encoding(), h.v))
				}
			}
			checkHash(t, &h, twin)
			b.Discard()
			require.Zero(t, sp.Arena.Stats().Entries)
		})
	}
}
