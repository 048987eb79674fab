package testserver

import (
	"bufio"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/resp"
)

func TestAppendValue(t *testing.T) {
	for _, wire := range []string{
		"+OK\r\n", ":-5\r\n", "$3\r\na\r\n\r\n", "$-1\r\n", "*-1\r\n", "_\r\n", "*2\r\n:1\r\n*0\r\n", "%1\r\n+a\r\n:1\r\n",
		"~1\r\n#t\r\n", ",1.5\r\n", "=7\r\ntxt:abc\r\n", "!5\r\nERR x\r\n", ">2\r\n$1\r\na\r\n(12345678901234\r\n",
	} {
		v, err := resp.ReadValue(bufio.NewReader(strings.NewReader(wire)), resp.DefaultReplyLimits)
		require.NoError(t, err)
		require.Equal(t, wire, string(AppendValue(nil, v)))
	}
}

func TestAppendCommand(t *testing.T) {
	require.Equal(t, "*2\r\n$3\r\nGET\r\n$0\r\n\r\n", string(AppendCommand(nil, "GET", "")))
}

func TestFreePort(t *testing.T) {
	seen := map[int]bool{}
	for range 50 {
		port, err := FreePort()
		require.NoError(t, err)
		require.False(t, seen[port])
		seen[port] = true
		require.True(t, port >= minPort && port < maxPort)
	}
}

func TestOracleFromEnvironment(t *testing.T) {
	t.Setenv("REDIS8_SERVER", "/somewhere/redis-server")
	bin, err := Oracle("redis8")
	require.NoError(t, err)
	require.Equal(t, Binary{Name: "redis8", Path: "/somewhere/redis-server"}, bin)

	t.Setenv("REDIS8_SERVER", "")
	t.Setenv("ORACLES", t.TempDir())
	_, err = Oracle("redis8")
	require.ErrorContains(t, err, "REDIS8_SERVER")
	_, err = Oracle("memcached")
	require.ErrorContains(t, err, "unknown oracle")
}

// TestLaunchReportsEarlyEnd uses a program that is no server: what it printed must be in the error.
func TestLaunchReportsEarlyEnd(t *testing.T) {
	script := filepath.Join(t.TempDir(), "no-server")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\necho asked for \"$@\"; exit 3\n"), 0o755))
	_, err := Launch(Binary{Name: "no-server", Path: script}, Options{Args: []string{"--hz", "10"}})
	require.ErrorIs(t, err, errEnded)
	require.ErrorContains(t, err, "exit status 3")
	require.ErrorContains(t, err, "asked for --port ")
	require.ErrorContains(t, err, " --save  --hz 10")
}

func TestTail(t *testing.T) {
	require.Equal(t, "b\nc", tail("a\nb\nc\n", 2))
	require.Equal(t, "a", tail("a", 2))
}

func TestConnRoundTrip(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	got := make(chan string, 1)
	go func() {
		nc, err := l.Accept()
		if err != nil {
			got <- err.Error()
			return
		}
		defer nc.Close()
		buf := make([]byte, 100)
		n, _ := nc.Read(buf)
		got <- string(buf[:n])
		nc.Write([]byte("+PONG\r\n"))
	}()
	c, err := Dial(l.Addr().String())
	require.NoError(t, err)
	defer c.Close()
	v, err := c.Do("PING")
	require.NoError(t, err)
	require.Equal(t, Value{Type: '+', Str: "PONG"}, v)
	require.Equal(t, "*1\r\n$4\r\nPING\r\n", <-got)
}
