package command

import (
	"bytes"
	"math"

	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

// What streams cost, for Spec.Cost: an entry that is replied, a pack of them that
// is freed, and a pending one that is found and changed.
const (
	nanosPerEntry   = 200
	nanosPerPack    = 300
	nanosPerPending = 500

	fewPacks = 1000 // may be freed at once
)

// streamLen is the length of a key's stream, 0 if it has none.
func streamLen(k *Key) int64 {
	if e := k.Part.Find(k.Hash, k.Bytes); e.Exists() && e.Type() == keyspace.TypeStream {
		s := streamOf(k, e)
		return int64(s.Len())
	}
	return 0
}

// countArg is the number behind COUNT from argument i on, or n if there is none.
func (c *Ctx) countArg(i int, n int64) int64 {
	for ; i+1 < len(c.Args); i++ {
		if equalFold(c.Args[i], "count") {
			if count, ok := resp.ParseInt(c.Args[i+1]); ok && count > 0 {
				return min(count, n)
			}
		}
	}
	return n
}

// entriesAround is about how many entries a key's stream has from lo to hi.
func entriesAround(k *Key, lo, hi object.StreamID) int64 {
	e := k.Part.Find(k.Hash, k.Bytes)
	if !e.Exists() || e.Type() != keyspace.TypeStream {
		return 0
	}
	s := streamOf(k, e)
	return s.Around(lo, hi)
}

// costOfRange is the cost of XRANGE or XREVRANGE.
func costOfRange(c *Ctx) int64 {
	lo, hi := c.Args[2], c.Args[3]
	if c.Spec.Name == "xrevrange" {
		lo, hi = hi, lo
	}
	from, _ := parseStreamID(bytes.TrimPrefix(lo, []byte("(")), 0)
	to, _ := parseStreamID(bytes.TrimPrefix(hi, []byte("(")), math.MaxUint64)
	return c.countArg(4, entriesAround(&c.Keys[0], from, to)) * nanosPerEntry
}

// costOfXtrim is the cost of what is trimmed, in whole packs.
func costOfXtrim(c *Ctx) int64 {
	k := &c.Keys[0]
	e := k.Part.Find(k.Hash, k.Bytes)
	if !e.Exists() || e.Type() != keyspace.TypeStream {
		return 0
	}
	s := streamOf(k, e)
	if s.Nodes() < fewPacks {
		return 0
	}
	o, problem := c.parseAdd(c.Spec.Arity == -5)
	switch {
	case problem != "" || !o.trims:
		return 0
	case o.trim.ByID:
		return int64(s.NodesBefore(o.trim.MinID)) * nanosPerPack
	case s.Len() <= o.trim.MaxLen:
		return 0
	}
	return int64((s.Len()-o.trim.MaxLen)/(s.Len()/uint64(s.Nodes())+1)) * nanosPerPack
}

// costOfIDs is the cost of a command that finds each of the IDs it names.
func costOfIDs(c *Ctx) int64 { return int64(len(c.Args)) * nanosPerPending }

// costOfRead is the cost of what there is behind the IDs of XREAD, or of all
// that a group has not seen or has pending.
func costOfRead(c *Ctx) (cost int64) {
	grouped := c.Spec.Name == "xreadgroup"
	o, problem := parseRead(c, grouped)
	if problem != "" || len(c.Keys) != (len(c.Args)-o.streams)/2 {
		return 0
	}
	for i := range c.Keys {
		k, arg := &c.Keys[i], c.Args[o.streams+len(c.Keys)+i]
		from, isID := parseStrictID(arg, 0)
		var n int64
		switch g, found := groupIn(k, o.group); {
		case grouped && !found, !grouped && !isID: // an error, or nothing behind $
		case !grouped:
			n = entriesAround(k, from, object.MaxStreamID) * nanosPerEntry
		case isID:
			n = int64(g.Pending()) * nanosPerPending
		default:
			n = entriesAround(k, g.LastID(), object.MaxStreamID) * (nanosPerEntry + nanosPerPending)
		}
		if o.count > 0 {
			n = min(n, o.count*(nanosPerEntry+nanosPerPending))
		}
		cost += n
	}
	return cost
}

func costOfInfo(c *Ctx) int64 {
	if len(c.Args) < 5 {
		return 0
	}
	return streamLen(&c.Keys[0]) * nanosPerEntry
}

// groupIn finds a group in a key's stream without replying.
func groupIn(k *Key, name []byte) (g object.StreamGroup, ok bool) {
	e := k.Part.Find(k.Hash, k.Bytes)
	if !e.Exists() || e.Type() != object.TypeStream {
		return g, false
	}
	s := streamOf(k, e)
	return s.Group(name)
}

// costOfGroup is the cost of visiting all that is pending in a group.
func costOfGroup(c *Ctx) int64 {
	g, ok := groupIn(&c.Keys[0], c.Args[3])
	if !ok {
		return 0
	}
	return int64(g.Pending()) * nanosPerPending / 2
}

// costOfPending is the cost of XPENDING or XAUTOCLAIM: of what they look at.
func costOfPending(c *Ctx) int64 {
	g, ok := groupIn(&c.Keys[0], c.Args[2])
	if !ok {
		return 0
	}
	if len(c.Args) == 3 {
		return int64(g.Consumers()) * nanosPerPending
	}
	n := int64(100)
	for i := 5; i < len(c.Args); i++ { // COUNT's, or the count of XPENDING
		if count, ok := resp.ParseInt(c.Args[i]); ok && count > n {
			n = count
		}
	}
	return min(n, math.MaxInt32, int64(g.Pending())) * nanosPerPending
}
