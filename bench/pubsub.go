//go:build linux

package main

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"clusternode/bench/load"
	"clusternode/internal/testserver"
)

// talkCase is one way to publish.
type talkCase struct {
	name        string
	subscribe   string // SUBSCRIBE, SSUBSCRIBE, PSUBSCRIBE
	subscribers int    // of channel "news"
	strangers   int    // patterns "stranger:N:*" that one more client listens to
	publish     string
	conns       int // of publishers
	pipeline    int
	across      bool // the subscribers are on another node of the cluster
}

func talkCases() []talkCase {
	return []talkCase{
		{"PUBLISH to 1,000", "SUBSCRIBE", 1000, 0, "PUBLISH", 1, 1, false},
		{"PUBLISH to 1,000, pipeline 16", "SUBSCRIBE", 1000, 0, "PUBLISH", 1, 16, false},
		{"SPUBLISH to 1,000", "SSUBSCRIBE", 1000, 0, "SPUBLISH", 1, 1, false},
		{"SPUBLISH to 1,000, pipeline 16", "SSUBSCRIBE", 1000, 0, "SPUBLISH", 1, 16, false},
		{"PUBLISH to 1", "SUBSCRIBE", 1, 0, "PUBLISH", 50, 1, false},
		{"PUBLISH to 1, pipeline 16", "SUBSCRIBE", 1, 0, "PUBLISH", 50, 16, false},
		{"PUBLISH to 1 by pattern", "PSUBSCRIBE", 1, 0, "PUBLISH", 50, 1, false},
		{"PUBLISH to 1, beside 100,000 patterns", "SUBSCRIBE", 1, 100_000, "PUBLISH", 1, 1, false},
		{"PUBLISH to nobody, pipeline 16", "", 0, 0, "PUBLISH", 50, 16, false},
		{"PUBLISH to 1 on another node", "SUBSCRIBE", 1, 0, "PUBLISH", 50, 1, true},
		{"PUBLISH to 1 on another node, pipeline 16", "SUBSCRIBE", 1, 0, "PUBLISH", 50, 16, true},
		{"SPUBLISH to nobody, pipeline 16", "", 0, 0, "SPUBLISH", 50, 16, false},
	}
}

// pubsub measures what publishing costs and how many messages reach their subscribers.
func (c *config) pubsub() error {
	for _, tc := range talkCases() {
		s := samples{}
		for range c.rounds {
			for _, ct := range c.contenders {
				if err := c.talk(s, ct, tc); err != nil {
					return fmt.Errorf("%s: %w", tc.name, err)
				}
			}
		}
		c.report.add(Row{Section: "pubsub: messages of 64 B", Case: tc.name + ": PUBLISH", Unit: "req/s", Values: s.medians("requests")})
		c.report.add(Row{Section: "pubsub: messages of 64 B", Case: tc.name + ": CPU per PUBLISH", Unit: "us", Values: s.medians("CPU"), Less: true})
		if tc.subscribers > 0 {
			c.report.add(Row{Section: "pubsub: messages of 64 B", Case: tc.name + ": messages that arrive", Unit: "msg/s", Values: s.medians("messages")})
			c.report.add(Row{Section: "pubsub: messages of 64 B", Case: tc.name + ": CPU per message", Unit: "us", Values: s.medians("CPU per message"), Less: true})
		}
	}
	return nil
}

// talk is one measurement on a server of its own.
func (c *config) talk(s samples, ct contender, tc talkCase) error {
	r, there, err := ct.startFor(tc)
	if err != nil {
		return err
	}
	defer killAll([]*running{r, there})
	a, err := there.gather(tc)
	if err != nil {
		return err
	}
	defer a.leave()
	if tc.across { // the first message finds no link
		if err := a.introduce(r); err != nil {
			return err
		}
	}
	plan := load.Plan{Addr: r.Addr, Conns: tc.conns, Pipeline: tc.pipeline, For: c.each / 4,
		Fill: load.NewPattern(tc.publish, "news", strings.Repeat("x", valueSize))}
	res, err := load.Run(plan) // warm
	if err != nil {
		return err
	}
	expected := res.Requests * int64(tc.subscribers)
	if err := a.await(expected); err != nil {
		return err
	}
	cpu, err := processCPU(r.PID())
	if err != nil {
		return err
	}
	plan.For = c.each
	begun := time.Now()
	if res, err = load.Run(plan); err != nil {
		return err
	}
	messages := res.Requests * int64(tc.subscribers)
	if err := a.await(expected + messages); err != nil {
		return err
	}
	elapsed := time.Since(begun)
	after, err := processCPU(r.PID())
	if err != nil {
		return err
	}
	name := r.Binary.Name
	s.add("requests", name, float64(res.Requests)/elapsed.Seconds())
	s.add("CPU", name, micros(after-cpu)/float64(res.Requests))
	if messages > 0 {
		s.add("messages", name, float64(messages)/elapsed.Seconds())
		s.add("CPU per message", name, micros(after-cpu)/float64(messages))
	}
	return nil
}

// startFor starts the node that publishes and the one with the subscribers.
func (c contender) startFor(tc talkCase) (r, there *running, err error) {
	unlimited := []string{"--client-output-buffer-limit", "pubsub 0 0 0"}
	if tc.across {
		return c.startPair(unlimited...)
	}
	r, err = c.start(unlimited...)
	return r, r, err
}

// startPair starts two nodes of one cluster.
func (c contender) startPair(more ...string) (a, b *running, err error) {
	args := append(append(append([]string{}, directives...), "--cluster-enabled", "yes", "--cluster-node-timeout", "2000"), more...)
	var pair [2]*running
	for i := range pair {
		s, err := testserver.Launch(c.bin, testserver.Options{Args: args})
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", c.bin.Name, err)
		}
		pair[i] = &running{Server: s}
		for _, cmd := range [][]string{{"CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(i * 8192), strconv.Itoa(i*8192 + 8191)}, {"CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i + 1)}} {
			if _, err := pair[i].do(cmd...); err != nil {
				return nil, nil, err
			}
		}
	}
	if _, err := pair[0].do("CLUSTER", "MEET", "127.0.0.1", strconv.Itoa(pair[1].Port)); err != nil {
		return nil, nil, err
	}
	return pair[0], pair[1], testserver.AwaitCluster([]*testserver.Server{pair[0].Server, pair[1].Server}, 2)
}

// introduce publishes on r until a message has come, and forgets what came.
func (a *audience) introduce(r *running) error {
	for range 100 {
		if _, err := r.do("PUBLISH", "news", strings.Repeat("x", valueSize)); err != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond)
		if a.bytes.Load() > 0 {
			time.Sleep(500 * time.Millisecond)
			a.bytes.Store(0)
			return nil
		}
	}
	return fmt.Errorf("%s: nothing comes from the other node", r.Binary.Name)
}

// audience are subscribers, read by one thread that counts bytes.
type audience struct {
	conns   []*testserver.Conn
	size    int64 // bytes of a message
	epoll   int
	bytes   atomic.Int64
	stopped atomic.Bool
	done    chan struct{}
	err     error // valid after done
}

// gather subscribes.
func (r *running) gather(tc talkCase) (*audience, error) {
	a := &audience{done: make(chan struct{})}
	var err error
	if a.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, err
	}
	frame := []string{"message", "news", strings.Repeat("x", valueSize)}
	switch tc.subscribe {
	case "PSUBSCRIBE":
		frame = append([]string{"pmessage", "news"}, frame[1:]...)
	case "SSUBSCRIBE":
		frame[0] = "smessage"
	}
	a.size = int64(len(testserver.AppendCommand(nil, frame...)))
	for range tc.subscribers {
		if err := a.join(r.Addr, tc.subscribe); err != nil {
			a.leave()
			return nil, err
		}
	}
	if err := a.strangers(r.Addr, tc.strangers); err != nil {
		a.leave()
		return nil, err
	}
	go a.listen()
	return a, nil
}

func (a *audience) join(addr, command string) error {
	c, err := testserver.Dial(addr)
	if err != nil {
		return err
	}
	a.conns = append(a.conns, c)
	if _, err := c.Do(command, "news"); err != nil {
		return err
	}
	fd, err := c.Descriptor()
	if err != nil {
		return err
	}
	return unix.EpollCtl(a.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
}

// strangers listens to patterns that match nothing.
func (a *audience) strangers(addr string, n int) error {
	if n == 0 {
		return nil
	}
	c, err := testserver.Dial(addr)
	if err != nil {
		return err
	}
	a.conns = append(a.conns, c)
	const each = 1000
	for i := 0; i < n; i += each {
		args := []string{"PSUBSCRIBE"}
		for j := i; j < i+each; j++ {
			args = append(args, "stranger:"+strconv.Itoa(j)+":*")
		}
		if _, err := c.Do(args...); err != nil {
			return err
		}
		for range each - 1 {
			if _, err := c.Receive(); err != nil {
				return err
			}
		}
	}
	return nil
}

// listen reads whatever comes until leave.
func (a *audience) listen() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(a.done)
	var events [256]unix.EpollEvent
	buf := make([]byte, 256<<10)
	for !a.stopped.Load() {
		n, err := unix.EpollWait(a.epoll, events[:], 20)
		if err != nil && err != unix.EINTR {
			a.err = err
			return
		}
		for i := range max(n, 0) {
			got, err := unix.Read(int(events[i].Fd), buf)
			if err == unix.EAGAIN || err == unix.EINTR {
				continue
			}
			if err != nil || got == 0 {
				a.err = fmt.Errorf("a subscriber was cut: %v", err)
				return
			}
			a.bytes.Add(int64(got))
		}
	}
}

// await waits until so many messages have come.
func (a *audience) await(messages int64) error {
	for deadline := time.Now().Add(time.Minute); a.bytes.Load() < messages*a.size; time.Sleep(time.Millisecond) {
		select {
		case <-a.done:
			return a.err
		default:
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d bytes of %d have come", a.bytes.Load(), messages*a.size)
		}
	}
	return nil
}

func (a *audience) leave() {
	a.stopped.Store(true)
	for _, c := range a.conns {
		_ = c.Close() // they were only read
	}
	unix.Close(a.epoll)
}
