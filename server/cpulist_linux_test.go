package server

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestParseCPUs(t *testing.T) {
	for list, want := range map[string][]int{
		"0":         {0},
		"1,3":       {1, 3},
		"2-4":       {2, 3, 4},
		"0-7:2,9":   {0, 2, 4, 6, 9},
		"1023":      {1023},
		"5,5,4-5:9": {4, 5},
	} {
		set, ok := parseCPUs(list)
		require.True(t, ok, list)
		require.Equal(t, len(want), set.Count(), list)
		for _, cpu := range want {
			require.True(t, set.IsSet(cpu), list)
		}
	}
	for _, list := range []string{"", "x", "-1", "1-", "3-1", "1024", "0-1024", "1,", "1:2", "0-4:0", "0-4:x", "1 2"} {
		_, ok := parseCPUs(list)
		require.False(t, ok, "%q", list)
	}
}

// TestPinnedLoops: the loops run where server-cpulist says, everything else
// where it was.
func TestPinnedLoops(t *testing.T) {
	var all unix.CPUSet
	require.NoError(t, unix.SchedGetaffinity(0, &all))
	cpu := 0
	for !all.IsSet(cpu) {
		cpu++
	}
	for list, want := range map[string]int{strconv.Itoa(cpu): 1, "nonsense": all.Count()} {
		n := startNode(t, false, "--server-cpulist", list)
		for _, l := range n.s.loops {
			n.s.onLoop(nil, l, func() {
				var set unix.CPUSet
				require.NoError(t, unix.SchedGetaffinity(0, &set))
				require.Equal(t, want, set.Count(), list)
			})
		}
		require.Equal(t, "+PONG", n.dial().do("PING"))
	}
	var now unix.CPUSet
	require.NoError(t, unix.SchedGetaffinity(0, &now))
	require.Equal(t, all, now)
}
