package difftest

import "slices"

// family is commands of one kind with the weight that a history gives them.
type family struct {
	name      string
	weight    int
	exact     bool // not to be mutated: a mutated one would sleep, pause or walk from a foreign cursor
	templates []string
}

// families is everything that histories are made of, but for cluster mode.
var families = slices.Concat(plainFamilies, collectionFamilies)

// plainFamilies are what has no file of its own.
var plainFamilies = []family{
	{name: "string", weight: 30, templates: []string{
		"SET key value",
		"SET key value [NX | XX] [GET] [EX seconds | PX millis | EXAT at | PXAT atmillis | KEEPTTL]",
		"SET key value [NX] [XX] [GET] [EX seconds] [PX millis] [KEEPTTL] [junk]",
		"GET key", "GET key", "GETDEL key", "GETSET key value", "STRLEN key",
		"GETEX key [EX seconds | PX millis | EXAT at | PXAT atmillis | PERSIST]",
		"GETEX key [EX seconds] [PERSIST] [junk]",
		"SETEX key seconds value", "PSETEX key millis value", "SETNX key value",
		"APPEND key value", "APPEND key value",
		"SETRANGE key offset value", "GETRANGE key index index", "SUBSTR key index index",
		"INCR key", "DECR key", "INCRBY key integer", "DECRBY key integer", "INCRBYFLOAT key float",
		"MGET key...", "MSET (key value)...", "MSETNX (key value)...", "MSET key value key",
		"LCS key key [LEN] [IDX] [MINMATCHLEN index] [WITHMATCHLEN]", "LCS key key",
	}},
	{name: "number", weight: 8, templates: []string{
		"SET key integer", "SET key float", "INCR key", "DECR key", "INCRBY key integer", "DECRBY key integer",
		"INCRBYFLOAT key float", "INCRBYFLOAT key float", "GET key", "APPEND key integer", "OBJECT ENCODING key",
	}},
	{name: "bitmap", weight: 16, templates: []string{
		"SETBIT key bitoffset bit", "SETBIT key bitoffset bit", "GETBIT key bitoffset",
		"BITCOUNT key [index index [BYTE | BIT]]", "BITCOUNT key [index] [junk]",
		"BITPOS key bit [index [index [BYTE | BIT]]]", "BITPOS key bit",
		"BITOP (AND | OR | XOR) key key...", "BITOP NOT key key", "BITOP (NOT | AND | junk) key key...",
		"BITFIELD key (GET bittype fieldat | SET bittype fieldat integer | INCRBY bittype fieldat integer | OVERFLOW (WRAP | SAT | FAIL))...",
		"BITFIELD key [OVERFLOW (WRAP | SAT | FAIL | junk)] INCRBY bittype fieldat integer GET bittype fieldat",
		"BITFIELD key", "BITFIELD_RO key (GET bittype fieldat)...", "BITFIELD_RO key [GET bittype fieldat] [SET bittype fieldat integer]",
	}},
	{name: "generic", weight: 14, templates: []string{
		"DEL key...", "UNLINK key...", "EXISTS key...", "TOUCH key...", "TYPE key",
		"RENAME key key", "RENAMENX key key", "COPY key key [DB db] [REPLACE]", "MOVE key db", "KEYS pattern", "KEYS *", "DBSIZE",
		"OBJECT ENCODING key", "OBJECT REFCOUNT key", "OBJECT IDLETIME key", "OBJECT FREQ key", "OBJECT HELP", "OBJECT junk key",
		"MEMORY USAGE key [SAMPLES count]", "TYPE key", "DEL key",
	}},
	{name: "flush", weight: 1, templates: []string{
		"FLUSHDB [ASYNC | SYNC | junk]", "FLUSHALL [ASYNC | SYNC | junk]", "SWAPDB db db", "RANDOMKEY", "RANDOMKEY",
	}},
	{name: "expiry", weight: 14, templates: []string{
		"EXPIRE key seconds [NX] [XX] [GT] [LT]", "EXPIRE key seconds [NX | XX | GT | LT]", "PEXPIRE key millis [NX | XX | GT | LT]",
		"EXPIREAT key at [NX | XX | GT | LT]", "PEXPIREAT key atmillis [NX | XX | GT | LT]", "PEXPIREAT key atmillis [XX] [GT | LT] [junk]",
		"TTL key", "PTTL key", "EXPIRETIME key", "PEXPIRETIME key", "PERSIST key",
	}},
	{name: "scan", weight: 4, exact: true, templates: []string{
		"SCAN 0", "SCAN 0 [MATCH pattern] [COUNT count] [TYPE (STRING | HASH | ZSET | junk)]", "SCAN (junk) [COUNT count]", "SCAN 0 junk",
	}},
	{name: "transaction", weight: 9, templates: []string{
		"MULTI", "MULTI", "EXEC", "EXEC", "DISCARD", "WATCH key...", "WATCH key", "UNWATCH",
	}},
	{name: "select", weight: 2, templates: []string{"SELECT db", "SELECT 0"}},
	{name: "connection", weight: 5, templates: []string{
		"PING [value]", "ECHO value", "HELLO [(2 | 3)]", "HELLO (2 | 3 | 1 | 4 | 'x') [AUTH DEFAULT value] [SETNAME name]", "HELLO junk",
		"AUTH value", "AUTH DEFAULT value", "AUTH name value", "CLIENT GETNAME", "CLIENT SETNAME name", "CLIENT ID", "CLIENT INFO",
		"CLIENT LIST [TYPE (NORMAL | MASTER | REPLICA | PUBSUB | junk)]", "CLIENT LIST ID count...", "CLIENT LIST junk",
		"CLIENT SETINFO (LIB-NAME | LIB-VER | junk) name", "CLIENT NO-EVICT onoff", "CLIENT NO-TOUCH onoff", "CLIENT REPLY ON", "CLIENT REPLY junk",
		"CLIENT KILL junk", "CLIENT KILL ID junk", "CLIENT KILL 1.2.3.4:5", "CLIENT KILL ADDR 1.2.3.4:5 SKIPME (YES | NO | junk)",
		"CLIENT KILL TYPE junk", "CLIENT KILL USER name", "CLIENT KILL LADDR 1.2.3.4:5 [TYPE PUBSUB]", "CLIENT junk", "CLIENT", "CLIENT HELP", "RESET",
		"QUIT", "FOO key value", "FOO", "JUNK value value value", "junk key",
	}},
	{name: "server", weight: 4, templates: []string{
		"COMMAND COUNT", "COMMAND GETKEYS (SET key value | MGET key... | MSET (key value)... | PING | FOO key | GET | BITOP AND key key... | OBJECT ENCODING key)",
		"COMMAND GETKEYSANDFLAGS (SET key value | MSET (key value)... | SET key value GET | BITOP OR key key... | COPY key key | BITFIELD key GET U8 0 | BITFIELD key SET U8 0 1 | GETEX key | LCS key key)",
		"COMMAND LIST", "COMMAND LIST FILTERBY (PATTERN X* | junk junk)", "COMMAND INFO FOO", "COMMAND HELP", "COMMAND junk",
		"TIME", "INFO [SERVER | KEYSPACE | EVERYTHING | junk]", "MEMORY HELP", "MEMORY junk", "COMMAND INFO GET FOO SET", "COMMAND DOCS FOO",
	}},
	{name: "debug", weight: 4, exact: true, templates: []string{
		"DEBUG DIGEST", "DEBUG DIGEST-VALUE key...", "DEBUG OBJECT key", "DEBUG SLEEP 0", "DEBUG SLEEP 'x'", "DEBUG SET-ACTIVE-EXPIRE 0",
		"DEBUG PROTOCOL (STRING | INTEGER | DOUBLE | NULL | ARRAY | SET | MAP | PUSH | VERBATIM | TRUE | FALSE | BIGNUM | junk)",
		"DEBUG POPULATE (0 | 3 | 'x')", "DEBUG POPULATE 4 ('a' | 'b') [(5 | 20)]", "DEBUG HELP", "DEBUG junk", "DEBUG",
	}},
	{name: "config", weight: 3, exact: true, templates: []string{
		"CONFIG GET (MAXMEMORY | HZ | TIMEOUT | MAXMEMORY-SAMPLES | DATABASES | APPENDONLY | PROTO-MAX-BULK-LEN | MAXCLIENTS | 'nosuch')...",
		"CONFIG GET (LFU-* | MAXMEMORY* | SLOWLOG-* | CLIENT-OUTPUT-*)", "CONFIG GET", "CONFIG SET", "CONFIG SET HZ", "CONFIG HELP", "CONFIG junk", "CONFIG RESETSTAT", "CONFIG RESETSTAT junk",
		"CONFIG SET (MAXMEMORY-SAMPLES (5 | 7 | 0 | -1 | 'x') | HZ (10 | 100 | 'x') | TIMEOUT (0 | 3600 | -1 | 'x' | 1.5) | LFU-LOG-FACTOR count | LFU-DECAY-TIME count | SLOWLOG-MAX-LEN count | MAXMEMORY-POLICY (NOEVICTION | ALLKEYS-LRU | ALLKEYS-LFU | VOLATILE-TTL | 'x') | LAZYFREE-LAZY-USER-DEL (YES | NO | 'x') | MAXMEMORY (0 | '0gb' | '1x' | 'x') | DATABASES 5 | junk 1)...",
		"CONFIG SET HZ 10 HZ 20", "CONFIG SET 'lfu-log-factor' 10 'hz' 'x'", "CONFIG SET MAXMEMORY-SAMPLES 6 junk 1", "OBJECT FREQ key",
	}},
	{name: "observe", weight: 2, exact: true, templates: []string{
		"SLOWLOG (RESET | LEN 1 | GET 0 | GET 1 2 | GET 'x' | GET -2 | RESET junk | junk)", "SLOWLOG",
		"LATENCY (LATEST | LATEST 1 | HISTORY junk | HISTORY | GRAPH junk | RESET | RESET junk | HISTOGRAM junk | junk)", "LATENCY",
		"MEMORY (DOCTOR 1 | STATS 1 | PURGE | PURGE 1 | MALLOC-STATS 1)", "LOLWUT VERSION ('x' | 5 'x' | 5 1 'x' | 6 'x' | 4)", "MONITOR junk",
	}},
	{name: "pause", weight: 1, exact: true, templates: []string{
		"CLIENT PAUSE (0 | 'x' | -1) [WRITE | ALL | junk]", "CLIENT UNPAUSE", "CLIENT PAUSE 1 WRITE",
	}},
}

// clusterFamilies only occur in histories for servers in cluster mode that own every slot. Nothing in them changes the slot
// table: histories share the servers.
var clusterFamilies = []family{
	{name: "cluster", weight: 6, exact: true, templates: []string{
		"CLUSTER KEYSLOT key", "CLUSTER COUNTKEYSINSLOT slot", "CLUSTER GETKEYSINSLOT slot count", "CLUSTER MYID", "CLUSTER INFO", "CLUSTER NODES",
		"CLUSTER SLOTS", "CLUSTER SHARDS", "CLUSTER LINKS", "CLUSTER ADDSLOTS slot...", "CLUSTER ADDSLOTSRANGE slot slot", "CLUSTER ADDSLOTSRANGE slot", "CLUSTER DELSLOTS (16384 | 'x' | 0 0)",
		"CLUSTER DELSLOTSRANGE (16384 16385 | 5 3 | 'x' 'y' | 1)", "CLUSTER SETSLOT slot (NODE junk | junk | STABLE junk)", "CLUSTER SETSLOT slot (MIGRATING | IMPORTING) junk",
		"CLUSTER SET-CONFIG-EPOCH (-1 | 'x' | 0)", "CLUSTER REPLICATE junk", "CLUSTER FORGET junk", "CLUSTER REPLICAS junk", "CLUSTER SLAVES junk",
		"CLUSTER COUNT-FAILURE-REPORTS junk", "CLUSTER MEET (junk 1 | 127.0.0.1 'x' | 127.0.0.1 70000 | 127.0.0.1 0)", "CLUSTER RESET junk", "CLUSTER RESET HARD junk", "CLUSTER SAVECONFIG", "CLUSTER junk", "CLUSTER", "CLUSTER HELP",
		"READONLY", "READWRITE", "ASKING", "READONLY junk", "ASKING junk",
	}},
	{name: "nocluster", weight: 1, exact: true, templates: []string{
		"CLUSTER INFO", "CLUSTER KEYSLOT key", "CLUSTER junk", "CLUSTER HELP", "READONLY", "READWRITE", "ASKING",
	}},
}
