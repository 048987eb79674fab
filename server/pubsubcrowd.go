package server

// Redis delivers a message before it replies to PUBLISH, which holds publishers
// to the pace of the subscribers' sockets. Here loops deliver what others
// publish, so a publisher that is faster than they are is set aside until they
// have caught up.

// maxBacklog is how many bytes may wait at all desks before publishers do; they
// go on when half of it has gone.
const maxBacklog = 32 << 20

// watchBacklog is called when the worker has published something, for a command
// or for what it did to a key.
func (w *worker) watchBacklog() {
	if w.s.hub.backlog.Load() > maxBacklog && w.current != nil && w.current.parked == notParked {
		w.crowding = true // see worker.full
	}
}

// holdBack sets the publisher aside, after its reply.
func (w *worker) holdBack(c *conn) bool {
	w.crowding = false
	h := w.s.hub
	if c.parked != notParked || h.backlog.Load() <= maxBacklog {
		return false
	}
	c.parked = parkCrowded
	h.mu.Lock()
	h.held = append(h.held, c)
	h.crowded.Store(int64(len(h.held)))
	h.mu.Unlock()
	if h.backlog.Load() <= maxBacklog/2 { // nobody may be left to tell it
		h.relieve()
	}
	return true
}

// relieve lets the publishers go on.
func (h *hub) relieve() {
	h.mu.Lock()
	held := h.held
	h.held = nil
	h.crowded.Store(0)
	h.mu.Unlock()
	for _, c := range held {
		c.outlet.post(letter{kind: letterResume, c: c})
	}
}

// subscriptionMemory is what the connection's subscriptions cost, in bytes.
func (c *conn) subscriptionMemory() int {
	if c.subs == nil {
		return 0
	}
	return int(c.subs.Memory())
}
