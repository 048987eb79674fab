package command

import (
	"math"
	"math/rand/v2"
	"slices"

	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

// maxRandomReply is how long the reply to a negative count may become, bytes.
// Redis would go on until the machine has no memory left.
const maxRandomReply = 512 << 20

// costOfCount is the cost of picking the members that SPOP and SRANDMEMBER name
// as count.
func costOfCount(c *Ctx, n int) int64 {
	count, _ := resp.ParseInt(c.Args[2])
	if count < 0 {
		return min(-(count+1), maxRandomReply) * nanosPerSearch
	}
	return min(count*nanosPerSearch, int64(n)*nanosPerMerged)
}

func costOfSpop(c *Ctx) int64 {
	if len(c.Args) != 3 {
		return 0
	}
	return costOfCount(c, setLen(&c.Keys[0]))
}

func costOfSrandmember(c *Ctx) int64 { return costOfSpop(c) }

func srandmember(c *Ctx) {
	switch len(c.Args) {
	case 2:
		s, exists, ok := c.readSet(&c.Keys[0])
		switch {
		case !ok:
		case !exists:
			c.W.Null()
		default:
			var buf object.MemberBuf
			c.W.Bulk(s.At(c.Rand.IntN(s.Len()), &buf))
		}
	case 3:
		c.srandmemberCount()
	default:
		c.W.Error(resp.ErrSyntax)
	}
}

func (c *Ctx) srandmemberCount() {
	count, ok := c.intBetween(c.Args[2], -math.MaxInt64, math.MaxInt64, "")
	if !ok {
		return
	}
	s, exists, ok := c.readSet(&c.Keys[0])
	if !ok {
		return
	}
	switch {
	case !exists || count == 0:
		c.W.Array(0)
	case count < 0:
		c.pickRepeated(&s, -count, maxRandomReply)
	default:
		n := s.Len()
		count := int(min(count, int64(n)))
		c.W.Array(count)
		if count == n {
			c.bulkMembers(&s)
			return
		}
		c.eachPicked(&s, count, func(_ int, m []byte) { c.W.Bulk(m) })
	}
}

// pickRepeated replies count members, each picked among all, or an error if
// they are more than limit bytes.
func (c *Ctx) pickRepeated(s *object.Set, count int64, limit int) {
	if count > int64(limit)/6 { // "$0", two line ends: the shortest element
		c.W.Error(errRandomReply)
		return
	}
	mark := len(c.W.Buf)
	c.W.Array(int(count))
	pick := s.Picker()
	n := s.Len()
	for range count {
		c.W.Bulk(pick.At(c.Rand.IntN(n)))
		if len(c.W.Buf)-mark > limit {
			c.W.Error(errRandomReply)
			c.dropReply(mark)
			return
		}
	}
}

const errRandomReply = "ERR value is out of range"

// eachPicked calls f with count different members, in the order of the set; all
// subsets of that size are equally likely.
func (c *Ctx) eachPicked(s *object.Set, count int, f func(i int, m []byte)) {
	n := s.Len()
	if s.Encoding() == object.EncHashtable && count < n/8 {
		pick := s.Picker()
		for _, i := range pickIndexes(c.Rand, n, count) {
			f(int(i), pick.At(int(i)))
		}
		return
	}
	// One walk, in which each member is taken with the chance that it has given
	// how many are still wanted among how many (Knuth's selection sampling).
	i := 0
	it := s.Iter()
	for ; count > 0 && it.Next(); i++ {
		if c.Rand.IntN(n-i) < count {
			f(i, it.Member())
			count--
		}
	}
}

// pickIndexes picks count different numbers below n, ascending; all subsets are
// equally likely. count is well below n. (Floyd's algorithm: for each j from
// n-count on a number up to j, or j itself if that is taken already.)
func pickIndexes(r *rand.Rand, n, count int) []uint32 {
	size := 8
	for size < 2*count {
		size *= 2
	}
	table := make([]uint32, size) // open addressing; 0 is free, else number+1
	take := func(v uint32) bool {
		i := int(v*0x9e3779b1) & (size - 1)
		for ; table[i] != 0; i = (i + 1) & (size - 1) {
			if table[i] == v+1 {
				return false
			}
		}
		table[i] = v + 1
		return true
	}
	for j := n - count; j < n; j++ {
		if v := r.IntN(j + 1); !take(uint32(v)) {
			take(uint32(j))
		}
	}
	out := table[:0]
	for _, v := range table {
		if v != 0 {
			out = append(out, v-1)
		}
	}
	slices.Sort(out)
	return out
}

func spop(c *Ctx) {
	switch len(c.Args) {
	case 2:
		c.spopOne()
	case 3:
		c.spopCount()
	default:
		c.W.Error(resp.ErrSyntax)
	}
}

func (c *Ctx) spopOne() {
	k := &c.Keys[0]
	cell, ok := c.OpenAs(k, keyspace.TypeSet)
	if !ok {
		return
	}
	if cell == nil {
		c.W.Null()
		return
	}
	s := object.OpenSet(cell)
	mark := len(c.W.Buf)
	i := c.Rand.IntN(s.Len())
	var buf object.MemberBuf
	c.W.Bulk(s.At(i, &buf))
	if err := s.RemoveAt(i); err != nil {
		c.W.Error(resp.ErrOOM)
		c.dropReply(mark)
		return
	}
	c.removedMembers(k, "spop", &s, 1)
}

func (c *Ctx) spopCount() {
	count, ok := c.intBetween(c.Args[2], 0, math.MaxInt64, "ERR value is out of range, must be positive")
	if !ok {
		return
	}
	k := &c.Keys[0]
	cell, ok := c.OpenAs(k, keyspace.TypeSet)
	if !ok {
		return
	}
	if cell == nil || count == 0 {
		c.W.Set(0)
		return
	}
	s := object.OpenSet(cell)
	n := s.Len()
	if count >= int64(n) {
		c.W.Set(n)
		c.bulkMembers(&s)
		c.changedTo(k, NotifySet, "spop", true)
		c.Dirty(n - 1)
		return
	}
	c.popSome(k, &s, int(count))
}

// rebuildShare is the part of a big set, one in so many, from which on popping
// it makes a new tree of the rest instead of taking members out.
const rebuildShare = 4

// popSome pops fewer members than the set has. If so few stay that Redis would
// make a new set of them, the new one is packed if it can be.
func (c *Ctx) popSome(k *Key, s *object.Set, count int) {
	n := s.Len()
	keep := n - count
	switch {
	case keep*5 <= count:
		start := s.Encoding()
		if start == object.EncHashtable {
			start = object.EncListpack
		}
		c.popRebuild(k, s, count, start, c.setLimits())
	case s.Encoding() != object.EncHashtable || count >= n/rebuildShare:
		c.popRebuild(k, s, count, s.Encoding(), keptEncoding)
	default:
		c.popTree(k, s, count)
	}
}

// keptEncoding are limits that no set exceeds by losing members.
var keptEncoding = object.SetLimits{Intset: math.MaxInt, Listpack: math.MaxInt, Value: math.MaxInt}

// popRebuild replies count members and makes a new value, of the encoding enc
// at first, of the others.
func (c *Ctx) popRebuild(k *Key, s *object.Set, count int, enc object.Encoding, lim object.SetLimits) {
	mark := len(c.W.Buf)
	c.W.Set(count)
	n := s.Len()
	b := object.NewSetBuilder(k.Part.Space(), lim, enc, c.Scratch())
	i := 0
	it := s.Iter()
	for ; it.Next(); i++ {
		if c.Rand.IntN(n-i) < count {
			c.W.Bulk(it.Member())
			count--
			continue
		}
		if err := b.AddNew(it.Member()); err != nil {
			b.Discard()
			c.W.Error(resp.ErrOOM)
			c.dropReply(mark)
			return
		}
	}
	if c.putSet(k, "spop", b, true) {
		c.Dirty(n - b.Len() - 1)
	} else {
		c.dropReply(mark)
	}
}

// popTree takes members out of a big set one by one, the last first, so that
// the numbers of the others stay.
func (c *Ctx) popTree(k *Key, s *object.Set, count int) {
	list := newBulkList(c.W)
	picked := pickIndexes(c.Rand, s.Len(), count)
	for _, i := range slices.Backward(picked) {
		mark := len(c.W.Buf)
		var buf object.MemberBuf
		c.W.Bulk(s.At(int(i), &buf))
		if err := s.RemoveAt(int(i)); err != nil { // what is popped stays so
			c.W.Buf = c.W.Buf[:mark]
			break
		}
		list.n++
	}
	if list.n == 0 {
		c.W.Error(resp.ErrOOM)
		return
	}
	list.closeSet()
	c.removedMembers(k, "spop", s, list.n)
}
