package main_test

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/internal/testserver"
	"clusternode/resp"
)

// The tests of this package start the real program and look at it from
// outside: exit status, output, files, signals, sockets.

// patience bounds every wait; only a hanging test takes as long.
const patience = 30 * time.Second

// process is one run of the program.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	out    string // file of standard output and standard error
	exited chan struct{}
}

// program is the binary under test.
func program(t *testing.T) testserver.Binary {
	bin, err := testserver.Ours()
	require.NoError(t, err)
	return bin
}

// launch starts the program in a folder of its own; change may edit the
// command before it starts.
func launch(t *testing.T, change func(*exec.Cmd), args ...string) *process {
	dir := t.TempDir()
	out, err := os.Create(filepath.Join(dir, "output"))
	require.NoError(t, err)
	defer out.Close()
	p := &process{t: t, cmd: exec.Command(program(t).Path, args...), out: out.Name(), exited: make(chan struct{})}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, out, out
	if change != nil {
		change(p.cmd)
	}
	require.NoError(t, p.cmd.Start())
	go func() {
		_ = p.cmd.Wait() // the status is in ProcessState
		close(p.exited)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // it may have ended
		<-p.exited
		if t.Failed() {
			t.Logf("output of %q:\n%s", args, p.output())
		}
	})
	return p
}

// run is launch and wait.
func run(t *testing.T, args ...string) (status int, output string) {
	p := launch(t, nil, args...)
	return p.wait(), p.output()
}

func (p *process) output() string {
	b, err := os.ReadFile(p.out)
	require.NoError(p.t, err)
	return string(b)
}

// wait returns the exit status.
func (p *process) wait() int {
	p.t.Helper()
	select {
	case <-p.exited:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		require.Fail(p.t, "the program does not end", p.output())
		return -1
	}
}

func (p *process) signal(sig syscall.Signal) { require.NoError(p.t, p.cmd.Process.Signal(sig)) }

// eventually waits for a condition.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !f(); time.Sleep(5 * time.Millisecond) {
		require.True(t, time.Now().Before(end), "waited in vain: %s", what)
	}
}

// prints waits until the output contains text.
func (p *process) prints(text string) {
	p.t.Helper()
	eventually(p.t, text, func() bool {
		select {
		case <-p.exited:
			require.Contains(p.t, p.output(), text)
		default:
		}
		return strings.Contains(p.output(), text)
	})
}

// serve launches a node on a free port and returns when it is ready.
func serve(t *testing.T, args ...string) (*process, int) {
	port := freePort(t)
	p := launch(t, nil, append([]string{"--port", strconv.Itoa(port), "--bind", "127.0.0.1"}, args...)...)
	p.prints("Ready to accept connections tcp")
	return p, port
}

func freePort(t *testing.T) int {
	port, err := testserver.FreePort()
	require.NoError(t, err)
	return port
}

func freePorts(t *testing.T, n int) int {
	port, err := testserver.FreePorts(n)
	require.NoError(t, err)
	return port
}

// client is a connection to a port of this machine, or to a unix socket.
type client struct {
	t  *testing.T
	nc net.Conn
	in *bufio.Reader
}

func dial(t *testing.T, port int) *client {
	return dialAt(t, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
}

func dialAt(t *testing.T, network, addr string) *client {
	t.Helper()
	nc, err := net.DialTimeout(network, addr, patience)
	require.NoError(t, err)
	t.Cleanup(func() { nc.Close() })
	require.NoError(t, nc.SetDeadline(time.Now().Add(patience)))
	return &client{t: t, nc: nc, in: bufio.NewReader(nc)}
}

// read prints the next reply: +OK, -ERR text, :1, $"bulk", *[...].
func (c *client) read() string {
	c.t.Helper()
	v, err := resp.ReadValue(c.in, resp.DefaultReplyLimits)
	require.NoError(c.t, err)
	return v.String()
}

func (c *client) do(args ...string) string {
	c.t.Helper()
	_, err := c.nc.Write(testserver.AppendCommand(nil, args...))
	require.NoError(c.t, err)
	return c.read()
}

// closed waits for the end of the connection.
func (c *client) closed() {
	c.t.Helper()
	_, err := c.in.ReadByte()
	require.Error(c.t, err)
	require.NotErrorIs(c.t, err, os.ErrDeadlineExceeded)
}

// refused reports that nobody listens on the port.
func refused(port int) bool {
	nc, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), patience)
	if err != nil {
		return true
	}
	nc.Close()
	return false
}

// writeFile makes a file in a folder of the test.
func writeFile(t *testing.T, name, text string) string {
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func readFile(t *testing.T, path string) string {
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(b)
}
