// Package testserver runs real server processes for tests and measurements: this project's own binary and the servers it
// is compared with, the oracles.
//
// Words:
//
//   - Binary: a server executable with the name it goes by in reports. Ours builds ./cmd/clusternode once per process, or
//     takes $CLUSTERNODE_BIN; Oracle looks for a server of another project by environment variable, then in $ORACLES, then
//     in PATH.
//   - Server: one running process on a free port of 127.0.0.1 with a folder of its own, its log captured in that folder.
//   - Conn: one client connection in lockstep; Value: one reply as it was on the wire.
//
// Ownership: a Server's process belongs to whoever launched it, who calls Kill or Stop; Start ties that to the end of a test. A
// Conn is not safe for concurrent use. Nothing here interprets replies beyond their framing, so that a comparison of two
// servers sees what the wire carried: `$-1` and `*-1` stay different values.
//
// Ports come from below the kernel's range of ephemeral ports, together with the port 10000 above (the cluster bus), so
// that an outgoing connection never takes one between the choice and the bind; a loser of the race that is left, two test
// processes choosing the same port, shows as a process that ends early, and Launch tries another port.
//
// Start reading at server.go.
package testserver
