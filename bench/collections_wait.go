//go:build linux

package main

import (
	"fmt"
	"strings"
	"time"

	"clusternode/bench/load"
)

// longCommand is one that touches a large collection, beside which others must not wait.
type longCommand struct {
	name  string
	fill  filling
	ours  []string
	other []string // what the other servers do in its place
}

func longCommands(keys uint64) []longCommand {
	large := 10 * keys
	size := strings.TrimSuffix(count(large), " keys")
	return []longCommand{
		{"DEL of a set of " + size + ", theirs UNLINK", filling{large, words("SADD large member:{%d+}", large)}, words("DEL large"), words("UNLINK large")},
		{"ZADD into a sorted set of " + size, filling{large, words("ZADD large {%d} member:{%d+}", large, large)}, words("ZADD large 5.5 new"), words("ZADD large 5.5 new")},
		{"LRANGE of " + strings.TrimSuffix(count(keys), " keys"), filling{keys, words("RPUSH large element:{%d+}", keys)}, words("LRANGE large 0 -1"), words("LRANGE large 0 -1")},
	}
}

// waits measures how long paced GETs on other connections wait while one long command runs.
func (c *config) waits() error {
	for _, lc := range longCommands(c.keys) {
		s := samples{}
		for i, ct := range c.contenders {
			command := lc.other
			if i == 0 {
				command = lc.ours
			}
			if err := c.waitsOf(s, ct, lc.fill, command); err != nil {
				return fmt.Errorf("%s: %w", lc.name, err)
			}
		}
		for _, figure := range []string{"the command itself", "longest wait", "p99.9", "longest wait without it"} {
			c.report.add(Row{Section: "waits: GET at 2000/s beside it", Case: lc.name + ": " + figure, Unit: "us", Values: s.medians(figure), Less: true, Single: figure == "longest wait without it"})
		}
	}
	return nil
}

func (c *config) waitsOf(s samples, ct contender, f filling, command []string) error {
	r, err := ct.start()
	if err != nil {
		return err
	}
	defer r.Kill()
	if err := r.fill(1000, valueSize); err != nil {
		return err
	}
	if err := r.storeOne(f); err != nil {
		return err
	}
	name := r.Binary.Name
	plan := load.Plan{Addr: r.Addr, Conns: 10, Pipeline: 1, Rate: 2000, Fill: load.NewCommand(1000, false, "GET", "KEY"), For: time.Second}
	quiet, err := load.Run(plan)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() {
		time.Sleep(plan.For / 4)
		begun := time.Now()
		_, err := r.do(command...)
		s.add("the command itself", name, micros(time.Since(begun)))
		ended <- err
	}()
	plan.For = 2 * time.Second
	busy, err := load.Run(plan)
	if err != nil {
		return err
	}
	if err := <-ended; err != nil {
		return err
	}
	s.add("longest wait", name, micros(busy.Latency.Max()))
	s.add("p99.9", name, micros(busy.Latency.Quantile(0.999)))
	s.add("longest wait without it", name, micros(quiet.Latency.Max()))
	return nil
}
