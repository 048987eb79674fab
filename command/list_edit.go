package command

import (
	"bytes"
	"slices"

	"clusternode/object"
	"clusternode/resp"
)

// lset makes the list a big one if the element might not fit, as Redis does,
// even if there is no such index.
func lset(c *Ctx) {
	k, elem := &c.Keys[0], c.Args[3]
	l, exists, ok := c.openList(k)
	if !ok {
		return
	}
	if !exists {
		c.W.Error(resp.ErrNoSuchKey)
		return
	}
	i, ok := c.intArg(c.Args[2])
	if !ok {
		return
	}
	lim := c.listLimits()
	if l.Grow(elem, lim) != nil {
		c.W.Error(resp.ErrOOM)
		return
	}
	at, ok := elementAt(int64(int32(i)), l.Len()) // Redis 7.2 takes the low 32 bits
	if !ok {
		c.W.Error(resp.ErrOutOfRange)
		return
	}
	if l.Set(at, elem, lim) != nil {
		c.W.Error(resp.ErrOOM)
		return
	}
	l.Shrink(lim)
	c.Changed(k)
	c.Notify(NotifyList, "lset", k)
	c.W.OK()
}

func linsert(c *Ctx) {
	var after bool
	switch {
	case equalFold(c.Args[2], "after"):
		after = true
	case !equalFold(c.Args[2], "before"):
		c.W.Error(resp.ErrSyntax)
		return
	}
	k, pivot, elem := &c.Keys[0], c.Args[3], c.Args[4]
	l, exists, ok := c.openList(k)
	if !ok {
		return
	}
	if !exists {
		c.W.Int(0)
		return
	}
	lim := c.listLimits()
	if l.Grow(elem, lim) != nil {
		c.W.Error(resp.ErrOOM)
		return
	}
	at := indexOf(&l, pivot)
	if at < 0 {
		c.W.Int(-1)
		return
	}
	if l.Insert(at, after, elem, lim) != nil {
		c.W.Error(resp.ErrOOM)
		return
	}
	c.Changed(k)
	c.Notify(NotifyList, "linsert", k)
	c.W.Int(int64(l.Len()))
}

// indexOf is the index of the first element that is equal, -1 if none is.
func indexOf(l *object.List, elem []byte) int {
	i := 0
	for it := l.Iter(0, false); it.Next(); i++ {
		if bytes.Equal(it.Element(), elem) {
			return i
		}
	}
	return -1
}

// lrem finds the elements first and removes them then, the last ones first.
func lrem(c *Ctx) {
	count, ok := c.intBetween(c.Args[2], -maxLong, maxLong, "")
	if !ok {
		return
	}
	k := &c.Keys[0]
	l, exists, ok := c.openList(k)
	if !ok {
		return
	}
	if !exists {
		c.W.Int(0)
		return
	}
	runs, n := findRuns(&l, c.Args[3], count)
	if n > 0 {
		if l.RemoveRuns(runs) != nil {
			c.W.Error(resp.ErrOOM)
			return
		}
		c.removedElements(k, "lrem", &l, n)
	}
	c.W.Int(int64(n))
}

const maxLong = 1<<63 - 1

// findRuns finds up to count elements that are equal, from the end if count is
// negative, all if it is 0, and returns them as runs in order.
func findRuns(l *object.List, elem []byte, count int64) (runs []object.ListRun, n int) {
	back := count < 0
	if back {
		count = -count
	}
	i, step := 0, 1
	if back {
		i, step = l.Len()-1, -1
	}
	for it := l.Iter(i, back); it.Next(); i += step {
		if !bytes.Equal(it.Element(), elem) {
			continue
		}
		n++
		switch last := len(runs) - 1; {
		case last >= 0 && !back && runs[last].From+runs[last].N == i:
			runs[last].N++
		case last >= 0 && back && runs[last].From == i+1:
			runs[last].From--
			runs[last].N++
		default:
			runs = append(runs, object.ListRun{From: i, N: 1})
		}
		if int64(n) == count {
			break
		}
	}
	if back {
		slices.Reverse(runs)
	}
	return runs, n
}

func ltrim(c *Ctx) {
	start, stop, ok := c.rangeArgs()
	if !ok {
		return
	}
	k := &c.Keys[0]
	l, exists, ok := c.openList(k)
	if !ok {
		return
	}
	if !exists {
		c.W.OK()
		return
	}
	n := l.Len()
	from, keep := rangeOf(start, stop, n)
	if keep == 0 {
		c.changedTo(k, NotifyList, "ltrim", true)
		c.Dirty(n - 1)
		c.W.OK()
		return
	}
	tail := from + keep
	if l.Remove(tail, n-tail) != nil || l.Remove(0, from) != nil {
		c.W.Error(resp.ErrOOM)
		return
	}
	c.removedElements(k, "ltrim", &l, n-keep)
	c.W.OK()
}

// lposOptions are the arguments of LPOS behind its element.
type lposOptions struct {
	rank   int64 // the match that is the first to be replied, negative: from the end
	count  int64 // of matches to reply, 0: all, -1: one, not in an array
	maxLen int64 // of elements to look at, 0: all
}

// lposArgs reads the options; ok is false after an error was replied.
func (c *Ctx) lposArgs() (o lposOptions, ok bool) {
	o = lposOptions{rank: 1, count: -1}
	for i := 3; i < len(c.Args); i += 2 {
		name := c.Args[i]
		if i+1 == len(c.Args) {
			c.W.Error(resp.ErrSyntax)
			return o, false
		}
		value := c.Args[i+1]
		switch {
		case equalFold(name, "rank"):
			o.rank, ok = c.intBetween(value, -maxLong, maxLong, "")
			if ok && o.rank == 0 {
				c.W.Error("ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list")
				ok = false
			}
		case equalFold(name, "count"):
			o.count, ok = c.intBetween(value, 0, maxLong, "ERR COUNT can't be negative")
		case equalFold(name, "maxlen"):
			o.maxLen, ok = c.intBetween(value, 0, maxLong, "ERR MAXLEN can't be negative")
		default:
			c.W.Error(resp.ErrSyntax)
			return o, false
		}
		if !ok {
			return o, false
		}
	}
	return o, true
}

func lpos(c *Ctx) {
	o, ok := c.lposArgs()
	if !ok {
		return
	}
	l, exists, ok := c.readList(&c.Keys[0])
	switch {
	case !ok:
	case !exists && o.count >= 0:
		c.W.Array(0)
	case !exists:
		c.W.Null()
	default:
		c.replyPlaces(&l, o)
	}
}

// replyPlaces replies the indexes of the elements that match.
func (c *Ctx) replyPlaces(l *object.List, o lposOptions) {
	var found []int
	i, step, skip := 0, 1, o.rank-1
	if o.rank < 0 {
		i, step, skip = l.Len()-1, -1, -o.rank-1
	}
	left := o.maxLen
	for it := l.Iter(i, o.rank < 0); it.Next(); i += step {
		if bytes.Equal(it.Element(), c.Args[2]) {
			switch {
			case skip > 0:
				skip--
			case o.count < 0:
				c.W.Int(int64(i))
				return
			default:
				found = append(found, i)
			}
			if o.count > 0 && int64(len(found)) == o.count {
				break
			}
		}
		if left--; left == 0 {
			break
		}
	}
	if o.count < 0 {
		c.W.Null()
		return
	}
	c.W.Array(len(found))
	for _, i := range found {
		c.W.Int(int64(i))
	}
}
