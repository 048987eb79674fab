package command

import (
	"slices"
	"strings"
	"unsafe"

	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

// A sorted set that a command stores is made before its target is touched, which
// may be one of the sources.

// scored is a member with its score, on the Go heap.
type scored struct {
	member string
	score  float64
}

// bytes are the member's, not to be changed.
func (s *scored) bytes() []byte { return unsafe.Slice(unsafe.StringData(s.member), len(s.member)) }

// memberPool copies members out of the arena, many into one block, so that the
// collector has few to look at.
type memberPool struct{ free []byte }

const memberPoolBlock = 64 << 10

func (p *memberPool) keep(m []byte) string {
	switch {
	case len(m) == 0:
		return ""
	case len(m) > memberPoolBlock/8:
		return string(m)
	case len(m) > len(p.free):
		p.free = make([]byte, memberPoolBlock)
	}
	n := copy(p.free, m)
	kept := unsafe.String(&p.free[0], n)
	p.free = p.free[n:]
	return kept
}

// sortScored puts members into the order of a sorted set.
func sortScored(list []scored) {
	slices.SortFunc(list, func(a, b scored) int {
		switch {
		case a.score < b.score:
			return -1
		case a.score > b.score:
			return 1
		}
		return strings.Compare(a.member, b.member)
	})
}

// storeZSet replaces what the key holds by a sorted set that a builder has made,
// or deletes the key if that is empty, and replies how many members there are.
func (c *Ctx) storeZSet(k *Key, event string, b *object.ZSetBuilder, err error) {
	n := b.Len()
	switch {
	case err != nil:
		b.Discard()
		c.W.Error(resp.ErrOOM)
		return
	case n == 0:
		b.Discard()
		c.delete(k)
		c.W.Int(0)
		return
	}
	enc, v := b.Value()
	if c.put(k, keyspace.TypeZSet, enc, v, 0, false, c.stampOf(k)) != nil {
		b.Discard()
		c.W.Error(resp.ErrOOM)
		return
	}
	c.Changed(k)
	c.Notify(NotifyZSet, event, k)
	c.W.Int(int64(n))
}

// storeScored is storeZSet of a list of members, sorted, all different.
func (c *Ctx) storeScored(k *Key, event string, list []scored) {
	longest := 0
	for i := range list {
		longest = max(longest, len(list[i].member))
	}
	b := object.NewZSetBuilder(k.Part.Space(), c.zsetLimits(), len(list), longest)
	var err error
	for i := 0; i < len(list) && err == nil; i++ {
		err = b.Add(list[i].bytes(), list[i].score)
	}
	c.storeZSet(k, event, b, err)
}

// storeRange is ZRANGESTORE of the members [from, to). Redis knows how many they
// are if they are named by rank, and begins with the encoding for that.
func (c *Ctx) storeRange(z *object.ZSet, from, to int, known bool) {
	k := &c.Keys[0]
	expected := 0
	if known {
		expected = to - from
	}
	b := object.NewZSetBuilder(k.Part.Space(), c.zsetLimits(), expected, 0)
	var err error
	if from < to {
		it := z.At(from)
		buf := c.Scratch()
		for n := to - from; n > 0 && err == nil; n-- {
			buf = append(buf[:0], it.Member()...)
			err = b.Add(buf, it.Score())
			it.Next()
		}
		c.KeepScratch(buf)
	}
	c.storeZSet(k, "zrangestore", b, err)
}
