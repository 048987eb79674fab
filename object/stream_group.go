package object

import (
	"encoding/binary"
	"math"
	"unsafe"
)

// A consumer group is a cell of its stream's tree of groups,
//
//	last ID | entries read | pending | names | consumers | next number | name
//
// with three trees of its own: pending has the entries that were delivered but
// not acknowledged, by ID, see stream_pending.go; names has the consumers'
// numbers by name; consumers has them by number,
//
//	seen | active | pending | name
//
// each with a tree of the IDs that it has pending. A number stands for the
// consumer in pending entries.
type groupHead struct {
	last                      StreamID
	read                      int64 // entries read; UnknownRead
	pending, names, consumers root
	next                      uint32 // number of the next consumer
	_                         uint32
}

type consumerHead struct {
	seen    int64 // unix ms of its last try
	active  int64 // unix ms when it last got something, -1: never
	pending root
}

const (
	groupHeadSize    = int(unsafe.Sizeof(groupHead{}))
	consumerHeadSize = int(unsafe.Sizeof(consumerHead{}))
	numberSize       = 4
)

var (
	groupShape    = shape{keySize: 8, cell: -1, name: func(cell []byte) []byte { return cell[groupHeadSize:] }}
	namesShape    = shape{keySize: 8, cell: -1, name: func(cell []byte) []byte { return cell[numberSize:] }}
	consumerShape = shape{keySize: 4, cell: -1}
)

func nameKey(name []byte) key { return key{hi: namePrefix(name)} }

// StreamGroup is a consumer group at hand. It dies when a group of the stream
// is made or destroyed.
type StreamGroup struct {
	sp   *Space
	h    *groupHead
	name []byte
}

func (s *Stream) groups() tree { return tree{s.sp, &groupShape, &s.h.groups} }

func (s *Stream) groupIn(cell []byte) StreamGroup {
	return StreamGroup{s.sp, (*groupHead)(unsafe.Pointer(&cell[0])), cell[groupHeadSize:]}
}

// Groups is the number of consumer groups.
func (s *Stream) Groups() int { return int(s.h.groups.n) }

// Group finds a consumer group, for reading.
func (s *Stream) Group(name []byte) (g StreamGroup, ok bool) {
	t := s.groups()
	p, ok := t.find(nameKey(name), name)
	if !ok {
		return g, false
	}
	return s.groupIn(t.cell(&p)), true
}

// OpenGroup finds a consumer group for changes. After an error nothing is
// changed.
func (s *Stream) OpenGroup(name []byte) (g StreamGroup, ok bool, err error) {
	t := s.groups()
	p, ok := t.find(nameKey(name), name)
	if !ok {
		return g, false, nil
	}
	if err := t.own(&p); err != nil {
		return g, false, err
	}
	return s.groupIn(t.cell(&p)), true, nil
}

// CreateGroup makes a consumer group unless there is one of that name. The name
// does not lie in the arena.
func (s *Stream) CreateGroup(name []byte, last StreamID, read int64) (created bool, err error) {
	t := s.groups()
	p, found := t.find(nameKey(name), name)
	if found {
		return false, nil
	}
	cell := make([]byte, groupHeadSize, groupHeadSize+len(name))
	h := (*groupHead)(unsafe.Pointer(&cell[0]))
	h.last, h.read = last, read
	if err := t.insertAt(&p, nameKey(name), append(cell, name...)); err != nil {
		return false, err
	}
	return true, nil
}

// DestroyGroup removes a consumer group with its consumers and all that is
// pending.
func (s *Stream) DestroyGroup(name []byte) (was bool, err error) {
	t := s.groups()
	p, found := t.find(nameKey(name), name)
	if !found {
		return false, nil
	}
	dead := Remains{sp: s.sp}
	g := s.groupIn(t.cell(&p))
	g.trees(dead.add)
	if err := t.removeAt(&p); err != nil {
		return false, err
	}
	dead.Free(maxInt)
	return true, nil
}

// add takes a tree.
func (r *Remains) add(sh *shape, tr *root) bool {
	if tr.ref != 0 {
		r.trees = append(r.trees, deadTree{sh: sh, r: *tr})
		r.left += int(tr.size)
	}
	return true
}

// EachGroup calls f with every consumer group by name, until it returns false.
func (s *Stream) EachGroup(f func(g *StreamGroup) bool) {
	t := s.groups()
	for p := t.first(); p.valid(); t.next(&p) {
		if g := s.groupIn(t.cell(&p)); !f(&g) {
			return
		}
	}
}

// Name is the name of the group, in place.
func (g *StreamGroup) Name() []byte { return g.name }

// LastID is the highest ID that was delivered.
func (g *StreamGroup) LastID() StreamID { return g.h.last }

// Read is how many entries the group has read, counted from the stream's first
// ever, or UnknownRead.
func (g *StreamGroup) Read() int64 { return g.h.read }

// SetLast sets the highest ID that was delivered, and SetRead the count.
func (g *StreamGroup) SetLast(id StreamID) { g.h.last = id }

// SetRead sets how many entries the group has read; UnknownRead.
func (g *StreamGroup) SetRead(n int64) { g.h.read = n }

// Consumers is the number of consumers, Pending that of pending entries.
func (g *StreamGroup) Consumers() int { return int(g.h.names.n) }

// Pending is the number of entries that were delivered and not acknowledged.
func (g *StreamGroup) Pending() int { return int(g.h.pending.n) }

func (g *StreamGroup) pending() tree   { return tree{g.sp, &pendingShape, &g.h.pending} }
func (g *StreamGroup) names() tree     { return tree{g.sp, &namesShape, &g.h.names} }
func (g *StreamGroup) consumers() tree { return tree{g.sp, &consumerShape, &g.h.consumers} }

// StreamConsumer is a consumer of a group at hand. It dies when a consumer of
// the group is made or deleted.
type StreamConsumer struct {
	sp     *Space
	h      *consumerHead
	name   []byte
	number uint32
}

func (g *StreamGroup) consumerIn(cell []byte, number uint32) StreamConsumer {
	return StreamConsumer{g.sp, (*consumerHead)(unsafe.Pointer(&cell[0])), cell[consumerHeadSize:], number}
}

// numberOf finds a consumer's number.
func (g *StreamGroup) numberOf(name []byte) (number uint32, ok bool) {
	t := g.names()
	p, ok := t.find(nameKey(name), name)
	if !ok {
		return 0, false
	}
	return binary.LittleEndian.Uint32(t.cell(&p)), true
}

// byNumber finds a consumer that there is, for reading.
func (g *StreamGroup) byNumber(number uint32) StreamConsumer {
	t := g.consumers()
	p, _ := t.find(key{hi: uint64(number)}, nil)
	return g.consumerIn(t.cell(&p), number)
}

// openNumber finds a consumer that there is, for changes.
func (g *StreamGroup) openNumber(number uint32) (c StreamConsumer, err error) {
	t := g.consumers()
	p, _ := t.find(key{hi: uint64(number)}, nil)
	if err := t.own(&p); err != nil {
		return c, err
	}
	return g.consumerIn(t.cell(&p), number), nil
}

// Consumer finds a consumer, for reading.
func (g *StreamGroup) Consumer(name []byte) (c StreamConsumer, ok bool) {
	number, ok := g.numberOf(name)
	if !ok {
		return c, false
	}
	return g.byNumber(number), true
}

// ConsumerName is the name of the consumer with a number, in place.
func (g *StreamGroup) ConsumerName(number uint32) []byte {
	c := g.byNumber(number)
	return c.name
}

// OpenConsumer finds a consumer for changes, or makes it, seen at now and never
// active. The name does not lie in the arena.
func (g *StreamGroup) OpenConsumer(name []byte, now int64) (c StreamConsumer, created bool, err error) {
	number, ok := g.numberOf(name)
	if !ok {
		if number, err = g.createConsumer(name, now); err != nil {
			return c, false, err
		}
	}
	c, err = g.openNumber(number)
	return c, !ok, err
}

func (g *StreamGroup) createConsumer(name []byte, now int64) (number uint32, err error) {
	if g.h.next == math.MaxUint32 {
		return 0, ErrTooBig
	}
	number = g.h.next
	cell := make([]byte, consumerHeadSize, consumerHeadSize+len(name))
	h := (*consumerHead)(unsafe.Pointer(&cell[0]))
	h.seen, h.active = now, -1
	all := g.consumers()
	p := all.end()
	if err := all.insertAt(&p, key{hi: uint64(number)}, append(cell, name...)); err != nil {
		return 0, err
	}
	names := g.names()
	short := append(binary.LittleEndian.AppendUint32(nil, number), name...)
	if err := names.insert(nameKey(name), name, short); err != nil {
		_ = all.pop(false) // the cell is in a block that is new
		return 0, err
	}
	g.h.next++
	return number, nil
}

// DeleteConsumer removes a consumer and what it has pending, and returns how
// much that was.
func (g *StreamGroup) DeleteConsumer(name []byte) (pending int, was bool, err error) {
	number, ok := g.numberOf(name)
	if !ok {
		return 0, false, nil
	}
	c, err := g.openNumber(number)
	if err != nil {
		return 0, false, err
	}
	own, all := c.pending(), g.pending()
	pending = own.len()
	for own.len() > 0 {
		p := own.last()
		if q, ok := all.find(own.key(&p), nil); ok {
			if err := all.removeAt(&q); err != nil {
				return 0, false, err
			}
		}
		if err := own.removeAt(&p); err != nil {
			return 0, false, err
		}
	}
	names, consumers := g.names(), g.consumers()
	if p, ok := names.find(nameKey(name), name); ok {
		if err := names.removeAt(&p); err != nil {
			return 0, false, err
		}
	}
	if p, ok := consumers.find(key{hi: uint64(number)}, nil); ok {
		err = consumers.removeAt(&p)
	}
	return pending, true, err
}

// EachConsumer calls f with every consumer by name, until it returns false.
func (g *StreamGroup) EachConsumer(f func(c *StreamConsumer) bool) {
	t := g.names()
	for p := t.first(); p.valid(); t.next(&p) {
		c := g.byNumber(binary.LittleEndian.Uint32(t.cell(&p)))
		if !f(&c) {
			return
		}
	}
}

// Name is the name of the consumer, in place.
func (c *StreamConsumer) Name() []byte { return c.name }

// Seen is when the consumer last tried to get something, unix ms.
func (c *StreamConsumer) Seen() int64 { return c.h.seen }

// Active is when it last got something, unix ms, -1 if never.
func (c *StreamConsumer) Active() int64 { return c.h.active }

// SetSeen sets when it last tried, SetActive when it last got something.
func (c *StreamConsumer) SetSeen(ms int64) { c.h.seen = ms }

// SetActive sets when it last got something, unix ms; -1: never.
func (c *StreamConsumer) SetActive(ms int64) { c.h.active = ms }

// Pending is the number of entries that it has not acknowledged.
func (c *StreamConsumer) Pending() int { return int(c.h.pending.n) }

func (c *StreamConsumer) pending() tree { return tree{c.sp, &ownShape, &c.h.pending} }
