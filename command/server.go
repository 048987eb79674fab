package command

import (
	"math"
	"time"

	"clusternode/resp"
)

// RedisVersion is the version of Redis whose behaviour this node has, as HELLO
// and INFO report it: the last one under a BSD licence.
const RedisVersion = "7.2.4"

// ServerSpecs are the commands about the node as a whole.
var ServerSpecs = []*Spec{
	{Name: "dbsize", Arity: 1, Flags: ReadOnly | Fast, Cats: CatKeyspace, Tips: []string{"request_policy:all_shards", "response_policy:agg_sum"}, Handler: func(c *Ctx) { c.W.Int(int64(c.KS.DBSize(c.C.DB))) }},
	{Name: "flushdb", Arity: -1, Flags: Write, Cats: CatKeyspace | CatDangerous, Tips: okFromShards, Lock: LockGate, Handler: func(c *Ctx) { flush(c, false) }},
	{Name: "flushall", Arity: -1, Flags: Write, Cats: CatKeyspace | CatDangerous, Tips: okFromShards, Lock: LockGate, Handler: func(c *Ctx) { flush(c, true) }},
	{Name: "swapdb", Arity: 3, Flags: Write | Fast, Cats: CatKeyspace | CatDangerous, Lock: LockGate, Handler: swapDB},
	{Name: "info", Arity: -1, Flags: Loading | Stale, Cats: CatDangerous, Tips: []string{"nondeterministic_output", "request_policy:all_shards", "response_policy:special"}, Blocks: true},
	{Name: "time", Arity: 1, Flags: Loading | Stale | Fast, Tips: changesByItself, Handler: clock},
	{Name: "shutdown", Arity: -1, Flags: Admin | NoScript | Loading | Stale | NoMulti | AllowBusy},
	memorySpec,
}

// flush removes the keys of the client's database, or of all of them.
func flush(c *Ctx, all bool) {
	async := c.Env.Settings.LazyUserFlush.Load()
	switch {
	case len(c.Args) == 2 && equalFold(c.Args[1], "async"):
		async = true
	case len(c.Args) == 2 && equalFold(c.Args[1], "sync"):
		async = false
	case len(c.Args) > 1:
		c.W.Error(resp.ErrSyntax)
		return
	}
	if all {
		c.Stats.Dirty += int64(c.KS.FlushAll(async))
		for db := range c.KS.Databases() {
			c.waitersLookAgain(db)
		}
	} else {
		c.Stats.Dirty += int64(c.KS.FlushDB(c.C.DB, async))
		c.waitersLookAgain(c.C.DB)
	}
	if c.Env.Events != nil {
		c.Env.Events.Flushed(c)
	}
	c.W.OK()
}

func swapDB(c *Ctx) {
	if c.Env.Cluster != nil {
		c.W.Error("ERR SWAPDB is not allowed in cluster mode")
		return
	}
	a, ok := c.intBetween(c.Args[1], math.MinInt32, math.MaxInt32, "ERR invalid first DB index")
	if !ok {
		return
	}
	b, ok := c.intBetween(c.Args[2], math.MinInt32, math.MaxInt32, "ERR invalid second DB index")
	if !ok {
		return
	}
	if n := int64(c.KS.Databases()); a < 0 || a >= n || b < 0 || b >= n {
		c.W.Error(resp.ErrDBIndex)
		return
	}
	if a != b {
		c.KS.SwapDB(int(a), int(b))
		c.waitersLookAgain(int(a))
		c.waitersLookAgain(int(b))
	}
	c.Stats.Dirty++
	c.W.OK()
}

// clock replies seconds and microseconds of the wall clock.
func clock(c *Ctx) {
	now := time.Now()
	c.W.Array(2)
	c.W.BulkInt(now.Unix())
	c.W.BulkInt(int64(now.Nanosecond() / 1000))
}
