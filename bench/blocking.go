//go:build linux

package main

import (
	"fmt"
	"net"
	"strings"
	"time"

	"clusternode/bench/load"
	"clusternode/internal/testserver"
)

// queues are the shapes of a queue: how many wait, how many elements come at once.
var queues = []struct{ waiters, batch int }{{1, 1}, {100, 1}, {100, 50}, {1000, 500}}

// handover measures a queue's workers, and clients that wait while nothing happens.
func (c *config) handover() error {
	const section = "handover: BLPOP workers, one pusher"
	for _, q := range queues {
		s := samples{}
		for range c.rounds {
			for _, ct := range c.contenders {
				if err := c.handoverOf(s, ct, q.waiters, q.batch); err != nil {
					return err
				}
			}
		}
		name := fmt.Sprintf("%d waiting, %d pushes in a write", q.waiters, q.batch)
		share := largest(s.medians("load"))
		c.report.add(Row{Section: section, Case: name, Unit: "1/s", Values: s.medians("rate"), Load: share})
		c.report.add(Row{Section: section, Case: name + ": server CPU", Unit: "us", Values: s.medians("cpu"), Less: true, Load: share})
	}
	return c.blockedConns()
}

func (c *config) handoverOf(s samples, ct contender, waiters, batch int) error {
	r, err := ct.start()
	if err != nil {
		return err
	}
	defer r.Kill()
	before, err := processCPU(r.PID())
	if err != nil {
		return err
	}
	res, err := load.Handover{Addr: r.Addr, Waiters: waiters, Batch: batch, For: c.each}.Run()
	if err != nil {
		return fmt.Errorf("%s: %w", ct.bin.Name, err)
	}
	after, err := processCPU(r.PID())
	if err != nil {
		return err
	}
	name := ct.bin.Name
	s.add("rate", name, float64(res.Requests)/res.Elapsed.Seconds())
	s.add("cpu", name, micros(after-before)/float64(res.Requests))
	s.add("load", name, float64(res.CPU)/float64(res.Elapsed))
	return nil
}

// blockedConns measures what clients cost that wait for something.
func (c *config) blockedConns() error {
	if err := c.allowFiles(); err != nil {
		return err
	}
	s := samples{}
	for _, ct := range c.contenders {
		if err := c.blockedOf(s, ct); err != nil {
			return err
		}
	}
	section := fmt.Sprintf("%d clients that wait in BLPOP", c.idle)
	c.report.add(Row{Section: section, Case: "threads", Unit: "", Values: s.medians("threads"), Less: true, Single: true})
	c.report.add(Row{Section: section, Case: "per client", Unit: "B", Values: s.medians("each"), Less: true})
	c.report.add(Row{Section: section, Case: "server CPU of one idle second", Unit: "ms", Values: s.medians("cpu"), Less: true})
	c.report.add(Row{Section: section, Case: "all served by one push", Unit: "ms", Values: s.medians("served"), Less: true})
	return nil
}

func (c *config) blockedOf(s samples, ct contender) error {
	r, err := ct.start()
	if err != nil {
		return err
	}
	defer r.Kill()
	conns, err := c.block(r)
	defer func() {
		for _, nc := range conns {
			nc.Close()
		}
	}()
	if err != nil {
		return fmt.Errorf("%s: %w", ct.bin.Name, err)
	}
	time.Sleep(time.Second)
	rss, err := resident(r.PID())
	if err != nil {
		return err
	}
	threads, err := statusNumber(r.PID(), "Threads:")
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
	s.add("threads", name, float64(threads))
	s.add("each", name, float64(rss-r.empty)/float64(c.idle))
	s.add("cpu", name, float64(after-before)/1e6)
	begun := time.Now()
	if _, err := r.do(append([]string{"RPUSH", "queue"}, strings.Split(strings.Repeat("x", c.idle), "")...)...); err != nil {
		return err
	}
	buf := make([]byte, 64)
	for _, nc := range conns {
		if _, err := nc.Read(buf); err != nil {
			return err
		}
	}
	s.add("served", name, float64(time.Since(begun))/1e6)
	return nil
}

// block opens connections that wait in BLPOP.
func (c *config) block(r *running) ([]net.Conn, error) {
	var conns []net.Conn
	request := testserver.AppendCommand(nil, "BLPOP", "queue", "0")
	for range c.idle {
		nc, err := net.Dial("tcp", r.Addr)
		if err != nil {
			return conns, err
		}
		conns = append(conns, nc)
		if _, err := nc.Write(request); err != nil {
			return conns, err
		}
	}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		v, err := r.do("INFO", "clients")
		if err != nil {
			return conns, err
		}
		if strings.Contains(v.Str, fmt.Sprintf("blocked_clients:%d\r\n", c.idle)) {
			return conns, nil
		}
	}
	return conns, fmt.Errorf("not all of %d clients wait", c.idle)
}
