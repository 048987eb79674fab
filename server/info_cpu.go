package server

import "clusternode/metrics"

// cpuSection is INFO cpu. The main thread of Redis is the one that runs the
// commands: here the event loops, all together.
var cpuSection = section{Title: "CPU", Items: []item{
	seconds("used_cpu_sys", func(t *cpuReading) float64 { return t.sys }).As("cpu_sys_seconds_total"),
	seconds("used_cpu_user", func(t *cpuReading) float64 { return t.user }).As("cpu_user_seconds_total"),
	seconds("used_cpu_sys_children", func(t *cpuReading) float64 { return t.childSys }).As("cpu_sys_children_seconds_total"),
	seconds("used_cpu_user_children", func(t *cpuReading) float64 { return t.childUser }).As("cpu_user_children_seconds_total"),
	seconds("used_cpu_sys_main_thread", func(t *cpuReading) float64 { return t.loops.sys }).When((*reading).hasLoops).As("cpu_sys_main_thread_seconds_total"),
	seconds("used_cpu_user_main_thread", func(t *cpuReading) float64 { return t.loops.user }).When((*reading).hasLoops).As("cpu_user_main_thread_seconds_total"),
}}

func (r *reading) hasLoops() bool { return len(r.s.loops) > 0 }

// cpuReading is the processor time taken, in seconds.
type cpuReading struct {
	sys, user, childSys, childUser float64
	loops                          threadTime
}

// threadTime is the processor time of a thread, in seconds.
type threadTime struct{ sys, user float64 }

func (r *reading) processor() *cpuReading {
	if r.cpu == nil {
		t := &cpuReading{loops: r.totals().thread}
		t.sys, t.user, t.childSys, t.childUser = cpuTimes()
		r.cpu = t
	}
	return r.cpu
}

// seconds is a counter of processor time.
func seconds(name string, read func(t *cpuReading) float64) *figure {
	return metrics.Of(name, metrics.Count, func(r *reading) metrics.Value { return metrics.Float(read(r.processor()), 6) }).In(metrics.Seconds)
}
