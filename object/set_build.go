package object

import "clusternode/internal/listpack"

// buffer is a host in Go memory: a value that no entry has yet.
type buffer struct {
	sp  *Space
	enc Encoding
	v   []byte
}

func (b *buffer) Value() []byte            { return b.v }
func (b *buffer) Encoding() Encoding       { return b.enc }
func (b *buffer) SetEncoding(enc Encoding) { b.enc = enc }
func (b *buffer) Space() *Space            { return b.sp }

// Resize never fails.
func (b *buffer) Resize(n int) ([]byte, error) {
	if n > cap(b.v) {
		v := make([]byte, n, n+n/2+64)
		copy(v, b.v)
		b.v = v
	}
	b.v = b.v[:n]
	return b.v, nil
}

// SetBuilder makes the value of a set before there is an entry for it. Until it
// is in one, a builder that is not needed any more is discarded: it may have
// blocks.
type SetBuilder struct {
	host   buffer
	set    Set
	lim    SetLimits
	others bool // not all members are integers
}

// NewSetBuilder begins a set in the space of its future key, of the encoding
// start as long as that goes. The value is made in buf, unless that gets too
// short.
func NewSetBuilder(sp *Space, lim SetLimits, start Encoding, buf []byte) *SetBuilder {
	b := &SetBuilder{lim: lim}
	b.host = buffer{sp, start, emptySet(start, buf)}
	b.set = OpenSet(&b.host)
	return b
}

// Len is the number of members.
func (b *SetBuilder) Len() int { return b.set.Len() }

// Set is what there is so far.
func (b *SetBuilder) Set() *Set { return &b.set }

// Add adds a member and reports whether it was new.
func (b *SetBuilder) Add(m []byte) (added bool, err error) {
	b.look(m)
	return b.set.Add(m, &b.lim)
}

// AddAll adds members and returns how many were new.
func (b *SetBuilder) AddAll(members [][]byte) (added int, err error) {
	for _, m := range members {
		b.look(m)
	}
	return b.set.AddAll(members, b.lim)
}

// AddNew adds a member that the set does not have. It may lie in the arena.
func (b *SetBuilder) AddNew(m []byte) error {
	b.look(m)
	var err error
	if b.set.enc == EncListpack {
		_, err = b.set.addPacked(m, &b.lim)
	} else {
		_, err = b.set.Add(m, &b.lim)
	}
	return err
}

func (b *SetBuilder) look(m []byte) {
	if !b.others {
		_, ok := listpack.ParseInt(m)
		b.others = !ok
	}
}

// PackIntegers makes the set an intset, if all members are integers and not too
// many: what Redis does with the result of an intersection.
func (b *SetBuilder) PackIntegers() {
	n := b.set.Len()
	if b.others || b.set.enc == EncIntset || n == 0 || n > min(b.lim.Intset, maxIntset) {
		return
	}
	ints := NewSetBuilder(b.host.sp, b.lim, EncIntset, nil)
	b.set.Each(func(m []byte) bool {
		_, err := ints.set.Add(m, &ints.lim)
		return err == nil // an intset in Go memory has no errors
	})
	b.Discard()
	b.host = ints.host
	b.set = OpenSet(&b.host)
}

// AddUnion adds the members of all sets.
func (b *SetBuilder) AddUnion(sets []Set) (err error) {
	if !SmallUnion(sets, b.lim) {
		UnionSets(sets, func(m []byte) bool {
			err = b.AddNew(m)
			return err == nil
		})
		return err
	}
	for i := range sets {
		sets[i].Each(func(m []byte) bool {
			_, err = b.Add(m)
			return err == nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// SmallUnion reports whether a union has so few members that its encoding may
// depend on their order, and looking for each in what there is costs little.
func SmallUnion(sets []Set, lim SetLimits) bool {
	n := 0
	for i := range sets {
		n += sets[i].Len()
	}
	return n <= smallUnion || n <= max(lim.Intset, lim.Listpack) && n <= 8*smallUnion
}

const smallUnion = 512

// PackedUnion reports whether a union is packed whatever its members are.
func PackedUnion(sets []Set, lim SetLimits) bool {
	n, ints := 0, true
	for i := range sets {
		if sets[i].enc == EncHashtable {
			return false
		}
		n += sets[i].Len()
		ints = ints && (sets[i].enc == EncIntset || n == 0)
	}
	return n <= lim.Listpack || ints && n <= lim.Intset
}

// DifferenceEncoding is the encoding in which the result of a difference
// begins. Redis takes either the members one by one that no other set has, or
// first all of them and then those out that others have, whichever is less
// work; the second leaves its mark.
func DifferenceEncoding(sets []Set, lim SetLimits) Encoding {
	first := sets[0].Len()
	one, two := 0, 0
	for i := range sets {
		if n := sets[i].Len(); n > 0 {
			one, two = one+first, two+n
		}
	}
	switch {
	case first == 0 || one/2 <= two:
		return EncIntset
	case first > max(lim.Intset, lim.Listpack):
		return EncHashtable
	}
	all := NewSetBuilder(sets[0].sp, lim, EncIntset, nil)
	defer all.Discard()
	if all.AddUnion(sets[:1]) != nil {
		return EncHashtable
	}
	return all.set.enc
}

// Value is the set for an entry, which then owns its blocks. The bytes are the
// builder's.
func (b *SetBuilder) Value() (Encoding, []byte) { return b.host.enc, b.host.v }

// Discard gives back the blocks of a set that is not needed.
func (b *SetBuilder) Discard() {
	if HasTrees(TypeSet, b.host.enc) {
		Detach(b.host.sp, TypeSet, b.host.enc, b.host.v).Free(maxInt)
	}
}
