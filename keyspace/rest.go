package keyspace

import (
	"time"

	"clusternode/slots"
)

// Housekeeping that has nothing to do rests: each wake-up of an idle process
// costs far more than what it then does, since the Go scheduler starts watching
// again. It looks around once in restPeriod, and is woken when the first key
// with a time to live comes, or something to collect.
const restPeriod = time.Second

// HoldExpiry keeps active expiry from removing anything, whatever
// SetActiveExpire says: for CLIENT PAUSE.
func (ks *Keyspace) HoldExpiry(on bool) { ks.house.held.Store(on) }

// expires reports whether expired keys are to be removed now.
func (h *housekeeper) expires() bool { return h.expiry.Load() && !h.held.Load() }

// mayRest decides after a run whether the next one has time.
func (h *housekeeper) mayRest() bool {
	if !h.idle() {
		return false
	}
	h.resting.Store(true)
	if !h.volatile() {
		return true
	}
	h.resting.Store(false) // one came between the two looks
	return false
}

// idle reports whether the last run left nothing for the next.
func (h *housekeeper) idle() bool {
	h.mu.Lock()
	dead := len(h.dbs) + len(h.remains) + len(h.trees)
	h.mu.Unlock()
	h.turn.Lock()
	evacuating := h.evac.d != nil
	h.turn.Unlock()
	return dead == 0 && !evacuating && !h.volatile() && h.ks.pool.Stats().Spare <= h.spare()
}

// volatile reports whether anything has a time to live.
func (h *housekeeper) volatile() bool {
	for i := range h.ks.dbs {
		d := h.ks.dbs[i].Load()
		if d != nil && min(d.volatile.next(0), d.fielded.next(0)) < slots.Count {
			return true
		}
	}
	return false
}

// becameVolatile wakes housekeeping if it rests: a slot got something with a
// time to live.
func (h *housekeeper) becameVolatile() {
	if h.resting.Load() {
		h.wake()
	}
}
