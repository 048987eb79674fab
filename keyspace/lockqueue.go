package keyspace

import (
	"runtime"
	"time"

	"clusternode/slots"
)

// waitQueue is the queue of one slot; it exists while it is not empty or a
// turn is reserved.
type waitQueue struct {
	head, tail *Waiter
	reserved   *Waiter // woken, and nobody else of the queue may go first
}

func (q *waitQueue) pushBack(w *Waiter) {
	w.prev, w.next = q.tail, nil
	if q.tail != nil {
		q.tail.next = w
	} else {
		q.head = w
	}
	q.tail = w
}

func (q *waitQueue) pushFront(w *Waiter) {
	w.prev, w.next = nil, q.head
	if q.head != nil {
		q.head.prev = w
	} else {
		q.tail = w
	}
	q.head = w
}

func (q *waitQueue) remove(w *Waiter) {
	if w.prev != nil {
		w.prev.next = w.next
	} else {
		q.head = w.next
	}
	if w.next != nil {
		w.next.prev = w.prev
	} else {
		q.tail = w.prev
	}
	w.prev, w.next = nil, nil
}

// refused is the set of bits in s's word that keep w from taking the lock.
func (t *lockTable) refused(s slots.Slot, w *Waiter) uint32 {
	if w.state.Load() == waitTurn && w.slot == s && w.reserved {
		return lockHeld
	}
	return lockHeld | lockReserved
}

// take takes the lock unless one of the refused bits is set.
func (t *lockTable) take(s slots.Slot, refused uint32) bool {
	word := &t.words[s]
	for {
		v := word.Load()
		if v&refused != 0 {
			return false
		}
		if word.CompareAndSwap(v, v|lockHeld) {
			return true
		}
	}
}

// spin is take that tries for a moment. On a single processor the holder
// cannot run meanwhile, so there it tries once.
func (t *lockTable) spin(s slots.Slot, refused uint32) bool {
	if t.take(s, refused) {
		return true
	}
	if runtime.GOMAXPROCS(0) == 1 || t.words[s].Load()&refused&lockReserved != 0 {
		return false
	}
	start := time.Now()
	for {
		for range 100 {
			if t.words[s].Load()&refused == 0 && t.take(s, refused) {
				return true
			}
		}
		if time.Since(start) > spinTime {
			return false
		}
	}
}

// queue puts w into s's queue and reports false, or takes the lock after all.
// Who lost a turn goes to the front.
func (t *lockTable) queue(s slots.Slot, w *Waiter, refused uint32) bool {
	if w.state.Load() != waitIdle && w.slot != s {
		turns := w.turns
		t.settle(w)
		w.turns = turns // it has waited, wherever
	}
	w.slot = s
	sh := t.shard(s)
	sh.mu.Lock()
	// From the moment lockQueued is set, Unlock comes to this mutex. A lock
	// given back before that is seen free here.
	for word := &t.words[s]; ; {
		v := word.Load()
		if v&refused == 0 && word.CompareAndSwap(v, v|lockHeld) {
			next := sh.settleLocked(t, w)
			sh.mu.Unlock()
			next.wake()
			return true
		}
		if v&refused != 0 && word.CompareAndSwap(v, v|lockQueued) {
			break
		}
	}
	sh.enqueueLocked(t, w)
	sh.mu.Unlock()
	return false
}

func (sh *lockShard) enqueueLocked(t *lockTable, w *Waiter) {
	q := sh.queues[w.slot]
	if q == nil {
		if sh.queues == nil {
			sh.queues = make(map[slots.Slot]*waitQueue)
		}
		q = new(waitQueue)
		sh.queues[w.slot] = q
	}
	switch w.state.Load() {
	case waitQueued:
		return // woken for nothing: it keeps its place
	case waitTurn:
		w.turns++
		if q.reserved == w { // a sleeper was faster
			q.reserved, w.reserved = nil, false
			t.words[w.slot].And(^uint32(lockReserved))
		}
		q.pushFront(w)
	default:
		q.pushBack(w)
	}
	w.state.Store(waitQueued)
}

// settle ends w's waiting: out of the queue, its turn and reservation gone. If
// the lock is free and others wait, one of them is woken in its place.
func (t *lockTable) settle(w *Waiter) {
	if w.state.Load() == waitIdle {
		w.turns = 0
		return
	}
	sh := t.shard(w.slot)
	sh.mu.Lock()
	next := sh.settleLocked(t, w)
	sh.mu.Unlock()
	next.wake()
}

func (sh *lockShard) settleLocked(t *lockTable, w *Waiter) (next *Waiter) {
	w.turns = 0
	was := w.state.Load()
	if was == waitIdle {
		return nil
	}
	w.state.Store(waitIdle)
	q, word := sh.queues[w.slot], &t.words[w.slot]
	if q == nil {
		return nil
	}
	if was == waitQueued {
		q.remove(w)
	}
	if q.reserved == w {
		q.reserved, w.reserved = nil, false
		word.And(^uint32(lockReserved))
	}
	if q.head == nil {
		word.And(^uint32(lockQueued))
		sh.dropLocked(w.slot, q)
		return nil
	}
	// Somebody who holds the lock, or takes it now, finds lockQueued when he
	// gives it back.
	if was == waitTurn && q.reserved == nil && word.Load()&lockHeld == 0 {
		return sh.popLocked(t, w.slot, q)
	}
	return nil
}

// unlockSlow is Unlock when there is a queue or a reservation.
func (t *lockTable) unlockSlow(s slots.Slot) {
	sh := t.shard(s)
	sh.mu.Lock()
	var next *Waiter
	q := sh.queues[s]
	if q != nil && q.reserved == nil && q.head != nil {
		next = sh.popLocked(t, s, q)
	}
	t.words[s].And(^uint32(lockHeld))
	sh.mu.Unlock()
	next.wake()
}

// popLocked takes the first out of the queue and gives it a turn.
func (sh *lockShard) popLocked(t *lockTable, s slots.Slot, q *waitQueue) *Waiter {
	w := q.head
	q.remove(w)
	if w.turns >= lostTurns {
		q.reserved, w.reserved = w, true
		t.words[s].Or(lockReserved)
	}
	w.state.Store(waitTurn)
	if q.head == nil {
		t.words[s].And(^uint32(lockQueued))
		sh.dropLocked(s, q)
	}
	return w
}

func (sh *lockShard) dropLocked(s slots.Slot, q *waitQueue) {
	if q.head == nil && q.reserved == nil {
		delete(sh.queues, s)
	}
}

func (w *Waiter) wake() {
	if w != nil {
		w.Wake()
	}
}
