package command

import (
	"crypto/subtle"
	"encoding/binary"

	"clusternode/keyspace"
	"clusternode/resp"
)

// bitOperation combines src into dst; bytes that src lacks are zero.
type bitOperation func(dst, src []byte)

func bitop(c *Ctx) {
	var op bitOperation
	not := false
	switch name := c.Args[1]; {
	case equalFold(name, "and"):
		op = andBits
	case equalFold(name, "or"):
		op = orBits
	case equalFold(name, "xor"):
		op = xorBits
	case equalFold(name, "not"):
		not = true
	default:
		c.W.Error(resp.ErrSyntax)
		return
	}
	if not && len(c.Args) != 4 {
		c.W.Error("ERR BITOP NOT must be called with a single source key.")
		return
	}
	result, ok := c.bitopResult(op)
	if !ok {
		return
	}
	if not {
		notBits(result)
	}
	dest := &c.Keys[0]
	if len(result) == 0 {
		c.delete(dest)
		c.W.Int(0)
		return
	}
	if c.put(dest, keyspace.TypeString, keyspace.EncRaw, result, 0, false, c.stampOf(dest)) != nil {
		c.W.Error(resp.ErrOOM)
		return
	}
	c.Changed(dest)
	c.Notify(NotifyString, "set", dest)
	c.W.Int(int64(len(result)))
}

// bitopResult combines all sources, as long as the longest of them, in memory
// of its own: the target may be one of them. ok is false after an error was
// replied. With one source op is not used.
func (c *Ctx) bitopResult(op bitOperation) (result []byte, ok bool) {
	sources := c.Keys[1:]
	size := 0
	for i := range sources {
		e := c.Read(&sources[i])
		if !c.StringAt(e) {
			return nil, false
		}
		if e.Exists() {
			size = max(size, len(e.Value()))
		}
	}
	if size == 0 {
		return nil, true
	}
	result = make([]byte, size)
	for i := range sources {
		var value []byte
		k := &sources[i]
		if e := k.Part.Find(k.Hash, k.Bytes); e.Exists() {
			value = e.Value()
		}
		if i == 0 {
			copy(result, value)
		} else {
			op(result, value)
		}
	}
	return result, true
}

// costOfBitOp: every source is read and the result written.
func costOfBitOp(c *Ctx) int64 {
	var sum int64
	for i := range c.Keys {
		k := &c.Keys[i]
		sum += nanosPerKey
		if e := k.Part.Find(k.Hash, k.Bytes); e.Exists() && e.Type() == keyspace.TypeString {
			sum += int64(len(e.Value())) / bytesPerNano
		}
	}
	return sum
}

func andBits(dst, src []byte) {
	n := min(len(dst), len(src))
	clear(dst[n:])
	dst, src = dst[:n], src[:n]
	for ; len(dst) >= 8; dst, src = dst[8:], src[8:] {
		binary.NativeEndian.PutUint64(dst, binary.NativeEndian.Uint64(dst)&binary.NativeEndian.Uint64(src))
	}
	for i := range dst {
		dst[i] &= src[i]
	}
}

func orBits(dst, src []byte) {
	dst = dst[:len(src)]
	for ; len(dst) >= 8; dst, src = dst[8:], src[8:] {
		binary.NativeEndian.PutUint64(dst, binary.NativeEndian.Uint64(dst)|binary.NativeEndian.Uint64(src))
	}
	for i := range dst {
		dst[i] |= src[i]
	}
}

func xorBits(dst, src []byte) { subtle.XORBytes(dst, dst, src) }

func notBits(dst []byte) {
	for ; len(dst) >= 8; dst = dst[8:] {
		binary.NativeEndian.PutUint64(dst, ^binary.NativeEndian.Uint64(dst))
	}
	for i := range dst {
		dst[i] = ^dst[i]
	}
}
