package server

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"clusternode/command"
)

// stream is the transport of a connection that has goroutines of its own:
// where there are no event loops. One reads, lends itself a worker, runs what
// came and gives the worker back; another writes, so that messages reach a
// client that sends nothing. Neither holds anything while it waits for the
// client. Letters are delivered by a goroutine that the first of them starts.
type stream struct {
	conn
	nc  net.Conn
	box mailbox

	bell chan struct{} // there is something to write, or the end; capacity 1
	done chan struct{} // closed when the writer has ended

	// listens: it is a subscriber or a monitor, which may send nothing for ever.
	listens atomic.Bool

	// mu is held by whoever drives the connection, or looks at it.
	mu   sync.Mutex
	room *sync.Cond // on mu: it may read on

	seenMu sync.Mutex // taken last
	seen   clientView // guarded by seenMu: how it was when it was driven last
}

// send implements transport: replies are written by write.
func (k *stream) send([]byte) (int, error) { return 0, nil }

func (k *stream) owner() outlet               { return k }
func (k *stream) fd() int                     { return -1 }
func (k *stream) post(m letter)               { k.box.post(m) }
func (k *stream) leave(m letter) (knock bool) { return k.box.leave(m) }
func (k *stream) knock()                      { k.box.knock() }

// peek calls f with the connection if nobody drives it; else, as that may take
// long, busy with a view of how it was before.
func (k *stream) peek(f func(*conn), busy func(*clientView)) {
	for range 100 { // who only looks at it is quick
		if k.mu.TryLock() {
			defer k.mu.Unlock()
			if !k.closed {
				f(&k.conn)
			}
			return
		}
		runtime.Gosched()
	}
	k.seenMu.Lock()
	v := k.seen
	k.seenMu.Unlock()
	busy(&v)
}

// show renews what peek shows while the connection is driven; mu is held.
func (k *stream) show() {
	k.seenMu.Lock()
	k.look(&k.seen)
	k.seenMu.Unlock()
}

// acceptStreams serves a listener with goroutines until it is closed.
func (s *Server) acceptStreams(ln *listener) {
	for {
		nc, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			s.log.Warning("Accepting client connection: %v", err)
			time.Sleep(10 * time.Millisecond) // out of descriptors: let some be closed
			continue
		}
		var ip netip.Addr
		if a, ok := nc.RemoteAddr().(*net.TCPAddr); ok {
			ip = a.AddrPort().Addr().Unmap()
		}
		if text := s.turnAway(ln, ip); text != "" {
			_, _ = io.WriteString(nc, text)
			nc.Close()
			continue
		}
		s.tasks.Go(func() { s.serveStream(nc, ln) })
	}
}

func (s *Server) serveStream(nc net.Conn, from *listener) {
	k := &stream{nc: nc, bell: make(chan struct{}, 1), done: make(chan struct{})}
	k.room = sync.NewCond(&k.mu)
	k.box.ring = func() { s.tasks.Go(k.readLetters) }
	if t, ok := nc.(*net.TCPConn); ok {
		if idle := s.lim.keepAlive.Load(); idle > 0 {
			_ = t.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: time.Duration(idle) * time.Second,
				Interval: time.Duration(max(idle/3, 1)) * time.Second, Count: 3})
		}
	}
	addr, laddr := nc.RemoteAddr().String(), nc.LocalAddr().String()
	if from.network == "unix" {
		addr, laddr = from.path+":0", from.path+":0"
	}
	s.initConn(&k.conn, k, from, addr, laddr)
	k.show()
	if !s.streams.add(k) {
		nc.Close()
	}
	s.tasks.Go(k.write)
	k.read()
	<-k.done
	s.streams.remove(k)
	k.box.close()
	k.mu.Lock()
	k.finish()
	k.mu.Unlock()
	s.counters.clients.Add(-1)
}

const streamBuffer = 16 << 10

// read serves what the client sends until its end.
func (k *stream) read() {
	buf := make([]byte, streamBuffer)
	for k.mayRead() {
		k.expectInput()
		n, err := k.nc.Read(buf)
		if n > 0 {
			k.drive(func(w *worker) { w.feed(&k.conn, buf[:n]) })
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			k.drive(func(w *worker) { w.review(&k.conn) })
		} else if err != nil {
			k.drive(func(w *worker) { w.inputEnds(&k.conn) })
			return
		}
	}
}

// mayRead waits until the connection has room for input. It reports false at
// its end.
func (k *stream) mayRead() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for !k.closing && k.parked != notParked && len(k.in) >= parkedInput {
		k.room.Wait()
	}
	return !k.closing
}

// expectInput lets the next read end when the client was idle for too long.
func (k *stream) expectInput() {
	for {
		limit := k.s.lim.idle.Load()
		var end time.Time // none
		if limit > 0 && !k.listens.Load() {
			end = time.Now().Add(time.Duration(limit)*time.Second + time.Millisecond)
		}
		_ = k.nc.SetReadDeadline(end) // fails on a closed connection: so will the read
		if limit == k.s.lim.idle.Load() {
			return // else CONFIG SET came in between
		}
	}
}

// drive lends the connection a worker, and tells the others what has come of
// it.
func (k *stream) drive(f func(w *worker)) {
	// In this order: who has entered the keyspace may not wait for somebody
	// who waits for the world, or for a slot.
	k.mu.Lock()
	w := k.s.pool.get()
	if !k.closed {
		f(w)
		w.weigh(&k.conn)
	}
	if k.closing && k.out.size == 0 {
		k.finish() // whoever waits for the client need not
	}
	if k.parked != parkOffload { // else the command that runs may change it
		k.listens.Store(k.Has(command.ClientPubSub | command.ClientMonitor))
		k.show()
	}
	k.room.Broadcast()
	k.mu.Unlock()
	k.s.pool.put(w)
	select {
	case k.bell <- struct{}{}:
	default: // it has been told already
	}
}

// finish ends the connection: whoever sees the end knows that it listens and
// waits no more. The caller holds mu. A command that still runs ends it later.
func (k *stream) finish() {
	if !k.closed && k.parked != parkOffload {
		k.closed = true
		k.s.release(&k.conn)
	}
	_ = k.nc.Close()
}

// readLetters delivers what is in the mailbox.
func (k *stream) readLetters() {
	k.drive(func(w *worker) {
		for _, m := range k.box.take() {
			switch m.kind {
			case letterPush:
				w.pushed(m.c, m.data)
			case letterFan:
				m.fan(func(c *conn, data []byte) bool { w.pushed(c, data); return true })
			default:
				w.deliver(m)
			}
		}
	})
}

// write sends what waits for the client until its end.
func (k *stream) write() {
	defer close(k.done)
	for range k.bell {
		for {
			k.mu.Lock()
			b, end := k.out.first(), k.writeEnds()
			over := k.closed || k.over()
			if over {
				k.finish()
			}
			k.mu.Unlock()
			if over {
				return
			}
			if len(b) == 0 {
				break
			}
			k.writeOne(b, end)
		}
	}
}

// writeEnds is until when a write may take: a client that leaves more than its
// soft limit unread has so long to take it.
func (k *stream) writeEnds() (end time.Time) {
	if _, _, softFor := k.s.lim.output(k.outputClass()); k.softSince > 0 {
		end = time.Now().Add(time.Duration(softFor))
	}
	return end
}

// writeOne sends some of what waits.
func (k *stream) writeOne(b []byte, end time.Time) {
	_ = k.nc.SetWriteDeadline(end) // fails on a closed connection: so will the write
	n, err := k.nc.Write(b)
	k.drive(func(w *worker) {
		w.s.outBytes.Add(-int64(min(n, k.out.size)))
		k.out.drop(n)
		if n > 0 {
			k.active = w.last
		}
		w.stats.writes++
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			w.checkOutput(&k.conn)
		case err != nil:
			w.hangUp(&k.conn)
		}
		w.drained(&k.conn)
	})
}

// streamSet is the set of connections with goroutines.
type streamSet struct {
	mu     sync.Mutex
	all    map[*stream]struct{} // guarded by mu
	closed bool                 // guarded by mu
}

func (t *streamSet) add(k *stream) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return false
	}
	if t.all == nil {
		t.all = make(map[*stream]struct{})
	}
	t.all[k] = struct{}{}
	return true
}

func (t *streamSet) remove(k *stream) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.all, k)
}

// list returns the connections of this moment.
func (t *streamSet) list() []*stream {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]*stream, 0, len(t.all))
	for k := range t.all {
		out = append(out, k)
	}
	return out
}

// close hangs all connections up and lets no more in.
func (t *streamSet) close() {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	for _, k := range t.list() {
		k.post(letter{kind: letterHangUp, c: &k.conn})
	}
}
