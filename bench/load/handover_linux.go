package load

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// Handover is a run of a queue: waiters block on a list, one pusher feeds them. A round is Batch pushes in one write; it ends when
// the pusher has its replies and as many waiters their element. A waiter that was served waits again at once, behind the others, so
// with twice as many waiters as pushes every push meets somebody who already waits.
type Handover struct {
	Addr    string // IPv4 and port
	Waiters int
	Batch   int // pushes per round
	For     time.Duration
	Stall   time.Duration // how long without any reply is a failure; 0: a minute
}

// handover is a run at work.
type handover struct {
	*runner  // connection 0 pushes, the others wait
	push     []byte
	wait     []byte
	pushed   int // replies of this round to the pusher
	received int // and to waiters
}

// Run plays the queue. Requests of the result counts the elements that were handed over.
func (h Handover) Run() (Result, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r := &runner{plan: Plan{Addr: h.Addr, Conns: h.Waiters + 1, Stall: cmp.Or(h.Stall, defaultStall)}, buf: make([]byte, 256<<10)}
	defer r.close()
	if err := r.connect(); err != nil {
		return r.res, err
	}
	x := &handover{runner: r, wait: []byte("*3\r\n$5\r\nBLPOP\r\n$5\r\nqueue\r\n$1\r\n0\r\n")}
	for range h.Batch {
		x.push = append(x.push, "*3\r\n$5\r\nRPUSH\r\n$5\r\nqueue\r\n$3\r\njob\r\n"...)
	}
	for _, c := range r.conns[1:] {
		if err := send(c, x.wait); err != nil {
			return r.res, err
		}
	}
	cpu := threadCPU()
	r.begun = time.Now()
	var err error
	for err == nil && r.now() < h.For {
		err = x.round(h.Batch)
	}
	r.res.Elapsed, r.res.CPU = r.now(), threadCPU()-cpu
	for _, c := range r.conns {
		if c.scan.errors > 0 {
			err = errors.Join(err, fmt.Errorf("error reply %q", c.scan.first))
		}
	}
	return r.res, err
}

// round pushes and waits until all is handed over.
func (x *handover) round(batch int) error {
	if err := send(x.conns[0], x.push); err != nil {
		return err
	}
	x.pushed, x.received = 0, 0
	events := make([]unix.EpollEvent, 256)
	for heard := x.now(); x.pushed < batch || x.received < batch; {
		n, err := wait(x.epoll, events, time.Second)
		if err != nil {
			return err
		}
		for _, ev := range events[:n] {
			if err := x.take(int(ev.Fd)); err != nil {
				return err
			}
		}
		if n > 0 {
			heard = x.now()
		} else if x.now()-heard > x.plan.Stall {
			return fmt.Errorf("%d of %d elements handed over, nothing more for %s", x.received, batch, x.plan.Stall)
		}
	}
	x.res.Requests += int64(batch)
	return nil
}

// take reads a connection; a waiter that was served waits again.
func (x *handover) take(i int) error {
	c := x.conns[i]
	n, err := rawRead(c.fd, x.buf)
	if err != nil || n == 0 {
		return cmp.Or(err, errors.New("the server closed the connection"))
	}
	replies, err := c.scan.feed(x.buf[:n])
	if err != nil {
		return err
	}
	if i == 0 {
		x.pushed += replies
		return nil
	}
	x.received += replies
	for range replies {
		if err := send(c, x.wait); err != nil {
			return err
		}
	}
	return nil
}

// send writes what the kernel's buffer has room for at any time here: a round's requests.
func send(c *conn, b []byte) error {
	n, err := rawWrite(c.fd, b)
	if err == nil && n < len(b) {
		err = errors.New("the socket's buffer is full")
	}
	return err
}
