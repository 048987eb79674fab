package server

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"clusternode/command"
)

// What SLOWLOG keeps of a command at most.
const (
	slowlogArgs     = 32
	slowlogArgBytes = 128
)

// slowlog keeps the last commands that took longer than slowlog-log-slower-than.
// How long a command waited, for keys or for a slot's lock, does not count.
type slowlog struct {
	slower atomic.Int64 // ns; never reached: off
	maxLen atomic.Int64

	mu      sync.Mutex
	entries []*slowEntry // guarded by mu; the newest last
	nextID  int64        // guarded by mu
}

// slowEntry is one slow command; it is constant.
type slowEntry struct {
	id, unix, micros int64
	args             [][]byte
	addr, name       string
}

// add keeps a command, and forgets the oldest ones above slowlog-max-len.
func (l *slowlog) add(e *slowEntry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.id = l.nextID
	l.nextID++
	l.entries = append(l.entries, e)
	for excess := int64(len(l.entries)) - l.maxLen.Load(); excess > 0; excess-- {
		l.entries[0] = nil
		l.entries = l.entries[1:]
	}
}

// newest returns the last count entries, the newest last.
func (l *slowlog) newest(count int64) []*slowEntry {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := int64(len(l.entries))
	if count < 0 || count > n {
		count = n
	}
	return append([]*slowEntry(nil), l.entries[n-count:]...)
}

func (l *slowlog) len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.entries)
}

func (l *slowlog) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = nil
}

// newSlowEntry describes a command of c; its arguments are copied.
func newSlowEntry(c *conn, spec *command.Spec, args [][]byte, nanos int64) *slowEntry {
	return &slowEntry{
		unix: time.Now().Unix(), micros: nanos / int64(time.Microsecond),
		args: trimmedArgs(command.Redact(spec, args)), addr: c.addr, name: c.Name,
	}
}

// trimmedArgs copies arguments, long ones and many of them shortened.
func trimmedArgs(args [][]byte) [][]byte {
	shown := args
	if len(args) > slowlogArgs {
		shown = args[:slowlogArgs-1]
	}
	out := make([][]byte, 0, min(len(args), slowlogArgs))
	for _, a := range shown {
		if more := len(a) - slowlogArgBytes; more > 0 {
			out = append(out, fmt.Appendf(a[:slowlogArgBytes:slowlogArgBytes], "... (%d more bytes)", more))
		} else {
			out = append(out, append([]byte(nil), a...))
		}
	}
	if more := len(args) - len(shown); more > 0 {
		out = append(out, fmt.Appendf(nil, "... (%d more arguments)", more))
	}
	return out
}

func (s *Server) handleSlowlogGet(x *command.Ctx) {
	count, ok := command.SlowlogCount(x)
	if !ok {
		return
	}
	list := s.obs.slowlog.newest(count)
	w := x.W
	w.Array(len(list))
	for i := range list {
		e := list[len(list)-1-i]
		w.Array(6)
		w.Int(e.id)
		w.Int(e.unix)
		w.Int(e.micros)
		w.Array(len(e.args))
		for _, a := range e.args {
			w.Bulk(a)
		}
		w.BulkString(e.addr)
		w.BulkString(e.name)
	}
}

func (s *Server) handleSlowlogLen(x *command.Ctx) { x.W.Int(int64(s.obs.slowlog.len())) }

func (s *Server) handleSlowlogReset(x *command.Ctx) {
	s.obs.slowlog.reset()
	x.W.OK()
}
