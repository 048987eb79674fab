//go:build oracle

package difftest

import (
	"path/filepath"
	"testing"
	"time"

	"clusternode/internal/testserver"

	"github.com/stretchr/testify/require"
)

// TestEventDiff plays $COMMANDS / 6 random commands (10,000) made from $SEED, and compares the keyspace events of every one.
func TestEventDiff(t *testing.T) {
	root, err := testserver.ModuleRoot()
	require.NoError(t, err)
	dir := filepath.Join(root, histories)
	commands := int(envInt(t, "COMMANDS", 60_000)) / 6
	seed := envInt(t, "SEED", uint64(time.Now().UnixNano())) + 1 // other histories than TestDiff's
	forEachOracle(t, func(t *testing.T, s *Servers) {
		playRandom(t, dir, s, seed, commands, eventHistory)
	})
}
