package keyspace

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/slots"
)

// lockedSet is setKey beside running housekeeping.
func (ks *Keyspace) lockedSet(t *testing.T, key string, at int64) {
	t.Helper()
	x := ks.NewExecutor("test")
	defer x.Close()
	x.Enter()
	defer x.Leave()
	s := slots.Of([]byte(key))
	x.LockSlot(s)
	defer ks.Unlock(s)
	ks.setKey(t, 0, key, at)
}

func (ks *Keyspace) startCounting(t *testing.T) (told *atomic.Int64) {
	t.Helper()
	told = new(atomic.Int64)
	ks.Start(HousekeepingOptions{Hz: 500, Expired: func(int, slots.Slot, []byte) { told.Add(1) }})
	return told
}

func eventually(t *testing.T, f func() bool) {
	t.Helper()
	require.Eventually(t, f, 20*time.Second, time.Millisecond)
}

// TestRest: housekeeping rests until something has a time to live, and again
// when it is gone.
func TestRest(t *testing.T) {
	ks := newTest(t, Options{})
	told := ks.startCounting(t)
	resting := ks.house.resting.Load
	for n := range int64(3) {
		eventually(t, resting)
		ks.lockedSet(t, "for ever", 0)
		require.True(t, resting())
		ks.lockedSet(t, "gone", unixMillis()-1)
		eventually(t, func() bool { return told.Load() == n+1 })
	}
	ks.lockedSet(t, "stays", unixMillis()+1_000_000)
	eventually(t, func() bool { return !resting() })
	require.Never(t, resting, 20*time.Millisecond, time.Millisecond)
}

// TestHoldExpiry: what SetActiveExpire says holds again afterwards.
func TestHoldExpiry(t *testing.T) {
	ks := newTest(t, Options{})
	told := ks.startCounting(t)
	ks.HoldExpiry(true)
	ks.SetActiveExpire(true)
	ks.lockedSet(t, "gone", unixMillis()-1)
	require.Never(t, func() bool { return told.Load() > 0 }, 20*time.Millisecond, time.Millisecond)
	ks.HoldExpiry(false)
	eventually(t, func() bool { return told.Load() == 1 })
	ks.SetActiveExpire(false)
	ks.HoldExpiry(true)
	ks.HoldExpiry(false)
	ks.lockedSet(t, "gone", unixMillis()-1)
	require.Never(t, func() bool { return told.Load() > 1 }, 20*time.Millisecond, time.Millisecond)
}
