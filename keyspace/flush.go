package keyspace

// FlushDB removes all keys of a database and returns how many there were. It
// is called under the gate, and takes the same short time whatever there was:
// the database is replaced, and its memory given back by housekeeping. That is
// so for both kinds of flush; async is what the client asked for.
func (ks *Keyspace) FlushDB(db int, async bool) int {
	d := ks.dbs[db].Load()
	if d == nil {
		return 0
	}
	n := int(d.keys())
	if n == 0 {
		return 0 // nothing changes, for watchers either
	}
	now := unixMillis()
	var fresh *database
	for i := d.watched.next(0); i < len(d.parts); i = d.watched.next(i + 1) {
		if fresh == nil {
			fresh = ks.newDatabase(db)
		}
		p := &d.parts[i]
		p.replaced(nil, now)
		fresh.parts[i].watched = p.watched
		fresh.watched.set(p.slot)
	}
	ks.dbs[db].Store(fresh) // nil: made again when it is used
	if fresh == nil {
		ks.fixed.Add(-fixedBytesPer)
	} else if ks.pool.Summing() {
		fresh.keepSum()
	}
	d.retire()
	ks.house.discardDB(d)
	return n
}

// FlushAll is FlushDB of all databases.
func (ks *Keyspace) FlushAll(async bool) int {
	n := 0
	for db := range ks.dbs {
		n += ks.FlushDB(db, async)
	}
	return n
}

// SwapDB exchanges two databases; it is called under the gate. Watchers belong
// to the number, not to the data: those of keys that exist on either side are
// dirty.
func (ks *Keyspace) SwapDB(a, b int) {
	if a == b {
		return
	}
	da, db := ks.dbs[a].Load(), ks.dbs[b].Load()
	if da == nil {
		da = ks.makeDB(a)
	}
	if db == nil {
		db = ks.makeDB(b)
	}
	now := unixMillis()
	for i := range da.parts {
		pa, pb := &da.parts[i], &db.parts[i]
		if pa.watched == nil && pb.watched == nil {
			continue
		}
		pa.replaced(pb, now)
		pb.replaced(pa, now)
		pa.watched, pb.watched = pb.watched, pa.watched
		for _, p := range []*Part{pa, pb} {
			p.db.watched.clear(p.slot)
			if p.watched != nil {
				p.db.watched.set(p.slot)
			}
		}
	}
	da.index, db.index = b, a
	ks.dbs[a].Store(db)
	ks.dbs[b].Store(da)
}
