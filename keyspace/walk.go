package keyspace

import (
	"math/rand/v2"

	"clusternode/slots"
)

// ScanDB is one step of an iteration over a database. The cursor is a slot and
// a hash prefix, 0 to begin with; the returned one is 0 at the end. About
// count keys are visited, empty partitions cost nothing, and each slot is
// locked with l while f sees its entries.
func (ks *Keyspace) ScanDB(l Locker, db int, cursor uint64, count int, f func(s slots.Slot, e Entry)) (next uint64) {
	d := ks.dbs[db].Load()
	if d == nil || cursor>>prefixBits >= slots.Count {
		return 0
	}
	seen, prefix := 0, cursor&(1<<prefixBits-1)
	for from := int(cursor >> prefixBits); ; {
		i := d.nonEmpty.next(from)
		if i == slots.Count {
			return 0
		}
		if i != from {
			prefix = 0
		}
		if seen >= count {
			return uint64(i)<<prefixBits | prefix
		}
		s := slots.Slot(i)
		l.Lock(s)
		if d = ks.dbs[db].Load(); d == nil { // flushed while we waited
			l.Unlock(s)
			return 0
		}
		at, done := d.parts[s].Scan(prefix, count-seen, func(e Entry) { seen++; f(s, e) })
		l.Unlock(s)
		if !done {
			return uint64(i)<<prefixBits | at
		}
		from, prefix = i+1, 0
	}
}

// EachSlot calls f for every partition that has keys, its slot locked with l,
// until f returns false.
func (ks *Keyspace) EachSlot(db int, l Locker, f func(s slots.Slot, p *Part) bool) {
	d := ks.dbs[db].Load()
	if d == nil {
		return
	}
	for i := d.nonEmpty.next(0); i < slots.Count; i = d.nonEmpty.next(i + 1) {
		s := slots.Slot(i)
		l.Lock(s)
		if d = ks.dbs[db].Load(); d == nil { // flushed while we waited
			l.Unlock(s)
			return
		}
		more := d.parts[s].Len() == 0 || f(s, &d.parts[s])
		l.Unlock(s)
		if !more {
			return
		}
	}
}

// RandomKey calls f with a random key of the database, its slot locked with l,
// and reports whether there was one. Each key is about as likely: a slot is
// picked by its number of keys.
func (ks *Keyspace) RandomKey(l Locker, db int, r *rand.Rand, f func(s slots.Slot, e Entry)) bool {
	d := ks.dbs[db].Load()
	if d == nil {
		return false
	}
	for range 3 { // the pick may have been emptied meanwhile
		s, ok := d.pickSlot(r)
		if ok && ks.visitRandom(l, db, s, r, f) {
			return true
		}
		if d = ks.dbs[db].Load(); d == nil { // flushed while we waited
			return false
		}
	}
	for i := d.nonEmpty.next(0); i < slots.Count; i = d.nonEmpty.next(i + 1) {
		if ks.visitRandom(l, db, slots.Slot(i), r, f) {
			return true
		}
		if d = ks.dbs[db].Load(); d == nil {
			return false
		}
	}
	return false
}

// pickSlot picks a slot, each in proportion to its keys: first the shard, then
// the slot in it. It takes no lock; writers make it a little wrong.
func (d *database) pickSlot(r *rand.Rand) (slots.Slot, bool) {
	total := d.keys()
	if total <= 0 {
		return 0, false
	}
	n := r.Int64N(total)
	for i := range d.shards {
		k := d.shards[i].keys.Load()
		if n >= k {
			n -= k
			continue
		}
		for s := i; s < slots.Count; s += shards {
			k := int64(d.parts[s].Len())
			if n < k {
				return slots.Slot(s), true
			}
			n -= k
		}
	}
	return 0, false
}

func (ks *Keyspace) visitRandom(l Locker, db int, s slots.Slot, r *rand.Rand, f func(s slots.Slot, e Entry)) bool {
	l.Lock(s)
	defer l.Unlock(s)
	d := ks.dbs[db].Load()
	if d == nil {
		return false
	}
	e := d.parts[s].Random(r)
	if e.Exists() {
		f(s, e)
	}
	return e.Exists()
}
