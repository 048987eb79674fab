package command

import (
	"math"

	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

// rangeQuery is what ZRANGE and its older forms ask for.
type rangeQuery struct {
	by         int
	rev        bool
	store      bool // ZRANGESTORE
	withScores bool
	offset     int64
	limit      int64 // negative: all; the options set it
	limited    bool
}

// parse reads the options behind the two ends of the range; false after an error
// was replied.
func (q *rangeQuery) parse(c *Ctx, args [][]byte) bool {
	problem := q.read(args)
	if problem != "" {
		c.W.Error(problem)
	}
	return problem == ""
}

// read is parse without a reply: it returns the text of an error, "" if there is
// none. Only what by and rev do not fix yet may be said.
func (q *rangeQuery) read(args [][]byte) (problem string) {
	auto := q.by == byAny // ZRANGE and ZRANGESTORE
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case !q.store && equalFold(a, "withscores"):
			q.withScores = true
		case equalFold(a, "limit") && i+2 < len(args):
			if q.offset, problem = parseBetween(args[i+1], math.MinInt64, math.MaxInt64, ""); problem != "" {
				return problem
			}
			if q.limit, problem = parseBetween(args[i+2], math.MinInt64, math.MaxInt64, ""); problem != "" {
				return problem
			}
			q.limited = true
			i += 2
		case auto && !q.rev && equalFold(a, "rev"):
			q.rev = true
		case q.by == byAny && equalFold(a, "bylex"):
			q.by = byLex
		case q.by == byAny && equalFold(a, "byscore"):
			q.by = byScore
		default:
			return resp.ErrSyntax
		}
	}
	if q.by == byAny {
		q.by = byRank
	}
	switch {
	case q.limited && q.limit != -1 && q.by == byRank:
		return "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"
	case q.withScores && q.by == byLex:
		return "ERR syntax error, WITHSCORES not supported in combination with BYLEX"
	}
	return ""
}

// cut applies LIMIT to the ranks of a range.
func (q *rangeQuery) cut(from, to int) (int, int) {
	if !q.limited || q.by == byRank {
		return from, to
	}
	n := int64(to - from)
	if q.offset < 0 || q.offset >= n {
		return from, from
	}
	n -= q.offset
	if q.limit >= 0 {
		n = min(n, q.limit)
	}
	if q.rev {
		to -= int(q.offset)
		return to - int(n), to
	}
	from += int(q.offset)
	return from, from + int(n)
}

// zrange is all the ZRANGEs; at is the argument of the source key.
func (c *Ctx) zrange(q rangeQuery, at int) {
	if !q.parse(c, c.Args[at+3:]) {
		return
	}
	lo, hi := c.Args[at+1], c.Args[at+2]
	if q.rev && q.by != byRank {
		lo, hi = hi, lo
	}
	ends, ok := c.parseEnds(q.by, lo, hi)
	if !ok {
		return
	}
	z, exists, ok := c.readZSet(&c.Keys[at-1])
	if !ok {
		return
	}
	from, to := 0, 0
	if exists {
		from, to = ends.ranks(&z)
		if q.rev && q.by == byRank && to > from {
			n := z.Len()
			from, to = n-to, n-from
		}
		from, to = q.cut(from, to)
	}
	if q.store {
		c.storeRange(&z, from, to, q.by == byRank)
		return
	}
	c.replyRange(&z, from, to, q.rev, q.withScores)
}

// replyRange replies the members [from, to), the last first if rev is set.
func (c *Ctx) replyRange(z *object.ZSet, from, to int, rev, withScores bool) {
	n := to - from
	switch {
	case n <= 0:
		c.W.Array(0)
		return
	case withScores && c.W.Proto == 2:
		c.W.Array(2 * n)
	default:
		c.W.Array(n)
	}
	first := from
	if rev {
		first = to - 1
	}
	it := z.At(first)
	for ; n > 0; n-- {
		c.replyScored(it.Member(), it.Score(), withScores)
		if rev {
			it.Prev()
		} else {
			it.Next()
		}
	}
}

// replyScored replies a member, with its score as a pair in RESP3.
func (c *Ctx) replyScored(member []byte, score float64, withScore bool) {
	if !withScore {
		c.W.Bulk(member)
		return
	}
	if c.W.Proto > 2 {
		c.W.Array(2)
	}
	c.W.Bulk(member)
	c.W.Double(score)
}

// costOfZrange counts the members that are replied. A small set is cheap
// whatever the arguments say, and so is an error.
func costOfZrange(q rangeQuery) func(c *Ctx) int64 {
	return func(c *Ctx) int64 {
		n := zsetLen(&c.Keys[0])
		if n <= smallRange {
			return 0
		}
		q := q // the call's own
		if problem := q.read(c.Args[4:]); problem != "" {
			return 0
		}
		lo, hi := c.Args[2], c.Args[3]
		if q.rev && q.by != byRank {
			lo, hi = hi, lo
		}
		from, to := ranksOfRange(&c.Keys[0], q.by, lo, hi)
		from, to = q.cut(from, to)
		return int64(to-from) * nanosPerRanked
	}
}

// smallRange is a number of members that can be replied without a thought.
const smallRange = 1000

// costOfZremrange counts the members that are removed. All of them are dropped
// with the key, by housekeeping.
func costOfZremrange(by int) func(c *Ctx) int64 {
	return func(c *Ctx) int64 {
		n := zsetLen(&c.Keys[0])
		if n <= smallRange {
			return 0
		}
		from, to := ranksOfRange(&c.Keys[0], by, c.Args[2], c.Args[3])
		if to-from == n {
			return 0
		}
		return int64(to-from) * nanosPerScored
	}
}

// ranksOfRange are the ranks of a range of a key's sorted set; an empty range if
// something is wrong.
func ranksOfRange(k *Key, by int, lo, hi []byte) (from, to int) {
	ends, problem := readEnds(by, lo, hi)
	e := k.Part.Find(k.Hash, k.Bytes)
	if problem != "" || !e.Exists() || e.Type() != keyspace.TypeZSet {
		return 0, 0
	}
	z := zsetOf(k, e)
	return ends.ranks(&z)
}

// zcount is ZCOUNT and ZLEXCOUNT.
func (c *Ctx) zcount(by int) {
	ends, ok := c.parseEnds(by, c.Args[2], c.Args[3])
	if !ok {
		return
	}
	z, exists, ok := c.readZSet(&c.Keys[0])
	if !ok {
		return
	}
	from, to := 0, 0
	if exists {
		from, to = ends.ranks(&z)
	}
	c.W.Int(int64(to - from))
}

// zremrange is ZREMRANGEBYRANK, -BYSCORE and -BYLEX.
func (c *Ctx) zremrange(by int) {
	ends, ok := c.parseEnds(by, c.Args[2], c.Args[3])
	if !ok {
		return
	}
	k := &c.Keys[0]
	z, exists, ok := c.openZSet(k)
	if !ok {
		return
	}
	if !exists {
		c.W.Int(0)
		return
	}
	from, to := ends.ranks(&z)
	event := [...]string{byRank: "zremrangebyrank", byScore: "zremrangebyscore", byLex: "zremrangebylex"}[by]
	if to-from == z.Len() {
		n := to - from
		c.Dirty(n - 1)
		c.changedTo(k, NotifyZSet, event, true)
		c.W.Int(int64(n))
		return
	}
	before := z.Len()
	err := z.RemoveRange(from, to-from)
	c.removedScored(k, event, &z, before-z.Len())
	if err != nil {
		c.W.Error(resp.ErrOOM)
		return
	}
	c.W.Int(int64(to - from))
}
