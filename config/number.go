package config

import (
	"fmt"
	"strconv"
	"strings"

	"clusternode/resp"
)

// unit is how a number is written.
type unit uint8

const (
	unitPlain   unit = iota
	unitBytes        // 1k = 1000, 1kb = 1024, and so on to gb
	unitPercent      // bytes, or "N%" kept as -N
	unitOctal
)

// intCodec keeps a whole number in num.
type intCodec struct {
	min, max int64
	unit     unit
	unsigned bool  // 64 unsigned bits, no bounds
	lowest   int64 // smaller values are accepted as this one
	highest  int64 // larger values are accepted as this one; 0: no such limit
}

func (c intCodec) kind() string {
	return [...]string{"integer", "memory", "memory or percent", "octal"}[c.unit]
}

func (c intCodec) parse(words []string, _ Value) (Value, error) {
	w, err := one(words)
	if err != nil {
		return Value{}, err
	}
	n, err := c.number(w)
	if err != nil {
		return Value{}, err
	}
	if c.unsigned {
		return Value{num: int64(n.bits)}, nil
	}
	v := int64(n.bits)
	if n.percent {
		if v > -c.min {
			return Value{}, fmt.Errorf("percentage argument must be less or equal to %d", -c.min)
		}
		return Value{num: -v}, nil
	}
	if tooBig := !n.signed && n.bits > maxInt64; tooBig || v < c.min || v > c.max {
		return Value{}, fmt.Errorf("argument must be between %d and %d inclusive", c.min, c.max)
	}
	if c.lowest != 0 {
		v = max(v, c.lowest)
	}
	if c.highest != 0 {
		v = min(v, c.highest)
	}
	return Value{num: v}, nil
}

// number is what a word says: 64 bits that are signed, unsigned or a percentage.
type number struct {
	bits    uint64
	signed  bool
	percent bool
}

func (c intCodec) number(w string) (number, error) {
	switch c.unit {
	case unitBytes, unitPercent:
		if p, ok := strings.CutSuffix(w, "%"); ok && c.unit == unitPercent {
			if n, ok := resp.ParseInt([]byte(p)); ok && n >= 0 {
				return number{bits: uint64(n), percent: true}, nil
			}
			return number{}, wording("argument must be a memory or percent value")
		}
		n, ok := ParseMemory(w)
		switch {
		case !ok && c.unit == unitPercent:
			return number{}, wording("argument must be a memory or percent value")
		case !ok:
			return number{}, wording("argument must be a memory value")
		}
		return number{bits: n}, nil
	case unitOctal:
		n, err := strconv.ParseInt(w, 8, 64)
		if err != nil {
			return number{}, wording("argument couldn't be parsed as an octal number")
		}
		return number{bits: uint64(n), signed: true}, nil
	}
	n, ok := resp.ParseInt([]byte(w))
	if !ok {
		return number{}, wording("argument couldn't be parsed into an integer")
	}
	return number{bits: uint64(n), signed: true}, nil
}

var memoryUnits = []struct {
	suffix string
	bytes  uint64
}{
	{"", 1}, {"b", 1},
	{"k", 1000}, {"kb", 1 << 10},
	{"m", 1000 * 1000}, {"mb", 1 << 20},
	{"g", 1000 * 1000 * 1000}, {"gb", 1 << 30},
}

// ParseMemory reads a size as redis.conf writes it, "64mb" for 64 MiB, in
// bytes. No digits are 0, as in Redis, so that an empty variable in a start
// script means "no limit". Sizes above 64 bits are refused (Redis lets them
// wrap).
func ParseMemory(w string) (uint64, bool) {
	digits := 0
	for digits < len(w) && w[digits]-'0' < 10 {
		digits++
	}
	var n uint64
	if digits > 0 {
		var err error
		if n, err = strconv.ParseUint(w[:digits], 10, 64); err != nil {
			return 0, false
		}
	}
	for _, u := range memoryUnits {
		if strings.EqualFold(w[digits:], u.suffix) {
			return n * u.bytes, n <= (1<<64-1)/u.bytes
		}
	}
	return 0, false
}

// formatMemory writes a size with the largest unit that loses nothing.
func formatMemory(n uint64) string {
	switch {
	case n != 0 && n%(1<<30) == 0:
		return strconv.FormatUint(n>>30, 10) + "gb"
	case n != 0 && n%(1<<20) == 0:
		return strconv.FormatUint(n>>20, 10) + "mb"
	case n != 0 && n%(1<<10) == 0:
		return strconv.FormatUint(n>>10, 10) + "kb"
	}
	return strconv.FormatUint(n, 10)
}

func (c intCodec) format(v Value) string {
	switch {
	case c.unit == unitOctal:
		return strconv.FormatInt(v.num, 8)
	case c.unit == unitPercent && v.num < 0:
		return strconv.FormatInt(-v.num, 10) + "%"
	}
	return itoa(v.num, c.unsigned)
}

func (c intCodec) lines(name string, v, def Value) []line {
	if c.unit == unitBytes || c.unit == unitPercent && v.num >= 0 {
		return single(name+" "+formatMemory(uint64(v.num)), v, def)
	}
	return single(name+" "+c.format(v), v, def)
}
