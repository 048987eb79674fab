package server

import (
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// endInput closes the client's side of the connection.
func (c *testClient) endInput() { require.NoError(c.t, c.nc.(*net.UnixConn).CloseWrite()) }

// rest reads until the server closes.
func (c *testClient) rest() string {
	b, err := io.ReadAll(c.in)
	require.NoError(c.t, err)
	return string(b)
}

func eventually(t testing.TB, f func() bool) {
	t.Helper()
	require.Eventually(t, f, time.Minute, time.Millisecond)
}

// longCommands are a transaction that takes a while on the slot of "{x}", and
// its replies; makeLong comes first.
const counts = 30

var (
	longCommands = encode("MULTI") + strings.Repeat(encode("BITCOUNT", "{x}long"), counts) + encode("EXEC")
	longReplies  = "+OK\r\n" + strings.Repeat("+QUEUED\r\n", counts) + "*" + strconv.Itoa(counts) + "\r\n" + strings.Repeat(":1\r\n", counts)
)

func (c *testClient) makeLong() {
	require.Equal(c.t, ":0", c.do("SETBIT", "{x}long", "40000000", "1"))
}

// TestHalfClosed: a client that closes its side after a pipeline gets all
// replies: those that wait for a long command, for a locked slot, and those
// that do not fit the socket.
func TestHalfClosed(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		setup := n.dial()
		setup.makeLong()
		require.Equal(t, "+OK", setup.do("SET", "big", strings.Repeat("v", 100_000)))

		c := n.dial()
		c.raw(encode("PING") + encode("INFO", "nosuchsection") + longCommands + encode("ECHO", "end") + "*1\r\n$4\r\nPI")
		c.endInput()
		require.Equal(t, "+PONG\r\n$0\r\n\r\n"+longReplies+"$3\r\nend\r\n", c.rest())

		holder, waiter := n.dial(), n.dial()
		holder.raw(strings.Repeat(longCommands, 3))
		waiter.raw(encode("APPEND", "{x}3", "1") + encode("APPEND", "{x}3", "2"))
		waiter.endInput()
		require.Equal(t, ":1\r\n:2\r\n", waiter.rest())
		holder.endInput()
		require.Equal(t, strings.Repeat(longReplies, 3), holder.rest())

		many := n.dial()
		many.raw(strings.Repeat(encode("GET", "big"), 200))
		many.endInput()
		require.Len(t, many.rest(), 200*(100_000+len("$100000\r\n\r\n")))
		eventually(t, func() bool { return n.s.counters.clients.Load() == 1 }) // setup
	})
}

// TestPauseHoldsBackQueueing: as Redis, CLIENT PAUSE WRITE holds back a write
// that MULTI would queue; INFO counts it as blocked, CLIENT LIST shows b.
func TestPauseHoldsBackQueueing(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		a, b := n.dial(), n.dial()
		require.Equal(t, "+OK", b.do("MULTI"))
		require.Equal(t, "+OK", a.do("CLIENT", "PAUSE", "1000000", "WRITE"))
		require.Equal(t, "+QUEUED", b.do("GET", "x"))
		b.send("SET", "x", "1")
		eventually(t, func() bool { return strings.Contains(a.do("INFO", "clients"), "blocked_clients:1\\r") })
		require.Contains(t, a.do("CLIENT", "LIST"), "flags=xbU")
		require.Equal(t, "-ERR wrong number of arguments for 'set' command", a.do("SET", "x"), "refused before it would wait")
		require.Equal(t, "+OK", a.do("CLIENT", "UNPAUSE"))
		require.Equal(t, "+QUEUED", b.read())
		require.Contains(t, a.do("INFO", "clients"), "blocked_clients:0\\r")

		// A reading EXEC passes, a writing one waits.
		require.Equal(t, "+OK", a.do("CLIENT", "PAUSE", "1000000", "WRITE"))
		b.send("EXEC")
		require.Equal(t, "+OK", a.do("MULTI"))
		require.Equal(t, "+QUEUED", a.do("GET", "x"))
		require.Equal(t, "*[(null $)]", a.do("EXEC"))
		eventually(t, func() bool { return n.s.pause.blocked.Load() == 1 })
		require.Equal(t, "+OK", a.do("CLIENT", "UNPAUSE"))
		require.Equal(t, "*[(null $) +OK]", b.read())
	})
}

// TestPauseAll holds back everything, CLIENT UNPAUSE and new connections
// included, but not what is refused anyway. Offloaded commands wait as well,
// and whatever the client sends behind one stays behind it.
func TestPauseAll(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		a, b, fresh, leaver := n.dial(), n.dial(), n.dial(), n.dial()
		for _, c := range []*testClient{b, leaver} {
			require.Equal(t, "+PONG", c.do("PING"))
		}
		require.Equal(t, "+OK", a.do("CLIENT", "PAUSE", "1000000"))
		a.send("CLIENT", "UNPAUSE")
		b.raw(encode("INFO", "nosuchsection") + encode("ECHO", "behind"))
		fresh.send("PING")
		leaver.send("PING")
		eventually(t, func() bool { return n.s.pause.blocked.Load() == 4 })
		b.raw(encode("ECHO", "more"))
		require.NoError(t, leaver.nc.Close())
		if !n.s.goroutines { // there the goroutine sees it afterwards
			eventually(t, func() bool { return n.s.pause.blocked.Load() == 3 })
		}
		n.s.pause.end()
		require.Equal(t, "+OK", a.read())
		require.Equal(t, "+PONG", fresh.read())
		require.Equal(t, `$""`, b.read())
		require.Equal(t, `$"behind"`, b.read())
		require.Equal(t, `$"more"`, b.read())
		require.Zero(t, n.s.pause.blocked.Load())
		eventually(t, func() bool { return n.s.counters.clients.Load() == 3 })
	})
}

// TestCloseDuringPause: the node ends although clients are held back for long.
func TestCloseDuringPause(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		a, b, c := n.dial(), n.dial(), n.dial()
		require.Equal(t, "+OK", a.do("CLIENT", "PAUSE", "100000000"))
		b.send("INFO")
		c.send("PING")
		eventually(t, func() bool { return n.s.pause.blocked.Load() == 2 })
		n.s.Close()
		require.True(t, b.closed())
	})
}

// TestClientReply: CLIENT REPLY in all its corners, as Redis 7.0 answers.
func TestClientReply(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		for _, c := range []struct{ sent, want string }{
			{"CLIENT REPLY SKIP\r\nCLIENT REPLY SKIP\r\nECHO 1\r\nECHO 2\r\nQUIT\r\n", "$1\r\n2\r\n+OK\r\n"},
			{"CLIENT REPLY SKIP\r\nCLIENT REPLY OFF\r\nECHO 1\r\nCLIENT REPLY ON\r\nQUIT\r\n", "+OK\r\n+OK\r\n"},
			{"CLIENT REPLY OFF\r\nNOSUCH\r\nGET\r\nRESET\r\nECHO 3\r\nQUIT\r\n", "+RESET\r\n$1\r\n3\r\n+OK\r\n"},
			{"CLIENT REPLY SKIP\r\nCLIENT REPLY ON\r\nQUIT\r\n", "+OK\r\n+OK\r\n"},
			{"CLIENT REPLY SKIP\r\nINFO\r\nECHO 4\r\nQUIT\r\n", "$1\r\n4\r\n+OK\r\n"},
			{"CLIENT REPLY OFF\r\nINFO\r\nCLIENT LIST\r\nCLIENT REPLY ON\r\nQUIT\r\n", "+OK\r\n+OK\r\n"},
			{"CLIENT REPLY OFF\r\nECHO 5\r\nQUIT\r\n", ""},
			{"CLIENT REPLY OFF\r\n*1\r\n:\r\n", ""},
			{"MULTI\r\nCLIENT REPLY SKIP\r\nPING\r\nDISCARD\r\nQUIT\r\n", "+OK\r\n+QUEUED\r\n+QUEUED\r\n+OK\r\n+OK\r\n"},
		} {
			cl := n.dial()
			cl.raw(c.sent)
			require.Equal(t, c.want, cl.rest(), "%q", c.sent)
		}
	})
}

// TestLeavingTransactions: QUIT, RESET and HELLO between MULTI and EXEC.
func TestLeavingTransactions(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		c := n.dial()
		c.raw("MULTI\r\nSET a 1\r\nQUIT\r\nEXEC\r\n")
		require.Equal(t, "+OK\r\n+QUEUED\r\n+OK\r\n", c.rest())
		c = n.dial()
		require.Equal(t, "+OK", c.do("WATCH", "a"))
		require.Equal(t, "+OK", c.do("MULTI"))
		require.Equal(t, "+QUEUED", c.do("SET", "a", "1"))
		require.Equal(t, "+RESET", c.do("RESET"))
		require.Equal(t, "-ERR EXEC without MULTI", c.do("EXEC"))
		require.Zero(t, n.s.watching.Load())
		require.Equal(t, "+OK", c.do("MULTI"))
		require.Equal(t, "+QUEUED", c.do("HELLO", "3"))
		require.Equal(t, "+QUEUED", c.do("GET", "a"))
		require.Regexp(t, `^\*\[%\[.* \(null _\)\]$`, c.do("EXEC"))
	})
}

// TestQueuedCommandsAreBounded: what MULTI keeps counts against the query
// buffer limit.
func TestQueuedCommandsAreBounded(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--client-query-buffer-limit", "1mb")
		c := n.dial()
		require.Equal(t, "+OK", c.do("MULTI"))
		batch := strings.Repeat(encode("PING"), 1000)
		for range 100 { // the server closes long before the end
			if _, err := c.nc.Write([]byte(batch)); err != nil {
				break
			}
		}
		require.True(t, c.closed())
		require.Equal(t, "+PONG", n.dial().do("PING"))
	})
}

// TestPasswordTakenAway: without a password nobody needs one.
func TestPasswordTakenAway(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--requirepass", "secret")
		c, admin := n.dial(), n.dial()
		require.Equal(t, "-NOAUTH Authentication required.", c.do("PING"))
		require.Equal(t, "+OK", admin.do("AUTH", "secret"))
		require.Equal(t, "+OK", admin.do("CONFIG", "SET", "requirepass", ""))
		require.Equal(t, "+PONG", c.do("PING"))
	})
}

// TestCommandStatsOfRefusedCalls: what Redis counts where.
func TestCommandStatsOfRefusedCalls(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		c := n.dial()
		for _, line := range []string{
			"GET", "CLIENT NOSUB", "NOSUCH", "CLIENT", "CLIENT KILL", "EXEC", "EXEC x", "MULTI x", "SET s abc", "INCR s",
			"MULTI", "INCR s", "SET q 1", "EXEC", "MULTI", "NOSUCH", "EXEC", "AUTH x", "MULTI", "GET", "DISCARD",
		} {
			c.do(strings.Fields(line)...)
		}
		stats := c.do("INFO", "commandstats", "errorstats", "stats")
		for name, want := range map[string]string{
			"discard": "calls=1 rejected_calls=0,failed_calls=0", "incr": "calls=2 rejected_calls=0,failed_calls=2",
			"multi": "calls=3 rejected_calls=1,failed_calls=0", "exec": "calls=3 rejected_calls=1,failed_calls=2",
			"set": "calls=2 rejected_calls=0,failed_calls=0", "get": "calls=0 rejected_calls=2,failed_calls=0",
			"auth": "calls=1 rejected_calls=0,failed_calls=1", "client": "calls=0 rejected_calls=1,failed_calls=0",
			"client\\|kill": "calls=0 rejected_calls=1,failed_calls=0",
		} {
			calls, rest, _ := strings.Cut(want, " ")
			require.Regexp(t, "cmdstat_"+name+":"+calls+",usec=[0-9]+,usec_per_call=[0-9.]+,"+rest, stats)
		}
		require.Contains(t, stats, "errorstat_ERR:count=12")
		require.Contains(t, stats, "errorstat_EXECABORT:count=2")
		require.Contains(t, stats, "total_error_replies:14")
		require.Contains(t, stats, "total_commands_processed:12")
	})
}

// TestTimeoutAtRunTime: CONFIG SET timeout is for connections too that wait
// already, and 0 takes it back.
func TestTimeoutAtRunTime(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		idle, busy := n.dial(), n.dial()
		require.Equal(t, "+PONG", idle.do("PING"))
		require.Equal(t, "+OK", busy.do("CONFIG", "SET", "timeout", "1"))
		eventually(t, func() bool {
			require.Equal(t, "+PONG", busy.do("PING"))
			return n.s.counters.clients.Load() == 1
		})
		require.True(t, idle.closed())
		require.Equal(t, "+OK", busy.do("CONFIG", "SET", "timeout", "0"))
	})
}

// TestSoftOutputLimit: unread replies above the soft limit are tolerated for
// its seconds only.
func TestSoftOutputLimit(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--client-output-buffer-limit", "normal", "0", "100kb", "1")
		c, other := n.dial(), n.dial()
		require.Equal(t, "+OK", c.do("SET", "k", strings.Repeat("v", 1_000_000)))
		c.raw(strings.Repeat(encode("GET", "k"), 5))
		eventually(t, func() bool {
			return strings.Contains(other.do("INFO", "stats"), "client_output_buffer_limit_disconnections:1\\r")
		})
		eventually(t, func() bool { return n.s.counters.clients.Load() == 1 && n.s.outBytes.Load() == 0 })
	})
}

// TestMaxMemory: writes that may grow the data are refused above the limit,
// what frees memory is not, and the answer follows the data at once.
func TestMaxMemory(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		const oom = "-OOM command not allowed when used memory > 'maxmemory'."
		n := start()
		c := n.dial()
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "maxmemory", "1gb"))
		value := strings.Repeat("v", 1_000_000)
		require.Equal(t, "+OK", c.do("SET", "first", value))
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "maxmemory", strconv.FormatInt(n.s.ks.UsedMemory()+30_000_000, 10)))
		kept := 0
		for reply := "+OK"; reply == "+OK"; kept++ {
			reply = c.do("SET", "k"+strconv.Itoa(kept), value)
			require.Contains(t, []string{"+OK", oom}, reply)
		}
		require.InDelta(t, 30, kept-1, 3)
		// The buffer of the refused value has gone: there is room for some small ones.
		for i, reply := 0, "+OK"; reply == "+OK"; i++ {
			reply = c.do("SET", "s"+strconv.Itoa(i), value[:10_000])
			require.Less(t, i, 200)
		}
		require.Equal(t, oom, c.do("SET", "one more", "v"))
		require.Equal(t, `:1000000`, c.do("STRLEN", "first"))
		require.Equal(t, "+OK", c.do("MULTI"))
		require.Equal(t, oom, c.do("GET", "first"), "queueing takes memory")
		require.Equal(t, "+OK", c.do("DISCARD"))
		require.Equal(t, ":1", c.do("DEL", "first"))
		require.Equal(t, ":1", c.do("DEL", "k0"))
		require.Equal(t, "+OK", c.do("SET", "one more", "v"))
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "maxmemory", "1mb"))
		require.Equal(t, oom, c.do("SET", "one more", "v"))
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "maxmemory", "0"))
		require.Equal(t, "+OK", c.do("SET", "one more", "v"))
	})
}

// TestKillDuringPause: CLIENT KILL reaches a connection that is held back.
func TestKillDuringPause(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		a, b := n.dial(), n.dial()
		id := strings.TrimPrefix(b.do("CLIENT", "ID"), ":")
		require.Equal(t, "+OK", a.do("CLIENT", "PAUSE", "1000000", "WRITE"))
		b.send("SET", "k", "v")
		eventually(t, func() bool { return n.s.pause.blocked.Load() == 1 })
		require.Equal(t, ":1", a.do("CLIENT", "KILL", "ID", id))
		require.True(t, b.closed())
		eventually(t, func() bool { return n.s.pause.blocked.Load() == 0 && n.s.counters.clients.Load() == 1 })
		require.Equal(t, "+OK", a.do("CLIENT", "UNPAUSE"))
		require.Equal(t, "(null $)", a.do("GET", "k"))
	})
}

// TestCloseDuringLongCommands: the node ends in order while commands, watching
// transactions among them, run on pooled workers.
func TestCloseDuringLongCommands(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		c := n.dial()
		c.makeLong()
		for i := range 4 {
			n.dial().raw(encode("WATCH", "{x}long", "{x}w"+strconv.Itoa(i)) + longCommands + encode("PING"))
		}
		require.Equal(t, "+PONG", c.do("PING"))
		n.s.Close()
		require.True(t, c.closed())
	})
}

// TestPauseEndsByItself after its time.
func TestPauseEndsByItself(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		a, b := n.dial(), n.dial()
		require.Equal(t, "+OK", a.do("CLIENT", "PAUSE", "1"))
		require.Equal(t, "+PONG", b.do("PING"))
		require.Equal(t, "+OK", a.do("CLIENT", "PAUSE", "100", "WRITE"))
		require.Equal(t, "+OK", b.do("SET", "k", "v"))
		require.Equal(t, `$"v"`, a.do("GET", "k"))
		require.Contains(t, a.do("INFO", "clients"), "paused_actions:none")
	})
}

// TestRatesFollowTheLoad: they rise after an idle time, and fall to zero.
func TestRatesFollowTheLoad(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		c := n.dial()
		require.Equal(t, "+PONG", c.do("PING"))
		eventually(t, func() bool {
			c.do("PING")
			return n.s.rates.commands.perSecond() > 0
		})
		eventually(t, func() bool { return n.s.rates.commands.perSecond() == 0 && n.s.rates.netIn.perSecond() == 0 })
		eventually(t, func() bool {
			c.do("PING")
			return !strings.Contains(c.do("INFO", "stats"), "instantaneous_ops_per_sec:0\\r")
		})
	})
}
