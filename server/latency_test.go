package server

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/resp"
	"clusternode/slots"
)

func TestLatencyMonitor(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		c := start("--slowlog-log-slower-than", "-1").dial()
		c.do("DEBUG", "SLEEP", "0.11")
		require.Empty(t, c.value("LATENCY", "LATEST").Elems)
		require.Contains(t, c.value("LATENCY", "DOCTOR").Str, "I'm sorry, Dave")
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "latency-monitor-threshold", "100"))
		require.Contains(t, c.value("LATENCY", "DOCTOR").Str, "no latency spike")
		c.do("DEBUG", "SLEEP", "0.11")
		latest := c.value("LATENCY", "LATEST").Elems
		require.NotEmpty(t, latest)
		latest = slices.DeleteFunc(latest, func(e resp.Value) bool { return e.Elems[0].Str != "command" }) // the machine may be slow
		require.Len(t, latest, 1)
		require.Len(t, latest[0].Elems, 4)
		require.Equal(t, "command", latest[0].Elems[0].Str)
		history := c.value("LATENCY", "HISTORY", "command").Elems
		require.NotEmpty(t, history)
		require.Equal(t, latest[0].Elems[1].Str, history[len(history)-1].Elems[0].Str)
		require.Empty(t, c.value("LATENCY", "HISTORY", "nothing").Elems)
		require.Regexp(t, regexp.MustCompile(`^command - high \d+ ms, low \d+ ms \(all time high \d+ ms\)\n-{80}\n`), c.value("LATENCY", "GRAPH", "command").Str)
		require.Equal(t, "-ERR No samples available for event 'nothing'", c.do("LATENCY", "GRAPH", "nothing"))
		require.Equal(t, "-ERR No samples available for event 'a b'", c.do("LATENCY", "GRAPH", "a\nb\x00c"))
		report := c.value("LATENCY", "DOCTOR").Str
		require.Regexp(t, `\n\d\. command: \d+ latency spikes \(average \d+ms, mean deviation \d+ms, period \d+\.\d\d sec\)\. Worst all time event \d+ms\.\n`, report)
		require.Contains(t, report, "The Slow Log is off")
		require.Equal(t, ":0", c.do("LATENCY", "RESET", "nothing"))
		require.Equal(t, ":1", c.do("LATENCY", "RESET", "nothing", "command"))
		c.do("DEBUG", "SLEEP", "0.11")
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "slowlog-log-slower-than", "200000"))
		require.Contains(t, c.value("LATENCY", "DOCTOR").Str, "CONFIG SET slowlog-log-slower-than 100000")
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "latency-monitor-threshold", "0"))
		require.NotEqual(t, ":0", c.do("LATENCY", "RESET"))
		require.Empty(t, c.value("LATENCY", "LATEST").Elems)
	})
}

// distribution is what LATENCY HISTOGRAM says of a command: its calls, and the
// last count of the distribution.
func distribution(c *testClient, name string) (calls, last string) {
	v := c.value("LATENCY", "HISTOGRAM", name)
	if len(v.Elems) == 0 {
		return "", ""
	}
	counts := v.Elems[1].Elems[3].Elems
	return v.Elems[1].Elems[1].Str, counts[len(counts)-1].Str
}

func TestLatencyHistogram(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		c := n.dial()
		c.raw(strings.Repeat(encode("SET", "k", "v")+encode("INCR", "n"), 10) + strings.Repeat(encode("SET", "k", "v"), 30))
		for range 50 {
			c.read()
		}
		n.dial().do("SET", "k", "v")
		c.do("GET")
		c.do("LPUSH", "k", "v")
		for name, want := range map[string]string{"set": "41", "INCR": "10", "get": "", "lpush": "1", "nosuch": ""} {
			calls, last := distribution(c, name)
			require.Equal(t, want, calls, name)
			require.Equal(t, want, last, name)
		}
		c.do("CONFIG", "GET", "maxmemory")
		names := []string{}
		for i, e := range c.value("LATENCY", "HISTOGRAM", "config", "config|get", "set", "nosuch", "set").Elems {
			if i%2 == 0 {
				names = append(names, e.Str)
			}
		}
		require.Equal(t, []string{"config|get", "config|get", "set", "set"}, names)
		info := c.value("INFO", "latencystats").Str
		require.Regexp(t, `(?m)^latency_percentiles_usec_set:p50=\d+\.\d{3},p99=\d+\.\d{3},p99\.9=\d+\.\d{3}\r$`, info)
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "latency-tracking-info-percentiles", "0 12.5"))
		require.Regexp(t, `(?m)^latency_percentiles_usec_incr:p0=\d+\.\d{3},p12\.5=\d+\.\d{3}\r$`, c.value("INFO", "latencystats").Str)
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "latency-tracking", "no"))
		c.do("SET", "k", "v")
		require.Equal(t, "# Latencystats\r\n", c.value("INFO", "latencystats").Str)
		calls, _ := distribution(c, "set")
		require.Equal(t, "41", calls)
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "latency-tracking", "yes"))
		require.Equal(t, "+OK", c.do("CONFIG", "RESETSTAT"))
		calls, _ = distribution(c, "set")
		require.Empty(t, calls)
	})
}

// Commands of a batch that leave it, since their slot is locked or they take
// long, count once, like those before them.
func TestLatencyHistogramOfBrokenBatches(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		c := n.dial()
		for range 100 {
			c.do(append([]string{"RPUSH", "big"}, strings.Fields(strings.Repeat("element ", 2000))...)...)
		}
		c.raw(strings.Repeat(encode("LRANGE", "none", "0", "-1"), 5) + encode("LRANGE", "big", "0", "-1") + encode("LRANGE", "none", "0", "-1"))
		for range 7 {
			_, err := resp.ReadValue(c.in, resp.DefaultReplyLimits)
			require.NoError(t, err)
		}
		slot := slots.Of([]byte("k"))
		require.True(t, n.s.ks.TryLock(slot))
		c.raw(strings.Repeat(encode("SET", "j", "v"), 5) + encode("SET", "k", "v"))
		time.Sleep(20 * time.Millisecond)
		n.s.ks.Unlock(slot)
		for range 6 {
			require.Equal(t, "+OK", c.read())
		}
		for name, want := range map[string]string{"lrange": "7", "set": "6"} {
			calls, last := distribution(c, name)
			require.Equal(t, want, calls, name)
			require.Equal(t, want, last, name)
			require.Contains(t, c.value("INFO", "commandstats").Str, "cmdstat_"+name+":calls="+want+",")
		}
	})
}

// Inside EXEC the world is stopped, and the figures are there all the same.
func TestLatencyHistogramInTransaction(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		c := start().dial()
		c.do("SET", "k", "v")
		c.do("MULTI")
		c.do("SET", "k", "v")
		c.do("LATENCY", "HISTOGRAM", "set")
		require.Equal(t, `*[+OK *[$"set" *[$"calls" :2 `, c.do("EXEC")[:29])
	})
}

func TestSpikes(t *testing.T) {
	var s spikes
	require.Zero(t, s.stats(10).n)
	s.add(100, 5)
	s.add(100, 9)
	s.add(100, 7)
	s.add(102, 1)
	require.Equal(t, []spike{{100, 9}, {102, 1}}, s.list())
	require.Equal(t, spikeStats{n: 2, average: 5, deviation: 4, period: 10}, s.stats(110))
	for i := range int64(200) {
		s.add(1000+i, i)
	}
	list := s.list()
	require.Len(t, list, spikesKept)
	require.Equal(t, spike{1040, 40}, list[0])
	require.Equal(t, spike{1199, 199}, s.last())
	require.Equal(t, int64(199), s.most)
}

func TestGraph(t *testing.T) {
	var s spikes
	for i, ms := range []int64{1, 5, 12, 7, 3, 12} {
		s.add(int64(1000+100*i), ms)
	}
	require.Equal(t, "command - high 12 ms, low 1 ms (all time high 12 ms)\n"+strings.Repeat("-", 80)+"\n"+
		"  #  #\n"+
		"  |_ |\n"+
		" o|| |\n"+
		"_|||#|\n"+
		"      \n"+
		"111115\n"+
		"hhhhh8\n"+
		"     m\n", s.graph("command", 5000))
}
