package server

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestBasics(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		c := start().dial()
		require.Equal(t, "+PONG", c.do("PING"))
		require.Equal(t, "+OK", c.do("SET", "a", "1"))
		require.Equal(t, `$"1"`, c.do("GET", "a"))
		require.Equal(t, ":2", c.do("INCR", "a"))
		require.Equal(t, "(null $)", c.do("GET", "b"))
		require.Equal(t, "-ERR unknown command 'nope', with args beginning with: 'x' ", c.do("nope", "x"))
		require.Equal(t, "-ERR wrong number of arguments for 'get' command", c.do("GET"))
		require.Equal(t, "-ERR unknown subcommand 'nope'. Try CLIENT HELP.", c.do("CLIENT", "nope"))
		c.raw("PING\r\nset b 'x y'\r\n")
		require.Equal(t, "+PONG", c.read())
		require.Equal(t, "+OK", c.read())
		require.Equal(t, `$"x y"`, c.do("GET", "b"))
		require.Equal(t, "+OK", c.do("QUIT"))
		require.True(t, c.closed())
	})
}

func TestLongArgumentsInPieces(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		c := start().dial()
		long := strings.Repeat("0123456789", 300_000)
		text := encode("SET", "long", long)
		for len(text) > 0 {
			n := min(len(text), 70_001)
			c.raw(text[:n])
			text = text[n:]
		}
		require.Equal(t, "+OK", c.read())
		require.Equal(t, ":3000000", c.do("STRLEN", "long"))
		for _, b := range encode("GET", "missing") {
			c.raw(string(b))
		}
		require.Equal(t, "(null $)", c.read())
	})
}

func TestProtocolErrorCloses(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		c := start().dial()
		c.raw(encode("PING") + "*1\r\n:1\r\n" + encode("PING"))
		require.Equal(t, "+PONG", c.read())
		require.Equal(t, "-ERR Protocol error: expected '$', got ':'", c.read())
		require.True(t, c.closed())
	})
}

func TestTransactions(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		c, d := n.dial(), n.dial()
		require.Equal(t, "-ERR EXEC without MULTI", c.do("EXEC"))
		require.Equal(t, "+OK", c.do("MULTI"))
		require.Equal(t, "-ERR MULTI calls can not be nested", c.do("MULTI"))
		require.Equal(t, "+QUEUED", c.do("SET", "a", "1"))
		require.Equal(t, "+QUEUED", c.do("INCR", "b"))
		require.Equal(t, "+QUEUED", c.do("DBSIZE"))
		require.Equal(t, "+QUEUED", c.do("INFO", "keyspace"))
		got := c.do("EXEC")
		require.Contains(t, got, "*[+OK :1 :2 $")
		require.Contains(t, got, "db0:keys=2,expires=0")

		require.Equal(t, "+OK", c.do("WATCH", "a", "b"))
		require.Equal(t, "+OK", d.do("SET", "b", "5"))
		require.Equal(t, "+OK", c.do("MULTI"))
		require.Equal(t, "+QUEUED", c.do("SET", "a", "2"))
		require.Equal(t, "(null *)", c.do("EXEC"))
		require.Equal(t, `$"1"`, c.do("GET", "a"))

		require.Equal(t, "+OK", c.do("MULTI"))
		require.Equal(t, "-ERR wrong number of arguments for 'get' command", c.do("GET"))
		require.Equal(t, "-EXECABORT Transaction discarded because of previous errors.", c.do("EXEC"))
		require.Equal(t, "-ERR DISCARD without MULTI", c.do("DISCARD"))

		require.Equal(t, "+OK", c.do("WATCH", "a"))
		require.Equal(t, "+OK", d.do("FLUSHALL"))
		require.Equal(t, "+OK", c.do("MULTI"))
		require.Equal(t, "+QUEUED", c.do("PING"))
		require.Equal(t, "(null *)", c.do("EXEC"))
	})
}

// TestLongCommandLeavesOthersAlone runs a command of seconds on one slot:
// other slots are served meanwhile, the same slot waits, and the pipeline
// behind the long command keeps its order.
func TestLongCommandLeavesOthersAlone(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--proto-max-bulk-len", "1gb")
		c, same, other := n.dial(), n.dial(), n.dial()
		big := strings.Repeat("ab", 6000)
		require.Equal(t, "+OK", c.do("MSET", "{x}1", big, "{x}2", strings.Repeat("ba", 6000)))
		c.raw(encode("LCS", "{x}1", "{x}2", "LEN") + encode("SET", "{x}3", "after") + encode("GET", "{x}3"))
		for i := range 100 {
			require.Equal(t, "+OK", other.do("SET", "other"+strconv.Itoa(i), "v"))
		}
		require.Equal(t, "+OK", same.do("SET", "{x}4", "v"))
		require.Equal(t, ":11999", c.read())
		require.Equal(t, "+OK", c.read())
		require.Equal(t, `$"after"`, c.read())
	})
}

func TestClientCommands(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		a, b := n.dial(), n.dial()
		require.Equal(t, "+OK", a.do("CLIENT", "SETNAME", "first"))
		id := strings.TrimPrefix(b.do("CLIENT", "ID"), ":")
		list := a.do("CLIENT", "LIST")
		require.Contains(t, list, "name=first")
		require.Contains(t, list, "cmd=client|list")
		require.Contains(t, list, "id="+id+" ")
		require.Contains(t, a.do("CLIENT", "INFO"), "cmd=client|info")
		require.Equal(t, ":1", a.do("CLIENT", "KILL", "ID", id))
		require.True(t, b.closed())
		require.Equal(t, "-ERR No such client", a.do("CLIENT", "KILL", "1.2.3.4:5"))

		require.Equal(t, "+OK", a.do("CLIENT", "PAUSE", "100000", "WRITE"))
		d := n.dial()
		require.Equal(t, "(null $)", d.do("GET", "k"))
		d.send("SET", "k", "v")
		require.Equal(t, "(null $)", a.do("GET", "k"))
		require.Equal(t, "+OK", a.do("CLIENT", "UNPAUSE"))
		require.Equal(t, "+OK", d.read())

		a.send("CLIENT", "REPLY", "OFF")
		a.send("SET", "quiet", "1")
		require.Equal(t, "+OK", a.do("CLIENT", "REPLY", "ON"))
		a.send("CLIENT", "REPLY", "SKIP")
		a.send("PING")
		require.Equal(t, `$"1"`, a.do("GET", "quiet"))
	})
}

func TestInfo(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		c := start().dial()
		c.do("SET", "a", "1")
		c.do("GET", "a")
		c.do("GET", "b")
		info := c.do("INFO", "everything")
		for _, want := range []string{
			"redis_version:7.2.4", "clusternode_version:", "redis_mode:standalone", "connected_clients:1",
			"keyspace_hits:1", "keyspace_misses:1", "cmdstat_get:calls=2,", "db0:keys=1,expires=0", "role:master", "used_memory:",
		} {
			require.Contains(t, info, want)
		}
		c.do("nope")
		require.Contains(t, c.do("INFO", "errorstats"), "errorstat_ERR:count=1")
		require.Equal(t, "+OK", c.do("CONFIG", "RESETSTAT"))
		require.NotContains(t, c.do("INFO", "errorstats"), "errorstat_ERR")
	})
}

func TestMaxClients(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--maxclients", "2")
		a, b := n.dial(), n.dial()
		require.Equal(t, "+PONG", a.do("PING"))
		require.Equal(t, "+PONG", b.do("PING"))
		require.Equal(t, "-ERR max number of clients reached", n.dial().read())
		require.Equal(t, "+OK", a.do("CONFIG", "SET", "maxclients", "3"))
		require.Equal(t, "+PONG", n.dial().do("PING"))
	})
}

func TestPassword(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		c := start("--requirepass", "secret").dial()
		require.Equal(t, "-NOAUTH Authentication required.", c.do("GET", "a"))
		require.Equal(t, "-WRONGPASS invalid username-password pair or user is disabled.", c.do("AUTH", "wrong"))
		require.Equal(t, "+OK", c.do("AUTH", "secret"))
		require.Equal(t, "(null $)", c.do("GET", "a"))
	})
}

func TestUnreadRepliesAreBounded(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--client-output-buffer-limit", "normal", "1mb", "0", "0")
		c := n.dial()
		require.Equal(t, "+OK", c.do("SET", "k", strings.Repeat("v", 300_000)))
		// The server may close while we still write: both ends are fine.
		for range 200 {
			if _, err := c.nc.Write([]byte(encode("GET", "k"))); err != nil {
				break
			}
		}
		other := n.dial()
		require.Equal(t, "+PONG", other.do("PING"))
		if n.s.goroutines {
			return // there it stops executing at once, since it writes before it goes on
		}
		require.True(t, c.closed())
		require.Contains(t, other.do("INFO", "stats"), "client_output_buffer_limit_disconnections:1")
	})
}

// TestHugePipeline sends more than the reply buffers hold before it reads.
func TestHugePipeline(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		c := start().dial()
		require.Equal(t, "+OK", c.do("SET", "k", strings.Repeat("v", 10_000)))
		const n = 3000
		go c.raw(strings.Repeat(encode("GET", "k"), n))
		for range n {
			require.Len(t, c.read(), 10_003)
		}
		require.Equal(t, "+PONG", c.do("PING"))
	})
}

// TestWorldStoppers runs what stops the world against everything else.
func TestWorldStoppers(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		rounds := 200
		if testing.Short() {
			rounds = 50
		}
		var wg sync.WaitGroup
		run := func(f func(c *testClient, i int)) {
			c := n.dial()
			wg.Go(func() {
				for i := range rounds {
					f(c, i)
				}
			})
		}
		for w := range 3 {
			run(func(c *testClient, i int) {
				c.do("SET", fmt.Sprintf("k%d", i%50), strconv.Itoa(w))
				c.do("MSET", "a", "1", "b", "2", "c", "3")
				c.do("MGET", "a", "b", "c")
			})
		}
		run(func(c *testClient, i int) { c.do("FLUSHALL") })
		run(func(c *testClient, i int) { c.do("SWAPDB", "0", "1") })
		run(func(c *testClient, i int) { require.Contains(t, c.do("CLIENT", "LIST"), "id=") })
		run(func(c *testClient, i int) { require.Contains(t, c.do("INFO"), "redis_version") })
		run(func(c *testClient, i int) {
			c.do("WATCH", "a", "k1")
			c.do("MULTI")
			c.do("SET", "a", "1")
			c.do("FLUSHDB")
			c.do("EXEC")
		})
		wg.Wait()
	})
}

func TestShutdown(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		c := n.dial()
		require.Equal(t, "-ERR No shutdown in progress.", c.do("SHUTDOWN", "ABORT"))
		c.send("SHUTDOWN", "NOSAVE")
		require.True(t, c.closed())
		select {
		case <-n.s.Done():
		case <-time.After(time.Minute):
			t.Fatal("still running")
		}
	})
}

// TestWatchSeesExpiry: a watched key that expires before EXEC counts as
// changed, whoever finds it expired.
func TestWatchSeesExpiry(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		c, d := n.dial(), n.dial()
		require.Equal(t, "+OK", c.do("DEBUG", "SET-ACTIVE-EXPIRE", "0"))
		require.Equal(t, "+OK", c.do("SET", "k", "v", "PX", "1"))
		require.Equal(t, "+OK", c.do("SET", "gone", "v", "PXAT", "1"))
		require.Equal(t, "+OK", c.do("WATCH", "gone"))
		require.Equal(t, "(null $)", d.do("GET", "gone"))
		require.Equal(t, "+OK", c.do("MULTI"))
		require.Equal(t, "+QUEUED", c.do("PING"))
		require.Equal(t, "*[+PONG]", c.do("EXEC"), "it had expired before WATCH")

		require.Equal(t, "+OK", c.do("SET", "k", "v", "PX", "30"))
		require.Equal(t, "+OK", c.do("WATCH", "k"))
		for d.do("GET", "k") != "(null $)" {
			time.Sleep(time.Millisecond)
		}
		require.Equal(t, "+OK", c.do("MULTI"))
		require.Equal(t, "+QUEUED", c.do("PING"))
		require.Equal(t, "(null *)", c.do("EXEC"))
	})
}
