// Package intset reads and writes intsets, the packed form in which Redis keeps
// small sets whose members are all integers, byte for byte.
//
// # Picture
//
//	width 4 | count 4 | integer | integer | ...
//
// All numbers are little endian. The integers are sorted, signed, and have the
// same width of 2, 4 or 8 bytes: the least that holds the widest that was ever
// in the set.
//
// # Who owns what
//
// Functions work on the caller's bytes and keep nothing. Insert and Remove return
// the set, which may have moved, as append does. Room, Widen, Open and Close do
// the same in steps for who keeps the bytes elsewhere and makes room himself.
// Bytes from outside go through Valid first: the other functions trust what they
// read.
//
// Start reading at intset.go.
package intset
