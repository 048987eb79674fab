package difftest

// hashFamilies are the commands on hashes.
var hashFamilies = []family{
	{name: "hash", weight: 24, templates: []string{
		"HSET key (field value)...", "HSET key (field value)...", "HSET key fieldvalues", "HSET key fieldvalues field value", "HMSET key (field value)...", "HMSET key fieldvalues", "HSET key field value field",
		"HSETNX key field value", "HGET key field", "HGET key field", "HMGET key field...", "HDEL key field...", "HDEL key fields", "HDEL key field...", "HEXISTS key field", "HLEN key", "HSTRLEN key field",
		"HGETALL key", "HKEYS key", "HVALS key", "HINCRBY key field integer", "HINCRBY key field integer", "HINCRBYFLOAT key field float", "HINCRBYFLOAT key field float",
		"HRANDFIELD key", "HRANDFIELD key randomcount", "HRANDFIELD key randomcount WITHVALUES", "HRANDFIELD key randomcount junk", "OBJECT ENCODING key", "TYPE key",
	}},
	{name: "hash whole", weight: 3, exact: true, templates: []string{
		"HSCAN key 0 [MATCH pattern] [COUNT (1 | 10 | 100000)]", "HSCAN key 0 [MATCH pattern] [COUNT (0 | -1 | 'x')]", "HSCAN key 0 (junk | MATCH | COUNT)", "HSCAN key ('x' | '-' | '18446744073709551616')",
	}},
	{name: "hash ttl", weight: 10, exact: true, templates: []string{
		"HEXPIRE key seconds [NX | XX | GT | LT] FIELDS countedfields", "HPEXPIRE key millis [NX | XX | GT | LT] FIELDS countedfields", "HEXPIREAT key at [NX | XX | GT | LT] FIELDS countedfields", "HPEXPIREAT key atmillis [NX | XX | GT | LT] FIELDS countedfields",
		"HEXPIRE key seconds FIELDS countedfields [junk]", "HTTL key FIELDS countedfields", "HPTTL key FIELDS countedfields", "HEXPIRETIME key FIELDS countedfields", "HPEXPIRETIME key FIELDS countedfields [junk]", "HPERSIST key FIELDS countedfields",
		"HGETEX key [EX seconds | PX millis | EXAT at | PXAT atmillis | PERSIST] FIELDS countedfields", "HGETEX key FIELDS countedfields", "HGETDEL key FIELDS countedfields", "HGETDEL key (junk | FIELDS) countedfields",
		"HSETEX key [FNX | FXX] [EX seconds | PX millis | EXAT at | PXAT atmillis | KEEPTTL] FIELDS 1 field value", "HSETEX key FIELDS 2 field value field value", "HSETEX key [EX seconds] [FNX] [junk] FIELDS (1 | 2 | 'x') field value",
		"HSET key (field value)...", "HSET key fieldvalues", "HGETALL key", "HINCRBY key field integer", "OBJECT ENCODING key",
	}},
}
