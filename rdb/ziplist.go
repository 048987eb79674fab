package rdb

import (
	"encoding/binary"
	"iter"
	"strconv"
)

// A ziplist is the packed form of Redis before 7.0:
//
//	bytes 4 | offset of the last entry 4 | entries 2 | entry ... | 0xff
//	entry: length of the entry before 1 or 5 | encoding 1, 2 or 5 | content
//
// all numbers with the lowest byte first but the lengths within encodings. 2^16-1
// entries say "count them".
const (
	ziplistHead = 10
	ziplistEnd  = 0xff
	zipBigPrev  = 0xfe // the length of the entry before takes four more bytes
	zipMany     = 1<<16 - 1
)

// zipEntry is an entry of a ziplist: text, or a number if text is nil.
type zipEntry struct {
	text []byte
	n    int64
	size int    // of the whole entry
	prev uint32 // the size that it says the entry before it has
}

// readZipEntry reads the entry at the start of b, which ends before the end
// mark. ok is false if there is none.
func readZipEntry(b []byte) (e zipEntry, ok bool) {
	at := 1
	switch {
	case len(b) == 0 || b[0] == ziplistEnd:
		return e, false
	case b[0] < zipBigPrev:
		e.prev = uint32(b[0])
	case len(b) < 5:
		return e, false
	default:
		e.prev = binary.LittleEndian.Uint32(b[1:])
		at = 5
	}
	if at >= len(b) {
		return e, false
	}
	code := b[at]
	rest := b[at+1:]
	if code>>6 != 3 {
		head, n := 0, uint64(code&63)
		switch {
		case code>>6 == 0:
		case code>>6 == 1 && len(rest) >= 1:
			head, n = 1, n<<8|uint64(rest[0])
		case code == 0x80 && len(rest) >= 4:
			head, n = 4, uint64(binary.BigEndian.Uint32(rest))
		default:
			return e, false
		}
		if n > uint64(len(rest)-head) {
			return e, false
		}
		e.size = at + 1 + head + int(n)
		e.text = rest[head : head+int(n) : head+int(n)]
		return e, true
	}
	width := 0
	switch {
	case code == 0xc0:
		width = 2
	case code == 0xd0:
		width = 4
	case code == 0xe0:
		width = 8
	case code == 0xf0:
		width = 3
	case code == 0xfe:
		width = 1
	case code > 0xf0 && code <= 0xfd:
		e.n, e.size = int64(code&15)-1, at+1
		return e, true
	default:
		return e, false
	}
	if len(rest) < width {
		return e, false
	}
	e.n, e.size = signed(rest[:width]), at+1+width
	return e, true
}

// ziplist checks a whole ziplist and returns its elements, numbers as text. An
// element is alive until the next one.
func (r *Reader) ziplist(b []byte) (n int, elements iter.Seq[[]byte], err error) {
	if len(b) < ziplistHead+1 || uint64(binary.LittleEndian.Uint32(b)) != uint64(len(b)) || b[len(b)-1] != ziplistEnd {
		return 0, nil, r.corrupt("ziplist of %d bytes", len(b))
	}
	body := b[:len(b)-1]
	at, before := ziplistHead, 0
	last := at
	for at < len(body) {
		e, ok := readZipEntry(body[at:])
		if !ok || e.prev != uint32(before) {
			return 0, nil, r.corrupt("ziplist entry %d", n)
		}
		last, before = at, e.size
		at += e.size
		n++
	}
	if uint64(binary.LittleEndian.Uint32(b[4:])) != uint64(last) {
		return 0, nil, r.corrupt("end of a ziplist")
	}
	if said := int(binary.LittleEndian.Uint16(b[8:])); said != zipMany && said != n {
		return 0, nil, r.corrupt("ziplist of %d entries said to be %d", n, said)
	}
	return n, func(yield func([]byte) bool) {
		var digits [20]byte
		for rest := body[ziplistHead:]; len(rest) > 0; {
			e, _ := readZipEntry(rest)
			rest = rest[e.size:]
			text := e.text
			if text == nil {
				text = strconv.AppendInt(digits[:0], e.n, 10)
			}
			if !yield(text) {
				return
			}
		}
	}, nil
}
