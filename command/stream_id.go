package command

import (
	"bytes"
	"math"

	"clusternode/object"
	"clusternode/resp"
)

const (
	errStreamID = "ERR Invalid stream ID specified as stream command argument"
	errStartID  = "ERR invalid start ID for the interval"
	errEndID    = "ERR invalid end ID for the interval"
)

// maxIDText is the longest ID argument, in bytes.
const maxIDText = 127

// parseStreamID reads an ID: "ms-seq", or "ms" with missing for the second part,
// or "-" and "+" for the lowest and the highest.
func parseStreamID(arg []byte, missing uint64) (id object.StreamID, ok bool) {
	if len(arg) == 1 {
		switch arg[0] {
		case '-':
			return object.StreamID{}, true
		case '+':
			return object.MaxStreamID, true
		}
	}
	return parseStrictID(arg, missing)
}

// parseStrictID is parseStreamID without "-" and "+".
func parseStrictID(arg []byte, missing uint64) (id object.StreamID, ok bool) {
	id, given, ok := parseNewID(arg, missing)
	return id, ok && given
}

// parseNewID is parseStrictID that takes "ms-*", too: given is false then.
func parseNewID(arg []byte, missing uint64) (id object.StreamID, given, ok bool) {
	if len(arg) > maxIDText {
		return id, true, false
	}
	if i := bytes.IndexByte(arg, 0); i >= 0 { // it is read as a C string
		arg = arg[:i]
	}
	ms, seq, cut := bytes.Cut(arg, []byte("-"))
	if id.MS, ok = parseUnsigned(ms); !ok {
		return id, true, false
	}
	switch {
	case !cut:
		id.Seq = missing
	case len(seq) == 1 && seq[0] == '*':
		return id, false, true
	default:
		id.Seq, ok = parseUnsigned(seq)
	}
	return id, true, ok
}

// parseUnsigned reads a number as Redis does: what is no canonical signed number
// goes to strtoull, which takes white space, a sign, and leading zeros.
func parseUnsigned(s []byte) (n uint64, ok bool) {
	if n, ok := resp.ParseInt(s); ok {
		return uint64(n), n >= 0
	}
	for len(s) > 0 && (s[0] == ' ' || s[0] >= '\t' && s[0] <= '\r') {
		s = s[1:]
	}
	negative := len(s) > 0 && s[0] == '-'
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	if len(s) == 0 {
		return 0, false
	}
	for _, c := range s {
		d := uint64(c - '0')
		if d > 9 || n > math.MaxUint64/10 || n*10 > math.MaxUint64-d {
			return 0, false
		}
		n = n*10 + d
	}
	if negative {
		n = -n
	}
	return n, true
}

// idArg reads a strict ID; ok is false after the error was replied.
func (c *Ctx) idArg(arg []byte, missing uint64) (id object.StreamID, ok bool) {
	if id, ok = parseStrictID(arg, missing); !ok {
		c.W.Error(errStreamID)
	}
	return id, ok
}

// idArgs reads strict IDs, "ms" being "ms-0"; ok is false after the error was
// replied.
func (c *Ctx) idArgs(args [][]byte) (ids []object.StreamID, ok bool) {
	ids = make([]object.StreamID, len(args))
	for i, a := range args {
		if ids[i], ok = c.idArg(a, 0); !ok {
			return nil, false
		}
	}
	return ids, true
}

// startArg reads the lower end of an interval, which "(" excludes from it; ok is
// false after an error was replied.
func (c *Ctx) startArg(arg []byte) (id object.StreamID, ok bool) {
	id, open, ok := c.intervalArg(arg, 0)
	if ok && open {
		if id, ok = id.Next(); !ok {
			c.W.Error(errStartID)
		}
	}
	return id, ok
}

// endArg reads the upper end.
func (c *Ctx) endArg(arg []byte) (id object.StreamID, ok bool) {
	id, open, ok := c.intervalArg(arg, math.MaxUint64)
	if ok && open {
		if id, ok = id.Prev(); !ok {
			c.W.Error(errEndID)
		}
	}
	return id, ok
}

func (c *Ctx) intervalArg(arg []byte, missing uint64) (id object.StreamID, open, ok bool) {
	if open = len(arg) > 1 && arg[0] == '('; open {
		id, ok = parseStrictID(arg[1:], missing)
	} else {
		id, ok = parseStreamID(arg, missing)
	}
	if !ok {
		c.W.Error(errStreamID)
	}
	return id, open, ok
}
