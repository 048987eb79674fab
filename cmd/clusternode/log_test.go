package main_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

const logDate = `\d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2}\.\d{3}`

// TestLogLines: shape and words that supervisors and test tools wait for.
func TestLogLines(t *testing.T) {
	p, port := serve(t)
	pid := strconv.Itoa(p.cmd.Process.Pid)
	for _, want := range []string{
		`(?m)^` + pid + `:C ` + logDate + ` \* oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo$`,
		`(?m)^` + pid + `:C ` + logDate + ` \* Redis version=7\.2\.4, bits=\d+, .*pid=` + pid + `, just started$`,
		`(?m)^` + pid + `:C ` + logDate + ` \* Configuration loaded$`,
		`(?m)^` + pid + `:M ` + logDate + ` \* Running mode=standalone, port=` + strconv.Itoa(port) + `\.$`,
		`(?m)^` + pid + `:M ` + logDate + ` \* Server initialized$`,
		`(?m)^` + pid + `:M ` + logDate + ` \* Ready to accept connections tcp$`,
	} {
		require.Regexp(t, want, p.output())
	}
	p.signal(syscall.SIGTERM)
	require.Zero(t, p.wait())
	require.Regexp(t, `(?m)^`+pid+`:signal-handler \(\d+\) Received SIGTERM scheduling shutdown\.\.\.$|^`+pid+`:M `+logDate+` # Received SIGTERM scheduling shutdown\.\.\.$`, p.output())
	require.Regexp(t, `(?m)^`+pid+`:M `+logDate+` # Redis is now ready to exit, bye bye\.\.\.$`, p.output())
}

func TestLogoShowsThePID(t *testing.T) {
	p, _ := serve(t, "--always-show-logo", "yes", "--cluster-enabled", "yes")
	require.Regexp(t, `PID: `+strconv.Itoa(p.cmd.Process.Pid)+`\n`, p.output())
	require.Contains(t, p.output(), "Running in cluster mode")
}

// TestLogLevel: at start, and changed by CONFIG SET.
func TestLogLevel(t *testing.T) {
	port := freePort(t)
	p := launch(t, nil, "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--loglevel", "warning")
	eventually(t, "the node listens", func() bool { return !refused(port) })
	c := dial(t, port)
	require.Equal(t, "+PONG", c.do("PING"))
	require.NotContains(t, p.output(), "Ready to accept")

	require.Equal(t, "+OK", c.do("CONFIG", "SET", "loglevel", "verbose"))
	bad := dial(t, port)
	_, err := bad.nc.Write([]byte("*1\r\n:\r\n"))
	require.NoError(t, err)
	require.Contains(t, bad.read(), "-ERR Protocol error")
	p.prints("Protocol error")
}

func TestLogFile(t *testing.T) {
	dir := t.TempDir()
	port := freePort(t)
	p := launch(t, nil, "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--dir", dir, "--logfile", "node.log")
	eventually(t, "the node listens", func() bool { return !refused(port) })
	require.Equal(t, "+PONG", dial(t, port).do("PING"))
	require.Empty(t, p.output())
	require.Contains(t, readFile(t, filepath.Join(dir, "node.log")), "Ready to accept connections tcp")

	status, out := run(t, "--port", "0", "--logfile", "/no/such/dir/node.log")
	require.Equal(t, 1, status)
	require.Contains(t, out, "Can't open the log file: No such file or directory")
}

// TestLogAsJSON: one object per line, with the same words.
func TestLogAsJSON(t *testing.T) {
	port := freePort(t)
	p := launch(t, nil, "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--log-format", "json")
	p.prints("Ready to accept connections tcp")
	found := false
	for line := range strings.Lines(p.output()) {
		var record map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &record), line)
		require.EqualValues(t, p.cmd.Process.Pid, record["pid"])
		for _, field := range []string{"time", "level", "msg", "role"} {
			require.Contains(t, record, field)
		}
		found = found || record["msg"] == "Ready to accept connections tcp"
	}
	require.True(t, found)
}

// TestSyslogUnreachable is a warning, not the end.
func TestSyslogUnreachable(t *testing.T) {
	p, port := serve(t, "--syslog-enabled", "yes", "--syslog-ident", "tester", "--syslog-facility", "local3")
	require.Equal(t, fmt.Sprintf("*[$%q $%q]", "syslog-ident", "tester"), dial(t, port).do("CONFIG", "GET", "syslog-ident"))
	require.Contains(t, p.output(), "Server initialized")
}

// TestWarnsWithoutConfigFile starts the program without any argument. The
// default port may be taken on this machine: the line comes before that.
func TestWarnsWithoutConfigFile(t *testing.T) {
	launch(t, nil).prints("Warning: no config file specified, using the default config. In order to specify a config file use " + filepath.Base(program(t).Path) + " /path/to/redis.conf")
}
