package server

// sendNow gives a message to a client of the loop that gets nothing else in
// this round: what its socket takes is not copied.
func (l *loop) sendNow(c *conn, data []byte) {
	if c.out.size > 0 || c.parked == parkOffload || c.closing || c.closed {
		l.pushed(c, data)
		return
	}
	l.w.stats.writes++
	n, err := c.tr.send(data)
	if err != nil {
		c.closing = true
		n = len(data)
	}
	c.netOut += int64(n)
	l.w.stats.netOut += int64(n)
	if n < len(data) || err != nil {
		l.pushed(c, data[n:]) // the end of the round looks after it
	}
}
