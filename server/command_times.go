package server

import (
	"sync"

	"clusternode/command"
	"clusternode/internal/hdr"
	"clusternode/metrics"
)

// commandTimes are the histograms of a worker: how long calls of each command
// took. Its owner counts; what a pooled worker has counted moves to the pool's.
type commandTimes struct {
	by      []*hdr.Histogram // by Spec.ID; nil: never called
	touched []int            // IDs of those that are not empty, for pooled workers
}

// record counts n calls that took nanos each.
func (t *commandTimes) record(id int, nanos int64, n uint64) {
	h := t.by[id]
	if h == nil {
		h = new(hdr.Histogram)
		t.by[id] = h
	}
	if h.Total() == 0 {
		t.touched = append(t.touched, id)
	}
	h.Record(nanos, n)
}

// add counts what o has counted.
func (t *commandTimes) add(o *commandTimes) {
	for _, id := range o.touched {
		if t.by[id] == nil {
			t.by[id] = new(hdr.Histogram)
		}
		if t.by[id].Total() == 0 {
			t.touched = append(t.touched, id)
		}
		t.by[id].Add(o.by[id])
	}
}

// empty forgets what was counted and keeps the memory for more.
func (t *commandTimes) empty() {
	for _, id := range t.touched {
		t.by[id].Reset()
	}
	t.touched = t.touched[:0]
}

// poolTimes are the histograms of all pooled workers.
type poolTimes struct {
	mu    sync.Mutex
	times commandTimes // guarded by mu
}

// take moves what a worker has counted.
func (p *poolTimes) take(w *worker) {
	if len(w.times.touched) == 0 {
		return
	}
	p.mu.Lock()
	p.times.add(&w.times)
	p.mu.Unlock()
	w.times.empty()
}

func newCommandTimes(t *command.Table) commandTimes {
	return commandTimes{by: make([]*hdr.Histogram, t.Len())}
}

// commandTimes sums the histograms of all workers. The caller is a pooled worker
// outside the gate, or holds it; nil is some other goroutine.
func (s *Server) commandTimes(w *worker) *commandTimes {
	sum := newCommandTimes(s.env.Table)
	for _, l := range s.loops {
		s.onLoop(w, l, func() { sum.add(&l.worker().times) })
	}
	p := &s.obs.pooled
	p.mu.Lock()
	sum.add(&p.times)
	p.mu.Unlock()
	if w != nil && w.l == nil {
		sum.add(&w.times)
	}
	return &sum
}

// resetCommandTimes starts all histograms anew; the world is stopped.
func (s *Server) resetCommandTimes() {
	for _, l := range s.loops {
		l.worker().times = newCommandTimes(s.env.Table)
	}
	p := &s.obs.pooled
	p.mu.Lock()
	p.times = newCommandTimes(s.env.Table)
	p.mu.Unlock()
}

// handleLatencyHistogram replies the distributions of the commands that are
// named and their subcommands, or of all.
func (s *Server) handleLatencyHistogram(x *command.Ctx) {
	times := s.commandTimes(workerOf(x))
	var shown []*command.Spec
	add := func(spec *command.Spec) {
		for _, one := range append([]*command.Spec{spec}, spec.Subs...) {
			if h := times.by[one.ID()]; h != nil && !(spec.InnerSubs && one != spec) {
				shown = append(shown, one)
			}
		}
	}
	if len(x.Args) == 2 {
		for _, spec := range s.env.Table.Commands() {
			add(spec)
		}
	}
	for _, name := range x.Args[2:] {
		if spec := s.env.Table.Find(name); spec != nil {
			add(spec)
		}
	}
	w := x.W
	w.Map(len(shown))
	for _, spec := range shown {
		h := times.by[spec.ID()]
		w.BulkString(spec.FullName())
		w.Map(2)
		w.BulkString("calls")
		w.Int(int64(h.Total()))
		w.BulkString("histogram_usec")
		steps := h.Cumulative()
		w.Map(len(steps))
		for _, st := range steps {
			w.Int(st.Value / 1000)
			w.Int(int64(st.Count))
		}
	}
}

// latencyFamily is INFO latencystats: percentiles of each command that was
// called, in microseconds; nothing while latency-tracking is off. Prometheus is
// told of the distributions, too.
var latencyFamily = &family{
	Rows: (*reading).latencies,
	Series: []metrics.Series{
		{Name: "latency_percentiles_usec", Help: "Percentiles of the time per command, microseconds.", Kind: metrics.Summary, Labels: []string{"cmd"}},
		{Name: "commands_latencies_usec", Help: "Time per command, microseconds.", Kind: metrics.Histogram, Labels: []string{"cmd"}},
	},
}

func (r *reading) latencies(yield func(*metrics.Row)) {
	if r.s.obs.tracking.Load() == 0 {
		return
	}
	times := r.s.commandTimes(r.w)
	for _, spec := range r.s.env.Table.Specs() {
		h := times.by[spec.ID()]
		if h == nil || h.Total() == 0 {
			continue
		}
		row := metrics.Row{Name: "latency_percentiles_usec_" + spec.FullName(), Labels: []string{spec.FullName()}}
		row.Spread = &metrics.Spread{Count: h.Total(), Sum: float64(r.totals().perCmd[spec.ID()].nanos) / 1000,
			Quantiles: make(map[float64]float64), Buckets: make(map[float64]uint64)}
		for _, p := range *r.s.obs.percentiles.Load() {
			micros := float64(h.Percentile(p.percent)) / 1000
			row.Fields = append(row.Fields, metrics.Field{Name: "p" + p.text, Value: metrics.Float(micros, 3)})
			row.Spread.Quantiles[p.percent] = micros
		}
		for _, st := range h.Cumulative() {
			row.Spread.Buckets[float64(st.Value/1000)] = st.Count
		}
		yield(&row)
	}
}
