package server

// unsent are the replies of a connection that its transport has not taken yet,
// in chunks: adding to them copies nothing that is there, and what was sent is
// given back chunk by chunk. The zero value is empty and holds no memory.
type unsent struct {
	chunks [][]byte
	size   int // bytes in all chunks
}

const (
	minChunk = 4 << 10
	maxChunk = 256 << 10 // longer replies become a chunk of their own
)

// add appends a copy of b. It reports true if it kept b itself instead: then b
// belongs to the chunks.
func (u *unsent) add(b []byte) (kept bool) {
	u.size += len(b)
	if len(b) > maxChunk {
		u.chunks = append(u.chunks, b)
		return true
	}
	if n := len(u.chunks); n > 0 {
		last := u.chunks[n-1]
		fits := min(cap(last)-len(last), len(b))
		u.chunks[n-1] = append(last, b[:fits]...)
		b = b[fits:]
	}
	if len(b) > 0 {
		// The more has piled up, the larger the pieces.
		chunk := make([]byte, 0, min(max(minChunk, len(b), u.size/4), maxChunk))
		u.chunks = append(u.chunks, append(chunk, b...))
	}
	return false
}

// start gives one that holds nothing the chunk that another has left.
func (u *unsent) start(spare [][]byte) { u.chunks = spare }

// sendTo lets the transport take what it can. When that is everything, the last
// chunk may be of use for another.
func (u *unsent) sendTo(tr transport) (spare [][]byte, err error) {
	for u.size > 0 {
		n, err := tr.send(u.chunks[0])
		if err != nil {
			return nil, err
		}
		u.size -= n
		if n < len(u.chunks[0]) {
			u.chunks[0] = u.chunks[0][n:]
			return nil, nil
		}
		if len(u.chunks) == 1 && cap(u.chunks[0]) == minChunk {
			spare = u.chunks
			spare[0] = spare[0][:0]
			break
		}
		u.chunks[0] = nil
		u.chunks = u.chunks[1:]
	}
	u.chunks = nil
	return spare, nil
}

// first is the chunk that is sent next, nil if there is none. Bytes behind it
// may be added while it is read.
func (u *unsent) first() []byte {
	if u.size == 0 {
		return nil
	}
	return u.chunks[0]
}

// drop forgets the first n bytes, which were sent.
func (u *unsent) drop(n int) {
	for n > 0 && u.size > 0 {
		sent := min(n, len(u.chunks[0]))
		n -= sent
		u.size -= sent
		if u.chunks[0] = u.chunks[0][sent:]; len(u.chunks[0]) == 0 {
			u.chunks[0] = nil
			u.chunks = u.chunks[1:]
		}
	}
	if u.size == 0 {
		u.chunks = nil
	}
}
