//go:build oracle

package server

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/internal/testserver"
)

// oneOf is a server and a connection to it.
type oneOf struct {
	t    *testing.T
	name string
	addr string
	c    *testserver.Conn
}

func (o *oneOf) do(args ...string) string {
	v, err := o.c.Do(args...)
	require.NoError(o.t, err, args)
	return v.String()
}

func (o *oneOf) dial() *testserver.Conn {
	c, err := testserver.Dial(o.addr)
	require.NoError(o.t, err)
	o.t.Cleanup(func() { c.Close() })
	return c
}

// eachServer starts redis-server 7.0 and ours.
func eachServer(t *testing.T) (redis, ours *oneOf) {
	start := func(bin testserver.Binary, err error) *oneOf {
		require.NoError(t, err)
		s := testserver.Start(t, bin, testserver.Options{Args: []string{"--enable-debug-command", "yes"}})
		o := &oneOf{t: t, name: bin.Name, addr: s.Addr}
		o.c = o.dial()
		return o
	}
	return start(testserver.Oracle("redis")), start(testserver.Ours())
}

// What differs from one run to the next.
var changing = regexp.MustCompile(`\d{10}(\.\d{6})?|127\.0\.0\.1:\d+`)

func TestSlowlogAgainstOracle(t *testing.T) {
	redis, ours := eachServer(t)
	times := regexp.MustCompile(`(:\d+) :\d{10} :\d+ `)
	for _, line := range []string{
		"CONFIG SET slowlog-log-slower-than 0", "SLOWLOG RESET", "SLOWLOG LEN", "CLIENT SETNAME me", "SET k v", "GET", "NOSUCH",
		"LPUSH k x", "MULTI", "SET a b", "INCR n", "NOSUCH", "EXEC", "MULTI", "INCR n", "SLOWLOG LEN", "GET k", "EXEC", "AUTH default x",
		"AUTH x", "AUTH a b c", "HELLO 2 AUTH default x", "CONFIG SET requirepass x", "CONFIG SET requirepass \"\"", "CONFIG GET slowlog-max-len",
		"SET k " + strings.Repeat("x", 129), "RPUSH l" + strings.Repeat(" 1", 30), "RPUSH l" + strings.Repeat(" 1", 31),
		"RPUSH l" + strings.Repeat(" "+strings.Repeat("y", 130), 31), "EXEC", "DISCARD", "PING", "CONFIG SET slowlog-max-len 5", "PING",
		"SLOWLOG GET", "SLOWLOG GET -1", "SLOWLOG GET 0", "SLOWLOG GET 3", "SLOWLOG GET 100", "SLOWLOG GET x", "SLOWLOG GET -2", "SLOWLOG GET 1 2",
		"SLOWLOG GET 9223372036854775807", "SLOWLOG GET 9223372036854775808", "SLOWLOG RESET", "SLOWLOG GET", "CONFIG SET slowlog-max-len 0",
		"CONFIG SET slowlog-max-len 128", "CONFIG SET slowlog-log-slower-than -1", "SLOWLOG RESET", "PING", "SLOWLOG LEN",
	} {
		args := strings.Fields(line)
		if strings.HasSuffix(line, `""`) {
			args[len(args)-1] = ""
		}
		show := func(o *oneOf) string {
			return changing.ReplaceAllString(times.ReplaceAllString(o.do(args...), "$1 :T :T "), "X")
		}
		want, got := show(redis), show(ours)
		if strings.HasPrefix(line, "HELLO") {
			continue
		}
		// 7.2 hides all arguments of AUTH that could be a password; so do we, and more.
		got = strings.ReplaceAll(got, `$"AUTH" $"(redacted)" $"(redacted)" $"(redacted)"`, `$"AUTH" $"a" $"b" $"c"`)
		require.Equal(t, want, got, line)
	}
}

func TestMonitorAgainstOracle(t *testing.T) {
	redis, ours := eachServer(t)
	talk := func(o *oneOf) (seen []string) {
		m := o.dial()
		v, err := m.Do("MONITOR")
		require.NoError(t, err)
		require.Equal(t, "+OK", v.String())
		for _, line := range []string{
			"PING", "SET k 1", "LPUSH k x", "GET", "NOSUCH", "SELECT 3", "SELECT 0", "AUTH default x", "AUTH x", "HELLO 2 AUTH default x SETNAME me",
			"HELLO 9", "CONFIG GET x", "CLIENT GETNAME", "CLIENT LIST", "DEBUG SLEEP 0", "COMMAND COUNT", "MEMORY USAGE k", "OBJECT ENCODING k",
			"MULTI", "SET a b", "CONFIG GET x", "LPUSH a x", "EXEC", "MULTI", "NOSUCH", "EXEC", "MULTI", "DISCARD", "WATCH a", "UNWATCH", "EXEC",
			"BLPOP none 0.01", "BLMOVE a b LEFT LEFT 0.01", "XREAD BLOCK 10 STREAMS s $", "SUBSCRIBE c", "UNSUBSCRIBE c", "PUBLISH c m", "FLUSHALL",
			"KEYS *", "SCAN 0", "SLOWLOG LEN", "LATENCY LATEST", "LOLWUT", "INFO server", "TIME", "RESET", "ECHO end",
		} {
			_, err := o.c.Do(strings.Fields(line)...)
			require.NoError(t, err, line)
		}
		for len(seen) == 0 || !strings.HasSuffix(seen[len(seen)-1], `"end"`) {
			v, err := m.Receive()
			require.NoError(t, err)
			seen = append(seen, changing.ReplaceAllString(v.String(), "X"))
		}
		return seen
	}
	require.Equal(t, talk(redis), talk(ours))
}

// The picture of an oracle's spikes is drawn from its own history.
func TestGraphAgainstOracle(t *testing.T) {
	redis, _ := eachServer(t)
	redis.do("CONFIG", "SET", "latency-monitor-threshold", "1")
	for _, s := range []string{"0.003", "0.012", "0.0015", "0.007"} {
		redis.do("DEBUG", "SLEEP", s)
		time.Sleep(1100 * time.Millisecond) // a spike per second is kept
	}
	for {
		v, err := redis.c.Do("LATENCY", "HISTORY", "command")
		require.NoError(t, err)
		before := time.Now().Unix()
		graph, err := redis.c.Do("LATENCY", "GRAPH", "command")
		require.NoError(t, err)
		if time.Now().Unix() != before {
			continue // the ages may have changed in between
		}
		var s spikes
		for _, p := range v.Elems {
			unix, _ := strconv.ParseInt(p.Elems[0].Str, 10, 64)
			ms, _ := strconv.ParseInt(p.Elems[1].Str, 10, 64)
			s.add(unix, ms)
		}
		require.Equal(t, graph.Str, s.graph("command", before))
		return
	}
}

func TestHistogramAgainstOracle(t *testing.T) {
	redis, ours := eachServer(t)
	for _, o := range []*oneOf{redis, ours} {
		o.do("CONFIG", "RESETSTAT")
		for range 3 {
			o.do("SET", "k", "v")
		}
		o.do("LPUSH", "k", "v")
		o.do("GET")
		o.do("CLIENT", "GETNAME")
	}
	numbers := regexp.MustCompile(`\*\[:\d.*?\]`)
	for _, line := range []string{"LATENCY HISTOGRAM set", "LATENCY HISTOGRAM set lpush get nosuch client client|getname", "LATENCY HISTOGRAM get", "LATENCY HISTOGRAM SET set"} {
		args := strings.Fields(line)
		require.Equal(t, numbers.ReplaceAllString(redis.do(args...), "N"), numbers.ReplaceAllString(ours.do(args...), "N"), line)
	}
	for _, line := range []string{"LATENCY HISTORY x", "LATENCY GRAPH x", "LATENCY RESET", "LATENCY RESET a b", "LATENCY LATEST", "LATENCY FOO", "LATENCY HISTORY", "MONITOR x", "MEMORY FOO"} {
		args := strings.Fields(line)
		require.Equal(t, redis.do(args...), ours.do(args...), line)
	}
}

// Where nothing is wrong the doctors say so in the same words.
func TestDoctorsAgainstOracle(t *testing.T) {
	redis, ours := eachServer(t)
	for _, line := range []string{"LATENCY DOCTOR", "CONFIG SET latency-monitor-threshold 100000", "LATENCY DOCTOR", "MEMORY DOCTOR", "HELLO 3", "LATENCY DOCTOR", "MEMORY DOCTOR"} {
		args := strings.Fields(line)
		want, got := redis.do(args...), ours.do(args...)
		if args[0] != "HELLO" {
			require.Equal(t, want, got, line)
		}
	}
}

// The keys of MEMORY STATS are those of 7.0, which 7.2 has too.
func TestMemoryStatsAgainstOracle(t *testing.T) {
	redis, ours := eachServer(t)
	keys := func(o *oneOf) (out []string) {
		o.do("SET", "k", "v")
		o.do("SELECT", "3")
		o.do("SET", "k", "v")
		v, err := o.c.Do("MEMORY", "STATS")
		require.NoError(t, err)
		for i := 0; i < len(v.Elems); i += 2 {
			out = append(out, v.Elems[i].Str)
			for j := 0; j < len(v.Elems[i+1].Elems); j += 2 {
				out = append(out, "  "+v.Elems[i+1].Elems[j].Str)
			}
		}
		return out
	}
	require.Equal(t, keys(redis), keys(ours))
}
