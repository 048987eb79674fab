package server

import (
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"clusternode/command"
	"clusternode/resp"
)

// The events of the latency monitor, by Redis' names. Those of housekeeping
// tell how long a slot was held, which is what clients may have waited for:
// other slots go on meanwhile.
const (
	eventCommand     = "command"
	eventFastCommand = "fast-command" // commands that promise O(1) or O(log N)
	eventExpireCycle = "expire-cycle"
	eventDefragCycle = "active-defrag-cycle"
	// By whoever evicts: a run for one command, and the removal of one key.
	eventEvictionCycle = "eviction-cycle"
	eventEvictionDel   = "eviction-del"
)

// slotHeld is told how long housekeeping kept a slot locked.
func (s *Server) slotHeld(work string, longest time.Duration) {
	event := eventExpireCycle
	if work == "evacuate" {
		event = eventDefragCycle
	}
	s.latencyEvent(event, int64(longest))
}

// latencyMonitor keeps the spikes of events: what took latency-monitor-threshold
// or more.
type latencyMonitor struct {
	threshold atomic.Int64 // ns; never reached: off

	mu     sync.Mutex
	events map[string]*spikes // guarded by mu
}

// latencyEvent tells the latency monitor how long something took. Any goroutine,
// also under a slot's lock.
func (s *Server) latencyEvent(event string, nanos int64) {
	m := &s.obs.latency
	if nanos < m.threshold.Load() {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.events == nil {
		m.events = make(map[string]*spikes)
	}
	of := m.events[event]
	if of == nil {
		of = new(spikes)
		m.events[event] = of
	}
	of.add(time.Now().Unix(), nanos/int64(time.Millisecond))
}

// on reports whether anything is kept.
func (m *latencyMonitor) on() bool { return m.threshold.Load() != never }

// list returns a copy of all events, by name.
func (m *latencyMonitor) list() (names []string, events map[string]spikes) {
	m.mu.Lock()
	defer m.mu.Unlock()
	events = make(map[string]spikes, len(m.events))
	for name, of := range m.events {
		names = append(names, name)
		events[name] = *of
	}
	sort.Strings(names)
	return names, events
}

// find returns a copy of an event's spikes.
func (m *latencyMonitor) find(event string) (of spikes, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p := m.events[event]; p != nil {
		return *p, true
	}
	return of, false
}

// reset forgets events, all without names, and reports how many there were.
func (m *latencyMonitor) reset(names [][]byte) (n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(names) == 0 {
		n = int64(len(m.events))
		clear(m.events)
	}
	for _, name := range names {
		if m.events[string(name)] != nil {
			delete(m.events, string(name))
			n++
		}
	}
	return n
}

func (s *Server) handleLatencyLatest(x *command.Ctx) {
	names, events := s.obs.latency.list()
	x.W.Array(len(names))
	for _, name := range names {
		of := events[name]
		last := of.last()
		x.W.Array(4)
		x.W.BulkString(name)
		x.W.Int(last.unix)
		x.W.Int(last.ms)
		x.W.Int(of.most)
	}
}

func (s *Server) handleLatencyHistory(x *command.Ctx) {
	of, _ := s.obs.latency.find(string(x.Args[2]))
	list := of.list()
	x.W.Array(len(list))
	for _, p := range list {
		x.W.Array(2)
		x.W.Int(p.unix)
		x.W.Int(p.ms)
	}
}

func (s *Server) handleLatencyReset(x *command.Ctx) {
	x.W.Int(s.obs.latency.reset(x.Args[2:]))
}

func (s *Server) handleLatencyGraph(x *command.Ctx) {
	name := string(x.Args[2])
	of, ok := s.obs.latency.find(name)
	if !ok {
		x.W.Error("ERR No samples available for event '" + resp.Quoted(x.Args[2]) + "'")
		return
	}
	x.W.Verbatim("txt", of.graph(name, time.Now().Unix()))
}

func (s *Server) handleLatencyDoctor(x *command.Ctx) {
	x.W.Verbatim("txt", s.latencyReport())
}
