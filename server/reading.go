package server

import (
	"strconv"
	"strings"
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
		r.sum = r.s.sum(r.w)
	}
	return r.sum
}

// clients is what all connections hold.
func (r *reading) clients() *clientUsage {
	if r.usage == nil {
		r.usage = r.s.clientUsage(r.w, r.self)
	}
	return r.usage
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
		for line := range strings.SplitSeq(string(view.AppendInfo(nil, r.s.bus.node.LinkOverflows())), "\r\n") {
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
	memory        int64 // bytes of all of them
	maxIn, maxOut int   // bytes, the longest of the buffers
}

// add counts a connection in; its owner calls it.
func (u *clientUsage) add(c *conn) {
	if v := c.frozen; v != nil {
		u.addView(v)
		return
	}
	u.memory += int64(connBytes + cap(c.in) + c.multiSz + c.out.size)
	u.maxIn, u.maxOut = max(u.maxIn, len(c.in)), max(u.maxOut, c.out.size)
}

// addView counts in a connection that a pooled worker has, as it was before.
func (u *clientUsage) addView(v *clientView) {
	u.memory += int64(v.TotalMem())
	u.maxIn, u.maxOut = max(u.maxIn, v.QBuf), max(u.maxOut, v.OMem)
}

// usageSlice is how many connections a loop counts before it goes on with its
// work: some tens of microseconds' worth.
const usageSlice = 1000

// clientUsage asks all loops and streams. Connections that come and go
// meanwhile may be missed.
func (s *Server) clientUsage(w *worker, self *conn) *clientUsage {
	u := &clientUsage{}
	for _, l := range s.loops {
		for at := 0; at >= 0; {
			next := -1 // if the loop ends meanwhile
			s.onLoop(w, l, func() { next = l.some(at, usageSlice, u.add) })
			at = next
		}
	}
	for _, k := range s.streams.list() {
		if &k.conn == self {
			u.add(self)
			continue
		}
		k.whenIdle(w.stopped(), u.add)
	}
	return u
}
