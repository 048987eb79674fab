package difftest

import "strings"

// sortFamilies are the commands on SORT. With ALPHA, elements of equal weights have no order among each other, so that there
// weights are the elements; sets are sorted.
var sortFamilies = []family{
	{name: "sort", weight: 5, templates: []string{
		"SORT key", "SORT key ALPHA", "SORT key ALPHA [DESC | ASC] [LIMIT index limit]", "SORT key [DESC] [LIMIT index limit] [junk]",
		"SORT key ALPHA STORE key", "SORT key ALPHA [DESC] [LIMIT index limit] STORE key", "SORT key BY 'nosort' [STORE key] ALPHA",
		"SORT key BY 'w*' [LIMIT 0 5] [DESC]", "SORT key BY '*' GET '#'", "SORT key BY 'h*->a' GET 'h*->b' GET '#'", "SORT key ALPHA GET '*' GET 'h*->a' [STORE key]",
		"SORT_RO key", "SORT_RO key ALPHA [DESC] [LIMIT index limit]", "SORT_RO key ALPHA [STORE key]", "SORT_RO key BY 'h*->a' GET '#'",
		"SORT key BY", "SORT key GET", "SORT key ALPHA [LIMIT index]", "SORT key ALPHA BY junk junk",
	}},
	{name: "list sort", weight: 3, templates: []string{
		"SORT key", "SORT key DESC [LIMIT index limit]", "SORT key BY 'nosort' [DESC] [LIMIT index limit] [GET '#']", "SORT key ALPHA [LIMIT index limit] [DESC] [STORE key]", "SORT key BY 'nosort' STORE key",
		"RPUSH key (1 | 2 | 10 | -3 | 2.5) (3 | 4 | 1)", "RPUSH key integer float",
	}},
	{name: "zset sort", weight: 2, templates: []string{
		"SORT key ALPHA", "SORT key BY 'nosort' [DESC] [LIMIT index limit]", "SORT key BY 'nosort' [LIMIT index limit] STORE key", "SORT_RO key ALPHA [LIMIT index limit]", "OBJECT ENCODING key",
	}},
	{name: "set sort", weight: 2, templates: []string{
		"SORT key ALPHA", "SORT key ALPHA [DESC] [LIMIT index limit]", "SORT key BY 'nosort' STORE key", "SORT key", "SORT_RO key ALPHA [LIMIT index limit]",
	}},
	{name: "sort weights", weight: 1, templates: []string{
		"SET ('w1' | 'w2' | 'w3' | 'wa' | 'w10') (1 | 2 | 3 | 2.5 | -1 | 'x')", "HSET ('h1' | 'h2' | 'ha' | 'hb' | 'h10') 'a' (1 | 2 | 3 | 'x') 'b' element", "DEL ('w1' | 'h2' | 'wa')",
	}},
}

// sortRule compares what is not sorted as a set: the order within a set is the server's affair, and with LIMIT so is the
// choice.
func sortRule(args []string) rule {
	for i := 2; i+1 < len(args); i++ {
		if strings.EqualFold(args[i], "by") && !strings.Contains(args[i+1], "*") {
			if anyContains("limit")(args) {
				return sameCount
			}
			return asSet
		}
	}
	return nil
}
