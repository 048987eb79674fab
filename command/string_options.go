package command

import (
	"math"

	"clusternode/resp"
)

// setFlags are the options of SET and GETEX.
type setFlags uint16

const (
	optNX setFlags = 1 << iota
	optXX
	optGet
	optKeepTTL
	optPersist
	optEX   // seconds from now
	optPX   // milliseconds from now
	optEXAT // unix seconds
	optPXAT // unix milliseconds

	optExpiry   = optEX | optPX | optEXAT | optPXAT
	optSeconds  = optEX | optEXAT
	optRelative = optEX | optPX
)

// setOptions are parsed options; expire is the time as it was given.
type setOptions struct {
	flags  setFlags
	expire []byte
}

// setWords are the options by name with what they do not go together with. An
// option may be repeated; the last time counts.
var setWords = [...]struct {
	word     string
	flag     setFlags
	excludes setFlags
	inSet    bool
	inGetex  bool
}{
	{"ex", optEX, optKeepTTL | optPersist | optExpiry&^optEX, true, true},
	{"px", optPX, optKeepTTL | optPersist | optExpiry&^optPX, true, true},
	{"nx", optNX, optXX, true, false},
	{"xx", optXX, optNX, true, false},
	{"get", optGet, 0, true, false},
	{"keepttl", optKeepTTL, optPersist | optExpiry, true, false},
	{"exat", optEXAT, optKeepTTL | optPersist | optExpiry&^optEXAT, true, true},
	{"pxat", optPXAT, optKeepTTL | optPersist | optExpiry&^optPXAT, true, true},
	{"persist", optPersist, optKeepTTL | optExpiry, false, true},
}

// parseSetOptions reads the options of SET, or of GETEX. It reports false for
// a syntax error. Times are not looked at yet: see expireTime.
func parseSetOptions(args [][]byte, getex bool) (o setOptions, ok bool) {
	for i := 0; i < len(args); i++ {
		f := setOption(args[i], o.flags, getex)
		if f == 0 {
			return o, false
		}
		if f&optExpiry != 0 {
			if i++; i == len(args) {
				return o, false
			}
			o.expire = args[i]
		}
		o.flags |= f
	}
	return o, true
}

// setOption finds one option; 0 if there is none of that name or it does not
// go together with those seen so far.
func setOption(arg []byte, seen setFlags, getex bool) setFlags {
	for i := range setWords {
		w := &setWords[i]
		if len(arg) == len(w.word) && equalFold(arg, w.word) {
			if getex && !w.inGetex || !getex && !w.inSet || seen&w.excludes != 0 {
				return 0
			}
			return w.flag
		}
	}
	return 0
}

// expireTime turns the time of the options into unix milliseconds; 0 if they
// have none. ok is false after an error was replied.
func (c *Ctx) expireTime(o setOptions) (at int64, ok bool) {
	if o.flags&optExpiry == 0 {
		return 0, true
	}
	at, ok = resp.ParseInt(o.expire)
	if !ok {
		c.W.Error(resp.ErrNotInteger)
		return 0, false
	}
	if at <= 0 || o.flags&optSeconds != 0 && at > math.MaxInt64/1000 {
		return 0, c.badExpire()
	}
	if o.flags&optSeconds != 0 {
		at *= 1000
	}
	if o.flags&optRelative != 0 {
		if at > math.MaxInt64-c.Now {
			return 0, c.badExpire()
		}
		at += c.Now
	}
	return at, true
}

// badExpire replies that the expire time cannot be, and is false.
func (c *Ctx) badExpire() bool {
	c.W.Error(resp.InvalidExpire(c.Spec.FullName()))
	return false
}
