package server

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"clusternode/command"
)

// pause is CLIENT PAUSE: until its end, commands (all, or those that write)
// are set aside, and nothing expires or is evicted: the data stands still, but
// for what a transaction that began the pause still writes.
type pause struct {
	hold    func(on bool) // keeps what expires; constant. Called under mu
	until   atomic.Int64  // unix milliseconds; 0: no pause
	all     atomic.Bool   // all commands, not only writes
	blocked atomic.Int64  // connections that are set aside

	mu sync.Mutex
	// guarded by mu
	parked map[*conn]int // and which of them came first
	came   int
	over   chan struct{} // closed at the end; nil: no pause
	timer  *time.Timer
	closed bool // the node ends: nobody is held back any more
}

// holds reports whether the command has to wait. A command that MULTI would
// queue waits too, as in Redis, and so does CLIENT UNPAUSE when all commands do.
func (p *pause) holds(now int64, spec *command.Spec, c *conn) bool {
	if until := p.until.Load(); until == 0 || until <= now {
		return false
	}
	if p.all.Load() {
		return true
	}
	const effects = command.Write | command.MayReplicate
	if spec.Is(effects) {
		return true
	}
	if spec != c.s.execSpec {
		return false
	}
	for i := range c.multi {
		if c.multi[i].spec.Is(effects) {
			return true
		}
	}
	return false
}

// add sets a connection aside until the end. An offloaded command's worker
// calls await instead.
func (p *pause) add(c *conn) {
	c.parked = parkPause
	p.mu.Lock()
	going := p.over != nil
	if _, again := p.parked[c]; going && !again { // a late wake-up of a slot's lock may come in between
		p.parked[c] = p.came
		p.came++
		p.blocked.Add(1)
	}
	p.mu.Unlock()
	if !going {
		c.outlet.post(letter{kind: letterResume, c: c})
	}
}

// forget is for a connection that closes while it is set aside.
func (p *pause) forget(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.parked[c]; ok {
		delete(p.parked, c)
		p.blocked.Add(-1)
	}
}

// await sleeps until there is no pause.
func (p *pause) await() {
	p.mu.Lock()
	over := p.over
	p.mu.Unlock()
	if over != nil {
		p.blocked.Add(1)
		<-over
		p.blocked.Add(-1)
	}
}

// begin starts a pause until the given unix time in milliseconds. One that is
// under way gets neither shorter nor milder by another.
func (p *pause) begin(now, until int64, all bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	if p.over != nil {
		until = max(until, p.until.Load())
		all = all || p.all.Load()
		p.timer.Stop()
	} else {
		p.over = make(chan struct{})
		p.parked = make(map[*conn]int)
		p.hold(true)
	}
	p.all.Store(all)
	p.until.Store(until)
	left := min(max(until-now, 0), maxPause)
	p.timer = time.AfterFunc(time.Duration(left)*time.Millisecond, p.end)
}

// maxPause is the longest that a timer can wait, in milliseconds: 292 years.
const maxPause = math.MaxInt64 / int64(time.Millisecond)

// end resumes everybody, in the order in which they came as far as one loop
// serves them.
func (p *pause) end() {
	p.mu.Lock()
	if p.over == nil {
		p.mu.Unlock()
		return
	}
	p.timer.Stop()
	p.until.Store(0)
	parked := p.parked
	p.parked = nil
	p.blocked.Add(-int64(len(parked)))
	close(p.over)
	p.over = nil
	p.hold(false)
	p.mu.Unlock()
	inOrder := slices.SortedFunc(maps.Keys(parked), func(a, b *conn) int { return cmp.Compare(parked[a], parked[b]) })
	for _, c := range inOrder {
		c.outlet.post(letter{kind: letterResume, c: c})
	}
}

// close ends the pause for good.
func (p *pause) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.end()
}

// holdExpiry keeps keys whose time has passed: nobody sees them, but they are
// not removed.
func (s *Server) holdExpiry(on bool) {
	s.env.Settings.KeepExpired.Store(on)
	s.ks.HoldExpiry(on)
}

// state returns what INFO shows: "none", "write" or "all", and the time left
// in milliseconds.
func (p *pause) state(now int64) (action string, left int64) {
	until := p.until.Load()
	switch {
	case until <= now:
		return "none", 0
	case p.all.Load():
		return "all", until - now
	}
	return "write", until - now
}
