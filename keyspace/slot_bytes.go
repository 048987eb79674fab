package keyspace

import (
	"math/bits"

	"clusternode/arena"
)

// exactKeys is the largest number of keys for which Bytes looks at all, and about
// the number that it looks at when there are more.
const exactKeys = 1024

// Bytes is the memory of the partition: tables, entries, and what their values
// have beside them. The arena is shared with other slots, and a sum per slot would
// cost every write something, so it is added up here. Up to 1024 keys it is exact,
// but for the slack of a block whose value has shrunk. With more the tables are
// exact, and the rest is the average of about 1024 keys, evenly spread over the
// hashes, times the keys: a few large values among very many keys may be missed.
func (p *Part) Bytes() int64 {
	n := p.Len()
	if n == 0 {
		return p.tableBytes()
	}
	var sum, seen, ahead uint64
	// Each of the parts of the table begins with some buckets that are looked at.
	parts := uint64(1)
	if n > exactKeys {
		parts = exactKeys / 16 // a bucket has nine keys as a rule
	}
	for i := range parts {
		end, enough := (i+1)*(prefixEnd/parts), seen+16
		for prefix := i * (prefixEnd / parts); prefix < end && (parts == 1 || seen < enough); {
			t := p.view(prefix << belowBits)
			home := t.s.home(prefix)
			b := t.bucket(home)
			m := b.occupied()
			ahead ^= b.warm(p.arena, m)
			for ; m != 0; m &= m - 1 {
				sum += uint64(p.bytesOf(Entry{p.arena.At(b.refs[bits.TrailingZeros32(m)])}))
				seen++
			}
			prefix = t.s.from(prefix, home+1)
		}
	}
	if seen == 0 || ahead == 1<<63 { // the second keeps the reads ahead
		return p.tableBytes()
	}
	return p.tableBytes() + int64(float64(sum)*float64(n)/float64(seen))
}

// bytesOf is the block of an entry and those of its value.
func (p *Part) bytesOf(e Entry) int64 {
	n := arena.BlockSize(e.blockLen())
	if e.hasTrees() {
		n += p.TreeBytes(e)
	}
	return int64(n)
}

// tableBytes is the buckets, segments and the directory.
func (p *Part) tableBytes() int64 {
	if p.base == nil {
		return 0
	}
	if !p.multi {
		return int64(arena.BlockSize(int(p.seg.buckets) * bucketBytes))
	}
	n := arena.BlockSize(4 << p.seg.depth)
	for at := uint64(0); at < prefixEnd; {
		v := p.view(at << belowBits)
		n += arena.BlockSize(int(v.s.buckets)*bucketBytes) + arena.BlockSize(segmentBytes)
		at = v.s.end(at)
	}
	return int64(n)
}
