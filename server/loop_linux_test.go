package server

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// quiet reports whether the loop's poll finds nothing for a while: a socket
// that stays ready would make the loop spin.
func (l *loop) quiet() bool {
	var events [8]unix.EpollEvent
	for range 10 {
		if n, err := unix.EpollWait(l.ep, events[:], 0); n > 0 || err != nil {
			return false
		}
		time.Sleep(time.Millisecond)
	}
	return true
}

// TestGoneWhileItsCommandRuns: a client leaves while a pooled worker runs its
// command. Its socket must not keep the loop busy, and is closed at the end.
func TestGoneWhileItsCommandRuns(t *testing.T) {
	for name, leave := range map[string]func(c *testClient){
		"closes":     func(c *testClient) { require.NoError(t, c.nc.Close()) },
		"ends input": func(c *testClient) { c.endInput() },
	} {
		t.Run(name, func(t *testing.T) {
			n := startNode(t, false, "--io-threads", "1")
			c := n.dial()
			require.Equal(t, "+PONG", c.do("PING"))
			n.s.pause.begin(time.Now().UnixMilli(), math.MaxInt64, true)
			c.send("INFO") // offloaded, then held back by the pause
			eventually(t, func() bool { return n.s.pause.blocked.Load() == 1 })
			leave(c)
			eventually(t, n.s.loops[0].quiet)
			require.EqualValues(t, 1, n.s.counters.clients.Load())
			n.s.pause.end()
			eventually(t, func() bool { return n.s.counters.clients.Load() == 0 })
		})
	}
}

// TestGoneWithUnreadReplies: closing with a full output buffer.
func TestGoneWithUnreadReplies(t *testing.T) {
	n := startNode(t, false, "--io-threads", "1")
	c := n.dial()
	require.Equal(t, "+OK", c.do("SET", "k", strings.Repeat("v", 1_000_000)))
	c.raw(strings.Repeat(encode("GET", "k"), 10))
	eventually(t, func() bool { return n.s.outBytes.Load() > 0 })
	require.NoError(t, c.nc.Close())
	eventually(t, func() bool { return n.s.counters.clients.Load() == 0 && n.s.outBytes.Load() == 0 })
	eventually(t, n.s.loops[0].quiet)
}
