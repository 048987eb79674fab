// Package command holds the command table and the data families: what every
// command is called, what it takes, which keys it names, and what it does to
// the keyspace.
//
// # Words
//
//   - Spec: one command or subcommand: name, arity, flags, categories, key
//     specs, tips and the handler. A family file (string.go, bitmap.go, ...)
//     opens with its specs, so the file reads as its own table of contents.
//   - Table: all specs of a node, looked up by name in any case without
//     allocating. It is built once and immutable.
//   - Ctx: everything a handler sees while it runs: arguments, resolved keys,
//     the reply writer, the client, one clock reading. One Ctx belongs to one
//     executor (an event loop or a pooled worker) and is reused.
//   - Key: an argument that names a key, with its slot, hash and partition.
//   - Inner subcommand: one that only the table knows of, to choose handler and
//     lock within a command that clients see as one (DEBUG).
//   - Documentation: what COMMAND DOCS says, in the docs_*.go tables beside the
//     families, arguments in a small notation of their own (docs.go).
//   - Env: what the commands of one node share.
//
// # Rules for handlers
//
// Before a handler runs, the dispatcher (package server) has checked arity,
// permission and route, and holds the locks that Spec.Lock asks for. A
// handler therefore reads and writes partitions directly, and:
//
//   - Arguments alias the connection's read buffer; they die when the handler
//     returns. What must live longer is copied.
//   - Entry values alias the arena; they die at the next write to the same
//     partition.
//   - Every key that was changed is reported once by Ctx.Changed, after the
//     change, and its event by Ctx.Notify where Redis publishes it (events.go).
//   - A handler that has to wait for keys asks for Ctx.Block and returns without
//     a reply; it is run again when one of them changes (block.go).
//   - A handler checks everything before it changes anything: an error reply
//     means that nothing happened.
//   - Nothing in a handler sleeps, blocks on a channel or does I/O, unless its
//     spec says Blocks (and DEBUG SLEEP, whose purpose it is). A command that may
//     run long estimates so in Spec.Cost and runs away from the loops.
//   - A LockScan handler locks one slot at a time with Ctx.Locker, which may
//     wait outside the keyspace: before it has the lock the world may have been
//     stopped and a database replaced, so partitions are resolved after.
//
// # Where to start
//
// spec.go for the table, ctx.go for what handlers use, string.go for a family,
// families.go for the list of all. testdata/dialogues holds conversations with
// redis-server that the tests replay; dialogue_test.go explains them.
package command
