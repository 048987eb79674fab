package difftest

// hllFamilies are the commands on HyperLogLogs. What GET and DUMP say of them must
// be equal, too.
var hllFamilies = []family{
	{name: "hll", weight: 10, templates: []string{
		"PFADD key member...", "PFADD key member...", "PFADD key member member member member member member member member", "PFADD key",
		"PFCOUNT key", "PFCOUNT key...", "PFMERGE key key...", "PFMERGE key", "GET key", "STRLEN key",
		"PFDEBUG ENCODING key", "PFDEBUG DECODE key", "PFDEBUG TODENSE key", "PFDEBUG junk key",
	}},
	// Of members that come together with one that damage refuses, Redis keeps the first ones, and ours none: damaged ones take one
	// at a time.
	{name: "damaged hll", weight: 3, templates: []string{
		"PFADD 'pd'", "PFADD 'pd' member", "PFADD 'pd' member", "APPEND 'pd' value", "SETRANGE 'pd' offset value", "PFCOUNT 'pd'", "PFCOUNT 'pd' 'pd2'", "PFMERGE 'pd2' 'pd'", "PFMERGE 'pd' 'pd2'", "GET 'pd'",
		"PFADD 'pd2' member", "PFDEBUG ENCODING 'pd'", "PFDEBUG DECODE 'pd'", "PFDEBUG TODENSE 'pd'", "DEL 'pd'",
	}},
}
