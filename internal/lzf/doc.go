// Package lzf is the LZF compression of strings in RDB files and DUMP payloads.
//
// # The format
//
// A sequence of runs, each begun by a control byte:
//
//	000LLLLL                    L+1 literal bytes follow (1 to 32)
//	LLLooooo oooooooo           L+2 bytes are repeated (3 to 8), from o+1 back
//	111ooooo LLLLLLLL oooooooo  L+9 bytes are repeated (9 to 264), from o+1 back
//
// Distances reach 8192 bytes back and may be shorter than the length.
//
// # The choices of the compressor
//
// The format leaves open which repeats are found. Compress makes the choices of
// liblzf as redis-server is built with it (a table of the last places of 2^16
// hashes of three bytes, no repeat from the very first byte, two places entered
// after a repeat), so that equal strings have equal lengths in files and in
// DEBUG OBJECT. liblzf does not clear its table, and so now and then finds a
// repeat by accident; Compress does not look at what it left of other texts.
//
// Memory: the caller owns all slices; the table lives in a Compressor and is
// 256 KiB. Start reading at Compress.
//
// Source: the format as liblzf documents it.
package lzf
