package command

import (
	"math"

	"clusternode/resp"
)

// slowlogSpec is SLOWLOG. The log is the server's.
var slowlogSpec = &Spec{
	Name: "slowlog", Arity: -2, Subs: []*Spec{
		{Name: "get", Arity: -2, Flags: slowlogFlags, Tips: []string{"request_policy:all_nodes", "nondeterministic_output"}, Cost: slowlogCost},
		{Name: "len", Arity: 2, Flags: slowlogFlags, Tips: []string{"request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output"}},
		{Name: "reset", Arity: 2, Flags: slowlogFlags, Tips: okFromNodes},
		{Name: "help", Arity: 2, Flags: helpFlags, Handler: helper("SLOWLOG",
			"GET [<count>]",
			"    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
			"    Entries are made of:",
			"    id, timestamp, time in microseconds, arguments array, client IP and port,",
			"    client name",
			"LEN",
			"    Return the length of the slowlog.",
			"RESET",
			"    Reset the slowlog.",
		)},
	},
}

const slowlogFlags = Admin | Loading | Stale

// slowlogDefault is how many entries SLOWLOG GET replies if it is not told.
const slowlogDefault = 10

// SlowlogCount reads the argument of SLOWLOG GET: how many entries, at most; -1
// for all. It replies the error of a bad one.
func SlowlogCount(c *Ctx) (count int64, ok bool) {
	switch len(c.Args) {
	case 2:
		return slowlogDefault, true
	case 3:
		return c.intBetween(c.Args[2], -1, math.MaxInt64, "ERR count should be greater than or equal to -1")
	}
	c.W.Error(resp.SubcommandSyntax(c.Args[1], "slowlog"))
	return 0, false
}

// slowlogCost: an entry is up to 32 arguments of 150 bytes.
func slowlogCost(c *Ctx) int64 {
	const longList = 1000
	if len(c.Args) < 3 {
		return 0
	}
	if n, ok := resp.ParseInt(c.Args[2]); !ok || n >= 0 && n <= longList {
		return 0
	}
	return math.MaxInt32
}
