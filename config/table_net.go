package config

import "math"

// Words for values that several rows use.
const (
	maxInt32  = math.MaxInt32
	minInt32  = math.MinInt32
	maxUint32 = math.MaxUint32
	maxInt64  = math.MaxInt64
	kib       = int64(1) << 10
	mib       = int64(1) << 20
	gib       = int64(1) << 30
)

// netTable: listeners, connections and their limits.
var netTable = []row{
	special("bind", addressCodec{}, Value{list: []string{"*", "-::*"}}).flag(manyWords),
	optional("bind-source-addr").checked(ipAddress),
	integer("port", 6379, 0, 65535),
	yesNo("protected-mode", true),
	integer("tcp-backlog", 511, 0, maxInt32).fixed(),
	optional("unixsocket").fixed(),
	special("unixsocketperm", intCodec{max: 0o777, unit: unitOctal}, Value{}).fixed(),
	integer("timeout", 0, 0, maxInt32),
	integer("tcp-keepalive", 300, 0, maxInt32),
	integer("socket-mark-id", 0, 0, maxUint32).fixed().notBuilt("SO_MARK on sockets"),
	integer("maxclients", 10000, 1, maxUint32),
	memory("client-query-buffer-limit", gib, mib, maxInt64),
	special("client-output-buffer-limit", outputLimitCodec{}, Value{list: []string{
		"normal", "0", "0", "0",
		"slave", "268435456", "67108864", "60",
		"pubsub", "33554432", "8388608", "60",
	}}).flag(manyWords),
	special("maxmemory-clients", intCodec{min: -100, max: maxInt64, unit: unitPercent}, Value{}),
	memory("proto-max-bulk-len", 512*mib, mib, maxInt64),
	special("io-threads", intCodec{min: 1, max: 128}, Value{num: defaultIOThreads()}).fixed(),
	yesNo("io-threads-do-reads", false).fixed().without("every loop reads and parses for its own connections"),
	optional("requirepass").flag(sensitive),
	integer("metrics-port", 0, 0, 65535),
	special("metrics-bind", addressCodec{}, Value{}).flag(manyWords), // empty: as bind
	integer("tracking-table-max-keys", 1000000, 0, maxInt64),
}

// tlsTable: everything about TLS.
var tlsTable = []row{
	integer("tls-port", 0, 0, 65535).notBuilt(tls),
	yesNo("tls-cluster", false).notBuilt(tls),
	yesNo("tls-replication", false).notBuilt(tls),
	choice("tls-auth-clients", "yes", "no", "yes", "optional").waits(tls),
	yesNo("tls-prefer-server-ciphers", false).waits(tls),
	yesNo("tls-session-caching", true).waits(tls),
	integer("tls-session-cache-size", 20*1024, 0, maxInt32).waits(tls),
	integer("tls-session-cache-timeout", 300, 0, maxInt32).waits(tls),
	optional("tls-cert-file").waits(tls),
	optional("tls-key-file").waits(tls),
	optional("tls-key-file-pass").flag(sensitive).waits(tls),
	optional("tls-client-cert-file").waits(tls),
	optional("tls-client-key-file").waits(tls),
	optional("tls-client-key-file-pass").flag(sensitive).waits(tls),
	optional("tls-dh-params-file").waits(tls),
	optional("tls-ca-cert-file").waits(tls),
	optional("tls-ca-cert-dir").waits(tls),
	optional("tls-protocols").waits(tls),
	optional("tls-ciphers").waits(tls),
	optional("tls-ciphersuites").waits(tls),
}

// The parts that rows wait for.
const (
	acls        = "ACL"
	aof         = "the append only file"
	failover    = "failover"
	modules     = "modules do not exist here"
	persistence = "persistence"
	replication = "replication"
	scripts     = "scripts"
	tls         = "TLS"
)
