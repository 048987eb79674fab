// Package slots knows the 16384 hash slots of a Redis Cluster: which slot a
// key belongs to, sets and ranges of slots, who owns each slot, and what a
// node does with a command for a slot. Everything here is a pure function or
// an immutable value.
//
// # Words
//
//   - Slot: CRC16/XMODEM of the key's hash part, modulo 16384. The hash part
//     is the text between the first '{' and the first '}' after it, if it is
//     not empty; otherwise the whole key.
//   - Range: slots First to Last, both included, printed "0-5460" or "7".
//   - Set: any set of slots, a bitmap of 2 KiB.
//   - Table: owner, importing source and migrating target of every slot, and
//     where nodes are reached. Published whole and never changed, so readers
//     need no lock.
//   - Verdict: what Route says about a command: serve it, or which redirect
//     or error to answer.
//
// Source: the Redis Cluster specification, "Key distribution model" and
// "MOVED and ASK redirection".
//
// Start reading at slot.go; route.go holds the order of checks.
package slots
