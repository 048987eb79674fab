package difftest

// hllFamilies are the commands on HyperLogLogs. What GET and DUMP say of them must
// be equal, too.
var hllFamilies = []family{
	{name: "hll", weight: 10, templates: []string{
		"PFADD key member...", "PFADD key member...", "PFADD key member member member member member member member member", "PFADD key",
		"PFCOUNT key", "PFCOUNT key...", "PFMERGE key key...", "PFMERGE key", "GET key", "STRLEN key",
		"PFDEBUG ENCODING key", "PFDEBUG DECODE key", "PFDEBUG TODENSE key", "PFDEBUG junk key", "APPEND key value", "SETRANGE key offset value",
	}},
}
