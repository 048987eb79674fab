package main_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBacklogWarning: as Redis says it.
func TestBacklogWarning(t *testing.T) {
	const file = "/proc/sys/net/core/somaxconn"
	limit := strings.TrimSpace(readFile(t, file))
	warning := "# WARNING: The TCP backlog setting of 1000000000 cannot be enforced because " + file + " is set to the lower value of " + limit + ".\n"
	p, port := serve(t, "--tcp-backlog", "1000000000")
	require.Contains(t, p.output(), warning)
	require.Equal(t, "+PONG", dial(t, port).do("PING"))
	p, _ = serve(t, "--tcp-backlog", "1")
	require.NotContains(t, p.output(), "TCP backlog")
}
