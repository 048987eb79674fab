package main_test

import (
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
)

// TestSignalsEndInOrder: status 0, the pid file gone, the port free.
func TestSignalsEndInOrder(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(sig.String(), func(t *testing.T) {
			pidFile := filepath.Join(t.TempDir(), "redis.pid")
			socket := filepath.Join(t.TempDir(), "redis.sock")
			p, port := serve(t, "--pidfile", pidFile, "--unixsocket", socket)
			want := strconv.Itoa(p.cmd.Process.Pid) + "\n"
			eventually(t, "pid file", func() bool { b, err := os.ReadFile(pidFile); return err == nil && string(b) == want })
			idle := dial(t, port)
			require.Equal(t, "+PONG", idle.do("PING"))
			p.signal(sig)
			require.Zero(t, p.wait())
			require.NoFileExists(t, pidFile)
			require.NoFileExists(t, socket)
			require.True(t, refused(port))
			idle.closed()
		})
	}
}

func TestShutdownCommand(t *testing.T) {
	for _, args := range [][]string{{"SHUTDOWN", "NOSAVE"}, {"SHUTDOWN"}, {"shutdown", "nosave", "now", "force"}} {
		pidFile := filepath.Join(t.TempDir(), "redis.pid")
		p, port := serve(t, "--pidfile", pidFile)
		c := dial(t, port)
		require.Equal(t, "-ERR syntax error", c.do("SHUTDOWN", "LATER"))
		require.Equal(t, "-ERR No shutdown in progress.", c.do("SHUTDOWN", "ABORT"))
		_, err := c.nc.Write([]byte(strings.Join(args, " ") + "\r\nPING\r\n"))
		require.NoError(t, err)
		c.closed()
		require.Zero(t, p.wait())
		require.NoFileExists(t, pidFile)
		require.Contains(t, p.output(), "# User requested shutdown...")
		require.Contains(t, p.output(), "bye bye")
	}
}

// TestDaemonize: the foreground process ends with 0 once the node is ready,
// which writes its pid, logs to the file, and ends on SIGTERM.
func TestDaemonize(t *testing.T) {
	dir := t.TempDir()
	port := freePort(t)
	status, out := run(t, "--daemonize", "yes", "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--dir", dir,
		"--pidfile", "redis.pid", "--logfile", "redis.log")
	require.Zero(t, status, out)
	require.Empty(t, out)
	require.Equal(t, "+PONG", dial(t, port).do("PING")) // ready: no waiting
	pid, err := strconv.Atoi(strings.TrimSpace(readFile(t, filepath.Join(dir, "redis.pid"))))
	require.NoError(t, err)
	defer func() { _ = syscall.Kill(pid, syscall.SIGKILL) }() // it has ended, unless the test failed
	sid, err := syscall.Getpgid(pid)
	require.NoError(t, err)
	require.Equal(t, pid, sid, "the daemon leads a group of its own")
	log := filepath.Join(dir, "redis.log")
	require.Contains(t, readFile(t, log), strconv.Itoa(pid)+":M ")
	require.Contains(t, readFile(t, log), "Ready to accept connections tcp")

	require.NoError(t, syscall.Kill(pid, syscall.SIGTERM))
	eventually(t, "the pid file goes", func() bool { _, err := os.Stat(filepath.Join(dir, "redis.pid")); return os.IsNotExist(err) })
	eventually(t, "the last line", func() bool { return strings.Contains(readFile(t, log), "bye bye") })
	require.True(t, refused(port))
}

// TestDaemonizeFails: the foreground process tells why there is no daemon.
func TestDaemonizeFails(t *testing.T) {
	_, port := serve(t)
	status, out := run(t, "--daemonize", "yes", "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--logfile", "redis.log")
	require.Equal(t, 1, status)
	require.Contains(t, strings.ToLower(out), "address already in use")
}

// TestDaemonizeFromStdin: the configuration was read before the fork.
func TestDaemonizeFromStdin(t *testing.T) {
	dir := t.TempDir()
	port := freePort(t)
	text := "daemonize yes\nbind 127.0.0.1\npidfile p\nlogfile l\ntimeout 123\nport " + strconv.Itoa(port) + "\ndir " + dir + "\n"
	p := launch(t, func(cmd *exec.Cmd) { cmd.Stdin = strings.NewReader(text) }, "-")
	require.Zero(t, p.wait(), p.output())
	c := dial(t, port)
	require.Equal(t, `*[$"timeout" $"123"]`, c.do("CONFIG", "GET", "timeout"))
	_, err := c.nc.Write([]byte("SHUTDOWN\r\n"))
	require.NoError(t, err)
	c.closed()
	eventually(t, "the pid file goes", func() bool { _, err := os.Stat(filepath.Join(dir, "p")); return os.IsNotExist(err) })
}

// TestSystemd: readiness and the end are told to the socket that the
// environment names; daemonize is ignored under supervision.
func TestSystemd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	require.NoError(t, err)
	defer socket.Close()
	require.NoError(t, socket.SetReadDeadline(time.Now().Add(patience)))
	received := func() string {
		buf := make([]byte, 4096)
		n, err := socket.Read(buf)
		require.NoError(t, err)
		return string(buf[:n])
	}
	port := freePort(t)
	p := launch(t, func(cmd *exec.Cmd) { cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+path) },
		"--supervised", "systemd", "--daemonize", "yes", "--port", strconv.Itoa(port), "--bind", "127.0.0.1")
	require.Contains(t, received(), "READY=1\n")
	require.Contains(t, dial(t, port).do("INFO", "server"), "process_supervised:systemd")
	require.Contains(t, p.output(), "supervised by systemd")
	p.signal(syscall.SIGTERM)
	require.Contains(t, received(), "STOPPING=1\n")
	require.Zero(t, p.wait())
}

// TestSystemdWithoutSocket serves all the same, and says what is missing.
func TestSystemdWithoutSocket(t *testing.T) {
	port := freePort(t)
	p := launch(t, func(cmd *exec.Cmd) {
		for _, v := range os.Environ() {
			if !strings.HasPrefix(v, "NOTIFY_SOCKET=") {
				cmd.Env = append(cmd.Env, v)
			}
		}
	}, "--supervised", "systemd", "--port", strconv.Itoa(port), "--bind", "127.0.0.1")
	p.prints("Ready to accept connections tcp")
	require.Contains(t, p.output(), "# systemd supervision error: NOTIFY_SOCKET not found")
}

// TestHangUpIsIgnored: a closed terminal does not end the node.
func TestHangUpIsIgnored(t *testing.T) {
	p, port := serve(t)
	p.signal(syscall.SIGHUP)
	p.signal(syscall.SIGPIPE)
	require.Equal(t, "+PONG", dial(t, port).do("PING"))
}
