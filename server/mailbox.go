package server

import "sync"

// letterKind says what the owner of a connection shall do.
type letterKind uint8

const (
	letterAdopt   letterKind = iota // take over a socket that was accepted
	letterResume                    // the connection's reason to wait has gone
	letterReplies                   // an offloaded command's replies, then resume
	letterHangUp                    // close the connection
	letterCall                      // run a function on the owner's thread
)

// letter is a message to the owner of a connection.
type letter struct {
	kind letterKind
	c    *conn
	fd   int       // letterAdopt
	from *listener // letterAdopt
	data []byte    // letterReplies
	call func()    // letterCall
}

// mailbox is how other goroutines reach a loop: everything for a connection
// that does not come from its socket goes through here. The first letter into
// an empty box rings the bell, so a batch of letters costs one wake-up.
type mailbox struct {
	mu      sync.Mutex
	letters []letter // guarded by mu
	spare   []letter // guarded by mu
	closed  bool     // guarded by mu: the bell is gone
	ring    func()
}

func (m *mailbox) post(l letter) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return
	}
	m.letters = append(m.letters, l)
	if len(m.letters) == 1 {
		m.ring()
	}
}

// close empties the box for the last time; letters that come later are lost.
func (m *mailbox) close() []letter {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return m.letters
}

// take empties the box. The returned slice is valid until the next take.
func (m *mailbox) take() []letter {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.letters) == 0 {
		return nil
	}
	clear(m.spare)
	got := m.letters
	m.letters, m.spare = m.spare[:0], got
	return got
}
