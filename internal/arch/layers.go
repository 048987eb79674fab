package arch

// layers lists the packages by their path below the module, the ones that import nothing first. A name with a slash at its
// end stands for everything below it.
var layers = [][]string{
	{"internal/"},
	{"slots", "resp"},
	{"config", "arena", "acl", "metrics"},
	{"object"},
	{"keyspace", "pubsub", "tracking", "cluster", "rdb"},
	{"aof", "replication", "migration", "gossip", "sentinel", "script"},
	{"command", "cli"},
	{"server"},
	{"clustertest"},
	{"cmd/", "bench/load"},
	{"bench"},
}

// tools are parts of internal that run servers, or tests of them, and that nothing of the server imports.
var tools = []string{"internal/testserver", "internal/difftest", "internal/clients", "internal/talks", "internal/arch"}

// toolUsers may import tools outside of tests.
var toolUsers = []string{"bench", "internal/difftest", "internal/clients", "internal/talks"}

// pure packages neither reach outside nor know the time.
var pure = []string{"slots", "cluster", "object"}

// badNames say nothing of what a package is.
var badNames = []string{"util", "utils", "common", "helper", "helpers", "misc", "base", "shared", "lib", "manager", "types"}

// soleImporters names the only package that may import a module.
var soleImporters = map[string]string{
	"github.com/hashicorp/memberlist":     "gossip",
	"github.com/prometheus/client_golang": "metrics",
	"github.com/sigurn/crc16":             "slots",
}

// clockCalls are functions of package time that read the clock or wait for it.
var clockCalls = []string{"Now", "Since", "Until", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Sleep"}

// seededRand are names of math/rand/v2 that do not touch the global source.
var seededRand = []string{"New", "NewPCG", "NewChaCha8", "NewZipf", "Rand", "Source", "PCG", "ChaCha8", "Zipf"}
