package command

import (
	"clusternode/keyspace"
	"clusternode/resp"
)

// StringSpecs are the commands on strings as a whole, as text and as numbers.
var StringSpecs = []*Spec{
	{Name: "get", Arity: 2, Flags: ReadOnly | Fast, Cats: CatString, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Handler: get},
	{Name: "set", Arity: -3, Flags: Write | DenyOOM, Cats: CatString, Keys: []KeySpec{{Index: 1, Step: 1, Flags: KeyRW | KeyAccess | KeyUpdate | KeyVariable, Notes: "RW and ACCESS due to the optional `GET` argument"}}, Handler: set},
	{Name: "setnx", Arity: 3, Flags: Write | DenyOOM | Fast, Cats: CatString, Keys: []KeySpec{One(1, KeyOW|KeyInsert)}, Handler: setnx},
	{Name: "setex", Arity: 4, Flags: Write | DenyOOM, Cats: CatString, Keys: []KeySpec{One(1, KeyOW|KeyUpdate)}, Handler: setex},
	{Name: "psetex", Arity: 4, Flags: Write | DenyOOM, Cats: CatString, Keys: []KeySpec{One(1, KeyOW|KeyUpdate)}, Handler: psetex},
	{Name: "getset", Arity: 3, Flags: Write | DenyOOM | Fast, Cats: CatString, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyUpdate)}, Handler: getset},
	{Name: "getdel", Arity: 2, Flags: Write | Fast, Cats: CatString, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyDelete)}, Handler: getdel},
	{Name: "getex", Arity: -2, Flags: Write | Fast, Cats: CatString, Keys: []KeySpec{{Index: 1, Step: 1, Flags: KeyRW | KeyAccess | KeyUpdate, Notes: "RW and UPDATE because it changes the TTL"}}, Handler: getex},
	{Name: "mget", Arity: -2, Flags: ReadOnly | Fast, Cats: CatString, Keys: []KeySpec{Range(1, -1, 1, KeyRO|KeyAccess)}, Tips: []string{"request_policy:multi_shard"}, Cost: costOfKeys, Handler: mget},
	{Name: "mset", Arity: -3, Flags: Write | DenyOOM, Cats: CatString, Keys: []KeySpec{Range(1, -1, 2, KeyOW|KeyUpdate)}, Tips: []string{"request_policy:multi_shard", "response_policy:all_succeeded"}, Cost: costOfKeys, Handler: mset},
	{Name: "msetnx", Arity: -3, Flags: Write | DenyOOM, Cats: CatString, Keys: []KeySpec{Range(1, -1, 2, KeyOW|KeyInsert)}, Cost: costOfKeys, Handler: msetnx},
	{Name: "strlen", Arity: 2, Flags: ReadOnly | Fast, Cats: CatString, Keys: []KeySpec{One(1, KeyRO)}, Handler: strlen},

	{Name: "append", Arity: 3, Flags: Write | DenyOOM | Fast, Cats: CatString, Keys: []KeySpec{One(1, KeyRW|KeyInsert)}, Cost: costOfValue, Handler: appendTo},
	{Name: "setrange", Arity: 4, Flags: Write | DenyOOM, Cats: CatString, Keys: []KeySpec{One(1, KeyRW|KeyUpdate)}, Cost: costOfSetRange, Handler: setrange},
	{Name: "getrange", Arity: 4, Flags: ReadOnly, Cats: CatString, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfGetRange, Handler: getrange},
	{Name: "substr", Arity: 4, Flags: ReadOnly, Cats: CatString, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Cost: costOfGetRange, Handler: getrange},

	{Name: "incr", Arity: 2, Flags: Write | DenyOOM | Fast, Cats: CatString, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyUpdate)}, Handler: incr},
	{Name: "decr", Arity: 2, Flags: Write | DenyOOM | Fast, Cats: CatString, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyUpdate)}, Handler: decr},
	{Name: "incrby", Arity: 3, Flags: Write | DenyOOM | Fast, Cats: CatString, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyUpdate)}, Handler: incrby},
	{Name: "decrby", Arity: 3, Flags: Write | DenyOOM | Fast, Cats: CatString, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyUpdate)}, Handler: decrby},
	{Name: "incrbyfloat", Arity: 3, Flags: Write | DenyOOM | Fast, Cats: CatString, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyUpdate)}, Handler: incrbyfloat},

	{Name: "lcs", Arity: -3, Flags: ReadOnly, Cats: CatString, Keys: []KeySpec{Range(1, 1, 1, KeyRO|KeyAccess)}, Cost: costOfLCS, Handler: lcs},
}

// What lookups and copies cost, for Spec.Cost; a table line and an entry that
// are not in the cache, and memory that is written for the first time.
const (
	nanosPerKey  = 300
	bytesPerNano = 4
)

// costOfKeys is the cost of a command that visits each of its keys once.
func costOfKeys(c *Ctx) int64 { return int64(len(c.Keys)) * nanosPerKey }

// costOfValue is the cost of a command that reads or moves its key's value.
func costOfValue(c *Ctx) int64 {
	k := &c.Keys[0]
	if e := k.Part.Find(k.Hash, k.Bytes); e.Exists() && e.Type() == keyspace.TypeString {
		return int64(len(e.Value())) / bytesPerNano
	}
	return 0
}

func get(c *Ctx) { c.replyString(c.Read(&c.Keys[0])) }

// replyString replies a string value, the null of a missing key, or the error
// of another type, and reports whether it was no error.
func (c *Ctx) replyString(e keyspace.Entry) (ok bool) {
	switch {
	case !e.Exists():
		c.W.Null()
	case e.Type() != keyspace.TypeString:
		c.W.Error(resp.ErrWrongType)
		return false
	default:
		c.W.Bulk(e.Value())
	}
	return true
}

func strlen(c *Ctx) {
	e := c.Read(&c.Keys[0])
	if !c.StringAt(e) {
		return
	}
	if !e.Exists() {
		c.W.Int(0)
		return
	}
	c.W.Int(int64(len(e.Value())))
}

func mget(c *Ctx) {
	c.W.Array(len(c.Keys))
	for i := range c.Keys {
		if e := c.Read(&c.Keys[i]); e.Exists() && e.Type() == keyspace.TypeString {
			c.W.Bulk(e.Value())
		} else {
			c.W.Null()
		}
	}
}

func set(c *Ctx) {
	k := &c.Keys[0]
	if len(c.Args) == 3 {
		if c.PutString(k, c.Args[2], 0, false) {
			c.Changed(k)
			c.Notify(NotifyString, "set", k)
			c.W.OK()
		}
		return
	}
	o, ok := parseSetOptions(c.Args[3:], false)
	if !ok {
		c.W.Error(resp.ErrSyntax)
		return
	}
	c.setWith(k, c.Args[2], o)
}

// setWith is SET with options: what was checked decides, then the key changes,
// then the reply is "OK" or, with GET, the old value.
func (c *Ctx) setWith(k *Key, value []byte, o setOptions) {
	at, ok := c.expireTime(o)
	if !ok {
		return
	}
	var e keyspace.Entry
	mark := len(c.W.Buf)
	if o.flags&optGet != 0 {
		// The old value is replied first: it is gone after the change.
		e = c.Read(k)
		if !c.replyString(e) {
			return
		}
	} else {
		e = c.Write(k)
	}
	if o.flags&optNX != 0 && e.Exists() || o.flags&optXX != 0 && !e.Exists() {
		if o.flags&optGet == 0 {
			c.W.Null()
		}
		return
	}
	if !c.store(k, e, value, o, at) {
		if o.flags&optGet != 0 {
			c.dropReply(mark)
		}
		return
	}
	if o.flags&optGet == 0 {
		c.W.OK()
	}
}

// store puts value where e is (or nothing is yet), with the expiry at that o
// asks for, which may have passed: then the key goes when it is looked at. It
// reports false after an error was replied.
func (c *Ctx) store(k *Key, e keyspace.Entry, value []byte, o setOptions, at int64) bool {
	expires := o.flags&optExpiry != 0
	if o.flags&optKeepTTL != 0 && e.Exists() && e.HasExpire() {
		at, expires = e.ExpireAt(), true
	}
	if !c.PutString(k, value, at, expires) {
		return false
	}
	c.Changed(k)
	c.Notify(NotifyString, "set", k)
	if o.flags&optExpiry != 0 {
		c.Notify(NotifyGeneric, "expire", k)
	}
	return true
}

// dropReply takes back what was written since mark, up to the error reply that
// was written last.
func (c *Ctx) dropReply(mark int) {
	c.W.Buf = c.W.Buf[:mark]
	c.W.Error(c.W.LastError)
}

func setnx(c *Ctx) {
	k := &c.Keys[0]
	if c.Write(k).Exists() {
		c.W.Int(0)
		return
	}
	if c.PutString(k, c.Args[2], 0, false) {
		c.Changed(k)
		c.Notify(NotifyString, "set", k)
		c.W.Int(1)
	}
}

func setex(c *Ctx) { c.setWith(&c.Keys[0], c.Args[3], setOptions{flags: optEX, expire: c.Args[2]}) }

func psetex(c *Ctx) { c.setWith(&c.Keys[0], c.Args[3], setOptions{flags: optPX, expire: c.Args[2]}) }

func getset(c *Ctx) { c.setWith(&c.Keys[0], c.Args[2], setOptions{flags: optGet}) }

func getdel(c *Ctx) {
	k := &c.Keys[0]
	e := c.Read(k)
	if c.replyString(e) && e.Exists() {
		c.delete(k)
	}
}

func getex(c *Ctx) {
	o, ok := parseSetOptions(c.Args[2:], true)
	if !ok {
		c.W.Error(resp.ErrSyntax)
		return
	}
	k := &c.Keys[0]
	e := c.Read(k)
	if !e.Exists() || e.Type() != keyspace.TypeString {
		c.replyString(e) // whatever the options say
		return
	}
	at, ok := c.expireTime(o)
	if !ok {
		return
	}
	mark := len(c.W.Buf)
	c.W.Bulk(e.Value())
	switch {
	case o.flags&optExpiry != 0 && at <= c.Now:
		c.delete(k)
	case o.flags&optExpiry != 0:
		if _, err := k.Part.SetExpire(k.Hash, k.Bytes, at); err != nil {
			c.W.Buf = c.W.Buf[:mark]
			c.W.Error(resp.ErrOOM)
			return
		}
		c.Changed(k)
		c.Notify(NotifyGeneric, "expire", k)
	case o.flags&optPersist != 0:
		if k.Part.Persist(k.Hash, k.Bytes) {
			c.Changed(k)
			c.Notify(NotifyGeneric, "persist", k)
		}
	}
}

func mset(c *Ctx) {
	if len(c.Args)%2 == 0 {
		c.W.Error(resp.WrongArity(c.Spec.FullName()))
		return
	}
	if c.setAll() {
		c.W.OK()
	}
}

func msetnx(c *Ctx) {
	if len(c.Args)%2 == 0 {
		c.W.Error(resp.WrongArity(c.Spec.FullName()))
		return
	}
	for i := range c.Keys {
		if c.Write(&c.Keys[i]).Exists() {
			c.W.Int(0)
			return
		}
	}
	if c.setAll() {
		c.W.Int(1)
	}
}

// setAll sets every key to the argument behind it; of a key that is named
// twice the last value stays. It reports false after an error was replied.
func (c *Ctx) setAll() bool {
	for i := range c.Keys {
		k := &c.Keys[i]
		if !c.PutString(k, c.Args[2+2*i], 0, false) {
			return false
		}
		c.Changed(k)
		c.Notify(NotifyString, "set", k)
	}
	return true
}
