// Package clients holds tests that use the server as its users do: real cluster clients against real processes, each with a
// workload whose results are checked.
//
// Words:
//
//   - local: `clusternode local`, the whole cluster in one process.
//   - separate: three processes, each a node, introduced to each other by CLUSTER MEET or by redis-cli.
//
// go-redis needs nothing beside Go and runs in plain `go test`. redis-py, redis-cli and redis-benchmark run behind the build
// tag `clients` (`make clients`); there a missing client fails, it does not skip. redis-py is installed into a virtual
// environment in the user's cache folder; the command-line programs come from $ORACLES and PATH, all versions found. Behind
// the same tag a real Prometheus watches a cluster, and redis_exporter's page of redis-server is compared with its page of a
// node and with the node's own.
//
// Jedis runs there too; its jars come from Maven Central by testdata/jedis/pom.xml.
//
// Beside the workloads, the documentation's examples of data types, of pub/sub, plain and sharded, of queues and of client-side
// caching are played. redis-py and Jedis cache only with a server that calls itself 7.4 or later; the examples lift that, in one
// marked place each.
//
// The workloads: keys on every slot range, values of all bytes, hash tags in MGET and transactions, pipelines over all
// nodes, counters from several goroutines, SCAN over all primaries, expiry; then a node is killed, comes back, and comes
// back on another port, and the client has to find its way without help.
//
// Start reading at goredis_test.go.
package clients
