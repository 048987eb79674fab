//go:build linux

package hostile

import (
	"strings"
	"testing"
	"time"

	"clusternode/bench/load"
	"clusternode/internal/testserver"

	"github.com/stretchr/testify/require"
)

// TestOneHotKey: many connections on all loops want one slot all the time. Each command is answered; a connection that was set
// aside for the slot and never woken would stop the load for ever.
func TestOneHotKey(t *testing.T) {
	bin, err := testserver.Ours()
	require.NoError(t, err)
	for _, threads := range []string{"2", "4"} {
		server := testserver.Start(t, bin, testserver.Options{Args: []string{"--io-threads", threads}})
		for _, value := range []int{64, 4096} {
			for _, pipeline := range []int{1, 16} {
				plan := load.Plan{Addr: server.Addr, Conns: 50, Pipeline: pipeline, For: 200 * time.Millisecond,
					Fill: load.NewCommand(1, false, "SET", "KEY", strings.Repeat("x", value)), Stall: 10 * time.Second}
				res, err := load.Run(plan)
				require.NoError(t, err, "io-threads %s, pipeline %d", threads, pipeline)
				require.Positive(t, res.Requests)
			}
		}
	}
}
