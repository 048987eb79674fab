package keyspace

import (
	"math/bits"
	"sort"

	"clusternode/slots"
)

// slotWeights draws a slot of a database in proportion to its keys. It is taken
// at one moment and used for a while: reading 16384 counters for every draw would
// cost more than the rest.
type slotWeights struct {
	d    *database
	list []slots.Slot // with keys
	sums []uint64     // of the keys up to and with the slot
	left int          // draws until it is taken anew
}

// weightsLast is for how many draws weights are good.
const weightsLast = 4096

// randomTries is how many draws and places an attempt looks at.
const randomTries = 16

// evictRandom removes a random key.
func (v *Evictor) evictRandom() EvictResult {
	if v.weights == nil {
		v.weights = make([]slotWeights, len(v.ks.dbs))
	}
	// Where there is one database it need not be drawn, and is counted only when
	// it seems to be empty.
	db := v.onlyDB()
	for range randomTries {
		if db < 0 {
			if db = v.drawDB(); db < 0 {
				return EvictedNone
			}
		}
		if v.drawKey(&v.weights[db], v.ks.dbs[db].Load()) {
			return EvictedOne
		}
		db = -1
	}
	return EvictedLater
}

// onlyDB is the database that there is, -1 if there are several or none.
func (v *Evictor) onlyDB() int {
	db := -1
	for i := range v.ks.dbs {
		if v.ks.dbs[i].Load() != nil {
			if db >= 0 {
				return -1
			}
			db = i
		}
	}
	return db
}

// countOf is the number of keys that the policy may take.
func (v *Evictor) countOf(d *database) int64 {
	if v.rules.Policy.volatile() {
		return d.expires()
	}
	return d.keys()
}

// drawDB draws a database in proportion to its keys, -1 if there are none.
func (v *Evictor) drawDB() int {
	total, db := int64(0), -1
	for i := range v.ks.dbs {
		d := v.ks.dbs[i].Load()
		if d == nil {
			continue
		}
		if n := v.countOf(d); n > 0 {
			total += n
			if total == n || v.rand.Int64N(total) < n { // it replaces those before with its share
				db = i
			}
		}
	}
	return db
}

// drawKey removes a random key of a random slot. The draw may fail, as the
// weights are old, or the slot is locked.
func (v *Evictor) drawKey(w *slotWeights, d *database) bool {
	if d == nil {
		return false
	}
	if w.d != d || w.left <= 0 {
		v.weigh(w, d)
	}
	if len(w.list) == 0 {
		w.left = 0
		return false
	}
	w.left--
	n := v.rand.Uint64N(w.sums[len(w.sums)-1])
	s := w.list[sort.Search(len(w.sums), func(i int) bool { return w.sums[i] > n })]
	if !v.lock(s) {
		return false
	}
	defer v.unlock(s)
	p := &d.parts[s]
	t, at := v.randomPlace(p)
	if at.b == nil {
		w.left -= weightsLast / 8 // the weights are far from the truth
		return false
	}
	e := Entry{p.arena.At(at.b.refs[at.i])}
	v.remove(d, p, t, hashKey(e.Key()), e, at)
	return true
}

// weigh takes the weights anew.
func (v *Evictor) weigh(w *slotWeights, d *database) {
	w.d, w.left = d, weightsLast
	w.list, w.sums = w.list[:0], w.sums[:0]
	sum := uint64(0)
	set := v.members(d)
	for i := set.next(0); i < slots.Count; i = set.next(i + 1) {
		n := d.parts[i].Len()
		if v.rules.Policy.volatile() {
			n = d.parts[i].Expires()
		}
		if n > 0 {
			sum += uint64(n)
			w.list, w.sums = append(w.list, slots.Slot(i)), append(w.sums, sum)
		}
	}
}

// randomPlace is a random place of a key that the policy may take, nowhere if none
// was found. Where few keys are, the one behind a random bucket is taken.
func (v *Evictor) randomPlace(p *Part) (view, place) {
	if p.base == nil {
		return view{}, place{}
	}
	for range randomTries {
		t := p.view(v.rand.Uint64())
		b, i := t.bucket(v.rand.IntN(int(t.s.buckets))), v.rand.IntN(bucketPlaces)
		if v.may(b)>>i&1 != 0 && v.allows(Entry{p.arena.At(b.refs[i])}) {
			return t, place{b, i}
		}
	}
	prefix := v.rand.Uint64() >> belowBits
	for range sweepBuckets {
		t := p.view(prefix << belowBits)
		home := t.s.home(prefix)
		b := t.bucket(home)
		for m := v.may(b); m != 0; m &= m - 1 {
			if i := bits.TrailingZeros32(m); v.allows(Entry{p.arena.At(b.refs[i])}) {
				return t, place{b, i}
			}
		}
		if prefix = t.s.from(prefix, home+1); prefix >= prefixEnd {
			prefix = 0
		}
	}
	return view{}, place{}
}
