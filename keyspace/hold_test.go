package keyspace

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestHousekeepingTellsHowLongItHeldSlots(t *testing.T) {
	ks, err := New(Options{Databases: 1})
	require.NoError(t, err)
	defer ks.Close()
	x := ks.NewExecutor("test")
	x.Enter()
	part := ks.Part(0, 5)
	key := []byte("k")
	_, err = part.Put(ks.Hash(key), key, TypeString, 0, []byte("v"), time.Now().UnixMilli()+1, true, 0)
	require.NoError(t, err)
	x.Leave()
	x.Close()
	var mu sync.Mutex
	told := map[string]time.Duration{}
	ks.Start(HousekeepingOptions{Hz: 500, Held: func(work string, longest time.Duration) {
		mu.Lock()
		told[work] = max(told[work], longest)
		mu.Unlock()
	}})
	require.Eventually(t, func() bool {
		mu.Lock()
		defer mu.Unlock()
		return told["expire"] > 0
	}, 10*time.Second, time.Millisecond)
}
