package object

import (
	"bytes"
	"cmp"
	"slices"
)

// Union, intersection and difference visit the members of the result without
// holding them. Big sets lie in the order of the members' hashes, which is the
// same in all spaces, so that they can be read side by side like sorted lists.

// UnionSets calls f with every member of the sets, each once, until f returns
// false. The bytes are valid during the call.
func UnionSets(sets []Set, f func(m []byte) bool) {
	if len(sets) == 1 {
		sets[0].Each(f)
		return
	}
	q := make(unionQueue, 0, len(sets))
	for i := range sets {
		if s := newSetStream(&sets[i]); s.next() {
			q = append(q, s)
		}
	}
	for i := len(q)/2 - 1; i >= 0; i-- {
		q.down(i)
	}
	for len(q) > 0 {
		if !f(q[0].m) {
			return
		}
		// Whoever stands at the same member goes on; the one that was replied
		// last, since its bytes are what the others are compared with.
		top := q[0]
		q = q.pop()
		for len(q) > 0 && q[0].hash == top.hash && bytes.Equal(q[0].m, top.m) {
			q = q.advance()
		}
		if top.next() {
			q = append(q, top)
			q.up(len(q) - 1)
		}
	}
}

// unionQueue is a heap of streams, the one with the first member on top.
type unionQueue []*setStream

func (q unionQueue) pop() unionQueue {
	last := len(q) - 1
	q[0] = q[last]
	q = q[:last]
	q.down(0)
	return q
}

// advance moves the stream on top on.
func (q unionQueue) advance() unionQueue {
	if !q[0].next() {
		return q.pop()
	}
	q.down(0)
	return q
}

func (q unionQueue) down(i int) {
	for {
		c := 2*i + 1
		if c >= len(q) {
			return
		}
		if c+1 < len(q) && q[c+1].before(q[c]) {
			c++
		}
		if !q[c].before(q[i]) {
			return
		}
		q[i], q[c] = q[c], q[i]
		i = c
	}
}

func (q unionQueue) up(i int) {
	for i > 0 && q[i].before(q[(i-1)/2]) {
		q[i], q[(i-1)/2] = q[(i-1)/2], q[i]
		i = (i - 1) / 2
	}
}

// setStream visits a set in the order of hashes, whatever its encoding.
type setStream struct {
	set   *Set
	it    SetIter
	order []packedMember // of a packed set; what is left of it
	buf   MemberBuf
	hash  uint32
	m     []byte
}

// packedMember is where a member of a packed set is, with its hash.
type packedMember struct {
	hash uint32
	at   int32 // index of an intset, offset in a listpack
}

func newSetStream(s *Set) *setStream {
	st := &setStream{set: s, it: s.Iter()}
	if s.enc == EncHashtable {
		return st
	}
	st.order = s.byHash()
	return st
}

// byHash lists where the members of a packed set are, in the order of a tree.
func (s *Set) byHash() []packedMember {
	order := make([]packedMember, 0, s.Len())
	it := s.Iter()
	for it.Next() {
		order = append(order, packedMember{it.hash(), int32(it.place)})
	}
	var a, b MemberBuf
	slices.SortFunc(order, func(x, y packedMember) int {
		if c := cmp.Compare(x.hash, y.hash); c != 0 {
			return c
		}
		return bytes.Compare(s.packedAt(int(x.at), &a), s.packedAt(int(y.at), &b))
	})
	return order
}

// next goes to the next member and reports whether there is one.
func (st *setStream) next() bool {
	if st.set.enc != EncHashtable {
		if len(st.order) == 0 {
			return false
		}
		st.hash, st.m = st.order[0].hash, st.set.packedAt(int(st.order[0].at), &st.buf)
		st.order = st.order[1:]
		return true
	}
	if !st.it.Next() {
		return false
	}
	st.hash, st.m = st.it.hash(), st.it.Member()
	return true
}

func (st *setStream) before(o *setStream) bool {
	if st.hash != o.hash {
		return st.hash < o.hash
	}
	return bytes.Compare(st.m, o.m) < 0
}

// IntersectSets calls f with the members of the first set that all the others
// have, until f returns false. The first is best the smallest.
func IntersectSets(sets []Set, f func(m []byte) bool) { filterSet(sets, true, f) }

// SubtractSets calls f with the members of the first set that none of the
// others has, until f returns false.
func SubtractSets(sets []Set, f func(m []byte) bool) { filterSet(sets, false, f) }

// filterSet visits the members of the first set that are, or are not, in the
// others.
func filterSet(sets []Set, in bool, f func(m []byte) bool) {
	first := &sets[0]
	others := make([]follower, len(sets)-1)
	hashed := false // somebody wants to know the hash
	for i := range others {
		others[i] = newFollower(first, &sets[i+1])
		hashed = hashed || others[i].walk != nil || sets[i+1].enc == EncHashtable
	}
	h := uint32(0)
	it := first.Iter() // not the loop's own variable, which would be a new one for each member
next:
	for it.Next() {
		m := it.Member()
		if hashed {
			h = it.hash()
		}
		for i := range others {
			if others[i].has(h, m) != in {
				continue next
			}
		}
		if !f(m) {
			return
		}
	}
}

// follower answers whether a set has the members of another one, the first,
// which are asked in the order of that set.
type follower struct {
	set  *Set
	walk *setStream // along with the first set; nil: each member is searched
	more bool       // walk stands at a member
}

// walkRatio is how many members a walk may pass for each search it saves.
const walkRatio = 16

func newFollower(first, s *Set) follower {
	f := follower{set: s}
	n, asked := s.Len(), first.Len()
	if first.enc == EncHashtable && (s.enc == EncHashtable && n <= asked*walkRatio || s.enc != EncHashtable && n > 0 && n <= asked) {
		f.walk = newSetStream(s)
		f.more = f.walk.next()
	}
	return f
}

func (f *follower) has(h uint32, m []byte) bool {
	switch {
	case f.walk != nil:
		return f.walkTo(h, m)
	case f.set.enc != EncHashtable:
		return f.set.hasPacked(m)
	}
	return f.set.hasHashed(h, m)
}

func (f *follower) walkTo(h uint32, m []byte) bool {
	for f.more && f.walk.hash <= h {
		if f.walk.hash == h {
			if c := bytes.Compare(f.walk.m, m); c >= 0 {
				return c == 0
			}
		}
		f.more = f.walk.next()
	}
	return false
}
