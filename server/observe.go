package server

import "clusternode/command"

// observe is called after every command that ran to its end: args are valid
// for the call, nanos is how long it took.
func (w *worker) observe(c *conn, spec *command.Spec, args [][]byte, nanos int64) {
	o := &w.s.obs
	if o.tracking.Load() != 0 {
		w.times.record(spec.ID(), nanos, 1)
	}
	if nanos >= o.slow.Load() {
		w.noteSlow(c, spec, args, nanos)
	}
}

// observeRun is observe for n calls of one command that took nanos each; steps
// are those calls, and maybe some that were rejected.
func (w *worker) observeRun(c *conn, steps []step, nanos int64, n uint64) {
	o := &w.s.obs
	if o.tracking.Load() != 0 {
		w.times.record(steps[0].spec.ID(), nanos, n)
	}
	if nanos >= o.slow.Load() {
		for i := range steps {
			w.noteSlow(c, steps[i].spec, steps[i].args, nanos)
		}
	}
}
