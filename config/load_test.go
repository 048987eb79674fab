package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// writeFile makes a file in a folder of the test's own.
func writeFile(t *testing.T, name, text string) string {
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func load(t *testing.T, text string, args ...string) (*Config, []string, error) {
	c := New()
	warnings, err := c.Load(append([]string{"-"}, args...), strings.NewReader(text))
	return c, warnings, err
}

func TestArguments(t *testing.T) {
	for _, c := range []struct {
		args []string
		want commandLine
	}{
		{nil, commandLine{}},
		{[]string{"a.conf"}, commandLine{file: "a.conf"}},
		{[]string{"-"}, commandLine{stdin: true}},
		{[]string{"a.conf", "-"}, commandLine{file: "a.conf", stdin: true}},
		{[]string{"a.conf", "--port", "1"}, commandLine{file: "a.conf", options: `port "1" `}},
		{[]string{"--port", "1", "--bind", "a", "b"}, commandLine{options: "port \"1\" \nbind \"a\" \"b\" "}},
		{[]string{"--port 1"}, commandLine{options: "port 1 "}},
		{[]string{"--save", "--port", "1"}, commandLine{options: "save \"\"\nport \"1\" "}},
		{[]string{"--save"}, commandLine{options: `save ""`}},
		{[]string{"--save", ""}, commandLine{options: `save "" `}},
		{[]string{"--requirepass", "--x", "--port", "1"}, commandLine{options: "requirepass \"--x\" \nport \"1\" "}},
		{[]string{"--save", "60", "1", "--port", "7000"}, commandLine{options: "save \"60\" \"1\" \nport \"7000\" "}},
		{[]string{"--logfile", "-", "--port", "1"}, commandLine{options: "logfile \"-\" \nport \"1\" "}},
	} {
		require.Equal(t, c.want, parseArgs(c.args), "%q", c.args)
	}
}

func TestLoad(t *testing.T) {
	c, warnings, err := load(t, `
# comment
PORT 7000
bind 127.0.0.1 "::1"
requirepass "p\x61ss word"
client-output-buffer-limit normal 1 2 3
client-output-buffer-limit replica 4mb 5 6 pubsub 7 8 9
maxmemory 1gb
unixsocketperm 700
slave-priority 50
lua-replicate-commands yes
jemalloc-bg-thread no
repl-backlog-size 2mb
tcp-keepalive 300
rename-command FLUSHALL ""
rename-command CONFIG abc
loadmodule /x/y.so arg
redisearch.maxexpansions 10
sentinel
`, "--timeout", "9", "--save", "", "--cluster-secret", "s")
	require.NoError(t, err)
	require.EqualValues(t, 7000, c.Int("port"))
	require.Equal(t, []string{"127.0.0.1", "::1"}, c.Strings("bind"))
	require.Equal(t, "pass word", c.String("requirepass"))
	require.Equal(t, OutputLimits{
		Normal: OutputLimit{1, 2, 3}, Replica: OutputLimit{4 << 20, 5, 6}, PubSub: OutputLimit{7, 8, 9},
	}, c.OutputLimits())
	require.EqualValues(t, 1<<30, c.Int("maxmemory"))
	require.EqualValues(t, 0o700, c.Int("unixsocketperm"))
	require.EqualValues(t, 50, c.Int("replica-priority"))
	require.EqualValues(t, 9, c.Var("timeout").Load())
	require.True(t, c.Bool("protected-mode"))
	require.Equal(t, "s", c.String("cluster-secret"))
	require.Equal(t, [][2]string{{"FLUSHALL", ""}, {"CONFIG", "abc"}}, renames(c))
	require.Equal(t, []string{
		"The module '/x/y.so' is not loaded: modules do not exist here",
		"The directive 'redisearch.maxexpansions' has no effect: modules do not exist here",
		"The directive 'jemalloc-bg-thread' has no effect: memory does not come from jemalloc",
		"The directive 'repl-backlog-size' has no effect yet: replication is not built",
		"The directive 'replica-priority' has no effect yet: replication is not built",
	}, warnings)
}

func TestLoadErrors(t *testing.T) {
	for _, c := range []struct {
		text, reason, directive string
		line                    int
	}{
		{"port 1\nprot 2", "Bad directive or wrong number of arguments", "prot", 2},
		{"port", "wrong number of arguments", "port", 1},
		{"port 1 2", "wrong number of arguments", "port", 1},
		{`requirepass "a`, "Unbalanced quotes in configuration line", "", 1},
		{`requirepass "a"b`, "Unbalanced quotes in configuration line", "", 1},
		{"\n\nmaxmemory x", "argument must be a memory value", "maxmemory", 3},
		{"rename-command a", "Bad directive or wrong number of arguments", "rename-command", 1},
		{"user default on", "not built yet: ACL", "user", 1},
		{"sentinel monitor a", "sentinel directive while not in sentinel mode", "sentinel", 1},
		{"a.b", "Module config specified without value", "a.b", 1},
		{"appendonly yes\nport 1", "not built yet: the append only file", "appendonly", 1},
		{"save 60 1", "not built yet: persistence", "save", 1},
		{"replicaof a 1", "not built yet: replication", "replicaof", 1},
		{"tls-port 1", "not built yet: TLS", "tls-port", 1},
		{"dir /nope", "No such file or directory", "dir", 1},
		{"logfile /nope/a.log", "Can't open the log file: No such file or directory", "logfile", 1},
		{"include /nope.conf", "Fatal error, can't open config file '/nope.conf': No such file or directory", "include", 1},
	} {
		_, _, err := load(t, c.text)
		var at *FileError
		require.ErrorAs(t, err, &at, c.text)
		lines := strings.Split(c.text, "\n")
		require.Equal(t, &FileError{Source: "stdin", Line: c.line, Text: lines[c.line-1], Directive: c.directive, Reason: c.reason}, at)
	}
	_, _, err := load(t, "appendonly yes", "--appendonly", "no")
	require.NoError(t, err, "the last value counts")
}

func TestErrorBlock(t *testing.T) {
	path := writeFile(t, "redis.conf", "port 1\n prot 2 \n")
	_, err := New().Load([]string{path}, nil)
	require.EqualError(t, err, `
*** FATAL CONFIG FILE ERROR (Redis 7.2.4) ***
Reading the configuration file, at line 2
>>> 'prot 2'
Bad directive or wrong number of arguments
Found in: `+path+`, directive 'prot'`)
	_, err = New().Load([]string{path + "x"}, nil)
	require.EqualError(t, err, "Fatal error, can't open config file '"+path+"x': No such file or directory")
	// Redis counts the lines of the command line after those of the file.
	path = writeFile(t, "redis.conf", "port 1\n")
	_, err = New().Load([]string{path, "--prot", "2"}, nil)
	require.ErrorContains(t, err, "at line 3\n>>> 'prot \"2\"'\n")
	require.ErrorContains(t, err, "Found in: command line, directive 'prot'")
}

func TestInclude(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"main.conf":   "timeout 1\ninclude " + dir + "/part-*.conf\ninclude " + dir + "/none-*.conf\ndir " + dir + "\ninclude sub.conf\nport 5\n",
		"part-a.conf": "timeout 2\nhz 20\n", "part-b.conf": "timeout 3\n", "sub.conf": "databases 3",
		"self.conf": "include " + dir + "/self.conf", "bad.conf": "include " + dir + "/worse.conf", "worse.conf": "\nfoo\n",
		"deep.conf": "include " + dir + "/./deep.conf",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	c := New()
	_, err := c.Load([]string{filepath.Join(dir, "main.conf")}, nil)
	require.NoError(t, err)
	require.EqualValues(t, 3, c.Int("timeout"))
	require.EqualValues(t, 20, c.Int("hz"))
	require.EqualValues(t, 3, c.Int("databases"))
	require.EqualValues(t, 5, c.Int("port"))
	require.Equal(t, filepath.Join(dir, "main.conf"), c.ConfigFile())
	_, err = New().Load([]string{filepath.Join(dir, "self.conf")}, nil)
	require.ErrorContains(t, err, "includes itself")
	_, err = New().Load([]string{filepath.Join(dir, "deep.conf")}, nil)
	require.Error(t, err)
	_, err = New().Load([]string{filepath.Join(dir, "bad.conf")}, nil)
	require.ErrorContains(t, err, "at line 2\n>>> 'foo'\nBad directive or wrong number of arguments\nFound in: "+dir+"/worse.conf, directive 'foo'")
}

func TestPath(t *testing.T) {
	dir := t.TempDir()
	c, _, err := load(t, "logfile a.log\ndir "+dir+"\n")
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "a.log"), c.Path("logfile"))
	require.FileExists(t, filepath.Join(dir, "a.log"))
	require.Equal(t, "", c.Path("pidfile"))
}

func TestUnasked(t *testing.T) {
	c := New()
	require.Contains(t, c.Unasked(), "port")
	c.Int("port")
	require.NotContains(t, c.Unasked(), "port")
	require.NotContains(t, c.Unasked(), "replicaof")
}

// renames are the rename-command lines without their places.
func renames(c *Config) (pairs [][2]string) {
	for _, r := range c.Renames() {
		pairs = append(pairs, [2]string{r.From, r.To})
	}
	return pairs
}

func TestRenameFault(t *testing.T) {
	c, _, err := load(t, "\nrename-command GET a\nrename-command nope b\n")
	require.NoError(t, err)
	require.ErrorContains(t, c.Renames()[1].Fault(errWords),
		"at line 3\n>>> 'rename-command nope b'\nwrong number of arguments\nFound in: ")
}
