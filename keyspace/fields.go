package keyspace

import "clusternode/object"

// Hashes whose fields have times to live are marked in the table as volatile,
// like keys that have one, so that the walk of active expiry finds them. The mark
// may outlive its reason: the walk takes it away.

// fieldsPerVisit is how many fields of a hash expire at one visit.
const fieldsPerVisit = 500

func (e Entry) hasFieldTTLs() bool {
	return e.Type() == TypeHash && object.HasFieldTTLs(TypeHash, e.Encoding(), e.Value())
}

// MarkFields tells the partition that fields of the hash in the cell may have got
// times to live.
func (c *Cell) MarkFields() { c.p.markFields(c.at, c.e) }

func (p *Part) markFields(at place, e Entry) {
	if e.hasFieldTTLs() {
		at.b.setVolatile(at.i, true)
		p.db.fielded.set(p.slot)
		p.db.refielded.set(p.slot)
		p.db.ks.house.becameVolatile()
	}
}

// expireFields removes fields of a hash whose time has passed and reports how many
// and whether it has none left. The place stays marked as long as there is a reason.
func (p *Part) expireFields(e Entry, at place, now int64) (n int, empty bool) {
	if !e.hasFieldTTLs() {
		at.b.setVolatile(at.i, e.HasExpire())
		return 0, false
	}
	c := Cell{p, e, at}
	h := object.OpenHash(&c)
	n, err := h.RemoveExpired(now, fieldsPerVisit)
	if n > 0 && err == nil {
		key := c.e.Key()
		p.Changed(hashKey(key), key)
	}
	return n, h.Len() == 0
}
