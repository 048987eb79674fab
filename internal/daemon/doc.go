// Package daemon is what the process owes the system it runs on: going into
// the background, telling a supervisor how it is, the pid file, its title, its
// score for the out of memory killer.
//
// # Going into the background
//
// A Go program has threads from its first instruction, so it cannot fork and go
// on in the child. It starts itself again instead:
//
//	foreground                          background
//	Load the configuration
//	Spawn ---- same program, same arguments, own session, stdio on /dev/null
//	  |                                 FromParent finds the pipe in fd 3
//	  |                                 Load, listen, ...
//	  |  <------------- pipe ---------- Ready or Failed
//	exit 0, or the error and exit 1     serves
//
// The foreground waits for the report, so whoever started the server knows
// whether it serves; Redis' foreground ends before that is known.
//
// # Who owns what
//
// The pipe belongs to the child until it reports; everything else is a value of
// the caller's. Nothing is safe for concurrent use but a Supervisor.
//
// Start reading in spawn.go.
package daemon
