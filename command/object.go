package command

import (
	"math"

	"clusternode/keyspace"
	"clusternode/resp"
)

var objectSpec = &Spec{
	Name: "object", Arity: -2, Subs: []*Spec{
		{Name: "encoding", Arity: 3, Flags: ReadOnly, Cats: CatKeyspace, Keys: objectKeys, Tips: changesByItself, Handler: objectEncoding},
		{Name: "freq", Arity: 3, Flags: ReadOnly, Cats: CatKeyspace, Keys: objectKeys, Tips: changesByItself, Handler: objectFreq},
		{Name: "idletime", Arity: 3, Flags: ReadOnly, Cats: CatKeyspace, Keys: objectKeys, Tips: changesByItself, Handler: objectIdleTime},
		{Name: "refcount", Arity: 3, Flags: ReadOnly, Cats: CatKeyspace, Keys: objectKeys, Tips: changesByItself, Handler: objectRefCount},
		{Name: "help", Arity: 2, Flags: Loading | Stale, Cats: CatKeyspace, Handler: helper("OBJECT",
			"ENCODING <key>",
			"    Return the kind of internal representation used in order to store the value",
			"    associated with a <key>.",
			"FREQ <key>",
			"    Return the access frequency index of the <key>. The returned integer is",
			"    proportional to the logarithm of the recent access frequency of the key.",
			"IDLETIME <key>",
			"    Return the idle time of the <key>, that is the approximated number of",
			"    seconds elapsed since the last access to the key.",
			"REFCOUNT <key>",
			"    Return the number of references of the value associated with the specified",
			"    <key>.",
		)},
	},
}

var objectKeys = []KeySpec{One(2, KeyRO)}

// helper makes the handler of a HELP subcommand.
func helper(container string, lines ...string) Handler {
	return func(c *Ctx) { c.W.Help(container, lines) }
}

// lfuNote ends the errors about a policy that does not track what was asked.
const lfuNote = " Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust."

// object looks up the key of an OBJECT subcommand; ok is false after the null
// of a missing one was replied.
func (c *Ctx) object() (e keyspace.Entry, ok bool) {
	e = c.peekQuietly(&c.Keys[0])
	if !e.Exists() {
		c.W.Null()
		return e, false
	}
	return e, true
}

func objectEncoding(c *Ctx) {
	if e, ok := c.object(); ok {
		c.W.BulkString(e.Encoding().String())
	}
}

func objectRefCount(c *Ctx) {
	if e, ok := c.object(); ok {
		c.W.Int(c.refCount(e))
	}
}

// sharedInts are the small integers of which Redis keeps one object for all
// keys, unless each needs an access time of its own; it reports a count without
// end for them.
const sharedInts = 10000

func (c *Ctx) refCount(e keyspace.Entry) int64 {
	if c.Env.Settings.OwnInts.Load() {
		return 1
	}
	if e.Type() == keyspace.TypeString && e.Encoding() == keyspace.EncInt {
		if n, ok := resp.ParseInt(e.Value()); ok && n >= 0 && n < sharedInts {
			return math.MaxInt32
		}
	}
	return 1
}

func objectIdleTime(c *Ctx) {
	e, ok := c.object()
	if !ok {
		return
	}
	if c.Env.Settings.LFU.Load() {
		c.W.Error("ERR An LFU maxmemory policy is selected, idle time not tracked." + lfuNote)
		return
	}
	c.W.Int(int64(keyspace.LRUIdle(e.LRU(), c.LRUClock())))
}

func objectFreq(c *Ctx) {
	e, ok := c.object()
	if !ok {
		return
	}
	if !c.Env.Settings.LFU.Load() {
		c.W.Error("ERR An LFU maxmemory policy is not selected, access frequency not tracked." + lfuNote)
		return
	}
	c.W.Int(int64(keyspace.LFUCounter(e.LRU(), uint32(c.Now/60000), int(c.Env.Settings.LFUDecay.Load()))))
}
