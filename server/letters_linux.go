package server

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

func (l *loop) ringBell() {
	one := uint64(1)
	// EAGAIN means that the bell rings already.
	_, _ = unix.Write(l.bell, (*[8]byte)(unsafe.Pointer(&one))[:])
}

// readLetters serves the mailbox. What is to be sent to a client goes out once
// for all letters.
func (l *loop) readLetters() {
	for _, m := range l.box.take() {
		switch m.kind {
		case letterAdopt:
			l.adopt(m.fd, m.from)
		case letterCall:
			m.call()
		case letterFan:
			m.fan(l.pushed)
		case letterPush:
			l.pushed(m.c, m.data)
		default:
			if k := m.c.tr.(*sock); !k.closed {
				l.w.deliver(m)
				l.settle(k)
			}
		}
	}
	for i, k := range l.wet {
		l.wet[i] = nil
		k.wet = false
		if !k.closed {
			l.w.drain(&k.conn)
			l.settle(k)
		}
	}
	l.wet = l.wet[:0]
}

// pushed gives a message to a client of the loop.
func (l *loop) pushed(c *conn, data []byte) bool {
	k := c.tr.(*sock)
	l.w.pushed(c, data)
	if !k.wet && !k.closed {
		k.wet = true
		l.wet = append(l.wet, k)
	}
	return true
}

func (l *loop) post(m letter)               { l.box.post(m) }
func (l *loop) leave(m letter) (knock bool) { return l.box.leave(m) }
func (l *loop) knock()                      { l.box.knock() }
