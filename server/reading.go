package server

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"clusternode/keyspace"
)

// reading is one look at a server, for one INFO or one scrape. Each source is
// asked once, when the first figure wants it, so INFO of one section costs
// what that section needs.
type reading struct {
	s    *Server
	w    *worker // the one who asks, see onLoop; nil: no command does
	self *conn   // the connection that asks; nil: none does
	now  int64   // unix milliseconds

	sum     *totals
	usage   *clientUsage
	mem     *memoryReading
	cpu     *cpuReading
	house   *keyspace.HouseStats
	above   *primaryOf
	cluster map[string]int64
}

// look begins a reading that no command asks for.
func (s *Server) look() *reading { return &reading{s: s, now: time.Now().UnixMilli()} }

// totals are the counters of all workers.
func (r *reading) totals() *totals {
	if r.sum == nil {
		r.askLoops()
	}
	return r.sum
}

// askLoops brings the counters of all workers and the longest buffers: one
// letter to each loop, to all of them at once. The buffers are those that the
// loops noted lately and, so that a node with few clients knows at once, what
// some connections hold now; a loop with thousands is not to stop for them.
func (r *reading) askLoops() {
	var mu sync.Mutex
	t, u := newTotals(r.s), &clientUsage{}
	r.onLoops(func(l *loop) {
		mu.Lock()
		defer mu.Unlock()
		w := l.worker()
		t.add(w)
		if !r.w.stopped() { // this is the loop's thread
			w.thread = threadTimes()
		}
		t.thread.sys += w.thread.sys
		t.thread.user += w.thread.user
		in, out := w.recent.longest(w.last)
		u.maxIn, u.maxOut = max(u.maxIn, in), max(u.maxOut, out)
		l.some(usageSlice, u.add)
	})
	r.s.pool.mu.Lock()
	t.addTotals(r.s.pool.counted)
	r.s.pool.mu.Unlock()
	r.sum, r.usage = t, u
}

// onLoops runs f on the thread of each loop and waits for all of them; with the
// world stopped it runs here.
func (r *reading) onLoops(f func(l *loop)) {
	if r.w.stopped() {
		for _, l := range r.s.loops {
			f(l)
		}
		return
	}
	done := make([]chan struct{}, len(r.s.loops))
	for i, l := range r.s.loops {
		done[i] = make(chan struct{})
		l.post(letter{kind: letterCall, call: func() { f(l); close(done[i]) }})
	}
	for i, l := range r.s.loops {
		select {
		case <-done[i]:
		case <-l.exited:
		}
	}
}

// clients are the longest buffers of connections.
func (r *reading) clients() *clientUsage {
	r.totals()
	u := r.usage
	if u.complete {
		return u
	}
	for _, k := range r.s.streams.list() {
		if &k.conn == r.self {
			u.add(r.self)
			continue
		}
		k.peek(u.add, u.addView)
	}
	u.complete = true
	return u
}

// housekeeping are its counters since the last CONFIG RESETSTAT.
func (r *reading) housekeeping() *keyspace.HouseStats {
	if r.house == nil {
		h := r.s.ks.HouseStats()
		if base := r.s.houseBase.Load(); base != nil {
			h = h.Since(*base)
		}
		r.house = &h
	}
	return r.house
}

// clusterInfo are the numbers of CLUSTER INFO; nil without cluster support.
func (r *reading) clusterInfo() map[string]int64 {
	if r.cluster == nil && r.s.bus != nil {
		view := r.s.bus.node.View()
		r.cluster = make(map[string]int64)
		for line := range strings.SplitSeq(string(view.AppendInfo(nil, r.s.bus.node.LinkStats())), "\r\n") {
			name, text, _ := strings.Cut(line, ":")
			if n, err := strconv.ParseInt(text, 10, 64); err == nil {
				r.cluster[name] = n
			}
		}
		if view.OK() {
			r.cluster["cluster_state"] = 1
		}
	}
	return r.cluster
}

// clientUsage is what connections hold.
type clientUsage struct {
	maxIn, maxOut int  // bytes, the longest of the buffers now and lately
	complete      bool // connections with goroutines are counted in
}

// add counts a connection in; its owner calls it.
func (u *clientUsage) add(c *conn) {
	if v := c.frozen; v != nil {
		u.addView(v)
		return
	}
	u.maxIn, u.maxOut = max(u.maxIn, len(c.in)), max(u.maxOut, c.out.size)
}

// addView counts in a connection that a pooled worker has, as it was before.
func (u *clientUsage) addView(v *clientView) {
	u.maxIn, u.maxOut = max(u.maxIn, v.QBuf), max(u.maxOut, v.OMem)
}

// usageSlice is how many connections a loop looks at for a reading: some tens of
// microseconds' worth.
const usageSlice = 250
