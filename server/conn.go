package server

import (
	"sync/atomic"
	"time"

	"clusternode/command"
	"clusternode/keyspace"
	"clusternode/pubsub"
	"clusternode/resp"
)

// transport is what a connection needs from whatever carries its bytes. The
// loop and the goroutine path implement it; tests drive a conn with a fake.
type transport interface {
	// send takes what it can of b now; what is left the connection keeps
	// until drain. An error means that the connection is gone.
	send(b []byte) (int, error)
	// owner is where letters for the connection go.
	owner() outlet
	fd() int
}

// parking says why a connection's input waits.
type parking uint8

const (
	notParked   parking = iota
	parkSlot            // its slot is locked; the waiter wakes it
	parkPause           // CLIENT PAUSE
	parkOffload         // its command runs on a pooled worker
	parkOutput          // the client does not read its replies
	parkBlocked         // its command waits for keys
	parkCrowded         // subscribers have to get what it published first
)

// conn is one client connection. It does no I/O itself. See the package
// comment for who owns its fields.
type conn struct {
	command.Client
	s      *Server
	tr     transport
	outlet outlet // tr's owner

	addr, laddr string
	created     time.Time
	active      int64 // last input, or output taken late, ns since s.start
	lastCmd     *command.Spec

	parser resp.Parser
	in     []byte // input not yet executed; nil when there is none
	out    unsent // replies not yet taken by the transport
	later  []byte // messages that wait for the reply of an offloaded command
	weight weight // what it counts for in the books of memory

	parked     parking
	waiter     keyspace.Waiter          // while parkSlot
	block      atomic.Pointer[blocking] // while its command waits for keys
	closing    bool                     // no more commands; the transport closes it
	ended      bool                     // the client sends no more; it may still read
	closed     bool
	killed     atomic.Bool // CLIENT KILL hung up
	readPaused bool
	softSince  int64 // when out first exceeded the soft limit, ns; 0: it does not

	multi   []queued
	multiSz int // bytes of the queued commands
	watch   watchState
	subs    *pubsub.Member[*conn, *desk] // nil until it subscribes first, as is desk
	desk    *desk                        // where messages for it wait
	pieces  int32                        // scratch of the desk: what it gets still
	track   trackState

	netIn, netOut, commands int64
	frozen                  *clientView // while parkOffload: what CLIENT LIST shows
}

// parkedInput is the input, in bytes, with which a set-aside connection is not
// read any more.
const parkedInput = 64 << 10

// feed hands newly read bytes to the connection and runs what is complete.
// data may be the loop's read buffer: what cannot run yet is copied.
func (w *worker) feed(c *conn, data []byte) {
	c.active = w.tick() // reading is not the next command's time
	w.countInput(c, len(data))
	if c.parked != notParked || c.closing {
		w.keep(c, data)
		return
	}
	if len(c.in) == 0 {
		n := w.process(c, data)
		if n < len(data) && !c.closing {
			w.keep(c, data[n:])
		}
	} else {
		w.keep(c, data)
		w.pump(c)
	}
	w.checkQuery(c)
}

// fed is feed for n bytes that were read straight into c.in.
func (w *worker) fed(c *conn, n int) {
	c.active = w.tick()
	w.countInput(c, n)
	w.pump(c)
	w.checkQuery(c)
}

func (w *worker) countInput(c *conn, n int) {
	c.netIn += int64(n)
	w.stats.netIn += int64(n)
	w.stats.reads++
}

// keep appends input that has to wait. Room for a long argument is made in
// steps: a client pays for memory with bytes.
func (w *worker) keep(c *conn, data []byte) {
	if need := c.parser.Need(); need > cap(c.in) {
		grown := make([]byte, len(c.in), min(need, max(2*(len(c.in)+len(data)), 4*readChunk)))
		copy(grown, c.in)
		c.in = grown
	}
	c.in = append(c.in, data...)
}

// checkQuery closes a client whose unfinished command and queued transaction
// together exceed the query buffer limit, as Redis does.
func (w *worker) checkQuery(c *conn) {
	// A connection that is set aside may belong to a pooled worker.
	if c.parked != notParked || c.closing || int64(len(c.in)+c.multiSz) <= w.s.lim.queryBuffer.Load() {
		return
	}
	w.s.log.Warning("Closing client that reached max query buffer length: %s", c.view(w.s).String())
	w.s.counters.queryDisconnects.Add(1)
	c.closing = true
}

// inputEnds is for a client that closed its side: what it has sent is still
// executed and answered. One that CLIENT PAUSE holds back, or that waits for
// keys, is let go.
func (w *worker) inputEnds(c *conn) {
	c.ended = true
	if c.parked == parkPause || c.parked == parkBlocked {
		w.hangUp(c)
	}
}

// over reports that nothing is left to do but to close.
func (c *conn) over() bool {
	return c.out.size == 0 && c.parked != parkOffload && (c.closing || c.ended && c.parked == notParked)
}

// pump runs what c.in holds and moves the rest to its front.
func (w *worker) pump(c *conn) {
	n := w.process(c, c.in)
	switch {
	case n >= len(c.in):
		c.in = nil
	case n > 0:
		c.in = c.in[:copy(c.in, c.in[n:])]
	}
}

// resume continues a connection whose reason to wait has gone.
func (w *worker) resume(c *conn) {
	if c.closed {
		return
	}
	c.parked = notParked
	if len(c.in) > 0 && !c.closing {
		w.pump(c)
	}
	if c.parked != parkSlot {
		// It may have been its turn for a slot, and it went on without the
		// lock, or got it by TryLock: the turn is the next one's.
		w.s.ks.CancelWait(&c.waiter)
	}
}

// process runs the commands in data until it is used up, the connection is
// set aside, or it closes. It returns how many bytes were consumed; a command
// that was set aside is not: it is parsed again when the connection resumes.
func (w *worker) process(c *conn, data []byte) (consumed int) {
	w.current = c
	for consumed < len(data) && !c.closing {
		args, n, err := c.parser.Next(data[consumed:], w.args[:0], c.limits())
		w.args = args[:0]
		if err != nil {
			w.protocolError(c, err)
			consumed = len(data)
			break
		}
		if n == 0 {
			break
		}
		if len(args) == 0 {
			consumed += n
			continue
		}
		w.w.Proto = c.Proto
		if consumed+n < len(data) && w.collect(c, data, args, consumed+n) {
			var stop bool
			consumed, stop = w.runBatch(c, consumed)
			if stop || w.full(c) {
				break
			}
			w.x.Yield()
			continue
		}
		mark := len(w.w.Buf)
		w.mark = mark
		if w.execute(c, args) == setAside {
			w.w.Buf = w.w.Buf[:mark]
			break
		}
		consumed += n
		if c.parked != notParked { // offloaded, or waiting for keys: the reply comes later
			break
		}
		if c.Flags&(command.ClientReplyOff|command.ClientReplySkip|command.ClientReplySkipNext|command.ClientAsking|command.ClientCaching|command.ClientCloseAfterReply) != 0 {
			w.afterReply(c, mark)
			c.closing = c.closing || c.Has(command.ClientCloseAfterReply)
		}
		w.ownPushes()
		if w.full(c) {
			break
		}
		w.x.Yield()
	}
	w.current = nil
	w.announce()
	w.flush(c)
	if c.out.size > outHigh && c.parked == notParked {
		c.parked = parkOutput
	}
	if cap(w.args)+cap(w.batch.args) > keptArgs {
		w.args, w.batch.args = nil, nil
	}
	return consumed
}

// keptArgs is how many arguments of one command a worker keeps room for.
const keptArgs = 4096

// afterReply applies CLIENT REPLY to what the last command wrote from mark on,
// and lets ASKING and CLIENT CACHING lapse.
func (w *worker) afterReply(c *conn, mark int) {
	if c.Flags&(command.ClientReplyOff|command.ClientReplySkip) != 0 {
		w.w.Buf = w.w.Buf[:mark]
	}
	c.Flags &^= command.ClientReplySkip
	if c.Flags&command.ClientReplySkipNext != 0 {
		c.Flags = c.Flags&^command.ClientReplySkipNext | command.ClientReplySkip
	}
	if c.Flags&command.ClientMulti == 0 && (c.lastCmd == nil || c.lastCmd.Name != "asking") {
		c.Flags &^= command.ClientAsking
	}
	if c.Flags&command.ClientMulti == 0 && (c.lastCmd == nil || rootName(c.lastCmd) != "client") {
		c.Flags &^= command.ClientCaching
	}
}

// protocolError replies and closes: nothing after garbage can be understood.
func (w *worker) protocolError(c *conn, err error) {
	w.s.log.Verbose("%v from client: %s", err, c.view(w.s).String())
	if !c.Has(command.ClientReplyOff | command.ClientReplySkip) {
		w.w.Error("ERR " + err.Error())
	}
	w.countError("ERR")
	c.closing = true
}

// deliver hands a letter for one connection to it; its owner calls it.
func (w *worker) deliver(m letter) {
	c := m.c
	switch m.kind {
	case letterResume:
		if c.parked == parkSlot || c.parked == parkPause || c.parked == parkCrowded {
			w.resume(c)
		}
	case letterReplies:
		w.replied(c, m.data)
	case letterBlocked:
		if c.block.Load() == m.wait { // else it was served already
			c.frozen, c.parked = nil, parkBlocked
			w.takeLater(c)
			w.flush(c)
			if c.ended {
				w.hangUp(c)
			}
		}
	case letterServed:
		w.served(c, m)
	case letterHangUp:
		w.hangUp(c)
	case letterEvict:
		w.evictClient(c)
	}
}

// replied takes the replies of an offloaded command and goes on.
func (w *worker) replied(c *conn, reply []byte) {
	c.frozen = nil
	c.closing = c.closing || c.Has(command.ClientCloseAfterReply)
	w.w.Buf = append(w.w.Buf, reply...)
	w.takeLater(c)
	w.flush(c)
	w.resume(c)
}

// hangUp closes the connection without sending what is left.
func (w *worker) hangUp(c *conn) {
	c.closing = true
	w.s.dropOut(c)
}

// review looks after a connection that may be idle. It reports whether
// something changed.
func (w *worker) review(c *conn) bool {
	if c.parked != notParked && c.parked != parkOutput {
		return false
	}
	if limit := w.s.lim.idle.Load(); limit > 0 && !c.Has(command.ClientPubSub|command.ClientMonitor) && w.last-c.active > limit*int64(time.Second) {
		w.s.log.Verbose("Closing idle client")
		w.hangUp(c)
		return true
	}
	if c.closing {
		return false
	}
	if c.softSince > 0 {
		w.checkOutput(c)
		return c.closing
	}
	return false
}

// limits are the parser's limits: tight ones before authentication.
func (c *conn) limits() *resp.Limits {
	if c.Has(command.ClientAuthenticated) {
		return c.s.lim.authenticated.Load()
	}
	return &c.s.lim.anonymous
}
