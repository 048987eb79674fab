package gossip

import (
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"time"
)

// dialLoop starts the dials that are due.
func (m *mesh) dialLoop() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		if wait, ok := m.startDials(time.Now()); ok {
			timer.Reset(wait)
		} else {
			timer.Stop()
		}
		select {
		case <-m.wake:
		case <-timer.C:
		case <-m.ctx.Done():
			return
		}
	}
}

// startDials starts what is due and returns how long until the next one is, if any waits for its time.
func (m *mesh) startDials(now time.Time) (wait time.Duration, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.peers {
		for k := range p.ends {
			end := &p.ends[k]
			if !p.member || !end.wanted || end.link != nil || end.dialing || p.addr == "" || m.closing {
				continue
			}
			if left := end.nextTry.Sub(now); left > 0 {
				if !ok || left < wait {
					wait, ok = left, true
				}
				continue
			}
			if m.dials >= maxDials {
				continue // the end of a dial wakes the loop
			}
			end.dialing = true
			m.dials++
			id, addr := p.id, p.addr // guarded by mu, hence read here
			m.tasks.Go(func() { m.dialMember(id, addr, linkKind(k)) })
		}
	}
	return wait, ok
}

func (m *mesh) connect(addr string, kind linkKind, expect string) (net.Conn, *session, error) {
	conn, err := m.dial(addr)
	if err != nil {
		return nil, nil, err
	}
	// Close tears handshakes down too, without waiting for their timeout.
	m.pending.add(conn, false)
	defer m.pending.remove(conn)
	m.tune(conn)
	s, err := dialHandshake(conn, m.identity(), kind, expect)
	if err != nil {
		_ = conn.Close() // the handshake's error is the one to report
		return nil, nil, err
	}
	return conn, s, nil
}

// dial connects from bind-source-addr. If this machine does not have that address
// (now), or it is of another family, the system chooses one, as in Redis.
func (m *mesh) dial(addr string) (net.Conn, error) {
	d := net.Dialer{Timeout: dialTimeout, KeepAliveConfig: keepAlive}
	if source := m.source.Load(); source != nil {
		d.LocalAddr = source
		conn, err := d.DialContext(m.ctx, "tcp", addr)
		var noBind *os.SyscallError
		var noFamily *net.AddrError
		if !(errors.As(err, &noBind) && noBind.Syscall == "bind") && !errors.As(err, &noFamily) {
			return conn, err
		}
		m.log.debugf("cluster bus: no connection from %v: %v", source.IP, err)
		d.LocalAddr = nil
	}
	return d.DialContext(m.ctx, "tcp", addr)
}

// dialMember makes one attempt and, if it succeeds, serves the link until it is over.
func (m *mesh) dialMember(id, addr string, kind linkKind) {
	conn, s, err := m.connect(addr, kind, id)
	var l *link
	if err == nil {
		l = newLink(conn, s, true, m.sendLimit.Load(), m.stats)
	}
	m.mu.Lock()
	m.dials--
	p := m.peerLocked(id)
	end := &p.ends[kind]
	end.dialing = false
	if err != nil {
		end.backOff = min(max(2*end.backOff, minBackOff), maxBackOff)
		end.nextTry = time.Now().Add(end.backOff/2 + rand.N(end.backOff))
	}
	m.forgetLocked(p) // if it left the members meanwhile
	m.mu.Unlock()
	m.kick()
	if err != nil {
		m.reportDial(id, addr, err)
		return
	}
	m.serve(l, s, nil)
}

func (m *mesh) reportDial(id, addr string, err error) {
	var r *refusal
	if errors.As(err, &r) && (r.status == helloTwin || r.status == helloOutdated) {
		m.events.twin(m.identity().self, nil)
		return
	}
	if m.ctx.Err() == nil {
		m.log.debugf("cluster bus: no link to %.8s at %s: %v", id, addr, err)
	}
}

// meet dials an address without knowing who is there. The result goes to events.dialled, after the linkUp of the link; an
// error that meet returns is the result.
func (m *mesh) meet(addr string, token uint64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closing || m.dials >= maxDials {
		return errTooManyDials
	}
	m.dials++
	m.tasks.Go(func() {
		conn, s, err := m.connect(addr, controlLink, "")
		m.mu.Lock()
		m.dials--
		m.mu.Unlock()
		m.kick()
		if err != nil {
			m.events.dialled(token, nil, err)
			return
		}
		m.serve(newLink(conn, s, true, m.sendLimit.Load(), m.stats), s, func(l *link, err error) {
			m.events.dialled(token, l, err)
		})
	})
	return nil
}

var errTooManyDials = errors.New("gossip: too many dials under way")

// serve makes l the current link of its peer, then reads it until it is over. begun, which may be nil, is told before the
// first frame whether the link could be used.
func (m *mesh) serve(l *link, s *session, begun func(*link, error)) {
	kept, err := m.install(l)
	if err == nil && kept == l {
		m.stats.linksUp.Add(1)
		m.tasks.Go(l.flush)
		m.events.linkUp(l)
	} else {
		l.close(errReplaced)
	}
	if begun != nil {
		begun(kept, err)
	}
	if kept != l {
		return
	}
	l.run(s.read, m.events.frame)
	err = l.reason()
	m.uninstall(l)
	m.events.linkDown(l, err)
}

// install makes l current and returns it; an older link of the same kind, and all links of another boot, close. When links
// crossed, both sides must keep the same one: the one that the smaller id dialled. It is returned, whether l or not.
func (m *mesh) install(l *link) (*link, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closing || l.self != m.id.self {
		return nil, net.ErrClosed
	}
	p := m.peerLocked(l.peer.id)
	end := &p.ends[l.kind]
	if old := end.link; old != nil && old.peer == l.peer && old.outbound != l.outbound &&
		old.outbound == (m.id.self.id < l.peer.id) && l.created.Sub(old.created) < crossingWindow {
		return old, nil
	}
	for k := range p.ends {
		if old := p.ends[k].link; old != nil && (k == int(l.kind) || old.peer != l.peer) {
			p.ends[k].link = nil
			old.close(errReplaced)
		}
	}
	if !p.member {
		m.makeRoomLocked(p)
	}
	end.link = l
	end.backOff = 0
	if end.ready != nil {
		close(end.ready)
		end.ready = nil
	}
	return l, nil
}

// makeRoomLocked closes the link of the oldest stranger when there are too many.
func (m *mesh) makeRoomLocked(newcomer *peer) {
	strangers := 0
	var oldest *link
	for _, p := range m.peers {
		l := p.ends[controlLink].link
		if p.member || p == newcomer || l == nil {
			continue
		}
		strangers++
		if oldest == nil || l.created.Before(oldest.created) {
			oldest = l
		}
	}
	if strangers >= maxStrangers {
		oldest.close(errReplaced)
	}
}

func (m *mesh) uninstall(l *link) {
	m.mu.Lock()
	if p := m.peers[l.peer.id]; p != nil && p.ends[l.kind].link == l {
		end := &p.ends[l.kind]
		end.link = nil
		if l.kind == bulkLink {
			end.wanted = false
		}
		// Whoever dialled the link dials again; the other side gives it the time to.
		end.nextTry = time.Now()
		if !l.outbound {
			end.nextTry = end.nextTry.Add(firstDialDelay + rand.N(firstDialDelay))
		}
		m.forgetLocked(p)
	}
	m.mu.Unlock()
	m.kick()
}
