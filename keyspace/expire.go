package keyspace

import (
	"math/bits"
	"time"

	"clusternode/slots"
)

// Active expiry goes round the slots that have keys with a time to live, in
// rounds of a sample of such keys. While more of a sample are stale than is
// acceptable it takes the next, as long as its share of the time lasts; the
// figures are those of Redis' activeExpireCycle. The table knows which of its
// places have a time to live, so the others cost nothing.

// expireCursor is where expiry goes on, per database.
type expireCursor struct{ at []expirePoint }

type expirePoint struct {
	slot   int
	prefix uint64
}

func (a expirePoint) before(b expirePoint) bool {
	return a.slot < b.slot || a.slot == b.slot && a.prefix < b.prefix
}

const (
	expireSample     = 20 // keys per round, and a quarter more per effort
	expireAcceptable = 10 // stale keys in a sample, percent, and one less per effort
	expireBuckets    = 16 // per lock hold

	maxTTL = 1 << 45 // a millennium: so that sums do not overflow, ms
)

// ExpireNow runs expiry over all keys at the given time, unix milliseconds,
// and returns how many it removed. The caller has not entered.
func (ks *Keyspace) ExpireNow(now int64) int {
	h := &ks.house
	h.turn.Lock()
	defer h.turn.Unlock()
	x := ks.NewExecutor("expire")
	defer x.Close()
	x.Enter()
	defer x.Leave()
	var sum expireCount
	for db := range ks.dbs {
		p := &expirePoint{}
		for {
			n, more := h.expireSlice(x, db, p, now)
			sum.add(n)
			if !more {
				break
			}
		}
	}
	return sum.removed
}

type expireCount struct {
	seen, removed int   // of keys with a time to live
	fields        int   // of hashes, removed
	gone          int   // hashes whose last field expired
	ttl           int64 // sum of those that stay, ms
}

func (c *expireCount) add(o expireCount) {
	c.seen += o.seen
	c.removed += o.removed
	c.fields += o.fields
	c.gone += o.gone
	c.ttl += o.ttl
}

// expire is one run of active expiry.
func (h *housekeeper) expire(x *Executor, now int64, deadline time.Time) {
	if h.sweep.at == nil {
		h.sweep.at = make([]expirePoint, len(h.ks.dbs))
	}
	x.Enter()
	defer x.Leave()
	var sum expireCount
	for db := range h.ks.dbs {
		n, inTime := h.expireDB(x, db, now, deadline)
		sum.add(n)
		if !inTime {
			h.capped.Add(1)
			break
		}
	}
	if sum.seen > 0 {
		share := int64(sum.removed) * 1_000_000 / int64(sum.seen)
		h.stale.Store((h.stale.Load()*95 + share*5) / 100)
	}
}

// expireDB takes samples of one database while they have stale keys. It goes
// once round at most.
func (h *housekeeper) expireDB(x *Executor, db int, now int64, deadline time.Time) (sum expireCount, inTime bool) {
	effort := int(h.effort.Load()) - 1
	sample, acceptable := expireSample+expireSample/4*effort, expireAcceptable-effort
	at := &h.sweep.at[db]
	start, wrapped, around := *at, false, false
	for !around {
		var round expireCount
		for round.seen < sample && !around {
			n, more := h.expireSlice(x, db, at, now)
			round.add(n)
			if !more {
				around = wrapped
				*at, wrapped = expirePoint{}, true
			}
			around = around || wrapped && !at.before(start)
			if time.Now().After(deadline) {
				sum.add(round)
				return sum, false
			}
		}
		sum.add(round)
		if round.removed*100 <= round.seen*acceptable && round.fields == 0 {
			break
		}
	}
	if d := h.ks.dbs[db].Load(); d != nil && sum.seen > sum.removed {
		average := sum.ttl / int64(sum.seen-sum.removed)
		if was := d.ttl.Load(); was != 0 {
			average = (was*49 + average) / 50
		}
		d.ttl.Store(average)
	}
	return sum, true
}

// expireSlice looks at a few buckets under one hold of the slot's lock and
// moves the point on; more is false at the end of the database.
func (h *housekeeper) expireSlice(x *Executor, db int, at *expirePoint, now int64) (n expireCount, more bool) {
	x.Yield() // the database may be another one afterwards
	d := h.ks.dbs[db].Load()
	if d == nil {
		return n, false
	}
	i := min(d.volatile.next(at.slot), d.fielded.next(at.slot))
	if i == slots.Count {
		return n, false
	}
	if i != at.slot {
		*at = expirePoint{slot: i}
	}
	s := slots.Slot(i)
	if !x.LockSlot(s) && h.ks.dbs[db].Load() != d {
		h.ks.Unlock(s)
		return n, true // the next slice looks at what there is now
	}
	h.hold.begin()
	p := &d.parts[s]
	if at.prefix == 0 {
		d.refielded.clear(s)
	}
	next := p.slice(at.prefix, expireBuckets, func(v view, b *bucket, places uint32) {
		n.add(h.expirePlaces(d, p, v, b, places&b.volatile(), now))
	})
	if next == prefixEnd && !d.refielded.has(s) {
		d.fielded.clear(s)
	}
	if n.removed+n.gone > 0 {
		p.shrink(at.prefix << belowBits)
	}
	h.hold.end()
	h.ks.Unlock(s)
	h.expired.Add(int64(n.removed))
	if at.prefix = next; next == prefixEnd {
		*at = expirePoint{slot: i + 1}
	}
	return n, at.slot < slots.Count
}

func (h *housekeeper) expirePlaces(d *database, p *Part, v view, b *bucket, places uint32, now int64) (n expireCount) {
	for m := places; m != 0; m &= m - 1 {
		i := bits.TrailingZeros32(m)
		e := Entry{p.arena.At(b.refs[i])}
		if e.Type() == TypeHash && (!e.HasExpire() || e.ExpireAt() >= now) {
			fields, empty := p.expireFields(e, place{b, i}, now)
			n.fields += fields
			if fields > 0 {
				h.work.subkeys.Add(int64(fields))
				h.tellFields(d, p.slot, Entry{p.arena.At(b.refs[i])}.Key(), empty)
			}
			if empty {
				e = Entry{p.arena.At(b.refs[i])}
				p.removeAt(v, hashKey(e.Key()), e, place{b, i})
				n.gone++
				continue
			}
			if e = (Entry{p.arena.At(b.refs[i])}); e.hasFieldTTLs() {
				d.refielded.set(p.slot)
			}
		}
		if !e.HasExpire() {
			b.setVolatile(i, e.hasFieldTTLs())
			continue
		}
		n.seen++
		if at := e.ExpireAt(); at >= now {
			n.ttl += min(at-now, maxTTL)
			continue
		}
		key := e.Key()
		if h.told != nil {
			h.told(d.index, p.slot, key)
		}
		p.expiredWatch(key)
		p.removeAt(v, hashKey(key), e, place{b, i})
		n.removed++
	}
	return n
}

// tellFields announces fields that expired, to whoever wants to know.
func (h *housekeeper) tellFields(d *database, s slots.Slot, key []byte, gone bool) {
	if h.fields != nil {
		h.fields(d.index, s, key, gone)
	}
}
