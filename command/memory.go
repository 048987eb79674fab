package command

import "clusternode/resp"

// memorySpec is MEMORY. What concerns the process is the server's, and asks all
// its workers.
var memorySpec = &Spec{
	Name: "memory", Arity: -2, Subs: []*Spec{
		{Name: "usage", Arity: -3, Flags: ReadOnly, Keys: []KeySpec{One(2, KeyRO)}, Handler: memoryUsage},
		{Name: "doctor", Arity: 2, Tips: memoryTips, Blocks: true},
		{Name: "stats", Arity: 2, Tips: memoryTips, Blocks: true},
		{Name: "malloc-stats", Arity: 2, Tips: memoryTips, Blocks: true},
		{Name: "purge", Arity: 2, Tips: okFromShards, Blocks: true},
		{Name: "help", Arity: 2, Flags: helpFlags, Handler: helper("MEMORY",
			"DOCTOR",
			"    Return memory problems reports.",
			"MALLOC-STATS",
			"    Return internal statistics report from the memory allocator.",
			"PURGE",
			"    Attempt to purge dirty pages for reclamation by the allocator.",
			"STATS",
			"    Return information about the memory usage of the server.",
			"USAGE <key> [SAMPLES <count>]",
			"    Return memory in bytes used by <key> and its value. Nested values are",
			"    sampled up to <count> times (default: 5, 0 means sample all).",
		)},
	},
}

var memoryTips = []string{"nondeterministic_output", "request_policy:all_shards", "response_policy:special"}

func memoryUsage(c *Ctx) {
	for i := 3; i < len(c.Args); i += 2 {
		if !equalFold(c.Args[i], "samples") || i+1 == len(c.Args) {
			c.W.Error(resp.ErrSyntax)
			return
		}
		samples, ok := c.intArg(c.Args[i+1])
		if !ok {
			return
		}
		if samples < 0 {
			c.W.Error(resp.ErrSyntax)
			return
		}
	}
	// Neither hit, miss nor access, and a key that has expired takes memory as
	// long as it is there.
	k := &c.Keys[0]
	e := k.Part.Find(k.Hash, k.Bytes)
	if !e.Exists() {
		c.W.Null()
		return
	}
	// Trees know their size: every byte is counted, whatever SAMPLES says.
	c.W.Int(int64(e.Size() + k.Part.TreeBytes(e)))
}
