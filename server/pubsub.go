package server

import (
	"sync"
	"sync/atomic"

	"clusternode/command"
	"clusternode/pubsub"
	"clusternode/resp"
)

// A message goes from the publisher to the desk of each outlet that has
// subscribers for it, encoded once; the outlet hands it to its own clients. A
// desk is served in the order in which messages came, so that what one client
// publishes arrives in order. Messages that an outlet finds together for one
// channel are joined: each client gets them as one piece.

// crowd are the subscribers of a channel or pattern on one outlet.
type crowd = pubsub.Crowd[*conn, *desk]

// leaving is a subscription that ends because its slot has left.
type leaving = pubsub.Leaving[*conn, *desk]

// hub is the pub/sub of a node.
type hub struct {
	*pubsub.Registry[*conn, *desk]
	interest interest
	backlog  atomic.Int64 // bytes at all desks
	mu       sync.Mutex
	desks    map[outlet]*desk // of the loops; guarded by mu
}

// message is one message as clients of both protocols read it.
type message struct{ resp2, resp3 []byte }

// posting is a message for a crowd, the end of a subscription, or messages of
// another kind that came in between.
type posting struct {
	leave  *leaving
	fan    fan
	to     *crowd
	m      message
	except *conn // published it and has got it already
}

// desk is where messages for the subscribers on one outlet wait.
type desk struct {
	h    *hub
	out  outlet
	solo bool // of one connection, and gone with it
	fan  fan  // deliver, ready to be sent
	open sync.Mutex
	// guarded by open
	queue  []posting
	closed bool
	size   int64 // bytes in queue

	// Owned by whoever delivers.
	spare   []posting
	clients []*conn
}

func newHub() *hub {
	return &hub{Registry: pubsub.New[*conn, *desk](), desks: make(map[outlet]*desk)}
}

func newDesk(h *hub, o outlet) *desk {
	d := &desk{h: h, out: o}
	d.fan = d.deliver
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
func (d *desk) put(p posting) (tell bool) {
	d.open.Lock()
	defer d.open.Unlock()
	if d.closed {
		return false
	}
	d.queue = append(d.queue, p)
	d.size += int64(len(p.m.resp2))
	d.h.backlog.Add(int64(len(p.m.resp2)))
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
	d.queue = append(d.queue, posting{fan: f})
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
	d.h.backlog.Add(-d.size)
	d.closed, d.queue, d.size = true, nil, 0
}

// maxJoined bounds the bytes that are joined to one piece.
const maxJoined = 64 << 10

// deliver hands the messages that wait to the clients. It runs where the
// outlet's letters are read.
func (d *desk) deliver(yield func(c *conn, data []byte) bool) {
	d.open.Lock()
	queue := d.queue
	d.h.backlog.Add(-d.size)
	d.queue, d.spare, d.size = d.spare[:0], nil, 0
	d.open.Unlock()
	for i := 0; i < len(queue); {
		first := &queue[i]
		if first.leave != nil {
			d.leave(first.leave, yield)
			i++
			continue
		}
		if first.fan != nil {
			first.fan(yield)
			i++
			continue
		}
		m, n := joined(queue[i:])
		d.clients = first.to.Clients(d.clients[:0])
		for _, c := range d.clients {
			if c == first.except {
				continue
			}
			if !yield(c, m.of(c)) {
				break
			}
		}
		i += n
	}
	clear(queue)
	clear(d.clients)
	if cap(queue) <= keptPostings {
		d.spare = queue
	}
}

// keptPostings is how many messages a desk keeps room for.
const keptPostings = 4096

// joined takes the messages at the front that are for the same clients.
func joined(queue []posting) (m message, n int) {
	first := &queue[0]
	n, size := 1, len(first.m.resp2)
	for n < len(queue) && queue[n].to == first.to && queue[n].except == first.except && size+len(queue[n].m.resp2) <= maxJoined {
		size += len(queue[n].m.resp2)
		n++
	}
	if n == 1 {
		return first.m, 1
	}
	block := make([]byte, 0, 2*size)
	for i := range n {
		block = append(block, queue[i].m.resp2...)
	}
	for i := range n {
		block = append(block, queue[i].m.resp3...)
	}
	return message{block[:size:size], block[size:]}, n
}

// of is the message in the protocol of a client.
func (m *message) of(c *conn) []byte {
	if c.Proto == 2 {
		return m.resp2
	}
	return m.resp3
}

// messageKinds are the first words of what subscribers get.
var messageKinds = [...]string{pubsub.Channel: "message", pubsub.Pattern: "pmessage", pubsub.Shard: "smessage"}

// encodeMessage writes a message for the subscribers of to. Only the first
// byte tells a push from an array.
func encodeMessage(to *crowd, channel, text []byte) message {
	n := 3
	if to.Kind == pubsub.Pattern {
		n++
	}
	w := resp.Writer{Proto: 2, Buf: make([]byte, 0, 2*(len(to.Name)+len(channel)+len(text)+64))}
	w.Array(n)
	w.BulkString(messageKinds[to.Kind])
	if to.Kind == pubsub.Pattern {
		w.BulkString(to.Name)
	}
	w.Bulk(channel)
	w.Bulk(text)
	size := len(w.Buf)
	both := append(w.Buf, w.Buf...)
	both[size] = '>'
	return message{both[:size:size], both[size:]}
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

// post leaves the message at the desks of the crowds.
func (s *Server) post(w *worker, crowds []*crowd, channel, text []byte) {
	var m message
	for i, to := range crowds {
		if i == 0 || to.Kind != crowds[i-1].Kind || to.Name != crowds[i-1].Name {
			m = encodeMessage(to, channel, text)
		}
		p := posting{to: to, m: m}
		if w != nil && w.current != nil && w.current.desk == to.Outlet && w.current.subs.Has(to.Kind, to.Name) {
			p.except = w.current
			w.push(w.current, m.of(w.current))
		}
		switch d := to.Outlet; {
		case !d.put(p):
		case w != nil:
			w.broadcast(d.out, d.fan)
		default:
			d.out.post(letter{kind: letterFan, fan: d.fan})
		}
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
	})
}

func (d *desk) empty() bool {
	d.open.Lock()
	defer d.open.Unlock()
	return len(d.queue) == 0
}
