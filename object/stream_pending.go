package object

import "encoding/binary"

// The entries that a group has given to consumers, and that these have not
// acknowledged, are in two trees: the group's, with all about the delivery, and
// that of the consumer, which has nothing but IDs.

const pendingSize = 20

var (
	pendingShape = shape{keySize: 16, cell: pendingSize}
	ownShape     = shape{keySize: 16, cell: 0}
)

// StreamPending is a delivery that was not acknowledged.
type StreamPending struct {
	ID       StreamID
	Time     int64  // of the last delivery, unix ms
	Count    uint64 // deliveries
	Consumer uint32 // its number: see StreamGroup.ConsumerName
}

func pendingOf(id StreamID, cell []byte) StreamPending {
	return StreamPending{
		ID: id, Time: int64(binary.LittleEndian.Uint64(cell)), Count: binary.LittleEndian.Uint64(cell[8:]),
		Consumer: binary.LittleEndian.Uint32(cell[16:]),
	}
}

func (p *StreamPending) put(cell []byte) {
	binary.LittleEndian.PutUint64(cell, uint64(p.Time))
	binary.LittleEndian.PutUint64(cell[8:], p.Count)
	binary.LittleEndian.PutUint32(cell[16:], p.Consumer)
}

// FindPending finds the delivery of an entry.
func (g *StreamGroup) FindPending(id StreamID) (p StreamPending, ok bool) {
	t := g.pending()
	at, ok := t.find(id.key(), nil)
	if !ok {
		return p, false
	}
	return pendingOf(id, t.cell(&at)), true
}

// FirstPending and LastPending are the ends of what is pending, which is
// something.
func (g *StreamGroup) FirstPending() StreamID {
	t := g.pending()
	p := t.first()
	return idOf(t.key(&p))
}

// LastPending is the highest ID that is pending; there is one.
func (g *StreamGroup) LastPending() StreamID {
	t := g.pending()
	p := t.last()
	return idOf(t.key(&p))
}

// EachPending calls f with the deliveries of the entries from an ID on, until it
// returns false.
func (g *StreamGroup) EachPending(from StreamID, f func(p StreamPending) bool) {
	t := g.pending()
	for p, _ := t.find(from.key(), nil); p.valid(); t.next(&p) {
		if !f(pendingOf(idOf(t.key(&p)), t.cell(&p))) {
			return
		}
	}
}

// NextPending is the first delivery of an entry from an ID on. Unlike
// EachPending it may be used to go through what is being changed.
func (g *StreamGroup) NextPending(from StreamID) (p StreamPending, ok bool) {
	t := g.pending()
	at, _ := t.find(from.key(), nil)
	if !at.valid() {
		return p, false
	}
	return pendingOf(idOf(t.key(&at)), t.cell(&at)), true
}

// EachPending calls f with the IDs that the consumer has pending, from one on,
// until it returns false.
func (c *StreamConsumer) EachPending(from StreamID, f func(id StreamID) bool) {
	t := c.pending()
	for p, _ := t.find(from.key(), nil); p.valid(); t.next(&p) {
		if !f(idOf(t.key(&p))) {
			return
		}
	}
}

// Assign makes an entry pending for a consumer, whoever had it, with the time
// and the count of p. After an error nothing is changed.
func (g *StreamGroup) Assign(c *StreamConsumer, p StreamPending) error {
	p.Consumer = c.number
	all := g.pending()
	at, found := all.find(p.ID.key(), nil)
	if !found {
		return g.assignNew(c, &all, &at, &p)
	}
	if err := all.own(&at); err != nil {
		return err
	}
	old := binary.LittleEndian.Uint32(all.cell(&at)[16:])
	if old != c.number {
		if err := g.take(c, old, p.ID); err != nil {
			return err
		}
	}
	p.put(all.cell(&at))
	return nil
}

func (g *StreamGroup) assignNew(c *StreamConsumer, all *tree, at *position, p *StreamPending) error {
	own := c.pending()
	if err := own.insert(p.ID.key(), nil, nil); err != nil {
		return err
	}
	var cell [pendingSize]byte
	p.put(cell[:])
	err := all.insertAt(at, p.ID.key(), cell[:])
	if err != nil {
		q, _ := own.find(p.ID.key(), nil)
		_ = own.removeAt(&q) // its leaf is new or the stream's own
	}
	return err
}

// take moves an ID from the consumer that has it to another one.
func (g *StreamGroup) take(c *StreamConsumer, from uint32, id StreamID) error {
	other, err := g.openNumber(from)
	if err != nil {
		return err
	}
	if *c, err = g.openNumber(c.number); err != nil { // the other may have moved it
		return err
	}
	own, theirs := c.pending(), other.pending()
	if err := own.insert(id.key(), nil, nil); err != nil {
		return err
	}
	q, ok := theirs.find(id.key(), nil)
	if !ok {
		return nil
	}
	if err := theirs.removeAt(&q); err != nil {
		q, _ = own.find(id.key(), nil)
		_ = own.removeAt(&q)
		return err
	}
	return nil
}

// Acknowledge ends the delivery of an entry and reports whether there was one.
func (g *StreamGroup) Acknowledge(id StreamID) (was bool, err error) {
	all := g.pending()
	at, found := all.find(id.key(), nil)
	if !found {
		return false, nil
	}
	c, err := g.openNumber(binary.LittleEndian.Uint32(all.cell(&at)[16:]))
	if err != nil {
		return false, err
	}
	if err := all.removeAt(&at); err != nil {
		return false, err
	}
	own := c.pending()
	if q, ok := own.find(id.key(), nil); ok {
		err = own.removeAt(&q)
	}
	return true, err
}
