// Package tracking remembers which client may have a copy of which key, for
// CLIENT TRACKING. It knows clients as numbers and sends nothing: who changes a
// key takes those that have to be told out of the table, and tells them.
//
// # Words
//
//   - Client: the number of a connection that has tracked. Its owner never gives
//     it to another one while that matters, so nobody looks for the entries of
//     a client that has gone: they are dropped with their key.
//   - Table: the clients by key, for the default mode. As in Redis a key is its
//     name, whatever the database.
//   - Item: one client of one key.
//   - Prefixes: the clients by prefix, for the broadcasting mode (BCAST).
//   - Changes: the changed keys of one round of an executor, by prefix.
//
// # Picture
//
//	shard      index                      log
//	           +------------------+      +-----------------------------------+
//	  hash --> | tag 24 | place 40 | --> | key length | items | items' places |
//	           | 0                |      | key, padded to 4 bytes            |
//	           | tag    | place   |      +-----------------------------------+
//	           +------------------+      | ... dead block ...                |
//
// A table has 256 shards with a mutex each. A shard keeps its blocks in one
// piece of memory without pointers, so that a million tracked keys cost the
// garbage collector nothing: a block that grows out of its place or is taken
// away leaves a hole, and when there is no room at the end, or too many holes,
// what is alive is copied together. An item is four bytes, in the order of the
// numbers.
//
// # Who owns what
//
// All methods of Table and Prefixes may be called from any goroutine; their
// mutexes are short and nothing is taken under them. Changes belongs to its
// executor.
//
// For the cache of a client to be right, a read adds to the table before it
// gives the slot's lock back, and a write takes from the table after the
// change, under the same lock.
//
// Start reading at table.go, then shard.go.
package tracking
