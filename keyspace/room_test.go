package keyspace

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOutOfMemoryChangesNothing(t *testing.T) {
	ks := newTest(t, Options{Limit: 4 << 20})
	r := rand.New(rand.NewPCG(2, 2))
	p, m := ks.Part(0, 1), twin{}
	failed := 0
	for i := range 60_000 {
		key := fmt.Sprint("key", r.IntN(40_000))
		w, exists := m[key]
		n := twinEntry{value: string(make([]byte, 10+r.IntN(300))), lru: uint32(i)}
		_, err := p.Put(hashString(key), []byte(key), n.t, n.enc, []byte(n.value), 0, false, n.lru)
		if err == nil {
			m[key] = n
			continue
		}
		failed++
		require.ErrorIs(t, err, ErrOOM)
		if e := p.Find(hashString(key), []byte(key)); exists {
			checkEntry(t, key, w, e)
		} else {
			require.False(t, e.Exists())
		}
		if failed%500 == 0 {
			_, err = p.Grow(hashString(key), []byte(key), TypeString, EncRaw, 0, 5<<20)
			require.ErrorIs(t, err, ErrOOM)
			checkPart(t, p, m)
			for k := range m {
				if r.IntN(4) == 0 {
					require.True(t, p.Remove(hashString(k), []byte(k)))
					delete(m, k)
				}
			}
		}
	}
	require.Greater(t, failed, 1000)
	checkPart(t, p, m)
}

func TestHugeValue(t *testing.T) {
	ks := newTest(t, Options{})
	p, key := ks.Part(0, 1), []byte("bits")
	hash := ks.Hash(key)
	for _, size := range []int{1, 100, 20_000, 1 << 20, valueExt - 1, valueExt, valueExt + 1, 20 << 20, 22 << 20} {
		e, err := p.Grow(hash, key, TypeString, EncRaw, 0, size)
		require.NoError(t, err)
		require.Len(t, e.Value(), size)
		require.Equal(t, key, e.Key())
		for _, b := range []int{0, size / 2, size - 1} {
			require.LessOrEqual(t, e.Value()[b], byte(1), "%d of %d", b, size)
		}
		e.Value()[size-1] = 1
		if size > 2 {
			require.Zero(t, e.Value()[size-2]&^1)
		}
	}
	e, err := p.SetExpire(hash, key, 5)
	require.NoError(t, err)
	require.Equal(t, int64(5), e.ExpireAt())
	require.Len(t, e.Value(), 22<<20)
	require.Equal(t, byte(1), e.Value()[22<<20-1])
	require.True(t, p.Persist(hash, key))
	require.True(t, p.Remove(hash, key))
	require.Zero(t, ks.Memory().EntryBytes)
}
