package command

import "clusternode/resp"

var memorySpec = &Spec{
	Name: "memory", Arity: -2, Subs: []*Spec{
		{Name: "usage", Arity: -3, Flags: ReadOnly, Keys: []KeySpec{One(2, KeyRO)}, Handler: memoryUsage},
		{Name: "help", Arity: 2, Flags: Loading | Stale, Handler: helper("MEMORY",
			"USAGE <key> [SAMPLES <count>]", "    Bytes that a key and its value take in memory.",
			"    SAMPLES is there for clients that say it: nothing is estimated.",
		)},
	},
}

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
