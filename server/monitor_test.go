package server

import (
	"bufio"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

var monitorTime = regexp.MustCompile(`^\+\d{10,}\.\d{6} `)

// seen reads the next line of a monitor, without its time.
func (c *testClient) seen() string {
	c.t.Helper()
	line := c.read()
	require.Regexp(c.t, monitorTime, line)
	return monitorTime.ReplaceAllString(line, "")
}

func TestMonitor(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		m, c := n.dial(), n.dial()
		require.Equal(t, "+OK", m.do("MONITOR"))
		from := "unix:" + n.path + "] "
		for _, step := range []struct {
			command string
			seen    []string
		}{
			{"PING", []string{`[0 ` + from + `"PING"`}},
			{"set k 100", []string{`[0 ` + from + `"set" "k" "100"`}},
			{"LPUSH k 1", []string{`[0 ` + from + `"LPUSH" "k" "1"`}},
			{"GET", nil}, {"NOSUCH x", nil},
			{"SELECT 3", []string{`[3 ` + from + `"SELECT" "3"`}},
			{"SELECT 0", []string{`[0 ` + from + `"SELECT" "0"`}},
			{"AUTH default secret", []string{`[0 ` + from + `"AUTH" "(redacted)" "(redacted)"`}},
			{"HELLO 2 AUTH default secret SETNAME z", []string{`[0 ` + from + `"HELLO" "2" "AUTH" "(redacted)" "(redacted)" "SETNAME" "z"`}},
			{"CONFIG GET maxmemory", nil}, {"CLIENT LIST", nil}, {"DEBUG SLEEP 0", nil}, {"SLOWLOG LEN", nil},
			{"CLIENT GETNAME", []string{`[0 ` + from + `"CLIENT" "GETNAME"`}},
			{"INFO server", []string{`[0 ` + from + `"INFO" "server"`}},
			{"DBSIZE", []string{`[0 ` + from + `"DBSIZE"`}},
			{"KEYS *", []string{`[0 ` + from + `"KEYS" "*"`}},
			{"FLUSHALL", []string{`[0 ` + from + `"FLUSHALL"`}},
			{"MULTI", []string{`[0 ` + from + `"MULTI"`}},
			{"SET a b", nil}, {"GET a", nil}, {"CONFIG GET x", nil},
			{"EXEC", []string{`[0 ` + from + `"SET" "a" "b"`, `[0 ` + from + `"GET" "a"`, `[0 ` + from + `"EXEC"`}},
			{"EXEC", []string{`[0 ` + from + `"EXEC"`}},
			{"BLPOP nolist 0.01", []string{`[0 ` + from + `"BLPOP" "nolist" "0.01"`}},
		} {
			c.do(strings.Fields(step.command)...)
			for _, want := range step.seen {
				require.Equal(t, want, m.seen(), step.command)
			}
		}
		c.do("SET", "a\x01\"\\\n\r\t\a\b", "x'y\xff")
		require.Equal(t, `[0 `+from+`"SET" "a\x01\"\\\n\r\t\a\b" "x'y\xff"`, m.seen())
		c.do("QUIT")
		require.Equal(t, `[0 `+from+`"QUIT"`, m.seen())
	})
}

// A pipeline is shown command by command, and in its order.
func TestMonitorOfPipeline(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		m, c := n.dial(), n.dial()
		require.Equal(t, "+OK", m.do("MONITOR"))
		text, want := "", []string{}
		for i := range 100 {
			key := string(rune('a' + i%26))
			text += encode("SET", key, "v") + encode("GET", key)
			want = append(want, `"SET" "`+key+`" "v"`, `"GET" "`+key+`"`)
		}
		c.raw(text)
		for _, w := range want {
			require.Contains(t, m.seen(), w)
		}
		for range want {
			c.read()
		}
	})
}

// Whatever loops run them, a monitor sees the commands on a key in the order in
// which they ran.
func TestMonitorOrderIsThatOfExecution(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		const clients, each = 4, 200
		n := start()
		m := n.dial()
		require.Equal(t, "+OK", m.do("MONITOR"))
		var work sync.WaitGroup
		for i := range clients {
			c := n.dial()
			work.Go(func() {
				for j := range each {
					word := fmt.Sprintf("%c%d;", 'a'+i, j)
					if j%10 == 0 { // of a batch, too
						c.raw(strings.Repeat(encode("APPEND", "k", word), 3))
						c.read()
						c.read()
					} else {
						c.send("APPEND", "k", word)
					}
					c.read()
				}
			})
		}
		var order strings.Builder
		for range clients * (each + each/5) {
			_, word, _ := strings.Cut(m.seen(), `"APPEND" "k" "`)
			order.WriteString(strings.TrimSuffix(word, `"`))
		}
		work.Wait()
		require.Equal(t, n.dial().value("GET", "k").Str, order.String())
	})
}

// What a monitor may do itself, and what it sees of that.
func TestMonitorAsClient(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		for _, proto := range []string{"2", "3"} {
			m := n.dial()
			m.do("HELLO", proto)
			require.Equal(t, "+OK", m.do("MONITOR"))
			require.Equal(t, "+PONG", m.do("PING"))
			require.Contains(t, m.seen(), `"PING"`)
			m.send("MONITOR") // has no reply
			const refused = "-ERR Replica can't interact with the keyspace"
			for _, args := range []string{"GET a", "SET a b", "DBSIZE", "KEYS *", "LOLWUT", "PFCOUNT x"} {
				require.Equal(t, refused, m.do(strings.Fields(args)...), args)
			}
			require.Contains(t, m.do("GET"), "wrong number of arguments")
			require.Equal(t, "+OK", m.do("MULTI"))
			m.seen()
			require.Equal(t, refused, m.do("GET", "a"))
			require.Equal(t, "+QUEUED", m.do("PING"))
			require.Contains(t, m.do("EXEC"), "EXECABORT")
			require.Contains(t, m.seen(), `"EXEC"`)
			require.Contains(t, m.value("CLIENT", "INFO").Str, " flags=O")
			require.Contains(t, m.seen(), `"CLIENT" "INFO"`)
			require.Equal(t, "+RESET", m.do("RESET"))
			require.Contains(t, m.do("GET", "a"), "null")
			require.NotContains(t, m.value("CLIENT", "INFO").Str, "flags=O")
			require.False(t, n.s.obs.monitors.any())
			require.Equal(t, "+OK", m.do("MONITOR"))
			require.Equal(t, "+OK", m.do("QUIT"))
			require.True(t, m.closed())
		}
		require.Eventually(t, func() bool { return !n.s.obs.monitors.any() }, waitLong, waitStep)
	})
}

// CLIENT REPLY holds back what a monitor would see.
func TestMonitorWithoutReplies(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		m, c := n.dial(), n.dial()
		require.Equal(t, "+OK", m.do("MONITOR"))
		m.send("CLIENT", "REPLY", "SKIP")
		require.Contains(t, m.seen(), `"CLIENT" "REPLY" "SKIP"`)
		m.send("ECHO", "1") // neither reply nor line
		m.send("CLIENT", "REPLY", "OFF")
		m.send("PING")
		require.Eventually(t, func() bool { return strings.Contains(c.value("CLIENT", "LIST").Str, "cmd=ping") }, waitLong, waitStep)
		c.do("SET", "k", "v")
		require.Equal(t, "+OK", m.do("CLIENT", "REPLY", "ON"))
		require.Contains(t, m.seen(), `"CLIENT" "REPLY" "ON"`)
	})
}

func TestMonitorInMulti(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		c := start().dial()
		c.do("MULTI")
		require.Equal(t, "+QUEUED", c.do("MONITOR"))
		c.do("PING")
		require.Equal(t, "*[-ERR MONITOR isn't allowed for DENY BLOCKING client +PONG]", c.do("EXEC"))
		require.Equal(t, "+PONG", c.do("PING"))
	})
}

// A monitor that does not read is cut off; the others go on.
func TestMonitorThatDoesNotRead(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--client-output-buffer-limit", "normal 200kb 0 0")
		m, c := n.dial(), n.dial()
		require.Equal(t, "+OK", m.do("MONITOR"))
		value := strings.Repeat("x", 10000)
		require.Eventually(t, func() bool {
			c.do("SET", "k", value)
			return !n.s.obs.monitors.any()
		}, waitLong, 1)
		require.Eventually(t, func() bool { return !strings.Contains(c.value("CLIENT", "LIST").Str, "flags=O") }, waitLong, waitStep)
		m.in = bufio.NewReader(m.nc)
		require.True(t, m.closed())
	})
}
