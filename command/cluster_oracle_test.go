//go:build oracle

package command

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/internal/testserver"
)

// TestClusterDialogueAgainstOracle compares testdata/cluster.txt with Redis 8.0.
func TestClusterDialogueAgainstOracle(t *testing.T) {
	bin, err := testserver.Oracle("redis8")
	require.NoError(t, err)
	s := testserver.Start(t, bin, testserver.Options{Args: []string{"--cluster-enabled", "yes"}})
	c, err := testserver.Dial(s.Addr)
	require.NoError(t, err)
	defer c.Close()
	ask := func(args ...string) string {
		v, err := c.Do(args...)
		require.NoError(t, err)
		return v.Str
	}
	id, shard := ask("CLUSTER", "MYID"), ask("CLUSTER", "MYSHARDID")
	var text strings.Builder
	for _, l := range readDialogue(t, clusterDialogue) {
		text.WriteString(l.text + "\n")
		if strings.HasPrefix(l.text, "proto ") {
			_, err := c.Do("HELLO", l.text[6:])
			require.NoError(t, err)
		}
		if l.args == nil {
			continue
		}
		for i, a := range l.args {
			l.args[i] = strings.ReplaceAll(a, "{me}", id)
		}
		v, err := c.Do(l.args...)
		require.NoError(t, err)
		want := disguise(l.show(fromWire(v)), id, shard, s.Port)
		if l.mark == "-" {
			want = l.reply
		}
		if !*update && want != l.reply {
			t.Errorf("%s:%d %s\nfile   %s\noracle %s", clusterDialogue, l.at, l.text, l.reply, want)
		}
		text.WriteString(want + "\n")
	}
	if *update {
		require.NoError(t, os.WriteFile(clusterDialogue, []byte(text.String()), 0o644))
	}
}
