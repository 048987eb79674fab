package difftest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEventHistory(t *testing.T) {
	h, err := Parse("oracle redis\n0 SET a 1\n1 CLIENT kill ID 1\n0 client pause 1\n0 CLIENT ID\n1 XCLAIM s g c 0 1\n1! \"PING\\r\\n\"\n")
	require.NoError(t, err)
	got := eventHistory(h)
	require.Equal(t, "oracle redis\nproto 2\nevents\n0 SET a 1\n0 CLIENT ID\n1! \"PING\\r\\n\"\n", got.Format())
	require.Len(t, h.Steps, 6)
	again, err := Parse(got.Format())
	require.NoError(t, err)
	require.Equal(t, got, again)
}

// Events come in any order if the command, or one of the transaction, walks over keys.
func TestEventOrder(t *testing.T) {
	var h hearing
	step := func(conn int, args ...string) bool { return h.anyOrder(Step{Conn: conn, Args: args}) }
	require.True(t, step(0, "KEYS", "*"))
	require.False(t, step(1, "SET", "a", "1"))
	require.False(t, step(1, "EXEC"))
	require.True(t, step(0, "exec"))
	require.False(t, step(0, "exec"))
}
