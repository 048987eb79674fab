//go:build linux

package main

import (
	"fmt"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// empty measures a server that holds nothing.
func (c *config) empty() error {
	s := samples{}
	for range c.rounds {
		for _, ct := range c.contenders {
			begun := time.Now()
			r, err := ct.start()
			if err != nil {
				return err
			}
			s.add("start", ct.bin.Name, float64(time.Since(begun)-settle)/1e6)
			s.add("resident", ct.bin.Name, float64(r.empty)/mib)
			r.Kill()
		}
	}
	c.report.add(Row{Section: "empty node", Case: "resident", Unit: "MiB", Values: s.medians("resident"), Less: true})
	c.report.add(Row{Section: "empty node", Case: "start to first PONG", Unit: "ms", Values: s.medians("start"), Less: true})
	return nil
}

// idleConns measures what connections cost that do nothing: right after their first PING and unused.
func (c *config) idleConns() error {
	if err := c.allowFiles(); err != nil {
		return err
	}
	s := samples{}
	for _, ct := range c.contenders {
		if err := c.idleOf(s, ct); err != nil {
			return err
		}
	}
	section := fmt.Sprintf("%d idle connections", c.idle)
	c.report.add(Row{Section: section, Case: "resident, all of the process", Unit: "MiB", Values: s.medians("resident"), Less: true})
	c.report.add(Row{Section: section, Case: "per connection", Unit: "B", Values: s.medians("each"), Less: true})
	c.report.add(Row{Section: section, Case: "server CPU of one idle second", Unit: "ms", Values: s.medians("cpu"), Less: true})
	return nil
}

// allowFiles raises the limit of open files: both ends of each connection need descriptors, here and in the server, which inherits
// the limit.
func (c *config) allowFiles() error {
	limit := unix.Rlimit{Cur: uint64(c.idle) + 1000, Max: uint64(c.idle) + 1000}
	var have unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &have); err != nil {
		return err
	}
	limit.Max = max(limit.Max, have.Max)
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("%d open files: %w", limit.Cur, err)
	}
	return nil
}

func (c *config) idleOf(s samples, ct contender) error {
	r, err := ct.start()
	if err != nil {
		return err
	}
	defer r.Kill()
	var conns []net.Conn
	defer func() {
		for _, nc := range conns {
			nc.Close()
		}
	}()
	buf := make([]byte, 7)
	for range c.idle {
		nc, err := net.Dial("tcp", r.Addr)
		if err != nil {
			return fmt.Errorf("%s, connection %d: %w", ct.bin.Name, len(conns), err)
		}
		conns = append(conns, nc)
		if _, err := nc.Write([]byte("PING\r\n")); err != nil {
			return err
		}
		if _, err := nc.Read(buf); err != nil {
			return fmt.Errorf("%s, connection %d: %w", ct.bin.Name, len(conns), err)
		}
	}
	time.Sleep(time.Second)
	rss, err := resident(r.PID())
	if err != nil {
		return err
	}
	before, err := processCPU(r.PID())
	if err != nil {
		return err
	}
	time.Sleep(time.Second)
	after, err := processCPU(r.PID())
	if err != nil {
		return err
	}
	name := ct.bin.Name
	s.add("resident", name, float64(rss)/mib)
	s.add("each", name, float64(rss-r.empty)/float64(c.idle))
	s.add("cpu", name, float64(after-before)/1e6)
	return nil
}
