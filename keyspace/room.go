package keyspace

import (
	"unsafe"

	"clusternode/arena"
)

// Grow returns the entry of a key with a value of size bytes: the old bytes
// are kept as far as they fit, new ones are zero. A missing key is created
// with type t, encoding enc and access bits lru; of an existing one they, and
// the expiry, stay. A value that grows gets an eighth more than it asked for,
// so that a loop of APPENDs copies each byte a few times only.
func (p *Part) Grow(hash uint64, key []byte, t Type, enc Encoding, lru uint32, size int) (Entry, error) {
	if len(key) > MaxKey || size > MaxValue {
		return Entry{}, ErrTooLong
	}
	e, at := p.view(hash).find(p.arena, hash, key)
	if !e.Exists() {
		return p.createZero(hash, key, t, enc, lru, size)
	}
	_, _, valueAt, n := e.layout()
	switch {
	case size == n:
		return e, nil
	case size >= valueExt == (n >= valueExt) && valueAt+size <= p.arena.Cap(at.b.refs[at.i]) && size > n:
		e.setValueLen(size)
		clear(unsafe.Slice((*byte)(unsafe.Add(e.p, valueAt+n)), size-n))
		return e, nil
	}
	return p.enlarge(e, at, key, size)
}

func (p *Part) createZero(hash uint64, key []byte, t Type, enc Encoding, lru uint32, size int) (Entry, error) {
	total := entrySize(len(key), size, false)
	e, _, err := p.create(hash, total, false)
	if err != nil {
		return e, err
	}
	e.writeHead(key, t, enc, size, 0, false, lru)
	if !arena.Zeroed(total) {
		clear(e.Value())
	}
	return e, nil
}

// enlarge moves an entry to a block that fits a value of size bytes.
func (p *Part) enlarge(e Entry, at place, key []byte, size int) (Entry, error) {
	need := entrySize(len(key), size, e.HasExpire())
	ask := need
	if old := e.Value(); size > len(old) {
		ask += need / 8
	}
	r, to, err := p.arena.Alloc(ask, arena.Entry)
	if err != nil && ask > need {
		ask = need
		r, to, err = p.arena.Alloc(ask, arena.Entry)
	}
	if err != nil {
		return Entry{}, ErrOOM
	}
	var expireAt int64
	if e.HasExpire() {
		expireAt = e.ExpireAt()
	}
	grown := Entry{to}
	grown.writeHead(key, e.Type(), e.Encoding(), size, expireAt, e.HasExpire(), e.LRU())
	value := grown.Value()
	n := copy(value, e.Value())
	if !arena.Zeroed(ask) {
		clear(value[n:])
	}
	p.move(at, r)
	return grown, nil
}

// setValueLen changes the length of the value, staying on the same side of
// valueExt.
func (e Entry) setValueLen(n int) {
	if n < valueExt {
		e.setHeader(e.header()&(1<<valueShift-1) | uint64(n)<<valueShift)
		return
	}
	at, _, _, _ := e.layout() // the value's length stands before the key
	*e.word(at - extraSize) = uint64(n)
}

// Size is the bytes that the entry costs, its place in the table included.
func (e Entry) Size() int { return arena.BlockSize(e.blockLen()) + (bucketBytes+fullPer-1)/fullPer }
