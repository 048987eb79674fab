package command

import (
	"math"

	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

// Options of ZADD.
const (
	zaddNX = 1 << iota
	zaddXX
	zaddGT
	zaddLT
	zaddCH
	zaddIncr
)

var zaddWords = [...]struct {
	word string
	flag int
}{{"nx", zaddNX}, {"xx", zaddXX}, {"gt", zaddGT}, {"lt", zaddLT}, {"ch", zaddCH}, {"incr", zaddIncr}}

// zaddOptions reads the options and returns where the scores begin; problem is
// the error to reply, "" if there is none.
func zaddOptions(args [][]byte, flags int) (first, all int, problem string) {
	first = 2
next:
	for ; first < len(args); first++ {
		for _, w := range zaddWords {
			if equalFold(args[first], w.word) {
				flags |= w.flag
				continue next
			}
		}
		break
	}
	n := len(args) - first
	switch {
	case n == 0 || n%2 != 0:
		problem = resp.ErrSyntax
	case flags&zaddNX != 0 && flags&zaddXX != 0:
		problem = "ERR XX and NX options at the same time are not compatible"
	case flags&zaddGT != 0 && flags&(zaddNX|zaddLT) != 0 || flags&zaddLT != 0 && flags&zaddNX != 0:
		problem = "ERR GT, LT, and/or NX options at the same time are not compatible"
	case flags&zaddIncr != 0 && n > 2:
		problem = "ERR INCR option supports a single increment-element pair"
	}
	return first, flags, problem
}

const errNaNScore = "ERR resulting score is not a number (NaN)"

// zadd is ZADD, and ZINCRBY with the flag that makes it one.
func (c *Ctx) zadd(flags int) {
	first, flags, problem := zaddOptions(c.Args, flags)
	if problem != "" {
		c.W.Error(problem)
		return
	}
	pairs := c.Args[first:]
	for i := 0; i < len(pairs); i += 2 {
		if _, ok := parseDouble(pairs[i]); !ok {
			c.W.Error(resp.ErrNotFloat)
			return
		}
	}
	k := &c.Keys[0]
	z, exists, ok := c.openZSet(k)
	if !ok {
		return
	}
	lim := c.zsetLimits()
	if exists && len(pairs)/2 > lim.Entries { // whatever becomes of them, as in Redis
		if err := z.Unpack(); err != nil {
			c.W.Error(resp.ErrOOM)
			return
		}
	}
	if !exists && flags&zaddXX == 0 {
		var buf [object.ZSetTreesSize]byte
		enc, v := object.EmptyZSet(buf[:0], pairs[1], len(pairs)/2, lim)
		cell, ok := c.CreateAs(k, keyspace.TypeZSet, enc, len(v))
		if !ok {
			return
		}
		copy(cell.Value(), v)
		z, exists = object.OpenZSet(cell), true
	}
	var sum zaddSum
	for i := 0; i < len(pairs) && exists; i += 2 {
		score, _ := parseDouble(pairs[i])
		if text := sum.add(&z, pairs[i+1], score, flags, lim); text != "" {
			c.addedScored(k, &z, sum, flags)
			c.W.Error(text)
			return
		}
	}
	c.addedScored(k, &z, sum, flags)
	switch {
	case flags&zaddIncr != 0 && sum.processed:
		c.W.Double(sum.score)
	case flags&zaddIncr != 0:
		c.W.Null()
	case flags&zaddCH != 0:
		c.W.Int(int64(sum.added + sum.updated))
	default:
		c.W.Int(int64(sum.added))
	}
}

// addedScored reports what ZADD has changed. A set that nothing went into is
// deleted: it was made for what did not go in.
func (c *Ctx) addedScored(k *Key, z *object.ZSet, sum zaddSum, flags int) {
	if n := sum.added + sum.updated; n > 0 {
		c.Changed(k)
		event := "zadd"
		if flags&zaddIncr != 0 {
			event = "zincr"
		}
		c.Notify(NotifyZSet, event, k)
		c.Dirty(n - 1)
		return
	}
	if e := k.Part.Find(k.Hash, k.Bytes); e.Exists() && z.Len() == 0 {
		k.Part.Remove(k.Hash, k.Bytes)
	}
}

// zaddSum is what a ZADD has done.
type zaddSum struct {
	added, updated int
	processed      bool    // the last pair was not passed over
	score          float64 // of the last member
}

// add adds one member or changes its score, as the flags say, and returns the
// text of an error, "" if there is none.
func (s *zaddSum) add(z *object.ZSet, member []byte, score float64, flags int, lim object.ZSetLimits) string {
	s.processed = false
	old, exists := z.Score(member)
	if !exists {
		if flags&zaddXX != 0 {
			return ""
		}
		if err := z.Insert(member, score, lim); err != nil {
			return resp.ErrOOM
		}
		s.added++
		s.processed, s.score = true, score
		return ""
	}
	if flags&zaddNX != 0 {
		return ""
	}
	if flags&zaddIncr != 0 {
		if score += old; math.IsNaN(score) {
			return errNaNScore
		}
	}
	if flags&zaddGT != 0 && score <= old || flags&zaddLT != 0 && score >= old {
		return ""
	}
	s.processed, s.score = true, score
	if score == old {
		return ""
	}
	if err := z.SetScore(member, old, score); err != nil {
		return resp.ErrOOM
	}
	s.updated++
	return ""
}
