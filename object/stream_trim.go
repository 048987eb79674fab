package object

import "clusternode/internal/listpack"

// Delete marks an entry as deleted and reports whether there was one. A pack
// without entries goes. After an error nothing is changed.
func (s *Stream) Delete(id StreamID) (deleted bool, err error) {
	it := s.Iter(id, id, false)
	if !it.Next() {
		return false, nil
	}
	t := s.tree()
	p := it.p
	lp := it.lp
	if live, _ := nodeCounts(lp); live <= 1 {
		err = t.removeAt(&p)
	} else {
		at := entryPos(lp, it.node, id)
		var cell []byte
		if cell, err = growFor(&t, &p, countRoom(lp, 1)); err == nil {
			markDeleted(cell, at)
			countDeleted(cell, 1)
		}
	}
	if err != nil {
		return false, err
	}
	s.h.length--
	if s.h.maxDeleted.Less(id) {
		s.h.maxDeleted = id
	}
	if id == s.h.first || s.h.length == 0 {
		s.setFirst()
	}
	return true, nil
}

// countRoom is how much longer a pack gets when n of its entries are deleted.
func countRoom(lp []byte, n int64) int {
	live, deleted := nodeCounts(lp)
	room := listpack.IntEntrySize(live-n) + listpack.IntEntrySize(deleted+n) - listpack.IntEntrySize(live) - listpack.IntEntrySize(deleted)
	return max(room, 0)
}

// growFor is roomFor that does not grow for what may come.
func growFor(t *tree, p *position, n int) ([]byte, error) {
	need := len(nodeOf(t.cell(p))) + n
	return roomFor(t, p, n, need)
}

// entryPos is the position of an entry that is in the pack.
func entryPos(lp []byte, node, id StreamID) int {
	fields, names := nodeFields(lp)
	for pos := skip(lp, names, fields+1); ; {
		at, next := entryAt(lp, pos, node, fields)
		if at == id {
			return pos
		}
		pos = next
	}
}

// entryAt is the ID of the entry at pos, and the position behind it.
func entryAt(lp []byte, pos int, node StreamID, fields int64) (id StreamID, next int) {
	flags := nodeInt(lp, pos)
	pos = behind(lp, pos)
	id.MS = node.MS + uint64(nodeInt(lp, pos))
	pos = behind(lp, pos)
	id.Seq = node.Seq + uint64(nodeInt(lp, pos))
	pos = behind(lp, pos)
	n := fields
	if flags&entrySameFields == 0 {
		n = 2 * nodeInt(lp, pos)
		pos = behind(lp, pos)
	}
	return id, skip(lp, pos, n+1)
}

// markDeleted marks the entry at pos. Its flags stay as short.
func markDeleted(cell []byte, pos int) {
	listpack.PutInt(cell[pos:], nodeInt(cell, pos)|entryDeleted)
}

// countDeleted counts n entries of a pack as deleted.
func countDeleted(cell []byte, n int64) {
	live, deleted := nodeCounts(cell)
	setNodeInt(cell, livePos, live-n)
	setNodeInt(cell, behind(cell, livePos), deleted+n)
}

// StreamTrim says what of the oldest entries goes.
type StreamTrim struct {
	MaxLen  uint64   // entries that stay, unless ByID
	MinID   StreamID // entries below go, if ByID
	ByID    bool
	Approx  bool  // only whole packs
	MaxWork int64 // entries that go at most, in whole packs; 0: no limit
}

// Trim deletes the oldest entries and returns how many. After an error the
// first of them are gone.
func (s *Stream) Trim(o StreamTrim) (deleted int64, err error) {
	t := s.tree()
	for err == nil {
		p := t.first()
		if !p.valid() || !o.ByID && s.h.length <= o.MaxLen {
			break
		}
		lp, node := nodeOf(t.cell(&p)), idOf(t.key(&p))
		n, _ := nodeCounts(lp)
		if o.MaxWork > 0 && deleted+n > o.MaxWork {
			break
		}
		whole := s.trimsWhole(&o, lp, node, uint64(n))
		if !whole && o.Approx {
			break
		}
		if whole {
			err = t.removeAt(&p)
		} else {
			n, err = s.trimWithin(&t, &p, &o)
		}
		if err == nil {
			deleted += n
			s.h.length -= uint64(n)
		}
		if !whole {
			break
		}
	}
	if deleted > 0 || s.h.length == 0 {
		s.setFirst()
	}
	return deleted, err
}

// trimsWhole reports whether a pack goes as a whole, with so many entries.
func (s *Stream) trimsWhole(o *StreamTrim, lp []byte, node StreamID, entries uint64) bool {
	if !o.ByID {
		return s.h.length-entries >= o.MaxLen
	}
	return lastInNode(lp, node).Less(o.MinID)
}

// lastInNode is the ID of the last entry of a pack, deleted or not.
func lastInNode(lp []byte, node StreamID) StreamID {
	it := StreamIter{lp: lp, node: node, rev: true}
	it.fields, it.names = nodeFields(lp)
	it.at = listpack.Last(lp)
	it.enter()
	return it.ID
}

// trimWithin marks the first entries of a pack as deleted, as many as have to
// go, and returns how many.
func (s *Stream) trimWithin(t *tree, p *position, o *StreamTrim) (n int64, err error) {
	node := idOf(t.key(p))
	lp := nodeOf(t.cell(p))
	n, end := s.trimCount(lp, node, o)
	cell, err := growFor(t, p, countRoom(lp, n))
	if err != nil {
		return 0, err
	}
	fields, _ := nodeFields(cell)
	for pos := nodeBegin(cell); pos < end; {
		_, next := entryAt(cell, pos, node, fields)
		markDeleted(cell, pos)
		pos = next
	}
	countDeleted(cell, n)
	return n, nil
}

// trimCount is how many entries of a pack go, and the position of the first one
// that stays.
func (s *Stream) trimCount(lp []byte, node StreamID, o *StreamTrim) (n int64, pos int) {
	fields, _ := nodeFields(lp)
	for pos = nodeBegin(lp); lp[pos] != listpackEnd; {
		id, next := entryAt(lp, pos, node, fields)
		if o.ByID && !id.Less(o.MinID) || !o.ByID && s.h.length-uint64(n) <= o.MaxLen {
			break
		}
		if nodeInt(lp, pos)&entryDeleted == 0 {
			n++
		}
		pos = next
	}
	return n, pos
}
