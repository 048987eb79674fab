package gossip

import (
	"math/rand/v2"
	"sync"
	"time"
)

const (
	// joinDelay is how long a new link waits before memberlist is told to exchange states over it: most members are heard of
	// in the gossip of others first. The node with the greater id waits twice as long. A memberlist that has nobody yet hears
	// no gossip and does not wait.
	joinDelay = 300 * time.Millisecond
	// joinPace is the pause after a join: what it told the other one spreads by gossip, and may make the next join needless.
	joinPace = 250 * time.Millisecond
	// joinRetry is the pause after a join that failed.
	joinRetry = 2 * time.Second
)

// joiner introduces linked members to memberlist. memberlist forgets dead members and does not look for them again; a control
// link to a member that memberlist does not have as alive is the sign that it should.
type joiner struct {
	members *members
	mesh    *mesh
	wake    chan struct{} // one token: look again
	stop    chan struct{}
	once    sync.Once
}

func newJoiner(s *members, m *mesh) *joiner {
	return &joiner{members: s, mesh: m, wake: make(chan struct{}, 1), stop: make(chan struct{})}
}

// kick never blocks.
func (j *joiner) kick() {
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

func (j *joiner) close() { j.once.Do(func() { close(j.stop) }) }

func (j *joiner) run() {
	timer := time.NewTimer(joinDelay)
	defer timer.Stop()
	var notBefore time.Time // of the pause after a join
	for {
		select {
		case <-j.stop:
			return
		case <-j.mesh.ctx.Done():
			return
		case <-j.wake:
			if time.Now().Before(notBefore) {
				continue // the timer runs
			}
		case <-timer.C:
		}
		wait, joined, ok := j.step(time.Now())
		if ok {
			timer.Reset(wait)
		}
		if joined {
			notBefore = time.Now().Add(wait)
		}
	}
}

// step joins a member whose time has come, and returns when to look again, if anybody is missing.
func (j *joiner) step(now time.Time) (wait time.Duration, joined, ok bool) {
	var due *link
	for _, l := range j.mesh.memberLinks() {
		if j.members.has(l.peer.String()) {
			continue
		}
		delay := joinDelay
		switch {
		case j.members.count.Load() == 0:
			delay = 0
		case l.self.id > l.peer.id:
			delay *= 2
		}
		left := l.created.Add(delay).Sub(now)
		if left <= 0 {
			due = l
			break
		}
		if !ok || left < wait {
			wait, ok = left, true
		}
	}
	if due == nil {
		return wait, false, ok
	}
	if _, err := j.members.list.Join([]string{due.peer.String() + "/" + advertiseAddr}); err != nil || !j.members.has(due.peer.String()) {
		j.mesh.log.debugf("cluster bus: push/pull with %.8s: %v", due.peer.id, err)
		return joinRetry + rand.N(joinRetry/4), true, true
	}
	return joinPace, true, true
}
