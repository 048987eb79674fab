package keyspace

import (
	"sync/atomic"
	"unsafe"

	"clusternode/arena"
	"clusternode/object"
	"clusternode/slots"
)

// Part is a partition: the keys of one slot in one database. Its methods want
// the slot's lock, or the gate. It fits a cache line.
type Part struct {
	db      *database      // constant
	arena   *arena.Arena   // constant, shared with the other slots of the shard
	watched *watchList     // nil while nobody watches
	base    unsafe.Pointer // the buckets; with multi, the directory
	seg     segment        // the only one; with multi, what the directory is
	keys    atomic.Uint32  // written under the lock, read by anybody
	expires atomic.Uint32  // keys with a time to live; as keys
	slot    slots.Slot     // constant
	multi   bool           // there is a directory, see directory.go
	space   *object.Space  // constant, of the arena
}

func (p *Part) init(d *database, s slots.Slot) {
	sh := d.shard(s)
	p.db, p.slot, p.arena, p.space = d, s, sh.arena, sh.space
}

// Len is the number of keys.
func (p *Part) Len() int { return int(p.keys.Load()) }

// Expires is the number of keys with a time to live.
func (p *Part) Expires() int { return int(p.expires.Load()) }

// Slot is the slot the partition belongs to.
func (p *Part) Slot() slots.Slot { return p.slot }

// Find looks a key up. It does not look at its expiry.
func (p *Part) Find(hash uint64, key []byte) Entry {
	e, _ := p.view(hash).find(p.arena, hash, key)
	return e
}

func (p *Part) findString(hash uint64, key string) Entry { return p.Find(hash, bytesOf(key)) }

// Put creates or replaces the entry of a key; of what was there the trees are
// freed. Value may be the bytes of that, if it has none; key may not lie in the
// partition. After an error nothing is changed.
func (p *Part) Put(hash uint64, key []byte, t Type, enc Encoding, value []byte, expireAt int64, hasExpire bool, lru uint32) (Entry, error) {
	if len(key) > MaxKey || len(value) > MaxValue {
		return Entry{}, ErrTooLong
	}
	e, at := p.view(hash).find(p.arena, hash, key)
	if !e.Exists() {
		e, at, err := p.create(hash, entrySize(len(key), len(value), hasExpire), hasExpire)
		if err == nil {
			e.write(key, t, enc, value, expireAt, hasExpire, lru)
			p.countTrees(false, e.hasTrees())
			p.markFields(at, e)
		}
		return e, err
	}
	if e.hasTrees() {
		dead := e.detach(p.space)
		n, err := p.replace(e, at, key, t, enc, value, expireAt, hasExpire, lru)
		if err == nil {
			p.discard(dead)
		}
		return n, err
	}
	return p.replace(e, at, key, t, enc, value, expireAt, hasExpire, lru)
}

// replace is Put of a key that exists. The trees of the old value are the
// caller's affair.
func (p *Part) replace(e Entry, at place, key []byte, t Type, enc Encoding, value []byte, expireAt int64, hasExpire bool, lru uint32) (Entry, error) {
	size := entrySize(len(key), len(value), hasExpire)
	p.retime(at, e.HasExpire(), hasExpire)
	had := e.hasTrees()
	if arena.SameBlock(e.blockLen(), size) {
		e.write(key, t, enc, value, expireAt, hasExpire, lru)
		p.countTrees(had, e.hasTrees())
		p.markFields(at, e)
		return e, nil
	}
	r, to, err := p.arena.Alloc(size, arena.Entry)
	if err != nil {
		p.retime(at, hasExpire, e.HasExpire())
		p.markFields(at, e)
		return Entry{}, ErrOOM
	}
	e = Entry{to}
	e.write(key, t, enc, value, expireAt, hasExpire, lru)
	p.countTrees(had, e.hasTrees())
	p.markFields(at, e)
	p.move(at, r)
	return e, nil
}

// create makes room for a new key: a block of size bytes and a place in the
// table. The caller writes the entry.
func (p *Part) create(hash uint64, size int, hasExpire bool) (Entry, place, error) {
	v, err := p.makeRoom(hash)
	if err != nil {
		return Entry{}, place{}, err
	}
	r, to, err := p.arena.Alloc(size, arena.Entry)
	if err != nil {
		return Entry{}, place{}, ErrOOM
	}
	at := v.insert(hash, r, hasExpire)
	p.addKeys(1)
	if hasExpire {
		p.addExpires(1)
	}
	return Entry{to}, at, nil
}

// move lets a place refer to another block and frees the one before.
func (p *Part) move(at place, r arena.Ref) {
	p.arena.Free(at.b.refs[at.i], arena.Entry)
	at.b.refs[at.i] = r
}

// retime keeps the books when a key gets or loses a time to live.
func (p *Part) retime(at place, had, has bool) {
	switch {
	case has && !had:
		p.addExpires(1)
	case had && !has:
		p.addExpires(-1)
	default:
		return
	}
	at.b.setVolatile(at.i, has)
}

// Remove deletes a key and reports whether it was there.
func (p *Part) Remove(hash uint64, key []byte) bool {
	v := p.view(hash)
	e, at := v.find(p.arena, hash, key)
	if !e.Exists() {
		return false
	}
	p.removeAt(v, hash, e, at)
	p.shrink(hash)
	return true
}

// removeAt takes an entry out and leaves the table's size as it is.
func (p *Part) removeAt(v view, hash uint64, e Entry, at place) {
	r, hadExpire := at.b.refs[at.i], e.HasExpire()
	if e.hasTrees() {
		p.discard(e.detach(p.space))
		p.countTrees(true, false)
	}
	v.remove(hash, at)
	p.arena.Free(r, arena.Entry)
	p.addKeys(-1)
	if hadExpire {
		p.addExpires(-1)
	}
}

// RemoveExpired is Remove of a key whose time has passed: watchers that came
// before that are told, and nobody else.
func (p *Part) RemoveExpired(hash uint64, key []byte) bool {
	p.expiredWatch(key)
	return p.Remove(hash, key)
}

// SetExpire gives a key a time to live: unix milliseconds. A missing key is
// reported as the zero Entry.
func (p *Part) SetExpire(hash uint64, key []byte, at int64) (Entry, error) {
	e, where := p.view(hash).find(p.arena, hash, key)
	switch {
	case !e.Exists():
		return e, nil
	case e.HasExpire():
		e.setExpireAt(at)
		return e, nil
	}
	return p.replace(e, where, key, e.Type(), e.Encoding(), e.Value(), at, true, e.LRU())
}

// Persist takes the time to live away and reports whether there was one.
func (p *Part) Persist(hash uint64, key []byte) bool {
	e, at := p.view(hash).find(p.arena, hash, key)
	if !e.Exists() || !e.HasExpire() {
		return false
	}
	_, err := p.replace(e, at, key, e.Type(), e.Encoding(), e.Value(), 0, false, e.LRU())
	if err != nil { // no smaller block to be had: it fits the one it is in
		p.retime(at, true, false)
		e.write(key, e.Type(), e.Encoding(), e.Value(), 0, false, e.LRU())
		p.markFields(at, e)
	}
	return true
}

// addKeys keeps the counts of the partition, the shard and the database.
func (p *Part) addKeys(n int) {
	was := int(p.keys.Load())
	p.keys.Store(uint32(was + n))
	p.db.shard(p.slot).keys.Add(int64(n))
	switch {
	case was == 0 && n > 0:
		p.db.nonEmpty.set(p.slot)
	case was > 0 && was+n == 0:
		p.db.nonEmpty.clear(p.slot)
	}
}

func (p *Part) addExpires(n int) {
	was := int(p.expires.Load())
	p.expires.Store(uint32(was + n))
	p.db.shard(p.slot).expires.Add(int64(n))
	switch {
	case was == 0 && n > 0:
		p.db.volatile.set(p.slot)
		p.db.ks.house.becameVolatile()
	case was > 0 && was+n == 0:
		p.db.volatile.clear(p.slot)
	}
}

// Clear removes all keys; their watchers are told. The memory is given back in
// slices, in the background.
func (p *Part) Clear() {
	if p.Len() == 0 {
		return
	}
	p.replaced(nil, unixMillis())
	rest := &Part{arena: p.arena, space: p.space, slot: p.slot, base: p.base, seg: p.seg, multi: p.multi}
	p.base, p.seg, p.multi = nil, segment{}, false
	p.addExpires(-p.Expires())
	keys := p.Len()
	p.addKeys(-keys)
	p.db.ks.house.discard(p.db, rest, keys)
}
