package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestChangeDir: CONFIG SET dir moves the process; what it left behind is found
// and removed at the end all the same.
func TestChangeDir(t *testing.T) {
	port := freePort(t)
	p := launch(t, nil, "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--unixsocket", "sock", "--pidfile", "pid",
		"--enable-protected-configs", "yes")
	p.prints("Ready to accept connections tcp")
	first := p.cmd.Dir
	eventually(t, "a PID file", func() bool { _, err := os.Stat(filepath.Join(first, "pid")); return err == nil })
	next := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(next, "a b"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(next, "file"), nil, 0o600))
	c := dial(t, port)
	for dir, want := range map[string]string{
		"/no/such/dir":              "No such file or directory",
		filepath.Join(next, "file"): "Not a directory",
		"":                          "No such file or directory",
	} {
		require.Equal(t, "-ERR CONFIG SET failed (possibly related to argument 'dir') - "+want, c.do("CONFIG", "SET", "dir", dir))
	}
	require.Equal(t, "+OK", c.do("CONFIG", "SET", "dir", next))
	require.Equal(t, "+OK", c.do("CONFIG", "SET", "dir", "a b"))
	want := filepath.Join(next, "a b")
	require.Equal(t, fmt.Sprintf("*[$\"dir\" $%q]", want), c.do("CONFIG", "GET", "dir"))
	if cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", p.cmd.Process.Pid)); err == nil {
		require.Equal(t, want, cwd)
	}
	p.signal(syscall.SIGTERM)
	require.Zero(t, p.wait())
	require.NoFileExists(t, filepath.Join(first, "sock"))
	require.NoFileExists(t, filepath.Join(first, "pid"))
}

// TestPasswordAtRunTime: who is in stays in.
func TestPasswordAtRunTime(t *testing.T) {
	_, port := serve(t)
	before, admin := dial(t, port), dial(t, port)
	require.Equal(t, "+OK", admin.do("CONFIG", "SET", "requirepass", "secret"))
	require.Equal(t, "+PONG", before.do("PING"))
	after := dial(t, port)
	require.Equal(t, "-NOAUTH Authentication required.", after.do("PING"))
	require.Equal(t, "+OK", admin.do("CONFIG", "SET", "requirepass", "other"))
	require.Equal(t, "-WRONGPASS invalid username-password pair or user is disabled.", after.do("AUTH", "secret"))
	require.Equal(t, "+OK", admin.do("CONFIG", "SET", "requirepass", ""))
	require.Equal(t, "+PONG", after.do("PING"))
	require.Contains(t, after.do("AUTH", "other"), "without any password configured")
}

func TestRenameToItself(t *testing.T) {
	port := freePort(t)
	file := writeFile(t, "redis.conf", "bind 127.0.0.1\nport "+strconv.Itoa(port)+"\nrename-command GET get\nrename-command set \"\"\nrename-command get SET\nrename-command config \"my config\"\n")
	launch(t, nil, file).prints("Ready to accept connections tcp")
	c := dial(t, port)
	require.Equal(t, "(null $)", c.do("SET", "a"))
	require.Equal(t, `*[(null $)]`, c.do("COMMAND", "INFO", "get"))
	require.Regexp(t, `^\*\[\*\[\$"get" :2 `, c.do("COMMAND", "INFO", "set"))
	require.Equal(t, `*[$"get" $"getbit" $"getdel" $"getex" $"getrange" $"getset"]`, c.do("COMMAND", "LIST", "FILTERBY", "PATTERN", "get*"))
	require.NotContains(t, c.do("COMMAND", "LIST"), `$"set"`, "who is gone is not listed")

	require.Equal(t, "-ERR unknown subcommand 'x'. Try MY CONFIG HELP.", c.do("my Config", "x"))

	for line, want := range map[string]string{
		"rename-command NOPE x":       "No such command in rename-command",
		"rename-command config|get x": "No such command in rename-command",
		"rename-command get SET":      "Target command name already exists",
		"rename-command get":          "Bad directive or wrong number of arguments",
	} {
		status, out := run(t, writeFile(t, "redis.conf", "port 0\n"+line+"\nunixsocket s\n"))
		require.Equal(t, 1, status)
		require.Contains(t, out, "\n*** FATAL CONFIG FILE ERROR (Redis 7.2.4) ***\nReading the configuration file, at line 2\n>>> '"+line+"'\n"+want+"\n")
	}
}
