package server

import "sync"

// letterKind says what the owner of a connection shall do.
type letterKind uint8

const (
	letterAdopt   letterKind = iota // take over a socket that was accepted
	letterResume                    // the connection's reason to wait has gone
	letterReplies                   // an offloaded command's replies, then resume
	letterBlocked                   // the offloaded command waits for keys now
	letterServed                    // the reply of a command that waited for keys
	letterPush                      // a message for the client
	letterFan                       // messages for many clients of the owner
	letterHangUp                    // close the connection
	letterEvict                     // close it for its size
	letterCall                      // run a function on the owner's thread
)

// letter is a message to the owner of a connection.
type letter struct {
	kind letterKind
	c    *conn
	fd   int       // letterAdopt
	from *listener // letterAdopt
	data []byte    // letterReplies, letterServed, letterPush
	wait *blocking // letterBlocked, letterServed
	call func()    // letterCall
	fan  fan       // letterFan
}

// fan yields the messages of one letter with the clients they are for. It runs
// on the thread of the clients' owner; clients that have gone are passed over.
type fan func(yield func(c *conn, data []byte) bool)

// mailbox is how other goroutines reach a loop: everything for a connection
// that does not come from its socket goes through here. The bell is rung once
// for all letters that come until it is answered.
type mailbox struct {
	mu      sync.Mutex
	letters []letter // guarded by mu
	spare   []letter // guarded by mu
	rung    bool     // guarded by mu
	closed  bool     // guarded by mu: the bell is gone
	ring    func()
}

// post puts a letter in and rings the bell.
func (m *mailbox) post(l letter) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.put(l) && !m.rung {
		m.rung = true
		m.ring()
	}
}

// leave puts a letter in without ringing. It reports whether the bell has to be
// rung for it, with knock.
func (m *mailbox) leave(l letter) (knock bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.put(l) && len(m.letters) == 1 && !m.rung
}

// knock rings the bell if there are letters that nobody rang it for.
func (m *mailbox) knock() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.closed && !m.rung && len(m.letters) > 0 {
		m.rung = true
		m.ring()
	}
}

func (m *mailbox) put(l letter) bool {
	if m.closed {
		return false
	}
	m.letters = append(m.letters, l)
	return true
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
	m.rung = false
	if len(m.letters) == 0 {
		return nil
	}
	clear(m.spare)
	got := m.letters
	m.letters, m.spare = m.spare[:0], got
	return got
}
