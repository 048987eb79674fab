package server

import (
	"maps"

	"clusternode/command"
)

// totals are the counters of several workers together.
type totals struct {
	workerStats
	keys   command.Stats
	perCmd []cmdStats
	thread threadTime // of the event loops
}

func newTotals(s *Server) *totals {
	t := &totals{perCmd: make([]cmdStats, s.env.Table.Len())}
	t.errors = make(map[string]int64)
	return t
}

// add counts a worker in; its owner calls it, or the world is stopped.
func (t *totals) add(w *worker) {
	t.addStats(&w.stats, &w.keyStats, w.perCmd)
}

func (t *totals) addTotals(o *totals) { t.addStats(&o.workerStats, &o.keys, o.perCmd) }

func (t *totals) addStats(st *workerStats, keys *command.Stats, perCmd []cmdStats) {
	t.commands += st.commands
	t.netIn += st.netIn
	t.netOut += st.netOut
	t.reads += st.reads
	t.writes += st.writes
	t.errorsTotal += st.errorsTotal
	t.parked += st.parked
	t.offloaded += st.offloaded
	t.evicted += st.evicted
	t.cycles += st.cycles
	t.cycleNanos += st.cycleNanos
	t.errorsOver = t.errorsOver || st.errorsOver
	for prefix, n := range st.errors {
		t.errors[prefix] += n
	}
	t.keys.Hits += keys.Hits
	t.keys.Misses += keys.Misses
	t.keys.Expired += keys.Expired
	t.keys.Dirty += keys.Dirty
	for i := range perCmd {
		a, b := &t.perCmd[i], &perCmd[i]
		a.calls += b.calls
		a.nanos += b.nanos
		a.rejected += b.rejected
		a.failed += b.failed
	}
}

// errorsDisabled is what errorstats shows alone, once, when there are too many
// different errors: as Redis 7.2, until CONFIG RESETSTAT.
const errorsDisabled = "ERRORSTATS_DISABLED"

// errorCounts is what INFO errorstats shows.
func (t *totals) errorCounts() map[string]int64 {
	if t.errorsOver || len(t.errors) > maxErrorPrefixes {
		return map[string]int64{errorsDisabled: 1}
	}
	return maps.Clone(t.errors)
}

// resetCounters starts the worker's counters anew; its owner calls it.
func (w *worker) resetCounters() {
	errors := w.stats.errors
	clear(errors)
	w.stats = workerStats{errors: errors}
	w.keyStats = command.Stats{}
	clear(w.perCmd)
}

// resetStat starts all statistics anew, but not the count of changes since the
// last save, which is none; the world is stopped.
func (s *Server) resetStat() {
	for _, l := range s.loops {
		w := l.worker()
		dirty := w.keyStats.Dirty
		w.resetCounters()
		w.keyStats.Dirty = dirty
	}
	s.rates.reset()
	s.resetCommandTimes()
	s.pool.mu.Lock()
	dirty := s.pool.counted.keys.Dirty
	s.pool.counted = newTotals(s)
	s.pool.counted.keys.Dirty = dirty
	s.pool.mu.Unlock()
	s.counters.accepted.Store(0)
	s.counters.rejected.Store(0)
	s.counters.outputDisconnects.Store(0)
	s.counters.queryDisconnects.Store(0)
	s.clients.evicted.Store(0)
	s.memory.resetStat()
	s.resetSlotUsage()
	house := s.ks.HouseStats()
	s.houseBase.Store(&house)
}
