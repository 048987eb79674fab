package keyspace

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/slots"
)

func (ks *Keyspace) idle(t *testing.T) {
	t.Helper()
	for s := range ks.locks.words {
		require.Zero(t, ks.locks.words[s].Load(), "slot %d", s)
	}
	for i := range ks.locks.shards {
		require.Empty(t, ks.locks.shards[i].queues)
	}
}

// woken is a waiter that counts its wakes.
type woken struct {
	w Waiter
	n atomic.Int32
}

func newWoken() *woken {
	w := new(woken)
	w.w.Wake = func() { w.n.Add(1) }
	return w
}

func TestLockOrder(t *testing.T) {
	ks := newTest(t, Options{})
	a, b, c := newWoken(), newWoken(), newWoken()
	require.True(t, ks.TryLock(5))
	require.False(t, ks.TryLock(5))
	require.False(t, ks.LockOrWait(5, &a.w))
	require.False(t, ks.LockOrWait(5, &b.w))
	require.False(t, ks.LockOrWait(5, &c.w))
	require.Zero(t, a.n.Load()+b.n.Load())
	ks.Unlock(5)
	require.Equal(t, []int32{1, 0, 0}, []int32{a.n.Load(), b.n.Load(), c.n.Load()})
	require.True(t, ks.LockOrWait(5, &a.w))
	ks.CancelWait(&b.w)
	ks.Unlock(5)
	require.Equal(t, []int32{1, 0, 1}, []int32{a.n.Load(), b.n.Load(), c.n.Load()})
	require.True(t, ks.LockOrWait(5, &c.w))
	ks.Unlock(5)
	ks.idle(t)
}

func TestCancelPassesTheTurnOn(t *testing.T) {
	ks := newTest(t, Options{})
	a, b := newWoken(), newWoken()
	require.True(t, ks.TryLock(5))
	require.False(t, ks.LockOrWait(5, &a.w))
	require.False(t, ks.LockOrWait(5, &b.w))
	ks.Unlock(5)
	require.Equal(t, int32(1), a.n.Load())
	ks.CancelWait(&a.w) // woken, but its connection has gone
	require.Equal(t, int32(1), b.n.Load())
	require.True(t, ks.LockOrWait(5, &b.w))
	ks.Unlock(5)
	ks.idle(t)
}

// Who lost its turn several times finds the slot reserved, whoever comes by.
func TestReservation(t *testing.T) {
	ks := newTest(t, Options{})
	a, b := newWoken(), newWoken()
	require.True(t, ks.TryLock(5))
	require.False(t, ks.LockOrWait(5, &a.w))
	for i := range lostTurns {
		ks.Unlock(5)
		require.Equal(t, int32(i+1), a.n.Load())
		require.True(t, ks.LockOrWait(5, &b.w), "b is faster")
		require.False(t, ks.LockOrWait(5, &a.w))
	}
	ks.Unlock(5)
	require.False(t, ks.LockOrWait(5, &b.w), "the turn is reserved")
	require.True(t, ks.TryLock(5), "it says nothing to who takes what is free and never waits")
	require.False(t, ks.LockOrWait(5, &a.w))
	ks.Unlock(5)
	require.False(t, ks.LockOrWait(5, &b.w))
	require.True(t, ks.LockOrWait(5, &a.w))
	ks.Unlock(5)
	require.Equal(t, int32(1), b.n.Load())
	require.True(t, ks.LockOrWait(5, &b.w))
	ks.Unlock(5)
	ks.idle(t)
}

func TestReservedWaiterGoes(t *testing.T) {
	ks := newTest(t, Options{})
	a, b := newWoken(), newWoken()
	require.True(t, ks.TryLock(5))
	require.False(t, ks.LockOrWait(5, &a.w))
	for range lostTurns {
		ks.Unlock(5)
		require.True(t, ks.LockOrWait(5, &b.w))
		require.False(t, ks.LockOrWait(5, &a.w))
	}
	ks.Unlock(5)
	require.False(t, ks.LockOrWait(5, &b.w))
	ks.CancelWait(&a.w)
	require.Equal(t, int32(1), b.n.Load())
	require.True(t, ks.LockOrWait(5, &b.w))
	ks.Unlock(5)
	ks.idle(t)
}

func TestLockMany(t *testing.T) {
	ks := newTest(t, Options{})
	a := newWoken()
	set := []slots.Slot{1, 5, 9}
	require.True(t, ks.TryLock(5))
	require.False(t, ks.LockManyOrWait(set, &a.w))
	require.False(t, ks.Locked(1))
	require.False(t, ks.Locked(9))
	ks.Unlock(5)
	require.Equal(t, int32(1), a.n.Load())
	require.True(t, ks.TryLock(9)) // now another one is missing
	require.False(t, ks.LockManyOrWait(set, &a.w))
	require.False(t, ks.Locked(5))
	ks.Unlock(9)
	require.Equal(t, int32(2), a.n.Load())
	require.True(t, ks.LockManyOrWait(set, &a.w))
	for _, s := range set {
		require.True(t, ks.Locked(s))
	}
	ks.UnlockMany(set)
	ks.idle(t)
}

// Loops that queue and sleepers that sleep, on one slot and on several: nobody
// is forgotten and nobody gets in beside another.
func TestLocksUnderLoad(t *testing.T) {
	ks := newTest(t, Options{})
	const each = 3000
	counters := make([]int, 8) // plain: the lock guards them
	var wg sync.WaitGroup
	sets := [][]slots.Slot{{0, 1}, {1, 2, 3}, {0, 3}, {3, 7}}
	for g := range 6 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(g), 1))
			x := ks.NewExecutor("worker")
			defer x.Close()
			x.Enter()
			defer x.Leave()
			turn := make(chan struct{}, 1)
			w := &Waiter{Wake: func() {
				select {
				case turn <- struct{}{}:
				default:
				}
			}}
			for range each {
				set := sets[r.IntN(len(sets))]
				switch {
				case g%3 == 0 && len(set) == 2:
					set = set[1:]
					x.LockSlot(set[0])
				case g%3 == 0:
					x.LockSlots(set)
				case g%3 == 1:
					set = set[:1]
					for !ks.LockOrWait(set[0], w) {
						x.Leave()
						<-turn
						x.Enter()
						if r.IntN(10) == 0 {
							ks.CancelWait(w)
						}
					}
				default:
					for !ks.LockManyOrWait(set, w) {
						x.Leave()
						<-turn
						x.Enter()
					}
				}
				for _, s := range set {
					counters[s]++
				}
				if r.IntN(50) == 0 {
					runtime.Gosched()
				}
				ks.UnlockMany(set)
			}
		})
	}
	wg.Go(func() { // the gate has to get through
		for range 50 {
			ks.Gate(func() { counters[7]++ })
		}
	})
	wg.Wait()
	ks.idle(t)
}
