package rdb

import (
	"encoding/binary"
	"math"

	"clusternode/internal/listpack"
	"clusternode/object"
)

// A pack of entries of a stream is a listpack of
//
//	live | deleted | fields n | n names | 0
//	flags | ms | seq | n values                              | back   same fields
//	flags | ms | seq | fields m | m times (name, value)      | back
//
// The first line is the master entry; IDs are differences to the pack's own,
// which is the ID of its first entry, live or not. Back is the number of
// elements of the entry before it.
const (
	flagDeleted    = 1
	flagSameFields = 2
)

// readID reads an ID of 16 bytes, the highest first.
func readID(b []byte) object.StreamID {
	return object.StreamID{MS: binary.BigEndian.Uint64(b), Seq: binary.BigEndian.Uint64(b[8:])}
}

// packReader walks through a pack.
type packReader struct {
	lp []byte
	at int // position of the next element, -1 at the end
	ok bool
}

// next takes an element.
func (n *packReader) next() (v listpack.Value) {
	if n.at < 0 {
		n.ok = false
		return v
	}
	v = listpack.Get(n.lp, n.at)
	n.at = listpack.Next(n.lp, n.at)
	return v
}

// number takes an element that is a number.
func (n *packReader) number() int64 {
	v := n.next()
	if !v.IsInt {
		n.ok = false
	}
	return v.N
}

// count takes a number of elements.
func (n *packReader) count() int64 {
	x := n.number()
	if x < 0 || x > math.MaxInt32 {
		n.ok = false
		return 0
	}
	return x
}

// skip takes some elements.
func (n *packReader) skip(count int64) {
	for ; count > 0 && n.ok; count-- {
		n.next()
	}
}

// packFacts is what a pack says of its entries.
type packFacts struct {
	live  uint64
	first object.StreamID // of the first live one
	end   object.StreamID // of the last one, live or not
}

// checkPack reads a whole pack of a stream, whose listpack has been checked, and
// reports whether all in it fits together: IDs ascend from the pack's own, the
// counts are right, and there is a live entry.
func checkPack(id object.StreamID, lp []byte) (f packFacts, ok bool) {
	n := packReader{lp: lp, at: listpack.First(lp), ok: true}
	live, deleted, fields := n.count(), n.count(), n.count()
	n.skip(fields)
	if n.number() != 0 || !n.ok {
		return f, false
	}
	var seenLive, seenDeleted int64
	for first := true; n.at >= 0 && n.ok; first = false {
		at, gone, entryOK := n.entry(id, fields)
		if !entryOK || first && at.Less(id) || !first && !f.end.Less(at) {
			return f, false
		}
		f.end = at
		if gone {
			seenDeleted++
			continue
		}
		if seenLive++; seenLive == 1 {
			f.first = at
		}
	}
	f.live = uint64(live)
	return f, n.ok && live > 0 && seenLive == live && seenDeleted == deleted
}

// entry takes one entry.
func (n *packReader) entry(id object.StreamID, fields int64) (at object.StreamID, deleted, ok bool) {
	flags := n.number()
	ms, seq := n.number(), n.number()
	back := int64(3)
	if flags&flagSameFields != 0 {
		n.skip(fields)
		back += fields
	} else {
		m := n.count()
		n.skip(2 * m)
		back += 1 + 2*m
	}
	if n.number() != back || flags&^(flagDeleted|flagSameFields) != 0 {
		n.ok = false
	}
	return object.StreamID{MS: id.MS + uint64(ms), Seq: id.Seq + uint64(seq)}, flags&flagDeleted != 0, n.ok
}
