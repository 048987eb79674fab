package main_test

import (
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// keepaliveTimer reports whether the server's end of the connection has the
// keepalive timer running (02 in the timer column of /proc/net/tcp).
func keepaliveTimer(t *testing.T, nc net.Conn) bool {
	text := func(a net.Addr) string {
		tcp := a.(*net.TCPAddr)
		ip := tcp.IP.To4()
		return strings.ToUpper(hex.EncodeToString([]byte{ip[3], ip[2], ip[1], ip[0]})) + fmt.Sprintf(":%04X", tcp.Port)
	}
	b, err := os.ReadFile("/proc/net/tcp")
	require.NoError(t, err)
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) > 5 && f[1] == text(nc.RemoteAddr()) && f[2] == text(nc.LocalAddr()) {
			return strings.HasPrefix(f[5], "02:")
		}
	}
	require.Fail(t, "the connection is not in /proc/net/tcp")
	return false
}

func TestTCPKeepalive(t *testing.T) {
	_, port := serve(t)
	c := dial(t, port)
	require.Equal(t, "+PONG", c.do("PING"))
	eventually(t, "keepalive timer", func() bool { return keepaliveTimer(t, c.nc) })
	require.Equal(t, "+OK", c.do("CONFIG", "SET", "tcp-keepalive", "0"))
	off := dial(t, port)
	require.Equal(t, "+PONG", off.do("PING"))
	eventually(t, "no timer", func() bool { return !keepaliveTimer(t, off.nc) })
}

// openFiles counts the descriptors of the process.
func (p *process) openFiles() int {
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.cmd.Process.Pid))
	require.NoError(p.t, err)
	return len(entries)
}

func (p *process) limitFiles(n int) {
	lim := unix.Rlimit{Cur: uint64(n), Max: 4096}
	require.NoError(p.t, unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_NOFILE, &lim, nil))
}

// TestOutOfDescriptors: connections wait in the backlog until there are
// descriptors again; the others are served, and the log says it once.
func TestOutOfDescriptors(t *testing.T) {
	p, port := serve(t)
	first := dial(t, port)
	require.Equal(t, "+PONG", first.do("PING"))
	p.limitFiles(p.openFiles() + 2)
	var waiting []*client
	for range 6 {
		c := dial(t, port)
		_, err := c.nc.Write([]byte("PING\r\n"))
		require.NoError(t, err)
		waiting = append(waiting, c)
	}
	p.prints("Accepting client connection: Too many open files")
	for range 1000 {
		require.Equal(t, "+PONG", first.do("PING"))
	}
	require.Equal(t, 1, strings.Count(p.output(), "Accepting client connection"))
	p.limitFiles(4096)
	for _, c := range waiting {
		require.Equal(t, "+PONG", c.read())
	}
}

// TestMaxClientsFitsTheSystem: the limit of open files lowers maxclients.
func TestMaxClientsFitsTheSystem(t *testing.T) {
	port := freePort(t)
	p := launch(t, func(cmd *exec.Cmd) {
		cmd.Args = []string{"sh", "-c", `ulimit -n 100; exec "$0" "$@"`, cmd.Path, "--port", strconv.Itoa(port), "--bind", "127.0.0.1"}
		cmd.Path = "/bin/sh"
	})
	p.prints("Ready to accept connections tcp")
	require.Contains(t, p.output(), "# You requested maxclients of 10000 requiring at least 10032 max file descriptors.")
	require.Contains(t, p.output(), "# Current maximum open files is 100. maxclients has been reduced to 68 to compensate for low ulimit.")
	c := dial(t, port)
	require.Equal(t, `*[$"maxclients" $"68"]`, c.do("CONFIG", "GET", "maxclients"))
	require.Equal(t, "-ERR CONFIG SET failed (possibly related to argument 'maxclients') - "+
		"The operating system is not able to handle the specified number of clients, try with 68", c.do("CONFIG", "SET", "maxclients", "69"))
	require.Equal(t, "+OK", c.do("CONFIG", "SET", "maxclients", "67"))

	p = launch(t, func(cmd *exec.Cmd) {
		cmd.Args = []string{"sh", "-c", `ulimit -n 32; exec "$0" "$@"`, cmd.Path, "--port", strconv.Itoa(freePort(t))}
		cmd.Path = "/bin/sh"
	})
	require.Equal(t, 1, p.wait())
	require.Contains(t, p.output(), "# Your current 'ulimit -n' of 32 is not enough for the server to start.")
}
