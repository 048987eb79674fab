package redislog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fixed makes a logger whose clock and process id are known.
func fixed(o Options) *Logger {
	l := New(o)
	l.pid = 7121
	l.now = func() time.Time { return time.Date(2026, 11, 4, 7, 8, 9, 12_345_678, time.UTC) }
	return l
}

func TestLines(t *testing.T) {
	var b bytes.Buffer
	l := fixed(Options{Out: &b, Role: Primary})
	l.Debug("a")
	l.Verbose("b %d", 1)
	l.Notice("100%%")
	l.Warning("d\n")
	l.SetRole(Replica)
	l.Log(Notice, "e %s", "x")
	l.Raw("  logo\n")
	require.Equal(t, `7121:M 04 Nov 2026 07:08:09.012 . a
7121:M 04 Nov 2026 07:08:09.012 - b 1
7121:M 04 Nov 2026 07:08:09.012 * 100%
7121:M 04 Nov 2026 07:08:09.012 # d
7121:S 04 Nov 2026 07:08:09.012 * e x
  logo
`, b.String())
}

func TestLevels(t *testing.T) {
	for _, c := range []struct {
		level string
		want  string
	}{{"debug", ".-*#"}, {"verbose", "-*#"}, {"notice", "*#"}, {"warning", "#"}, {"nothing", ""}} {
		var b bytes.Buffer
		level, ok := ParseLevel(c.level)
		require.True(t, ok)
		require.Equal(t, c.level, level.String())
		l := New(Options{Out: &b})
		l.SetLevel(level)
		l.Debug("x")
		l.Verbose("x")
		l.Notice("x")
		l.Warning("x")
		marks := regexp.MustCompile(`(?m)^\d+:C \d\d \w{3} \d{4} \d\d:\d\d:\d\d\.\d{3} (.) x$`).FindAllStringSubmatch(b.String(), -1)
		got := ""
		for _, m := range marks {
			got += m[1]
		}
		require.Equal(t, c.want, got)
		require.Equal(t, len(c.want), strings.Count(b.String(), "\n"))
	}
	_, ok := ParseLevel("loud")
	require.False(t, ok)
}

func TestRawIsSilentToo(t *testing.T) {
	var b bytes.Buffer
	l := New(Options{Out: &b, Level: Warning})
	l.Raw("logo")
	require.Empty(t, b.String())
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	l := fixed(Options{Out: &b, JSON: true, Role: Primary, Prefix: "7000"})
	l.Verbose("a \"b\"\n%d", 1)
	l.Warning("w")
	l.Raw("logo")
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	require.Len(t, lines, 3)
	var got map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &got))
	require.Equal(t, map[string]any{"time": "2026-11-04T07:08:09.012345678Z", "level": "verbose", "msg": "a \"b\"\n1",
		"pid": 7121.0, "role": "M", "node": "7000"}, got)
	require.Contains(t, lines[1], `"level":"warning"`)
	require.Contains(t, lines[2], `"level":"notice","msg":"logo"`)
}

// A file that is renamed away is made anew with the next line.
func TestFileRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.log")
	l := fixed(Options{File: path, Prefix: "n1"})
	l.Notice("one")
	require.NoError(t, os.Rename(path, path+".1"))
	l.Notice("two")
	old, err := os.ReadFile(path + ".1")
	require.NoError(t, err)
	fresh, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "7121:C 04 Nov 2026 07:08:09.012 * [n1] one\n", string(old))
	require.Equal(t, "7121:C 04 Nov 2026 07:08:09.012 * [n1] two\n", string(fresh))
	require.NoError(t, os.RemoveAll(filepath.Dir(path)))
	l.Notice("lost, not fatal")
}

func TestSyslog(t *testing.T) {
	addr := filepath.Join(t.TempDir(), "log")
	conn, err := net.ListenPacket("unixgram", addr)
	require.NoError(t, err)
	defer conn.Close()
	var b bytes.Buffer
	l := New(Options{Out: &b, Syslog: &SyslogOptions{Ident: "redis", Facility: "local3", Network: "unixgram", Addr: addr}})
	defer l.Close()
	l.Debug("a")
	l.Verbose("b")
	l.Notice("c")
	l.Warning("d")
	buf := make([]byte, 1024)
	for i, text := range []string{"a", "b", "c", "d"} {
		n, _, err := conn.ReadFrom(buf)
		require.NoError(t, err)
		priority := 19<<3 | []int{7, 6, 5, 4}[i] // local3; debug, info, notice, warning
		require.Regexp(t, fmt.Sprintf(`^<%d>.* redis\[\d+\]: %s\n$`, priority, text), string(buf[:n]))
	}
	require.Equal(t, 4, strings.Count(b.String(), "\n"), "the usual sink is written too")
}

func TestSyslogOutOfReach(t *testing.T) {
	for _, o := range []SyslogOptions{
		{Facility: "local0", Network: "unixgram", Addr: "/nope"}, {Facility: "mail"}, {Facility: "local8"},
	} {
		var b bytes.Buffer
		l := New(Options{Out: &b, Syslog: &o})
		l.Notice("still here")
		require.Contains(t, b.String(), "# Can't log to syslog: ")
		require.Contains(t, b.String(), "* still here\n")
		l.Close()
	}
}

// Lines of many goroutines do not mix.
func TestConcurrent(t *testing.T) {
	var b bytes.Buffer
	l := New(Options{Out: &b})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				l.Notice("0123456789")
				l.SetRole(Primary)
			}
		})
	}
	wg.Wait()
	for line := range strings.Lines(b.String()) {
		require.Regexp(t, `^\d+:[MC] .* \* 0123456789\n$`, line)
	}
}
