// Package arena is memory outside the Go heap: blocks of any size that the
// garbage collector does not see, named by 32-bit references.
//
// # Words
//
//   - Granule: 4 KiB, the unit of the pool.
//   - Chunk: 4 MiB of granules with a bitmap. Chunks lie in zones, pieces of
//     reserved address space that is opened chunk by chunk, so that an empty
//     pool costs nothing and limits on address space or commit charge are met
//     where memory is asked for: as an error.
//   - Run: neighbouring granules of one chunk.
//   - Page: a run of 64 KiB that is cut into blocks of one size class.
//   - Large block: above 16 KiB; a run of its own, or above 2 MiB a mapping of
//     its own.
//   - Arena: the pages of some owner under one lock. It has a table of pages;
//     a reference is an index into it (19 bits) and a place in the page (13
//     bits, units of 8 bytes). Reference 0 is nil. A large block takes an
//     index for itself.
//   - Spare: granules that are free but still backed by memory.
//
// # Picture
//
//	Pool   zone [chunk|chunk|....reserved....]  zone [...]   mapping
//	        |      \                                           |
//	        page    run of a large block                       |
//	         \       |                                        /
//	Arena   [ 0 | page | page | large | page | .... | large      ]  table
//	              |
//	              [block|block|free|block|.. never used yet ..]
//
// Because pages are found through the table, every page can serve every arena,
// an arena needs no address space in advance, and one slot may fill the node.
// The price is one load per access, of a line that is hot.
//
// # Who owns what
//
// A block belongs to who allocated it. An arena's lock guards its books, not
// the blocks: At reads the table without it, which is right for whoever holds
// a reference that is alive. The pool has a lock of its own, taken under an
// arena's for a page or a large block at a time. Lock order: arena, pool.
//
// Blocks move only through Move, which the owner of the references calls
// (evacuate.go). Nothing here starts a goroutine: the owner calls Trim to give
// spare memory back.
//
// With the race detector, and on systems that are not unix, the memory comes
// from the Go heap.
//
// Start reading at arena.go, then pool.go.
package arena
