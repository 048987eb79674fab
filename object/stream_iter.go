package object

import "clusternode/internal/listpack"

// StreamIter visits the entries of a range of IDs, upwards or downwards. It dies
// when the stream is changed.
type StreamIter struct {
	ID     StreamID // of the entry that Next found
	t      tree
	p      position
	lp     []byte // the pack of p; nil: none is open
	node   StreamID
	names  int   // position of the first name in the master entry
	fields int64 // of the master entry
	lo, hi StreamID
	rev    bool
	// at is the position of the entry that comes next, or of its last element if
	// they are visited downwards.
	at int
	// What is left of the entry.
	left int64
	same bool
	pos  int // position of the next value, or of its name unless they are the same
	name int // position of its name if they are
	n    int64
}

// Iter is before the first entry from lo to hi or, if rev is set, behind the
// last one.
func (s *Stream) Iter(lo, hi StreamID, rev bool) (it StreamIter) {
	it.t, it.lo, it.hi, it.rev = s.tree(), lo, hi, rev
	from := lo
	if rev {
		from = hi
	}
	p, found := it.t.find(from.key(), nil)
	if !found { // it is in the pack before, if anywhere
		if !it.t.prev(&p) && (rev || !p.valid()) {
			return it
		}
	}
	it.p = p
	it.open()
	return it
}

// open begins the pack at p.
func (it *StreamIter) open() {
	it.lp = nodeOf(it.t.cell(&it.p))
	it.node = idOf(it.t.key(&it.p))
	it.fields, it.names = nodeFields(it.lp)
	it.left = 0
	if it.rev {
		it.at = listpack.Last(it.lp)
	} else {
		it.at = skip(it.lp, it.names, it.fields+1)
	}
}

// Next goes to the next entry and reports whether there is one.
func (it *StreamIter) Next() bool {
	for it.lp != nil {
		if !it.rev && it.left > 0 {
			it.skipRest()
		}
		flags, ok := it.enter()
		switch {
		case !ok:
			it.turn()
		case it.rev && it.ID.Less(it.lo) || !it.rev && it.hi.Less(it.ID):
			it.lp = nil
		case flags&entryDeleted == 0 && !it.ID.Less(it.lo) && !it.hi.Less(it.ID):
			return true
		}
	}
	return false
}

// turn goes to the next pack.
func (it *StreamIter) turn() {
	more := false
	if it.rev {
		more = it.t.prev(&it.p)
	} else {
		more = it.t.next(&it.p)
	}
	if !more {
		it.lp = nil
		return
	}
	it.open()
}

// enter reads the head of the entry that comes next in the pack; ok is false if
// there is none.
func (it *StreamIter) enter() (flags int64, ok bool) {
	pos := it.at
	if it.rev {
		back := nodeInt(it.lp, pos)
		if back == 0 {
			return 0, false // the end of the master entry
		}
		for ; back > 0; back-- {
			pos = listpack.Prev(it.lp, pos)
		}
		it.at = listpack.Prev(it.lp, pos)
	} else if it.lp[pos] == listpackEnd {
		return 0, false
	}
	flags = nodeInt(it.lp, pos)
	pos = behind(it.lp, pos)
	it.ID.MS = it.node.MS + uint64(nodeInt(it.lp, pos))
	pos = behind(it.lp, pos)
	it.ID.Seq = it.node.Seq + uint64(nodeInt(it.lp, pos))
	pos = behind(it.lp, pos)
	it.same = flags&entrySameFields != 0
	it.n, it.name = it.fields, it.names
	if !it.same {
		it.n = nodeInt(it.lp, pos)
		pos = behind(it.lp, pos)
	}
	it.left, it.pos = it.n, pos
	if it.left == 0 && !it.rev {
		it.at = behind(it.lp, pos)
	}
	return flags, true
}

// skipRest goes over the fields that were not read.
func (it *StreamIter) skipRest() {
	n := it.left
	if !it.same {
		n *= 2
	}
	it.at = skip(it.lp, it.pos, n+1)
	it.left = 0
}

// Fields is the number of fields of the entry.
func (it *StreamIter) Fields() int { return int(it.n) }

// Field is the next field of the entry, which has as many as Fields says.
func (it *StreamIter) Field() (name, value listpack.Value) {
	if it.same {
		name = listpack.Get(it.lp, it.name)
		it.name = behind(it.lp, it.name)
	} else {
		name = listpack.Get(it.lp, it.pos)
		it.pos = behind(it.lp, it.pos)
	}
	value = listpack.Get(it.lp, it.pos)
	it.pos = behind(it.lp, it.pos)
	if it.left--; it.left == 0 && !it.rev {
		it.at = behind(it.lp, it.pos)
	}
	return name, value
}
