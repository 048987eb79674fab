// Package keyspace holds the data of a node: 16384 partitions of keys, their
// locks, the gate that stops the world, expiry, scanning and watching.
//
// # Words
//
//   - Partition (Part): the keys of one slot in one database.
//   - Entry: a key and its value, one block of memory with an 8-byte header.
//   - Executor: somebody who executes against the keyspace; it enters, works,
//     and leaves before it waits for anything.
//   - Gate: stops all executors, for work on the whole keyspace.
//   - Waiter: a place in the queue for a slot's lock.
//
// # Locks
//
// gate, then slots in ascending order. A slot's lock covers its partitions in
// all databases. Nothing read from a partition outlives the lock.
//
// Start reading at entry.go (the bytes), gate.go and lock.go; part.go is the
// table of one partition.
package keyspace
