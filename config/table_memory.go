package config

// Why the tuning of things that always happen has no meaning.
const (
	alwaysFreed   = "big values are always freed in the background"
	alwaysEvacuat = "sparse pages are always evacuated in bounded slices"
	noCron        = "there is no single timer that does everything"
)

// memoryTable: limits, eviction, expiry, frees.
var memoryTable = []row{
	memory64("maxmemory", 0),
	choice("maxmemory-policy", "noeviction", "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl",
		"allkeys-lru", "allkeys-lfu", "allkeys-random", "noeviction"),
	integer("maxmemory-samples", 5, 1, maxInt32),
	integer("maxmemory-eviction-tenacity", 10, 0, 100),
	integer("lfu-log-factor", 10, 0, maxInt32),
	integer("lfu-decay-time", 1, 0, maxInt32),
	integer("active-expire-effort", 1, 1, 10),
	yesNo("lazyfree-lazy-eviction", false),
	yesNo("lazyfree-lazy-expire", false).without(alwaysFreed),
	yesNo("lazyfree-lazy-server-del", false).without(alwaysFreed),
	yesNo("lazyfree-lazy-user-del", false).without(alwaysFreed),
	yesNo("lazyfree-lazy-user-flush", false),
	yesNo("activedefrag", false).without(alwaysEvacuat),
	integer("active-defrag-cycle-min", 1, 1, 99).without(alwaysEvacuat),
	integer("active-defrag-cycle-max", 25, 1, 99).without(alwaysEvacuat),
	integer("active-defrag-threshold-lower", 10, 0, 1000).without(alwaysEvacuat),
	integer("active-defrag-threshold-upper", 100, 0, 1000).without(alwaysEvacuat),
	integer("active-defrag-max-scan-fields", 1000, 1, maxInt64).without(alwaysEvacuat),
	memory("active-defrag-ignore-bytes", 100*mib, 1, maxInt64).without(alwaysEvacuat),
	yesNo("jemalloc-bg-thread", true).without("memory does not come from jemalloc"),
	yesNo("activerehashing", true).without("tables grow in bounded steps"),
	special("hz", intCodec{max: maxInt32, lowest: 1, highest: 500}, Value{num: 10}),
	yesNo("dynamic-hz", true).without(noCron),
}

// encodingTable: when the collections change their encoding.
var encodingTable = []row{
	integer("hash-max-listpack-entries", 512, 0, maxInt64).alias("hash-max-ziplist-entries"),
	memory("hash-max-listpack-value", 64, 0, maxInt64).alias("hash-max-ziplist-value"),
	integer("list-max-listpack-size", -2, minInt32, maxInt32).alias("list-max-ziplist-size"),
	integer("list-compress-depth", 0, 0, maxInt32).without("the elements of big lists are not compressed"),
	integer("set-max-intset-entries", 512, 0, maxInt64),
	integer("set-max-listpack-entries", 128, 0, maxInt64),
	integer("set-max-listpack-value", 64, 0, maxInt64),
	integer("zset-max-listpack-entries", 128, 0, maxInt64).alias("zset-max-ziplist-entries"),
	memory("zset-max-listpack-value", 64, 0, maxInt64).alias("zset-max-ziplist-value"),
	memory("hll-sparse-max-bytes", 3000, 0, maxInt64),
	memory("stream-node-max-bytes", 4096, 0, maxInt64),
	integer("stream-node-max-entries", 100, 0, maxInt64),
}
