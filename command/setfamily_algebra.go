package command

import (
	"math"
	"slices"

	"clusternode/object"
	"clusternode/resp"
)

// costOfSets is the cost of a command that reads all its sets.
func costOfSets(c *Ctx) int64 {
	total := 0
	for i := range c.Keys {
		total += setLen(&c.Keys[i])
	}
	return int64(total) * nanosPerMerged
}

// readSets looks keys up for reading and wants sets; missing is how many do not
// exist. A set that does not exist is an empty one. ok is false after an error
// was replied, for the first key that holds something else.
func (c *Ctx) readSets(keys []Key) (sets []object.Set, missing int, ok bool) {
	expired := c.Stats.Expired
	sets = make([]object.Set, len(keys))
	for i := range keys {
		s, exists, ok := c.readSet(&keys[i])
		if !ok {
			return nil, 0, false
		}
		if !exists {
			missing++
			s = object.EmptySet
		}
		sets[i] = s
	}
	if c.Stats.Expired != expired { // keys were removed, so that the first ones may have moved
		for i := range keys {
			k := &keys[i]
			if e := k.Part.Find(k.Hash, k.Bytes); e.Exists() {
				sets[i] = setOf(k, e)
			}
		}
	}
	return sets, missing, true
}

// smallestFirst orders sets for an intersection.
func smallestFirst(sets []object.Set) {
	slices.SortStableFunc(sets, func(a, b object.Set) int { return a.Len() - b.Len() })
}

func sinter(c *Ctx) {
	sets, missing, ok := c.readSets(c.Keys)
	if !ok {
		return
	}
	list := newBulkList(c.W)
	if missing == 0 {
		smallestFirst(sets)
		object.IntersectSets(sets, func(m []byte) bool { list.add(m); return true })
	}
	list.closeSet()
}

func sintercard(c *Ctx) {
	numKeys, ok := c.intBetween(c.Args[1], 1, math.MaxInt64, "ERR numkeys should be greater than 0")
	if !ok {
		return
	}
	if numKeys > int64(len(c.Args)-2) {
		c.W.Error("ERR Number of keys can't be greater than number of args")
		return
	}
	limit := int64(0)
	for i := 2 + int(numKeys); i < len(c.Args); i += 2 {
		if i+1 == len(c.Args) || !equalFold(c.Args[i], "limit") {
			c.W.Error(resp.ErrSyntax)
			return
		}
		if limit, ok = c.intBetween(c.Args[i+1], 0, math.MaxInt64, "ERR LIMIT can't be negative"); !ok {
			return
		}
	}
	sets, missing, ok := c.readSets(c.Keys)
	if !ok {
		return
	}
	n := int64(0)
	if missing == 0 {
		smallestFirst(sets)
		object.IntersectSets(sets, func([]byte) bool { n++; return n != limit })
	}
	c.W.Int(n)
}

func sunion(c *Ctx) {
	sets, _, ok := c.readSets(c.Keys)
	if !ok {
		return
	}
	list := newBulkList(c.W)
	add := func(m []byte) bool { list.add(m); return true }
	lim := c.setLimits()
	if !object.PackedUnion(sets, lim) {
		object.UnionSets(sets, add)
		list.closeSet()
		return
	}
	// Packed as Redis does it, so that integers come in their order and the
	// others as they stand in the sets.
	b := object.NewSetBuilder(c.Keys[0].Part.Space(), lim, object.EncIntset, c.Scratch())
	if err := b.AddUnion(sets); err == nil {
		b.Set().Each(add)
	} else { // the limits were lowered and there is no memory for a tree
		object.UnionSets(sets, add)
	}
	_, v := b.Value()
	c.KeepScratch(v)
	b.Discard()
	list.closeSet()
}

func sdiff(c *Ctx) {
	if sets, _, ok := c.readSets(c.Keys); ok {
		list := newBulkList(c.W)
		object.SubtractSets(sets, func(m []byte) bool { list.add(m); return true })
		list.closeSet()
	}
}

func sinterstore(c *Ctx) {
	sets, missing, ok := c.readSets(c.Keys[1:])
	if !ok {
		return
	}
	b := c.newResult(object.EncListpack)
	var err error
	if missing == 0 {
		smallestFirst(sets)
		if sets[0].Encoding() == object.EncIntset {
			b = c.newResult(object.EncIntset)
		}
		object.IntersectSets(sets, func(m []byte) bool { err = b.AddNew(m); return err == nil })
		b.PackIntegers()
	}
	c.storeResult("sinterstore", b, err)
}

func sunionstore(c *Ctx) {
	if sets, _, ok := c.readSets(c.Keys[1:]); ok {
		b := c.newResult(object.EncIntset)
		c.storeResult("sunionstore", b, b.AddUnion(sets))
	}
}

func sdiffstore(c *Ctx) {
	sets, _, ok := c.readSets(c.Keys[1:])
	if !ok {
		return
	}
	b := c.newResult(object.DifferenceEncoding(sets, c.setLimits()))
	var err error
	object.SubtractSets(sets, func(m []byte) bool { err = b.AddNew(m); return err == nil })
	c.storeResult("sdiffstore", b, err)
}

// newResult begins the set that the first key will hold.
func (c *Ctx) newResult(start object.Encoding) *object.SetBuilder {
	return object.NewSetBuilder(c.Keys[0].Part.Space(), c.setLimits(), start, c.Scratch())
}

// storeResult stores a set in the first key, or deletes the key if the set is
// empty, and replies how many members there are. err is why the set could not
// be made.
func (c *Ctx) storeResult(event string, b *object.SetBuilder, err error) {
	k := &c.Keys[0]
	n := b.Len()
	switch {
	case err != nil:
		b.Discard()
		c.W.Error(resp.ErrOOM)
		return
	case n == 0:
		c.delete(k)
	case !c.putSet(k, event, b, false):
		return
	}
	c.W.Int(int64(n))
}
