package keyspace

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSleeperDoesNotHoldTheGate: the lock is free, the turn belongs to a loop's
// connection, and that loop wants the world. Whoever sleeps behind that turn
// must not be waited for.
func TestSleeperDoesNotHoldTheGate(t *testing.T) {
	ks := newTest(t, Options{})
	loop, worker := ks.NewExecutor("loop"), ks.NewExecutor("worker")
	defer loop.Close()
	loop.Enter()
	require.True(t, ks.TryLock(7))
	woken := make(chan struct{}, 1)
	w := Waiter{Wake: func() { woken <- struct{}{} }}
	require.False(t, ks.LockOrWait(7, &w))

	stayed := make(chan bool)
	go func() {
		worker.Enter()
		stayed <- worker.LockSlot(7)
		ks.Unlock(7)
		worker.Leave()
		worker.Close()
	}()
	for worker.waiter.state.Load() != waitQueued {
	}
	ks.Unlock(7)
	<-woken
	ran := false
	loop.Exclusive(func() { ran = true })
	require.True(t, ran)
	require.True(t, ks.LockOrWait(7, &w), "it had the turn")
	ks.Unlock(7)
	require.False(t, <-stayed)
	loop.Leave()
}
