package command

import (
	"clusternode/keyspace"
	"clusternode/resp"
)

// BitmapSpecs are the commands on the bits of a string. Bit 0 is the highest
// bit of the first byte.
var BitmapSpecs = []*Spec{
	{Name: "setbit", Arity: 4, Flags: Write | DenyOOM, Cats: CatBitmap, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyUpdate)}, Cost: costOfSetBit, Handler: setbit},
	{Name: "getbit", Arity: 3, Flags: ReadOnly | Fast, Cats: CatBitmap, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Handler: getbit},
	{Name: "bitcount", Arity: -2, Flags: ReadOnly, Cats: CatBitmap, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfValue, Handler: bitcount},
	{Name: "bitpos", Arity: -3, Flags: ReadOnly, Cats: CatBitmap, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfValue, Handler: bitpos},
	{Name: "bitop", Arity: -4, Flags: Write | DenyOOM, Cats: CatBitmap, Keys: []KeySpec{One(2, KeyOW|KeyUpdate), Range(3, -1, 1, KeyRO|KeyAccess)}, Cost: costOfBitOp, Handler: bitop},
	{Name: "bitfield", Arity: -2, Flags: Write | DenyOOM, Cats: CatBitmap, Keys: []KeySpec{{Index: 1, Step: 1, Flags: KeyRW | KeyAccess | KeyUpdate | KeyVariable, Notes: "This command allows both access and modification of the key"}}, Cost: costOfBitField, Handler: bitfield},
	{Name: "bitfield_ro", Arity: -2, Flags: ReadOnly | Fast, Cats: CatBitmap, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfBitField, Handler: bitfieldRO},
}

const (
	errBitOffset = "ERR bit offset is not an integer or out of range"
	errBitValue  = "ERR bit is not an integer or out of range"
)

// bitOffset reads the position of a bit. With width > 0, "#n" is the n-th
// integer of width bits. ok is false after the error was replied.
func (c *Ctx) bitOffset(arg []byte, width int) (offset int64, ok bool) {
	scale := int64(1)
	if width > 0 && len(arg) > 0 && arg[0] == '#' {
		arg, scale = arg[1:], int64(width)
	}
	offset, ok = resp.ParseInt(arg)
	offset *= scale // may wrap around, as it does in Redis
	if !ok || offset < 0 || offset>>3 >= c.Env.Settings.MaxBulk.Load() {
		c.W.Error(errBitOffset)
		return 0, false
	}
	return offset, true
}

func setbit(c *Ctx) {
	offset, ok := c.bitOffset(c.Args[2], 0)
	if !ok {
		return
	}
	bit, ok := c.intBetween(c.Args[3], 0, 1, errBitValue)
	if !ok {
		return
	}
	k := &c.Keys[0]
	e := c.Write(k)
	if !c.StringAt(e) {
		return
	}
	at, mask := int(offset>>3), byte(0x80)>>(offset&7)
	grows := !e.Exists() || len(e.Value()) <= at
	value, ok := c.grow(k, e, at+1)
	if !ok {
		return
	}
	old := int64(0)
	if value[at]&mask != 0 {
		old = 1
	}
	if grows || old != bit {
		value[at] = value[at]&^mask | mask*byte(bit)
		c.Changed(k)
		c.Notify(NotifyString, "setbit", k)
	}
	c.W.Int(old)
}

// costOfSetBit: a value that grows up to the bit is moved and zeroed.
func costOfSetBit(c *Ctx) int64 {
	offset, _ := resp.ParseInt(c.Args[2])
	return offset / 8 / bytesPerNano
}

func getbit(c *Ctx) {
	offset, ok := c.bitOffset(c.Args[2], 0)
	if !ok {
		return
	}
	e := c.Read(&c.Keys[0])
	if !c.StringAt(e) {
		return
	}
	if e.Exists() {
		if value := e.Value(); offset>>3 < int64(len(value)) {
			c.W.Int(int64(value[offset>>3] >> (7 - offset&7) & 1))
			return
		}
	}
	c.W.Int(0)
}

// bitRange is the range of BITCOUNT and BITPOS as it was given: both ends
// belong to it, negative ones count from the end.
type bitRange struct {
	start, end int64
	inBits     bool // else in bytes
}

// parseUnit reads BYTE or BIT; ok is false after the error was replied.
func (c *Ctx) parseUnit(arg []byte) (inBits, ok bool) {
	switch {
	case equalFold(arg, "bit"):
		return true, true
	case equalFold(arg, "byte"):
		return false, true
	}
	c.W.Error(resp.ErrSyntax)
	return false, false
}

// resolve turns the range into bit positions of a value: from first up to,
// and without, limit. It reports false for an empty range.
func (r bitRange) resolve(value []byte) (first, limit int64, ok bool) {
	size := int64(len(value))
	if r.inBits {
		size *= 8
	}
	start, end := r.start, r.end
	if start < 0 {
		start = max(start+size, 0)
	}
	if end < 0 {
		end = max(end+size, 0)
	}
	end = min(end, size-1)
	if start > end {
		return 0, 0, false
	}
	if r.inBits {
		return start, end + 1, true
	}
	return start * 8, (end + 1) * 8, true
}

// bitcount looks at the key before it looks at the range: of a missing key the
// count is 0 whatever the range says.
func bitcount(c *Ctx) {
	e := c.Read(&c.Keys[0])
	if !c.StringAt(e) {
		return
	}
	if !e.Exists() {
		c.W.Int(0)
		return
	}
	r := bitRange{end: -1}
	switch len(c.Args) {
	case 2:
	case 4, 5:
		var ok bool
		if r.start, ok = c.intArg(c.Args[2]); !ok {
			return
		}
		if r.end, ok = c.intArg(c.Args[3]); !ok {
			return
		}
		// Two negative ends in the wrong order are empty even where both would
		// be moved to the first element, and whatever the unit.
		if r.start < 0 && r.end < 0 && r.start > r.end {
			c.W.Int(0)
			return
		}
		if len(c.Args) == 5 {
			if r.inBits, ok = c.parseUnit(c.Args[4]); !ok {
				return
			}
		}
	default:
		c.W.Error(resp.ErrSyntax)
		return
	}
	n := int64(0)
	if first, limit, ok := r.resolve(e.Value()); ok {
		n = countBits(e.Value(), first, limit)
	}
	c.W.Int(n)
}

// bitpos, too, has an answer for a missing key before it looks at the range.
func bitpos(c *Ctx) {
	bit, ok := c.intArg(c.Args[2])
	if !ok {
		return
	}
	if bit != 0 && bit != 1 {
		c.W.Error("ERR The bit argument must be 1 or 0.")
		return
	}
	e := c.Read(&c.Keys[0])
	if !e.Exists() { // no end of zeros
		c.W.Int(-bit)
		return
	}
	if !c.StringAt(e) {
		return
	}
	if r, ok := c.bitposRange(); ok {
		c.W.Int(findBitIn(e, byte(bit), r, len(c.Args) < 5))
	}
}

// bitposRange reads the optional range of BITPOS; ok is false after an error
// was replied.
func (c *Ctx) bitposRange() (r bitRange, ok bool) {
	r.end = -1
	n := len(c.Args)
	if n > 6 {
		c.W.Error(resp.ErrSyntax)
		return r, false
	}
	if n > 3 {
		if r.start, ok = c.intArg(c.Args[3]); !ok {
			return r, false
		}
	}
	if n > 5 {
		if r.inBits, ok = c.parseUnit(c.Args[5]); !ok {
			return r, false
		}
	}
	if n > 4 {
		if r.end, ok = c.intArg(c.Args[4]); !ok {
			return r, false
		}
	}
	return r, true
}

// findBitIn is the position of the first such bit in the range, -1 if there is
// none. An open range goes on with zeros behind the value.
func findBitIn(e keyspace.Entry, bit byte, r bitRange, open bool) int64 {
	value := e.Value()
	first, limit, ok := r.resolve(value)
	if !ok {
		return -1
	}
	at := findBit(value, bit, first, limit)
	if at == limit && (bit == 1 || !open) {
		return -1
	}
	return at
}
