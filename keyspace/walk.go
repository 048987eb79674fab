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
		more := d.parts[s].Len() == 0 || f(s, &d.parts[s])
		l.Unlock(s)
		if !more {
			return
		}
	}
}

// RandomKey calls f with a random key of the database, its slot locked with l,
// and reports whether there was one.
func (ks *Keyspace) RandomKey(l Locker, db int, r *rand.Rand, f func(s slots.Slot, e Entry)) bool {
	d := ks.dbs[db].Load()
	if d == nil {
		return false
	}
	found := false
	visit := func(i int) bool {
		s := slots.Slot(i)
		l.Lock(s)
		defer l.Unlock(s)
		if e := d.parts[s].Random(r); e.Exists() {
			f(s, e)
			found = true
		}
		return found
	}
	start := r.IntN(slots.Count)
	for i := d.nonEmpty.next(start); i < slots.Count; i = d.nonEmpty.next(i + 1) {
		if visit(i) {
			return true
		}
	}
	for i := d.nonEmpty.next(0); i < start; i = d.nonEmpty.next(i + 1) {
		if visit(i) {
			return true
		}
	}
	return false
}

// DBSize is the number of keys of a database.
func (ks *Keyspace) DBSize(db int) int {
	if d := ks.dbs[db].Load(); d != nil {
		return int(d.keys.Load())
	}
	return 0
}

// Expires is the number of keys of a database that have a time to live.
func (ks *Keyspace) Expires(db int) int {
	if d := ks.dbs[db].Load(); d != nil {
		return int(d.expires.Load())
	}
	return 0
}

// CountKeys is the number of keys of the slot in database 0; the slot is
// locked.
func (ks *Keyspace) CountKeys(s slots.Slot) int {
	if d := ks.dbs[0].Load(); d != nil {
		return d.parts[s].Len()
	}
	return 0
}
