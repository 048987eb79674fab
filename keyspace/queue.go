package keyspace

import (
	"slices"

	"clusternode/slots"
)

// Blocked is a client that waits for keys (BLPOP, ...). It is in the queue of
// each of its keys; who claims it for something else leaves it there, and it is
// taken out later.
type Blocked interface {
	// Over reports that it waits no more.
	Over() bool
	// AwaitsRemoval reports that it also wants to know when the key goes; constant.
	AwaitsRemoval() bool
}

// queue holds those who wait for one key, the longest waiting first.
type queue struct {
	list    []Blocked
	removal int // of them, those that await the removal
}

// Block appends b to the queue of a key. The slot is locked.
func (ks *Keyspace) Block(db int, s slots.Slot, key []byte, b Blocked) {
	l := ks.Part(db, s).lists()
	q := l.waiting[string(key)]
	if q == nil {
		if l.waiting == nil {
			l.waiting = make(map[string]*queue)
		}
		q = new(queue)
		l.waiting[string(key)] = q
		ks.waitedKeys.Add(1)
	}
	q.list = append(q.list, b)
	if b.AwaitsRemoval() {
		if q.removal++; q.removal == 1 {
			ks.removalKeys.Add(1)
		}
	}
}

// Unblock takes b out of the queue of a key, if it is there. The slot is locked.
func (ks *Keyspace) Unblock(db int, s slots.Slot, key []byte, b Blocked) {
	p := ks.Part(db, s)
	if p.watched == nil {
		return
	}
	q := p.watched.waiting[string(key)]
	if q == nil {
		return
	}
	switch i := slices.Index(q.list, b); {
	case i < 0:
		return
	case i == 0: // whoever is served is the first as a rule
		q.list[0] = nil
		q.list = q.list[1:]
	default:
		q.list = slices.Delete(q.list, i, i+1)
	}
	if b.AwaitsRemoval() {
		if q.removal--; q.removal == 0 {
			ks.removalKeys.Add(-1)
		}
	}
	if len(q.list) == 0 {
		delete(p.watched.waiting, string(key))
		ks.waitedKeys.Add(-1)
		p.forgetEmpty()
	}
}

// AwaitsRemoval reports whether somebody wants to know when the key goes.
func (p *Part) AwaitsRemoval(key []byte) bool {
	if p.watched == nil {
		return false
	}
	q := p.watched.waiting[string(key)]
	return q != nil && q.removal > 0
}

// WaitingAt returns who waits for the key in place i, 0 being the longest
// waiting; nil: there is no such place.
func (p *Part) WaitingAt(key string, i int) Blocked {
	if p.watched == nil {
		return nil
	}
	if q := p.watched.waiting[key]; q != nil && i < len(q.list) {
		return q.list[i]
	}
	return nil
}

// WaitedKeys is the number of keys that somebody waits for.
func (ks *Keyspace) WaitedKeys() int64 { return ks.waitedKeys.Load() }

// RemovalKeys is the number of keys whose removal somebody waits for.
func (ks *Keyspace) RemovalKeys() int64 { return ks.removalKeys.Load() }

// EachWaited calls f for every key of the database that somebody waits for; the
// world is stopped.
func (ks *Keyspace) EachWaited(db int, f func(s slots.Slot, hash uint64, key string)) {
	d := ks.dbs[db].Load()
	if d == nil {
		return
	}
	for i := d.watched.next(0); i < len(d.parts); i = d.watched.next(i + 1) {
		if l := d.parts[i].watched; l != nil {
			for key := range l.waiting {
				f(slots.Slot(i), hashString(key), key)
			}
		}
	}
}

// WaitedSlots lists the slots in which somebody waits for a key of the database.
func (ks *Keyspace) WaitedSlots(db int) (out []slots.Slot) {
	d := ks.dbs[db].Load()
	if d == nil {
		return nil
	}
	for i := d.watched.next(0); i < len(d.parts); i = d.watched.next(i + 1) {
		out = append(out, slots.Slot(i))
	}
	return out
}

// BlockedIn appends all who wait for a key of the slot to out. The slot is locked.
func (ks *Keyspace) BlockedIn(db int, s slots.Slot, out []Blocked) []Blocked {
	l := ks.Part(db, s).watched
	if l == nil {
		return out
	}
	for _, q := range l.waiting {
		out = append(out, q.list...)
	}
	return out
}
