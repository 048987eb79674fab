package server

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// infoWithout are fields of Redis 7.0 that have no honest value here.
var infoWithout = map[string]string{
	"active_defrag_misses":          "every block of a sparse page moves",
	"active_defrag_key_hits":        "blocks are counted, not keys",
	"active_defrag_key_misses":      "blocks are counted, not keys",
	"total_active_defrag_time":      "housekeeping does not measure it",
	"current_active_defrag_time":    "housekeeping does not measure it",
	"expire_cycle_cpu_milliseconds": "housekeeping does not measure it",
	"lazyfree_pending_objects":      "slots are freed, not objects",
	"lazyfreed_objects":             "slots are freed, not objects",
	"io_threaded_reads_processed":   "there is no main thread",
	"io_threaded_writes_processed":  "there is no main thread",
	"used_cpu_sys_main_thread":      "there is no main thread",
	"used_cpu_user_main_thread":     "there is no main thread",
	"reply_buffer_shrinks":          "replies are built in a buffer of the loop",
	"reply_buffer_expands":          "replies are built in a buffer of the loop",
}

// TestInfoFields: monitoring that reads a field of Redis finds it.
func TestInfoFields(t *testing.T) {
	b, err := os.ReadFile("testdata/info-7.0.txt")
	require.NoError(t, err)
	c := startNode(t, false).dial()
	text := c.do("INFO")
	for name := range strings.Lines(string(b)) {
		name = strings.TrimSpace(name)
		found := strings.Contains(text, "\\n"+name+":")
		_, without := infoWithout[name]
		require.Equal(t, !without, found, name)
	}
	for _, title := range []string{"Server", "Clients", "Memory", "Persistence", "Stats", "Replication", "CPU", "Modules", "Errorstats", "Cluster", "Keyspace"} {
		require.Contains(t, text, "# "+title+"\\r\\n")
		require.True(t, strings.HasPrefix(c.do("INFO", strings.ToUpper(title)), `$"# `+title), title)
	}
	require.Equal(t, `$""`, c.do("INFO", "nosuchsection"))
	require.NotContains(t, text, "# Commandstats")
	require.Contains(t, c.do("INFO", "default", "commandstats"), "# Commandstats")
}
