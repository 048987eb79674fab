package config

// persistenceTable: RDB and AOF. Redis' default save points are
// "3600 1 300 100 60 10000"; a server that cannot save yet must not claim them.
var persistenceTable = []row{
	special("save", saveCodec{}, Value{}).flag(manyWords | adds).notBuilt(persistence),
	text("dbfilename", "dump.rdb").flag(protected).checked(plainName("dbfilename")).waits(persistence),
	yesNo("rdbcompression", true),
	yesNo("rdbchecksum", true).fixed().waits(persistence),
	yesNo("rdb-del-sync-files", false).waits(persistence),
	yesNo("rdb-save-incremental-fsync", true).waits(persistence),
	yesNo("stop-writes-on-bgsave-error", true).waits(persistence),
	choice("sanitize-dump-payload", "no", "no", "yes", "clients").without("every payload is checked in full"),
	integer("rdb-key-save-delay", 0, minInt32, maxInt32).flag(hidden).waits(persistence),
	integer("key-load-delay", 0, minInt32, maxInt32).flag(hidden).waits(persistence),
	integer("loading-process-events-interval-bytes", 2*mib, 1024, maxInt32).flag(hidden).waits(persistence),

	yesNo("appendonly", false).notBuilt(aof),
	choice("appendfsync", "everysec", "everysec", "always", "no").waits(aof),
	text("appendfilename", "appendonly.aof").fixed().checked(plainName("appendfilename")).waits(aof),
	text("appenddirname", "appendonlydir").fixed().checked(plainName("appenddirname")).waits(aof),
	yesNo("no-appendfsync-on-rewrite", false).waits(aof),
	integer("auto-aof-rewrite-percentage", 100, 0, maxInt32).waits(aof),
	memory("auto-aof-rewrite-min-size", 64*mib, 0, maxInt64).waits(aof),
	yesNo("aof-load-truncated", true).waits(aof),
	yesNo("aof-use-rdb-preamble", true).waits(aof),
	yesNo("aof-timestamp-enabled", false).waits(aof),
	yesNo("aof-rewrite-incremental-fsync", true).waits(aof),
	yesNo("aof-disable-auto-gc", false).flag(hidden).waits(aof),
}

// replicationTable: primaries and replicas.
var replicationTable = []row{
	special("replicaof", replicaOfCodec{}, Value{}).alias("slaveof").fixed().flag(manyWords).notBuilt(replication),
	optional("masteruser").flag(sensitive).waits(replication),
	optional("masterauth").flag(sensitive).waits(replication),
	yesNo("replica-serve-stale-data", true).alias("slave-serve-stale-data").waits(replication),
	yesNo("replica-read-only", true).alias("slave-read-only").waits(replication),
	yesNo("replica-ignore-maxmemory", true).alias("slave-ignore-maxmemory"),
	yesNo("replica-ignore-disk-write-errors", false).waits(replication),
	yesNo("replica-lazy-flush", false).alias("slave-lazy-flush").waits(replication),
	yesNo("replica-announced", true).waits(replication),
	optional("replica-announce-ip").alias("slave-announce-ip").waits(replication),
	integer("replica-announce-port", 0, 0, 65535).alias("slave-announce-port").waits(replication),
	integer("replica-priority", 100, 0, maxInt32).alias("slave-priority").waits(replication),
	integer("min-replicas-to-write", 0, 0, maxInt32).alias("min-slaves-to-write").notBuilt(replication),
	integer("min-replicas-max-lag", 10, 0, maxInt32).alias("min-slaves-max-lag").waits(replication),
	yesNo("repl-diskless-sync", true).waits(replication),
	integer("repl-diskless-sync-delay", 5, 0, maxInt32).waits(replication),
	integer("repl-diskless-sync-max-replicas", 0, 0, maxInt32).waits(replication),
	choice("repl-diskless-load", "disabled", "disabled", "on-empty-db", "swapdb").waits(replication),
	integer("repl-ping-replica-period", 10, 1, maxInt32).alias("repl-ping-slave-period").waits(replication),
	integer("repl-timeout", 60, 1, maxInt32).waits(replication),
	yesNo("repl-disable-tcp-nodelay", false).waits(replication),
	special("repl-backlog-size", intCodec{min: 1, max: maxInt64, unit: unitBytes, lowest: 16 * kib}, Value{num: mib}).
		waits(replication),
	integer("repl-backlog-ttl", 3600, 0, maxInt64).waits(replication),
	choice("propagation-error-behavior", "ignore", "ignore", "panic", "panic-on-replicas").waits(replication),
}
