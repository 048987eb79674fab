// Package rdb is the serialization of values: what DUMP replies, RESTORE takes
// and RDB files are made of.
//
// # Words
//
//   - Value: what an entry of the keyspace holds, its type, encoding and bytes.
//   - Kind: the byte in front of a serialized value, its type and form.
//   - Payload: a kind, a value, the version of the format and a CRC.
//   - Packed form: a string that holds a whole small collection: listpack and
//     intset, and before Redis 7.0 ziplist and zipmap.
//   - Version: of the format. 11 (Redis 7.2) is written, and 12 (Redis 7.4 and
//     8.0) for hashes whose fields have times to live; 1 to 12 can be read, and
//     80, which is Valkey's.
//
// # Picture
//
//	length   00LLLLLL | 01LLLLLL LLLLLLLL | 10000000 and 4 bytes | 10000001 and 8 bytes
//	string   length, bytes
//	         11000000 int8 | 11000001 int16 | 11000010 int32
//	         11000011 length packed, length, LZF
//
//	0        string                           14       count, ziplists
//	1        count, elements                  18       count, (1, element | 2, listpack)
//	2        count, members                   11 20    intset; listpack
//	3 5      count, (member, score)           12 17    ziplist; listpack
//	4        count, (field, value)            9 13 16  zipmap; ziplist; listpack
//	24       first expiry, count,             25       first expiry, listpack of
//	         (expiry, field, value)                    fields, values, expiries
//	15 19 21 stream, see read_stream.go       22 23    older 24 and 25, see hash_ttl.go
//
// Lengths have the highest byte first, all other numbers the lowest.
//
// # Hostile input
//
// A Reader believes nothing: counts are measured against the bytes that are
// left, packed forms are walked from end to end, members and fields may occur
// once, scores are numbers, streams fit together. There is no trusting mode: a
// value that was accepted is one that the rest of the node can rely on, so
// sanitize-dump-payload makes no difference here. Memory for a value is taken as
// its elements are read.
//
// # Who owns what
//
// A Reader returns parts of its input and of two buffers of its own. What it
// builds has its trees in the space it is given; until somebody stores a Value
// they have to be freed with it. A Writer only reads the values that it is given.
//
// # Where to start
//
// format.go lists the kinds, reader.go and writer.go have the parts, read.go and
// write.go the values; ziplist.go and zipmap.go are the forms of old. payload.go
// is the frame of DUMP; that of files comes beside it.
package rdb
