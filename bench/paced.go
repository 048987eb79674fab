//go:build linux

package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"clusternode/bench/load"
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

// slow measures GETs on other slots while one connection runs a command of about two seconds.
func (c *config) slow() error {
	s := samples{}
	for _, ct := range c.contenders {
		if err := c.slowOf(s, ct); err != nil {
			return err
		}
	}
	for _, figure := range []string{"slow command", "p50 idle", "p99 idle", "p50 beside it", "p99 beside it", "max beside it"} {
		unit := "us"
		if figure == "slow command" {
			unit = "s"
		}
		c.report.add(Row{Section: "slow: GET at 2000/s on other slots beside LCS", Case: figure, Unit: unit, Values: s.medians(figure), Less: true})
	}
	return nil
}

// slowOf runs LCS, whose work is the product of the two lengths, at a size that takes two seconds.
func (c *config) slowOf(s samples, ct contender) error {
	r, err := ct.start("--proto-max-bulk-len", "8gb") // LCS refuses tables above it
	if err != nil {
		return err
	}
	defer r.Kill()
	name := r.Binary.Name
	if err := r.fill(1000, valueSize); err != nil {
		return err
	}
	size, err := r.calibrate()
	if err != nil {
		return err
	}
	plan := load.Plan{Addr: r.Addr, Conns: c.conns, Pipeline: 1, Rate: 2000, Fill: load.NewCommand(1000, false, "GET", "KEY"), For: time.Second}
	idle, err := load.Run(plan)
	if err != nil {
		return err
	}
	if err := r.twoStrings(size); err != nil {
		return err
	}
	took := make(chan time.Duration, 1)
	go func() {
		begun := time.Now()
		_, err := r.do("LCS", "{slow}a", "{slow}b", "LEN")
		if err != nil {
			c.report.fail("slow", err)
		}
		took <- time.Since(begun)
	}()
	plan.For = 2 * time.Second
	busy, err := load.Run(plan)
	if err != nil {
		return err
	}
	s.add("slow command", name, (<-took).Seconds())
	s.add("p50 idle", name, micros(idle.Latency.Quantile(0.5)))
	s.add("p99 idle", name, micros(idle.Latency.Quantile(0.99)))
	s.add("p50 beside it", name, micros(busy.Latency.Quantile(0.5)))
	s.add("p99 beside it", name, micros(busy.Latency.Quantile(0.99)))
	s.add("max beside it", name, micros(busy.Latency.Max()))
	return nil
}

// calibrate returns the length of two strings whose LCS takes about two seconds: it doubles the length until that takes long
// enough for noise not to matter, and scales by the square root, as the work is the square of the length.
func (r *running) calibrate() (int, error) {
	const want = 2 * time.Second
	for size := 4000; ; size *= 2 {
		if err := r.twoStrings(size); err != nil {
			return 0, err
		}
		begun := time.Now()
		if _, err := r.do("LCS", "{slow}a", "{slow}b", "LEN"); err != nil {
			return 0, err
		}
		if took := time.Since(begun); took > want/3 || size >= 16000 {
			return int(float64(size) * math.Sqrt(float64(want)/float64(took))), nil
		}
	}
}

func (r *running) twoStrings(size int) error {
	for i, pattern := range []string{"abcab", "bacca"} {
		if _, err := r.do("SET", "{slow}"+string(rune('a'+i)), strings.Repeat(pattern, size/len(pattern))); err != nil {
			return err
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
