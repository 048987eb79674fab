package server

import "clusternode/command"

// observe is called after every command that ran to its end: args are valid
// for the call, nanos is how long it took.
func (w *worker) observe(c *conn, spec *command.Spec, args [][]byte, nanos int64) {}

// ran is called after every command that ran to its end, under its locks.
func (w *worker) ran(c *conn, spec *command.Spec) {}
