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
)

// stream is the transport of a connection that has a goroutine of its own:
// where there are no event loops. The goroutine reads, lends itself a worker,
// runs what came, gives the worker back, and then writes: it holds nothing
// while it waits for the client.
type stream struct {
	conn
	nc    net.Conn
	inbox chan letter // what ends a wait; everything else happens in post
	gone  atomic.Bool // hung up: waiting is over for good

	// mu is held by whoever drives the connection, or looks at it.
	mu sync.Mutex
}

// send implements transport: replies are written by serve, after the worker
// was given back.
func (k *stream) send([]byte) (int, error) { return 0, nil }

func (k *stream) fd() int { return -1 }

// post implements transport.
func (k *stream) post(m letter) {
	if m.kind == letterHangUp {
		k.gone.Store(true)
		_ = k.nc.Close() // its goroutine sees the end
	}
	select {
	case k.inbox <- m:
	default: // it has been told already
	}
}

// whenIdle calls f with the connection when nobody drives it; one that is busy
// for long is passed over. With the world stopped nobody drives it, but who
// waits for the world holds mu, so that is not insisted on.
func (k *stream) whenIdle(stopped bool, f func(*conn)) {
	for range 100 {
		if k.mu.TryLock() {
			defer k.mu.Unlock()
			if !k.closed {
				f(&k.conn)
			}
			return
		}
		if stopped {
			runtime.Gosched()
		} else {
			time.Sleep(time.Millisecond)
		}
	}
	if stopped {
		f(&k.conn)
	}
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
	k := &stream{nc: nc, inbox: make(chan letter, 1)}
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
	if !s.streams.add(k) {
		nc.Close()
	}
	k.serve()
	s.streams.remove(k)
	nc.Close()
	k.mu.Lock()
	k.closed = true
	s.release(&k.conn)
	k.mu.Unlock()
	s.counters.clients.Add(-1)
}

// serve runs the connection until it is over.
func (k *stream) serve() {
	buf := make([]byte, streamBuffer)
	for {
		if !k.await(buf) {
			return
		}
	}
}

const streamBuffer = 16 << 10

// await reads once and serves what came, until the connection waits for
// nothing but input. It reports false at the end.
func (k *stream) await(buf []byte) bool {
	k.expectInput()
	n, err := k.nc.Read(buf)
	if n == 0 {
		return err == nil
	}
	k.drive(func(w *worker) { w.feed(&k.conn, buf[:n]) })
	for {
		if !k.write() || k.closing {
			return false
		}
		switch k.parked {
		case notParked:
			return true
		case parkOutput: // written by now
		default:
			<-k.inbox
		}
		if k.gone.Load() {
			return false
		}
		k.drive(func(w *worker) { w.resume(&k.conn) })
	}
}

// expectInput lets the next read end when the client was idle for too long.
func (k *stream) expectInput() {
	for {
		limit := k.s.lim.idle.Load()
		var end time.Time // none
		if limit > 0 {
			end = time.Now().Add(time.Duration(limit) * time.Second)
		}
		_ = k.nc.SetReadDeadline(end) // fails on a closed connection: so will the read
		if limit == k.s.lim.idle.Load() {
			return // else CONFIG SET came in between
		}
	}
}

// drive lends the connection a worker.
func (k *stream) drive(f func(w *worker)) {
	w := k.s.pool.get()
	k.mu.Lock()
	f(w)
	k.mu.Unlock()
	k.s.pool.put(w)
}

// write sends the replies that wait.
func (k *stream) write() bool {
	out := k.out
	if out.size == 0 {
		return true
	}
	var end time.Time // none
	if _, soft, softFor := k.s.lim.output(k.outputClass()); soft > 0 && int64(out.size) > soft {
		end = time.Now().Add(time.Duration(softFor))
	}
	_ = k.nc.SetWriteDeadline(end) // fails on a closed connection: so will the write
	all := net.Buffers(out.chunks)
	_, err := all.WriteTo(k.nc)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		k.s.log.Warning("Client id=%d scheduled to be closed ASAP for overcoming of output buffer limits.", k.ID)
		k.s.counters.outputDisconnects.Add(1)
	}
	k.mu.Lock()
	k.s.dropOut(&k.conn)
	k.mu.Unlock()
	return err == nil
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
