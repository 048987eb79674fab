// Package resp speaks the Redis serialization protocol, versions 2 and 3: it
// takes commands apart as they arrive, writes replies in the version that the
// client chose, and holds every error text that goes over the wire.
//
// # Words
//
//   - Command: an array of bulk strings ("*2\r\n$3\r\nGET\r\n$1\r\na\r\n"), or
//     an inline command, a line of words.
//   - Parser: the framing state of one connection. It remembers how far an
//     incomplete command has been read, so that no byte is looked at twice
//     however slowly the command comes.
//   - Limits: what a client may claim before it has sent it. Clients that
//     have not authenticated get small ones.
//   - Writer: a buffer of replies and the protocol version to write them in.
//   - Value: one decoded reply, for tests and for code that talks to a server.
//
// # Memory
//
// Arguments alias the input: they are valid as long as the caller keeps the
// bytes that it passed to Next. A Writer's buffer belongs to its owner.
//
// # On redcon
//
// Replies are appended by tidwall/redcon's Append functions. Commands are not
// parsed by its ReadNextCommand: that panics on negative and huge lengths,
// starts again from the first byte at every call, knows no limits, and takes
// Tile38's "$" form for a command. Checking the framing first and then calling
// it costs two passes (BenchmarkParse: one pass with all checks takes 17 ns for a
// GET, ReadNextCommand alone 28 ns). FuzzParser compares with it instead.
//
// Source: the Redis protocol specification (RESP2 and RESP3).
//
// Start reading at parser.go, then writer.go.
package resp
