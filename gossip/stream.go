package gossip

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// memberlist streams (push/pull, fallback pings) are carried by the bulk link of the pair. A frameStream body is
//
//	op 1 | stream id 4 | payload
//
// The side that dialled the link opens even ids, the other side odd ones. Each direction of a stream may have streamWindow
// bytes on the way that the reader did not take yet, so a slow reader holds up its own stream and nothing else.
const (
	streamOpen   byte = iota // payload: none
	streamData               // payload: bytes, counted against the window
	streamCredit             // payload: 4 bytes, how much more may be sent
	streamClose              // payload: none; the sender neither sends nor reads any more

	streamHeader = 5
	streamWindow = 64 << 10
	streamChunk  = 16 << 10
	// maxInboundStreams per link: one push/pull and one ping at a time is what memberlist does to one peer.
	maxInboundStreams = 8
)

var (
	errMalformed    = errors.New("gossip: malformed frame")
	errStreamClosed = errors.New("gossip: stream closed by the peer")
)

// streamTable holds the open streams of one bulk link.
type streamTable struct {
	link *link

	mu      sync.Mutex
	next    uint32
	inbound int
	open    map[uint32]*stream
	err     error // the link is over
}

func newStreamTable(l *link) *streamTable {
	t := &streamTable{link: l, open: make(map[uint32]*stream)}
	if !l.outbound {
		t.next = 1
	}
	return t
}

// dial opens a stream to the peer.
func (t *streamTable) dial() (*stream, error) {
	t.mu.Lock()
	if t.err != nil {
		t.mu.Unlock()
		return nil, t.err
	}
	s := newStream(t, t.next, false)
	t.next += 2
	t.open[s.id] = s
	t.mu.Unlock()
	if err := t.send(streamOpen, s.id, nil); err != nil {
		_ = s.Close() // it was never known to the peer
		return nil, err
	}
	return s, nil
}

// frame handles one frameStream body of the peer. accept takes a new stream or refuses it; it must not block.
func (t *streamTable) frame(body []byte, accept func(net.Conn) bool) error {
	if len(body) < streamHeader {
		return errMalformed
	}
	op, id, payload := body[0], binary.BigEndian.Uint32(body[1:]), body[streamHeader:]
	if op == streamOpen {
		return t.accept(id, payload, accept)
	}
	t.mu.Lock()
	s := t.open[id]
	t.mu.Unlock()
	if s == nil {
		return nil // closed by us while the frame was on its way
	}
	switch op {
	case streamData:
		return s.receive(payload)
	case streamCredit:
		if len(payload) != 4 {
			return errMalformed
		}
		return s.grant(binary.BigEndian.Uint32(payload))
	case streamClose:
		s.fail(nil)
		return nil
	default:
		return errMalformed
	}
}

func (t *streamTable) accept(id uint32, payload []byte, accept func(net.Conn) bool) error {
	theirs := uint32(0)
	if t.link.outbound {
		theirs = 1
	}
	if len(payload) != 0 || id&1 != theirs {
		return errMalformed
	}
	t.mu.Lock()
	if t.open[id] != nil {
		t.mu.Unlock()
		return errMalformed
	}
	if t.err != nil || t.inbound >= maxInboundStreams {
		t.mu.Unlock()
		return t.send(streamClose, id, nil)
	}
	s := newStream(t, id, true)
	t.open[id] = s
	t.inbound++
	t.mu.Unlock()
	if !accept(s) {
		return s.Close()
	}
	return nil
}

func (t *streamTable) send(op byte, id uint32, payload []byte) error {
	b := make([]byte, streamHeader, streamHeader+len(payload))
	b[0] = op
	binary.BigEndian.PutUint32(b[1:], id)
	return t.link.send(frameStream, append(b, payload...), false)
}

func (t *streamTable) remove(s *stream) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open[s.id] == s {
		delete(t.open, s.id)
		if s.inbound {
			t.inbound--
		}
	}
}

// closeAll fails every stream: the link is over.
func (t *streamTable) closeAll(err error) {
	t.mu.Lock()
	t.err = err
	all := t.open
	t.open = make(map[uint32]*stream)
	t.inbound = 0
	t.mu.Unlock()
	for _, s := range all {
		s.fail(err)
	}
}

// stream is one memberlist stream; it implements net.Conn.
type stream struct {
	table   *streamTable
	id      uint32
	inbound bool

	mu      sync.Mutex
	changed *sync.Cond
	buf     []byte // received, not read
	fresh   bool   // nothing was received yet
	owed    int    // read, not granted back to the peer
	credit  int    // what we may send
	over    bool   // the peer or the link closed it
	err     error  // why, when it was not the peer's Close
	closed  bool   // by us
	readBy  deadline
	writeBy deadline
}

func newStream(t *streamTable, id uint32, inbound bool) *stream {
	s := &stream{table: t, id: id, inbound: inbound, credit: streamWindow, fresh: true}
	s.changed = sync.NewCond(&s.mu)
	return s
}

// deadline wakes the waiters of a stream when its time has come. Guarded by the stream's mutex.
type deadline struct {
	at    time.Time
	timer *time.Timer
}

func (d *deadline) passed() bool { return !d.at.IsZero() && !time.Now().Before(d.at) }

func (d *deadline) setLocked(s *stream, at time.Time) {
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
	d.at = at
	if at.IsZero() || s.closed {
		return
	}
	d.timer = time.AfterFunc(time.Until(at), func() {
		s.mu.Lock()
		s.changed.Broadcast()
		s.mu.Unlock()
	})
}

// Read implements net.Conn.
func (s *stream) Read(p []byte) (int, error) {
	s.mu.Lock()
	for len(s.buf) == 0 {
		switch {
		case s.closed:
			s.mu.Unlock()
			return 0, net.ErrClosed
		case s.over && s.err != nil:
			s.mu.Unlock()
			return 0, s.err
		case s.over:
			s.mu.Unlock()
			return 0, io.EOF
		case s.readBy.passed():
			s.mu.Unlock()
			return 0, os.ErrDeadlineExceeded
		case len(p) == 0:
			s.mu.Unlock()
			return 0, nil
		}
		s.changed.Wait()
	}
	n := copy(p, s.buf)
	s.buf = s.buf[n:]
	if len(s.buf) == 0 {
		s.buf = nil
	}
	s.owed += n
	grant := 0
	if s.owed >= streamWindow/2 && !s.over && !s.closed {
		grant, s.owed = s.owed, 0
	}
	s.mu.Unlock()
	if grant > 0 {
		// An error closed the link, and with it this stream: the next Read says so.
		_ = s.table.send(streamCredit, s.id, binary.BigEndian.AppendUint32(nil, uint32(grant)))
	}
	return n, nil
}

// Write implements net.Conn.
func (s *stream) Write(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		n, err := s.reserve(len(p) - done)
		if err != nil {
			return done, err
		}
		if err := s.table.send(streamData, s.id, p[done:done+n]); err != nil {
			return done, err
		}
		done += n
	}
	return done, nil
}

// reserve waits until the peer will take more, and returns how much to send now.
func (s *stream) reserve(want int) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.closed:
			return 0, net.ErrClosed
		case s.over && s.err != nil:
			return 0, s.err
		case s.over:
			return 0, errStreamClosed
		case s.writeBy.passed():
			return 0, os.ErrDeadlineExceeded
		case s.credit > 0:
			n := min(want, s.credit, streamChunk)
			s.credit -= n
			return n, nil
		}
		s.changed.Wait()
	}
}

// receive takes data of the peer. More than the window, or something that memberlist would not send, ends the link.
func (s *stream) receive(payload []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.over {
		return nil
	}
	if len(s.buf)+s.owed+len(payload) > streamWindow {
		return errMalformed
	}
	if s.fresh && len(payload) > 0 {
		s.fresh = false
		if !saneStreamStart(payload) {
			return errMalformed
		}
	}
	s.buf = append(s.buf, payload...)
	s.changed.Broadcast()
	return nil
}

func (s *stream) grant(n uint32) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n > streamWindow || s.credit+int(n) > streamWindow {
		return errMalformed
	}
	s.credit += int(n)
	s.changed.Broadcast()
	return nil
}

// fail ends the stream from outside; err is nil when the peer closed it in good order.
func (s *stream) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.over {
		s.over, s.err = true, err
		s.changed.Broadcast()
	}
}

// Close implements net.Conn.
func (s *stream) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.buf = nil
	tell := !s.over
	s.readBy.setLocked(s, time.Time{})
	s.writeBy.setLocked(s, time.Time{})
	s.changed.Broadcast()
	s.mu.Unlock()
	s.table.remove(s)
	if tell {
		return s.table.send(streamClose, s.id, nil)
	}
	return nil
}

// LocalAddr implements net.Conn.
func (s *stream) LocalAddr() net.Addr { return s.table.link.conn.LocalAddr() }

// RemoteAddr implements net.Conn.
func (s *stream) RemoteAddr() net.Addr { return s.table.link.conn.RemoteAddr() }

// SetDeadline implements net.Conn.
func (s *stream) SetDeadline(t time.Time) error {
	if err := s.SetReadDeadline(t); err != nil {
		return err
	}
	return s.SetWriteDeadline(t)
}

// SetReadDeadline implements net.Conn.
func (s *stream) SetReadDeadline(t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.readBy.setLocked(s, t)
	s.changed.Broadcast()
	return nil
}

// SetWriteDeadline implements net.Conn.
func (s *stream) SetWriteDeadline(t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writeBy.setLocked(s, t)
	s.changed.Broadcast()
	return nil
}
