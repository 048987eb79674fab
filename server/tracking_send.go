package server

import (
	"slices"

	"clusternode/command"
	"clusternode/resp"
	"clusternode/tracking"
)

// invalidationKind says who gets a message, beside being in its list.
type invalidationKind uint8

const (
	ofKey    invalidationKind = iota // those who track what they read
	ofPrefix                         // all of the list
	ofFlush                          // those who track
)

// invalidation is one message to clients that track. It is immutable and may
// be sent from several threads; whether and how a client gets it is decided by
// the owner of the client when it arrives.
type invalidation struct {
	to   []tracking.Client
	kind invalidationKind
	// by has changed the key; nil: nobody.
	by *conn
	// skip gets the message another way.
	skip *conn
	// push is the whole message in RESP3; from keysAt on it is the array of keys
	// as both protocols write it, or null.
	push []byte
}

// newInvalidation is the message that a key has changed.
func newInvalidation(key []byte, to []tracking.Client, by *conn) *invalidation {
	w := pushWriter(len(key))
	w.Array(1)
	w.Bulk(key)
	return &invalidation{to: to, by: by, push: w.Buf}
}

// newFlush is the message that all keys are gone.
func newFlush(to []tracking.Client) *invalidation {
	w := pushWriter(0)
	w.Null()
	return &invalidation{to: to, kind: ofFlush, push: w.Buf}
}

// pushWriter has written the beginning of a message, and has room for size bytes
// of keys.
func pushWriter(size int) resp.Writer {
	w := resp.Writer{Proto: 3, Buf: make([]byte, 0, keysAt+size+32)}
	w.Buf = append(w.Buf, invalidatePush...)
	return w
}

const keysAt = len(invalidatePush)

// Beginnings of a message in RESP3 and for a RESP2 client that listens to the
// channel.
const (
	invalidatePush    = ">2\r\n$10\r\ninvalidate\r\n"
	invalidateMessage = "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n"
)

// body is what follows the beginning: the keys, or null as the protocol of the
// tracking client writes it.
func (m *invalidation) body(proto int) []byte {
	if m.kind == ofFlush && proto < 3 {
		w := resp.Writer{Proto: proto}
		w.Null()
		return w.Buf
	}
	return m.push[keysAt:]
}

// invalidate sends a message to its clients; w is nil for those who are no
// worker. Slots may be locked.
func (s *Server) invalidate(w *worker, m *invalidation) {
	if w != nil {
		m.skip = w.current
	}
	loops := loopSet{}
	for _, id := range m.to {
		t := s.tracking.clients.of(id)
		switch {
		case t == nil:
		case t.c == m.skip:
			s.deliverOwn(w, m)
		case t.loop >= 0:
			loops.add(t.loop)
		default:
			s.leaveFan(w, t.c.outlet, m.kind, func(yield func(*conn, []byte) bool) { s.deliverInvalidation(t.c, m, yield) })
		}
	}
	for i := range loops.each {
		s.leaveFan(w, s.loops[i], m.kind, func(yield func(*conn, []byte) bool) {
			for _, id := range m.to {
				if t := s.tracking.clients.of(id); t != nil && t.loop == i && t.c != m.skip {
					s.deliverInvalidation(t.c, m, yield)
				}
			}
		})
	}
}

// loopSet is a set of loops.
type loopSet [2]uint64

func (l *loopSet) add(i int) { l[i/64] |= 1 << (i % 64) }

func (l *loopSet) each(yield func(int) bool) {
	for i := range 64 * len(l) {
		if l[i/64]>>(i%64)&1 != 0 && !yield(i) {
			return
		}
	}
}

// leaveFan brings messages to the owner of their clients, behind what was
// published before. Those on prefixes come at the end of a round, behind all
// that was left there.
func (s *Server) leaveFan(w *worker, o outlet, kind invalidationKind, f fan) {
	if kind != ofPrefix && s.subscribers.Load() > 0 {
		if d := s.hub.deskOf(o); d != nil && d.putBehind(f) {
			return
		}
	}
	if w != nil {
		w.broadcast(o, f)
	} else {
		o.post(letter{kind: letterFan, fan: f})
	}
}

// deliverOwn is deliverInvalidation for the client whose command runs: it gets
// the message behind the reply.
func (s *Server) deliverOwn(w *worker, m *invalidation) {
	c := w.current
	if c == m.by && c.track.mode()&command.TrackingNoLoop != 0 {
		return
	}
	s.deliver(c, c.Proto, m, func(to *conn, data []byte) bool { w.ownLast = append(w.ownLast, data...); return true },
		func(to *conn, f fan) { s.leaveFan(w, to.outlet, m.kind, f) })
}

// deliverInvalidation gives a client its message; its owner calls it.
func (s *Server) deliverInvalidation(c *conn, m *invalidation, yield func(*conn, []byte) bool) {
	if c.closed {
		return
	}
	proto, _ := c.speaks()
	s.deliver(c, proto, m, yield, func(to *conn, f fan) {
		if to.outlet == c.outlet {
			f(yield)
		} else {
			to.outlet.post(letter{kind: letterFan, fan: f})
		}
	})
}

// deliver gives the message to c, which speaks proto, or to the connection that
// gets its messages: forward runs a fan on that one's owner. Source for the
// cases: sendTrackingMessage of Redis 7.2.
func (s *Server) deliver(c *conn, proto int, m *invalidation, yield func(*conn, []byte) bool, forward func(*conn, fan)) {
	mode := c.track.mode()
	if mode&command.TrackingOn == 0 || m.kind == ofKey && mode&command.TrackingBcast != 0 {
		return
	}
	redirect := c.track.redirect.Load()
	if redirect == 0 {
		if proto > 2 {
			yield(c, m.push)
		}
		return
	}
	target := s.byID.find(redirect)
	if target == nil {
		c.track.setBroken()
		if proto > 2 {
			yield(c, redirectBroken(redirect))
		}
		return
	}
	body := m.body(proto)
	forward(target, func(yield func(*conn, []byte) bool) {
		switch proto, subscribed := target.speaks(); {
		case proto > 2:
			yield(target, append([]byte(invalidatePush), body...))
		case subscribed:
			yield(target, append([]byte(invalidateMessage), body...))
		}
	})
}

// redirectBroken is the message to a client whose messages went to another
// connection that has gone.
func redirectBroken(id int64) []byte {
	w := resp.Writer{Proto: 3}
	w.Push(2)
	w.BulkString("tracking-redir-broken")
	w.Int(id)
	return w.Buf
}

// speaks returns the protocol of the connection and whether it listens to
// channels, as its owner sees it: while its command runs elsewhere, as it was
// before.
func (c *conn) speaks() (proto int, subscribed bool) {
	if f := c.frozen; f != nil {
		return f.Proto, f.Subscribed
	}
	return c.Proto, c.Has(command.ClientPubSub)
}

// sendPrefix sends the changed keys to the clients of a prefix. Those who do
// not want to hear about their own changes, and made some, get lists of their
// own.
func (s *Server) sendPrefix(w *worker, p *tracking.Prefix, keys []tracking.Key) {
	to := p.Clients()
	if len(to) == 0 {
		return
	}
	special := s.quietChangers(keys, to)
	if len(special) > 0 {
		rest := make([]tracking.Client, 0, len(to))
		for _, id := range to {
			if !special[id] {
				rest = append(rest, id)
			}
		}
		to = rest
		for id := range special {
			if list := keysPush(keys, id); list != nil {
				s.invalidate(w, &invalidation{to: []tracking.Client{id}, kind: ofPrefix, push: list})
			}
		}
	}
	if len(to) > 0 {
		s.invalidate(w, &invalidation{to: to, kind: ofPrefix, push: keysPush(keys, 0)})
	}
}

// quietChangers are those of the clients who changed some of the keys and do
// not want to hear about it.
func (s *Server) quietChangers(keys []tracking.Key, clients []tracking.Client) map[tracking.Client]bool {
	var out map[tracking.Client]bool
	var last tracking.Client
	for i := range keys {
		by := keys[i].By
		if by == 0 || by == last {
			continue
		}
		last = by
		t := s.tracking.clients.of(by)
		if _, hears := slices.BinarySearch(clients, by); !hears || t == nil || t.c.track.mode()&command.TrackingNoLoop == 0 {
			continue
		}
		if out == nil {
			out = make(map[tracking.Client]bool)
		}
		out[by] = true
	}
	return out
}

// keysPush is the message for the keys that but did not change, nil if there are
// none.
func keysPush(keys []tracking.Key, but tracking.Client) []byte {
	n, size := 0, 0
	for i := range keys {
		if but == 0 || keys[i].By != but {
			n++
			size += len(keys[i].Name) + 16
		}
	}
	if n == 0 {
		return nil
	}
	w := pushWriter(size)
	w.Array(n)
	for i := range keys {
		if but == 0 || keys[i].By != but {
			w.Bulk(keys[i].Name)
		}
	}
	return w.Buf
}
