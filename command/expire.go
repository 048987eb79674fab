package command

import (
	"math"

	"clusternode/keyspace"
	"clusternode/resp"
)

var expireSpecs = []*Spec{
	{Name: "expire", Arity: -3, Flags: Write | Fast, Cats: CatKeyspace, Keys: expireKeys, Handler: func(c *Ctx) { expire(c, 1000, c.Now) }},
	{Name: "pexpire", Arity: -3, Flags: Write | Fast, Cats: CatKeyspace, Keys: expireKeys, Handler: func(c *Ctx) { expire(c, 1, c.Now) }},
	{Name: "expireat", Arity: -3, Flags: Write | Fast, Cats: CatKeyspace, Keys: expireKeys, Handler: func(c *Ctx) { expire(c, 1000, 0) }},
	{Name: "pexpireat", Arity: -3, Flags: Write | Fast, Cats: CatKeyspace, Keys: expireKeys, Handler: func(c *Ctx) { expire(c, 1, 0) }},
	{Name: "ttl", Arity: 2, Flags: ReadOnly | Fast, Cats: CatKeyspace, Keys: ttlKeys, Tips: changesByItself, Handler: func(c *Ctx) { ttl(c, 1000, false) }},
	{Name: "pttl", Arity: 2, Flags: ReadOnly | Fast, Cats: CatKeyspace, Keys: ttlKeys, Tips: changesByItself, Handler: func(c *Ctx) { ttl(c, 1, false) }},
	{Name: "expiretime", Arity: 2, Flags: ReadOnly | Fast, Cats: CatKeyspace, Keys: ttlKeys, Handler: func(c *Ctx) { ttl(c, 1000, true) }},
	{Name: "pexpiretime", Arity: 2, Flags: ReadOnly | Fast, Cats: CatKeyspace, Keys: ttlKeys, Handler: func(c *Ctx) { ttl(c, 1, true) }},
	{Name: "persist", Arity: 2, Flags: Write | Fast, Cats: CatKeyspace, Keys: expireKeys, Handler: persist},
}

var (
	expireKeys      = []KeySpec{One(1, KeyRW|KeyUpdate)}
	ttlKeys         = []KeySpec{One(1, KeyRO|KeyAccess)}
	changesByItself = []string{"nondeterministic_output"}
)

// expireCondition is what EXPIRE demands of the expiry that a key has.
type expireCondition struct{ nx, xx, gt, lt bool }

// parseExpireCondition reads the options behind the time; text is the error.
func parseExpireCondition(args [][]byte) (o expireCondition, text string) {
	for _, a := range args {
		switch {
		case equalFold(a, "nx"):
			o.nx = true
		case equalFold(a, "xx"):
			o.xx = true
		case equalFold(a, "gt"):
			o.gt = true
		case equalFold(a, "lt"):
			o.lt = true
		default:
			return o, "ERR Unsupported option " + resp.Quoted(a)
		}
	}
	switch {
	case o.nx && (o.xx || o.gt || o.lt):
		return o, "ERR NX and XX, GT or LT options at the same time are not compatible"
	case o.gt && o.lt:
		return o, "ERR GT and LT options at the same time are not compatible"
	}
	return o, ""
}

// expiry is the time at which an entry goes, if has is set.
func expiry(e keyspace.Entry) (at int64, has bool) {
	if !e.HasExpire() {
		return 0, false
	}
	return e.ExpireAt(), true
}

// allows reports whether an entry may be given the time at. Without an expiry
// a key lives for ever: later than any time.
func (o expireCondition) allows(e keyspace.Entry, at int64) bool {
	current, has := expiry(e)
	switch {
	case o.nx && has, o.xx && !has:
		return false
	case o.gt && (!has || at <= current):
		return false
	case o.lt && has && at >= current:
		return false
	}
	return true
}

// expire sets the time at which a key goes: the argument in units of
// milliseconds after base.
func expire(c *Ctx, unit, base int64) {
	cond, text := parseExpireCondition(c.Args[3:])
	if text != "" {
		c.W.Error(text)
		return
	}
	at, ok := resp.ParseInt(c.Args[2])
	if !ok {
		c.W.Error(resp.ErrNotInteger)
		return
	}
	if at > math.MaxInt64/unit || at < math.MinInt64/unit || at*unit > math.MaxInt64-base {
		c.W.Error(resp.InvalidExpire(c.Spec.FullName()))
		return
	}
	at = at*unit + base
	k := &c.Keys[0]
	e := c.Write(k)
	if !e.Exists() || !cond.allows(e, at) {
		c.W.Int(0)
		return
	}
	if at <= c.Now {
		c.delete(k)
		c.W.Int(1)
		return
	}
	if _, err := k.Part.SetExpire(k.Hash, k.Bytes, at); err != nil {
		c.W.Error(resp.ErrOOM)
		return
	}
	c.Changed(k)
	c.Notify(NotifyGeneric, "expire", k)
	c.W.Int(1)
}

// ttl replies when a key goes, in units of milliseconds: the time left, or the
// moment itself. -1 stands for never and -2 for no such key.
func ttl(c *Ctx, unit int64, absolute bool) {
	e := c.Peek(&c.Keys[0])
	switch {
	case !e.Exists():
		c.W.Int(-2)
		return
	case !e.HasExpire():
		c.W.Int(-1)
		return
	}
	t := e.ExpireAt()
	if !absolute {
		t = max(t-c.Now, 0)
	}
	if unit > 1 { // round to the nearest; t may be close to the largest integer
		rest := t % unit
		t /= unit
		if rest >= unit/2 {
			t++
		}
	}
	c.W.Int(t)
}

func persist(c *Ctx) {
	k := &c.Keys[0]
	if !c.Write(k).Exists() || !k.Part.Persist(k.Hash, k.Bytes) {
		c.W.Int(0)
		return
	}
	c.Changed(k)
	c.Notify(NotifyGeneric, "persist", k)
	c.W.Int(1)
}
