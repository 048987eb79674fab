package main_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// elsewhere is an address of no machine (RFC 5737).
const elsewhere = "203.0.113.7"

// TestBindNowhere: CONFIG SET bind opens what can be opened; where nothing can, and
// nothing has to, the node goes on without. The argument that is to blame is the
// first of those that moved the listeners, as in Redis.
func TestBindNowhere(t *testing.T) {
	_, port := serve(t)
	c := dial(t, port)
	failed := func(argument, reason string) string {
		return "-ERR CONFIG SET failed (possibly related to argument '" + argument + "') - " + reason
	}
	const noBind, noPort = "Failed to bind to specified addresses.", "Unable to listen on this port. Check server logs."
	next := strconv.Itoa(freePort(t))
	require.Equal(t, failed("bind", noBind), c.do("CONFIG", "SET", "bind", elsewhere))
	require.Equal(t, failed("bind", noBind), c.do("CONFIG", "SET", "bind", "127.0.0.1 "+elsewhere))
	require.Equal(t, failed("bind", noBind), c.do("CONFIG", "SET", "bind", elsewhere, "port", next))
	require.Equal(t, failed("port", noPort), c.do("CONFIG", "SET", "port", next, "bind", elsewhere))
	require.Equal(t, `*[$"bind" $"127.0.0.1"]`, c.do("CONFIG", "GET", "bind"))
	require.Equal(t, "+PONG", dial(t, port).do("PING"))

	for _, bind := range []string{"-" + elsewhere, ""} {
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "bind", bind))
		require.True(t, refused(port))
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "bind", "127.0.0.1 -"+elsewhere))
		require.Equal(t, "+PONG", dial(t, port).do("PING"))
	}
	require.Equal(t, "+OK", c.do("CONFIG", "SET", "bind", "127.0.0.1", "port", next))
	require.True(t, refused(port))

	// In a transaction, too.
	last := strconv.Itoa(freePort(t))
	require.Equal(t, "+OK", c.do("MULTI"))
	require.Equal(t, "+QUEUED", c.do("CONFIG", "SET", "port", last))
	require.Equal(t, "+QUEUED", c.do("CONFIG", "SET", "bind", elsewhere))
	require.Equal(t, "*[+OK "+failed("bind", noBind)+"]", c.do("EXEC"))
	moved, err := strconv.Atoi(last)
	require.NoError(t, err)
	require.Equal(t, "+PONG", dial(t, moved).do("PING"))

	status, out := run(t, "--port", next, "--bind", "-"+elsewhere)
	require.Equal(t, 1, status)
	require.Contains(t, out, "# Configured to not listen anywhere, exiting.")
}
