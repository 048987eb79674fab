package keyspace

import (
	"sync"
	"sync/atomic"
	"time"

	"clusternode/slots"
)

// HousekeepingOptions configure Start.
type HousekeepingOptions struct {
	// Hz is how often housekeeping runs a second; 0 means 10.
	Hz int
	// Effort is Redis' active-expire-effort, 1 to 10; 0 means 1.
	Effort int
	// Expired, if set, is told of every key that expiry removes, just before
	// it does, under the slot's lock.
	Expired func(db int, s slots.Slot, key []byte)
	// FieldsExpired, if set, is told of every hash from which expiry has removed
	// fields, under the slot's lock; if gone is set, the key goes with them.
	FieldsExpired func(db int, s slots.Slot, key []byte, gone bool)
	// Held, if set, is told after a run how long it held a slot at most, for
	// "expire" and "evacuate": what clients may have waited for.
	Held func(work string, longest time.Duration)
}

// Shares of the time between two runs that the kinds of work may take, percent.
// Expiry is that of Redis: 25, and 2 more for each effort above 1.
const (
	collectShare  = 10
	evacuateShare = 10
	hurryShare    = 25 // when an eighth of an arena can be won

	trimPerRun = 64 << 20 // bytes given back to the system
	minSpare   = 1 << 20  // kept for reuse, at least; and one in spareShare
	maxSpare   = 16 << 20
	spareShare = 64
)

// housekeeper is the work that nobody waits for. One goroutine does it, or a
// test that calls ExpireNow, Collect or Evacuate; each kind once at a time.
type housekeeper struct {
	ks      *Keyspace
	told    func(db int, s slots.Slot, key []byte) // Options.Expired; constant after Start
	fields  func(db int, s slots.Slot, key []byte, gone bool)
	hz      atomic.Int32
	effort  atomic.Int32
	quit    chan struct{}
	kick    chan struct{} // there is something to collect
	done    sync.WaitGroup
	started atomic.Bool

	expiry  atomic.Bool // active expiry is on
	held    atomic.Bool // clients are paused: nothing expires
	resting atomic.Bool // see rest.go
	expired atomic.Int64
	capped  atomic.Int64
	stale   atomic.Int64 // millionths
	pending atomic.Int64 // bytes of trees
	work    houseWork

	turn  sync.Mutex // whoever works; guards the cursors
	sweep expireCursor
	evac  evacuation
	hold  hold

	mu      sync.Mutex // guards the lists: what was discarded
	dbs     []*database
	remains []*remains
	trees   []deadTrees
}

func (h *housekeeper) init(ks *Keyspace) {
	h.ks = ks
	ks.SetPace(0, 0)
	h.kick = make(chan struct{}, 1)
	h.expiry.Store(true)
}

// Start begins housekeeping in a goroutine of its own, until Close. It is
// called once.
func (ks *Keyspace) Start(o HousekeepingOptions) {
	h := &ks.house
	ks.SetPace(o.Hz, o.Effort)
	h.told, h.fields, h.quit = o.Expired, o.FieldsExpired, make(chan struct{})
	h.hold.told = o.Held
	h.started.Store(true)
	h.done.Go(h.run)
}

// SetPace changes what HousekeepingOptions said: the runs a second (1 to 500)
// and the effort of expiry (1 to 10). 0 is the default.
func (ks *Keyspace) SetPace(hz, effort int) {
	if hz <= 0 {
		hz = 10
	}
	ks.house.hz.Store(int32(min(hz, 500)))
	ks.house.effort.Store(int32(min(max(effort, 1), 10)))
}

func (h *housekeeper) stop() {
	if h.started.CompareAndSwap(true, false) {
		close(h.quit)
		h.done.Wait()
	}
}

func (h *housekeeper) run() {
	x := h.ks.NewExecutor("housekeeping")
	defer x.Close()
	t := time.NewTimer(0)
	defer t.Stop()
	for {
		period := time.Second / time.Duration(h.hz.Load())
		select {
		case <-h.quit:
			return
		case <-h.kick:
			if h.resting.Swap(false) {
				t.Reset(period)
			}
		case <-t.C:
			h.resting.Store(false)
			t.Reset(period)
			h.tick(x, period)
		}
		h.turn.Lock()
		h.collect(time.Now().Add(period * collectShare / 100))
		h.turn.Unlock()
		h.trim()
		if !h.resting.Load() && h.mayRest() {
			t.Reset(restPeriod)
		}
	}
}

func (h *housekeeper) tick(x *Executor, period time.Duration) {
	h.turn.Lock()
	defer h.turn.Unlock()
	if h.expires() {
		share := 25 + 2*time.Duration(h.effort.Load()-1)
		start := time.Now()
		h.expire(x, unixMillis(), start.Add(period*share/100))
		h.work.expiring.Add(int64(time.Since(start)))
		h.hold.tell("expire")
	}
	h.evacuate(x, period)
	h.hold.tell("evacuate")
}

// trim gives spare memory back, keeping some in proportion to what is in use.
func (h *housekeeper) trim() {
	h.ks.pool.Trim(h.spare(), trimPerRun)
}

// spare is how many free bytes are kept for reuse.
func (h *housekeeper) spare() int64 {
	return min(max(h.ks.pool.Stats().Used/spareShare, minSpare), maxSpare)
}

// SetActiveExpire turns the removal of expired keys in the background on or
// off.
func (ks *Keyspace) SetActiveExpire(on bool) { ks.house.expiry.Store(on) }
