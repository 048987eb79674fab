package keyspace

import (
	"math"
	"math/bits"
	"time"

	"clusternode/arena"
)

// remains is the table of a partition that was cleared; nobody else can reach
// it. What lies before at has been freed.
type remains struct {
	p  *Part
	d  *database // where it was
	at uint64

	keys int // how many there were
}

// discardDB takes the memory of a database that nobody can reach any more.
func (h *housekeeper) discardDB(d *database) {
	if !h.started.Load() {
		d.release()
		return
	}
	h.work.discarded(int(d.keys()))
	h.mu.Lock()
	h.dbs = append(h.dbs, d)
	h.mu.Unlock()
	h.wake()
}

// discard takes the table of a partition of d that was cleared, with its
// entries.
func (h *housekeeper) discard(d *database, p *Part, keys int) {
	r := &remains{p: p, d: d, keys: keys}
	if !h.started.Load() {
		r.free(time.Time{})
		return
	}
	h.work.discarded(keys)
	h.mu.Lock()
	h.remains = append(h.remains, r)
	h.mu.Unlock()
	h.wake()
}

func (h *housekeeper) wake() {
	select {
	case h.kick <- struct{}{}:
	default:
	}
}

// Collect gives back at once what flushes left behind, and all spare memory.
func (ks *Keyspace) Collect() {
	h := &ks.house
	h.turn.Lock()
	h.collect(time.Time{})
	h.turn.Unlock()
	ks.pool.Trim(0, math.MaxInt64)
}

// collect gives discarded memory back until the deadline, if there is one.
func (h *housekeeper) collect(deadline time.Time) {
	for {
		h.mu.Lock()
		var d *database
		var r *remains
		var t deadTrees
		switch {
		case len(h.dbs) > 0:
			d = h.dbs[0]
			h.dbs = h.dbs[1:]
		case len(h.remains) > 0:
			r = h.remains[0]
			h.remains = h.remains[1:]
		case len(h.trees) > 0:
			t = h.trees[0]
			h.trees = h.trees[1:]
		}
		h.mu.Unlock()
		switch {
		case d != nil:
			d.release()
			h.work.done(int(d.keys()))
		case t.d != nil:
			if !t.free(h, deadline) {
				h.mu.Lock()
				h.trees = append(h.trees, t)
				h.mu.Unlock()
				return
			}
			h.work.done(1)
		case r == nil:
			return
		case !r.free(deadline):
			h.mu.Lock()
			h.remains = append(h.remains, r)
			h.mu.Unlock()
			return
		default:
			h.work.done(r.keys)
		}
	}
}

// release gives the memory of a database back. It is quick, a page at a time.
func (d *database) release() {
	d.released.Store(true) // remains of it go with it
	for i := range d.shards {
		d.shards[i].arena.Release()
	}
}

// free frees the entries and then the table, until the deadline, if there is
// one, and reports whether it is done.
func (r *remains) free(deadline time.Time) bool {
	p := r.p
	if r.d.released.Load() {
		return true
	}
	for r.at < prefixEnd {
		r.at = p.slice(r.at, 16, func(_ view, b *bucket, places uint32) {
			for m := places; m != 0; m &= m - 1 {
				i := bits.TrailingZeros32(m)
				if e := (Entry{p.arena.At(b.refs[i])}); e.hasTrees() {
					e.detach(p.space).Free(math.MaxInt)
					r.d.shard(p.slot).trees.Add(-1)
				}
				p.arena.Free(b.refs[i], arena.Entry)
				b.clear(i) // later homes must not look at it
			}
		})
		if !deadline.IsZero() && time.Now().After(deadline) {
			return r.at >= prefixEnd && p.freeTable()
		}
	}
	return p.freeTable()
}

// freeTable frees the segments and the directory.
func (p *Part) freeTable() bool {
	if p.multi {
		for at := uint64(0); at < prefixEnd; {
			ref := p.directory()[at<<belowBits>>(64-p.seg.depth)]
			v := p.viewAt(ref)
			at = v.s.end(at)
			p.arena.Free(v.s.ref, arena.Table)
			p.arena.Free(ref, arena.Table)
		}
	}
	if p.base != nil {
		p.arena.Free(p.seg.ref, arena.Table)
		p.base = nil
	}
	return true
}
