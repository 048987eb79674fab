//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"clusternode/bench/load"
	"clusternode/internal/testserver"
)

// contender is a server to measure.
type contender struct {
	bin  testserver.Binary
	args []string
}

// directives are given to every contender.
var directives = []string{"--appendonly", "no", "--maxclients", "20000", "--enable-debug-command", "yes"}

// running is a started contender.
type running struct {
	*testserver.Server
	empty int64 // resident bytes before anything was stored
}

// settle is how long a fresh server is left alone before its empty size is read.
const settle = 300 * time.Millisecond

func (c contender) start(more ...string) (*running, error) {
	args := append(append(append([]string{}, directives...), c.args...), more...)
	s, err := testserver.Launch(c.bin, testserver.Options{Args: args})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.bin.Name, err)
	}
	r := &running{Server: s}
	if err := r.ownSlots(args); err != nil {
		s.Kill()
		return nil, err
	}
	time.Sleep(settle)
	if r.empty, err = resident(s.PID()); err != nil {
		s.Kill()
		return nil, err
	}
	return r, nil
}

// ownSlots gives a server in cluster mode every slot and waits until it serves them.
func (r *running) ownSlots(args []string) error {
	if !slices.Contains(args, "--cluster-enabled") {
		return nil
	}
	if _, err := r.do("CLUSTER", "ADDSLOTSRANGE", "0", "16383"); err != nil {
		return err
	}
	return testserver.AwaitCluster([]*testserver.Server{r.Server}, 1)
}

// startAll starts every contender.
func startAll(cs []contender, more ...string) ([]*running, error) {
	var rs []*running
	for _, c := range cs {
		r, err := c.start(more...)
		if err != nil {
			killAll(rs)
			return nil, err
		}
		rs = append(rs, r)
	}
	return rs, nil
}

func killAll(rs []*running) {
	for _, r := range rs {
		r.Kill()
	}
}

// do sends one command and wants no error.
func (r *running) do(args ...string) (testserver.Value, error) {
	c, err := testserver.Dial(r.Addr)
	if err != nil {
		return testserver.Value{}, err
	}
	defer c.Close()
	c.Timeout = 5 * time.Minute
	v, err := c.Do(args...)
	if err == nil && v.IsError() {
		err = fmt.Errorf("%s: %q: %s", r.Binary.Name, args, v.Str)
	}
	return v, err
}

// fill stores keys 0..n-1 with values of the given size.
func (r *running) fill(keys uint64, valueSize int, more ...string) error {
	args := append([]string{"SET", "KEY", strings.Repeat("x", valueSize)}, more...)
	pipeline := 64
	if valueSize > 1000 {
		pipeline = 8
	}
	_, err := load.Run(load.Plan{Addr: r.Addr, Conns: 8, Pipeline: pipeline, Count: roundUp(int64(keys), int64(pipeline)), Fill: load.NewCommand(keys, true, args...)})
	if err != nil {
		return fmt.Errorf("fill %s: %w", r.Binary.Name, err)
	}
	return nil
}

func roundUp(n, unit int64) int64 { return (n + unit - 1) / unit * unit }

// version is what the server says of itself.
func (r *running) version() string {
	v, err := r.do("INFO", "server")
	if err != nil {
		return err.Error()
	}
	for line := range strings.Lines(v.Str) {
		if rest, ok := strings.CutPrefix(line, "redis_version:"); ok {
			return strings.TrimSpace(rest)
		}
	}
	return "?"
}

// ioThreads is the number of threads that serve connections, as the server's configuration says.
func (r *running) ioThreads() string {
	v, err := r.do("CONFIG", "GET", "io-threads")
	if err != nil || len(v.Elems) < 2 {
		return "?"
	}
	return v.Elems[1].Str
}
