package server

import (
	"sync/atomic"
	"time"
)

// applyPort moves the listeners when CONFIG SET changes port or bind.
func (s *Server) applyPort() {
	s.cfg.HookNamed(func(changed string) error {
		refusal := errNoPort
		if changed == "bind" {
			refusal = errNoBind
		}
		if len(s.loops) == 0 {
			return s.moveListeners(refusal, func(l *listener) { s.tasks.Go(func() { s.acceptStreams(l) }) })
		}
		return s.onAcceptor(func(l *loop) error {
			return s.moveListeners(refusal, func(ln *listener) {
				if err := l.listenOn(ln); err != nil {
					s.log.Warning("Error registering the listening socket: %v", err)
				}
			})
		})
	}, "port", "bind")
}

// What CONFIG SET says when there is no listening; the log says why.
var (
	errNoPort = phrase("Unable to listen on this port. Check server logs.")
	errNoBind = phrase("Failed to bind to specified addresses.")
)

// relistenTimeout bounds the wait for the loop: an EXEC may have stopped the
// world meanwhile, and wait for this CONFIG SET to end.
const relistenTimeout = time.Second

var errNoRelisten = phrase("Unable to listen on this port. The listening sockets cannot be moved now.")

// onAcceptor runs f on the thread of the loop that accepts; here if a CONFIG SET
// inside EXEC has stopped the world.
func (s *Server) onAcceptor(f func(l *loop) error) error {
	l := s.loops[0]
	if s.stoppedSet.Load() {
		return f(l)
	}
	result := make(chan error, 1)
	var claimed atomic.Bool // by the loop, or by the one who gave up waiting
	l.post(letter{kind: letterCall, call: func() {
		if claimed.CompareAndSwap(false, true) {
			result <- f(l)
		}
	}})
	select {
	case err := <-result:
		return err
	case <-time.After(relistenTimeout):
		if claimed.CompareAndSwap(false, true) {
			return errNoRelisten
		}
		return <-result
	}
}

// moveListeners closes the TCP listeners and opens those that the
// configuration asks for now; if that fails, Config calls again with the old
// values. Who accepts calls it.
func (s *Server) moveListeners(refusal error, serve func(*listener)) error {
	s.listenMu.Lock()
	defer s.listenMu.Unlock()
	kept := s.listeners[:0]
	for _, ln := range s.listeners {
		if ln.network == "tcp" {
			ln.Close()
			ln.sysfd = -1 // an event for it may be on its way
		} else {
			kept = append(kept, ln)
		}
	}
	s.listeners = kept
	port := int(s.cfg.Int("port"))
	s.port.Store(int32(port))
	if port == 0 {
		return nil
	}
	lns, err := s.bindAll(s.cfg.Strings("bind"), port)
	if err != nil {
		return refusal
	}
	s.listeners = append(s.listeners, lns...)
	for _, ln := range lns {
		serve(ln)
	}
	return nil
}
