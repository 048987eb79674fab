package server

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	waitLong = 20 * time.Second
	waitStep = 5 * time.Millisecond
)

func TestMemoryStats(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		c := start().dial()
		c.do("DEBUG", "POPULATE", "1000", "key", "100")
		v := c.value("MEMORY", "STATS")
		got := map[string]string{}
		var names []string
		for i := 0; i < len(v.Elems); i += 2 {
			names = append(names, v.Elems[i].Str)
			got[v.Elems[i].Str] = v.Elems[i+1].Str
		}
		require.Equal(t, strings.Fields(`peak.allocated total.allocated startup.allocated replication.backlog clients.slaves clients.normal
			cluster.links aof.buffer lua.caches functions.caches db.0 overhead.total keys.count keys.bytes-per-key dataset.bytes
			dataset.percentage peak.percentage allocator.allocated allocator.active allocator.resident allocator-fragmentation.ratio
			allocator-fragmentation.bytes allocator-rss.ratio allocator-rss.bytes rss-overhead.ratio rss-overhead.bytes fragmentation
			fragmentation.bytes`), names)
		require.Equal(t, "1000", got["keys.count"])
		for _, name := range []string{"peak.allocated", "total.allocated", "clients.normal", "dataset.bytes", "allocator.active"} {
			require.NotEqual(t, "0", got[name], name)
		}
		c.do("HELLO", "3")
		v = c.value("MEMORY", "STATS")
		require.Equal(t, byte('%'), v.Type)
		require.Equal(t, byte('%'), v.Elems[21].Type)
		require.Equal(t, byte(','), v.Elems[31].Type)
	})
}

func TestMemoryReports(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		c := n.dial()
		require.Contains(t, c.value("MEMORY", "DOCTOR").Str, "Hi Sam, this instance is empty")
		c.do("DEBUG", "POPULATE", "20000", "key", "1000")
		require.Contains(t, c.value("MEMORY", "DOCTOR").Str, "Sam")
		c.value("MEMORY", "STATS") // the peak
		c.do("FLUSHALL")
		c.do("DEBUG", "POPULATE", "6000", "key", "1000")
		require.Contains(t, c.value("MEMORY", "DOCTOR").Str, "Peak memory")
		text := c.value("MEMORY", "MALLOC-STATS").Str
		for _, word := range []string{"___ Arena", "blocks of entries", "db0: 6000 keys", "___ Go runtime", "resident"} {
			require.Contains(t, text, word)
		}
	})
}

func TestMemoryPurge(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--hz", "1")
		c := n.dial()
		c.do("DEBUG", "POPULATE", "20000", "key", "1000")
		c.do("FLUSHALL", "SYNC")
		require.Equal(t, "+OK", c.do("MEMORY", "PURGE"))
		require.LessOrEqual(t, n.s.ks.Memory().SpareBytes, int64(64<<10))
		c.do("MULTI") // the world is stopped then
		for _, sub := range []string{"PURGE", "STATS", "DOCTOR", "MALLOC-STATS"} {
			c.do("MEMORY", sub)
		}
		v := c.value("EXEC")
		require.Len(t, v.Elems, 4)
		require.Equal(t, "OK", v.Elems[0].Str)
		require.NotEmpty(t, v.Elems[1].Elems)
		require.Contains(t, v.Elems[2].Str, "Sam")
		require.Contains(t, v.Elems[3].Str, "___ Arena")
	})
}
