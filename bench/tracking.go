//go:build linux

package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"clusternode/bench/load"
)

const (
	trackedKeys  = 10_000
	trackers     = 100
	trackedValue = 64 // bytes
)

// Lengths of what one client gets, bytes.
const (
	trackedReply = len("$64\r\n\r\n") + trackedValue
	trackedPush  = len(">2\r\n$10\r\ninvalidate\r\n*1\r\n$16\r\n\r\n") + load.KeyLength
)

// trackingCase is who has read the keys that one writer then overwrites once each.
type trackingCase struct {
	name    string
	keys    int                          // that are read and written
	readers func(key int) (from, to int) // which of the clients read the key; nil: nobody tracks
	aside   bool                         // the writer writes other keys
}

func byAll(int) (from, to int) { return 0, trackers }

func byOne(key int) (from, to int) { return key % trackers, key%trackers + 1 }

var trackingCases = []trackingCase{
	{name: "nobody tracks", keys: trackedKeys},
	{name: "other keys are tracked by all clients", keys: trackedKeys, readers: byAll, aside: true},
	{name: "each key by one of the clients", keys: trackedKeys, readers: byOne},
	{name: "a tenth of the keys by all clients", keys: trackedKeys / 10, readers: byAll},
}

// tracking measures what client-side caching costs one who writes: each key once after clients have read it, and all of them
// again and again while the clients read some of them again.
func (c *config) tracking() error {
	for _, pipeline := range []int{1, 16} {
		once, steady := samples{}, samples{}
		for range c.rounds {
			for _, ct := range c.contenders {
				if err := c.trackingRound(once, steady, ct, pipeline); err != nil {
					return fmt.Errorf("%s: %w", ct.bin.Name, err)
				}
			}
		}
		c.reportTracking(once, steady, pipeline)
	}
	return nil
}

func (c *config) reportTracking(once, steady samples, pipeline int) {
	section := fmt.Sprintf("tracking: each of %d keys is SET once, %d clients, pipeline %d", trackedKeys, trackers, pipeline)
	for _, tc := range trackingCases {
		c.report.add(Row{Section: section, Case: tc.name + ": requests/s", Unit: "1/s", Values: once.medians(tc.name + " rate")})
		c.report.add(Row{Section: section, Case: tc.name + ": server CPU", Unit: "us", Values: once.medians(tc.name + " cpu"), Less: true})
	}
	section = fmt.Sprintf("tracking: random SETs, %d clients GET %d/s together, pipeline %d", trackers, readAgainRate, pipeline)
	for _, mode := range readAgainModes {
		c.report.add(Row{Section: section, Case: mode + ": requests/s", Unit: "1/s", Values: steady.medians(mode)})
	}
	c.report.add(Row{Section: section, Case: "cost to the writer", Unit: "times", Values: steady.medians("cost"), Less: true})
}

// trackingRound measures every case once on a fresh server.
func (c *config) trackingRound(once, steady samples, ct contender, pipeline int) error {
	r, err := ct.start()
	if err != nil {
		return err
	}
	defer r.Kill()
	if err := r.fill(2*trackedKeys, trackedValue); err != nil {
		return err
	}
	name := r.Binary.Name
	for _, tc := range trackingCases {
		rate, cpu, err := r.track(tc, pipeline)
		if err != nil {
			return fmt.Errorf("%s: %w", tc.name, err)
		}
		once.add(tc.name+" rate", name, rate)
		once.add(tc.name+" cpu", name, cpu)
	}
	var rates []float64
	for i, mode := range readAgainModes {
		rate, err := r.readAgain(i == 1, pipeline, c.each)
		if err != nil {
			return fmt.Errorf("%s: %w", mode, err)
		}
		rates = append(rates, rate)
		steady.add(mode, name, rate)
	}
	steady.add("cost", name, rates[0]/rates[1])
	return nil
}

// track returns the writer's requests per second and the server's CPU time for each, in microseconds, all messages sent.
func (r *running) track(tc trackingCase, pipeline int) (rate, cpu float64, err error) {
	n := 0
	if tc.readers != nil {
		n = trackers
	}
	a, err := r.keepers(n, true)
	if err != nil {
		return 0, 0, err
	}
	defer a.close()
	var first uint64
	if tc.aside {
		first = trackedKeys
	}
	if _, err := load.Run(writes(r.Addr, first, tc.keys, pipeline)); err != nil { // warm
		return 0, 0, err
	}
	pushes, err := a.readAll(tc)
	if err != nil {
		return 0, 0, err
	}
	if tc.aside {
		pushes = 0
	}
	before, err := processCPU(r.PID())
	if err != nil {
		return 0, 0, err
	}
	res, err := load.Run(writes(r.Addr, first, tc.keys, pipeline))
	if err != nil {
		return 0, 0, err
	}
	if err := a.await(int64(pushes * trackedPush)); err != nil {
		return 0, 0, err
	}
	after, err := processCPU(r.PID())
	if err != nil {
		return 0, 0, err
	}
	return float64(tc.keys) / res.Elapsed.Seconds(), micros(after-before) / float64(tc.keys), nil
}

// readAgainRate is how many keys the clients read per second, together, while the writer is at work.
const readAgainRate = 10_000

var readAgainModes = []string{"the clients do not track", "the clients track"}

// readAgain returns the requests per second of a writer, while all clients read.
func (r *running) readAgain(track bool, pipeline int, each time.Duration) (rate float64, err error) {
	a, err := r.keepers(trackers, track)
	if err != nil {
		return 0, err
	}
	defer a.close()
	stop, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- a.readPaced(stop) }()
	res, err := load.Run(load.Plan{Addr: r.Addr, Conns: 1, Pipeline: pipeline, Fill: load.NewCommand(trackedKeys, false, "SET", "KEY", strings.Repeat("x", trackedValue)), For: each})
	close(stop)
	return float64(res.Requests) / res.Elapsed.Seconds(), errors.Join(err, <-ended)
}

// readPaced reads random keys, the clients in turn.
func (a *keepers) readPaced(stop chan struct{}) error {
	const tick = time.Millisecond
	rng := rand.New(rand.NewPCG(1, 1))
	begun := time.Now()
	for sent := 0; ; time.Sleep(tick) {
		select {
		case <-stop:
			return nil
		default:
		}
		for ; sent < int(time.Since(begun).Seconds()*readAgainRate); sent++ {
			get := load.AppendArgs(nil, "GET", string(load.AppendKey(nil, rng.Uint64N(trackedKeys))))
			if _, err := a.conns[sent%trackers].Write(get); err != nil {
				return err
			}
		}
	}
}

// writes is one pass over n keys from first on, by one connection.
func writes(addr string, first uint64, n, pipeline int) load.Plan {
	next, value := first, strings.Repeat("x", trackedValue)
	fill := load.FillFunc(func(dst []byte, _ *rand.Rand) []byte {
		key := load.AppendKey(nil, next)
		next++
		return append(dst, load.AppendArgs(nil, "SET", string(key), value)...)
	})
	return load.Plan{Addr: addr, Conns: 1, Pipeline: pipeline, Count: int64(n), Fill: fill}
}

// keepers are the clients that keep copies.
type keepers struct {
	conns []net.Conn
	got   atomic.Int64 // bytes that came
	asked int64        // bytes that had to come
}

// keepers connects n clients, which track if track is set.
func (r *running) keepers(n int, track bool) (a *keepers, err error) {
	a = &keepers{}
	defer func() {
		if err != nil {
			a.close()
		}
	}()
	mode := "OFF"
	if track {
		mode = "ON"
	}
	for range n {
		nc, err := net.Dial("tcp", r.Addr)
		if err != nil {
			return a, err
		}
		a.conns = append(a.conns, nc)
		if _, err := nc.Write(append(load.AppendArgs(nil, "HELLO", "3"), load.AppendArgs(nil, "CLIENT", "TRACKING", mode)...)); err != nil {
			return a, err
		}
		if err := skipTo(nc, "+OK\r\n"); err != nil {
			return a, err
		}
		go a.listen(nc)
	}
	return a, nil
}

// skipTo reads until a reply that ends like this.
func skipTo(nc net.Conn, end string) error {
	var got []byte
	buf := make([]byte, 4096)
	for !strings.HasSuffix(string(got), end) {
		n, err := nc.Read(buf)
		if err != nil {
			return err
		}
		got = append(got, buf[:n]...)
	}
	return nil
}

func (a *keepers) listen(nc net.Conn) {
	buf := make([]byte, 64<<10)
	for {
		n, err := nc.Read(buf)
		if err != nil {
			return
		}
		a.got.Add(int64(n))
	}
}

func (a *keepers) close() {
	for _, nc := range a.conns {
		nc.Close()
	}
}

// readAll lets every client read its keys and returns how many they are, for all clients together.
func (a *keepers) readAll(tc trackingCase) (items int, err error) {
	if tc.readers == nil {
		return 0, nil
	}
	requests := make([][]byte, trackers)
	for key := range tc.keys {
		get := load.AppendArgs(nil, "GET", string(load.AppendKey(nil, uint64(key))))
		from, to := tc.readers(key)
		for i := from; i < to; i++ {
			requests[i] = append(requests[i], get...)
			items++
		}
	}
	for i, nc := range a.conns {
		if _, err := nc.Write(requests[i]); err != nil {
			return 0, err
		}
	}
	return items, a.await(int64(items * trackedReply))
}

// await waits until so many more bytes have come.
func (a *keepers) await(n int64) error {
	a.asked += n
	for end := time.Now().Add(time.Minute); a.got.Load() < a.asked; time.Sleep(200 * time.Microsecond) {
		if time.Now().After(end) {
			return fmt.Errorf("%d of %d bytes reached the clients", a.got.Load(), a.asked)
		}
	}
	return nil
}
