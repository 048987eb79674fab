package server

import (
	"math"
	"sync/atomic"
	"time"
	"unsafe"

	"clusternode/command"
	"clusternode/config"
	"clusternode/keyspace"
	"clusternode/slots"
)

// maxmemory. Before a command runs, and before it locks anything, whoever runs
// it makes room: keys are evicted until what counts is within the limit. If that
// takes too long a goroutine goes on with it and the command runs; if nothing is
// left to evict, commands that may grow memory are refused. The states are those
// of Redis' performEvictions.

// memoryLimit is the state of maxmemory.
type memoryLimit struct {
	rules  atomic.Pointer[keyspace.EvictRules]
	ignore config.Var   // replica-ignore-maxmemory
	spend  atomic.Int64 // how long a command may evict for, ns

	// exceeded is since when memory is used up, ns since s.start; 0: it is not.
	exceeded atomic.Int64
	total    atomic.Int64 // ns, of the times before
	working  atomic.Bool  // the goroutine runs
}

// While there is plenty of room the sum is looked at now and then only.
const (
	plentyOfRoom = 16 << 20 // bytes
	roomLasts    = int64(100 * time.Microsecond)
)

// bindEviction connects eviction with its directives.
func (s *Server) bindEviction(c *config.Config) {
	m := &s.memory
	m.ignore = c.Var("replica-ignore-maxmemory")
	s.apply(func() error {
		m.rules.Store(&keyspace.EvictRules{
			Policy: keyspace.PolicyOf(c.String("maxmemory-policy")), Samples: int(c.Int("maxmemory-samples")),
			LFUDecay: int(c.Int("lfu-decay-time")), Lazy: c.Bool("lazyfree-lazy-eviction"),
		})
		return nil
	}, "maxmemory-policy", "maxmemory-samples", "lfu-decay-time", "lazyfree-lazy-eviction")
	s.apply(func() error {
		m.spend.Store(int64(evictionTime(int(c.Int("maxmemory-eviction-tenacity")))))
		return nil
	}, "maxmemory-eviction-tenacity")
	s.apply(func() error {
		limit := c.Int("maxmemory")
		if limit == 0 {
			return nil
		}
		s.ks.KeepSum()
		if s.life.started.Load() {
			if used := s.usedMemory(); used > limit {
				s.log.Warning("WARNING: the new maxmemory value set via CONFIG SET (%d) is smaller than the current memory usage (%d). This will result in key eviction and/or the inability to accept new write commands depending on the maxmemory-policy.", limit, used)
			}
			s.evictOn()
		}
		return nil
	}, "maxmemory")
}

// evictionTime is how long a command may evict for. Source: evictionTimeLimitUs
// of Redis 7.2: linear up to a tenacity of 10, then 15 % more for each.
func evictionTime(tenacity int) time.Duration {
	switch {
	case tenacity <= 10:
		return time.Duration(50*tenacity) * time.Microsecond
	case tenacity < 100:
		return time.Duration(500 * math.Pow(1.15, float64(tenacity-10)) * float64(time.Microsecond))
	}
	return math.MaxInt64
}

// usedMemory is INFO's used_memory: data, tables, books and client buffers.
func (s *Server) usedMemory() int64 { return s.ks.UsedMemory() + s.clientMemory() + s.notesMemory() }

// notesMemory is the bytes of what the node remembers beside data and clients:
// who has a copy of which key, and the usage of slots.
func (s *Server) notesMemory() int64 {
	n := s.tracking.table.Bytes()
	if s.env.Usage.Load() != nil {
		n += int64(unsafe.Sizeof(command.SlotUsages{}))
	}
	return n
}

// uncountedMemory is what of usedMemory does not count for maxmemory: values
// that are deleted already and will be freed in a moment.
func (s *Server) uncountedMemory() int64 { return s.ks.PendingFree() }

// overBy is how many bytes are used beyond the limit; negative is room.
func (s *Server) overBy(limit int64) int64 { return s.usedMemory() - s.uncountedMemory() - limit }

// makeRoom evicts until need bytes more are within maxmemory. The worker holds
// no slot. w.oom tells whether the limit is exceeded all the same.
func (w *worker) makeRoom(need int64) {
	w.oom = false
	limit := w.s.lim.maxMemory.Load()
	if limit <= 0 || w.roomLimit == limit && w.last < w.roomUntil {
		return
	}
	over := w.s.overBy(limit)
	if over+need > 0 {
		w.evictFor(limit, need)
		return
	}
	w.roomLimit, w.roomUntil = limit, 0
	if over+need < -plentyOfRoom {
		w.roomUntil = w.last + roomLasts
	}
	w.s.memory.met(w.last)
}

// evictFor is the part of makeRoom for when there is none.
func (w *worker) evictFor(limit, need int64) {
	m := &w.s.memory
	if !w.s.mayEvict(w.unixMillis()) {
		if w.s.leavesEviction() { // batches need not look before every step
			w.roomLimit, w.roomUntil = limit, w.last+roomLasts
		}
		return
	}
	start := w.tick()
	result := w.evict(m.rules.Load(), limit, need, time.Duration(m.spend.Load()))
	w.s.latencyEvent(eventEvictionCycle, w.tick()-start)
	switch result {
	case keyspace.EvictedOne:
		m.met(w.last)
	case keyspace.EvictedLater:
		m.exceed(w.tick())
		w.s.evictOn()
	case keyspace.EvictedNone:
		if w.oom = w.s.overBy(limit) > 0; w.oom {
			m.exceed(w.tick())
		}
	}
}

// mayEvict reports whether maxmemory holds for this node now: a replica leaves
// it to its primary, and paused clients shall find what was there.
func (s *Server) mayEvict(now int64) bool {
	if until := s.pause.until.Load(); until > now {
		return false
	}
	return !s.leavesEviction()
}

// leavesEviction reports whether the node is a replica with
// replica-ignore-maxmemory.
func (s *Server) leavesEviction() bool { return s.memory.ignore.Load() != 0 && s.Replica() }

// evict evicts until need bytes more are within the limit (EvictedOne), nobody
// is left to be evicted (EvictedNone), or not now: the time is over or the
// victims' slots are locked (EvictedLater).
func (w *worker) evict(rules *keyspace.EvictRules, limit, need int64, spend time.Duration) keyspace.EvictResult {
	v := w.victims()
	start := time.Now()
	fruitless := 0
	for n := 1; w.s.overBy(limit)+need > 0; n++ {
		switch v.Evict(rules, w.unixMillis(), w.inGate) {
		case keyspace.EvictedNone:
			return keyspace.EvictedNone
		case keyspace.EvictedLater:
			if fruitless++; fruitless == maxFruitless {
				return keyspace.EvictedLater
			}
		default:
			fruitless = 0
			w.stats.evicted++
			w.freeVictim(v, rules.Lazy, start.Add(spend))
		}
		if n%16 == 0 && time.Since(start) > spend {
			return keyspace.EvictedLater
		}
	}
	return keyspace.EvictedOne
}

// freeVictim frees what was evicted, until the given time; housekeeping does the
// rest.
func (w *worker) freeVictim(v *keyspace.Evictor, lazy bool, until time.Time) {
	timed := w.s.obs.latency.on()
	var start time.Time
	if timed {
		start = time.Now()
	}
	for more := !lazy && v.FreeSome(); more; {
		more = time.Now().Before(until) && v.FreeSome()
	}
	v.FreeLater()
	if timed {
		w.s.latencyEvent(eventEvictionDel, int64(time.Since(start)))
	}
}

// maxFruitless is after how many attempts in a row without a victim a command
// leaves eviction to the goroutine.
const maxFruitless = 64

// victims is the worker's evictor.
func (w *worker) victims() *keyspace.Evictor {
	if w.evictor == nil {
		w.evictor = w.s.ks.NewEvictor(w.cx.Rand, w.evicted)
	}
	return w.evictor
}

// evicted is told of a victim just before it is removed, with its slot locked.
func (w *worker) evicted(db int, s slots.Slot, p *keyspace.Part, hash uint64, key []byte) {
	w.s.keyGone(w, db, s, key, keyspace.CauseEvicted)
	w.s.keyRemoved(db, s, key)
	p.Changed(hash, key)
}

// exceed and met note when memory is used up and when there is room again.
func (m *memoryLimit) exceed(now int64) { m.exceeded.CompareAndSwap(0, max(now, 1)) }

func (m *memoryLimit) met(now int64) {
	if m.exceeded.Load() == 0 {
		return
	}
	if since := m.exceeded.Swap(0); since != 0 {
		m.total.Add(max(now-since, 0))
	}
}

// timeOverLimit is for how long memory was used up in all, and is now.
func (s *Server) timeOverLimit() (all, now time.Duration) {
	if since := s.memory.exceeded.Load(); since != 0 {
		now = max(time.Since(s.start)-time.Duration(since), 0)
	}
	return time.Duration(s.memory.total.Load()) + now, now
}

func (m *memoryLimit) resetStat() {
	m.exceeded.Store(0)
	m.total.Store(0)
}

// evictOn makes sure that the goroutine evicts until the limit is met.
func (s *Server) evictOn() {
	if s.memory.working.CompareAndSwap(false, true) {
		s.tasks.Go(s.evictAway)
	}
}

// evictAway evicts until the limit is met, or nothing is left to be evicted. It
// may sleep for a slot.
func (s *Server) evictAway() {
	w := s.pool.get()
	defer s.pool.put(w)
	defer s.memory.working.Store(false)
	for !s.ending() {
		limit := s.lim.maxMemory.Load()
		w.tick()
		if limit <= 0 || s.overBy(limit) <= 0 {
			s.memory.met(w.last)
			return
		}
		if !s.mayEvict(w.unixMillis()) {
			return
		}
		switch w.evict(s.memory.rules.Load(), limit, 0, evictSlice) {
		case keyspace.EvictedNone:
			s.memory.exceed(w.tick())
			return
		case keyspace.EvictedLater:
			s.memory.exceed(w.tick())
			if slot, ok := w.victims().Contended(); ok {
				w.x.LockSlot(slot)
				s.ks.Unlock(slot)
			}
		}
		w.x.Yield()
	}
}

// evictSlice is how long the goroutine keeps the gate waiting.
const evictSlice = 200 * time.Microsecond

func (s *Server) ending() bool {
	select {
	case <-s.life.stopping:
		return true
	default:
		return false
	}
}

// growsMemory says which commands are refused when memory is used up: those
// that say so, and within MULTI all but those that end it.
func (w *worker) growsMemory(c *conn, spec *command.Spec) bool {
	if spec.Is(command.DenyOOM) {
		return true
	}
	if !c.Has(command.ClientMulti) {
		return false
	}
	if spec == w.s.execSpec {
		return c.queuedDenyOOM()
	}
	return !spec.Is(command.Immediate) || spec.Name == "multi" || spec.Name == "watch"
}

// growth estimates by how much the commands of a batch but the last one grow
// memory: with room for that, none of them runs beyond the limit.
func (w *worker) growth(steps []step) (n int64) {
	if w.s.lim.maxMemory.Load() <= 0 {
		return 0
	}
	for i := range steps[:len(steps)-1] {
		if st := &steps[i]; st.spec.Is(command.DenyOOM) {
			size := 0
			for _, a := range st.args[1:] {
				size += len(a)
			}
			n += int64(keyspace.EntryBytes(size))
		}
	}
	return n
}

// tight reports whether a command of a batch, with slots locked, needs room made
// first: it has to go alone. Where memory is used up and cannot be made, w.oom is
// brought up to date instead.
func (w *worker) tight() bool {
	limit := w.s.lim.maxMemory.Load()
	if limit <= 0 || w.roomLimit == limit && w.last < w.roomUntil {
		return false
	}
	over := w.s.overBy(limit) > 0
	if w.oom {
		w.oom = over
		return false
	}
	return over
}
