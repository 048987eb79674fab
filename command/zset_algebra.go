package command

import (
	"math"
	"slices"

	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

// The operations of the Z*STORE family; zstore stores the result.
const (
	zunion = iota
	zinter
	zdiff
	zintercard
	zstore = 8
)

// zsource is a sorted set, or a set whose members all have score 1.
type zsource struct {
	z      object.ZSet
	s      object.Set
	isSet  bool
	none   bool
	weight float64
}

func (s *zsource) len() int {
	switch {
	case s.none:
		return 0
	case s.isSet:
		return s.s.Len()
	}
	return s.z.Len()
}

// each calls f with all members, until it returns false.
func (s *zsource) each(f func(member []byte, score float64) bool) {
	switch {
	case s.none:
	case s.isSet:
		s.s.Each(func(m []byte) bool { return f(m, 1) })
	default:
		s.z.Each(f)
	}
}

func (s *zsource) score(member []byte) (float64, bool) {
	switch {
	case s.none:
		return 0, false
	case s.isSet:
		return 1, s.s.Has(member)
	}
	return s.z.Score(member)
}

// weighted is a score times the weight; what is not a number counts as 0.
func (s *zsource) weighted(score float64) float64 {
	if f := score * s.weight; !math.IsNaN(f) {
		return f
	}
	return 0
}

// readSources looks keys up and wants sorted sets or sets; ok is false after an
// error was replied.
func (c *Ctx) readSources(keys []Key) (src []zsource, ok bool) {
	expired := c.Stats.Expired
	src = make([]zsource, len(keys))
	for i := range keys {
		src[i].weight = 1
		e := c.Read(&keys[i])
		if e.Exists() && e.Type() != keyspace.TypeZSet && e.Type() != keyspace.TypeSet {
			c.W.Error(resp.ErrWrongType)
			return nil, false
		}
		src[i].take(&keys[i], e)
	}
	if c.Stats.Expired != expired { // keys were removed, so that the first ones may have moved
		for i := range keys {
			src[i].take(&keys[i], keys[i].Part.Find(keys[i].Hash, keys[i].Bytes))
		}
	}
	return src, true
}

func (s *zsource) take(k *Key, e keyspace.Entry) {
	s.none = !e.Exists()
	switch {
	case s.none:
	case e.Type() == keyspace.TypeSet:
		s.s, s.isSet = setOf(k, e), true
	default:
		s.z = zsetOf(k, e)
	}
}

// zalgebraOptions are what follows the keys.
type zalgebraOptions struct {
	aggregate  func(a, b float64) float64
	withScores bool
	limit      int64
}

func sumScores(a, b float64) float64 {
	if f := a + b; !math.IsNaN(f) { // +inf and -inf
		return f
	}
	return 0
}

// minScore and maxScore keep the first of equal scores, and of any score and one
// that is not a number.
func minScore(a, b float64) float64 {
	if b < a {
		return b
	}
	return a
}

func maxScore(a, b float64) float64 {
	if b > a {
		return b
	}
	return a
}

// zalgebraOptions reads the options, among them the weights of the sources.
func (c *Ctx) zalgebraOptions(op int, src []zsource, args [][]byte) (o zalgebraOptions, ok bool) {
	o.aggregate = sumScores
	merges := op&^zstore == zunion || op&^zstore == zinter
	for i := 0; i < len(args); i++ {
		switch left := len(args) - i; {
		case merges && left >= len(src)+1 && equalFold(args[i], "weights"):
			for j := range src {
				i++
				if src[j].weight, ok = parseDouble(args[i]); !ok {
					c.W.Error("ERR weight value is not a float")
					return o, false
				}
			}
		case merges && left >= 2 && equalFold(args[i], "aggregate"):
			i++
			switch {
			case equalFold(args[i], "sum"):
				o.aggregate = sumScores
			case equalFold(args[i], "min"):
				o.aggregate = minScore
			case equalFold(args[i], "max"):
				o.aggregate = maxScore
			default:
				c.W.Error(resp.ErrSyntax)
				return o, false
			}
		case op&zstore == 0 && op != zintercard && equalFold(args[i], "withscores"):
			o.withScores = true
		case op == zintercard && left >= 2 && equalFold(args[i], "limit"):
			i++
			if o.limit, ok = c.intBetween(args[i], 0, math.MaxInt64, "ERR LIMIT can't be negative"); !ok {
				return o, false
			}
		default:
			c.W.Error(resp.ErrSyntax)
			return o, false
		}
	}
	return o, true
}

// zalgebra is ZUNION, ZINTER, ZDIFF, ZINTERCARD and the forms that store; at is
// the argument with the number of sources.
func (c *Ctx) zalgebra(op, at int) {
	n, ok := c.intArg(c.Args[at])
	switch {
	case !ok:
		return
	case n < 1:
		c.W.Error("ERR at least 1 input key is needed for '" + c.Spec.FullName() + "' command")
		return
	case n > int64(len(c.Args)-at-1):
		c.W.Error(resp.ErrSyntax)
		return
	}
	src, ok := c.readSources(c.Keys[at-1:])
	if !ok {
		return
	}
	o, ok := c.zalgebraOptions(op, src, c.Args[at+1+int(n):])
	if !ok {
		return
	}
	if op&^zstore != zdiff {
		slices.SortStableFunc(src, func(a, b zsource) int { return a.len() - b.len() })
	}
	if op == zintercard {
		c.W.Int(countCommon(src, o.limit))
		return
	}
	var list []scored
	switch op &^ zstore {
	case zunion:
		list = unite(src, o.aggregate)
	case zinter:
		list = intersect(src, o.aggregate)
	case zdiff:
		list = subtract(src)
	}
	sortScored(list)
	if op&zstore != 0 {
		c.storeScored(&c.Keys[0], [...]string{"zunionstore", "zinterstore", "zdiffstore"}[op&^zstore], list)
		return
	}
	c.scoredArray(len(list), o.withScores)
	for i := range list {
		c.replyScored(list[i].bytes(), list[i].score, o.withScores)
	}
}

func unite(src []zsource, aggregate func(a, b float64) float64) []scored {
	var pool memberPool
	most := 0
	for i := range src {
		most = max(most, src[i].len())
	}
	list := make([]scored, 0, most)
	at := make(map[string]int, most)
	for i := range src {
		s := &src[i]
		s.each(func(m []byte, score float64) bool {
			score = s.weighted(score)
			if j, ok := at[string(m)]; ok {
				list[j].score = aggregate(list[j].score, score)
				return true
			}
			member := pool.keep(m)
			at[member] = len(list)
			list = append(list, scored{member, score})
			return true
		})
	}
	return list
}

// eachCommon calls f with the members of the first source that all others have,
// and their scores in those, until it returns false.
func eachCommon(src []zsource, f func(m []byte, scores []float64) bool) {
	scores := make([]float64, len(src))
	src[0].each(func(m []byte, score float64) bool {
		scores[0] = score
		for i := 1; i < len(src); i++ {
			var ok bool
			if scores[i], ok = src[i].score(m); !ok {
				return true
			}
		}
		return f(m, scores)
	})
}

func intersect(src []zsource, aggregate func(a, b float64) float64) (list []scored) {
	var pool memberPool
	eachCommon(src, func(m []byte, scores []float64) bool {
		score := src[0].weighted(scores[0])
		for i := 1; i < len(src); i++ {
			score = aggregate(score, src[i].weight*scores[i])
		}
		list = append(list, scored{pool.keep(m), score})
		return true
	})
	return list
}

func countCommon(src []zsource, limit int64) (n int64) {
	eachCommon(src, func([]byte, []float64) bool {
		n++
		return n != limit
	})
	return n
}

func subtract(src []zsource) (list []scored) {
	var pool memberPool
	src[0].each(func(m []byte, score float64) bool {
		for i := 1; i < len(src); i++ {
			if _, ok := src[i].score(m); ok {
				return true
			}
		}
		list = append(list, scored{pool.keep(m), score})
		return true
	})
	return list
}
