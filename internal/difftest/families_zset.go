package difftest

import (
	"slices"
	"strconv"
	"strings"
)

// zsetFamilies are the commands on sorted sets.
var zsetFamilies = []family{
	{name: "zset", weight: 24, templates: []string{
		"ZADD key (score member)...", "ZADD key (score member)...", "ZADD key score member", "ZADD key scoremembers", "ZADD key scoremembers score member",
		"ZADD key [NX | XX] [GT | LT] [CH] (score member)...", "ZADD key [XX] [GT | LT] [CH] INCR score member", "ZADD key [NX] [XX] [GT] [LT] [CH] [INCR] (score member)... [junk]",
		"ZADD key (NX | CH | XX GT | GT | LT) scoremembers", "ZADD key score member score", "ZADD key (NX | XX | junk | INCR)", "ZINCRBY key score member", "ZINCRBY key score member", "ZINCRBY key score member [junk]",
		"ZREM key member...", "ZREM key member...", "ZREM key members", "ZCARD key", "ZSCORE key member", "ZMSCORE key member...", "ZRANK key member [WITHSCORE]", "ZREVRANK key member [WITHSCORE]",
		"ZRANK key member [WITHSCORE] [junk]", "ZPOPMIN key [limit]", "ZPOPMAX key [limit]", "ZPOPMIN key (3 | 60 | 120 | 'x' | -1) [junk]", "ZPOPMAX key (3 | 60 | 120 | 9223372036854775807)",
		"ZMPOP countedkeys (MIN | MAX) [COUNT limit]", "ZMPOP countedkeys (MIN | junk) [COUNT limit] [junk]", "ZMPOP 1 key (MIN | MAX) COUNT (2 | 50 | 130)",
		"ZRANDMEMBER key", "ZRANDMEMBER key randomcount", "ZRANDMEMBER key randomcount (WITHSCORES | junk)", "ZRANDMEMBER key randomcount WITHSCORES", "OBJECT ENCODING key", "TYPE key",
	}},
	{name: "zset range", weight: 20, templates: []string{
		"ZADD key (score member)...", "ZADD key scoremembers", "ZADD key (0 member)...", "ZADD key (0 member)...", "ZADD key (0 member)...",
		"ZRANGE key 0 -1 [WITHSCORES]", "ZRANGE key position position [REV] [WITHSCORES]", "ZRANGE key scoreend scoreend BYSCORE [REV] [LIMIT position limit] [WITHSCORES]",
		"ZRANGE key index index [LIMIT limit limit] [WITHSCORES]", "ZREVRANGE key position position [WITHSCORES]", "ZREVRANGE key index index [WITHSCORES] [junk]",
		"ZRANGEBYSCORE key scoreend scoreend [WITHSCORES] [LIMIT position limit]", "ZREVRANGEBYSCORE key scoreend scoreend [WITHSCORES] [LIMIT position limit] [junk]", "ZRANGEBYSCORE key '-inf' '+inf' [WITHSCORES] [LIMIT limit limit]",
		"ZCOUNT key scoreend scoreend", "ZREMRANGEBYRANK key position position", "ZREMRANGEBYRANK key index index", "ZREMRANGEBYSCORE key scoreend scoreend",
		"ZRANGESTORE key key 0 -1", "ZRANGESTORE key key position position [REV]", "ZRANGESTORE key key scoreend scoreend BYSCORE [REV] [LIMIT position limit]",
		"ZRANGESTORE key key (position | scoreend) (position | scoreend) [BYSCORE] [REV] [REV] [LIMIT position limit] [WITHSCORES] [junk]", "OBJECT ENCODING key",
	}},
	// Ranges of members mean something if all scores are the same, so these keys are not for other commands.
	{name: "lexical", weight: 6, exact: true, templates: []string{
		"ZADD lexkey (0 member)...", "ZADD lexkey (0 member)...", "ZADD lexkey zeromembers", "ZADD lexkey zeromembers", "ZREM lexkey member", "OBJECT ENCODING lexkey",
		"ZRANGE lexkey lexend lexend BYLEX [REV] [LIMIT limit limit]", "ZRANGE lexkey (position | scoreend | lexend) (position | scoreend | lexend) [BYSCORE] [BYLEX] [REV] [BYLEX] [LIMIT position limit] [WITHSCORES] [junk]",
		"ZRANGEBYLEX lexkey lexend lexend [LIMIT limit limit]", "ZREVRANGEBYLEX lexkey lexend lexend [LIMIT limit limit] [junk]", "ZRANGEBYLEX lexkey '-' '+' [LIMIT limit limit]", "ZRANGE lexkey '-' '+' BYLEX",
		"ZLEXCOUNT lexkey lexend lexend", "ZLEXCOUNT lexkey lexend lexend", "ZREMRANGEBYLEX lexkey lexend lexend", "ZRANGESTORE lexkey lexkey lexend lexend BYLEX [REV] [LIMIT limit limit]",
		"ZRANGESTORE lexkey lexkey (position | lexend) (position | lexend) [BYSCORE] [BYLEX] [REV] [LIMIT position limit] [WITHSCORES] [junk]", "ZPOPMIN lexkey [limit]", "ZRANK lexkey member", "ZCARD lexkey",
	}},
	{name: "zset algebra", weight: 12, templates: []string{
		"ZADD key scoremembers", "ZADD key (score member)...", "SADD key member...", "SADD key members",
		"ZUNION countedkeys [WEIGHTS score score] [AGGREGATE (SUM | MIN | MAX)] [WITHSCORES]", "ZUNION 2 key key [WEIGHTS score score] [AGGREGATE (SUM | MIN | MAX)] [WITHSCORES]",
		"ZINTER 2 key key [WEIGHTS score score] [AGGREGATE (SUM | MIN | MAX)] [WITHSCORES]", "ZINTER countedkeys [WITHSCORES]", "ZDIFF countedkeys [WITHSCORES]", "ZDIFF 2 key key [WITHSCORES]", "ZDIFF countedkeys [WEIGHTS score] [junk]",
		"ZUNIONSTORE key countedkeys [AGGREGATE (SUM | MIN | MAX)]", "ZUNIONSTORE key 2 key key [WEIGHTS score score] [AGGREGATE (SUM | MIN | MAX | junk)]", "ZUNIONSTORE key 3 key key key WEIGHTS score score score",
		"ZINTERSTORE key countedkeys [AGGREGATE (SUM | MIN | MAX)]", "ZINTERSTORE key 2 key key [WEIGHTS score score] [AGGREGATE (SUM | MIN | MAX)]", "ZDIFFSTORE key countedkeys", "ZDIFFSTORE key 2 key key [WITHSCORES] [junk]",
		"ZINTERCARD countedkeys [LIMIT limit]", "ZINTERCARD 2 key key [LIMIT limit] [junk]", "ZUNIONSTORE key 2 key key [WEIGHTS score] [AGGREGATE] [WITHSCORES]", "OBJECT ENCODING key",
	}},
	{name: "zset whole", weight: 3, exact: true, templates: []string{
		"ZSCAN key 0 COUNT 100000 [MATCH pattern]", "ZSCAN key 0 [MATCH pattern] [COUNT (0 | -1 | 'x')]", "ZSCAN key 0 (junk | MATCH | COUNT)", "ZSCAN key ('x' | '-' | '18446744073709551616')",
	}},
}

func init() {
	placeholders["lexkey"] = func(g *Generator) string { return g.pick("{t}lexical1", "{t}lexical1", "{t}lexical2") }
	manyPlaceholders["zeromembers"] = (*Generator).zeroMembers
	differences = append(differences, zsetDifferences...)
}

// zeroMembers have one score, and long beginnings in common.
func (g *Generator) zeroMembers() []string {
	n, from, word := g.burst(), g.rng.IntN(4)*40, g.pick("", "m", "member:", "a rather long beginning that all members have:")
	out := make([]string, 0, 2*n)
	for i := range n {
		out = append(out, "0", word+strconv.Itoa(from+i))
	}
	return out
}

var zsetDifferences = []difference{
	{[]string{"redis"}, "zrank", longerThan(3), "WITHSCORE is since 7.2"},
	{[]string{"redis"}, "zrevrank", longerThan(3), "the same"},
	{[]string{"valkey"}, "zadd", longMember, "converts before it adds, whether a long member is added or not"},
	{[]string{"redis8", "valkey"}, "zrange", negativeLimit, "a negative offset counts from the end, since 7.4"},
	{[]string{"redis8", "valkey"}, "zrangestore", negativeLimit, "the same"},
	{[]string{"redis8", "valkey"}, "zrangebyscore", negativeLimit, "the same"},
	{[]string{"redis8", "valkey"}, "zrevrangebyscore", negativeLimit, "the same"},
	{[]string{"redis8", "valkey"}, "zrangebylex", negativeLimit, "the same"},
	{[]string{"redis8", "valkey"}, "zrevrangebylex", negativeLimit, "the same"},
	{anyOracle, "zrangebylex", byMember, "means something only where all scores are the same"},
	{anyOracle, "zrevrangebylex", byMember, "the same"},
	{anyOracle, "zremrangebylex", byMember, "the same"},
	{anyOracle, "zlexcount", byMember, "the same"},
	{anyOracle, "zrange", func(args []string) bool { return hasWord(args, "bylex") && byMember(args) }, "the same"},
	{anyOracle, "zrangestore", func(args []string) bool { return hasWord(args, "bylex") && byMember(args) }, "the same"},
}

func hasWord(args []string, word string) bool {
	return slices.ContainsFunc(args, func(a string) bool { return strings.EqualFold(a, word) })
}

// byMember tells keys other than those of lexkey.
func byMember(args []string) bool { return len(args) < 3 || !strings.HasPrefix(args[1], "{t}lexical") }

// longMember tells arguments of ZADD for which it matters when a packed set is converted.
func longMember(args []string) bool {
	if len(args) < 2 {
		return false
	}
	return (hasWord(args, "xx") || hasWord(args, "-0")) && slices.ContainsFunc(args[2:], func(a string) bool { return len(a) > 3 })
}

// negativeLimit tells a LIMIT with a negative offset.
func negativeLimit(args []string) bool {
	for i, a := range args {
		if strings.EqualFold(a, "limit") && i+1 < len(args) && strings.HasPrefix(args[i+1], "-") {
			return true
		}
	}
	return false
}
