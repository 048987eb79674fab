//go:build linux

package main

import (
	"fmt"
	"strings"
	"time"

	"clusternode/bench/load"
)

// opsCase is one command in one setting.
type opsCase struct {
	command  string // SET, GET hit, GET miss, INCR
	pipeline int
	value    int // bytes
	keys     uint64
}

func (oc opsCase) String() string {
	size := ""
	if oc.command == "SET" || oc.command == "GET hit" {
		size = fmt.Sprintf(", %d B", oc.value)
	}
	return fmt.Sprintf("%s, pipeline %d%s, %s", oc.command, oc.pipeline, size, count(oc.keys))
}

// request is the case's command; misses ask for keys that nobody stores.
func (oc opsCase) request() *load.Command {
	switch oc.command {
	case "SET":
		return load.NewCommand(oc.keys, false, "SET", "KEY", strings.Repeat("x", oc.value))
	case "INCR":
		return load.NewCommand(oc.keys, false, "INCR", "KEY")
	case "GET miss":
		return load.NewCommand(oc.keys, false, "GET", "KEY")
	}
	return load.NewCommand(oc.keys, false, "GET", "KEY")
}

// opsCases is the whole matrix, in an order in which what the database holds seldom changes; 4 KiB values get a tenth of the
// keys.
func opsCases(keys uint64) []opsCase {
	var out []opsCase
	add := func(value int, keys uint64, commands ...string) {
		for _, command := range commands {
			for _, pipeline := range []int{16, 1} {
				out = append(out, opsCase{command, pipeline, value, keys})
			}
		}
	}
	for _, k := range []uint64{keys, 1} {
		add(64, k, "SET", "GET hit")
		add(64, k, "GET miss")
		add(64, k, "INCR")
	}
	for _, k := range []uint64{keys / 10, 1} {
		add(4096, k, "SET", "GET hit")
	}
	return out
}

// ops measures throughput, CPU per request and latency of a closed loop.
func (c *config) ops() error {
	rs, err := startAll(c.contenders)
	if err != nil {
		return err
	}
	defer func() { killAll(rs) }()
	state := ""
	for _, oc := range opsCases(c.keys) {
		if want := oc.state(); want != state {
			state = want
			for _, r := range rs {
				if err := r.prepare(oc); err != nil {
					return err
				}
			}
		}
		if err := c.opsCase(rs, oc); err != nil {
			return fmt.Errorf("%s: %w", oc, err)
		}
	}
	return nil
}

// state names what the database has to hold for the case.
func (oc opsCase) state() string {
	switch oc.command {
	case "INCR":
		return fmt.Sprint("numbers", oc.keys)
	case "GET miss":
		return "empty"
	}
	return fmt.Sprint("values", oc.value, oc.keys)
}

func (r *running) prepare(oc opsCase) error {
	if _, err := r.do("FLUSHALL"); err != nil {
		return err
	}
	switch oc.command {
	case "GET miss", "INCR":
		return nil
	}
	return r.fill(oc.keys, oc.value)
}

func (c *config) opsCase(rs []*running, oc opsCase) error {
	s := samples{}
	plan := load.Plan{Conns: c.conns, Pipeline: oc.pipeline, Fill: oc.request(), For: c.each / 4}
	for _, r := range rs { // warm both before the first round
		plan.Addr = r.Addr
		if _, err := load.Run(plan); err != nil {
			return err
		}
	}
	plan.For = c.each
	for round := range c.rounds {
		for i := range rs {
			r := rs[(i+round)%len(rs)] // who goes first changes from round to round
			plan.Addr, plan.Seed = r.Addr, uint64(round)
			if err := measure(s, r, plan); err != nil {
				return err
			}
		}
	}
	c.report.addOps(oc.String(), s)
	return nil
}

// measure runs a plan once and keeps its figures.
func measure(s samples, r *running, plan load.Plan) error {
	before, err := processCPU(r.PID())
	if err != nil {
		return err
	}
	res, err := load.Run(plan)
	if err != nil {
		return fmt.Errorf("%s: %w", r.Binary.Name, err)
	}
	after, err := processCPU(r.PID())
	if err != nil {
		return err
	}
	name := r.Binary.Name
	s.add("requests/s", name, float64(res.Requests)/res.Elapsed.Seconds())
	s.add("server CPU", name, micros(after-before)/float64(res.Requests))
	s.add("p50", name, micros(res.Latency.Quantile(0.5)))
	s.add("p99", name, micros(res.Latency.Quantile(0.99)))
	s.add("p99.9", name, micros(res.Latency.Quantile(0.999)))
	s.add("load", name, res.CPU.Seconds()/res.Elapsed.Seconds())
	return nil
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
