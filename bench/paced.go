//go:build linux

package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"clusternode/bench/load"
	"clusternode/internal/testserver"
)

// pacedRate is the open loop of the latency figures, requests per second.
const pacedRate = 20_000

// paced measures the latency of GET in an open loop over many keys.
func (c *config) paced() error {
	rs, err := startAll(c.contenders)
	if err != nil {
		return err
	}
	defer func() { killAll(rs) }()
	for _, r := range rs {
		if err := r.fill(c.paceKeys, valueSize); err != nil {
			return err
		}
	}
	s := samples{}
	plan := load.Plan{Conns: c.conns, Pipeline: 1, Rate: pacedRate, Fill: load.NewCommand(c.paceKeys, false, "GET", "KEY"), For: 3 * c.each}
	for round := range c.rounds {
		for i := range rs {
			r := rs[(i+round)%len(rs)]
			plan.Addr, plan.Seed = r.Addr, uint64(round)
			if err := measure(s, r, plan); err != nil {
				return err
			}
		}
	}
	for _, f := range opsFigures[1:] {
		c.report.add(Row{Section: fmt.Sprintf("paced: GET at %d/s over %s", pacedRate, count(c.paceKeys)), Case: f.name, Unit: f.unit, Values: s.medians(f.name), Less: true, Load: largest(s.medians("load"))})
	}
	return nil
}

// slow measures GETs on other slots while one connection runs a transaction of about two seconds on one slot.
func (c *config) slow() error {
	s := samples{}
	for _, ct := range c.contenders {
		if err := c.slowOf(s, ct); err != nil {
			return err
		}
	}
	for _, figure := range []string{"EXEC", "p50 idle", "p99 idle", "p50 beside it", "p99 beside it", "max beside it"} {
		unit := "us"
		if figure == "EXEC" {
			unit = "s"
		}
		c.report.add(Row{Section: "slow: GET at 2000/s on other slots beside a long EXEC", Case: figure, Unit: unit, Values: s.medians(figure), Less: true, Single: figure == "EXEC"})
	}
	return nil
}

// slowOf counts the bits of one large value again and again inside EXEC.
func (c *config) slowOf(s samples, ct contender) error {
	const want = 2 * time.Second
	r, err := ct.start()
	if err != nil {
		return err
	}
	defer r.Kill()
	name := r.Binary.Name
	if err := r.fill(1000, valueSize); err != nil {
		return err
	}
	if _, err := r.do("SETBIT", "{slow}", strconv.Itoa(1<<31-1), "1"); err != nil { // 256 MiB
		return err
	}
	var once time.Duration
	for range 2 { // the first one meets pages that nobody has touched
		begun := time.Now()
		if _, err := r.do("BITCOUNT", "{slow}"); err != nil {
			return err
		}
		once = time.Since(begun)
	}
	plan := load.Plan{Addr: r.Addr, Conns: c.conns, Pipeline: 1, Rate: 2000, Fill: load.NewCommand(1000, false, "GET", "KEY"), For: time.Second}
	idle, err := load.Run(plan)
	if err != nil {
		return err
	}
	type outcome struct {
		took time.Duration
		err  error
	}
	ended := make(chan outcome, 1)
	go func() {
		begun := time.Now()
		err := r.longExec(int(want/once) + 1)
		ended <- outcome{time.Since(begun), err}
	}()
	plan.For = want
	busy, err := load.Run(plan)
	long := <-ended
	if err := errors.Join(err, long.err); err != nil {
		return err
	}
	s.add("EXEC", name, long.took.Seconds())
	s.add("p50 idle", name, micros(idle.Latency.Quantile(0.5)))
	s.add("p99 idle", name, micros(idle.Latency.Quantile(0.99)))
	s.add("p50 beside it", name, micros(busy.Latency.Quantile(0.5)))
	s.add("p99 beside it", name, micros(busy.Latency.Quantile(0.99)))
	s.add("max beside it", name, micros(busy.Latency.Max()))
	return nil
}

func (r *running) longExec(times int) error {
	c, err := testserver.Dial(r.Addr)
	if err != nil {
		return err
	}
	defer c.Close()
	c.Timeout = time.Minute
	cmds := [][]string{{"MULTI"}}
	for range times {
		cmds = append(cmds, []string{"BITCOUNT", "{slow}"})
	}
	for _, cmd := range append(cmds, []string{"EXEC"}) {
		if v, err := c.Do(cmd...); err != nil || v.IsError() {
			return fmt.Errorf("%q: %v %s", cmd, err, v.Str)
		}
	}
	return nil
}

// infoInt reads a number of INFO.
func infoInt(text, name string) int64 {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(rest), 10, 64)
			if err != nil {
				return 0
			}
			return n
		}
	}
	return 0
}
