package command

import (
	"fmt"
	"math"

	"clusternode/config"
	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

// debugHTStats describes the tables of a database as far as they have what
// Redis' tables have: places and elements, but neither chains nor a table of
// their own for times to live.
func debugHTStats(c *Ctx) {
	db, ok := c.intBetween(c.Args[2], math.MinInt64, math.MaxInt64, "")
	if !ok {
		return
	}
	if db < 0 || db >= int64(c.KS.Databases()) {
		c.W.Error("ERR Out of range database")
		return
	}
	keys, volatile := int64(c.KS.DBSize(int(db))), int64(c.KS.Expires(int(db)))
	size := c.KS.TableSize(int(db))
	c.W.Verbatim("txt", "[Dictionary HT]\n"+tableStats(size, keys)+"[Expires HT]\n"+tableStats(size, volatile))
}

func tableStats(size, n int64) string {
	head := "Hash table 0 stats (main hash table):\n"
	if n == 0 {
		return head + "No stats available for empty dictionaries\n"
	}
	return fmt.Sprintf("%s table size: %d\n number of elements: %d\n", head, size, n)
}

// debugHTStatsKey is debugHTStats for a value that Redis has in a hash table.
// Here it is a tree, which has room for what is in it.
func debugHTStatsKey(c *Ctx) {
	c.withKey(c.Args[2], func(k *Key) {
		e := k.Part.Find(k.Hash, k.Bytes)
		switch {
		case !e.Exists():
			c.W.Error(resp.ErrNoSuchKey)
		case e.Encoding() == object.EncHashtable || e.Encoding() == object.EncSkiplist:
			n := tableLen(k.Part.Space(), e)
			c.W.Verbatim("txt", tableStats(n, n))
		default:
			c.W.Error("ERR The value stored at the specified key is not represented using an hash table")
		}
	})
}

// tableLen is the number of elements of a big set, hash or sorted set.
func tableLen(sp *object.Space, e keyspace.Entry) int64 {
	switch e.Type() {
	case object.TypeSet:
		s := object.SetOf(sp, e.Encoding(), e.Value())
		return int64(s.Len())
	case object.TypeHash:
		h := object.HashOf(sp, e.Encoding(), e.Value())
		return int64(h.Len())
	}
	z := object.ZSetOf(sp, e.Encoding(), e.Value())
	return int64(z.Len())
}

// debugSkipChecksum takes any text, as atoi does: what is no number is 0.
func debugSkipChecksum(c *Ctx) {
	n, _ := resp.ParseInt(c.Args[2])
	c.Env.Debug.AnySum.Store(n != 0)
	c.W.OK()
}

func debugPackedThreshold(c *Ctx) {
	n, ok := config.ParseMemory(string(c.Args[2]))
	if len(c.Args[2]) == 0 {
		n, ok = 0, true
	}
	if !ok || n >= math.MaxUint32 {
		c.W.Error("ERR argument must be a memory value bigger than 1 and smaller than 4gb")
		return
	}
	c.Env.Debug.PlainFrom.Store(int64(n))
	c.W.OK()
}
