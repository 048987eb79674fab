package gossip

import (
	"errors"
	"net"
	"sync"
	"time"
)

const (
	// droppableRoom is how much may be queued before frames that are worthless when late (memberlist packets) are
	// dropped instead of queued.
	droppableRoom = 64 << 10
	// defaultSendLimit closes a link whose peer does not take what is sent, when cluster-link-sendbuf-limit is 0. A peer
	// this far behind gains nothing from the backlog: the machine repeats what still matters on the next link.
	defaultSendLimit = 8 << 20
	// defaultBulkLimit is the same for bulk links: a burst of published messages is not repeated, so it has room.
	defaultBulkLimit = 64 << 20
	// sealChunk is how much is encrypted ahead of a write(2).
	sealChunk = 64 << 10
	// keepSendBuffer: a larger send buffer goes back to the heap once it is empty.
	keepSendBuffer = 4 << 10
	// writeTimeout bounds one write(2) to a peer that takes nothing. It is long, because a stopped process should find
	// its links where it left them; memory is bounded by the send limit meanwhile.
	writeTimeout = 30 * time.Second
)

var (
	errLinkClosed   = errors.New("gossip: link closed")
	errLinkOverflow = errors.New("gossip: send buffer limit exceeded")
	errReplaced     = errors.New("gossip: replaced by a newer link")
	errNotMember    = errors.New("gossip: node is not a member any more")
)

// link is one established connection to one life of one node. Frames go out in the order in which send accepted them.
//
// Two goroutines serve it: the reader (run) and the writer (flush). Both end when the connection closes.
type link struct {
	// Constant.
	conn     net.Conn
	self     peerName // who we were when it was made
	peer     peerName
	kind     linkKind
	outbound bool
	created  time.Time
	stats    *linkStats
	seal     *sealer      // of the writer; nil without a secret
	streams  *streamTable // of bulk links, as is talk
	talk     *talkLink

	wake chan struct{} // one token: there is something in pending, or closed was set

	mu       sync.Mutex
	limit    int64  // of the send buffer, in bytes
	pending  []byte // plain frames that the writer did not take yet
	inFlight int    // bytes that the writer took and did not finish
	spareCap int    // capacity of the buffer that the writer holds
	err      error  // why it was closed; nil while open
}

func newLink(conn net.Conn, s *session, outbound bool, limit int64, stats *linkStats) *link {
	l := &link{
		conn: conn, self: s.self, peer: s.peer, kind: s.kind, outbound: outbound, created: time.Now(),
		limit: sendLimit(limit, s.kind), stats: stats, seal: s.write, wake: make(chan struct{}, 1),
	}
	if l.kind == bulkLink {
		l.streams, l.talk = newStreamTable(l), new(talkLink)
	}
	return l
}

// sendLimit is what cluster-link-sendbuf-limit stands for: never less than what one frame of each kind needs.
func sendLimit(directive int64, kind linkKind) int64 {
	switch {
	case directive > 0:
		return max(directive, 2*maxFrame)
	case kind == bulkLink:
		return defaultBulkLimit
	}
	return defaultSendLimit
}

func (l *link) setLimit(directive int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.limit = sendLimit(directive, l.kind)
}

// send queues one frame; it never blocks. A frame that is not droppable and finds no room closes the link: the peer would
// otherwise see a stream with a hole.
func (l *link) send(typ byte, body []byte, droppable bool) error {
	l.mu.Lock()
	if l.err != nil {
		l.mu.Unlock()
		return errLinkClosed
	}
	queued := int64(len(l.pending) + l.inFlight)
	if droppable && queued > droppableRoom {
		l.mu.Unlock()
		l.stats.droppedLate.Add(1)
		return nil
	}
	if queued+frameHeader+int64(len(body)) > l.limit {
		l.mu.Unlock()
		l.stats.overflows.Add(1)
		l.close(errLinkOverflow)
		return errLinkOverflow
	}
	l.pending = appendFrameHeader(l.pending, typ, len(body))
	l.pending = append(l.pending, body...)
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
	return nil
}

// sendAll queues frames that belong together, without waking the writer: see poke. It never blocks. Like send it closes a
// link that has no room, unless nothing else is queued.
func (l *link) sendAll(typ byte, bodies [][]byte) error {
	size := int64(0)
	for _, b := range bodies {
		size += int64(frameHeader + len(b))
	}
	l.mu.Lock()
	if l.err != nil {
		l.mu.Unlock()
		return errLinkClosed
	}
	if queued := int64(len(l.pending) + l.inFlight); queued > 0 && queued+size > l.limit {
		l.mu.Unlock()
		l.stats.overflows.Add(1)
		l.close(errLinkOverflow)
		return errLinkOverflow
	}
	for _, b := range bodies {
		l.pending = appendFrameHeader(l.pending, typ, len(b))
		l.pending = append(l.pending, b...)
	}
	l.mu.Unlock()
	return nil
}

// poke wakes the writer if there is something to write.
func (l *link) poke() {
	l.mu.Lock()
	some := len(l.pending) > 0
	l.mu.Unlock()
	if some {
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

// flush is the writer: it takes everything that is pending and writes it with as few system calls as possible.
func (l *link) flush() {
	var buf, sealed []byte
	for range l.wake {
		l.mu.Lock()
		if l.err != nil {
			l.mu.Unlock()
			return
		}
		buf, l.pending = l.pending, buf[:0]
		l.inFlight, l.spareCap = len(buf), cap(buf)
		l.mu.Unlock()
		if len(buf) == 0 {
			continue
		}
		var err error
		if sealed, err = l.writeAll(buf, sealed); err != nil {
			l.close(err)
			return
		}
		if cap(buf) > keepSendBuffer {
			buf, sealed = nil, nil
		}
		l.mu.Lock()
		l.inFlight, l.spareCap = 0, cap(buf)
		l.mu.Unlock()
	}
}

// writeAll writes plain frames, sealed in chunks when there is a secret. It returns the chunk's memory for the next time.
func (l *link) writeAll(frames, sealed []byte) ([]byte, error) {
	if l.seal == nil {
		return sealed, l.write(frames)
	}
	for len(frames) > 0 {
		sealed = sealed[:0]
		for len(frames) > 0 && len(sealed) < sealChunk {
			n := frameHeader + frameLength(frames)
			sealed = l.seal.seal(sealed, frames[frameHeader-1], frames[frameHeader:n])
			frames = frames[n:]
		}
		if err := l.write(sealed); err != nil {
			return sealed, err
		}
	}
	return sealed, nil
}

func (l *link) write(b []byte) error {
	if err := l.conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	_, err := l.conn.Write(b)
	l.stats.bytesSent.Add(uint64(len(b)))
	return err
}

// run is the reader; it returns when the link is over. deliver owns the body only until it returns.
func (l *link) run(read *sealer, deliver func(l *link, typ byte, body []byte) error) {
	in := newFrameReader(l.conn, read)
	for {
		typ, body, err := in.next()
		if err == nil {
			l.stats.bytesReceived.Add(uint64(frameHeader + len(body)))
			err = deliver(l, typ, body)
		}
		if err != nil {
			if errors.Is(err, errForged) || errors.Is(err, errFrameTooLong) || errors.Is(err, errMalformed) {
				l.stats.droppedHostile.Add(1)
			}
			l.close(err)
			return
		}
	}
}

// close ends the link; the first reason stays. It is safe from any goroutine and never waits.
func (l *link) close(err error) {
	l.mu.Lock()
	if l.err != nil {
		l.mu.Unlock()
		return
	}
	l.err = err
	l.pending = nil
	l.mu.Unlock()
	_ = l.conn.Close() // the other end is told either way, and there is nobody left to tell about an error
	select {
	case l.wake <- struct{}{}:
	default:
	}
	if l.streams != nil {
		l.streams.closeAll(err)
	}
}

// reason is why the link was closed, nil while it is open.
func (l *link) reason() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// buffered reports the send buffer as CLUSTER LINKS shows it.
func (l *link) buffered() (allocated, used int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int64(cap(l.pending) + l.spareCap), int64(len(l.pending) + l.inFlight)
}
