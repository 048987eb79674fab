//go:build oracle

package server

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/internal/testserver"
)

// infoHistory is what both servers do before their INFO is compared. A line
// that begins with "2 " goes to a second connection.
var infoHistory = []string{
	"CONFIG RESETSTAT",
	"SET a 1", "SET b 2 EX 1000", "SET gone 1 PX 1", "GET a", "GET nothing", "MGET a b nothing", "GET a b", "INCR a", "LPUSH a x", "EXISTS a nothing",
	"HSET h f 1 g 2", "HGET h f", "HGET nothing f", "HINCRBY h f x", "RPUSH l 1 2 3", "LRANGE l 0 -1", "LSET l 9 x", "SADD s a b c", "ZADD z 1 a 2 b", "ZADD z x a",
	"XADD x 1-1 f v", "XADD x 1-1 f v", "XGROUP CREATE x g 0", "XREADGROUP GROUP g c STREAMS x >", "XREADGROUP GROUP no c STREAMS x >",
	"DEL s", "DEL nothing", "UNLINK z", "EXPIRE h 100", "PERSIST h", "RENAME l m", "RENAME nothing m", "COPY a c", "OBJECT ENCODING a", "OBJECT NOSUCH a", "TYPE a", "TTL b", "TOUCH a nothing", "SORT m",
	"NOSUCH", "NOSUCH x y", "CLIENT SETNAME me", "CLIENT SETNAME", "CLIENT NOSUCH", "CONFIG GET maxmemory", "CONFIG SET nosuch 1", "CONFIG SET maxmemory x",
	"MULTI", "SET a 2", "GET a b", "EXEC", "MULTI", "SET a 3", "LPUSH a 1", "INCR a", "EXEC", "EXEC", "DISCARD", "MULTI", "MULTI", "DISCARD", "WATCH a b",
	"2 SET a 4", "MULTI", "GET a", "EXEC", "WATCH other",
	"2 SUBSCRIBE ch", "PUBLISH ch hello", "PUBLISH nobody hello",
	"PFADD p a b", "PFCOUNT p", "SETBIT bits 100 1", "BITCOUNT bits", "GEOADD g 1 1 m", "GEOPOS g m", "DUMP a", "RESTORE a 0 xxx", "SELECT 3", "SET in3 1", "SELECT 99", "SELECT 0", "DBSIZE", "KEYS *", "SCAN 0",
	"BLPOP nothing 0.01", "LMOVE m n LEFT RIGHT", "FLUSHDB x", "SWAPDB 1 99", "DEBUG OBJECT nothing", "SLOWLOG LEN", "LATENCY LATEST", "MEMORY USAGE a",
}

// comparedFields are fields whose values the history decides.
var comparedFields = []string{
	"connected_clients", "blocked_clients", "tracking_clients", "watching_clients", "pubsub_clients", "clients_in_timeout_table", "total_blocking_keys",
	"total_commands_processed", "expired_keys", "evicted_keys", "keyspace_hits", "keyspace_misses", "pubsub_channels", "pubsub_patterns",
	"pubsubshard_channels", "total_error_replies", "rejected_connections", "rdb_changes_since_last_save", "role", "connected_slaves", "maxmemory_policy",
	"maxclients", "master_failover_state", "acl_access_denied_auth", "dump_payload_sanitizations", "number_of_cached_scripts", "lazyfree_pending_objects",
}

var statCounts = regexp.MustCompile(`^(cmdstat_[^:]+):calls=(\d+),.*(rejected_calls=\d+,failed_calls=\d+)$`)

// comparable makes a map of what is compared of a text of INFO.
func comparable(t *testing.T, text string) map[string]string {
	out := make(map[string]string)
	for line := range strings.SplitSeq(text, "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		if m := statCounts.FindStringSubmatch(line); m != nil {
			out[m[1]] = "calls=" + m[2] + "," + m[3]
		} else if strings.HasPrefix(line, "errorstat_") {
			out[name] = value
		} else if strings.HasPrefix(line, "db") && strings.HasPrefix(value, "keys=") {
			value, _, _ = strings.Cut(value, ",avg_ttl=")
			out[name] = value
		}
	}
	for _, name := range comparedFields {
		if strings.Contains(text, "\n"+name+":") {
			out[name] = infoField(t, text, name)
		}
	}
	return out
}

// playInfo plays the history on a server and returns its INFO.
func playInfo(t *testing.T, addr string) string {
	var conns [2]*testserver.Conn
	for i := range conns {
		c, err := testserver.Dial(addr)
		require.NoError(t, err)
		defer c.Close()
		conns[i] = c
	}
	for _, line := range infoHistory {
		c := conns[0]
		if rest, ok := strings.CutPrefix(line, "2 "); ok {
			c, line = conns[1], rest
		}
		_, err := c.Do(strings.Fields(line)...)
		require.NoError(t, err, line)
		time.Sleep(time.Millisecond) // for those that expire
	}
	v, err := conns[0].Do("INFO", "everything")
	require.NoError(t, err)
	return v.Str
}

// TestInfoValuesAgainstOracles plays the same commands everywhere and compares
// the figures that they decide.
func TestInfoValuesAgainstOracles(t *testing.T) {
	port := freePort(t)
	startNode(t, false, "--port", port, "--bind", "127.0.0.1")
	ours := comparable(t, playInfo(t, "127.0.0.1:"+port))
	bin, err := testserver.Oracle("redis8")
	require.NoError(t, err)
	theirs := comparable(t, playInfo(t, testserver.Start(t, bin, testserver.Options{Args: []string{"--enable-debug-command", "yes"}}).Addr))
	for name, want := range theirs {
		if ours[name] != want {
			t.Errorf("%s: ours %q, theirs %q", name, ours[name], want)
		}
	}
	for name, got := range ours {
		if theirs[name] == "" {
			t.Errorf("%s: ours %q, theirs nothing", name, got)
		}
	}
}
