package daemon

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTitleLeavesArgumentsAndEnvironment: the program keeps both, whatever
// stands in their memory.
func TestTitleLeavesArgumentsAndEnvironment(t *testing.T) {
	args, env := slices.Clone(os.Args), os.Environ()
	for _, list := range [][]string{args, env} {
		for i := range list {
			list[i] = strings.Clone(list[i]) // else they might lie in that memory
		}
	}
	OwnArgs()
	for _, title := range []string{strings.Repeat("x", 1<<20), "short", strings.Repeat("y", 100), ""} {
		require.NoError(t, SetTitle(title))
		b, err := os.ReadFile("/proc/self/cmdline")
		require.NoError(t, err)
		shown := strings.TrimRight(string(b), "\x00")
		require.True(t, strings.HasPrefix(title, shown), "%.40q", shown)
		require.Equal(t, args, os.Args)
		require.Equal(t, env, os.Environ())
	}
}
