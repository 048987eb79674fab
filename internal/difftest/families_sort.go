package difftest

import (
	"fmt"
	"strings"

	"clusternode/internal/testserver"
)

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
	if anyContains("alpha")(args) && !anyContains("store")(args) && !anyContains("get")(args) {
		return upToNUL(anyContains("limit")(args))
	}
	return nil
}

// upToNUL compares what SORT ALPHA gives: without STORE, elements are compared as C strings, up to their first NUL, and those
// that are equal so far come in any order.
// Without LIMIT all of them come.
func upToNUL(limited bool) rule {
	return func(ours, oracle testserver.Value) string {
		if len(ours.Elems) != len(oracle.Elems) {
			return sameCount(ours, oracle)
		}
		for i := range ours.Elems {
			a, _, _ := strings.Cut(ours.Elems[i].Str, "\x00")
			b, _, _ := strings.Cut(oracle.Elems[i].Str, "\x00")
			if a != b {
				return fmt.Sprintf("element %d is %q and %q", i, a, b)
			}
		}
		if limited {
			return ""
		}
		return asSet(ours, oracle)
	}
}
