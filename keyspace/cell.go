package keyspace

import (
	"unsafe"

	"clusternode/arena"
	"clusternode/object"
)

// Cell is an entry that is open for changes: the entry together with its place
// in the table. It is what values of package object live in. It dies when the
// partition is written in any other way, and with the slot's lock.
type Cell struct {
	p  *Part
	e  Entry
	at place
}

var _ object.Host = (*Cell)(nil)

// Space is what the values of the partition share with their shard.
func (p *Part) Space() *object.Space { return p.space }

// Open looks a key up in order to change its value in place.
func (p *Part) Open(hash uint64, key []byte) (Cell, bool) {
	e, at := p.view(hash).find(p.arena, hash, key)
	return Cell{p, e, at}, e.Exists()
}

// Create makes the entry of a key that does not exist, with a value of n
// undefined bytes and no time to live.
func (p *Part) Create(hash uint64, key []byte, t Type, enc Encoding, n int, lru uint32) (Cell, error) {
	if len(key) > MaxKey || n > MaxValue {
		return Cell{}, ErrTooLong
	}
	e, at, err := p.create(hash, entrySize(len(key), n, false), false)
	if err != nil {
		return Cell{}, err
	}
	e.writeHead(key, t, enc, n, 0, false, lru)
	p.countTrees(false, e.hasTrees())
	return Cell{p, e, at}, nil
}

// Entry is the entry as it is now.
func (c *Cell) Entry() Entry { return c.e }

// Value is the entry's value, in place.
func (c *Cell) Value() []byte { return c.e.Value() }

// Encoding is the representation of the value.
func (c *Cell) Encoding() Encoding { return c.e.Encoding() }

// SetEncoding changes it; the bytes are the caller's affair.
func (c *Cell) SetEncoding(enc Encoding) {
	had := c.e.hasTrees()
	c.e.SetEncoding(enc)
	c.p.countTrees(had, c.e.hasTrees())
}

// Space is what the value shares with those of its shard.
func (c *Cell) Space() *object.Space { return c.p.space }

// Resize changes the length of the value; see object.Host.
func (c *Cell) Resize(n int) ([]byte, error) {
	if n > MaxValue {
		return nil, ErrTooLong
	}
	h := c.e.header()
	keyAt, keyLen, valueAt, old := c.e.layout()
	if n >= valueExt || old >= valueExt {
		return c.resizeLong(n)
	}
	ref := c.at.b.refs[c.at.i]
	size := valueAt + n
	if !arena.SameBlock(valueAt+old, size) && !c.fits(ref, size) {
		r, to, err := c.p.arena.Alloc(size, arena.Entry)
		if err == nil {
			keep := valueAt + min(old, n)
			copy(unsafe.Slice((*byte)(to), keep), unsafe.Slice((*byte)(c.e.p), keep))
			c.e = Entry{to}
			c.p.move(c.at, r)
		} else if n > old {
			return nil, ErrOOM
		}
	}
	_, _ = keyAt, keyLen
	c.e.setHeader(h&(1<<valueShift-1) | uint64(n)<<valueShift)
	return unsafe.Slice((*byte)(unsafe.Add(c.e.p, valueAt)), n), nil
}

// fits reports whether the block of ref can hold size bytes without wasting
// more than an eighth of itself: a value that shrinks and grows keeps its block.
func (c *Cell) fits(ref arena.Ref, size int) bool {
	have := c.p.arena.Cap(ref)
	return size <= have && size >= have-have/8
}

// resizeLong is Resize of a value whose length does not fit the header.
func (c *Cell) resizeLong(n int) ([]byte, error) {
	e := c.e
	key, old := e.Key(), e.Value()
	has := e.HasExpire()
	var expireAt int64
	if has {
		expireAt = e.ExpireAt()
	}
	r, to, err := c.p.arena.Alloc(entrySize(len(key), n, has), arena.Entry)
	if err != nil {
		if n > len(old) {
			return nil, ErrOOM
		}
		// It fits where it is; the key is short of its place while the head is
		// rewritten, so it is set aside.
		key = append([]byte(nil), key...)
		e.write(key, e.Type(), e.Encoding(), old[:n], expireAt, has, e.LRU())
		return e.Value(), nil
	}
	c.e = Entry{to}
	c.e.writeHead(key, e.Type(), e.Encoding(), n, expireAt, has, e.LRU())
	copy(c.e.Value(), old)
	c.p.move(c.at, r)
	return c.e.Value(), nil
}
