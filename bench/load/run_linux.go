package load

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// Plan is one run of load.
type Plan struct {
	Addr     string // IPv4 and port
	Conns    int
	Pipeline int // requests per batch
	Fill     Filler
	Rate     float64       // requests per second of an open loop; 0: closed loop
	For      time.Duration // until then new batches are sent
	Count    int64         // if not 0, stop after so many requests instead
	Seed     uint64
	Stall    time.Duration // how long without any reply is a failure; 0: a minute
}

// Result is what came back.
type Result struct {
	Requests   int64 // replies received
	Errors     int64 // of them, error replies
	FirstError string
	Nulls      int64 // of them, misses
	Elapsed    time.Duration
	CPU        time.Duration // used by the loading thread
	Latency    Hist          // of each request; in a closed loop of its whole batch
}

const defaultStall = time.Minute

// runner is a run at work; one locked thread uses it.
type runner struct {
	plan    Plan
	epoll   int
	conns   []*conn
	rng     *rand.Rand
	buf     []byte
	begun   time.Time
	res     Result
	sent    int64 // requests sent
	waiting int64 // requests without a reply
	stopped bool
}

// conn is one connection.
type conn struct {
	fd       int
	scan     scanner
	out      []byte // the batch as Fill made it
	rest     []byte // of what was sent, not yet taken by the kernel
	batches  []batch
	watching bool // EPOLLOUT is on
}

// batch is requests that were due together.
type batch struct {
	due  time.Duration // since the run began
	left int
	size int
}

// Run plays the plan.
func Run(p Plan) (Result, error) {
	p.Stall = cmp.Or(p.Stall, defaultStall)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r := &runner{plan: p, rng: rand.New(rand.NewPCG(p.Seed, 1)), buf: make([]byte, 256<<10)}
	defer r.close()
	if err := r.connect(); err != nil {
		return r.res, err
	}
	cpu := threadCPU()
	r.begun = time.Now()
	err := r.loop()
	r.res.Elapsed = time.Since(r.begun)
	r.res.CPU = threadCPU() - cpu
	for _, c := range r.conns {
		r.res.Errors += c.scan.errors
		r.res.Nulls += c.scan.nulls
		if r.res.FirstError == "" {
			r.res.FirstError = c.scan.first
		}
	}
	if err == nil && r.res.Errors > 0 {
		err = fmt.Errorf("%d of %d replies are errors, the first %q", r.res.Errors, r.res.Requests, r.res.FirstError)
	}
	return r.res, err
}

func (r *runner) loop() error {
	if r.plan.Rate == 0 {
		for _, c := range r.conns {
			if err := r.sendBatch(c, 0); err != nil {
				return err
			}
		}
	}
	events := make([]unix.EpollEvent, len(r.conns))
	heard := r.now()
	for !r.finished() {
		if r.plan.Rate > 0 {
			if err := r.sendDue(); err != nil {
				return err
			}
		}
		n, err := wait(r.epoll, events, r.untilDue())
		if err != nil {
			return err
		}
		for _, ev := range events[:n] {
			if err := r.serve(r.conns[ev.Fd], ev.Events); err != nil {
				return err
			}
		}
		now := r.now()
		if n > 0 {
			heard = now
		} else if now-heard > r.plan.Stall {
			return fmt.Errorf("%d requests without a reply for %s", r.waiting, r.plan.Stall)
		}
	}
	return nil
}

// now is the time since the run began.
func (r *runner) now() time.Duration { return time.Since(r.begun) }

// finished says that everything was sent and answered.
func (r *runner) finished() bool {
	if !r.stopped {
		if r.plan.Count > 0 {
			r.stopped = r.sent >= r.plan.Count
		} else {
			r.stopped = r.now() >= r.plan.For
		}
	}
	return r.stopped && r.waiting == 0
}

// dueAt is when the next request of an open loop has to leave.
func (r *runner) dueAt() time.Duration {
	return time.Duration(float64(r.sent) / r.plan.Rate * float64(time.Second))
}

// untilDue is how long the thread may sleep.
func (r *runner) untilDue() time.Duration {
	if r.plan.Rate == 0 || r.stopped {
		return time.Second
	}
	return min(max(r.dueAt()-r.now(), 0), time.Second)
}

// sendDue sends what is due, over the connections in turn.
func (r *runner) sendDue() error {
	for !r.stopped {
		due := r.dueAt()
		if due > r.now() {
			return nil
		}
		c := r.conns[int(r.sent/int64(r.plan.Pipeline))%len(r.conns)]
		if len(c.rest) > 0 {
			return nil // the kernel's buffer is full: the server is far behind, and dueAt keeps count
		}
		if err := r.sendBatch(c, due); err != nil {
			return err
		}
		r.finished()
	}
	return nil
}

// sendBatch sends the next batch on a connection that has nothing left to write.
func (r *runner) sendBatch(c *conn, due time.Duration) error {
	n := r.plan.Pipeline
	c.out = r.plan.Fill.Fill(c.out, n, r.rng)
	c.rest = c.out
	c.batches = append(c.batches, batch{due: due, left: n, size: n})
	r.sent += int64(n)
	r.waiting += int64(n)
	return r.flush(c)
}

func (r *runner) flush(c *conn) error {
	for len(c.rest) > 0 {
		n, err := rawWrite(c.fd, c.rest)
		switch {
		case errors.Is(err, unix.EAGAIN):
			return r.watchWrite(c, true)
		case err != nil:
			return fmt.Errorf("write: %w", err)
		}
		c.rest = c.rest[n:]
	}
	return r.watchWrite(c, false)
}

func (r *runner) serve(c *conn, events uint32) error {
	if events&unix.EPOLLOUT != 0 {
		if err := r.flush(c); err != nil {
			return err
		}
	}
	if events&(unix.EPOLLIN|unix.EPOLLHUP|unix.EPOLLERR) == 0 {
		return nil
	}
	n, err := rawRead(c.fd, r.buf)
	switch {
	case errors.Is(err, unix.EAGAIN):
		return nil
	case err != nil:
		return fmt.Errorf("read: %w", err)
	case n == 0:
		return errors.New("the server closed a connection")
	}
	replies, err := c.scan.feed(r.buf[:n])
	if err != nil {
		return err
	}
	return r.answered(c, replies)
}

// answered books replies and, in a closed loop, sends on.
func (r *runner) answered(c *conn, replies int) error {
	if replies == 0 {
		return nil
	}
	now := r.now()
	r.res.Requests += int64(replies)
	r.waiting -= int64(replies)
	for replies > 0 {
		if len(c.batches) == 0 {
			return fmt.Errorf("%w: %d more than requests", errReply, replies)
		}
		b := &c.batches[0]
		n := min(replies, b.left)
		b.left -= n
		replies -= n
		if b.left == 0 {
			r.res.Latency.Add(now-b.due, b.size)
			c.batches = c.batches[:copy(c.batches, c.batches[1:])]
		}
	}
	if r.plan.Rate == 0 && len(c.batches) == 0 && !r.finished() && !r.stopped {
		return r.sendBatch(c, now)
	}
	return nil
}
