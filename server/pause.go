package server

import (
	"sync"
	"sync/atomic"
	"time"

	"clusternode/command"
)

// pause is CLIENT PAUSE: until its end, commands (all, or those that write)
// are set aside.
type pause struct {
	until atomic.Int64 // unix milliseconds; 0: no pause
	all   atomic.Bool  // all commands, not only writes

	mu sync.Mutex
	// guarded by mu
	parked []*conn
	over   chan struct{} // closed at the end; nil: no pause
	timer  *time.Timer
}

// holds reports whether the command has to wait.
func (p *pause) holds(now int64, spec *command.Spec, c *conn) bool {
	if until := p.until.Load(); until == 0 || until <= now {
		return false
	}
	if p.all.Load() {
		return true
	}
	const effects = command.Write | command.MayReplicate
	if spec.Is(effects) && (!c.Has(command.ClientMulti) || spec.Is(command.Immediate)) {
		return true
	}
	if spec.Name != "exec" {
		return false
	}
	for i := range c.multi {
		if c.multi[i].spec.Is(effects) {
			return true
		}
	}
	return false
}

// add remembers a connection that was set aside.
func (p *pause) add(c *conn) {
	p.mu.Lock()
	going := p.over != nil
	if going {
		p.parked = append(p.parked, c)
	}
	p.mu.Unlock()
	if !going {
		c.tr.post(letter{kind: letterResume, c: c})
	}
}

// await sleeps until there is no pause.
func (p *pause) await() {
	p.mu.Lock()
	over := p.over
	p.mu.Unlock()
	if over != nil {
		<-over
	}
}

// begin starts a pause until the given unix time in milliseconds. One that is
// under way gets neither shorter nor milder by another.
func (p *pause) begin(now, until int64, all bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over != nil {
		until = max(until, p.until.Load())
		all = all || p.all.Load()
		p.timer.Stop()
	} else {
		p.over = make(chan struct{})
	}
	p.all.Store(all)
	p.until.Store(until)
	p.timer = time.AfterFunc(time.Duration(max(until-now, 0))*time.Millisecond, p.end)
}

// end resumes everybody.
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
	close(p.over)
	p.over = nil
	p.mu.Unlock()
	for _, c := range parked {
		c.tr.post(letter{kind: letterResume, c: c})
	}
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
