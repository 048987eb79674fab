package command

import (
	"math"
	"strconv"

	"clusternode/keyspace"
	"clusternode/resp"
)

func incr(c *Ctx) { c.addInt(1) }

func decr(c *Ctx) { c.addInt(-1) }

func incrby(c *Ctx) {
	if n, ok := c.intArg(c.Args[2]); ok {
		c.addInt(n)
	}
}

func decrby(c *Ctx) {
	n, ok := c.intArg(c.Args[2])
	if !ok {
		return
	}
	if n == math.MinInt64 { // has no positive twin
		c.W.Error("ERR decrement would overflow")
		return
	}
	c.addInt(-n)
}

// addInt adds n to the integer at the command's key, 0 if it is missing. The
// key keeps its expiry.
func (c *Ctx) addInt(n int64) {
	k := &c.Keys[0]
	e := c.Write(k)
	if !c.StringAt(e) {
		return
	}
	var old int64
	if e.Exists() {
		var ok bool
		if old, ok = resp.ParseInt(e.Value()); !ok {
			c.W.Error(resp.ErrNotInteger)
			return
		}
	}
	sum := old + n
	if n > 0 && sum < old || n < 0 && sum > old {
		c.W.Error(resp.ErrOverflow)
		return
	}
	text := strconv.AppendInt(c.num[:0], sum, 10)
	if !c.replaceNumber(k, e, text, keyspace.EncInt) {
		return
	}
	c.Changed(k)
	c.Notify(NotifyString, "incrby", k)
	c.W.Int(sum)
}

// replaceNumber stores the text of a number where e is, or nothing is yet. A
// text of the same length is written in place. It reports false after the out
// of memory error was replied.
func (c *Ctx) replaceNumber(k *Key, e keyspace.Entry, text []byte, enc keyspace.Encoding) bool {
	var at int64
	expires, lru := false, uint32(0)
	if e.Exists() {
		if old := e.Value(); len(old) == len(text) {
			copy(old, text)
			e.SetEncoding(enc)
			return true
		}
		lru = e.LRU()
		if e.HasExpire() {
			at, expires = e.ExpireAt(), true
		}
	} else {
		lru = c.NewLRU()
	}
	if c.put(k, keyspace.TypeString, enc, text, at, expires, lru) != nil {
		c.W.Error(resp.ErrOOM)
		return false
	}
	return true
}

// incrbyfloat computes in 80-bit floats, as Redis does on x86-64, and stores
// the sum as text.
func incrbyfloat(c *Ctx) {
	k := &c.Keys[0]
	e := c.Write(k)
	if !c.StringAt(e) {
		return
	}
	var old longDouble
	if e.Exists() {
		var ok bool
		if old, ok = parseLongDouble(e.Value()); !ok {
			c.W.Error(resp.ErrNotFloat)
			return
		}
	}
	by, ok := parseLongDouble(c.Args[2])
	if !ok {
		c.W.Error(resp.ErrNotFloat)
		return
	}
	sum, ok := old.add(by)
	if !ok {
		c.W.Error("ERR increment would produce NaN or Infinity")
		return
	}
	text := sum.appendHuman(c.num[:0])
	enc := keyspace.EncRaw // never int, even if it looks like one
	if len(text) <= embstrMax {
		enc = keyspace.EncEmbstr
	}
	if !c.replaceNumber(k, e, text, enc) {
		return
	}
	c.Changed(k)
	c.Notify(NotifyString, "incrbyfloat", k)
	c.W.Bulk(text)
}
