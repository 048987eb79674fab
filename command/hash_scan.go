package command

import (
	"math"

	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

func costOfHrandfield(c *Ctx) int64 {
	if len(c.Args) < 3 {
		return 0
	}
	return costOfCount(c, hashLen(&c.Keys[0]))
}

func hrandfield(c *Ctx) {
	if len(c.Args) == 2 {
		h, exists, ok := c.readHash(&c.Keys[0])
		switch {
		case !ok:
		case !exists:
			c.W.Null()
		default:
			p := c.fieldPicker(&h)
			if p.n == 0 {
				c.W.Null()
				return
			}
			it := p.at(c.Rand.IntN(p.n))
			c.W.Bulk(it.Field())
		}
		return
	}
	count, ok := c.intBetween(c.Args[2], -math.MaxInt64, math.MaxInt64, "")
	if !ok {
		return
	}
	withValues := len(c.Args) == 4
	switch {
	case len(c.Args) > 4 || withValues && !equalFold(c.Args[3], "withvalues"):
		c.W.Error(resp.ErrSyntax)
		return
	case withValues && (count < -math.MaxInt64/2 || count > math.MaxInt64/2):
		c.W.Error(errRandomReply)
		return
	}
	h, exists, ok := c.readHash(&c.Keys[0])
	if !ok {
		return
	}
	if !exists || count == 0 {
		c.W.Array(0)
		return
	}
	p := c.fieldPicker(&h)
	switch {
	case p.n == 0:
		c.W.Array(0)
	case count < 0:
		c.pickFields(&p, -count, withValues)
	default:
		c.pickDifferentFields(&p, int(min(count, int64(p.n))), withValues)
	}
}

// fieldPicker numbers the fields of a hash that are there.
type fieldPicker struct {
	h    *object.Hash
	n    int
	live []int32 // which of the fields they are; nil: all
}

func (c *Ctx) fieldPicker(h *object.Hash) fieldPicker {
	p := fieldPicker{h: h, n: h.Len()}
	if !c.gone(h.FirstExpire()) {
		return p
	}
	i := int32(0)
	p.live = []int32{}
	h.Each(func(_, _ []byte, at int64) bool {
		if !c.gone(at) {
			p.live = append(p.live, i)
		}
		i++
		return true
	})
	p.n = len(p.live)
	return p
}

func (p *fieldPicker) at(i int) object.HashIter {
	if p.live != nil {
		i = int(p.live[i])
	}
	return p.h.At(i)
}

// replyPicked replies a field, with its value as a pair in RESP3.
func (c *Ctx) replyPicked(it *object.HashIter, withValues bool) {
	if withValues && c.W.Proto > 2 {
		c.W.Array(2)
	}
	c.W.Bulk(it.Field())
	if withValues {
		c.W.Bulk(it.Value())
	}
}

// pickFields replies count fields, each picked among all.
func (c *Ctx) pickFields(p *fieldPicker, count int64, withValues bool) {
	if count > maxRandomReply/6 {
		c.W.Error(errRandomReply)
		return
	}
	mark := len(c.W.Buf)
	c.scoredArray(int(count), withValues)
	for range count {
		it := p.at(c.Rand.IntN(p.n))
		c.replyPicked(&it, withValues)
		if len(c.W.Buf)-mark > maxRandomReply {
			c.W.Error(errRandomReply)
			c.dropReply(mark)
			return
		}
	}
}

// pickDifferentFields replies count different fields, in their order; all subsets
// of that size are equally likely.
func (c *Ctx) pickDifferentFields(p *fieldPicker, count int, withValues bool) {
	c.scoredArray(count, withValues)
	if count < p.n/8 && p.h.Encoding() == object.EncHashtable {
		for _, i := range pickIndexes(c.Rand, p.n, count) {
			it := p.at(int(i))
			c.replyPicked(&it, withValues)
		}
		return
	}
	i, it := 0, p.h.At(0)
	for ; count > 0; it.Next() {
		if c.gone(it.ExpireAt()) {
			continue
		}
		if c.Rand.IntN(p.n-i) < count {
			c.replyPicked(&it, withValues)
			count--
		}
		i++
	}
}

// hscanArgs are the arguments of HSCAN without NOVALUES, which stands alone where
// the other options are pairs, and whether values are wanted.
func hscanArgs(args [][]byte) (rest [][]byte, values bool) {
	for i := 3; i < len(args); i += 2 {
		if equalFold(args[i], "novalues") {
			return append(append([][]byte{}, args[:i]...), args[i+1:]...), false
		}
	}
	return args, true
}

// costOfHscan is the cost of the part that is visited.
func costOfHscan(c *Ctx) int64 {
	n := hashLen(&c.Keys[0])
	args, _ := hscanArgs(c.Args)
	if o, problem := parseSscan(args); problem == "" {
		n = min(n, o.count)
	}
	return int64(n) * nanosPerMember
}

func hscan(c *Ctx) {
	args, values := hscanArgs(c.Args)
	c.scanValue(keyspace.TypeHash, args, func(e keyspace.Entry, cursor uint64, o *sscanOptions, list *bulkList) uint64 {
		h := hashOf(&c.Keys[0], e)
		return h.Scan(cursor, o.count, func(field, value []byte, at int64) {
			if c.gone(at) || !o.matches(field) {
				return
			}
			list.add(field)
			if values {
				list.add(value)
			}
		})
	})
}
