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
	m.serve(newLink(conn, s, false, m.linkLimit(), m.stats), s, nil)
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

// pendingSet holds the connections in handshake, in the order of their arrival.
type pendingSet struct {
	limit int

	mu     sync.Mutex
	closed bool
	order  map[net.Conn]uint64 // running number; own dials are numbered but never pushed out
	inward map[net.Conn]bool
	next   uint64
	count  int // of inward
}

func newPendingSet(limit int) *pendingSet {
	return &pendingSet{limit: limit, order: make(map[net.Conn]uint64), inward: make(map[net.Conn]bool)}
}

func (s *pendingSet) add(conn net.Conn, inward bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		_ = conn.Close() // its handshake fails and reports
		return
	}
	s.next++
	s.order[conn] = s.next
	if !inward {
		return
	}
	s.inward[conn] = true
	if s.count++; s.count <= s.limit {
		return
	}
	var oldest net.Conn
	for c := range s.inward {
		if oldest == nil || s.order[c] < s.order[oldest] {
			oldest = c
		}
	}
	s.removeLocked(oldest)
	_ = oldest.Close() // its handshake fails and reports
}

func (s *pendingSet) remove(conn net.Conn) {
	s.mu.Lock()
	s.removeLocked(conn)
	s.mu.Unlock()
}

func (s *pendingSet) removeLocked(conn net.Conn) {
	delete(s.order, conn)
	if s.inward[conn] {
		delete(s.inward, conn)
		s.count--
	}
}

func (s *pendingSet) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for c := range s.order {
		_ = c.Close() // its handshake fails and reports
	}
}
