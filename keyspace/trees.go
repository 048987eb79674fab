package keyspace

import (
	"time"

	"clusternode/object"
)

// Values with trees own blocks beside their entry. They are freed at once if
// they are few; else housekeeping frees them in slices.

// freeAtOnce is how many leaves are.
const freeAtOnce = 16

func (e Entry) hasTrees() bool { return object.HasTrees(e.Type(), e.Encoding()) }

func (e Entry) detach(sp *object.Space) *object.Remains {
	return object.Detach(sp, e.Type(), e.Encoding(), e.Value())
}

// countTrees keeps the count of values with trees when one comes or goes.
func (p *Part) countTrees(had, has bool) {
	if had == has {
		return
	}
	n := int64(1)
	if had {
		n = -1
	}
	p.db.shard(p.slot).trees.Add(n)
}

// TreeBytes is how many bytes of blocks an entry of the partition has beside
// its own.
func (p *Part) TreeBytes(e Entry) int {
	return object.Bytes(p.space, e.Type(), e.Encoding(), e.Value())
}

// discard frees what was detached, now or in the background.
func (p *Part) discard(dead *object.Remains) {
	if dead.Free(freeAtOnce) {
		return
	}
	h := &p.db.ks.house
	h.take(h.pendingTrees(p.db, dead))
}

// deadTrees are the trees of a value that nobody can reach any more.
type deadTrees struct {
	dead *object.Remains
	d    *database // where it was
	left int       // bytes of them that count as pending
}

// pendingTrees are trees of d that count as pending until they are freed.
func (h *housekeeper) pendingTrees(d *database, dead *object.Remains) deadTrees {
	h.pending.Add(int64(dead.Left()))
	return deadTrees{dead, d, dead.Left()}
}

// take frees trees in the background.
func (h *housekeeper) take(t deadTrees) {
	if !h.started.Load() {
		t.free(h, time.Time{})
		return
	}
	h.work.discarded(1)
	h.mu.Lock()
	h.trees = append(h.trees, t)
	h.mu.Unlock()
	h.wake()
}

// free frees blocks until the deadline, if there is one, and reports whether it
// is done.
func (t *deadTrees) free(h *housekeeper, deadline time.Time) bool {
	for !t.freeSome(h) {
		if !deadline.IsZero() && time.Now().After(deadline) {
			return false
		}
	}
	return true
}

// freeSome frees a few blocks and reports whether it is done.
func (t *deadTrees) freeSome(h *housekeeper) bool {
	if t.d.released.Load() || t.dead.Free(freeAtOnce) {
		t.settle(h, 0)
		return true
	}
	t.settle(h, t.dead.Left())
	return false
}

// settle tells what is still pending.
func (t *deadTrees) settle(h *housekeeper, left int) {
	h.pending.Add(int64(left - t.left))
	t.left = left
}

// Move moves the value of a key to another key, which may have a value, in a
// partition of the same shard and database: trees and all, in no time. The time
// to live and the access bits go with it. After an error nothing is changed.
func (p *Part) Move(hash uint64, key []byte, to *Part, toHash uint64, toKey []byte) error {
	e := p.Find(hash, key)
	var expireAt int64
	if e.HasExpire() {
		expireAt = e.ExpireAt()
	}
	value := append([]byte(nil), e.Value()...)
	if _, err := to.Put(toHash, toKey, e.Type(), e.Encoding(), value, expireAt, e.HasExpire(), e.LRU()); err != nil {
		return err
	}
	e, at := p.view(hash).find(p.arena, hash, key) // Put may have moved the table
	p.countTrees(e.hasTrees(), false)
	e.forget()
	p.removeAt(p.view(hash), hash, e, at)
	p.shrink(hash)
	return nil
}

// forget makes an entry one without trees, which belong to somebody else now.
func (e Entry) forget() {
	e.setHeader(e.header()&^(7|7<<encShift) | uint64(TypeString) | EncRaw.Bits()<<encShift)
}
