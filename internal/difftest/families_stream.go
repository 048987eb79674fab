package difftest

import (
	"slices"
	"strings"

	"clusternode/internal/testserver"
)

// streamFamilies are the commands on streams. IDs never come from the clock, and idle times asked for are none or days, so
// that what a command does never depends on when it comes.
var streamFamilies = []family{
	{name: "stream", weight: 24, templates: []string{
		"XADD key newid (field value)...", "XADD key newid (field value)...", "XADD key newid 'a' element 'b' element", "XADD key newid 'a' element 'b' element", "XADD key newid 'a' element 'b' element",
		"XADD key newid 'f' element", "XADD key newid 'f' element", "XADD key newid 1 element 2 integer",
		"XADD key [NOMKSTREAM] [MAXLEN ['~' | '='] trimto] newid (field value)...", "XADD key [NOMKSTREAM] [MINID ['~' | '='] streamid] [LIMIT limit] newid 'f' element",
		"XADD key [MAXLEN '~' trimto] [LIMIT limit] newid 'f' element", "XADD key (MAXLEN | MINID | LIMIT | NOMKSTREAM | junk)... newid 'f' element", "XADD key newid 'f'", "XADD key newid 'f' value 'g'",
		"XLEN key", "XRANGE key rangeid rangeid [COUNT limit]", "XREVRANGE key rangeid rangeid [COUNT limit]", "XRANGE key - +", "XREVRANGE key + -", "XRANGE key rangeid rangeid [COUNT] [junk]",
		"XDEL key streamid...", "XDEL key streamid...", "XTRIM key MAXLEN ['~' | '='] trimto [LIMIT limit]", "XTRIM key MAXLEN trimto", "XTRIM key MINID ['~' | '='] streamid [LIMIT limit]", "XTRIM key MINID streamid",
		"XTRIM key [MAXLEN trimto] [MINID streamid] [LIMIT limit] [junk]", "XSETID key streamid [ENTRIESADDED limit] [MAXDELETEDID streamid]", "XSETID key newid [junk]",
		"XREAD [COUNT limit] STREAMS key streamid", "XREAD [COUNT limit] STREAMS key key (streamid | '$') streamid", "XREAD STREAMS key 0", "XREAD [COUNT limit] [NOACK] [GROUP group consumer] STREAMS key... streamid...",
		"XREAD STREAMS key ('$' | '>' | '0' | junk)", "XREAD (STREAMS | COUNT | junk)... key streamid", "XINFO STREAM key", "XINFO STREAM key [FULL [COUNT limit]]", "XINFO STREAM key FULL COUNT 0", "XINFO STREAM key (junk | FULL junk | FULL COUNT junk | FULL LIMIT 1)",
		"XINFO (junk | STREAM | GROUPS | CONSUMERS)", "DEL key", "TYPE key", "OBJECT ENCODING key",
	}},
	{name: "stream group", weight: 22, templates: []string{
		"XGROUP CREATE key group (streamid | '$' | 0) [MKSTREAM]", "XGROUP CREATE key group 0 MKSTREAM", "XGROUP CREATE key group ('$' | '0-0' | rangeid) [MKSTREAM] [ENTRIESREAD limit] [junk]",
		"XGROUP SETID key group (streamid | '$' | rangeid) [ENTRIESREAD limit]", "XGROUP SETID key group 0 [junk]", "XGROUP DESTROY key group", "XGROUP CREATECONSUMER key group consumer", "XGROUP DELCONSUMER key group consumer",
		"XGROUP (junk | CREATE | SETID) [key] [group]", "XREADGROUP GROUP group consumer [COUNT limit] STREAMS key '>'", "XREADGROUP GROUP group consumer COUNT (1 | 2 | 3) STREAMS key '>'", "XREADGROUP GROUP group consumer [COUNT limit] [NOACK] STREAMS key '>'",
		"XREADGROUP GROUP group consumer [COUNT limit] STREAMS key streamid", "XREADGROUP GROUP group consumer STREAMS key 0", "XREADGROUP GROUP group consumer [COUNT limit] [NOACK] STREAMS key key ('>' | streamid) ('>' | '$' | streamid)",
		"XREADGROUP [GROUP group consumer] [COUNT limit] [NOACK] [junk] STREAMS key... '>'...", "XREADGROUP GROUP group consumer STREAMS key ('$' | junk | '-' | '+')",
		"XACK key group streamid...", "XACK key group streamid...", "XPENDING key group", "XPENDING key group rangeid rangeid limit [consumer]", "XPENDING key group - + 10", "XPENDING key group IDLE (0 | 86400000 | -1 | 'x') rangeid rangeid limit [consumer]", "XPENDING key group [IDLE limit] [rangeid] [junk]",
		"XCLAIM key group consumer 0 streamid... [FORCE] [JUSTID] [RETRYCOUNT limit] [LASTID streamid]", "XCLAIM key group consumer (0 | 86400000) streamid... [FORCE] [JUSTID]", "XCLAIM key group consumer (0 | -1 | 'x') streamid... [TIME (1000 | -1 | 'x' | 99999999999999)] [IDLE (86400000 | 99999999999999 | -1 | 'x')] [RETRYCOUNT limit] [junk]",
		"XCLAIM key group consumer 0 streamid... FORCE", "XAUTOCLAIM key group consumer 0 streamid [COUNT claimcount] [JUSTID]", "XAUTOCLAIM key group consumer 0 0 [COUNT (1 | 2 | 3)] [JUSTID]", "XAUTOCLAIM key group consumer (0 | 86400000 | -1 | 'x') rangeid [COUNT claimcount] [JUSTID] [junk]",
		"XINFO GROUPS key", "XINFO CONSUMERS key group", "XINFO STREAM key FULL", "XINFO GROUPS key",
	}},
}

func init() {
	placeholders["trimto"] = func(g *Generator) string {
		return g.pick("0", "1", "2", "3", "5", "8", "10", "20", "50", "-1", "x", "9223372036854775807")
	}
	// Redis reserves memory for all that XAUTOCLAIM may find deleted.
	placeholders["claimcount"] = func(g *Generator) string { return g.pick("1", "2", "3", "5", "10", "1000", "0", "-1", "x") }
	differences = append(differences, streamDifferences...)
	for _, oracle := range anyOracle { // the rules for times do not look into EXEC's reply
		differencesInMulti[oracle] = append(differencesInMulti[oracle], "xinfo", "xpending")
	}
}

var anyOracle = []string{"redis", "redis8", "valkey"}

var streamDifferences = []difference{
	{anyOracle, "xadd", func(args []string) bool { return slices.Contains(args, "*") }, "its ID is the time"},
	{[]string{"redis"}, "xclaim", nil, "a consumer that gets nothing is not made, before 7.2"},
	{[]string{"redis"}, "xautoclaim", nil, "the same"},
	{[]string{"redis"}, "xreadgroup", nil, "the same"},
	{[]string{"redis"}, "xsetid", nil, "looks at other limits, in another order"},
	{[]string{"redis"}, "xread", unbalancedStreams, "the error does not name the command"},
	{[]string{"redis8"}, "xread", func(args []string) bool { return slices.Contains(args, "+") || unbalancedStreams(args) }, "+ is the last entry, since 7.4"},
	{[]string{"redis8", "valkey"}, "xreadgroup", func(args []string) bool { return slices.Contains(args, "+") }, "the same"},
}

// unbalancedStreams tells arguments that do not have an ID for every key.
func unbalancedStreams(args []string) bool {
	i := slices.IndexFunc(args, func(a string) bool { return strings.EqualFold(a, "streams") })
	return i >= 0 && (len(args)-i-1)%2 != 0
}

// withoutLag compares XINFO but for what a group has read and has not, which Redis 7.4 counts anew.
func withoutLag(r rule) rule {
	return func(ours, oracle testserver.Value) string { return r(noLag(ours), noLag(oracle)) }
}

func noLag(v testserver.Value) testserver.Value {
	v.Elems = slices.Clone(v.Elems)
	for i, e := range v.Elems {
		if i > 0 && (v.Elems[i-1].Str == "lag" || v.Elems[i-1].Str == "entries-read") {
			e = testserver.Value{Type: ':'}
		}
		v.Elems[i] = noLag(e)
	}
	return v
}
