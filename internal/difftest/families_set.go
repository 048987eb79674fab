package difftest

import "strconv"

// setFamilies are the commands on sets. SPOP takes all or at most four: when more than five times what remains is taken,
// the remaining set is made anew, in an encoding that depends on what chance has left.
var setFamilies = []family{
	{name: "set", weight: 24, templates: []string{
		"SADD key member...", "SADD key member...", "SADD key members", "SADD key members member", "SREM key member...", "SREM key members", "SREM key member...",
		"SCARD key", "SISMEMBER key member", "SMISMEMBER key member...", "SMEMBERS key", "SMOVE key key member", "SMOVE key key member",
		"SINTER key...", "SUNION key...", "SDIFF key...", "SDIFF key key key key key key", "SINTERCARD keynumber key... [LIMIT count]", "SINTERCARD 2 key key [LIMIT count] [junk]",
		"SINTERSTORE key key...", "SUNIONSTORE key key...", "SDIFFSTORE key key...", "SDIFFSTORE key key key key key key key",
		"SRANDMEMBER key", "SRANDMEMBER key randomcount", "SRANDMEMBER key randomcount junk", "OBJECT ENCODING key", "TYPE key",
	}},
	{name: "set whole", weight: 4, exact: true, templates: []string{
		"SPOP key 100000", "SPOP key [(1 | 2 | 4)]", "SPOP key (2 | 4)", "SPOP key (0 | -1 | 'x' | '9223372036854775808')", "SPOP key 100000 junk", "SPOP 'nosuchkey' [3]",
		"SSCAN key 0 COUNT 100000 [MATCH pattern]", "SSCAN key 0 [MATCH pattern] [COUNT (0 | -1 | 'x')]", "SSCAN key 0 (junk | MATCH | COUNT | TYPE SET)", "SSCAN key ('x' | '-' | '18446744073709551616')",
	}},
	{name: "set limits", weight: 1, exact: true, templates: []string{
		"CONFIG SET SET-MAX-INTSET-ENTRIES (0 | 3 | 8 | 512)", "CONFIG SET SET-MAX-INTSET-ENTRIES 512",
		"CONFIG SET SET-MAX-LISTPACK-ENTRIES (0 | 4 | 8 | 128)", "CONFIG SET SET-MAX-LISTPACK-ENTRIES 128", "CONFIG SET SET-MAX-LISTPACK-VALUE (0 | 2 | 64)", "CONFIG SET SET-MAX-LISTPACK-VALUE 64",
	}},
}

// member is one of few, or of a length at which encodings change.
func (g *Generator) member() string {
	switch g.rng.IntN(12) {
	case 0, 1, 2, 3:
		return strconv.Itoa(g.skewed(30) - 5)
	case 4, 5, 6:
		return g.pick("a", "b", "c", "d", "e", "f", "m0", "m1", "m2", "m100", "hello")
	case 7:
		return g.integer()
	case 8:
		return g.bytes(lengths[g.skewed(len(lengths)-8)])
	case 9:
		return g.bytes([]int{63, 64, 65, 1023, 1024, 1025}[g.skewed(6)])
	case 10:
		return strconv.Itoa(g.rng.IntN(700))
	}
	return g.value()
}

// members are so many as make another encoding.
func (g *Generator) members() []string {
	n := []int{5, 20, 120, 127, 128, 129, 140, 300, 511, 512, 513, 600}[g.skewed(12)]
	from := g.rng.IntN(4) * 50
	word := g.pick("", "", "m", "member:")
	out := make([]string, n)
	for i := range out {
		out[i] = word + strconv.Itoa(from+i)
	}
	return out
}

// randomCount is one for SRANDMEMBER and its siblings.
func (g *Generator) randomCount() string {
	return g.pick("0", "1", "2", "5", "-1", "-3", "-20", "100", "1000", "9223372036854775807", "-9223372036854775808", "x", "")
}
