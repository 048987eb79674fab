package main_test

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "redis.sock")
	require.NoError(t, os.WriteFile(path, nil, 0o600)) // left over by somebody: replaced
	p := launch(t, nil, "--port", "0", "--unixsocket", path, "--unixsocketperm", "700")
	p.prints("The server is now ready to accept connections at " + path)
	st, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.ModeSocket|0o700, st.Mode())
	c := dialAt(t, "unix", path)
	require.Equal(t, "+PONG", c.do("PING"))
	require.Contains(t, c.do("CLIENT", "INFO"), "addr="+path+":0 laddr="+path+":0")
	require.Contains(t, c.do("CLIENT", "INFO"), "flags=U")
	require.Contains(t, c.do("INFO", "server"), "tcp_port:0")
}

// TestMovePort: CONFIG SET port moves the listener; connections stay.
func TestMovePort(t *testing.T) {
	_, port := serve(t)
	_, taken := serve(t)
	c := dial(t, port)
	next := freePort(t)
	require.Equal(t, "+OK", c.do("CONFIG", "SET", "port", strconv.Itoa(next)))
	require.Equal(t, "+PONG", dial(t, next).do("PING"))
	require.True(t, refused(port))
	require.Equal(t, "+PONG", c.do("PING"))
	require.Contains(t, c.do("INFO", "server"), "tcp_port:"+strconv.Itoa(next))

	// A port in use: refused, and the old one is open again.
	require.Equal(t, "-ERR CONFIG SET failed (possibly related to argument 'port') - Unable to listen on this port. Check server logs.",
		c.do("CONFIG", "SET", "port", strconv.Itoa(taken)))
	require.Equal(t, "+PONG", dial(t, next).do("PING"))
	require.Equal(t, `*[$"port" $"`+strconv.Itoa(next)+`"]`, c.do("CONFIG", "GET", "port"))

	// 0 closes it.
	require.Equal(t, "+OK", c.do("CONFIG", "SET", "port", "0"))
	require.True(t, refused(next))
	require.Equal(t, "+OK", c.do("CONFIG", "SET", "port", strconv.Itoa(port)))
	require.Equal(t, "+PONG", dial(t, port).do("PING"))
}

// TestMoveBind: CONFIG SET bind listens elsewhere.
func TestMoveBind(t *testing.T) {
	_, port := serve(t)
	other := net.JoinHostPort("127.0.0.2", strconv.Itoa(port))
	if _, err := net.Dial("tcp", other); err == nil {
		require.Fail(t, "the node listens where it was not told to")
	}
	c := dial(t, port)
	require.Equal(t, "+OK", c.do("CONFIG", "SET", "bind", "127.0.0.1 127.0.0.2"))
	require.Equal(t, "+PONG", dialAt(t, "tcp", other).do("PING"))
	require.Equal(t, "+OK", c.do("CONFIG", "SET", "bind", "127.0.0.2"))
	require.True(t, refused(port))
	require.Contains(t, c.do("CONFIG", "SET", "bind", "203.0.113.1"), "-ERR CONFIG SET failed (possibly related to argument 'bind')")
	require.Equal(t, "+PONG", dialAt(t, "tcp", other).do("PING"))
	// '-' marks an address that may be missing.
	require.Equal(t, "+OK", c.do("CONFIG", "SET", "bind", "127.0.0.1 -203.0.113.1"))
	require.Equal(t, "+PONG", dial(t, port).do("PING"))
}

// foreignAddress is an address of this machine that is not its loopback.
func foreignAddress(t *testing.T) string {
	addrs, err := net.InterfaceAddrs()
	require.NoError(t, err)
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && n.IP.To4() != nil {
			return n.IP.String()
		}
	}
	return ""
}

// TestProtectedMode: strangers are turned away until there is a password, or
// the mode is off. A machine without network has no strangers to test with.
func TestProtectedMode(t *testing.T) {
	ip := foreignAddress(t)
	if ip == "" {
		t.Skip("this machine has no address but its loopback")
	}
	port := freePort(t)
	p := launch(t, nil, "--port", strconv.Itoa(port))
	p.prints("Ready to accept connections tcp")
	foreign := net.JoinHostPort(ip, strconv.Itoa(port))
	c := dialAt(t, "tcp", foreign)
	require.Contains(t, c.read(), "-DENIED Redis is running in protected mode")
	c.closed()
	home := dial(t, port)
	require.Equal(t, "+PONG", home.do("PING"))
	require.Contains(t, home.do("INFO", "stats"), "rejected_connections:1")

	require.Equal(t, "+OK", home.do("CONFIG", "SET", "requirepass", "secret"))
	require.Equal(t, "-NOAUTH Authentication required.", dialAt(t, "tcp", foreign).do("PING"))
	require.Equal(t, "+OK", home.do("CONFIG", "SET", "requirepass", "", "protected-mode", "no"))
	require.Equal(t, "+PONG", dialAt(t, "tcp", foreign).do("PING"))
}
