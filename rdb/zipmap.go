package rdb

import (
	"encoding/binary"
	"iter"
)

// A zipmap is the packed hash of Redis before 2.6:
//
//	pairs 1 | field length 1 or 5 | field | value length 1 or 5 | free 1 | value | free bytes | ... | 0xff
//
// 254 pairs or more say "count them".
const (
	zipmapEnd  = 0xff
	zipmapBig  = 0xfe // a length takes four more bytes
	zipmapMany = 254
)

// zipmapText reads a length and that many bytes behind it and skip more. It
// returns what is left after extra bytes, which the byte before the text says
// if there is one.
func zipmapText(b []byte, free bool) (text, rest []byte, ok bool) {
	if len(b) == 0 || b[0] == zipmapEnd {
		return nil, nil, false
	}
	n, at := uint64(b[0]), 1
	if b[0] == zipmapBig {
		if len(b) < 5 {
			return nil, nil, false
		}
		n, at = uint64(binary.LittleEndian.Uint32(b[1:])), 5
	}
	extra := uint64(0)
	if free {
		if at >= len(b) {
			return nil, nil, false
		}
		extra = uint64(b[at])
		at++
	}
	b = b[at:]
	if n+extra > uint64(len(b)) {
		return nil, nil, false
	}
	return b[:n:n], b[n+extra:], true
}

// zipmap checks a whole zipmap and returns its fields and values in turn.
func (r *Reader) zipmap(b []byte) (n int, elements iter.Seq[[]byte], err error) {
	if len(b) < 2 || b[len(b)-1] != zipmapEnd {
		return 0, nil, r.corrupt("zipmap of %d bytes", len(b))
	}
	said, body := int(b[0]), b[1:len(b)-1]
	for rest := body; len(rest) > 0; n++ {
		_, after, ok := zipmapText(rest, n%2 == 1)
		if !ok {
			return 0, nil, r.corrupt("zipmap entry %d", n)
		}
		rest = after
	}
	if n%2 != 0 || said < zipmapMany && said != n/2 {
		return 0, nil, r.corrupt("zipmap of %d entries said to be %d pairs", n, said)
	}
	return n, func(yield func([]byte) bool) {
		i := 0
		for rest := body; len(rest) > 0; i++ {
			text, after, _ := zipmapText(rest, i%2 == 1)
			rest = after
			if !yield(text) {
				return
			}
		}
	}, nil
}
