package keyspace

import (
	"sync/atomic"
	"time"
)

// HouseStats count what housekeeping did since the start.
type HouseStats struct {
	Expired      int64         // keys removed by active expiry
	Subkeys      int64         // fields of hashes, the same
	StalePercent float64       // of the keys with a time to live, those past it, estimated
	TimeCapped   int64         // expiry runs that ended for want of time
	ExpireTime   time.Duration // that active expiry took

	Moved, Stayed         int64         // blocks in evacuated arenas that left a sparse page, and that lie well
	KeysMoved, KeysStayed int64         // keys some of whose blocks moved, and others that were looked at
	EvacuateShare         int           // percent of the time that evacuation may take now; 0: there is nothing to do
	EvacuateTime          time.Duration // during which there was something to do
	EvacuateNow           time.Duration // the same, of the evacuation under way

	Unfreed int64 // keys whose memory waits to be freed in the background
	Freed   int64 // keys whose memory was
}

// Since are the counters without those of an earlier time. What is not a count
// stays as it is.
func (h HouseStats) Since(o HouseStats) HouseStats {
	h.Expired -= o.Expired
	h.Subkeys -= o.Subkeys
	h.TimeCapped -= o.TimeCapped
	h.ExpireTime -= o.ExpireTime
	h.Moved -= o.Moved
	h.Stayed -= o.Stayed
	h.KeysMoved -= o.KeysMoved
	h.KeysStayed -= o.KeysStayed
	h.EvacuateTime -= o.EvacuateTime
	h.Freed -= o.Freed
	return h
}

// houseWork are counters of housekeeping, written by whoever works.
type houseWork struct {
	expiring atomic.Int64 // ns
	subkeys  atomic.Int64

	moved, stayed         atomic.Int64
	keysMoved, keysStayed atomic.Int64
	share                 atomic.Int32
	evacuated             atomic.Int64 // ns of evacuations that ended
	since                 atomic.Int64 // unix ns when the one under way began

	unfreed, freed atomic.Int64
}

// began and ended mark an evacuation.
func (w *houseWork) began(share int) {
	w.since.Store(time.Now().UnixNano())
	w.share.Store(int32(share))
}

func (w *houseWork) ended() {
	w.evacuated.Add(w.evacuating())
	w.share.Store(0)
}

// evacuating is how long the evacuation under way has lasted, ns.
func (w *houseWork) evacuating() int64 {
	if w.share.Load() == 0 {
		return 0
	}
	return max(time.Now().UnixNano()-w.since.Load(), 0)
}

// discarded counts keys that are to be freed, done those that are.
func (w *houseWork) discarded(keys int) { w.unfreed.Add(int64(keys)) }

func (w *houseWork) done(keys int) {
	w.unfreed.Add(-int64(keys))
	w.freed.Add(int64(keys))
}

// HouseStats returns the counters.
func (ks *Keyspace) HouseStats() HouseStats {
	h := &ks.house
	w := &h.work
	now := w.evacuating()
	return HouseStats{
		Expired:       h.expired.Load(),
		Subkeys:       w.subkeys.Load(),
		StalePercent:  float64(h.stale.Load()) / 10_000,
		TimeCapped:    h.capped.Load(),
		ExpireTime:    time.Duration(w.expiring.Load()),
		Moved:         w.moved.Load(),
		Stayed:        w.stayed.Load(),
		KeysMoved:     w.keysMoved.Load(),
		KeysStayed:    w.keysStayed.Load(),
		EvacuateShare: int(w.share.Load()),
		EvacuateTime:  time.Duration(w.evacuated.Load() + now),
		EvacuateNow:   time.Duration(now),
		Unfreed:       w.unfreed.Load(),
		Freed:         w.freed.Load(),
	}
}
