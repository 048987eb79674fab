package object

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
	"strconv"

	"clusternode/internal/listpack"
)

// EmptyZSet is the value that a sorted set begins with, in buf, for a first
// member and as many as are expected.
func EmptyZSet(buf, first []byte, n int, lim ZSetLimits) (Encoding, []byte) {
	if lim.Entries == 0 || len(first) > lim.Value || n > lim.Entries {
		return EncSkiplist, append(buf[:0], make([]byte, ZSetTreesSize)...)
	}
	return EncListpack, listpack.AppendEmpty(buf[:0])
}

// Insert adds a member that is not in the set. After an error nothing is changed,
// but that the set may be a big one now. The member does not lie in the arena.
func (z *ZSet) Insert(member []byte, score float64, lim ZSetLimits) error {
	if !z.big() {
		if z.Len()+1 <= lim.Entries && len(member) <= lim.Value && len(z.v)+len(member)+64 <= maxPackedBytes {
			return z.insertPacked(member, score)
		}
		if err := z.toTrees(); err != nil {
			return err
		}
	}
	return z.insertBig(member, score)
}

func (z *ZSet) insertPacked(member []byte, score float64) error {
	at := len(z.v) - 1
	last := z.At(z.Len() - 1) // members often come in order
	if last.Valid() && !before(last.Score(), last.Member(), score, member) {
		it := z.At(0)
		for ; it.Valid(); it.Next() {
			if !before(it.Score(), it.Member(), score, member) {
				at = it.pos
				break
			}
		}
	}
	return z.splicePacked(at, 0, member, score)
}

// before reports whether a member with its score comes before another one.
func before(s float64, m []byte, score float64, member []byte) bool {
	return s < score || s == score && bytes.Compare(m, member) < 0
}

// splicePacked replaces del bytes of the listpack by a pair.
func (z *ZSet) splicePacked(at, del int, member []byte, score float64) error {
	var num [80]byte
	entry := appendScore(num[:0], score)
	size := listpack.EntrySize(member)
	v, err := Splice(z.h, at, del, size+len(entry))
	if err != nil {
		return err
	}
	listpack.PutEntry(v[at:], member)
	copy(v[at+size:], entry)
	delta := 2
	if del > 0 {
		delta = 0
	}
	listpack.FixHeader(v, delta)
	z.v = v
	return nil
}

// cellBuf is room for a cell by member that is not long.
type cellBuf [scoreSize + 128]byte

func memberCell(buf *cellBuf, member []byte, score float64) []byte {
	cell := binary.LittleEndian.AppendUint64(buf[:0], math.Float64bits(score))
	return append(cell, member...)
}

func (z *ZSet) insertBig(member []byte, score float64) error {
	var buf cellBuf
	m, s := z.byMember(), z.byScore()
	k := key{hi: uint64(z.sp.Hash(member))}
	if err := m.insert(k, member, memberCell(&buf, member, score)); err != nil {
		return err
	}
	if err := s.insert(key{hi: scoreBits(score)}, member, member); err != nil {
		p, _ := m.find(k, member)
		_ = m.removeAt(&p)
		return err
	}
	z.noteZero(score)
	return nil
}

// noteZero marks a big set that has a score of -0.
func (z *ZSet) noteZero(score float64) {
	if score == 0 && math.Signbit(score) {
		z.v[minusZeroAt] = 1
	}
}

// toTrees makes a packed set a big one.
func (z *ZSet) toTrees() error {
	var value [ZSetTreesSize]byte
	b := ZSet{sp: z.sp, enc: EncSkiplist, v: value[:]}
	it := z.At(0)
	for ; it.Valid(); it.Next() {
		// The member lies in the entry, which no change of the trees touches.
		if err := b.insertBig(it.Member(), it.Score()); err != nil {
			Detach(z.sp, TypeZSet, EncSkiplist, value[:]).Free(maxInt)
			return err
		}
	}
	v, err := z.h.Resize(ZSetTreesSize)
	if err != nil {
		Detach(z.sp, TypeZSet, EncSkiplist, value[:]).Free(maxInt)
		return err
	}
	copy(v, value[:])
	z.h.SetEncoding(EncSkiplist)
	z.enc, z.v = EncSkiplist, v
	return nil
}

// SetScore gives a member of the set, whose score is old, another one.
func (z *ZSet) SetScore(member []byte, old, score float64) error {
	if z.big() {
		return z.moveBig(member, old, score)
	}
	at := z.packedFind(member)
	next := listpack.Next(z.v, at)
	size := listpack.Size(z.v, at) + listpack.Size(z.v, next)
	end := at + size
	stays := end == len(z.v)-1 || z.comparePair(end, score, member) > 0
	if stays && at != listpack.HeaderSize {
		stays = z.comparePair(listpack.Prev(z.v, listpack.Prev(z.v, at)), score, member) < 0
	}
	if stays {
		return z.splicePacked(at, size, member, score)
	}
	// The pair is first put where it belongs, so that a failure changes nothing.
	if err := z.insertPacked(member, score); err != nil {
		return err
	}
	at = z.packedFind(member)
	if s := packedScore(listpack.Get(z.v, listpack.Next(z.v, at))); s != old || s == score {
		at = listpack.Find(z.v, listpack.Next(z.v, listpack.Next(z.v, at)), member, 1)
	}
	return z.removePacked(at, 1)
}

// comparePair compares the pair at at of a listpack with another one.
func (z *ZSet) comparePair(at int, score float64, member []byte) int {
	if s := packedScore(listpack.Get(z.v, listpack.Next(z.v, at))); s != score {
		return cmp.Compare(s, score)
	}
	v := listpack.Get(z.v, at)
	if !v.IsInt {
		return bytes.Compare(v.S, member)
	}
	var digits MemberBuf
	return bytes.Compare(strconv.AppendInt(digits[:0], v.N, 10), member)
}

func (z *ZSet) moveBig(member []byte, old, score float64) error {
	m, s := z.byMember(), z.byScore()
	p, _ := m.find(key{hi: uint64(z.sp.Hash(member))}, member)
	if err := m.own(&p); err != nil {
		return err
	}
	q, _ := s.find(key{hi: scoreBits(old)}, member)
	if !s.rekey(&q, key{hi: scoreBits(score)}, member) {
		if err := s.insert(key{hi: scoreBits(score)}, member, member); err != nil {
			return err
		}
		q, _ = s.find(key{hi: scoreBits(old)}, member)
		if err := s.removeAt(&q); err != nil {
			q, _ = s.find(key{hi: scoreBits(score)}, member)
			_ = s.removeAt(&q)
			return err
		}
	}
	binary.LittleEndian.PutUint64(m.cell(&p), math.Float64bits(score))
	z.noteZero(score)
	return nil
}

// rekey gives the cell at a position another key, if it stays between the same
// neighbours in its leaf and no snapshot needs that. The cell's name is name.
func (t *tree) rekey(p *position, k key, name []byte) bool {
	l := p.l
	if p.i == 0 || p.i+1 >= l.len() || l.head().epoch < t.sp.floor {
		return false
	}
	prev, next := t.sh.key(l, p.i-1), t.sh.key(l, p.i+1)
	if !prev.less(k) && (prev != k || bytes.Compare(t.sh.name(t.cellOf(l, p.i-1)), name) >= 0) {
		return false
	}
	if !k.less(next) && (next != k || bytes.Compare(name, t.sh.name(t.cellOf(l, p.i+1))) >= 0) {
		return false
	}
	t.sh.setKey(l, p.i, k)
	return true
}

// Remove takes a member out and reports whether it was there. After an error
// nothing is changed.
func (z *ZSet) Remove(member []byte) (removed bool, err error) {
	if !z.big() {
		at := z.packedFind(member)
		if at < 0 {
			return false, nil
		}
		return true, z.removePacked(at, 1)
	}
	m := z.byMember()
	p, found := m.find(key{hi: uint64(z.sp.Hash(member))}, member)
	if !found {
		return false, nil
	}
	score := cellScore(m.cell(&p))
	s := z.byScore()
	q, _ := s.find(key{hi: scoreBits(score)}, member)
	if err := s.removeAt(&q); err != nil {
		return false, err
	}
	if err := m.removeAt(&p); err != nil {
		_ = s.insert(key{hi: scoreBits(score)}, member, member)
		return false, err
	}
	return true, nil
}

// removePacked takes n pairs out, from the one at at on.
func (z *ZSet) removePacked(at, n int) error {
	end := at
	for range 2 * n {
		end += listpack.Size(z.v, end)
	}
	v, err := Splice(z.h, at, end-at, 0)
	if err != nil {
		return err
	}
	listpack.FixHeader(v, -2*n)
	z.v = v
	return nil
}

// RemoveRange takes n members out, from number rank on. If it fails the first of
// them are gone.
func (z *ZSet) RemoveRange(rank, n int) error {
	if n <= 0 {
		return nil
	}
	if !z.big() {
		return z.removePacked(listpack.Seek(z.v, 2*rank), n)
	}
	m, s := z.byMember(), z.byScore()
	for n > 0 {
		p := s.at(rank)
		some := min(n, p.l.len()-p.i)
		for i := range some {
			member := s.cellOf(p.l, p.i+i)
			q, _ := m.find(key{hi: uint64(z.sp.Hash(member))}, member)
			if err := m.removeAt(&q); err != nil {
				_ = s.removeRange(rank, i)
				return err
			}
		}
		if err := s.removeRange(rank, some); err != nil {
			return err
		}
		n -= some
	}
	return nil
}

// Pack makes a big set a packed one if it is within the limits, as Redis does
// with the results of commands that store one. longest is the length of its
// longest member.
func (z *ZSet) Pack(longest int, lim ZSetLimits) error {
	if !z.big() || z.Len() > lim.Entries || longest > lim.Value {
		return nil
	}
	lp := listpack.AppendEmpty(nil)[:listpack.HeaderSize]
	n := 0
	it := z.At(0)
	for ; it.Valid(); it.Next() {
		lp = appendScore(listpack.AppendEntry(lp, it.Member()), it.Score())
		n++
	}
	lp = append(lp, 0xFF)
	listpack.FixHeader(lp, 2*n)
	if len(lp) > maxPackedBytes {
		return nil
	}
	dead := Detach(z.sp, TypeZSet, EncSkiplist, z.v)
	v, err := z.h.Resize(len(lp))
	if err != nil {
		return err
	}
	copy(v, lp)
	z.h.SetEncoding(EncListpack)
	z.enc, z.v = EncListpack, v
	dead.Free(maxInt)
	return nil
}
