package main_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// title is what ps shows of the process.
func (p *process) title() string {
	return strings.TrimRight(readFile(p.t, fmt.Sprintf("/proc/%d/cmdline", p.cmd.Process.Pid)), "\x00")
}

// TestProcessTitle: longer and shorter than the arguments, and cut where the
// environment ends.
func TestProcessTitle(t *testing.T) {
	port := freePort(t)
	file := writeFile(t, "redis.conf", "bind 127.0.0.1\nport "+strconv.Itoa(port)+"\n")
	p := launch(t, nil, file)
	p.prints("Ready to accept connections tcp")
	program := p.cmd.Args[0]
	require.Equal(t, fmt.Sprintf("%s 127.0.0.1:%d", program, port), p.title())
	c := dial(t, port)
	for template, want := range map[string]string{
		"x {port}": "x " + strconv.Itoa(port),
		"{title} {config-file} {config-file} {tls-port} {server-mode}": program + " " + file + " " + file + " 0",
		"  {unixsocket}-{listen-addr}{title}":                          fmt.Sprintf("-127.0.0.1:%d%s", port, program),
	} {
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "proc-title-template", template))
		require.Equal(t, want, p.title())
	}
	require.Equal(t, "+OK", c.do("CONFIG", "SET", "proc-title-template", strings.Repeat("x", 1<<20)))
	require.Regexp(t, "^x{100,}$", p.title())
	require.Contains(t, c.do("INFO", "server"), "config_file:"+file, "arguments are kept")
}

func TestProcessTitleOfCluster(t *testing.T) {
	p, port := serve(t, "--cluster-enabled", "yes")
	require.Equal(t, fmt.Sprintf("%s 127.0.0.1:%d [cluster]", p.cmd.Args[0], port), p.title())
	p, port = serve(t, "--set-proc-title", "no")
	require.Contains(t, p.title(), "\x00--port\x00"+strconv.Itoa(port))
	require.Equal(t, "+OK", dial(t, port).do("CONFIG", "SET", "proc-title-template", "x"))
	require.Contains(t, p.title(), "\x00--port\x00"+strconv.Itoa(port))
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.cmd.Process.Pid))
	require.NoError(t, err)
	require.Contains(t, string(b), "PATH=")
}
