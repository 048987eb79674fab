package keyspace

import (
	"fmt"
	"math"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/slots"
)

func TestActiveExpiry(t *testing.T) {
	ks := newTest(t, Options{})
	var told atomic.Int64
	now := unixMillis()
	const n = 5000
	for i := range n {
		ks.setKey(t, i%3, fmt.Sprint("gone", i), now-1)
		ks.setKey(t, i%3, fmt.Sprint("stays", i), now+1_000_000)
		ks.setKey(t, i%3, fmt.Sprint("for ever", i), 0)
		ks.setKey(t, i%3, fmt.Sprint("{t}", i), now-int64(i%2)) // one slot, half of it
	}
	ks.SetActiveExpire(false)
	ks.Start(HousekeepingOptions{Hz: 500, Expired: func(db int, s slots.Slot, key []byte) {
		if slots.Of(key) != s || !ks.Locked(s) || db > 2 {
			t.Error("a strange call")
		}
		told.Add(1)
	}})
	time.Sleep(20 * time.Millisecond)
	require.Zero(t, told.Load())
	ks.SetActiveExpire(true)
	require.Eventually(t, func() bool { return told.Load() > n*9/10 }, 20*time.Second, time.Millisecond)
	ks.ExpireNow(unixMillis())
	require.Equal(t, int64(2*n), told.Load())
	require.Equal(t, told.Load(), ks.HouseStats().Expired)
	for db := range 3 {
		require.Less(t, ks.Expires(db), n/3+2)
		require.Equal(t, ks.Expires(db)*2, ks.DBSize(db))
	}
	require.Eventually(t, func() bool { return ks.AvgTTL(1) > 0 }, 20*time.Second, time.Millisecond)
	require.LessOrEqual(t, ks.AvgTTL(1), int64(1_000_000))
	require.Zero(t, ks.AvgTTL(9))
}

func (ks *Keyspace) setKey(t *testing.T, db int, key string, at int64) {
	t.Helper()
	s := slots.Of([]byte(key))
	_, err := ks.Part(db, s).Put(hashString(key), []byte(key), TypeString, EncRaw, []byte("v"), at, at != 0, 0)
	require.NoError(t, err)
}

func TestExpiryAtTheEdges(t *testing.T) {
	ks := newTest(t, Options{})
	for _, at := range []int64{math.MinInt64, -1, 1, 99, 100, math.MaxInt64} {
		_, err := ks.Part(0, 7).Put(hashString(fmt.Sprint(at)), []byte(fmt.Sprint(at)), TypeString, EncRaw, nil, at, true, 0)
		require.NoError(t, err)
	}
	require.Equal(t, 4, ks.ExpireNow(100), "a key is still there at its very millisecond")
	require.Equal(t, 1, ks.ExpireNow(101))
	require.Equal(t, 1, ks.DBSize(0))
}

// A slot flush of many keys is collected in slices; meanwhile the slot works.
func TestClearIsCollected(t *testing.T) {
	ks := newTest(t, Options{})
	ks.Start(HousekeepingOptions{})
	for i := range 20_000 {
		ks.setKey(t, 0, fmt.Sprint("{t}", i), 0)
	}
	s := slots.Of([]byte("{t}"))
	x := ks.NewExecutor("x")
	x.Enter()
	x.LockSlot(s)
	ks.Part(0, s).Clear()
	ks.setKey(t, 0, "{t}new", 0)
	ks.Unlock(s)
	x.Leave()
	require.Equal(t, 1, ks.DBSize(0))
	ks.Collect()
	m := ks.Memory()
	require.Equal(t, int64(1), m.Keys)
	require.Less(t, m.HeldBytes, int64(1<<20))
	require.Less(t, m.EntryBytes+m.TableBytes, int64(1000))
}

func TestCloseTwiceAndUnused(t *testing.T) {
	ks, err := New(Options{Databases: 1})
	require.NoError(t, err)
	require.Equal(t, 1, ks.Databases())
	require.Zero(t, ks.CountKeys(3))
	require.Zero(t, ks.Memory().HeldBytes)
	ks.Start(HousekeepingOptions{})
	ks.Close()
	ks.Close()
}

// What is freed in the background is counted: values with trees, cleared slots
// and flushed databases.
func TestFreedIsCounted(t *testing.T) {
	ks := newTest(t, Options{})
	ks.Start(HousekeepingOptions{})
	for i := range 100 {
		ks.setKey(t, 0, fmt.Sprint("{a}", i), 0)
		ks.setKey(t, 1, fmt.Sprint("b", i), 0)
	}
	before := ks.HouseStats()
	require.Zero(t, before.Unfreed+before.Freed)
	x := ks.NewExecutor("x")
	x.Enter()
	s := slots.Of([]byte("{a}"))
	x.LockSlot(s)
	ks.Part(0, s).Clear()
	ks.Unlock(s)
	x.Exclusive(func() { ks.FlushDB(1, true) })
	x.Leave()
	x.Close()
	require.Eventually(t, func() bool { h := ks.HouseStats(); return h.Freed == 200 && h.Unfreed == 0 }, 20*time.Second, time.Millisecond)
	require.Zero(t, ks.HouseStats().Since(ks.HouseStats()).Freed)
}
