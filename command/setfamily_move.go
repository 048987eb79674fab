package command

import (
	"bytes"

	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

// smove adds to the target before it takes from the source: if there is no
// memory nothing has happened.
func smove(c *Ctx) {
	from, to, m := &c.Keys[0], &c.Keys[1], c.Args[3]
	c.Write(from)
	dst := c.Write(to)
	// Looked up again, as the target may have expired and been removed just now.
	src := from.Part.Find(from.Hash, from.Bytes)
	if !src.Exists() {
		c.W.Int(0)
		return
	}
	if src.Type() != keyspace.TypeSet || dst.Exists() && dst.Type() != keyspace.TypeSet {
		c.W.Error(resp.ErrWrongType)
		return
	}
	s := setOf(from, src)
	switch {
	case !s.Has(m):
		c.W.Int(0)
		return
	case bytes.Equal(from.Bytes, to.Bytes):
		c.W.Int(1)
		return
	}
	added, ok := c.addOne(to, m)
	if !ok {
		return
	}
	if !c.removeOne(from, m) {
		if added {
			c.removeOne(to, m)
		}
		c.W.Error(resp.ErrOOM)
		return
	}
	if !dst.Exists() {
		c.Notify(NotifyNew, "new", to)
	}
	if added {
		c.Changed(to)
		c.Notify(NotifySet, "sadd", to)
	}
	c.W.Int(1)
}

// addOne adds a member to the set of a key, which is made if it is missing, and
// reports whether it was new; events are the caller's affair. It replies the out of memory error, then ok is
// false.
func (c *Ctx) addOne(k *Key, m []byte) (added, ok bool) {
	lim := c.setLimits()
	cell, _ := c.OpenAs(k, keyspace.TypeSet)
	if cell == nil {
		enc, v := object.SetOfOne(c.Scratch(), m, lim)
		c.KeepScratch(v)
		if cell, ok = c.create(k, keyspace.TypeSet, enc, len(v)); !ok {
			return false, false
		}
		copy(cell.Value(), v)
		if enc != object.EncHashtable {
			return true, true
		}
	}
	s := object.OpenSet(cell)
	added, err := s.Add(m, &lim)
	if err != nil {
		if s.Len() == 0 {
			k.Part.Remove(k.Hash, k.Bytes)
		}
		c.W.Error(resp.ErrOOM)
	}
	return added, err == nil
}

// removeOne removes a member from the set of a key, and the key with the last
// one. It reports false if there is no memory for that.
func (c *Ctx) removeOne(k *Key, m []byte) bool {
	cell, _ := c.OpenAs(k, keyspace.TypeSet)
	s := object.OpenSet(cell)
	had, err := s.Remove(m)
	if had {
		c.removedMembers(k, "srem", &s, 1)
	}
	return err == nil
}
