package command

import (
	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

// What the families of collections share: how a handler gets at a value of its
// type, for reading and for writing.

// maxCells is how many values a command may have open at once.
const maxCells = 4

// ReadAs looks a key up for reading and wants a value of type t: ok is false
// after the WRONGTYPE error was replied. A missing key is the zero Entry.
func (c *Ctx) ReadAs(k *Key, t object.Type) (e keyspace.Entry, ok bool) {
	e = c.Read(k)
	if e.Exists() && e.Type() != t {
		c.W.Error(resp.ErrWrongType)
		return e, false
	}
	return e, true
}

// OpenAs opens the value of a key for changes and wants type t: ok is false
// after the WRONGTYPE error was replied. A missing key is a nil cell. The cell
// belongs to the Ctx and dies when the partition is written in any other way;
// of more than maxCells that a command opens, the oldest dies.
func (c *Ctx) OpenAs(k *Key, t object.Type) (cell *keyspace.Cell, ok bool) {
	cell = c.nextCell()
	if *cell, ok = k.Part.Open(k.Hash, k.Bytes); !ok {
		return nil, true
	}
	e := cell.Entry()
	if e.HasExpire() && e.ExpireAt() < c.Now {
		c.live(k) // which removes it
		return nil, true
	}
	c.touch(e)
	if e.Type() != t {
		c.W.Error(resp.ErrWrongType)
		return nil, false
	}
	return cell, true
}

// CreateAs makes a key that does not exist, with a value of n undefined bytes,
// opens it and reports that it is new. It replies the out of memory error and
// reports false if there is no room.
func (c *Ctx) CreateAs(k *Key, t object.Type, enc object.Encoding, n int) (cell *keyspace.Cell, ok bool) {
	if cell, ok = c.create(k, t, enc, n); ok {
		c.Notify(NotifyNew, "new", k)
	}
	return cell, ok
}

// create is CreateAs without the event.
func (c *Ctx) create(k *Key, t object.Type, enc object.Encoding, n int) (cell *keyspace.Cell, ok bool) {
	cell = c.nextCell()
	var err error
	if *cell, err = k.Part.Create(k.Hash, k.Bytes, t, enc, n, c.NewLRU()); err != nil {
		c.W.Error(resp.ErrOOM)
		return nil, false
	}
	return cell, true
}

func (c *Ctx) nextCell() *keyspace.Cell {
	c.opened++
	return &c.cells[c.opened%maxCells]
}

// Dirty counts n changes beyond the one that Changed counts.
func (c *Ctx) Dirty(n int) { c.Stats.Dirty += int64(n) }

// Scratch is a buffer of length 0 for what a handler copies out of the arena. A
// handler that has let it grow gives it back with KeepScratch.
func (c *Ctx) Scratch() []byte { return c.scratch[:0] }

// maxScratch is the largest scratch buffer that stays with an executor, bytes.
const maxScratch = 64 << 10

// KeepScratch gives a buffer that Scratch gave back.
func (c *Ctx) KeepScratch(b []byte) {
	if cap(b) <= maxScratch {
		c.scratch = b[:0]
	}
}
