// Package crc64 is the checksum at the end of RDB files and DUMP payloads.
//
// It is the CRC-64 with the polynomial that Jones proposed for sequence
// databases (0xad93d23594c935a9), bits reflected, starting at zero and with
// nothing added at the end, as redis-server computes it. The CRC of the nine
// digits "123456789" is 0xe9c6d914c4b8d9ca.
//
// The standard library's hash/crc64 takes any polynomial, but builds the tables
// of its fast path anew for every call with one that it does not know, and works
// byte by byte below 2 KiB; payloads are mostly shorter than that. Here the
// tables for eight bytes at a time are built once. The package owns no memory
// but the tables, which are read only after the first call.
//
// Start reading at Update.
package crc64
