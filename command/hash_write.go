package command

import (
	"math"
	"strconv"

	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

// hset is HSET, and HMSET, which replies OK.
func (c *Ctx) hset(ok bool) {
	if len(c.Args)%2 != 0 {
		c.W.Error(resp.WrongArity(c.Spec.FullName()))
		return
	}
	created, done := c.setFields(&c.Keys[0], "hset", c.Args[2:], 0, false)
	switch {
	case !done:
	case ok:
		c.W.OK()
	default:
		c.W.Int(int64(created))
	}
}

// setFields sets pairs of fields and values of a hash, which is made if there is
// none, with the expiry or, if keep is set, the one they have, and reports the
// event. It returns how many fields are new; done is false after an error was
// replied.
func (c *Ctx) setFields(k *Key, event string, pairs [][]byte, expireAt int64, keep bool) (created int, done bool) {
	h, cell, ok := c.openHash(k)
	if !ok {
		return 0, false
	}
	lim := c.hashLimits()
	if cell == nil {
		if created, done = c.newHash(k, pairs, expireAt, lim); done {
			c.Notify(NotifyHash, event, k)
		}
		return created, done
	}
	var err error
	n := 0
	for ; n < len(pairs) && err == nil; n += 2 {
		at := expireAt
		if keep {
			var buf object.NumBuf
			_, at, _ = h.Get(pairs[n], &buf)
		}
		var isNew bool
		if isNew, err = h.Set(pairs[n], pairs[n+1], at, lim); isNew && err == nil {
			created++
		}
	}
	cell.MarkFields()
	c.Changed(k)
	c.Notify(NotifyHash, event, k)
	c.Dirty(n/2 - 1)
	if err != nil {
		c.W.Error(resp.ErrOOM)
		return 0, false
	}
	return created, true
}

// newHash makes a hash of pairs, some of whose fields may be equal.
func (c *Ctx) newHash(k *Key, pairs [][]byte, expireAt int64, lim object.HashLimits) (created int, done bool) {
	big := !lim.PacksAll(pairs)
	if expireAt == 0 && !big {
		v, n := object.PackHash(c.Scratch(), pairs)
		c.KeepScratch(v)
		return n, c.putHash(k, object.EncListpack, v, len(pairs)/2)
	}
	b := object.NewHashBuilder(k.Part.Space(), nil, big)
	for i := 0; i < len(pairs); i += 2 {
		if _, err := b.Hash.Set(pairs[i], pairs[i+1], expireAt, lim); err != nil {
			b.Discard()
			c.W.Error(resp.ErrOOM)
			return 0, false
		}
	}
	created = b.Hash.Len()
	enc, v := b.Value()
	if !c.putHash(k, enc, v, len(pairs)/2) {
		b.Discard()
		return 0, false
	}
	return created, true
}

// putHash makes the key of a new hash for which n fields were given. It reports
// false after the out of memory error was replied.
func (c *Ctx) putHash(k *Key, enc object.Encoding, v []byte, n int) bool {
	if c.put(k, keyspace.TypeHash, enc, v, 0, false, c.NewLRU()) != nil {
		c.W.Error(resp.ErrOOM)
		return false
	}
	c.Changed(k)
	c.Dirty(n - 1)
	return true
}

func hsetnx(c *Ctx) {
	k := &c.Keys[0]
	h, cell, ok := c.openHash(k)
	if !ok {
		return
	}
	var buf object.NumBuf
	if cell != nil {
		if _, _, found := h.Get(c.Args[2], &buf); found {
			c.W.Int(0)
			return
		}
	}
	if _, ok := c.setFields(k, "hset", c.Args[2:], 0, false); ok {
		c.W.Int(1)
	}
}

func hdel(c *Ctx) {
	k := &c.Keys[0]
	h, cell, ok := c.openHash(k)
	if !ok {
		return
	}
	n := 0
	if cell != nil {
		for _, f := range c.Args[2:] {
			deleted, err := h.Delete(f)
			if err != nil {
				c.deletedFields(k, "hdel", &h, n)
				c.W.Error(resp.ErrOOM)
				return
			}
			if deleted {
				if n++; h.Len() == 0 {
					break
				}
			}
		}
	}
	c.deletedFields(k, "hdel", &h, n)
	c.W.Int(int64(n))
}

// deletedFields reports that n fields were removed, or changed in another way,
// and deletes the key with the last one.
func (c *Ctx) deletedFields(k *Key, event string, h *object.Hash, n int) {
	if n == 0 {
		return
	}
	c.Dirty(n - 1)
	c.changedTo(k, NotifyHash, event, h.Len() == 0)
}

// numberField is the value of a field as text, "" if it is not there, with its
// expiry; ok is false after an error was replied.
func (c *Ctx) numberField(k *Key, buf *object.NumBuf) (text []byte, expireAt int64, ok bool) {
	h, cell, ok := c.openHash(k)
	if cell == nil {
		return nil, 0, ok
	}
	text, expireAt, _ = h.Get(c.Args[2], buf)
	return text, expireAt, true
}

// putNumber stores the text of a number in a field, whose expiry stays.
func (c *Ctx) putNumber(k *Key, event string, text []byte, expireAt int64) bool {
	pair := [2][]byte{c.Args[2], text}
	_, ok := c.setFields(k, event, pair[:], expireAt, false)
	return ok
}

func hincrby(c *Ctx) {
	by, ok := c.intArg(c.Args[3])
	if !ok {
		return
	}
	k := &c.Keys[0]
	var buf object.NumBuf
	text, expireAt, ok := c.numberField(k, &buf)
	if !ok {
		return
	}
	n := int64(0)
	if text != nil {
		if n, ok = resp.ParseInt(text); !ok {
			c.W.Error("ERR hash value is not an integer")
			return
		}
	}
	if by < 0 && n < math.MinInt64-by || by > 0 && n > math.MaxInt64-by {
		c.W.Error("ERR increment or decrement would overflow")
		return
	}
	if c.putNumber(k, "hincrby", strconv.AppendInt(c.num[:0], n+by, 10), expireAt) {
		c.W.Int(n + by)
	}
}

func hincrbyfloat(c *Ctx) {
	by, ok := parseLongDouble(c.Args[3])
	if !ok {
		c.W.Error(resp.ErrNotFloat)
		return
	}
	if f, err := readDouble(c.Args[3]); err == nil && math.IsInf(f, 0) {
		c.W.Error("ERR value is NaN or Infinity")
		return
	}
	k := &c.Keys[0]
	var buf object.NumBuf
	text, expireAt, ok := c.numberField(k, &buf)
	if !ok {
		return
	}
	var old longDouble
	if text != nil {
		if old, ok = parseLongDouble(text); !ok {
			c.W.Error("ERR hash value is not a float")
			return
		}
	}
	sum, ok := old.add(by)
	if !ok {
		c.W.Error("ERR increment would produce NaN or Infinity")
		return
	}
	out := sum.appendHuman(c.num[:0])
	if c.putNumber(k, "hincrbyfloat", out, expireAt) {
		c.W.Bulk(out)
	}
}
