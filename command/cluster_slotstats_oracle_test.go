//go:build oracle

package command

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/internal/testserver"
)

// TestSlotStatsAgainstOracle compares testdata/slotstats.txt with Valkey.
func TestSlotStatsAgainstOracle(t *testing.T) {
	bin, err := testserver.Oracle("valkey")
	require.NoError(t, err)
	s := testserver.Start(t, bin, testserver.Options{Args: []string{"--cluster-enabled", "yes", "--cluster-require-full-coverage", "no"}})
	_, err = s.Do(append([]string{"CLUSTER", "ADDSLOTSRANGE"}, slotStatsSlots...)...)
	require.NoError(t, err)
	require.NoError(t, testserver.AwaitCluster([]*testserver.Server{s}, 1))
	c, err := testserver.Dial(s.Addr)
	require.NoError(t, err)
	defer c.Close()
	var text strings.Builder
	for _, l := range readDialogue(t, slotStatsDialogue) {
		text.WriteString(l.text + "\n")
		if strings.HasPrefix(l.text, "proto ") {
			_, err := c.Do("HELLO", l.text[6:])
			require.NoError(t, err)
		}
		if l.args == nil {
			continue
		}
		v, err := c.Do(l.args...)
		require.NoError(t, err)
		want := l.show(fromWire(v))
		if !*update && want != l.reply {
			t.Errorf("%s:%d %s\nfile   %s\noracle %s", slotStatsDialogue, l.at, l.text, l.reply, want)
		}
		text.WriteString(want + "\n")
	}
	if *update {
		require.NoError(t, os.WriteFile(slotStatsDialogue, []byte(text.String()), 0o644))
	}
}
