package server

import (
	"sync"
	"sync/atomic"

	"clusternode/command"
	"clusternode/pubsub"
	"clusternode/resp"
)

// A message goes from the publisher to the desk of each outlet that has
// subscribers for it; the outlet hands it to its own clients. A desk is served
// in the order in which messages came, so that what one client publishes
// arrives in order. Messages lie in the desk's buffer as clients of RESP2 read
// them, one behind the other: those that an outlet finds together for one
// channel are one piece, and most clients get it straight from there.

// crowd are the subscribers of a channel or pattern on one outlet.
type crowd = pubsub.Crowd[*conn, *desk]

// leaving is a subscription that ends because its slot has left.
type leaving = pubsub.Leaving[*conn, *desk]

// hub is the pub/sub of a node.
type hub struct {
	*pubsub.Registry[*conn, *desk]
	interest interest
	backlog  atomic.Int64 // bytes at all desks
	crowded  atomic.Int64 // publishers in held
	mu       sync.Mutex
	desks    map[outlet]*desk // of the loops; guarded by mu
	held     []*conn          // publishers that wait until less does; guarded by mu
}

// posting is a message for a crowd, the end of a subscription, or messages of
// another kind that came in between.
type posting struct {
	leave  *leaving
	fan    fan
	to     *crowd
	except selves // have got it already
	from   int    // where it begins in the buffer; it ends where the next begins
}

// desk is where messages for the subscribers on one outlet wait.
type desk struct {
	h    *hub
	out  outlet
	l    *loop // that the outlet is, nil for another
	solo bool  // of one connection, and gone with it
	fan  fan   // serve, ready to be sent

	open sync.Mutex
	// guarded by open
	queue  []posting
	buf    []byte // what the messages of queue are
	closed bool

	// Owned by whoever delivers.
	spare    []posting
	spareBuf []byte
	pushes   []byte    // scratch: messages as pushes of RESP3
	runs     []handful // scratch, as are the clients that get them
	clients  []*conn
}

func newHub() *hub {
	return &hub{Registry: pubsub.New[*conn, *desk](), desks: make(map[outlet]*desk)}
}

func newDesk(h *hub, o outlet) *desk {
	d := &desk{h: h, out: o}
	d.l, _ = o.(*loop)
	d.fan = d.serve
	return d
}

// join makes the connection able to subscribe. Its owner calls it.
func (h *hub) join(c *conn) *pubsub.Member[*conn, *desk] {
	if c.subs != nil {
		return c.subs
	}
	if _, own := c.tr.(outlet); own { // a goroutine that serves nobody else
		c.desk = newDesk(h, c.outlet)
		c.desk.solo = true
	} else {
		h.mu.Lock()
		if h.desks[c.outlet] == nil {
			h.desks[c.outlet] = newDesk(h, c.outlet)
		}
		c.desk = h.desks[c.outlet]
		h.mu.Unlock()
	}
	c.subs = h.Join(c, c.desk)
	return c.subs
}

// put adds a message and reports whether the outlet has to be told.
func (d *desk) put(to *crowd, channel, text []byte, except selves) (tell bool) {
	d.open.Lock()
	defer d.open.Unlock()
	if d.closed {
		return false
	}
	from := len(d.buf)
	d.queue = append(d.queue, posting{to: to, from: from, except: except})
	d.buf = appendMessage(d.buf, to, channel, text)
	d.h.backlog.Add(int64(len(d.buf) - from))
	return len(d.queue) == 1
}

// putLeave adds the end of a subscription.
func (d *desk) putLeave(l *leaving) (tell bool) {
	d.open.Lock()
	defer d.open.Unlock()
	if d.closed {
		return false
	}
	d.queue = append(d.queue, posting{leave: l, from: len(d.buf)})
	return len(d.queue) == 1
}

// putBehind leaves other messages behind those that wait here, so that the
// order stays. It reports false if none wait: they may go by themselves.
func (d *desk) putBehind(f fan) bool {
	d.open.Lock()
	defer d.open.Unlock()
	if d.closed || len(d.queue) == 0 {
		return false
	}
	d.queue = append(d.queue, posting{fan: f, from: len(d.buf)})
	return true
}

// deskOf is the desk of a loop, nil if nobody has listened there.
func (h *hub) deskOf(o outlet) *desk {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.desks[o]
}

// close drops what waits, and what comes later.
func (d *desk) close() {
	d.open.Lock()
	defer d.open.Unlock()
	d.h.backlog.Add(-int64(len(d.buf)))
	d.closed, d.queue, d.buf = true, nil, nil
}

func (d *desk) empty() bool {
	d.open.Lock()
	defer d.open.Unlock()
	return len(d.queue) == 0
}

// What a desk keeps room for.
const (
	keptPostings = 4096
	keptMessages = 1 << 20 // bytes
)

// serve hands the messages that wait to the clients. It runs where the outlet's
// letters are read.
func (d *desk) serve(yield func(c *conn, data []byte) bool) { d.deliver(yield, d.l != nil) }

// deliver is serve. With now a loop's clients that get one piece only are sent
// it at once; others get theirs through yield, which does not keep the data.
func (d *desk) deliver(yield func(c *conn, data []byte) bool, now bool) {
	d.open.Lock()
	queue, buf := d.queue, d.buf
	d.queue, d.buf = d.spare[:0], d.spareBuf[:0]
	d.spare, d.spareBuf = nil, nil
	d.open.Unlock()
	if left := d.h.backlog.Add(-int64(len(buf))); d.h.crowded.Load() > 0 && left <= maxBacklog/2 {
		defer d.h.relieve()
	}
	d.runs, d.clients = d.runs[:0], d.clients[:0]
	for i := 0; i < len(queue); {
		n := 1
		switch p := &queue[i]; {
		case p.leave != nil:
			d.hand(yield, now)
			d.leave(p.leave, yield)
		case p.fan != nil:
			d.hand(yield, now)
			p.fan(yield)
		default:
			n = alike(queue[i:])
			end := len(buf)
			if i+n < len(queue) {
				end = queue[i+n].from
			}
			first := len(d.clients)
			d.clients = p.to.Clients(d.clients)
			d.runs = append(d.runs, handful{queue[i : i+n], buf[p.from:end], first, len(d.clients)})
		}
		i += n
	}
	d.hand(yield, now)
	clear(queue)
	if cap(queue) <= keptPostings {
		d.spare = queue[:0]
	}
	if cap(buf) <= keptMessages {
		d.spareBuf = buf[:0]
	}
	if cap(d.pushes) > keptMessages {
		d.pushes = nil
	}
}

// alike counts the messages at the front that are for the same clients.
func alike(queue []posting) int {
	n := 1
	for n < len(queue) && queue[n].leave == nil && queue[n].fan == nil && queue[n].to == queue[0].to && queue[n].except == queue[0].except {
		n++
	}
	return n
}

// handful is messages for the same clients: those from first to last in the desk's
// list.
type handful struct {
	postings    []posting
	data        []byte
	first, last int
}

// hand gives the clients what is in runs, in order.
func (d *desk) hand(yield func(c *conn, data []byte) bool, now bool) {
	for _, c := range d.clients {
		c.pieces++
	}
	for i := range d.runs {
		r := &d.runs[i]
		var pushes []byte
		for _, c := range d.clients[r.first:r.last] {
			data := r.data
			if c.Proto > 2 {
				if pushes == nil {
					pushes = d.asPushes(r.postings, r.data)
				}
				data = pushes
			}
			switch c.pieces--; {
			case r.postings[0].except.has(c):
			case now && c.pieces == 0:
				d.l.sendNow(c, data)
			default:
				yield(c, data)
			}
		}
	}
	clear(d.clients)
	clear(d.runs)
	d.runs, d.clients = d.runs[:0], d.clients[:0]
}

// asPushes are the messages for RESP3: only the first byte tells a push from an
// array.
func (d *desk) asPushes(messages []posting, data []byte) []byte {
	d.pushes = append(d.pushes[:0], data...)
	for i := range messages {
		d.pushes[messages[i].from-messages[0].from] = '>'
	}
	return d.pushes
}

// messageKinds are the first words of what subscribers get.
var messageKinds = [...]string{pubsub.Channel: "message", pubsub.Pattern: "pmessage", pubsub.Shard: "smessage"}

// appendMessage appends a message as the subscribers of to read it in RESP2.
func appendMessage(b []byte, to *crowd, channel, text []byte) []byte {
	w := resp.Writer{Proto: 2, Buf: b}
	if to.Kind == pubsub.Pattern {
		w.Array(4)
		w.BulkString(messageKinds[to.Kind])
		w.BulkString(to.Name)
	} else {
		w.Array(3)
		w.BulkString(messageKinds[to.Kind])
	}
	w.Bulk(channel)
	w.Bulk(text)
	return w.Buf
}

// publish brings a message to those who listen to the channel on this node, and
// returns how many they are. w may be nil, and may hold slot locks.
func (s *Server) publish(w *worker, channel, text []byte) (receivers int) {
	var few [8]*crowd
	crowds, n := s.hub.Receivers(channel, few[:0])
	if n > 0 {
		s.post(w, crowds, channel, text)
	}
	return n
}

// publishShard is publish for a shard channel.
func (s *Server) publishShard(w *worker, channel, text []byte) (receivers int) {
	var few [8]*crowd
	crowds, n := s.hub.ShardReceivers(channel, few[:0])
	if n > 0 {
		s.post(w, crowds, channel, text)
	}
	return n
}

// post leaves the message at the desks of the crowds. One that the running
// command publishes to its own client follows its reply.
func (s *Server) post(w *worker, crowds []*crowd, channel, text []byte) {
	for _, to := range crowds {
		var got selves
		if w != nil {
			got = w.selves()
		}
		for i, self := range got {
			if self == nil || self.desk != to.Outlet || !self.subs.Has(to.Kind, to.Name) {
				got[i] = nil
				continue
			}
			own := appendMessage(nil, to, channel, text)
			if self.Proto > 2 {
				own[0] = '>'
			}
			w.push(self, own)
		}
		switch d := to.Outlet; {
		case !d.put(to, channel, text, got):
		case w != nil:
			w.broadcast(d.out, d.fan)
		default:
			d.out.post(letter{kind: letterFan, fan: d.fan})
		}
	}
	if w != nil {
		w.watchBacklog()
	}
}

// catchUp delivers what was published before the running command, which is
// about to change what its client listens to. On a pooled worker that runs the
// command for a loop it cannot.
func (w *worker) catchUp(c *conn) {
	d := c.desk
	if _, own := c.tr.(outlet); d == nil || w.l == nil && !own || d.empty() {
		return
	}
	d.deliver(func(to *conn, data []byte) bool {
		switch {
		case to != c:
			w.l.mail = true // what it gets is sent at the end of the round
			return w.l.pushed(to, data)
		case c.Has(command.ClientInExec | command.ClientReplyOff | command.ClientReplySkip):
			w.push(c, data)
		default:
			w.w.Buf = append(w.w.Buf, data...)
		}
		return true
	}, false)
}
