//go:build oracle

package server

import (
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/internal/testserver"
)

// notHere are sections and fields that a real server shows and this one does
// not, each with the reason.
var notHere = map[string]string{
	// Newer than 7.2.
	"Threads":                             "8.0: threads that only do I/O; here every loop also runs commands",
	"io_thread_0":                         "see Threads",
	"Keysizes":                            "8.0: histograms of sizes, not in 7.2",
	"db0_distrib_strings_sizes":           "see Keysizes",
	"total_watched_keys":                  "7.4: keys are watched per slot; a count of different keys would need all their locks",
	"allocator_muzzy":                     "7.4: a state of jemalloc's pages",
	"mem_replica_full_sync_buffer":        "8.0",
	"mem_overhead_db_hashtable_rehashing": "7.4: tables grow in bounded steps, without a second table",
	"evicted_scripts":                     "7.4: there are no scripts yet",
	"module":                              "8.0 is built with a module",
	// Of the commands by which the test waits for the server.
	"cmdstat_ping":                  "not used here",
	"latency_percentiles_usec_ping": "the same",
	// Valkey 8.1.
	"valkey_version":                     "Valkey's own",
	"valkey_release_stage":               "Valkey's own",
	"server_mode":                        "Valkey's name of redis_mode",
	"clients_hz":                         "Valkey's own",
	"availability_zone":                  "Valkey's own",
	"replicas_waiting_psync":             "Valkey's own",
	"io_threaded_freed_objects":          "Valkey's own",
	"io_threaded_accept_processed":       "Valkey's own",
	"io_threaded_poll_processed":         "Valkey's own",
	"io_threaded_total_prefetch_batches": "Valkey's own",
	"io_threaded_total_prefetch_entries": "Valkey's own",
}

// onlyHere are fields that no real server shows.
var onlyHere = map[string]string{
	"clusternode_version": "this project's release",
	"go_version":          "in place of a compiler's version that says something",
	"mem_arena_held":      "memory outside the Go heap: pages in use",
	"mem_arena_spare":     "pages kept for reuse",
	"mem_arena_reserved":  "address space",
	"mem_tables":          "tables that find the keys",
	"go_heap_objects":     "the Go heap stands beside used_memory",
	"go_memory_mapped":    "the same",
	"commands_set_aside":  "waits for slot locks",
	"commands_offloaded":  "commands that did not run on a loop",
}

// TestInfoAgainstOracles compares the golden list of sections and fields with
// redis-server 7.0 and 8.0 and Valkey 8.1: what all know stands in the same
// order, and what only one side has is on the lists above.
func TestInfoAgainstOracles(t *testing.T) {
	b, err := os.ReadFile("testdata/info.txt")
	require.NoError(t, err)
	titles, ours := infoNames(string(b))
	used := make(map[string]bool)
	known := make(map[string]bool)
	for _, name := range testserver.OracleNames {
		bin, err := testserver.Oracle(name)
		require.NoError(t, err)
		s := testserver.Start(t, bin, testserver.Options{})
		_, err = s.Do("SET", "a", "b")
		require.NoError(t, err)
		_, err = s.Do("NOSUCH")
		require.Error(t, err)
		v, err := s.Do("INFO", "everything")
		require.NoError(t, err)
		theirTitles, theirs := infoNames(v.Str)
		without := func(list []string, others []string, why map[string]string) []string {
			return slices.DeleteFunc(slices.Clone(list), func(n string) bool {
				if slices.Contains(others, n) {
					return false
				}
				used[n] = true
				return why == nil || why[n] != ""
			})
		}
		require.Equal(t, titles, without(theirTitles, titles, notHere), name)
		for _, title := range titles {
			for _, n := range theirs[title] {
				known[n] = true
			}
			require.Equal(t, without(ours[title], theirs[title], nil), without(theirs[title], ours[title], notHere), "%s of %s", title, name)
		}
		for _, title := range theirTitles {
			if notHere[title] != "" {
				for _, n := range theirs[title] {
					used[n] = true
				}
			}
		}
	}
	for _, title := range titles {
		for _, n := range ours[title] {
			require.Equal(t, !known[n], onlyHere[n] != "", n)
		}
	}
	for n := range notHere {
		require.True(t, used[n], "%s is on the list for nothing", n)
	}
}
