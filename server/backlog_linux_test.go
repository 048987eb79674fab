package server

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// TestBacklog: the length of the queue of a listening socket is what TCP_INFO
// calls sacked; also after the listener has moved.
func TestBacklog(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(directives ...string) *testNode) {
		free, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		_, port, err := net.SplitHostPort(free.Addr().String())
		require.NoError(t, err)
		require.NoError(t, free.Close())
		n := start("--tcp-backlog", "7", "--bind", "127.0.0.1")
		require.Equal(t, "+OK", n.dial().do("CONFIG", "SET", "port", port))
		n.s.listenMu.Lock()
		defer n.s.listenMu.Unlock()
		for _, ln := range n.s.listeners {
			if ln.network != "tcp" {
				continue
			}
			fd, err := ln.rawFD()
			require.NoError(t, err)
			info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
			require.NoError(t, err)
			require.EqualValues(t, 7, info.Sacked)
			return
		}
		require.Fail(t, "no TCP listener")
	})
}
