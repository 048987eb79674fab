package gossip

import (
	"errors"
	"net"
	"sync"
	"time"
)

// maxPending bounds the connections that did not say yet who they are. One more, and the oldest of them goes: a node takes
// a round trip to introduce itself, noise takes as long as it likes.
const maxPending = 256

// acceptRetry is the pause after a failed accept (no descriptors left, as a rule).
const acceptRetry = 100 * time.Millisecond

// listen starts accepting on one address.
func (m *mesh) listen(ln net.Listener) {
	m.tasks.Go(func() {
		<-m.ctx.Done()
		_ = ln.Close() // nothing depends on it: the process is leaving
	})
	m.tasks.Go(func() { m.acceptLoop(ln) })
}

func (m *mesh) acceptLoop(ln net.Listener) {
	for {
		conn, err := ln.Accept()
		if err != nil {
			if m.ctx.Err() != nil {
				return
			}
			m.log.warnf("cluster bus: accept: %v", err)
			select {
			case <-time.After(acceptRetry):
			case <-m.ctx.Done():
				return
			}
			continue
		}
		m.pending.add(conn, true)
		m.tasks.Go(func() { m.greet(conn) })
	}
}

// greet shakes hands with an incoming connection and, if it is a node, serves the link until it is over.
func (m *mesh) greet(conn net.Conn) {
	m.tune(conn)
	s, err := acceptHandshake(conn, m.identity(), m.admit)
	m.pending.remove(conn)
	if err != nil {
		_ = conn.Close() // it was not a link
		var r *refusal
		if errors.As(err, &r) {
			if r.status == helloTwin || r.status == helloOutdated {
				m.events.twin(r.by, conn.RemoteAddr())
			}
		} else if m.ctx.Err() == nil {
			m.stats.droppedForeign.Add(1)
		}
		m.log.debugf("cluster bus: connection from %s: %v", conn.RemoteAddr(), err)
		return
	}
	m.serve(newLink(conn, s, false, m.sendLimit.Load(), m.stats), s, nil)
}

// admit decides about the hello of another node.
func (m *mesh) admit(h *clientHello) helloStatus {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closing {
		return helloUnavailable
	}
	if h.from.id == m.id.self.id {
		return helloTwin
	}
	p := m.peers[h.from.id]
	if p == nil {
		if h.kind != controlLink {
			return helloUnavailable // strangers have one link, for MEET
		}
		return helloOK
	}
	if !p.member && h.kind != controlLink {
		return helloUnavailable
	}
	for k := range p.ends {
		if l := p.ends[k].link; l != nil && l.peer.boot.newerThan(h.from.boot) {
			return helloOutdated
		}
	}
	return helloOK
}

// pendingSet holds the connections in handshake. Those from outside are limited in number.
type pendingSet struct {
	limit int

	mu      sync.Mutex
	closed  bool
	conns   map[net.Conn]arrival
	arrived uint64 // running number
	inward  int    // connections from outside
}

type arrival struct {
	number uint64
	inward bool
}

func newPendingSet(limit int) *pendingSet {
	return &pendingSet{limit: limit, conns: make(map[net.Conn]arrival)}
}

// add takes a connection. When there are too many from outside, the oldest of them closes; its handshake fails and reports.
func (s *pendingSet) add(conn net.Conn, inward bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		_ = conn.Close() // its handshake fails and reports
		return
	}
	s.arrived++
	s.conns[conn] = arrival{s.arrived, inward}
	if !inward {
		return
	}
	if s.inward++; s.inward <= s.limit {
		return
	}
	oldest := conn
	for c, a := range s.conns {
		if a.inward && a.number < s.conns[oldest].number {
			oldest = c
		}
	}
	s.removeLocked(oldest)
	_ = oldest.Close()
}

func (s *pendingSet) remove(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.removeLocked(conn)
}

func (s *pendingSet) removeLocked(conn net.Conn) {
	if s.conns[conn].inward {
		s.inward--
	}
	delete(s.conns, conn)
}

// closeAll closes all connections, and each that comes later.
func (s *pendingSet) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for c := range s.conns {
		_ = c.Close() // its handshake fails and reports
	}
}
