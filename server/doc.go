// Package server is the node: it owns sockets, event loops, the order of
// checks for a command, transactions, and the life of the process. Server.New
// is the only place that ties the other packages together.
//
// # Words
//
//   - loop: a locked thread with an epoll set (Linux); a connection lives on
//     one loop for ever. Elsewhere each connection has goroutines (gopath.go).
//   - conn: a client connection; it does no I/O and is driven with bytes.
//   - worker: an executor of commands: the keyspace cell, reply buffer, scratch
//     memory and statistics that running a command needs. Each loop owns one,
//     goroutines borrow one from the pool.
//   - set aside (parked): a connection whose next command cannot run now
//     because its slot is locked, clients are paused, its last command still
//     runs on a pooled worker or waits for keys, or it does not read its
//     replies. Its input stays where it is and is parsed again when it resumes.
//   - wait: a client's waiting for keys, from the command that found nothing to
//     the reply (blocked.go); who changes a key serves those who wait for it
//     (ready.go).
//   - ended: a connection whose client closed its side; it goes on until what
//     was sent is executed and answered (conn.over).
//   - offload: to run one command on a pooled worker, because it takes longer
//     than a loop should be away, or because it may wait for something.
//   - desk: where published messages wait for the subscribers on one loop, in the
//     order in which they came (pubsub.go); the hub is all of pub/sub.
//   - figure: a number or text that the node tells about itself. All of them
//     stand in one table (info.go), which INFO and the Prometheus page
//     (metrics_http.go) print; a reading is one look at what they are read from.
//   - letter: a message to the owner of connections, its outlet. Whatever reaches
//     a connection from another thread comes as a letter (outbox.go, mailbox.go).
//
// # The life of a command
//
//	socket -> loop.read -> worker.feed -> Parser.Next -> worker.execute
//	  execute: table, arity, permission -> keys -> slot locks -> route ->
//	           memory -> pause -> queue in MULTI, or the handler
//	-> the reply in worker.w -> flush: one write for the whole batch
//
// # Who owns what
//
// All fields of a conn belong to its loop, or to the pooled worker that runs
// its offloaded command meanwhile (conn.parked is parkOffload: then the loop
// only appends input). A worker's fields belong to whoever has entered its
// executor. The counters that INFO reads are copied out by the owner (totals.go).
//
// Lock order: gate, slot locks ascending, then the short mutexes (mailbox,
// pause, janitor, registry), none of which is held while another is taken.
//
// A connection with goroutines is driven under its mutex, which is taken before
// the keyspace is entered: who has entered may not wait for somebody who waits
// for the world, or for a slot.
//
// Start reading at conn.go, then dispatch.go; loop_linux.go is the I/O.
package server
