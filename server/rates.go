package server

import (
	"sync"
	"sync/atomic"
	"time"
)

// rates are the moving averages of INFO's instantaneous fields, sampled by
// cron. Loops publish what they have done once a tick.
type rates struct {
	commands, netIn, netOut meter
	cycles, cycleNanos      meter // of the event loops
}

// samples is how many ticks an average covers: 16 at 10 a second, as in Redis.
const samples = 16

// meter turns a growing count into a rate per second.
type meter struct {
	mu   sync.Mutex
	last int64 // guarded by mu
	at   time.Time
	ring [samples]float64
	next int
}

func (m *meter) sample(total int64, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if dt := now.Sub(m.at).Seconds(); !m.at.IsZero() && dt > 0 {
		m.ring[m.next%samples] = max(float64(total-m.last)/dt, 0)
		m.next++
	}
	m.last, m.at = total, now
}

// perSecond is the average over the samples taken so far.
func (m *meter) perSecond() float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := min(m.next, samples)
	if n == 0 {
		return 0
	}
	sum := 0.0
	for _, v := range m.ring[:n] {
		sum += v
	}
	return sum / float64(n)
}

// reset forgets what was sampled.
func (m *meter) reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last, m.at, m.next = 0, time.Time{}, 0
	clear(m.ring[:])
}

func (r *rates) reset() {
	for _, m := range []*meter{&r.commands, &r.netIn, &r.netOut, &r.cycles, &r.cycleNanos} {
		m.reset()
	}
}

// published are the counts of one worker that others may read at any time, as
// of its last tick.
type published struct {
	commands, netIn, netOut, cycles, cycleNanos atomic.Int64
}

func (p *published) store(st *workerStats) {
	p.commands.Store(st.commands)
	p.netIn.Store(st.netIn)
	p.netOut.Store(st.netOut)
	p.cycles.Store(st.cycles)
	p.cycleNanos.Store(st.cycleNanos)
}

// sampleRates feeds the meters. It reports whether something has happened
// lately.
func (s *Server) sampleRates() bool {
	var commands, in, out, cycles, nanos int64
	add := func(p *published) {
		commands += p.commands.Load()
		in += p.netIn.Load()
		out += p.netOut.Load()
		cycles += p.cycles.Load()
		nanos += p.cycleNanos.Load()
	}
	for _, l := range s.loops {
		add(&l.worker().published)
	}
	add(&s.pool.published)
	now := time.Now()
	s.rates.commands.sample(commands, now)
	s.rates.netIn.sample(in, now)
	s.rates.netOut.sample(out, now)
	s.rates.cycles.sample(cycles, now)
	s.rates.cycleNanos.sample(nanos, now)
	return s.rates.netIn.perSecond()+s.rates.netOut.perSecond() > 0
}
