package difftest

// listFamilies are the commands on lists.
var listFamilies = []family{
	{name: "list", weight: 24, templates: []string{
		"RPUSH key element...", "LPUSH key element...", "RPUSH key elements", "LPUSH key elements", "RPUSH key elements element", "LPUSHX key element...", "RPUSHX key element...",
		"LPOP key", "RPOP key", "LPOP key count", "RPOP key count", "LPOP key (3 | 60 | 120 | 200)", "RPOP key (3 | 60 | 120 | 200)", "LPOP key count junk",
		"LMPOP countedkeys (LEFT | RIGHT) [COUNT count]", "LMPOP 1 key (LEFT | RIGHT) COUNT (2 | 50 | count)", "LMPOP countedkeys (LEFT | junk) [COUNT count] [junk]",
		"LLEN key", "LRANGE key 0 -1", "LRANGE key index index", "LRANGE key position position", "LINDEX key index", "LINDEX key position",
		"LSET key index element", "LSET key position element", "LSET key (0 | -1) value", "LINSERT key (BEFORE | AFTER) element element", "LINSERT key (BEFORE | AFTER | junk) element value",
		"LREM key (0 | 1 | -1 | 2 | -3) element", "LREM key (0 | 1 | count | 'x' | -9223372036854775807 | 9223372036854775808) element",
		"LTRIM key index index", "LTRIM key position position", "LTRIM key 1 -1", "LTRIM key 0 -2",
		"LPOS key element [RANK (1 | 2 | -1 | -2 | 0 | 'x')] [COUNT count] [MAXLEN count]", "LPOS key element [RANK (1 | -1 | -9223372036854775807 | 9223372036854775808)] [COUNT count] [junk]",
		"LMOVE key key (LEFT | RIGHT) (LEFT | RIGHT)", "LMOVE key key (LEFT | RIGHT) (LEFT | RIGHT)", "LMOVE key key (LEFT | junk) (RIGHT | junk)", "RPOPLPUSH key key",
		"OBJECT ENCODING key", "TYPE key",
	}},
}
