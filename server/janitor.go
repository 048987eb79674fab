package server

import (
	"sync"

	"clusternode/keyspace"
)

// janitor unregisters the watches of connections that went away without
// holding the slots' locks. It is a goroutine: it may sleep for a lock.
type janitor struct {
	ks   *keyspace.Keyspace
	mu   sync.Mutex
	work []watchState // guarded by mu
	wake chan struct{}
	done chan struct{}
}

func newJanitor(ks *keyspace.Keyspace) *janitor {
	j := &janitor{ks: ks, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go j.run()
	return j
}

func (j *janitor) put(w watchState) {
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
			for i := range w.keys {
				k := &w.keys[i]
				x.LockSlot(k.slot)
				j.ks.Unwatch(k.db, k.slot, k.hash, k.name, w.w)
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
