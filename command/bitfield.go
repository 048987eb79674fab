package command

import (
	"clusternode/keyspace"
	"clusternode/resp"
)

// fieldType is an integer type of BITFIELD: i1 to i64, u1 to u63.
type fieldType struct {
	signed bool
	width  int // bits
}

// fieldOp is one operation of a BITFIELD.
type fieldOp struct {
	kind     fieldKind
	typ      fieldType
	offset   int64 // of the first bit
	arg      int64 // value or increment
	overflow overflowRule
}

type fieldKind uint8

const (
	fieldGet fieldKind = iota
	fieldSet
	fieldIncr
)

func bitfield(c *Ctx) { c.bitfield(false) }

func bitfieldRO(c *Ctx) { c.bitfield(true) }

// bitfield parses everything, then looks the key up, and only then replies and
// writes.
func (c *Ctx) bitfield(readOnly bool) {
	var room [8]fieldOp
	ops, last, ok := c.parseFieldOps(room[:0])
	if !ok {
		return
	}
	k := &c.Keys[0]
	if last < 0 { // nothing to write
		e := c.Read(k)
		if !c.StringAt(e) {
			return
		}
		var value []byte
		if e.Exists() {
			value = e.Value()
		}
		c.W.Array(len(ops))
		for i := range ops {
			c.W.Int(ops[i].typ.get(value, ops[i].offset))
		}
		return
	}
	if readOnly {
		c.W.Error("ERR BITFIELD_RO only supports the GET subcommand")
		return
	}
	e := c.Write(k)
	if !c.StringAt(e) {
		return
	}
	size := int(last>>3) + 1
	// A value that grows has changed, even if then every operation fails. Redis
	// forgets to tell watchers of that.
	grown := !e.Exists() || len(e.Value()) < size
	value, ok := c.grow(k, e, size)
	if !ok {
		return
	}
	c.W.Array(len(ops))
	changes := 0
	for i := range ops {
		if wrote, different := c.applyField(value, &ops[i]); different || wrote && grown {
			changes++
		}
	}
	if grown || changes > 0 {
		c.Changed(k)
		c.Dirty(max(changes, 1) - 1)
	}
	if changes > 0 {
		c.Notify(NotifyString, "setbit", k)
	}
}

// parseFieldOps reads all operations. last is the last bit that any of them
// writes, -1 if none does. ok is false after an error was replied.
func (c *Ctx) parseFieldOps(ops []fieldOp) (_ []fieldOp, last int64, ok bool) {
	last = -1
	rule := overflowWrap
	args := c.Args[2:]
	for len(args) > 0 {
		op := fieldOp{overflow: rule}
		used := 4
		switch word := args[0]; {
		case equalFold(word, "get") && len(args) >= 3:
			used = 3
		case equalFold(word, "set") && len(args) >= 4:
			op.kind = fieldSet
		case equalFold(word, "incrby") && len(args) >= 4:
			op.kind = fieldIncr
		case equalFold(word, "overflow") && len(args) >= 2:
			if rule, ok = parseOverflow(args[1]); !ok {
				c.W.Error("ERR Invalid OVERFLOW type specified")
				return nil, 0, false
			}
			args = args[2:]
			continue
		default:
			c.W.Error(resp.ErrSyntax)
			return nil, 0, false
		}
		if op.typ, ok = parseFieldType(args[1]); !ok {
			c.W.Error("ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.")
			return nil, 0, false
		}
		if op.offset, ok = c.bitOffset(args[2], op.typ.width); !ok {
			return nil, 0, false
		}
		if op.kind != fieldGet {
			last = max(last, op.offset+int64(op.typ.width)-1)
			if op.arg, ok = c.intArg(args[3]); !ok {
				return nil, 0, false
			}
		}
		ops = append(ops, op)
		args = args[used:]
	}
	return ops, last, true
}

func parseFieldType(arg []byte) (t fieldType, ok bool) {
	if len(arg) == 0 || arg[0] != 'i' && arg[0] != 'u' {
		return t, false
	}
	t.signed = arg[0] == 'i'
	n, ok := resp.ParseInt(arg[1:])
	if !ok || n < 1 || n > 64 || n > 63 && !t.signed {
		return t, false
	}
	t.width = int(n)
	return t, true
}

func parseOverflow(arg []byte) (r overflowRule, ok bool) {
	switch {
	case equalFold(arg, "wrap"):
		return overflowWrap, true
	case equalFold(arg, "sat"):
		return overflowSat, true
	case equalFold(arg, "fail"):
		return overflowFail, true
	}
	return 0, false
}

// applyField does one operation on value, which is long enough for it if it
// writes, replies its result, and reports whether it wrote and whether that
// changed bits.
func (c *Ctx) applyField(value []byte, op *fieldOp) (wrote, changed bool) {
	old := op.typ.get(value, op.offset)
	if op.kind == fieldGet {
		c.W.Int(old)
		return false, false
	}
	var now int64
	var ok bool
	if op.kind == fieldIncr {
		now, ok = op.typ.add(old, op.arg, op.overflow)
	} else {
		now, ok = op.typ.add(op.arg, 0, op.overflow)
	}
	switch {
	case !ok:
		c.W.Null()
		return false, false
	case op.kind == fieldIncr:
		c.W.Int(now)
	default:
		c.W.Int(old)
	}
	op.typ.put(value, op.offset, now)
	return true, now != old
}

// costOfBitField: a value that grows up to the last offset is moved and
// zeroed. Every argument is taken for an offset, of 64 bit integers.
func costOfBitField(c *Ctx) int64 {
	size := int64(0)
	for _, a := range c.Args[2:] {
		if len(a) < 7 {
			continue
		}
		if a[0] == '#' {
			n, _ := resp.ParseInt(a[1:])
			size = max(size, n*8)
		} else {
			n, _ := resp.ParseInt(a)
			size = max(size, n/8)
		}
	}
	return min(size, keyspace.MaxValue)/bytesPerNano + int64(len(c.Args))*20
}
