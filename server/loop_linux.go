package server

import (
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	haveLoops   = true
	loopEvents  = 256
	readChunk   = 64 << 10  // the loop's read buffer
	maxRawIO    = 256 << 10 // one raw call never moves more: it cannot be preempted
	acceptBatch = 1000      // connections taken per readiness of a listener
	reviewShare = 10
)

// loop is one event loop: a locked thread with its own epoll set. Connections
// live on one loop for ever. Everything but the mailbox and the progress marks
// belongs to the loop's thread, while it is entered into the keyspace.
//
// A round is: wait for events, enter, read the clock, serve letters and
// sockets, leave. Between commands the executor yields to the gate.
type loop struct {
	s    *Server
	id   int
	w    *worker
	ep   int // epoll instance
	bell int // eventfd that the mailbox rings
	box  mailbox
	mail bool    // its own worker has put letters into the box
	wet  []*sock // connections that letters gave something to send

	conns     []*sock // by index in epoll data; nil: free
	gens      []uint32
	free      []int32
	listeners []*listener
	nextTick  int64
	unrung    bool // the last wait ended with nothing
	reviewed  int  // index of the connection that cron looked at last
	buf       []byte
	events    [loopEvents]unix.EpollEvent
	stopping  atomic.Bool
	exited    chan struct{}

	// Progress marks, for whoever asks whether the loop is stuck.
	idle  atomic.Bool
	since atomic.Int64 // when it turned to what it does now, ns since s.start

	count atomic.Int32 // connections, for the choice of the least busy loop
	books clientBooks
}

// Indices above every connection's: the bell and the listeners.
const (
	indexBell     = 1<<31 - 1
	indexListener = 1<<30 - 1
)

// sock is the transport of a connection on a loop.
type sock struct {
	conn
	l        *loop
	sysfd    int
	index    int32
	gen      uint32
	writable bool // EPOLLOUT is armed
	wet      bool // in l.wet
}

func newLoop(s *Server, id int) (*loop, error) {
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	bell, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		unix.Close(ep)
		return nil, err
	}
	l := &loop{s: s, id: id, ep: ep, bell: bell, exited: make(chan struct{})}
	l.box.ring = l.ringBell
	l.buf = make([]byte, readChunk) // sockets share it: input is consumed or copied at once
	l.idle.Store(true)
	if err := l.watch(bell, indexBell, 0, unix.EPOLLIN); err != nil {
		unix.Close(bell)
		unix.Close(ep)
		return nil, err
	}
	l.w = s.newWorker("loop", l)
	return l, nil
}

// watch adds a descriptor to the epoll set.
func (l *loop) watch(fd int, index int32, gen uint32, events uint32) error {
	ev := unix.EpollEvent{Events: events, Fd: index, Pad: int32(gen)}
	return unix.EpollCtl(l.ep, unix.EPOLL_CTL_ADD, fd, &ev)
}

// run serves until stop.
func (l *loop) run() {
	runtime.LockOSThread()
	l.pin()
	defer close(l.exited)
	for !l.stopping.Load() {
		n := l.wait()
		l.unrung = n == 0
		l.w.x.Enter()
		began := l.w.tick()
		l.since.Store(began)
		l.idle.Store(false)
		l.readLetters()
		for i := range n {
			l.serve(&l.events[i])
		}
		for l.mail {
			l.mail = false
			l.readLetters()
		}
		l.w.flushBus()
		if n > 0 {
			l.nextTick = min(l.nextTick, l.w.last+int64(tickEvery))
		}
		if l.w.last >= l.nextTick {
			l.cron(n > 0)
		}
		l.w.stats.cycles++
		l.w.stats.cycleNanos += l.w.tick() - began
		l.w.x.Leave()
	}
	l.shutdown()
}

// linger is how long, in milliseconds, a loop waits for events without telling
// the Go scheduler. Clients that answer each other's replies are back by then,
// and handing the processor over and taking it back costs more than the wait;
// a stop of the world by the collector has to wait that long at most.
const linger = 1

// wait sleeps until something is ready: for a moment with its processor in
// hand, then without. After a round of nothing but a tick it does not linger:
// the Go scheduler watches a processor that is in hand, fifty times.
func (l *loop) wait() int {
	l.idle.Store(true)
	if !l.unrung {
		n, _, errno := syscall.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(l.ep),
			uintptr(unsafe.Pointer(&l.events[0])), loopEvents, linger, 0, 0)
		if errno == 0 && n > 0 {
			return int(n)
		}
	}
	timeout := max((l.nextTick-int64(time.Since(l.s.start)))/int64(time.Millisecond), 0) + 1
	got, err := unix.EpollWait(l.ep, l.events[:], int(timeout))
	if err != nil {
		return 0
	}
	return got
}

// serve handles one event.
func (l *loop) serve(ev *unix.EpollEvent) {
	switch {
	case ev.Fd == indexBell:
		var b [8]byte
		_, _ = unix.Read(l.bell, b[:])
		l.readLetters()
		return
	case ev.Fd >= indexListener:
		l.accept(l.listeners[ev.Fd-indexListener])
		return
	}
	l.since.Store(l.w.last)
	k := l.conns[ev.Fd]
	if k == nil || k.gen != uint32(ev.Pad) {
		return // closed earlier in this round
	}
	if ev.Events&unix.EPOLLOUT != 0 {
		l.w.drain(&k.conn)
	}
	gone := ev.Events&(unix.EPOLLHUP|unix.EPOLLERR) != 0
	if (ev.Events&unix.EPOLLIN != 0 || gone) && !k.closing && !k.ended {
		l.read(k)
	}
	if gone && (k.closing || k.ended) {
		l.w.hangUp(&k.conn) // nobody reads any more
		if k.parked == parkOffload {
			l.unwatch(k)
		}
	}
	l.settle(k)
}

// unwatch takes a dead socket out of the epoll set, which would report it for
// ever: it is closed when its command has ended.
func (l *loop) unwatch(k *sock) {
	_ = unix.EpollCtl(l.ep, unix.EPOLL_CTL_DEL, k.sysfd, nil) // it was taken out before
}

// read takes what the socket has, once. A long argument is read straight into
// its place behind what has come of it.
func (l *loop) read(k *sock) {
	c := &k.conn
	if need := c.parser.Need(); c.parked == notParked && len(c.in) > 0 && need > len(c.in)+readChunk && cap(c.in) > len(c.in) {
		dst := c.in[len(c.in):min(cap(c.in), need)]
		n := l.rawRead(k, dst[:min(len(dst), maxRawIO)])
		if n > 0 {
			c.in = c.in[:len(c.in)+n]
			l.w.fed(c, n)
		}
		return
	}
	if n := l.rawRead(k, l.buf); n > 0 {
		l.w.feed(c, l.buf[:n])
	}
}

// rawRead reads without telling the scheduler: the socket is ready, so the
// call does not block. It returns 0 if there is nothing, and at the end.
func (l *loop) rawRead(k *sock, dst []byte) int {
	n, _, errno := syscall.RawSyscall(unix.SYS_READ, uintptr(k.sysfd), uintptr(unsafe.Pointer(unsafe.SliceData(dst))), uintptr(len(dst)))
	switch {
	case errno == unix.EAGAIN || errno == unix.EINTR:
		return 0
	case errno != 0:
		l.w.hangUp(&k.conn)
		return 0
	case n == 0:
		l.w.inputEnds(&k.conn)
	}
	return int(n)
}

// send implements transport.
func (k *sock) send(b []byte) (int, error) {
	sent := 0
	for sent < len(b) {
		part := b[sent:min(len(b), sent+maxRawIO)]
		n, _, errno := syscall.RawSyscall(unix.SYS_WRITE, uintptr(k.sysfd), uintptr(unsafe.Pointer(unsafe.SliceData(part))), uintptr(len(part)))
		switch {
		case errno == unix.EAGAIN || errno == unix.EINTR:
			return sent, nil
		case errno != 0:
			return sent, errno
		}
		sent += int(n)
	}
	return sent, nil
}

func (k *sock) owner() outlet { return k.l }
func (k *sock) fd() int       { return k.sysfd }

// settle arms or disarms writing and reading as the connection's state asks,
// and closes it when it is done.
func (l *loop) settle(k *sock) {
	c := &k.conn
	l.w.weigh(c)
	if c.over() {
		l.drop(k)
		return
	}
	want := c.out.size > 0
	// A client that is set aside and goes on sending is held back by TCP.
	pauseRead := c.closing || c.ended || c.parked != notParked && len(c.in) >= parkedInput
	if want != k.writable || pauseRead != c.readPaused {
		k.writable, c.readPaused = want, pauseRead
		ev := unix.EpollEvent{Fd: k.index, Pad: int32(k.gen)}
		if !pauseRead {
			ev.Events |= unix.EPOLLIN
		}
		if want {
			ev.Events |= unix.EPOLLOUT
		}
		_ = unix.EpollCtl(l.ep, unix.EPOLL_CTL_MOD, k.sysfd, &ev)
	}
}

// adopt takes over an accepted socket.
func (l *loop) adopt(fd int, from *listener) {
	var index int32
	if n := len(l.free); n > 0 {
		index, l.free = l.free[n-1], l.free[:n-1]
	} else {
		index = int32(len(l.conns))
		l.conns, l.gens = append(l.conns, nil), append(l.gens, 0)
	}
	l.gens[index]++
	k := &sock{l: l, sysfd: fd, index: index, gen: l.gens[index]}
	if err := l.watch(fd, index, k.gen, unix.EPOLLIN); err != nil {
		l.s.log.Warning("Error registering fd event for the new client: %v", err)
		unix.Close(fd)
		l.free = append(l.free, index)
		l.forget()
		return
	}
	local, _ := unix.Getsockname(fd)
	peer, _ := unix.Getpeername(fd)
	l.s.initConn(&k.conn, k, from, sockaddrString(peer, from), sockaddrString(local, from))
	k.weight.books = &l.books
	l.w.weigh(&k.conn)
	l.conns[index] = k
}

// drop closes a connection and forgets it.
func (l *loop) drop(k *sock) {
	k.closed = true
	l.s.release(&k.conn) // first: who sees the end knows that it listens no more
	unix.Close(k.sysfd)
	l.conns[k.index] = nil
	l.free = append(l.free, k.index)
	l.forget()
}

// forget counts a connection out.
func (l *loop) forget() {
	l.count.Add(-1)
	l.s.counters.clients.Add(-1)
}

// shutdown closes what the loop holds, after it has stopped.
func (l *loop) shutdown() {
	l.w.x.Enter()
	for _, m := range l.box.close() {
		switch m.kind {
		case letterAdopt:
			unix.Close(m.fd)
			l.forget()
		case letterCall:
			m.call()
		}
	}
	for _, k := range l.conns {
		switch {
		case k == nil:
		case k.parked == parkOffload: // a pooled worker still uses it
			unix.Close(k.sysfd)
			l.forget()
		default:
			l.drop(k)
		}
	}
	l.w.x.Leave()
	l.w.x.Close()
	unix.Close(l.bell)
	unix.Close(l.ep)
}

// stop ends the loop and waits for it. One that never ran is shut down here.
func (l *loop) stop() {
	l.stopping.Store(true)
	if !l.s.life.started.Load() {
		l.shutdown()
		return
	}
	l.post(letter{kind: letterCall, call: func() {}})
	<-l.exited
}

// worker is the loop's own; others look at it on its thread only.
func (l *loop) worker() *worker { return l.w }

// busySince tells since when (ns since the server's start) the loop has been
// at one connection or letter, 0 if it waits for work.
func (l *loop) busySince() int64 {
	if l.idle.Load() {
		return 0
	}
	return l.since.Load()
}

// cron looks after a tenth of the connections at each tick. When nothing
// happens the next tick has time, and this one looks after all of them.
func (l *loop) cron(busy bool) {
	l.nextTick = l.w.last + int64(tickEvery)
	share := len(l.conns)/reviewShare + 1
	if !busy && l.s.outBytes.Load() == 0 {
		l.nextTick = l.w.last + int64(idleTick)
		share = len(l.conns)
	}
	l.w.published.store(&l.w.stats)
	l.listenAgain()
	if len(l.conns) == 0 {
		return
	}
	for range share {
		l.reviewed = (l.reviewed + 1) % len(l.conns)
		k := l.conns[l.reviewed]
		if k == nil {
			continue
		}
		l.w.recent.note(l.w.last, len(k.in), k.out.size)
		if l.w.review(&k.conn) {
			l.settle(k)
		}
	}
}

// each visits the loop's connections, on the loop's thread or under the gate.
func (l *loop) each(f func(*conn)) {
	for _, k := range l.conns {
		if k != nil {
			f(&k.conn)
		}
	}
}

// slice visits the connections in n places from at on, as each does, and returns
// where the next slice begins, -1 at the end.
func (l *loop) slice(at, n int, f func(*conn)) (next int) {
	if at >= len(l.conns) {
		return -1
	}
	next = min(at+n, len(l.conns))
	for _, k := range l.conns[at:next] {
		if k != nil {
			f(&k.conn)
		}
	}
	return next
}

// some visits the connections in the first n places, as each does.
func (l *loop) some(n int, f func(*conn)) {
	for _, k := range l.conns[:min(n, len(l.conns))] {
		if k != nil {
			f(&k.conn)
		}
	}
}
