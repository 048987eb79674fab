package server

import (
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// infoText asks for sections and returns the text as it came.
func (c *testClient) infoText(sections ...string) string {
	c.t.Helper()
	text, err := strconv.Unquote(strings.TrimPrefix(c.do(append([]string{"INFO"}, sections...)...), "$"))
	require.NoError(c.t, err)
	return text
}

// infoNames are the names of the fields by section, in order.
func infoNames(text string) (titles []string, names map[string][]string) {
	names = make(map[string][]string)
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, "\r")
		if title, ok := strings.CutPrefix(line, "# "); ok {
			titles = append(titles, title)
			names[title] = []string{}
		} else if name, _, ok := strings.Cut(line, ":"); ok {
			names[titles[len(titles)-1]] = append(names[titles[len(titles)-1]], name)
		}
	}
	return titles, names
}

// infoField is the value of a field.
func infoField(t testing.TB, text, name string) string {
	t.Helper()
	for line := range strings.SplitSeq(text, "\r\n") {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return value
		}
	}
	require.Fail(t, "no such field", name)
	return ""
}

func infoNumber(t testing.TB, text, name string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(strings.TrimSuffix(infoField(t, text, name), "%"), 64)
	require.NoError(t, err, name)
	return f
}

// TestInfoGolden: sections and fields, in order, are those of the golden list.
// info_oracle_test.go compares that with real servers.
func TestInfoGolden(t *testing.T) {
	b, err := os.ReadFile("testdata/info.txt")
	require.NoError(t, err)
	titles, want := infoNames(string(b))
	c := startNode(t, false).dial()
	c.do("SET", "a", "b")
	c.do("NOSUCH")
	got, names := infoNames(c.infoText("everything"))
	require.Equal(t, titles, got)
	for _, title := range titles {
		require.Equal(t, want[title], names[title], title)
	}
}

func TestInfoSections(t *testing.T) {
	c := startNode(t, false).dial()
	c.do("SET", "a", "b")
	usual, _ := infoNames(c.infoText())
	require.Equal(t, []string{"Server", "Clients", "Memory", "Persistence", "Stats", "Replication", "CPU", "Modules", "Errorstats", "Cluster", "Keyspace"}, usual)
	again, _ := infoNames(c.infoText("DEFAULT", "stats"))
	require.Equal(t, usual, again)
	all, _ := infoNames(c.infoText("all"))
	everything, _ := infoNames(c.infoText("everything", "nosuch"))
	require.Equal(t, all, everything)
	for _, title := range all {
		require.True(t, strings.HasPrefix(c.infoText(strings.ToUpper(title)), "# "+title+"\r\n"), title)
	}
	several, _ := infoNames(c.infoText("keyspace", "cpu", "Server", "cpu"))
	require.Equal(t, []string{"Server", "CPU", "Keyspace"}, several)
	require.Empty(t, c.infoText("nosuchsection"))
	require.Equal(t, "+QUEUED", func() string { c.do("MULTI"); return c.do("INFO", "clients") }())
	require.Contains(t, c.do("EXEC"), "connected_clients:1")
}

// TestInfoTellsTheTruth drives what figures count and looks at them.
func TestInfoTellsTheTruth(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--client-query-buffer-limit", "1mb")
		c := n.dial()
		for i := range 300 {
			c.do("RPUSH", "list", strconv.Itoa(i), strings.Repeat("x", 200))
		}
		c.do("SET", "gone", "1", "PX", "1")
		c.do("HSET", "hash", "f", "1", "g", "2", "h", "3")
		c.do("HPEXPIRE", "hash", "1", "FIELDS", "2", "f", "g")
		eventually(t, func() bool { return infoNumber(t, c.infoText("stats"), "expired_subkeys") == 2 })
		dump := c.do("DUMP", "list")
		payload, err := strconv.Unquote(dump[1:])
		require.NoError(t, err)
		require.Equal(t, "+OK", c.do("RESTORE", "copy", "0", payload))
		c.do("UNLINK", "list")
		c.do("FLUSHALL")
		eventually(t, func() bool {
			text := c.infoText("memory", "stats")
			return infoNumber(t, text, "lazyfreed_objects") >= 2 && infoNumber(t, text, "lazyfree_pending_objects") == 0
		})
		big := n.dial()
		_, _ = io.WriteString(big.nc, "*1\r\n$3000000\r\n"+strings.Repeat("y", 1500000)) // it is closed meanwhile
		require.True(t, big.closed())
		text := c.infoText("everything")
		require.Equal(t, 1.0, infoNumber(t, text, "dump_payload_sanitizations"))
		require.Equal(t, 1.0, infoNumber(t, text, "client_query_buffer_limit_disconnections"))
		require.Equal(t, 2.0, infoNumber(t, text, "total_connections_received"))
		require.Greater(t, infoNumber(t, text, "eventloop_duration_cmd_sum"), 0.0)
		if !n.s.goroutines {
			require.Greater(t, infoNumber(t, text, "eventloop_cycles"), 300.0)
			require.Greater(t, infoNumber(t, text, "eventloop_duration_sum"), 0.0)
			main := infoNumber(t, text, "used_cpu_user_main_thread") + infoNumber(t, text, "used_cpu_sys_main_thread")
			require.Greater(t, main, 0.0)
			require.LessOrEqual(t, main, infoNumber(t, text, "used_cpu_user")+infoNumber(t, text, "used_cpu_sys")+1)
			require.Equal(t, infoNumber(t, text, "total_reads_processed"), infoNumber(t, text, "io_threaded_reads_processed"), "two loops")
		}
		changes := infoNumber(t, text, "rdb_changes_since_last_save")
		require.Equal(t, "+OK", c.do("CONFIG", "RESETSTAT"))
		text = c.infoText("everything")
		require.Equal(t, changes, infoNumber(t, text, "rdb_changes_since_last_save"))
		require.Zero(t, infoNumber(t, text, "instantaneous_ops_per_sec"))
		for _, name := range []string{"lazyfreed_objects", "dump_payload_sanitizations", "client_query_buffer_limit_disconnections", "total_connections_received", "expired_keys"} {
			require.Zero(t, infoNumber(t, text, name), name)
		}
	})
}

// TestInfoClients: what INFO says of buffers is what CLIENT LIST says.
func TestInfoClients(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		c, waiting := n.dial(), n.dial()
		waiting.raw("*2\r\n$4\r\nECHO\r\n$5000\r\n" + strings.Repeat("z", 4000))
		eventually(t, func() bool { return infoNumber(t, c.infoText("clients"), "client_recent_max_input_buffer") >= 4000 })
		// The commands have arguments of the same length. The reply before may
		// not have left the buffer yet.
		eventually(t, func() bool {
			sum := 0.0
			for line := range strings.SplitSeq(c.do("CLIENT", "LIST"), "\\n") {
				if _, rest, ok := strings.Cut(line, " tot-mem="); ok {
					n, _, _ := strings.Cut(rest, " ")
					f, err := strconv.ParseFloat(n, 64)
					require.NoError(t, err)
					sum += f
				}
			}
			return sum == infoNumber(t, c.infoText("memory"), "mem_clients_normal")
		})
	})
}

// TestErrorStatsAreBounded: as in Redis, too many different errors end the
// counting until CONFIG RESETSTAT.
func TestErrorStatsAreBounded(t *testing.T) {
	n := startNode(t, false)
	sum := newTotals(n.s)
	for i := range maxErrorPrefixes {
		sum.errors["E"+strconv.Itoa(i)] = 1
	}
	require.Len(t, sum.errorCounts(), maxErrorPrefixes)
	sum.errors["one more"] = 1
	require.Equal(t, map[string]int64{"ERRORSTATS_DISABLED": 1}, sum.errorCounts())

	w := n.s.newWorker("test", nil)
	defer w.x.Close()
	for i := range 2 * maxErrorPrefixes {
		w.countError("E" + strconv.Itoa(i) + " text")
	}
	require.Len(t, w.stats.errors, maxErrorPrefixes)
	sum = newTotals(n.s)
	sum.add(w)
	require.Equal(t, map[string]int64{"ERRORSTATS_DISABLED": 1}, sum.errorCounts())
}

// TestInfoBlocked counts clients that wait for keys, and the keys.
func TestInfoBlocked(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		c := n.dial()
		shows := func(want ...float64) {
			t.Helper()
			eventually(t, func() bool {
				text := c.infoText("clients")
				for i, name := range []string{"blocked_clients", "clients_in_timeout_table", "total_blocking_keys", "total_blocking_keys_on_nokey"} {
					if infoNumber(t, text, name) != want[i] {
						return false
					}
				}
				return true
			})
		}
		c.do("XGROUP", "CREATE", "stream", "g", "$", "MKSTREAM")
		list, either, group := n.dial(), n.dial(), n.dial()
		list.send("BLPOP", "a", "0")
		shows(1, 0, 1, 0)
		either.send("BLPOP", "a", "b", "100")
		shows(2, 1, 2, 0)
		group.send("XREADGROUP", "GROUP", "g", "me", "BLOCK", "100000", "STREAMS", "stream", ">")
		shows(3, 2, 3, 1)
		c.do("DEL", "stream")
		require.Contains(t, group.read(), "NOGROUP")
		shows(2, 1, 2, 0)
		c.do("RPUSH", "a", "1", "2")
		list.read()
		either.read()
		shows(0, 0, 0, 0)
	})
}

// TestInfoCountsFailedLogins: by AUTH and by HELLO; CONFIG RESETSTAT does not
// forget them.
func TestInfoCountsFailedLogins(t *testing.T) {
	c := startNode(t, false, "--requirepass", "secret").dial()
	c.do("AUTH", "wrong")
	c.do("AUTH", "nobody", "secret")
	c.do("HELLO", "3", "AUTH", "default", "wrong")
	require.Equal(t, "+OK", c.do("AUTH", "secret"))
	require.Equal(t, 3.0, infoNumber(t, c.infoText("stats"), "acl_access_denied_auth"))
	c.do("CONFIG", "RESETSTAT")
	require.Equal(t, 3.0, infoNumber(t, c.infoText("stats"), "acl_access_denied_auth"), "as in Redis")
}

// TestInfoPeak: a peak between two looks is seen.
func TestInfoPeak(t *testing.T) {
	n := startNode(t, false)
	c := n.dial()
	used := infoNumber(t, c.infoText("memory"), "used_memory")
	c.do("SETRANGE", "big", "20000000", "x")
	eventually(t, func() bool { return n.s.peak.Load() > int64(used)+20000000 })
	c.do("DEL", "big")
	text := c.infoText("memory")
	require.Greater(t, infoNumber(t, text, "used_memory_peak"), infoNumber(t, text, "used_memory")+19000000)
}
