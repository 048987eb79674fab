package main_test

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVersionAndHelp(t *testing.T) {
	for _, flag := range []string{"-v", "--version"} {
		status, out := run(t, flag)
		require.Zero(t, status)
		require.Regexp(t, `^Redis server v=7\.2\.4 sha=\S+ malloc=\S+ bits=\d+ build=\S+ clusternode=\S+\n$`, out)
	}
	for _, flag := range []string{"-h", "--help"} {
		status, out := run(t, flag)
		require.Zero(t, status)
		require.Contains(t, out, "Usage: clusternode [/path/to/redis.conf|-] [--directive value ...]")
		require.Contains(t, out, "clusternode local")
	}
}

// TestBadConfiguration: the message names where the directive stands, its line
// and the directive, and nothing is started.
func TestBadConfiguration(t *testing.T) {
	file := writeFile(t, "redis.conf", "# a comment\nport 0\nno-such-thing 1\n")
	good := writeFile(t, "redis.conf", "port 0\n")
	for name, c := range map[string]struct {
		args  []string
		stdin string
		want  []string
	}{
		"unknown in a file":   {[]string{file}, "", []string{"FATAL CONFIG FILE ERROR", file, "at line 3", "'no-such-thing'", "Bad directive"}},
		"unknown option":      {[]string{"--no-such-thing", "1"}, "", []string{"FATAL CONFIG FILE ERROR", "command line", "'no-such-thing'"}},
		"option after a file": {[]string{good, "--timeout", "soon"}, "", []string{"command line", "'timeout'", "couldn't be parsed into an integer"}},
		"bad value in stdin":  {[]string{"-"}, "port 0\ntimeout soon\n", []string{"stdin", "at line 2", "'timeout'", "couldn't be parsed into an integer"}},
		"not built":           {[]string{"--appendonly", "yes"}, "", []string{"'appendonly'", "not built yet"}},
		"no such file":        {[]string{"/no/such/redis.conf"}, "", []string{"can't open config file '/no/such/redis.conf'", "No such file"}},
		"no such dir":         {[]string{"--dir", "/no/such/dir"}, "", []string{"'dir'", "No such file"}},
		"bad quotes":          {[]string{"-"}, "requirepass \"open\n", []string{"stdin", "at line 1", "Unbalanced quotes"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := launch(t, func(cmd *exec.Cmd) { cmd.Stdin = strings.NewReader(c.stdin) }, c.args...)
			require.Equal(t, 1, p.wait())
			for _, want := range c.want {
				require.Contains(t, p.output(), want)
			}
			require.NotContains(t, p.output(), "Server initialized")
		})
	}
}

func TestConfigurationFromStdin(t *testing.T) {
	port := freePort(t)
	p := launch(t, func(cmd *exec.Cmd) {
		cmd.Stdin = strings.NewReader(fmt.Sprintf("port %d\nbind 127.0.0.1\ntimeout 77\n", port))
	}, "-")
	p.prints("Ready to accept connections tcp")
	require.Equal(t, `*[$"timeout" $"77"]`, dial(t, port).do("CONFIG", "GET", "timeout"))
	require.Equal(t, "-ERR The server is running without a config file", dial(t, port).do("CONFIG", "REWRITE"))
}

// TestCommandLineOverridesFile: options win over the file, whose includes are
// read in place.
func TestCommandLineOverridesFile(t *testing.T) {
	inner := writeFile(t, "inner.conf", "maxclients 55\nhz 20\n")
	file := writeFile(t, "redis.conf", "port 1\nbind 127.0.0.1\ntimeout 11\nmaxclients 44\ninclude "+inner+"\n")
	port := freePort(t)
	p := launch(t, nil, file, "--port", strconv.Itoa(port), "--timeout", "22", "--loglevel", "verbose")
	p.prints("Ready to accept connections tcp")
	c := dial(t, port)
	for name, want := range map[string]string{"timeout": "22", "maxclients": "55", "hz": "20", "loglevel": "verbose", "port": strconv.Itoa(port)} {
		require.Equal(t, fmt.Sprintf("*[$%q $%q]", name, want), c.do("CONFIG", "GET", name))
	}
	require.Contains(t, c.do("INFO", "server"), "config_file:"+file)
}

// TestMeaninglessDirectivesAreLogged: they are accepted, and a line says so.
func TestMeaninglessDirectivesAreLogged(t *testing.T) {
	p, port := serve(t, "--jemalloc-bg-thread", "no", "--tls-ciphers", "X")
	require.Regexp(t, `# .*jemalloc-bg-thread`, p.output())
	require.Regexp(t, `# .*tls-ciphers`, p.output())
	require.Equal(t, `*[$"jemalloc-bg-thread" $"no"]`, dial(t, port).do("CONFIG", "GET", "jemalloc-bg-thread"))
}

// TestPortInUse: the line that tools wait for, and a status that is not 0.
func TestPortInUse(t *testing.T) {
	_, port := serve(t)
	status, out := run(t, "--port", strconv.Itoa(port), "--bind", "127.0.0.1")
	require.Equal(t, 1, status)
	require.Regexp(t, fmt.Sprintf(`# Warning: Could not create server TCP listening socket 127\.0\.0\.1:%d: bind: Address already in use`, port), out)
	require.Regexp(t, fmt.Sprintf(`# Failed listening on port %d \(tcp\), aborting\.`, port), out)
	require.NotContains(t, out, "Server initialized")
}

func TestNowhereToListen(t *testing.T) {
	status, out := run(t, "--port", "0")
	require.Equal(t, 1, status)
	require.Contains(t, out, "# Configured to not listen anywhere, exiting.")
}

// TestTwoNodesOnOneFolder: nodes.conf belongs to one process.
func TestTwoNodesOnOneFolder(t *testing.T) {
	dir := t.TempDir()
	_, port := serve(t, "--cluster-enabled", "yes", "--dir", dir)
	id := dial(t, port).do("CLUSTER", "MYID")
	status, out := run(t, "--port", strconv.Itoa(freePort(t)), "--bind", "127.0.0.1", "--cluster-enabled", "yes", "--dir", dir)
	require.Equal(t, 1, status)
	require.Contains(t, out, "nodes.conf")
	require.Contains(t, out, "already used by a different")
	require.Equal(t, id, dial(t, port).do("CLUSTER", "MYID"))
}
