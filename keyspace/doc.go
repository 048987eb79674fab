// Package keyspace holds the data of a node: 16384 partitions of keys, their
// locks, the gate that stops the world, expiry, scanning, watching and the
// housekeeping that nobody waits for.
//
// # Words
//
//   - Partition (Part): the keys of one slot in one database.
//   - Shard: the slots that are equal modulo 64. They share an arena.
//   - Entry: a key and its value, one block of the arena with an 8-byte header.
//   - Segment: a table of up to 2,040 places; a partition has one until that
//     is full, and then a directory of several.
//   - Bucket: twelve places of a segment, one cache line.
//   - Prefix: the first 39 bits of a key's hash. They decide its place, and
//     with the slot they are the cursor of SCAN.
//   - Volatile: with a time to live.
//   - Executor: somebody who executes against the keyspace; it enters, works,
//     and leaves before it waits for anything.
//   - Gate: stops all executors, for work on the whole keyspace.
//   - Waiter: a place in the queue for a slot's lock.
//   - Victim: a key that is evicted to make room.
//
// # Picture
//
//	Part (64 bytes, Go heap)       segment (arena)            entry (arena)
//	+--------------------+         +-----------------+        +---------------+
//	| arena, counts      |    +--> | bucket 0        |   +--> | header      8 |
//	| watchers           |    |    |  12 tags        |   |    | expiry      8 |  only if it has one
//	| seg, base ---------|----+    |  meta           |   |    | key           |
//	+--------------------+         |  12 references -|---+    | value         |
//	                               | bucket 1 ...    |        +---------------+
//	                               +-----------------+
//
// A bucket says in its meta word which of its entries have been displaced from
// another bucket, which are volatile, and how many passed it because it was
// full. Homes are in the order of the prefixes, whatever the number of buckets,
// so a prefix is a cursor that survives growing, shrinking and splitting: all
// keys before it have been seen.
//
// A segment grows and shrinks by quarters and is split at its largest size, so
// that no write does more than about two thousand moves of a reference, however
// many keys the slot has.
//
// # Who owns the memory
//
// Entries, segments and directories are blocks of the shard's arena; the Part
// owns them and is guarded by its slot's lock. An Entry is a pointer into the
// arena: it, and the slices it gives, die at the next write to the partition
// and with the lock, because blocks are freed, reused and moved. A database
// that is flushed is replaced under the gate, and all its arenas are given
// back page by page afterwards, by housekeeping.
//
// # Locks
//
// Order: gate, then slots in ascending order, then an arena, then the pool. A
// slot's lock covers its partitions in all databases. Under the gate no slot
// lock is needed. A goroutine that sleeps for a slot (Executor.LockSlot) leaves
// the keyspace meanwhile; an event loop never sleeps, it queues (LockOrWait).
// Housekeeping is an executor like others and holds one slot for a few buckets
// at a time. ExpireNow, Evacuate and Collect do its work at once: they wait for
// it, so they may not be called by one who has entered, nor under the gate.
//
// # Files
//
// Start reading at entry.go (the bytes of an entry), then part.go, bucket.go,
// segment.go, grow.go and directory.go (the table), scan.go and walk.go
// (iteration). evict.go and evict_*.go choose and remove victims. gate.go, lock.go
// and lockqueue.go are the locks, watch.go and flush.go what crosses partitions.
// housekeeping.go with expire.go, evacuate.go and collect.go is the background,
// rest.go what it does when there is nothing to do.
package keyspace
