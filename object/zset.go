package object

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
	"unsafe"

	"clusternode/internal/listpack"
	"clusternode/resp"
)

// A sorted set is packed as Redis packs it, a listpack of member and score pairs
// in their order, or has two trees: one of members by score and then by bytes,
// and one of scores and members by the member's hash.

// ZSetLimits say how long sorted sets stay packed.
type ZSetLimits struct {
	Entries int // members
	Value   int // bytes of a member
}

// ZSet is a sorted set at hand. It dies when its value moves, but for its own
// changes.
type ZSet struct {
	sp  *Space
	enc Encoding
	v   []byte
	h   Host // nil: for reading
}

var (
	scoreShape  = shape{keySize: 8, cell: -1, name: wholeCell}
	memberShape = shape{keySize: 4, cell: -1, name: func(cell []byte) []byte { return cell[scoreSize:] }}
)

// scoreSize is what stands before the member in a cell by member.
const scoreSize = 8

// ZSetTreesSize is the length of the value of a big sorted set: its roots, and a
// byte that tells whether a score may be -0.
const ZSetTreesSize = 2*rootSize + 8

// minusZeroAt is the place of that byte. Both zeros are the same key of the tree
// by score, as they are equal in the order; which one it is stands in the other
// tree alone, where few sorted sets have to look.
const minusZeroAt = 2 * rootSize

// ZSetOf is the sorted set in a value, for reading.
func ZSetOf(sp *Space, enc Encoding, value []byte) ZSet { return ZSet{sp: sp, enc: enc, v: value} }

// OpenZSet is the sorted set that a host has, for changes.
func OpenZSet(h Host) ZSet { return ZSet{sp: h.Space(), enc: h.Encoding(), v: h.Value(), h: h} }

func (z *ZSet) big() bool          { return z.enc == EncSkiplist }
func (z *ZSet) byScore() tree      { return openTree(z.sp, &scoreShape, z.v) }
func (z *ZSet) byMember() tree     { return openTree(z.sp, &memberShape, z.v[rootSize:]) }
func (z *ZSet) Encoding() Encoding { return z.enc }

// Len is the number of members.
func (z *ZSet) Len() int {
	if z.big() {
		t := z.byScore()
		return t.len()
	}
	return listpack.Len(z.v) / 2
}

// scoreBits are the bits of a score as a number of the same order. Both zeros
// are one.
func scoreBits(score float64) uint64 {
	if score == 0 {
		return zeroBits
	}
	b := math.Float64bits(score)
	if b>>63 != 0 {
		return ^b
	}
	return b | 1<<63
}

const zeroBits = 1 << 63 // the bits of both zeros

func scoreOf(bits uint64) float64 {
	if bits>>63 != 0 {
		return math.Float64frombits(bits &^ (1 << 63))
	}
	return math.Float64frombits(^bits)
}

// packedScore reads a score of a listpack.
func packedScore(v listpack.Value) float64 {
	if v.IsInt {
		return float64(v.N)
	}
	f, _ := strconv.ParseFloat(unsafe.String(unsafe.SliceData(v.S), len(v.S)), 64)
	return f
}

// appendScore appends the entry of a score.
func appendScore(dst []byte, score float64) []byte {
	if n := int64(score); score >= -1<<52 && score <= 1<<52 && float64(n) == score {
		return listpack.AppendInt(dst, n)
	}
	var b [64]byte
	return listpack.AppendEntry(dst, resp.AppendDouble(b[:0], score))
}

// packedFind is the position of a member in a listpack, -1 if it has not.
func (z *ZSet) packedFind(member []byte) int {
	return listpack.Find(z.v, listpack.First(z.v), member, 1)
}

// Score is the score of a member.
func (z *ZSet) Score(member []byte) (score float64, ok bool) {
	if z.big() {
		t := z.byMember()
		p, found := t.find(key{hi: uint64(z.sp.Hash(member))}, member)
		if !found {
			return 0, false
		}
		return cellScore(t.cell(&p)), true
	}
	at := z.packedFind(member)
	if at < 0 {
		return 0, false
	}
	return packedScore(listpack.Get(z.v, listpack.Next(z.v, at))), true
}

func cellScore(cell []byte) float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(cell))
}

// Rank is the number of members before one, and its score.
func (z *ZSet) Rank(member []byte) (rank int, score float64, ok bool) {
	if z.big() {
		if score, ok = z.Score(member); !ok {
			return 0, 0, false
		}
		t := z.byScore()
		p, _ := t.find(key{hi: scoreBits(score)}, member)
		return t.rank(&p), score, true
	}
	at := z.packedFind(member)
	if at < 0 {
		return 0, 0, false
	}
	for pos := listpack.First(z.v); pos != at; rank++ {
		pos = listpack.Next(z.v, listpack.Next(z.v, pos))
	}
	return rank, packedScore(listpack.Get(z.v, listpack.Next(z.v, at))), true
}

// RankOfScore is the number of members with a score below the given one, or not
// above it if through is set.
func (z *ZSet) RankOfScore(score float64, through bool) (n int) {
	if z.big() {
		t := z.byScore()
		bits := scoreBits(score)
		if through {
			bits++ // of +inf it is no score's, but above all
		}
		p := t.seek(key{hi: bits}, nil)
		return t.rank(&p)
	}
	it := z.At(0)
	for ; it.Valid(); it.Next() {
		if s := it.Score(); s > score || s == score && !through {
			break
		}
		n++
	}
	return n
}

// RankOfMember is the number of members below the given one in the order of
// bytes, or not above it if through is set. It supposes that all scores are the
// same.
func (z *ZSet) RankOfMember(member []byte, through bool) (n int) {
	if !z.big() {
		it := z.At(0)
		for ; it.Valid(); it.Next() {
			if c := bytes.Compare(it.Member(), member); c > 0 || c == 0 && !through {
				break
			}
			n++
		}
		return n
	}
	t := z.byScore()
	first := t.first()
	p, found := t.find(t.key(&first), member)
	n = t.rank(&p)
	if found && through {
		n++
	}
	return n
}

// ZSetIter is a place in a sorted set, which dies when the set is changed. It is
// large: a loop that made it its own variable would copy it at each step.
type ZSetIter struct {
	z   ZSet
	pos int // of the member, packed; -1: none
	t   tree
	p   position
	end bool
	buf [24]byte // digits of a member
}

// At is the place of member number rank.
func (z *ZSet) At(rank int) (it ZSetIter) {
	it.z = *z // a copy, so that the caller's stays off the heap
	if z.big() {
		it.t = z.byScore()
		it.p = it.t.at(rank)
		it.end = rank < 0
		return it
	}
	it.pos = -1
	if rank >= 0 {
		it.pos = listpack.Seek(z.v, 2*rank)
	}
	return it
}

// Valid reports whether there is a member.
func (it *ZSetIter) Valid() bool {
	if it.z.big() {
		return !it.end && it.p.valid()
	}
	return it.pos >= 0
}

// Next goes to the next member.
func (it *ZSetIter) Next() {
	if it.z.big() {
		it.t.next(&it.p)
		return
	}
	it.pos = listpack.Next(it.z.v, listpack.Next(it.z.v, it.pos))
}

// Prev goes to the member before.
func (it *ZSetIter) Prev() {
	if it.z.big() {
		it.end = !it.t.prev(&it.p)
		return
	}
	if it.pos = listpack.Prev(it.z.v, it.pos); it.pos >= 0 {
		it.pos = listpack.Prev(it.z.v, it.pos)
	}
}

// Member is the member, in place or in the iterator.
func (it *ZSetIter) Member() []byte {
	if it.z.big() {
		return it.t.cell(&it.p)
	}
	v := listpack.Get(it.z.v, it.pos)
	if v.IsInt {
		return strconv.AppendInt(it.buf[:0], v.N, 10)
	}
	return v.S
}

// Score is the member's score.
func (it *ZSetIter) Score() float64 {
	if it.z.big() {
		bits := it.t.key(&it.p).hi
		if bits == zeroBits && it.z.v[minusZeroAt] != 0 {
			score, _ := it.z.Score(it.t.cell(&it.p))
			return score
		}
		return scoreOf(bits)
	}
	return packedScore(listpack.Get(it.z.v, listpack.Next(it.z.v, it.pos)))
}

// Each calls f with all members in their order, until it returns false.
func (z *ZSet) Each(f func(member []byte, score float64) bool) {
	it := z.At(0)
	for ; it.Valid(); it.Next() {
		if !f(it.Member(), it.Score()) {
			return
		}
	}
}

// RangeByScore calls f with the members between two scores, each of which is in
// the range unless its ex is set, until f returns false.
func (z *ZSet) RangeByScore(lo, hi float64, exLo, exHi bool, f func(member []byte, score float64) bool) {
	it := z.At(z.RankOfScore(lo, exLo))
	for ; it.Valid(); it.Next() {
		s := it.Score()
		if s > hi || exHi && s == hi || !f(it.Member(), s) {
			return
		}
	}
}

// Scan visits members for ZSCAN: all of a packed set, or of a big one about count
// of them, in the order of their hashes, from the cursor on. It returns the next
// cursor, 0 at the end.
func (z *ZSet) Scan(cursor uint64, count int, f func(member []byte, score float64)) (next uint64) {
	if !z.big() {
		z.Each(func(m []byte, s float64) bool { f(m, s); return true })
		return 0
	}
	if cursor > math.MaxUint32 {
		return 0
	}
	t := z.byMember()
	p, _ := t.find(key{hi: cursor}, nil)
	for n := 0; p.valid(); t.next(&p) {
		h := t.key(&p).hi
		if n >= count && h != cursor {
			return h
		}
		cell := t.cell(&p)
		f(cell[scoreSize:], cellScore(cell))
		cursor = h
		n++
	}
	return 0
}
