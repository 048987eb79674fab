package command

import (
	"math"
	"strconv"

	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

func costOfZpop(c *Ctx) int64 {
	if len(c.Args) < 3 {
		return 0
	}
	n, _ := resp.ParseInt(c.Args[2])
	return min(max(n, 0), int64(zsetLen(&c.Keys[0]))) * nanosPerScored
}

// zpop is ZPOPMIN, and ZPOPMAX if last is set.
func (c *Ctx) zpop(last bool) {
	count, counted, ok := int64(1), len(c.Args) > 2, true
	if len(c.Args) > 3 {
		c.W.Error(resp.ErrSyntax)
		return
	}
	if counted {
		if count, ok = c.intBetween(c.Args[2], 0, math.MaxInt64, "ERR value is out of range, must be positive"); !ok {
			return
		}
	}
	k := &c.Keys[0]
	z, exists, ok := c.openZSet(k)
	if !ok {
		return
	}
	if !exists || count == 0 {
		c.W.Array(0)
		return
	}
	c.popScored(k, &z, last, int(min(count, int64(z.Len()))), counted && c.W.Proto > 2)
}

// popScored replies and removes the first or last n members, as pairs if nested
// is set.
func (c *Ctx) popScored(k *Key, z *object.ZSet, last bool, n int, nested bool) {
	mark := len(c.W.Buf)
	if nested {
		c.W.Array(n)
	} else {
		c.W.Array(2 * n)
	}
	from := 0
	if last {
		from = z.Len() - 1
	}
	it := z.At(from)
	for range n {
		if nested {
			c.W.Array(2)
		}
		c.W.Bulk(it.Member())
		c.W.Double(it.Score())
		if last {
			it.Prev()
		} else {
			it.Next()
		}
	}
	event := "zpopmin"
	if last {
		from, event = z.Len()-n, "zpopmax"
	}
	before := z.Len()
	if before == n {
		c.Dirty(n - 1)
		c.changedTo(k, NotifyZSet, event, true)
		return
	}
	if err := z.RemoveRange(from, n); err != nil {
		c.removedScored(k, event, z, before-z.Len())
		c.W.Error(resp.ErrOOM)
		c.dropReply(mark)
		return
	}
	c.removedScored(k, event, z, n)
}

// zmpopArgs reads everything but the keys; problem is the error to reply.
func zmpopArgs(args [][]byte) (last bool, count int64, problem string) {
	keys, problem := parseBetween(args[1], 1, math.MaxInt64, "ERR numkeys should be greater than 0")
	if problem != "" {
		return false, 0, problem
	}
	if keys > int64(len(args)-3) {
		return false, 0, resp.ErrSyntax
	}
	rest := args[2+keys:]
	last = equalFold(rest[0], "max")
	if !last && !equalFold(rest[0], "min") {
		return false, 0, resp.ErrSyntax
	}
	count = 1
	counted := false
	for i := 1; i < len(rest); i += 2 {
		if counted || i+1 == len(rest) || !equalFold(rest[i], "count") {
			return false, 0, resp.ErrSyntax
		}
		if count, problem = parseBetween(rest[i+1], 1, math.MaxInt64, "ERR count should be greater than 0"); problem != "" {
			return false, 0, problem
		}
		counted = true
	}
	return last, count, ""
}

// zmpop is ZMPOP for args, which may be those of BZMPOP behind its timeout;
// missing replies when there is no member.
func zmpop(c *Ctx, args [][]byte, missing func()) {
	last, count, problem := zmpopArgs(args)
	if problem != "" {
		c.W.Error(problem)
		return
	}
	c.popFirstScored(func(k *Key, z *object.ZSet) {
		c.W.Array(2)
		c.W.Bulk(k.Bytes)
		c.popScored(k, z, last, int(min(count, int64(z.Len()))), true)
	}, missing)
}

// popFirstScored calls pop with the first of the command's keys that has a
// sorted set; missing replies when none has one.
func (c *Ctx) popFirstScored(pop func(k *Key, z *object.ZSet), missing func()) {
	for i := range c.Keys {
		k := &c.Keys[i]
		z, exists, ok := c.openZSet(k)
		if !ok {
			return
		}
		if exists {
			pop(k, &z)
			return
		}
	}
	missing()
}

func costOfZrandmember(c *Ctx) int64 {
	if len(c.Args) < 3 {
		return 0
	}
	return costOfCount(c, zsetLen(&c.Keys[0]))
}

func zrandmember(c *Ctx) {
	withScores := len(c.Args) == 4
	switch {
	case len(c.Args) == 2:
		z, exists, ok := c.readZSet(&c.Keys[0])
		switch {
		case !ok:
		case !exists:
			c.W.Null()
		default:
			it := z.At(c.Rand.IntN(z.Len()))
			c.W.Bulk(it.Member())
		}
		return
	}
	count, ok := c.intBetween(c.Args[2], -math.MaxInt64, math.MaxInt64, "")
	if !ok {
		return
	}
	switch {
	case len(c.Args) > 4 || withScores && !equalFold(c.Args[3], "withscores"):
		c.W.Error(resp.ErrSyntax)
		return
	case withScores && (count < -math.MaxInt64/2 || count > math.MaxInt64/2):
		c.W.Error(errRandomReply)
		return
	}
	z, exists, ok := c.readZSet(&c.Keys[0])
	switch {
	case !ok:
	case !exists || count == 0:
		c.W.Array(0)
	case count < 0:
		c.pickScored(&z, -count, withScores)
	default:
		c.pickDifferent(&z, int(min(count, int64(z.Len()))), withScores)
	}
}

// scoredArray begins the reply of n members.
func (c *Ctx) scoredArray(n int, withScores bool) {
	if withScores && c.W.Proto == 2 {
		n *= 2
	}
	c.W.Array(n)
}

// pickScored replies count members, each picked among all.
func (c *Ctx) pickScored(z *object.ZSet, count int64, withScores bool) {
	if count > maxRandomReply/6 {
		c.W.Error(errRandomReply)
		return
	}
	mark := len(c.W.Buf)
	c.scoredArray(int(count), withScores)
	n := z.Len()
	for range count {
		it := z.At(c.Rand.IntN(n))
		c.replyScored(it.Member(), it.Score(), withScores)
		if len(c.W.Buf)-mark > maxRandomReply {
			c.W.Error(errRandomReply)
			c.dropReply(mark)
			return
		}
	}
}

// pickDifferent replies count different members, in their order; all subsets of
// that size are equally likely.
func (c *Ctx) pickDifferent(z *object.ZSet, count int, withScores bool) {
	n := z.Len()
	c.scoredArray(count, withScores)
	if z.Encoding() == object.EncSkiplist && count < n/8 {
		for _, i := range pickIndexes(c.Rand, n, count) {
			it := z.At(int(i))
			c.replyScored(it.Member(), it.Score(), withScores)
		}
		return
	}
	i := 0
	it := z.At(0)
	for ; count > 0 && it.Valid(); it.Next() {
		if c.Rand.IntN(n-i) < count {
			c.replyScored(it.Member(), it.Score(), withScores)
			count--
		}
		i++
	}
}

// zscan prints the scores of a big sorted set with 17 digits, as Redis does.
func zscan(c *Ctx) {
	c.scanValue(keyspace.TypeZSet, c.Args, func(e keyspace.Entry, cursor uint64, o *sscanOptions, list *bulkList) uint64 {
		z := zsetOf(&c.Keys[0], e)
		return z.Scan(cursor, o.count, func(m []byte, score float64) {
			if !o.matches(m) {
				return
			}
			list.add(m)
			if z.Encoding() == object.EncSkiplist {
				list.add(append17(c.num[:0], score))
			} else {
				list.add(resp.AppendDouble(c.num[:0], score))
			}
		})
	})
}

// append17 appends a double as C's %.17g does.
func append17(b []byte, f float64) []byte {
	if math.IsInf(f, 0) {
		return resp.AppendDouble(b, f)
	}
	return strconv.AppendFloat(b, f, 'g', 17, 64)
}
