// Package hll counts distinct elements as Redis does, in the bytes that Redis has
// for it, so that a HyperLogLog can move between both as a string.
//
// # Picture
//
//	"HYLL" | encoding 1 | unused 3 | cached count 8 | registers
//
// The count is little endian; the top bit of its last byte says that it is
// stale. There are 16384 registers of 6 bits. Dense (0) they lie one behind the
// other from the lowest bit of each byte up, 12288 bytes. Sparse (1) they are a
// list of runs,
//
//	00xxxxxx             x+1 registers that are 0
//	01xxxxxx yyyyyyyy    xy+1 registers that are 0
//	1vvvvvxx             x+1 registers that are v+1
//
// until the list gets too long or a register is above 32.
//
// Sources: Flajolet et al., "HyperLogLog" (2007); Ertl, "New cardinality
// estimation algorithms for HyperLogLog sketches" (2017), for the estimator;
// MurmurHash64A of Appleby for the hash. How runs are split and joined follows
// Redis, so that equal histories give equal bytes.
//
// # Who owns what
//
// Functions work on the caller's bytes. Those that may change their length return
// them, as append does. Valid looks at the header and the length only; a list of
// runs that does not cover the registers is found by whoever walks it, and
// reported as corrupt.
//
// Start reading at hll.go, then sparse.go.
package hll
