package server

import (
	"sync"

	"clusternode/keyspace"
)

// janitor unregisters the watches and waits of connections that went away
// without holding the slots' locks. It is a goroutine: it may sleep for a lock.
type janitor struct {
	ks   *keyspace.Keyspace
	mu   sync.Mutex
	work []chore // guarded by mu
	wake chan struct{}
	done chan struct{}
}

// chore is the watches, or the wait, of one connection.
type chore struct {
	watch watchState
	wait  *blocking
}

func newJanitor(ks *keyspace.Keyspace) *janitor {
	j := &janitor{ks: ks, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go j.run()
	return j
}

func (j *janitor) put(w chore) {
	j.mu.Lock()
	j.work = append(j.work, w)
	j.mu.Unlock()
	select {
	case j.wake <- struct{}{}:
	default: // it is awake
	}
}

func (j *janitor) run() {
	defer close(j.done)
	x := j.ks.NewExecutor("janitor")
	defer x.Close()
	for range j.wake {
		j.mu.Lock()
		work := j.work
		j.work = nil
		j.mu.Unlock()
		x.Enter()
		for _, w := range work {
			if w.wait != nil {
				w.wait.unblock(j.ks, x)
			}
			for i := range w.watch.keys {
				k := &w.watch.keys[i]
				x.LockSlot(k.slot)
				j.ks.Unwatch(k.db, k.slot, k.hash, k.name, w.watch.w)
				j.ks.Unlock(k.slot)
				x.Yield()
			}
		}
		x.Leave()
	}
}

func (j *janitor) stop() {
	close(j.wake)
	<-j.done
}
