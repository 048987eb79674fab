// Package listpack reads and writes listpacks, the packed form in which Redis
// keeps small hashes, lists and sorted sets and the nodes of streams, byte for
// byte. Source: antirez, "Listpack specification", and the encodings of Redis 7.
//
// # Picture
//
//	total bytes 4 | elements 2 | entry | entry | ... | 0xFF
//
//	entry: encoding and data | backlen
//
//	0xxxxxxx                     an integer 0 to 127
//	10xxxxxx data                a string of up to 63 bytes
//	110xxxxx x                   an integer of 13 bits, signed
//	1110xxxx x data              a string of up to 4095 bytes
//	F0 length 4 data             a string
//	F1 F2 F3 F4 and 2 3 4 8 bytes  an integer
//
// Backlen is the length of the entry before it, in groups of 7 bits, to be read
// from its end; all but the first byte have the top bit set. Multi-byte numbers
// are little endian, but for the short integer and string forms and backlen. A
// count of 65535 elements says that nobody counted.
//
// A string that is the canonical decimal form of a 64-bit integer is stored as
// that integer, in its shortest form, so equal elements have equal bytes.
//
// # Who owns what
//
// Functions work on the caller's bytes, in place, and keep nothing; a Value's
// string aliases them. A position is the offset of an entry, or of the end mark;
// -1 is none. Bytes from outside go through Valid first: the other functions
// trust what they read.
//
// Start reading at entry.go (the encodings), then listpack.go (walking) and
// valid.go.
package listpack
