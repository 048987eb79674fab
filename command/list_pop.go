package command

import (
	"clusternode/object"
	"clusternode/resp"
)

func listPop(c *Ctx, front bool) {
	count := int64(-1)
	switch len(c.Args) {
	case 2:
	case 3:
		var ok bool
		if count, ok = c.intBetween(c.Args[2], 0, maxLong, "ERR value is out of range, must be positive"); !ok {
			return
		}
	default:
		c.W.Error(resp.WrongArity(c.Spec.Name))
		return
	}
	k := &c.Keys[0]
	l, exists, ok := c.openList(k)
	switch {
	case !ok:
	case !exists && count < 0:
		c.W.Null()
	case !exists:
		c.W.NullArray()
	case count < 0:
		c.popElement(k, &l, front)
	case count == 0:
		c.W.Array(0)
	default:
		c.popElements(k, &l, front, count)
	}
}

// popElement takes an element and replies it.
func (c *Ctx) popElement(k *Key, l *object.List, front bool) {
	var buf object.ElementBuf
	mark := len(c.W.Buf)
	c.W.Bulk(l.End(front, &buf))
	if l.Len() == 1 {
		c.changedTo(k, NotifyList, popEvent(front), true)
		return
	}
	if l.Pop(front) != nil {
		c.W.Buf = c.W.Buf[:mark]
		c.W.Error(resp.ErrOOM)
		return
	}
	l.Shrink(c.listLimits())
	c.changedTo(k, NotifyList, popEvent(front), false)
}

// popElements takes up to count elements and replies an array of them.
func (c *Ctx) popElements(k *Key, l *object.List, front bool, count int64) {
	size := l.Len()
	n := int(min(count, int64(size)))
	mark, first := len(c.W.Buf), 0
	if front {
		c.replyElements(l, 0, n, false)
	} else {
		c.replyElements(l, size-1, n, true)
		first = size - n
	}
	if n == size {
		c.changedTo(k, NotifyList, popEvent(front), true)
		c.Dirty(n - 1)
		return
	}
	if l.Remove(first, n) != nil {
		c.W.Buf = c.W.Buf[:mark]
		c.W.Error(resp.ErrOOM)
		return
	}
	c.removedElements(k, popEvent(front), l, n)
}

// leftOrRight reads an argument that is LEFT or RIGHT.
func leftOrRight(arg []byte) (front, ok bool) {
	front = equalFold(arg, "left")
	return front, front || equalFold(arg, "right")
}

// lmpopArgs reads everything but the keys; problem is the error to reply.
func lmpopArgs(args [][]byte) (front bool, count int64, problem string) {
	keys, problem := parseBetween(args[1], 1, maxLong, "ERR numkeys should be greater than 0")
	if problem != "" {
		return false, 0, problem
	}
	if keys > int64(len(args)-3) {
		return false, 0, resp.ErrSyntax
	}
	rest := args[2+keys:]
	front, ok := leftOrRight(rest[0])
	switch rest = rest[1:]; {
	case !ok:
		return false, 0, resp.ErrSyntax
	case len(rest) == 0:
		return front, 1, ""
	case len(rest) == 1 || !equalFold(rest[0], "count"):
		return false, 0, resp.ErrSyntax
	}
	count, problem = parseBetween(rest[1], 1, maxLong, "ERR count should be greater than 0")
	if problem == "" && len(rest) > 2 {
		problem = resp.ErrSyntax
	}
	return front, count, problem
}

func costOfLmpop(c *Ctx) int64 { return costOfListPop(c, c.Args) }

func costOfListPop(c *Ctx, args [][]byte) int64 {
	_, count, problem := lmpopArgs(args)
	if problem != "" {
		return 0
	}
	most := 0
	for i := range c.Keys {
		most = max(most, listLen(&c.Keys[i]))
	}
	return min(count, int64(most))*nanosPerElement + costOfKeys(c)
}

// lmpop is LMPOP for args, which may be those of BLMPOP behind its timeout;
// missing replies when there is no element.
func lmpop(c *Ctx, args [][]byte, missing func()) {
	front, count, problem := lmpopArgs(args)
	if problem != "" {
		c.W.Error(problem)
		return
	}
	c.popFirst(func(k *Key, l *object.List) { c.popElements(k, l, front, count) }, missing)
}

// popFirst takes from the first of the command's keys that has a list, and
// replies the key and what pop replies; missing replies when none has one.
func (c *Ctx) popFirst(pop func(k *Key, l *object.List), missing func()) {
	for i := range c.Keys {
		k := &c.Keys[i]
		l, exists, ok := c.openList(k)
		if !ok {
			return
		}
		if exists {
			mark := len(c.W.Buf)
			c.W.Array(2)
			c.W.Bulk(k.Bytes)
			popped := len(c.W.Buf)
			pop(k, &l)
			if c.W.Buf[popped] == '-' { // out of memory
				c.W.Buf = append(c.W.Buf[:mark], c.W.Buf[popped:]...)
			}
			return
		}
	}
	missing()
}

// lmove is LMOVE and the first part of BLMOVE; missing replies when there is
// no element.
func lmove(c *Ctx, missing func()) {
	from, ok := leftOrRight(c.Args[3])
	if !ok {
		c.W.Error(resp.ErrSyntax)
		return
	}
	to, ok := leftOrRight(c.Args[4])
	if !ok {
		c.W.Error(resp.ErrSyntax)
		return
	}
	moveElement(c, from, to, missing)
}

// moveElement takes an end of one list and pushes it to an end of another, or of
// the same; missing replies when there is no element.
func moveElement(c *Ctx, from, to bool, missing func()) {
	src, dst := &c.Keys[0], &c.Keys[1]
	l, exists, ok := c.openList(src)
	if !ok {
		return
	}
	if !exists {
		missing()
		return
	}
	var buf object.ElementBuf
	elem := append(c.Scratch(), l.End(from, &buf)...)
	defer c.KeepScratch(elem)
	lim := c.listLimits()
	if string(src.Bytes) == string(dst.Bytes) {
		c.rotate(src, &l, from, to, elem)
		return
	}
	switch d, exists, ok := c.openList(dst); {
	case !ok:
		return
	case exists:
		if d.PushMoved(to, elem, lim) != nil {
			c.W.Error(resp.ErrOOM)
			return
		}
	default:
		one := [1][]byte{elem}
		if !c.newList(dst, to, one[:]) {
			return
		}
	}
	c.Changed(dst)
	c.Notify(NotifyList, pushEvent(to), dst)
	l, _, _ = c.openList(src) // the other list may have moved it
	switch {
	case l.Len() == 1:
		c.changedTo(src, NotifyList, popEvent(from), true)
	case l.Pop(from) != nil:
		c.W.Error(resp.ErrOOM) // while a snapshot is open: the element is in both
		return
	default:
		l.Shrink(lim)
		c.changedTo(src, NotifyList, popEvent(from), false)
	}
	c.Dirty(-1) // one change of two keys
	c.W.Bulk(elem)
}

// rotate moves an element within a list.
func (c *Ctx) rotate(k *Key, l *object.List, from, to bool, elem []byte) {
	if l.Rotate(from, to, elem, c.listLimits()) != nil {
		c.W.Error(resp.ErrOOM)
		return
	}
	l.Shrink(c.listLimits())
	c.Changed(k)
	c.Notify(NotifyList, pushEvent(to), k)
	c.Notify(NotifyList, popEvent(from), k)
	c.W.Bulk(elem)
}
