package server

import (
	"sync"

	"clusternode/command"
)

// Messages that no command of the client asked for: pub/sub, invalidations,
// MONITOR. They may come from any thread, also under slot locks, and go to the
// owner of the connection, which writes them in the order in which they came.
// What an executor leaves in mailboxes is announced when its batch ends, so
// that many messages cost one wake-up.
//
// A message of the client whose command runs goes out behind the reply of that
// command, as in Redis 7.2. One for a client whose command runs elsewhere waits
// until that reply is queued: an invalidation must not overtake the value that
// it makes stale.

// outlet is the owner of connections: an event loop, or the goroutine of one
// connection.
type outlet interface {
	post(l letter)
	leave(l letter) (knock bool)
	knock()
}

// push brings a message to a client. The worker may hold slot locks.
func (w *worker) push(c *conn, data []byte) {
	switch {
	case c == w.current:
		w.own = append(w.own, data...)
		return
	case w.under != nil && c == w.under.current:
		w.under.own = append(w.under.own, data...)
		return
	}
	w.leave(c.outlet, letter{kind: letterPush, c: c, data: data})
}

// selves are the clients that get messages with their replies: the one whose
// command runs and, while that is tried again, the one whose command made its
// key ready.
type selves [2]*conn

func (w *worker) selves() selves {
	if w.under != nil {
		return selves{w.current, w.under.current}
	}
	return selves{w.current}
}

func (s selves) has(c *conn) bool { return c == s[0] || c == s[1] }

// broadcast brings messages to many clients of one owner with one letter.
func (w *worker) broadcast(o outlet, f fan) { w.leave(o, letter{kind: letterFan, fan: f}) }

// leave posts a letter that is announced when the worker's batch ends.
func (w *worker) leave(o outlet, l letter) {
	if o.leave(l) {
		w.knocks = append(w.knocks, o)
	}
}

// announce wakes those that the worker has left letters for.
func (w *worker) announce() {
	if w.l == nil {
		if w.changes.Any() {
			w.sendChanges()
		}
		w.flushBus()
	}
	for i, o := range w.knocks {
		if w.l != nil && o == outlet(w.l) {
			w.l.mail = true // it looks there before it waits
		} else {
			o.knock()
		}
		w.knocks[i] = nil
	}
	w.knocks = w.knocks[:0]
}

// ownPushes appends what the running command pushed to its own client behind
// its reply.
func (w *worker) ownPushes() {
	for _, own := range [...]*[]byte{&w.own, &w.ownLast} {
		if len(*own) == 0 {
			continue
		}
		w.w.Buf = append(w.w.Buf, *own...)
		*own = (*own)[:0]
		if cap(*own) > flushAt {
			*own = nil
		}
	}
}

// pushed queues a message for the client; the owner of the connection calls it.
func (w *worker) pushed(c *conn, data []byte) {
	switch {
	case c.closed || c.closing:
	case c.parked == parkOffload:
		c.later = append(c.later, data...)
		w.s.outBytes.Add(int64(len(data)))
	case c.Has(command.ClientMonitor) && c.Has(command.ClientReplyOff) && data[0] == '+':
		// What it monitors is held back like its replies.
	default:
		w.queueOut(c, data)
	}
}

// keptChunks is how many chunks that clients have taken are kept for others.
const keptChunks = 256

// queueOut adds to what waits for the client to read it. data may be shared.
func (w *worker) queueOut(c *conn, data []byte) {
	c.netOut += int64(len(data))
	w.stats.netOut += int64(len(data))
	w.s.outBytes.Add(int64(len(data)))
	if n := len(w.chunks); n > 0 && c.out.size == 0 && len(data) <= minChunk {
		c.out.start(w.chunks[n-1])
		w.chunks = w.chunks[:n-1]
	}
	c.out.add(data[:len(data):len(data)])
	w.checkOutput(c)
}

// takeLater moves the messages that had to wait for a reply behind it.
func (w *worker) takeLater(c *conn) {
	if later := c.later; later != nil {
		c.later = nil
		w.s.outBytes.Add(-int64(len(later)))
		w.w.Buf = append(w.w.Buf, later...)
	}
}

// clientIDs finds connections by their id.
type clientIDs struct {
	mu sync.RWMutex
	m  map[int64]*conn // guarded by mu
}

func (t *clientIDs) add(c *conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.m == nil {
		t.m = make(map[int64]*conn)
	}
	t.m[c.ID] = c
}

func (t *clientIDs) remove(c *conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.m, c.ID)
}

// find returns the connection with that id, nil if there is none any more.
func (t *clientIDs) find(id int64) *conn {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.m[id]
}
