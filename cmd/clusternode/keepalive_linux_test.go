package main_test

import (
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
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
