package rdb

import (
	"iter"
	"strconv"

	"clusternode/internal/listpack"
)

// listpack checks a whole listpack and returns its elements, numbers as text.
// An element is alive until the next one.
func (r *Reader) listpack(b []byte) (n int, elements iter.Seq[[]byte], err error) {
	if !listpack.Valid(b, true, func(listpack.Value) bool { n++; return true }) {
		return 0, nil, r.corrupt("listpack of %d bytes, entry %d", len(b), n)
	}
	return n, packElements(b), nil
}

// packElements are the elements of a listpack that is one.
func packElements(b []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		var digits [20]byte
		for at := listpack.First(b); at >= 0; at = listpack.Next(b, at) {
			v := listpack.Get(b, at)
			text := v.S
			if v.IsInt {
				text = strconv.AppendInt(digits[:0], v.N, 10)
			}
			if !yield(text) {
				return
			}
		}
	}
}

// packer makes a listpack.
type packer struct {
	b []byte // without the mark at the end
	n int
}

// reset begins an empty one in the memory of buf.
func (p *packer) reset(buf []byte) {
	p.b, p.n = listpack.AppendEmpty(buf[:0])[:listpack.HeaderSize], 0
}

// add appends an element, a number as such.
func (p *packer) add(e []byte) {
	p.b = listpack.AppendEntry(p.b, e)
	p.n++
}

// again packs a listpack anew, so that every element has its one right form.
// From a server that does so it comes out as it was.
func (p *packer) again(lp []byte) []byte {
	p.reset(p.b)
	for at := listpack.First(lp); at >= 0; at = listpack.Next(lp, at) {
		if v := listpack.Get(lp, at); v.IsInt {
			p.b = listpack.AppendInt(p.b, v.N)
			p.n++
		} else {
			p.add(v.S)
		}
	}
	return p.finish()
}

// finish returns the listpack.
func (p *packer) finish() []byte {
	empty := listpack.AppendEmpty(nil)
	p.b = append(p.b, empty[listpack.HeaderSize:]...)
	copy(p.b[4:], empty[4:listpack.HeaderSize])
	listpack.FixHeader(p.b, p.n)
	return p.b
}
