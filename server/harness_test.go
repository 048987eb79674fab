package server

import (
	"bufio"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/redcon"

	"clusternode/config"
	"clusternode/internal/redislog"
	"clusternode/resp"
)

// onBothPaths runs a test with event loops and with goroutines.
func onBothPaths(t *testing.T, f func(t *testing.T, start func(directives ...string) *testNode)) {
	for _, goroutines := range []bool{false, true} {
		if !goroutines && !haveLoops {
			continue
		}
		t.Run(map[bool]string{false: "loops", true: "goroutines"}[goroutines], func(t *testing.T) {
			f(t, func(directives ...string) *testNode { return startNode(t, goroutines, directives...) })
		})
	}
}

// testNode is a server on a unix socket.
type testNode struct {
	t    testing.TB
	s    *Server
	path string
}

func startNode(t testing.TB, goroutines bool, directives ...string) *testNode {
	path := filepath.Join(t.TempDir(), "s")
	cfg := config.New()
	_, err := cfg.Load(append([]string{"--port", "0", "--unixsocket", path, "--enable-debug-command", "yes", "--io-threads", "2", "--dir", t.TempDir()}, directives...), strings.NewReader(""))
	require.NoError(t, err)
	s, err := New(Options{Config: cfg, Log: redislog.New(redislog.Options{Level: redislog.Warning, Out: testWriter{t}}), Goroutines: goroutines})
	require.NoError(t, err)
	s.Start()
	t.Cleanup(s.Close)
	return &testNode{t: t, s: s, path: path}
}

// testWriter brings log lines into the test's output.
type testWriter struct{ t testing.TB }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Log(strings.TrimRight(string(b), "\n"))
	return len(b), nil
}

// testClient is one connection.
type testClient struct {
	t  testing.TB
	nc net.Conn
	in *bufio.Reader
}

func (n *testNode) dial() *testClient {
	nc, err := net.Dial("unix", n.path)
	require.NoError(n.t, err)
	n.t.Cleanup(func() { nc.Close() })
	require.NoError(n.t, nc.SetDeadline(time.Now().Add(time.Minute)))
	return &testClient{t: n.t, nc: nc, in: bufio.NewReader(nc)}
}

func encode(args ...string) string {
	out := redcon.AppendArray(nil, len(args))
	for _, a := range args {
		out = redcon.AppendBulkString(out, a)
	}
	return string(out)
}

func (c *testClient) raw(text string) {
	_, err := io.WriteString(c.nc, text)
	require.NoError(c.t, err)
}

func (c *testClient) send(args ...string) { c.raw(encode(args...)) }

func (c *testClient) read() string {
	c.t.Helper()
	v, err := resp.ReadValue(c.in, resp.DefaultReplyLimits)
	require.NoError(c.t, err)
	return v.String()
}

// do sends a command and returns the printed reply.
func (c *testClient) do(args ...string) string {
	c.t.Helper()
	c.send(args...)
	return c.read()
}

// closed reports whether the server closes the connection.
func (c *testClient) closed() bool {
	_, err := io.Copy(io.Discard, c.in)
	return err == nil || !strings.Contains(err.Error(), "timeout")
}
