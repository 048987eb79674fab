package server

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/resp"
	"clusternode/slots"
)

// value sends a command and returns the reply.
func (c *testClient) value(args ...string) resp.Value {
	c.t.Helper()
	c.send(args...)
	v, err := resp.ReadValue(c.in, resp.DefaultReplyLimits)
	require.NoError(c.t, err)
	return v
}

// logged are the commands of SLOWLOG GET, the newest first.
func (c *testClient) logged(args ...string) (out []string) {
	c.t.Helper()
	for _, e := range c.value(append([]string{"SLOWLOG", "GET"}, args...)...).Elems {
		words := []string{}
		for _, a := range e.Elems[3].Elems {
			words = append(words, a.Str)
		}
		out = append(out, strings.Join(words, " "))
	}
	return out
}

func TestSlowlogEntries(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--slowlog-log-slower-than", "0")
		c := n.dial()
		require.Equal(t, "+OK", c.do("CLIENT", "SETNAME", "watcher"))
		c.do("SLOWLOG", "RESET")
		c.do("SET", "k", strings.Repeat("x", 130))
		many := []string{"RPUSH", "list"}
		for i := range 40 {
			many = append(many, fmt.Sprint(i))
		}
		c.do(many...)
		log := c.value("SLOWLOG", "GET")
		require.Len(t, log.Elems, 3) // and RESET itself
		e := log.Elems[0]
		require.Len(t, e.Elems, 6)
		ids := []string{}
		for _, e := range log.Elems {
			ids = append(ids, e.Elems[0].Str)
		}
		require.Equal(t, []string{"3", "2", "1"}, ids) // 0 was CLIENT
		require.Len(t, e.Elems[3].Elems, 32)
		require.Equal(t, "28", e.Elems[3].Elems[30].Str)
		require.Equal(t, "... (11 more arguments)", e.Elems[3].Elems[31].Str)
		require.Equal(t, n.path+":0", e.Elems[4].Str)
		require.Equal(t, "watcher", e.Elems[5].Str)
		require.Equal(t, strings.Repeat("x", 128)+"... (2 more bytes)", log.Elems[1].Elems[3].Elems[2].Str)
		all := c.logged("-1")
		require.Equal(t, "SLOWLOG RESET", all[len(all)-1])
		require.Len(t, c.logged("2"), 2)
		require.Empty(t, c.logged("0"))
	})
}

func TestSlowlogHidesPasswords(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--slowlog-log-slower-than", "0")
		c := n.dial()
		c.do("AUTH", "default", "secret")
		c.do("HELLO", "2", "AUTH", "default", "secret", "SETNAME", "x")
		c.do("CONFIG", "SET", "requirepass", "secret")
		c.do("CONFIG", "SET", "requirepass", "")
		all := strings.Join(c.logged("-1"), "\n")
		require.NotContains(t, all, "secret")
		require.Contains(t, all, "HELLO 2 AUTH (redacted) (redacted) SETNAME x")
		require.Contains(t, all, "CONFIG SET requirepass (redacted)")
	})
}

// EXEC is not logged, what runs in it is; neither is what never runs.
func TestSlowlogOfTransactions(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		c := start("--slowlog-log-slower-than", "0").dial()
		c.do("SLOWLOG", "RESET")
		c.do("MULTI")
		c.do("SET", "a", "b")
		c.do("GET", "a")
		c.do("EXEC")
		c.do("GET")
		c.do("NOSUCH")
		c.do("LPUSH", "a", "b") // fails, but ran
		require.Equal(t, []string{"LPUSH a b", "GET a", "SET a b", "MULTI", "SLOWLOG RESET"}, c.logged())
	})
}

func TestSlowlogLimits(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		c := start("--slowlog-log-slower-than", "0", "--slowlog-max-len", "3").dial()
		for range 3 {
			c.do("PING")
		}
		c.raw(strings.Repeat(encode("SET", "k", "v"), 20)) // a batch
		for range 20 {
			require.Equal(t, "+OK", c.read())
		}
		require.Equal(t, []string{"SET k v", "SET k v", "SET k v"}, c.logged())
		require.Equal(t, ":3", c.do("SLOWLOG", "LEN"))
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "slowlog-max-len", "2"))
		require.Equal(t, ":2", c.do("SLOWLOG", "LEN"))
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "slowlog-max-len", "128", "slowlog-log-slower-than", "-1"))
		require.Equal(t, "+OK", c.do("SLOWLOG", "RESET"))
		c.do("DEBUG", "SLEEP", "0.002")
		require.Equal(t, ":0", c.do("SLOWLOG", "LEN"))
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "slowlog-log-slower-than", "1000"))
		c.do("DEBUG", "SLEEP", "0.002")
		require.Contains(t, c.logged(), "DEBUG SLEEP 0.002")
	})
}

// What a command waited for before it ran is not its own time: for the world, for
// its slot, for the end of a pause, for keys.
func TestSlowlogDoesNotCountWaiting(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--slowlog-log-slower-than", "200000")
		a, b, c := n.dial(), n.dial(), n.dial()
		a.send("DEBUG", "SLEEP", "0.25")
		b.send("SET", "k", "v")
		c.send("MSET", "k", "v", "l", "w") // in two slots
		require.Equal(t, "+OK", a.read())
		require.Equal(t, "+OK", b.read())
		require.Equal(t, "+OK", c.read())
		slot := slots.Of([]byte("k"))
		require.True(t, n.s.ks.TryLock(slot))
		b.send("SET", "k", "v")
		time.Sleep(250 * time.Millisecond)
		n.s.ks.Unlock(slot)
		require.Equal(t, "+OK", b.read())
		a.do("CLIENT", "PAUSE", "250")
		b.send("GET", "k")
		c.send("INFO")
		b.read()
		c.read()
		b.do("BLPOP", "list", "0.25")
		require.Equal(t, []string{"DEBUG SLEEP 0.25"}, a.logged())
	})
}

func TestObserveDoesNotAllocate(t *testing.T) {
	n := startNode(t, !haveLoops)
	w := n.s.pool.get()
	defer n.s.pool.put(w)
	c := &conn{s: n.s}
	get := n.s.env.Table.Lookup([]byte("get"))
	args := [][]byte{[]byte("GET"), []byte("k")}
	w.observe(c, get, args, 700)
	require.Zero(t, testing.AllocsPerRun(1000, func() { w.observe(c, get, args, 900) }))
}

func BenchmarkObserve(b *testing.B) {
	n := startNode(b, !haveLoops)
	w := n.s.pool.get()
	defer n.s.pool.put(w)
	c := &conn{s: n.s}
	get := n.s.env.Table.Lookup([]byte("get"))
	args := [][]byte{[]byte("GET"), []byte("k")}
	b.ReportAllocs()
	for i := range b.N {
		w.observe(c, get, args, int64(500+i&255))
	}
}
