package gossip

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

var errFrameTooLong = errors.New("gossip: frame too long")

func appendFrameHeader(dst []byte, typ byte, n int) []byte {
	return append(dst, byte(n>>16), byte(n>>8), byte(n), typ)
}

func frameLength(header []byte) int {
	return int(header[0])<<16 | int(header[1])<<8 | int(header[2])
}

// readerSize is the buffer of each link's reader: a node of a cluster of a thousand holds two thousand of them.
const readerSize = 2 << 10

// frameReader takes frames apart. It belongs to the reading goroutine of a link.
type frameReader struct {
	in   *bufio.Reader
	seal *sealer
	// peeked is the length of the last body, when that body was handed out from inside the buffer of in: it is skipped at
	// the next call.
	peeked int
}

func newFrameReader(r io.Reader, s *sealer) *frameReader {
	return &frameReader{in: bufio.NewReaderSize(r, readerSize), seal: s}
}

// next returns the next frame. Its body is valid until the following call.
func (r *frameReader) next() (typ byte, body []byte, err error) {
	if _, err := r.in.Discard(r.peeked); err != nil {
		return 0, nil, err
	}
	r.peeked = 0
	var header [frameHeader]byte
	if _, err := io.ReadFull(r.in, header[:]); err != nil {
		return 0, nil, err
	}
	n := frameLength(header[:])
	if n > maxFrame+r.seal.overhead() {
		return 0, nil, fmt.Errorf("%w: %d bytes", errFrameTooLong, n)
	}
	if n <= readerSize {
		body, err = r.in.Peek(n)
		r.peeked = len(body)
	} else {
		body = make([]byte, n)
		_, err = io.ReadFull(r.in, body)
	}
	if err != nil {
		return 0, nil, noEOF(err)
	}
	body, err = r.seal.open(header[:], body)
	return header[frameHeader-1], body, err
}

// noEOF: a connection that ends inside a frame did not end well.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
