package keyspace

import (
	"sync"
	"sync/atomic"
	"time"

	"clusternode/slots"
)

// Slot locks. One word per slot says whether it is held and whether somebody
// is queued; the queues themselves are guarded by a few mutexes that are only
// taken when there is contention.
//
// Being woken gives a turn, not the lock: somebody who comes by may be faster,
// which keeps a contended slot busy while the woken loop gets going. A waiter
// that lost its turn goes to the front of the queue again, and after lostTurns
// of them the slot is reserved: then everybody else but TryLock queues instead
// of taking the free lock, so nobody starves.
//
// Whoever sleeps for a slot must have left the keyspace. The lock may be free
// and the turn belong to a connection whose loop stands at the gate; the gate
// would wait for the sleeper, and the sleeper for that loop.
const (
	lockHeld     = 1 << iota // somebody has the slot
	lockQueued               // its queue is not empty
	lockReserved             // the next turn belongs to one woken waiter
)

const (
	lostTurns   = 3
	spinTime    = 10 * time.Microsecond
	queueShards = 64
)

// Waiter is a place in the queue of one slot. It is embedded in what waits and
// must not be copied. It belongs to one owner, who makes one attempt at a time.
type Waiter struct {
	// Wake tells the owner that it is its turn to call LockOrWait again. The
	// unlocker calls it, from any goroutine, holding no lock. It may come once
	// more after CancelWait, or after the lock was got otherwise.
	Wake func()

	slot  slots.Slot    // owner's, while state is waitIdle
	state atomic.Uint32 // a waitState; changed under the mutex of slot's shard

	// Guarded by that mutex; reserved may be read by the owner in waitTurn.
	reserved   bool
	turns      int // lost so far
	prev, next *Waiter
}

const (
	waitIdle   uint32 = iota
	waitQueued        // in the queue of slot
	waitTurn          // taken out and woken, has not tried again yet
)

type lockTable struct {
	words  [slots.Count]atomic.Uint32
	shards [queueShards]lockShard
}

// lockShard holds the queues of the slots that are congruent to it.
type lockShard struct {
	mu     sync.Mutex
	queues map[slots.Slot]*waitQueue
	_      [48]byte
}

func (t *lockTable) shard(s slots.Slot) *lockShard { return &t.shards[s%queueShards] }

// TryLock takes the slot's lock if it is free.
func (ks *Keyspace) TryLock(s slots.Slot) bool {
	return ks.locks.take(s, lockHeld)
}

// Locked reports whether somebody holds the slot's lock.
func (ks *Keyspace) Locked(s slots.Slot) bool {
	return ks.locks.words[s].Load()&lockHeld != 0
}

// LockOrWait takes the slot's lock, or queues w and reports false. It spins
// for a moment and never sleeps. After Wake the owner calls it again.
func (ks *Keyspace) LockOrWait(s slots.Slot, w *Waiter) bool {
	if w.state.Load() == waitIdle && ks.locks.words[s].CompareAndSwap(0, lockHeld) {
		return true
	}
	t := &ks.locks
	if t.spin(s, t.refused(s, w)) {
		t.settle(w)
		return true
	}
	return t.queue(s, w, t.refused(s, w))
}

// LockManyOrWait takes the locks of all slots of set (ascending, unique), or
// none: then w is queued at one that was not free, and it reports false.
func (ks *Keyspace) LockManyOrWait(set []slots.Slot, w *Waiter) bool {
	t := &ks.locks
	for have := -1; ; {
		missing := -1
		for i, s := range set {
			if i != have && !t.spin(s, t.refused(s, w)) {
				missing = i
				break
			}
		}
		if missing < 0 {
			t.settle(w)
			return true
		}
		for i, s := range set {
			if i < missing || i == have {
				ks.Unlock(s)
			}
		}
		turns := w.turns
		if !t.queue(set[missing], w, t.refused(set[missing], w)) {
			return false
		}
		have, w.turns = missing, turns // it was given back just now
	}
}

// LockSlot takes the slot's lock and sleeps until it has it. The executor has
// entered and holds no slot; while it sleeps it has left. It reports whether it
// stayed all along: if not, databases may have been flushed or swapped
// meanwhile, and nothing found before may be used. Event loops use LockOrWait.
func (x *Executor) LockSlot(s slots.Slot) (stayed bool) {
	stayed = true
	for !x.ks.LockOrWait(s, &x.waiter) {
		stayed = false
		x.sleep()
	}
	return stayed
}

// LockSlots is LockSlot for several slots, ascending and once each.
func (x *Executor) LockSlots(set []slots.Slot) (stayed bool) {
	stayed = true
	for len(set) > 0 && !x.ks.LockManyOrWait(set, &x.waiter) {
		stayed = false
		x.sleep()
	}
	return stayed
}

func (x *Executor) sleep() {
	x.Leave()
	<-x.turn
	x.Enter()
}

// CancelWait takes w out of its queue, or gives its turn to the next one: its
// owner does not want the lock any more.
func (ks *Keyspace) CancelWait(w *Waiter) { ks.locks.settle(w) }

// Unlock gives the slot's lock back and wakes the first in the queue.
func (ks *Keyspace) Unlock(s slots.Slot) {
	if !ks.locks.words[s].CompareAndSwap(lockHeld, 0) {
		ks.locks.unlockSlow(s)
	}
}

// UnlockMany gives back the locks of all slots of set.
func (ks *Keyspace) UnlockMany(set []slots.Slot) {
	for _, s := range set {
		ks.Unlock(s)
	}
}

// Locker is how a command that walks over many slots locks them, one at a
// time. Its executor has entered and holds no slot. Lock may leave the keyspace
// for a while: what was found before, a database included, may be gone.
type Locker interface {
	Lock(s slots.Slot)
	Unlock(s slots.Slot)
}

type slotLocker struct{ x *Executor }

// Lock also lets a pending gate through, so that a long walk holds nobody up.
func (l slotLocker) Lock(s slots.Slot)   { l.x.Yield(); l.x.LockSlot(s) }
func (l slotLocker) Unlock(s slots.Slot) { l.x.ks.Unlock(s) }

type noLock struct{}

func (noLock) Lock(slots.Slot)   {}
func (noLock) Unlock(slots.Slot) {}

// NoLock is the Locker under the gate.
var NoLock Locker = noLock{}

// SlotLocker is the Locker of a goroutine's executor; event loops have none,
// since it sleeps.
func (x *Executor) SlotLocker() Locker { return slotLocker{x} }
