package server

import (
	"math"
	"strconv"
	"sync/atomic"
	"time"

	"clusternode/command"
	"clusternode/config"
)

// observation is what operators watch the node with: SLOWLOG, LATENCY and
// MONITOR. What every command pays for it is one load and one comparison, and
// its place in a histogram.
type observation struct {
	slowlog  slowlog
	latency  latencyMonitor
	monitors monitors

	// slow is the least duration, ns, that the slow log or the latency monitor
	// wants to know of.
	slow atomic.Int64
	// timeEach: the commands of a batch are timed one by one, because an average
	// would hide what slow is to find.
	timeEach atomic.Bool
	tracking config.Var // latency-tracking: histograms by command
	// percentiles are latency-tracking-info-percentiles.
	percentiles atomic.Pointer[[]percentile]
	pooled      poolTimes
}

const never = math.MaxInt64

// percentile is one of those that INFO latencystats prints.
type percentile struct {
	text    string
	percent float64
}

// bindObservation connects the observation with the configuration; the table of
// commands is there.
func (s *Server) bindObservation(c *config.Config) {
	o := &s.obs
	o.tracking = c.Var("latency-tracking")
	o.pooled.times = newCommandTimes(s.env.Table)
	s.apply(func() error {
		o.slowlog.maxLen.Store(c.Int("slowlog-max-len"))
		o.slowlog.slower.Store(nanos(c.Int("slowlog-log-slower-than"), time.Microsecond, -1))
		o.latency.threshold.Store(nanos(c.Int("latency-monitor-threshold"), time.Millisecond, 0))
		slower := o.slowlog.slower.Load()
		if c.Int("slowlog-max-len") == 0 {
			slower = never
		}
		o.slow.Store(min(slower, o.latency.threshold.Load()))
		o.timeEach.Store(slower < int64(time.Millisecond) || o.latency.threshold.Load() != never)
		return nil
	}, "slowlog-max-len", "slowlog-log-slower-than", "latency-monitor-threshold")
	s.apply(func() error {
		var list []percentile
		for _, text := range c.Strings("latency-tracking-info-percentiles") {
			percent, _ := strconv.ParseFloat(text, 64) // the directive's codec wrote it
			list = append(list, percentile{text, percent})
		}
		o.percentiles.Store(&list)
		return nil
	}, "latency-tracking-info-percentiles")
}

// nanos is n units in nanoseconds; n <= off, and what is too much, is never.
func nanos(n int64, unit time.Duration, off int64) int64 {
	if n <= off || n > never/int64(unit) {
		return never
	}
	return n * int64(unit)
}

// noteSlow tells the slow log and the latency monitor of a command that took
// as long as one of them waits for.
func (w *worker) noteSlow(c *conn, spec *command.Spec, args [][]byte, nanos int64) {
	o := &w.s.obs
	if nanos >= o.slowlog.slower.Load() && o.slowlog.maxLen.Load() > 0 && !spec.Is(command.SkipSlowlog) {
		o.slowlog.add(newSlowEntry(c, spec, args, nanos))
	}
	event := eventCommand
	if spec.Is(command.Fast) {
		event = eventFastCommand
	}
	w.s.latencyEvent(event, nanos)
}

// observeHandlers are the handlers of what operators watch the node with.
func (s *Server) observeHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"monitor":             s.handleMonitor,
		"slowlog|get":         s.handleSlowlogGet,
		"slowlog|len":         s.handleSlowlogLen,
		"slowlog|reset":       s.handleSlowlogReset,
		"latency|latest":      s.handleLatencyLatest,
		"latency|history":     s.handleLatencyHistory,
		"latency|graph":       s.handleLatencyGraph,
		"latency|doctor":      s.handleLatencyDoctor,
		"latency|reset":       s.handleLatencyReset,
		"latency|histogram":   s.handleLatencyHistogram,
		"memory|stats":        s.handleMemoryStats,
		"memory|doctor":       s.handleMemoryDoctor,
		"memory|purge":        s.handleMemoryPurge,
		"memory|malloc-stats": s.handleMemoryMallocStats,
	}
}
