package command

import (
	"clusternode/keyspace"
	"clusternode/resp"
)

// tooLong replies an error if a string of size bytes, grown by more, were
// longer than proto-max-bulk-len allows.
func (c *Ctx) tooLong(size, more int64) bool {
	if limit := c.Env.Settings.MaxBulk.Load(); size > limit || size+more > limit {
		c.W.Error(resp.ErrStringTooLong)
		return true
	}
	return false
}

// grow makes the value of e, or of the new key k, at least size bytes long,
// and raw. The caller has checked everything else; ok is false after the out
// of memory error was replied.
func (c *Ctx) grow(k *Key, e keyspace.Entry, size int) (value []byte, ok bool) {
	if isNew := !e.Exists(); isNew || len(e.Value()) < size {
		var err error
		e, err = k.Part.Grow(k.Hash, k.Bytes, keyspace.TypeString, keyspace.EncRaw, c.NewLRU(), size)
		if err != nil {
			c.W.Error(resp.ErrOOM)
			return nil, false
		}
		if isNew {
			c.Notify(NotifyNew, "new", k)
		}
	}
	if e.Encoding() != keyspace.EncRaw {
		e.SetEncoding(keyspace.EncRaw)
	}
	return e.Value(), true
}

func appendTo(c *Ctx) {
	k, more := &c.Keys[0], c.Args[2]
	e := c.Write(k)
	if !e.Exists() {
		if c.PutString(k, more, 0, false) {
			c.Changed(k)
			c.Notify(NotifyString, "append", k)
			c.W.Int(int64(len(more)))
		}
		return
	}
	if !c.StringAt(e) {
		return
	}
	size := len(e.Value())
	if c.tooLong(int64(size), int64(len(more))) {
		return
	}
	value, ok := c.grow(k, e, size+len(more))
	if !ok {
		return
	}
	copy(value[size:], more)
	c.Changed(k)
	c.Notify(NotifyString, "append", k)
	c.W.Int(int64(len(value)))
}

func setrange(c *Ctx) {
	offset, ok := c.intArg(c.Args[2])
	if !ok {
		return
	}
	if offset < 0 {
		c.W.Error(resp.ErrOffset)
		return
	}
	k, part := &c.Keys[0], c.Args[3]
	e := c.Write(k)
	if !c.StringAt(e) {
		return
	}
	if len(part) == 0 {
		size := 0
		if e.Exists() {
			size = len(e.Value())
		}
		c.W.Int(int64(size))
		return
	}
	if c.tooLong(offset, int64(len(part))) {
		return
	}
	value, ok := c.grow(k, e, int(offset)+len(part))
	if !ok {
		return
	}
	copy(value[offset:], part)
	c.Changed(k)
	c.Notify(NotifyString, "setrange", k)
	c.W.Int(int64(len(value)))
}

// costOfSetRange: a value that grows up to the offset is moved and zeroed.
func costOfSetRange(c *Ctx) int64 {
	offset, _ := resp.ParseInt(c.Args[2])
	return max(offset, 0) / bytesPerNano
}

func getrange(c *Ctx) {
	start, ok := c.intArg(c.Args[2])
	if !ok {
		return
	}
	end, ok := c.intArg(c.Args[3])
	if !ok {
		return
	}
	e := c.Read(&c.Keys[0])
	if !c.StringAt(e) {
		return
	}
	if e.Exists() {
		value := e.Value()
		if from, to, ok := clampRange(start, end, int64(len(value))); ok {
			c.W.Bulk(value[from : to+1])
			return
		}
	}
	c.W.Bulk(nil)
}

// clampRange resolves a range of which both ends belong to it and negative
// ones count from the end of size elements. It reports false for an empty one.
// As in Redis, an end before the beginning is the beginning: 0 -100 is the
// first element.
func clampRange(start, end, size int64) (from, to int64, ok bool) {
	if start < 0 && end < 0 && start > end {
		return 0, 0, false
	}
	if start < 0 {
		start = max(start+size, 0)
	}
	if end < 0 {
		end = max(end+size, 0)
	}
	end = min(end, size-1)
	return start, end, start <= end
}

// costOfGetRange looks at the value only if the range is not short anyway.
func costOfGetRange(c *Ctx) int64 {
	start, _ := resp.ParseInt(c.Args[2])
	end, _ := resp.ParseInt(c.Args[3])
	if start >= 0 == (end >= 0) && end-start < 1<<20 {
		return 0
	}
	return costOfValue(c)
}
