package keyspace

import (
	"math/rand/v2"
	"slices"
	"unsafe"

	"clusternode/slots"
)

// Part is a partition: the keys of one slot in one database. Its methods want
// the slot's lock, or the gate.
type Part struct {
	db      *database
	watched *watchList // nil while nobody watches
	items   map[string][]byte
	expires int
	slot    slots.Slot
}

func (p *Part) init(d *database, s slots.Slot) { p.db, p.slot = d, s }

// Len is the number of keys.
func (p *Part) Len() int { return len(p.items) }

// Expires is the number of keys with a time to live.
func (p *Part) Expires() int { return p.expires }

// Slot is the slot the partition belongs to.
func (p *Part) Slot() slots.Slot { return p.slot }

// Find looks a key up. It does not look at its expiry.
func (p *Part) Find(hash uint64, key []byte) Entry {
	b := p.items[string(key)]
	if b == nil {
		return Entry{}
	}
	return Entry{unsafe.Pointer(&b[0])}
}

func (p *Part) findString(hash uint64, key string) Entry { return p.Find(hash, bytesOf(key)) }

// Prefetch touches what Find will need.
func (p *Part) Prefetch(hash uint64) {}

func (p *Part) count(keys, expires int) {
	p.expires += expires
	if keys != 0 {
		p.db.keys.Add(int64(keys))
		if len(p.items) == 0 {
			p.db.nonEmpty.clear(p.slot)
		} else {
			p.db.nonEmpty.set(p.slot)
		}
	}
	if expires != 0 {
		p.db.expires.Add(int64(expires))
		if p.expires == 0 {
			p.db.volatile.clear(p.slot)
		} else {
			p.db.volatile.set(p.slot)
		}
	}
}

// Put creates or replaces the entry of a key. Value may be that of the entry
// itself; key may not lie in the partition.
func (p *Part) Put(hash uint64, key []byte, t Type, enc Encoding, value []byte, expireAt int64, hasExpire bool, lru uint32) (Entry, error) {
	if len(key) > MaxKey || len(value) > MaxValue {
		return Entry{}, ErrTooLong
	}
	b := make([]byte, entrySize(len(key), len(value), hasExpire))
	e := Entry{unsafe.Pointer(&b[0])}
	e.write(key, t, enc, value, expireAt, hasExpire, lru)
	keys, expires := 1, 0
	if old := p.Find(hash, key); old.Exists() {
		keys = 0
		if old.HasExpire() {
			expires--
		}
	}
	if hasExpire {
		expires++
	}
	if p.items == nil {
		p.items = make(map[string][]byte)
	}
	p.items[string(key)] = b
	p.count(keys, expires)
	return e, nil
}

// Grow returns the entry of a key with a value of size bytes: the old bytes
// are kept as far as they fit, new ones are zero. A missing key is created
// with type t, encoding enc and access bits lru; of an existing one they, and
// the expiry, stay.
func (p *Part) Grow(hash uint64, key []byte, t Type, enc Encoding, lru uint32, size int) (Entry, error) {
	value := make([]byte, size)
	old := p.Find(hash, key)
	if !old.Exists() {
		return p.Put(hash, key, t, enc, value, 0, false, lru)
	}
	copy(value, old.Value())
	var at int64
	if old.HasExpire() {
		at = old.ExpireAt()
	}
	return p.Put(hash, key, old.Type(), old.Encoding(), value, at, old.HasExpire(), old.LRU())
}

// Remove deletes a key and reports whether it was there.
func (p *Part) Remove(hash uint64, key []byte) bool {
	old := p.Find(hash, key)
	if !old.Exists() {
		return false
	}
	expires := 0
	if old.HasExpire() {
		expires--
	}
	delete(p.items, string(key))
	p.count(-1, expires)
	return true
}

// RemoveExpired is Remove of a key whose time has passed; watchers who came
// before that are told.
func (p *Part) RemoveExpired(hash uint64, key []byte) bool {
	p.expiredWatch(key)
	return p.Remove(hash, key)
}

// SetExpire gives a key a time to live: unix milliseconds. A missing key is
// reported as the zero Entry.
func (p *Part) SetExpire(hash uint64, key []byte, at int64) (Entry, error) {
	e := p.Find(hash, key)
	if !e.Exists() {
		return e, nil
	}
	return p.Put(hash, key, e.Type(), e.Encoding(), e.Value(), at, true, e.LRU())
}

// Persist takes the time to live away and reports whether there was one.
func (p *Part) Persist(hash uint64, key []byte) bool {
	e := p.Find(hash, key)
	if !e.Exists() || !e.HasExpire() {
		return false
	}
	_, err := p.Put(hash, key, e.Type(), e.Encoding(), e.Value(), 0, false, e.LRU())
	return err == nil
}

// Clear removes all keys. Watchers of those are told.
func (p *Part) Clear() {
	p.replaced(nil, unixMillis())
	n, x := len(p.items), p.expires
	p.items = nil
	p.count(-n, -x)
}

// prefixBits is the length of the hash prefix in a cursor.
const prefixBits = 39

// Scan calls f for the keys from cursor (a hash prefix) on, until count of
// them were seen, and returns where to go on; done says that was the end. A
// key that is there during the whole iteration is seen, whatever else is
// written. f must not write to the partition.
func (p *Part) Scan(cursor uint64, count int, f func(Entry)) (next uint64, done bool) {
	type hashed struct {
		prefix uint64
		e      Entry
	}
	var all []hashed
	for k, b := range p.items {
		if q := hashString(k) >> (64 - prefixBits); q >= cursor {
			all = append(all, hashed{q, Entry{unsafe.Pointer(&b[0])}})
		}
	}
	slices.SortFunc(all, func(a, b hashed) int { return int(int64(a.prefix) - int64(b.prefix)) })
	for i, h := range all {
		if i >= count && h.prefix != all[i-1].prefix {
			return h.prefix, false
		}
		f(h.e)
	}
	return 0, true
}

// Each calls f for every key until it returns false. f must not write to the
// partition.
func (p *Part) Each(f func(Entry) bool) {
	for _, b := range p.items {
		if !f(Entry{unsafe.Pointer(&b[0])}) {
			return
		}
	}
}

// Random is some entry, each about as likely; the zero Entry of an empty
// partition.
func (p *Part) Random(r *rand.Rand) Entry {
	n := 0
	if len(p.items) > 0 {
		n = r.IntN(len(p.items))
	}
	for _, b := range p.items {
		if n--; n < 0 {
			return Entry{unsafe.Pointer(&b[0])}
		}
	}
	return Entry{}
}

// Size is the bytes that the entry costs, its place in the table included.
func (e Entry) Size() int { return (e.blockLen()+7)&^7 + 6 }
