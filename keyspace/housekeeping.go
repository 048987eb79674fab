package keyspace

import (
	"sync"
	"sync/atomic"
	"time"

	"clusternode/slots"
)

// HousekeepingOptions configure Start.
type HousekeepingOptions struct {
	// Hz is how often expiry runs a second; 0 means 10.
	Hz int
	// Effort is Redis' active-expire-effort, 1 to 10; 0 means 1.
	Effort int
	// Expired, if set, is told of every key that expiry removes, just before
	// it does, under the slot's lock.
	Expired func(db int, s slots.Slot, key []byte)
}

// HouseStats count what housekeeping did.
type HouseStats struct {
	Expired      int64   // keys removed by active expiry
	StalePercent float64 // of the keys with a time to live, those past it, estimated
}

type housekeeper struct {
	ks   *Keyspace
	o    HousekeepingOptions
	quit chan struct{}
	done sync.WaitGroup

	expiry  atomic.Bool
	expired atomic.Int64
}

func (h *housekeeper) init(ks *Keyspace) {
	h.ks = ks
	h.expiry.Store(true)
}

// Start begins housekeeping in a goroutine of its own, until Close.
func (ks *Keyspace) Start(o HousekeepingOptions) {
	h := &ks.house
	if o.Hz <= 0 {
		o.Hz = 10
	}
	h.o, h.quit = o, make(chan struct{})
	h.done.Go(h.run)
}

func (h *housekeeper) stop() {
	if h.quit != nil {
		close(h.quit)
		h.done.Wait()
		h.quit = nil
	}
}

func (h *housekeeper) run() {
	x := h.ks.NewExecutor("housekeeping")
	defer x.Close()
	t := time.NewTicker(time.Second / time.Duration(h.o.Hz))
	defer t.Stop()
	for {
		select {
		case <-h.quit:
			return
		case <-t.C:
			if h.expiry.Load() {
				h.expire(x, unixMillis())
			}
		}
	}
}

// SetActiveExpire turns the removal of expired keys in the background on or
// off.
func (ks *Keyspace) SetActiveExpire(on bool) { ks.house.expiry.Store(on) }

// ExpireNow runs expiry over all keys at the given time, unix milliseconds,
// and returns how many it removed. The caller has not entered.
func (ks *Keyspace) ExpireNow(now int64) int {
	x := ks.NewExecutor("expire")
	defer x.Close()
	return ks.house.expire(x, now)
}

func (h *housekeeper) expire(x *Executor, now int64) int {
	n := 0
	x.Enter()
	defer x.Leave()
	for db := range h.ks.dbs {
		d := h.ks.dbs[db].Load()
		if d == nil {
			continue
		}
		for i := d.volatile.next(0); i < slots.Count; i = d.volatile.next(i + 1) {
			s := slots.Slot(i)
			h.ks.LockWait(s)
			p := &d.parts[s]
			for k, b := range p.items {
				_ = b
				if e := p.Find(0, bytesOf(k)); e.HasExpire() && e.ExpireAt() < now {
					if h.o.Expired != nil {
						h.o.Expired(d.index, s, e.Key())
					}
					p.RemoveExpired(hashString(k), []byte(k))
					n++
				}
			}
			h.ks.Unlock(s)
		}
	}
	h.expired.Add(int64(n))
	return n
}

// HouseStats returns the counters.
func (ks *Keyspace) HouseStats() HouseStats { return HouseStats{Expired: ks.house.expired.Load()} }
