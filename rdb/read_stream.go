package rdb

import (
	"slices"

	"clusternode/internal/listpack"
	"clusternode/object"
)

// A stream is
//
//	packs n | n times (ID 16, listpack)
//	length | last ID | first ID, highest deleted ID, entries added    from kindStream2 on
//	groups n | n times
//	    name | last ID | entries read                                 from kindStream2 on
//	    pending n | n times (ID 16, time 8, deliveries)
//	    consumers n | n times
//	        name | seen 8 | active 8                                  from kindStream3 on
//	        pending n | n IDs of 16
//
// Numbers and IDs are lengths but for those with a size, strings with a length
// in front where nothing else is said. An ID of 16 bytes has the highest byte
// first and, in front of a listpack, a length.
const idSize = 16

// stream reads a stream, all of which has to fit together: packs and their
// entries ascend, the counts are right, and what is pending for a group is what
// is pending for its consumers.
func (d *decoder) stream(k kind) (Value, error) {
	v := Value{Type: object.TypeStream, Enc: object.EncStream, Bytes: make([]byte, object.StreamSize)}
	object.InitStream(v.Bytes)
	s := object.StreamOf(d.sp, v.Bytes)
	err := d.packs(&s)
	if err == nil {
		err = d.streamCounts(k, &s)
	}
	if err == nil {
		err = d.groups(k, &s)
	}
	if err != nil {
		v.Free(d.sp)
		return Value{}, err
	}
	return v, nil
}

// packs reads the packs of entries. The last ID becomes that of the last entry.
func (d *decoder) packs(s *object.Stream) error {
	n, err := d.count(1 + idSize + 1)
	if err != nil {
		return err
	}
	for i := range n {
		name, err := d.copied()
		if err != nil {
			return err
		}
		lp, err := d.string()
		if err != nil {
			return err
		}
		if len(name) != idSize || !listpack.Valid(lp, true, nil) {
			return d.corrupt("a pack of a stream")
		}
		lp = d.pack.again(lp)
		id := readID(name)
		f, ok := checkPack(id, lp)
		if !ok || i > 0 && !s.LastID().Less(id) {
			return d.corrupt("the pack of %s in a stream", id)
		}
		if err := s.LoadPack(id, lp, f.live, f.first); err != nil {
			return err
		}
		s.SetLastID(f.end)
	}
	return nil
}

// id reads an ID that is two numbers.
func (d *decoder) id() (id object.StreamID, err error) {
	if id.MS, err = d.number(); err == nil {
		id.Seq, err = d.number()
	}
	return id, err
}

// rawID reads an ID of 16 bytes.
func (d *decoder) rawID() (id object.StreamID, err error) {
	b, err := d.bytes(idSize)
	if err != nil {
		return id, err
	}
	return readID(b), nil
}

// streamCounts reads what is said of the stream as a whole.
func (d *decoder) streamCounts(k kind, s *object.Stream) error {
	length, err := d.number()
	if err != nil {
		return err
	}
	last, err := d.id()
	if err != nil {
		return err
	}
	if length != s.Len() || last.Less(s.LastID()) {
		return d.corrupt("a stream of %d entries up to %s said to be %d up to %s", s.Len(), s.LastID(), length, last)
	}
	s.SetLastID(last)
	added, deleted := length, object.StreamID{}
	if k != kindStream1 {
		var first object.StreamID
		if first, err = d.id(); err == nil {
			if deleted, err = d.id(); err == nil {
				added, err = d.number()
			}
		}
		if err == nil && (first != s.FirstID() && length > 0 || added < length) {
			err = d.corrupt("a stream from %s of %d entries added", first, added)
		}
		if err != nil {
			return err
		}
	}
	s.SetAdded(added)
	s.SetMaxDeletedID(deleted)
	return nil
}

// groups reads the consumer groups.
func (d *decoder) groups(k kind, s *object.Stream) error {
	n, err := d.count(5)
	for i := 0; i < n && err == nil; i++ {
		err = d.group(k, s)
	}
	return err
}

func (d *decoder) group(k kind, s *object.Stream) error {
	name, err := d.copied()
	if err != nil {
		return err
	}
	last, err := d.id()
	if err != nil {
		return err
	}
	read := s.GuessRead(last)
	if k != kindStream1 {
		n, err := d.number()
		if err != nil {
			return err
		}
		read = max(int64(n), object.UnknownRead)
	}
	created, err := s.CreateGroup(name, last, read)
	if err != nil {
		return err
	}
	if !created {
		return d.corrupt("group %q occurs twice", cut(name))
	}
	g, _, err := s.OpenGroup(name)
	if err != nil {
		return err
	}
	pending, err := d.pending()
	if err != nil {
		return err
	}
	n, err := d.count(1 + 8 + 1)
	for i := 0; i < n && err == nil; i++ {
		err = d.consumer(k, &g, pending)
	}
	if err == nil && g.Pending() != len(pending) {
		err = d.corrupt("%d pending entries of group %q, of which consumers have %d", len(pending), cut(name), g.Pending())
	}
	return err
}

// pending reads the pending entries of a group, whose IDs ascend. Nobody has
// them yet.
func (d *decoder) pending() ([]object.StreamPending, error) {
	n, err := d.count(idSize + 8 + 1)
	if err != nil {
		return nil, err
	}
	out := make([]object.StreamPending, n)
	for i := range out {
		p := &out[i]
		if p.ID, err = d.rawID(); err != nil {
			return nil, err
		}
		at, err := d.uint64()
		if err != nil {
			return nil, err
		}
		p.Time = int64(at)
		if p.Count, err = d.number(); err != nil {
			return nil, err
		}
		if i > 0 && !out[i-1].ID.Less(p.ID) {
			return nil, d.corrupt("pending entry %s is out of order", p.ID)
		}
	}
	return out, nil
}

// consumer reads a consumer and gives it its part of what is pending.
func (d *decoder) consumer(k kind, g *object.StreamGroup, pending []object.StreamPending) error {
	name, err := d.copied()
	if err != nil {
		return err
	}
	seen, err := d.uint64()
	if err != nil {
		return err
	}
	active := seen
	if k == kindStream3 {
		if active, err = d.uint64(); err != nil {
			return err
		}
	}
	c, created, err := g.OpenConsumer(name, int64(seen))
	if err != nil {
		return err
	}
	if !created {
		return d.corrupt("consumer %q occurs twice", cut(name))
	}
	c.SetActive(int64(active))
	n, err := d.count(idSize)
	if err != nil {
		return err
	}
	for range n {
		id, err := d.rawID()
		if err != nil {
			return err
		}
		i, found := slices.BinarySearchFunc(pending, id, func(p object.StreamPending, id object.StreamID) int {
			switch {
			case p.ID == id:
				return 0
			case p.ID.Less(id):
				return -1
			}
			return 1
		})
		if _, taken := g.FindPending(id); !found || taken {
			return d.corrupt("entry %s of consumer %q is not pending", id, cut(name))
		}
		if err := g.Assign(&c, pending[i]); err != nil {
			return err
		}
	}
	return nil
}
