package server

import (
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// TestLimitsAtRunTime: what CONFIG SET says holds for the next command of
// connections that are there.
func TestLimitsAtRunTime(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		a := n.dial()
		long := n.dial()
		require.Equal(t, "+OK", a.do("CONFIG", "SET", "proto-max-bulk-len", "1mb"))
		long.raw("*2\r\n$4\r\nECHO\r\n$" + strconv.Itoa(1<<20+1) + "\r\n")
		require.Equal(t, "-ERR Protocol error: invalid bulk length", long.read())
		require.True(t, long.closed())
		require.Equal(t, "-ERR string exceeds maximum allowed size (proto-max-bulk-len)", a.do("SETRANGE", "k", strconv.Itoa(1<<20), "x"))
		require.Equal(t, "+OK", a.do("CONFIG", "SET", "proto-max-bulk-len", "4mb"))
		require.Equal(t, ":1048577", a.do("SETRANGE", "k", strconv.Itoa(1<<20), "x"))

		require.Equal(t, "+OK", a.do("CONFIG", "SET", "client-query-buffer-limit", "1mb"))
		greedy := n.dial()
		greedy.raw("*2\r\n$4\r\nECHO\r\n$3000000\r\n" + strings.Repeat("x", 100_000))
		require.Equal(t, "+PONG", a.do("PING"))
		go func() { _, _ = greedy.nc.Write(make([]byte, 2_000_000)) }() // it fails when the server closes
		require.True(t, greedy.closed())
		require.Contains(t, a.do("INFO", "stats"), "client_query_buffer_limit_disconnections:1")
		require.Equal(t, "+OK", a.do("CONFIG", "SET", "client-query-buffer-limit", "8mb"))
		patient := n.dial()
		require.Equal(t, `$"`+strings.Repeat("x", 3_000_000)+`"`, patient.do("ECHO", strings.Repeat("x", 3_000_000)))
	})
}

// TestKeepAliveAtRunTime: connections that come later have what CONFIG SET says.
func TestKeepAliveAtRunTime(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		free, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		addr := free.Addr().String()
		require.NoError(t, free.Close())
		_, port, _ := strings.Cut(addr, ":")
		n := start("--bind", "127.0.0.1", "--port", port, "--tcp-keepalive", "0")
		admin := n.dial()
		for _, seconds := range []int{0, 60, 0, 9} {
			require.Equal(t, "+OK", admin.do("CONFIG", "SET", "tcp-keepalive", strconv.Itoa(seconds)))
			nc, err := net.Dial("tcp", addr)
			require.NoError(t, err)
			defer nc.Close()
			var on, idle int
			eventually(t, func() (ok bool) { on, idle, ok = n.keepAlive(t, nc.LocalAddr().String()); return ok })
			require.Equal(t, seconds > 0, on == 1, seconds)
			if seconds > 0 {
				require.Equal(t, seconds, idle)
			}
		}
	})
}

// keepAlive reads the options of the server's end of a connection, once it is
// there.
func (n *testNode) keepAlive(t *testing.T, peer string) (on, idle int, ok bool) {
	read := func(fd int) {
		var err error
		on, err = unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE)
		require.NoError(t, err)
		idle, err = unix.GetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPIDLE)
		require.NoError(t, err)
		ok = true
	}
	for _, l := range n.s.loops {
		n.s.onLoop(nil, l, func() {
			l.each(func(c *conn) {
				if c.addr == peer {
					read(c.tr.fd())
				}
			})
		})
	}
	for _, k := range n.s.streams.list() {
		if tcp, isTCP := k.nc.(*net.TCPConn); isTCP && k.addr == peer {
			raw, err := tcp.SyscallConn()
			require.NoError(t, err)
			require.NoError(t, raw.Control(func(fd uintptr) { read(int(fd)) }))
		}
	}
	return on, idle, ok
}
