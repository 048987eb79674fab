package server

// What clients have not read yet, in bytes.
const (
	flushAt = 256 << 10 // replies of a batch are sent when they reach this
	// outHigh stops the execution of a client that does not read its replies;
	// it goes on when they were taken. Redis keeps them without limit.
	outHigh  = 64 << 20
	outTotal = 256 << 20 // unread replies of all clients
	outShare = 1 << 20   // what one client may leave unread beyond that
)

// full sends a long batch of replies. It reports whether the client has to read
// before it goes on.
func (w *worker) full(c *conn) bool {
	if w.crowding && w.holdBack(c) {
		return true
	}
	if len(w.w.Buf) < flushAt {
		return false
	}
	w.flush(c)
	return c.out.size > outHigh
}

// flush hands the replies in the worker's buffer to the transport, and keeps
// what it does not take.
func (w *worker) flush(c *conn) {
	b := w.w.Buf
	if len(b) == 0 {
		return
	}
	c.netOut += int64(len(b))
	w.stats.netOut += int64(len(b))
	if c.out.size == 0 {
		w.stats.writes++
		n, err := c.tr.send(b)
		if err != nil {
			c.closing = true
			n = len(b)
		}
		b = b[n:]
	}
	if len(b) > 0 {
		w.s.outBytes.Add(int64(len(b)))
		if c.out.add(b) {
			w.w.Buf = nil
		}
		w.checkOutput(c)
	}
	w.w.Buf = w.w.Buf[:0]
	if cap(w.w.Buf) > 4*flushAt {
		w.w.Buf = nil
	}
}

// dropOut forgets the unsent replies.
func (s *Server) dropOut(c *conn) {
	s.outBytes.Add(-int64(c.out.size + len(c.later)))
	c.out, c.later = unsent{}, nil
}

// drain sends what waited in c.out, when the transport is writable again.
func (w *worker) drain(c *conn) {
	w.stats.writes++
	before := c.out.size
	spare, err := c.out.sendTo(c.tr)
	if spare != nil && len(w.chunks) < keptChunks {
		w.chunks = append(w.chunks, spare)
	}
	w.s.outBytes.Add(int64(c.out.size - before))
	if err != nil {
		c.closing = true
		w.s.dropOut(c)
		return
	}
	if c.out.size < before {
		c.active = w.last
	}
	w.drained(c)
}

// drained looks what the client may do now that it has read.
func (w *worker) drained(c *conn) {
	if c.out.size == 0 {
		c.softSince = 0
	}
	if c.parked == parkOutput && c.out.size <= outHigh/2 {
		w.resume(c)
	}
}

// checkOutput applies client-output-buffer-limit to the bytes that wait, and
// the node's own bound: when all clients together leave too much unread, those
// that leave more than their share are closed.
func (w *worker) checkOutput(c *conn) {
	hard, soft, softFor := w.s.lim.output(c.outputClass())
	n := int64(c.out.size)
	over := hard > 0 && n > hard || n > outShare && w.s.outBytes.Load() > outTotal
	if soft > 0 && n > soft {
		if c.softSince == 0 {
			c.softSince = max(w.last, 1)
		}
		over = over || w.last-c.softSince > int64(softFor)
	} else {
		c.softSince = 0
	}
	if over {
		w.s.log.Warning("Client %s scheduled to be closed ASAP for overcoming of output buffer limits.", c.view(w.s).String())
		w.s.counters.outputDisconnects.Add(1)
		c.closing = true
		w.s.dropOut(c)
	}
}
