package difftest

// hllFamilies are the commands on HyperLogLogs.
var hllFamilies = []family{
	{name: "hll", weight: 8, templates: []string{
		"PFADD key member...", "PFADD key members", "PFADD key members member", "PFADD key", "PFCOUNT key", "PFCOUNT key key...", "PFMERGE key key...", "PFMERGE key", "PFMERGE key key key key",
		"PFDEBUG ENCODING key", "PFDEBUG (TODENSE | DECODE | junk) key", "PFDEBUG TODENSE key", "GET key", "STRLEN key", "SET key value", "APPEND key value", "SETRANGE key offset value", "DEL key", "OBJECT ENCODING key",
	}},
}
