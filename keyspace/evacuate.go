package keyspace

import (
	"math/bits"
	"time"
	"unsafe"

	"clusternode/arena"
	"clusternode/object"
	"clusternode/slots"
)

// Evacuation empties sparse pages, one arena at a time: the arena says which
// pages, and a walk over the tables of its slots moves the blocks that lie in
// them. The table alone tells that, so a walk is cheap; only what moves is
// touched. One slot is locked for a few buckets at a time.

// evacuation is where the walk is.
type evacuation struct {
	d      *database // nil: no arena is being emptied
	shard  int
	slot   int
	prefix uint64
	big    bool // there is much to win

	db, next int       // where to look for the next arena
	rest     time.Time // not before: the last round found nothing
}

const (
	evacuateBuckets = 8   // per lock hold
	evacuateBlocks  = 256 // of one value; the next round goes on
	evacuatePause   = time.Second
	evacuateMin     = 64 << 10 // bytes to win in an arena
)

// Evacuate empties all sparse pages at once and gives them back: DEBUG and
// tests. The caller has not entered.
func (ks *Keyspace) Evacuate() {
	h := &ks.house
	h.turn.Lock()
	x := ks.NewExecutor("evacuate")
	x.Enter()
	for h.evac.d != nil {
		h.evacuateSlice(x)
	}
	for range len(ks.dbs) * shards {
		for h.pickArena(); h.evac.d != nil; {
			h.evacuateSlice(x)
		}
	}
	x.Leave()
	x.Close()
	h.turn.Unlock()
	ks.Collect()
}

// share is how much of the time evacuation may take, percent.
func (e *evacuation) share() int {
	if e.big {
		return hurryShare
	}
	return evacuateShare
}

// giveUp ends the evacuation of an arena.
func (h *housekeeper) giveUp() {
	h.evac.d = nil
	h.work.ended()
}

// evacuate works for its share of the period.
func (h *housekeeper) evacuate(x *Executor, period time.Duration) {
	start := time.Now()
	if h.evac.d == nil && start.Before(h.evac.rest) {
		return
	}
	x.Enter()
	defer x.Leave()
	for looked := 0; ; {
		if h.evac.d == nil {
			if looked == len(h.ks.dbs)*shards {
				h.evac.rest = start.Add(evacuatePause)
				return
			}
			h.pickArena()
			looked++
			continue
		}
		h.evacuateSlice(x)
		if time.Since(start) > period*time.Duration(h.evac.share())/100 {
			return
		}
	}
}

// pickArena goes one arena on and begins with it if that is worth it.
func (h *housekeeper) pickArena() {
	e := &h.evac
	if e.next++; e.next >= shards {
		e.db, e.next = (e.db+1)%len(h.ks.dbs), 0
	}
	d := h.ks.dbs[e.db].Load()
	if d == nil {
		return
	}
	a := d.shards[e.next].arena
	gain := a.BeginEvacuation(evacuateMin)
	if gain == 0 {
		return
	}
	e.d, e.shard, e.slot, e.prefix = d, e.next, e.next, 0
	e.big = gain > a.Stats().Held/8
	h.work.began(e.share())
}

// evacuateSlice moves what leaves a few buckets. Meanwhile the database may be
// flushed or swapped: a flushed one is given up.
func (h *housekeeper) evacuateSlice(x *Executor) {
	x.Yield()
	e := &h.evac
	if h.ks.dbs[e.d.index].Load() != e.d {
		h.giveUp()
		return
	}
	e.slot = nextInShard(e.d, e.slot, &e.prefix)
	if e.slot >= slots.Count {
		e.d.shards[e.shard].arena.EndEvacuation()
		h.giveUp()
		return
	}
	s := slots.Slot(e.slot)
	if !x.LockSlot(s) && h.ks.dbs[e.d.index].Load() != e.d {
		h.ks.Unlock(s)
		h.giveUp()
		return
	}
	h.hold.begin()
	p := &e.d.parts[s]
	if e.prefix == 0 {
		p.moveTable(0)
	}
	var n evacuated
	e.prefix = p.slice(e.prefix, evacuateBuckets, func(_ view, b *bucket, places uint32) {
		p.evacuate(b, places, &n)
	})
	if e.prefix < prefixEnd {
		p.moveTable(e.prefix)
	}
	h.hold.end()
	h.ks.Unlock(s)
	n.count(&h.work)
	if e.prefix == prefixEnd {
		e.slot, e.prefix = e.slot+shards, 0
	}
}

// nextInShard is the next slot of the same shard that has keys.
func nextInShard(d *database, slot int, prefix *uint64) int {
	for slot < slots.Count && !d.nonEmpty.has(slots.Slot(slot)) {
		slot, *prefix = slot+shards, 0
	}
	return slot
}

// evacuate moves the entries at some places of a bucket if they lie in pages
// being emptied.
func (p *Part) evacuate(b *bucket, places uint32, n *evacuated) {
	trees := p.db.shard(p.slot).trees.Load() > 0 // else no entry need be looked at
	for m := places; m != 0; m &= m - 1 {
		i := bits.TrailingZeros32(m)
		moved := 0
		if p.arena.Leaving(b.refs[i]) {
			if r, _, ok := p.arena.Move(b.refs[i]); ok {
				b.refs[i] = r
				moved++
			}
		}
		n.stayed += 1 - moved
		if e := (Entry{p.arena.At(b.refs[i])}); trees && e.hasTrees() {
			moved += object.Evacuate(p.space, e.Type(), e.Encoding(), e.Value(), evacuateBlocks)
		}
		n.moved += moved
		if moved > 0 {
			n.keysMoved++
		} else {
			n.keysStayed++
		}
	}
}

// evacuated counts what became of the blocks of some buckets. Of a value with
// trees, only those that moved are known.
type evacuated struct{ moved, stayed, keysMoved, keysStayed int }

func (n *evacuated) count(w *houseWork) {
	w.moved.Add(int64(n.moved))
	w.stayed.Add(int64(n.stayed))
	w.keysMoved.Add(int64(n.keysMoved))
	w.keysStayed.Add(int64(n.keysStayed))
}

// moveTable moves the buckets of the segment at prefix, if they lie in a page
// being emptied, and with them the books of a segment in the arena.
func (p *Part) moveTable(prefix uint64) {
	if p.base == nil {
		return
	}
	hash := prefix << belowBits
	move := func(r arena.Ref) (arena.Ref, unsafe.Pointer, bool) {
		if !p.arena.Leaving(r) {
			return r, nil, false
		}
		return p.arena.Move(r)
	}
	if !p.multi {
		if r, at, ok := move(p.seg.ref); ok {
			p.seg.ref, p.base = r, at
		}
		return
	}
	v := p.view(hash)
	if r, _, ok := move(v.s.ref); ok {
		v.s.ref = r
	}
	depth := v.s.depth
	if r, _, ok := move(p.directory()[hash>>(64-p.seg.depth)]); ok {
		p.setDirectory(hash, depth, r)
	}
	if prefix != 0 {
		return
	}
	if r, at, ok := move(p.seg.ref); ok {
		p.seg.ref, p.base = r, at
	}
}
