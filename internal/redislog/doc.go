// Package redislog writes the server's log in the shape that Redis' users and
// their tools know:
//
//	7121:M 24 Nov 2026 07:18:26.123 * Ready to accept connections tcp
//	pid :role  day, local time      level message
//
// # Words
//
//   - Role: M primary, S replica, C child or a process that is still starting,
//     X sentinel.
//   - Level: debug '.', verbose '-', notice '*', warning '#'; nothing is above
//     all of them and silences the log.
//   - Sink: the file (opened for every line, so that it can be moved away at
//     any time), or standard output; and syslog beside it.
//
// With JSON, lines are objects made by log/slog with the same facts as fields:
// time, level, msg, pid, role and, if the logger has a prefix, node.
//
// A Logger is safe for concurrent use. Several nodes in one process have one
// each, told apart by their prefix. Level and role are atomic, the sinks are
// guarded by a mutex that is held for one line.
//
// Start reading in logger.go.
package redislog
