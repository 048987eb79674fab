package config

// clusterTable: the cluster bus, failure detection, announced endpoints.
var clusterTable = []row{
	yesNo("cluster-enabled", false).fixed(),
	text("cluster-config-file", "nodes.conf").fixed(),
	integer("cluster-node-timeout", 15000, 0, maxInt64), // milliseconds
	integer("cluster-ping-interval", 0, 0, maxInt64).flag(hidden).without("heartbeats follow cluster-node-timeout"),
	integer("cluster-port", 0, 0, 65535).fixed(),
	memory64("cluster-link-sendbuf-limit", 0),
	yesNo("cluster-require-full-coverage", true),
	yesNo("cluster-allow-reads-when-down", false),
	yesNo("cluster-allow-pubsubshard-when-down", true),
	integer("cluster-migration-barrier", 1, 0, maxInt32).waits(failover),
	yesNo("cluster-allow-replica-migration", true),
	integer("cluster-replica-validity-factor", 10, 0, maxInt32).alias("cluster-slave-validity-factor").waits(failover),
	yesNo("cluster-replica-no-failover", false).alias("cluster-slave-no-failover"),
	optional("cluster-announce-ip"),
	integer("cluster-announce-port", 0, 0, 65535),
	integer("cluster-announce-tls-port", 0, 0, 65535).waits(tls),
	integer("cluster-announce-bus-port", 0, 0, 65535),
	optional("cluster-announce-hostname").checked(hostname),
	optional("cluster-announce-human-nodename").checked(nodeName),
	choice("cluster-preferred-endpoint-type", "ip", "ip", "hostname", "unknown-endpoint"),
	yesNo("cluster-slot-stats-enabled", false),         // as in Redis 8.2 and Valkey 8.0
	optional("cluster-secret").fixed().flag(sensitive), // this project's own: authenticates and encrypts the bus
}

// observeTable: what operators look at.
var observeTable = []row{
	integer("slowlog-log-slower-than", 10000, -1, maxInt64), // microseconds
	integer("slowlog-max-len", 128, 0, maxInt64),
	integer("latency-monitor-threshold", 0, 0, maxInt64), // milliseconds
	yesNo("latency-tracking", true),
	special("latency-tracking-info-percentiles", percentileCodec{}, Value{list: []string{"50", "99", "99.9"}}).
		flag(manyWords),
	special("notify-keyspace-events", notifyCodec{}, Value{}),
}
