package difftest

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
		"ZRANGE key lexend lexend BYLEX [REV] [LIMIT position limit]", "ZRANGE key (position | scoreend | lexend) (position | scoreend | lexend) [BYSCORE] [BYLEX] [REV] [LIMIT position limit] [WITHSCORES] [junk]",
		"ZRANGE key index index [LIMIT limit limit] [WITHSCORES]", "ZREVRANGE key position position [WITHSCORES]", "ZREVRANGE key index index [WITHSCORES] [junk]",
		"ZRANGEBYSCORE key scoreend scoreend [WITHSCORES] [LIMIT position limit]", "ZREVRANGEBYSCORE key scoreend scoreend [WITHSCORES] [LIMIT position limit] [junk]", "ZRANGEBYSCORE key '-inf' '+inf' [WITHSCORES] [LIMIT limit limit]",
		"ZRANGEBYLEX key lexend lexend [LIMIT position limit]", "ZREVRANGEBYLEX key lexend lexend [LIMIT position limit] [junk]", "ZRANGEBYLEX key '-' '+' [LIMIT limit limit]",
		"ZCOUNT key scoreend scoreend", "ZLEXCOUNT key lexend lexend", "ZREMRANGEBYRANK key position position", "ZREMRANGEBYRANK key index index", "ZREMRANGEBYSCORE key scoreend scoreend", "ZREMRANGEBYLEX key lexend lexend",
		"ZRANGESTORE key key 0 -1", "ZRANGESTORE key key position position [REV]", "ZRANGESTORE key key scoreend scoreend BYSCORE [REV] [LIMIT position limit]", "ZRANGESTORE key key lexend lexend BYLEX [REV] [LIMIT position limit]",
		"ZRANGESTORE key key (position | scoreend) (position | scoreend) [BYSCORE] [BYLEX] [REV] [LIMIT position limit] [WITHSCORES] [junk]", "OBJECT ENCODING key",
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
