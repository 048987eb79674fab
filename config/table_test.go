package config

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// ours are the directives that Redis does not have.
var ours = map[string]bool{"cluster-slot-stats-enabled": true, "cluster-secret": true, "log-format": true, "metrics-port": true, "metrics-bind": true}

// goldenNames reads the names and aliases that Redis 7.2 knows; the value says
// whether it hides them.
func goldenNames(t *testing.T) map[string]bool {
	b, err := os.ReadFile("testdata/redis-7.2-names.txt")
	require.NoError(t, err)
	out := make(map[string]bool)
	for line := range strings.Lines(string(b)) {
		name, mark, _ := strings.Cut(strings.TrimSpace(line), " ")
		out[name] = mark == "hidden"
	}
	return out
}

func TestTableHasAllNames(t *testing.T) {
	golden := goldenNames(t)
	for name, hidden := range golden {
		d := Lookup(name)
		require.NotNil(t, d, name)
		require.Equal(t, hidden, d.Hidden(), name)
	}
	for _, name := range names {
		if !ours[name] {
			require.Contains(t, golden, name)
		}
	}
}

// Every default must read back as itself, or CONFIG REWRITE and the status
// checks would take it for a change.
func TestDefaultsReadBack(t *testing.T) {
	for _, d := range Directives {
		if d.Name == "dir" {
			continue
		}
		words := []string{d.Default()}
		if d.is(manyWords) {
			words = strings.Split(d.Default(), " ")
		}
		if d.Name == "replicaof" {
			words = []string{"no", "one"}
		}
		v, err := d.read(words, d.def)
		require.NoError(t, err, d.Name)
		require.True(t, v.equal(d.def), d.Name)
	}
}

// What is not simply built says why, what is built says nothing.
func TestStatusesAreExplained(t *testing.T) {
	for _, d := range Directives {
		require.Equal(t, d.Status == Built, d.Part == "", d.Name)
		require.NotEmpty(t, d.Kind(), d.Name)
	}
	meaningless, waiting, notBuilt := Without()
	require.Contains(t, meaningless, "jemalloc-bg-thread: memory does not come from jemalloc")
	require.Contains(t, waiting, "repl-backlog-size: replication")
	require.Contains(t, notBuilt, "save: persistence")
}

func TestCodecs(t *testing.T) {
	for _, c := range []struct {
		name, value, want, err string
	}{
		{"maxmemory", "5GB", "5368709120", ""},
		{"maxmemory", "1k", "1000", ""},
		{"maxmemory", "1Kb", "1024", ""},
		{"maxmemory", "2m", "2000000", ""},
		{"maxmemory", "7b", "7", ""},
		{"maxmemory", "", "0", ""},
		{"maxmemory", "18446744073709551615", "18446744073709551615", ""},
		{"maxmemory", "99999999999999999999", "", "argument must be a memory value"},
		{"maxmemory", "99999999999gb", "", "argument must be a memory value"},
		{"maxmemory", "1.5gb", "", "argument must be a memory value"},
		{"maxmemory", "-1", "", "argument must be a memory value"},
		{"repl-backlog-size", "1", "16384", ""},
		{"repl-backlog-size", "0", "", "argument must be between 1 and 9223372036854775807 inclusive"},
		{"repl-backlog-size", "18446744073709551615", "", "argument must be between 1 and 9223372036854775807 inclusive"},
		{"maxmemory-clients", "5%", "5%", ""},
		{"maxmemory-clients", "0%", "0", ""},
		{"maxmemory-clients", "1mb", "1048576", ""},
		{"maxmemory-clients", "101%", "", "percentage argument must be less or equal to 100"},
		{"maxmemory-clients", "-5%", "", "argument must be a memory or percent value"},
		{"port", "70000", "", "argument must be between 0 and 65535 inclusive"},
		{"port", " 1", "", "argument couldn't be parsed into an integer"},
		{"port", "0x10", "", "argument couldn't be parsed into an integer"},
		{"timeout", "1k", "", "argument couldn't be parsed into an integer"},
		{"list-max-listpack-size", "-2", "-2", ""},
		{"hz", "9999", "500", ""},
		{"hz", "0", "1", ""},
		{"unixsocketperm", "700", "700", ""},
		{"unixsocketperm", "0755", "755", ""},
		{"unixsocketperm", "8", "", "argument couldn't be parsed as an octal number"},
		{"unixsocketperm", "1000", "", "argument must be between 0 and 511 inclusive"},
		{"appendonly", "YES", "yes", ""},
		{"appendonly", "1", "", "argument must be 'yes' or 'no'"},
		{"loglevel", "WARNING", "warning", ""},
		{"loglevel", "loud", "", "argument(s) must be one of the following: debug, verbose, notice, warning, nothing"},
		{"oom-score-adj", "relative", "yes", ""},
		{"shutdown-on-sigint", "force save", "save force", ""},
		{"shutdown-on-sigint", "default", "default", ""},
		{"shutdown-on-sigint", "save nosave", "", "shutdown options SAVE and NOSAVE can't be used simultaneously"},
		{"save", "3600 1 300 100", "3600 1 300 100", ""},
		{"save", "", "", ""},
		{"save", "3600", "", "Invalid save parameters"},
		{"save", "0 1", "", "Invalid save parameters"},
		{"save", "10 -1", "", "Invalid save parameters"},
		{"save", "3600 1  300 100", "", "Invalid save parameters"},
		{"client-output-buffer-limit", "replica 1mb 2kb 3", "normal 0 0 0 slave 1048576 2048 3 pubsub 33554432 8388608 60", ""},
		{"client-output-buffer-limit", "NORMAL 1 2 3 pubsub 0 0 0", "normal 1 2 3 slave 268435456 67108864 60 pubsub 0 0 0", ""},
		{"client-output-buffer-limit", "normal 1 2", "", "Wrong number of arguments in buffer limit configuration."},
		{"client-output-buffer-limit", "master 1 2 3", "", "Invalid client class specified in buffer limit configuration."},
		{"client-output-buffer-limit", "normal x 2 3", "", "Error in hard, soft or soft_seconds setting in buffer limit configuration."},
		{"client-output-buffer-limit", "normal 1 2 -3", "", "Error in hard, soft or soft_seconds setting in buffer limit configuration."},
		{"bind", "127.0.0.1 -::1", "127.0.0.1 -::1", ""},
		{"bind", "", "", ""},
		{"bind", strings.Repeat("a ", 16) + "a", "", "Too many bind addresses specified."},
		{"oom-score-adj-values", "1 2 2000", "1 2 2000", ""},
		{"oom-score-adj-values", "1 2", "", "wrong number of arguments"},
		{"oom-score-adj-values", "1 2 2001", "", "Invalid oom-score-adj-values, elements must be between -2000 and 2000."},
		{"latency-tracking-info-percentiles", "50.50 99.99999 0", "50.5 99.99999 0", ""},
		{"latency-tracking-info-percentiles", "", "", ""},
		{"latency-tracking-info-percentiles", "101", "", "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]"},
		{"latency-tracking-info-percentiles", "x", "", "Invalid latency-tracking-info-percentiles parameters"},
		{"notify-keyspace-events", "KEA", "AKE", ""},
		{"notify-keyspace-events", "KEAnm", "AKEm", ""},
		{"notify-keyspace-events", "Kg$n", "g$nK", ""},
		{"notify-keyspace-events", "Ex!", "", "Invalid event class character. Use 'Ag$lshzxeKEtmdn'."},
		{"replicaof", "h 70000", "", "Invalid master port"},
		{"replicaof", "h 1", "h 1", ""},
		{"replicaof", "no ONE", "", ""},
		{"cluster-announce-hostname", "a_b", "", "Hostnames may only contain alphanumeric characters, hyphens or dots"},
		{"cluster-announce-hostname", strings.Repeat("a", 256), "", "Hostnames must be less than 256 characters"},
		{"cluster-announce-human-nodename", "a-b_c.d/é", "a-b_c.d/é", ""},
		{"cluster-announce-human-nodename", "a b", "", "Announced human node name contained invalid character"},
		{"cluster-announce-human-nodename", "a,b", "", "Announced human node name contained invalid character"},
		{"proc-title-template", "{title} {port}", "{title} {port}", ""},
		{"proc-title-template", "x{title}{port}y", "x{title}{port}y", ""},
		{"proc-title-template", "{title}", "", "template format is invalid or contains unknown variables"},
		{"proc-title-template", "a{title", "", "template format is invalid or contains unknown variables"},
		{"proc-title-template", "{foo}", "", "template format is invalid or contains unknown variables"},
		{"dbfilename", "a/b", "", "dbfilename can't be a path, just a filename"},
		{"appenddirname", "", "", "appenddirname can't be empty"},
		{"dir", "/nope", "", "No such file or directory"},
		{"bind-source-addr", "10.0.0.1", "10.0.0.1", ""},
		{"bind-source-addr", "", "", ""},
		{"bind-source-addr", "somewhere", "", "argument must be an IP address"},
	} {
		d := Lookup(c.name)
		words := []string{c.value}
		if d.is(manyWords) {
			words = strings.Split(c.value, " ")
		}
		v, err := d.read(words, d.def.unless(c.name == "save"))
		if c.err != "" {
			require.EqualError(t, err, c.err, "%s %q", c.name, c.value)
			continue
		}
		require.NoError(t, err, "%s %q", c.name, c.value)
		require.Equal(t, c.want, d.codec.format(v), "%s %q", c.name, c.value)
	}
}

// unless is v, or nothing.
func (v Value) unless(empty bool) Value {
	if empty {
		return Value{}
	}
	return v
}

func TestQuote(t *testing.T) {
	require.Equal(t, `"a \"b\" \\ \n\r\t\a\b \x00\xff"`, Quote("a \"b\" \\ \n\r\t\a\b \x00\xff"))
}

func TestFormatMemory(t *testing.T) {
	for n, want := range map[uint64]string{0: "0", 1: "1", 1024: "1kb", 1536: "1536", 1 << 20: "1mb", 5 << 30: "5gb", 1000: "1000"} {
		require.Equal(t, want, formatMemory(n))
	}
}

// TestSensitive: the directives whose values Redis keeps out of MONITOR and
// SLOWLOG, and this project's own.
func TestSensitive(t *testing.T) {
	var got []string
	for _, d := range Directives {
		if d.Sensitive() {
			got = append(got, d.Name)
		}
	}
	require.Equal(t, []string{"cluster-secret", "masterauth", "masteruser", "requirepass", "tls-client-key-file-pass", "tls-key-file-pass"}, got)
}
