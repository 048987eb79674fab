//go:build oracle

package config

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/internal/testserver"
)

// These tests compare with real servers: go test -tags oracle, with the
// executables where testserver.Oracle finds them. None of them is 7.2, so what
// differs between releases is listed here.

// differs are directives whose default is another one here, by intent, or in
// that release.
var differs = map[string][]string{
	"":       {"io-threads", "port", "dir", "bind", "bio_cpulist"},
	"redis8": {"loading-process-events-interval-bytes", "replica-ignore-disk-write-errors", "active-defrag-cycle-max", "io-threads"},
	"valkey": {"syslog-ident", "lazyfree-lazy-eviction", "lazyfree-lazy-expire", "lazyfree-lazy-server-del",
		"lazyfree-lazy-user-del", "log-format", "lazyfree-lazy-user-flush", "repl-backlog-size", "replica-lazy-flush", "slave-lazy-flush",
		"tcp-backlog", "hash-max-listpack-entries", "hash-max-ziplist-entries", "io-threads-do-reads", "dynamic-hz"},
}

// differ reports whether a name is excused for an oracle.
func differ(table map[string][]string, oracle, name string) bool {
	return slices.Contains(table[""], name) || slices.Contains(table[oracle], name)
}

func forEachOracle(t *testing.T, f func(t *testing.T, bin testserver.Binary)) {
	for _, name := range testserver.OracleNames {
		t.Run(name, func(t *testing.T) {
			bin, err := testserver.Oracle(name)
			require.NoError(t, err)
			f(t, bin)
		})
	}
}

// start starts an oracle and returns a connection.
func start(t *testing.T, bin testserver.Binary, opts testserver.Options) *testserver.Conn {
	s := testserver.Start(t, bin, opts)
	c, err := testserver.Dial(s.Addr)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	return c
}

func do(t *testing.T, c *testserver.Conn, args ...string) testserver.Value {
	v, err := c.Do(args...)
	require.NoError(t, err, "%q", args)
	return v
}

func TestOracleDefaults(t *testing.T) {
	forEachOracle(t, func(t *testing.T, bin testserver.Binary) {
		conn := start(t, bin, testserver.Options{})
		c := New()
		for _, name := range names {
			v := do(t, conn, "CONFIG", "GET", name)
			if len(v.Elems) == 0 { // younger or older than this release
				t.Logf("%s has no %s", bin.Name, name)
				continue
			}
			if !differ(differs, bin.Name, name) {
				require.Equal(t, v.Elems[1].Str, c.Get(name)[0].Value, name)
			}
		}
		for i, e := range do(t, conn, "CONFIG", "GET", "*").Elems {
			if i%2 == 0 && Lookup(e.Str) == nil {
				t.Logf("only %s has %s", bin.Name, e.Str)
				require.NotEqual(t, "redis", bin.Name, "7.0 has nothing that 7.2 has not: %s", e.Str)
			}
		}
	})
}

// hostile are values for every directive: each is right for some and wrong for
// most.
var hostile = []string{
	"", "0", "1", "-1", "-5", "10", "99", "101", "yes", "NO", "abc", "local", "2 3", "1 2 3", "3600 1 300 100", "0x10", "1.5", " 1", "1 ",
	"10kb", "10KB", "3mb", "1gb", "1b", "k", "5%", "101%", "-5%", "%", "+1", "007", "2147483647", "2147483648", "4294967296", "9223372036854775807",
	"9223372036854775808", "18446744073709551615", "18446744073709551616", "always", "warning", "nothing", "allkeys-lru", "Ex", "KEAm", "g$l!",
	"normal 1mb 2 3", "replica 0 0 0 pubsub 1 2 3", "normal 1 2", "master 0 0 0", "50 99.99 0.1", "50 x", "50 101", "save force", "save nosave",
	"default", "{title}", "{title", "{x}", "a_b", "a.b-c", "a/b", "ip", "hostname", "on-empty-db", "yes no", "absolute", "relative", "local3", "user",
}

// unsafe are directives that would disturb the oracle, or open files and ports.
var unsafe = []string{
	"port", "bind", "tls-port", "watchdog-period", "requirepass", "maxclients", "timeout", "oom-score-adj", "oom-score-adj-values", "logfile",
	"appendonly", "client-query-buffer-limit", "proto-max-bulk-len", "maxmemory-clients", "key-load-delay", "locale-collate",
	"loading-process-events-interval-bytes", "tls-cert-file", "tls-key-file", "tls-ca-cert-file", "tls-ca-cert-dir", "tls-protocols",
	"tls-ciphers", "tls-ciphersuites", "tls-client-cert-file", "tls-client-key-file", "tls-dh-params-file", "tls-cluster", "tls-replication",
	"tls-auth-clients", "io-threads", "log-format", "jemalloc-bg-thread", "crash-log-enabled", "repl-diskless-load",
}

// setDiffers are directives that CONFIG SET treats otherwise by intent (source addresses,
// defragmentation, sizes that wrap, node names that break nodes.conf), or in
// that release.
var setDiffers = map[string][]string{
	"":       {"activedefrag", "bind-source-addr", "cluster-announce-human-nodename", "hz", "maxmemory"},
	"redis":  {"loglevel", "shutdown-on-sigint", "shutdown-on-sigterm"},
	"redis8": {"maxmemory-samples", "replica-priority"},
	"valkey": {"maxmemory-samples", "active-defrag-cycle-min", "active-defrag-cycle-max", "slowlog-log-slower-than", "slowlog-max-len"},
}

func TestOracleSet(t *testing.T) {
	forEachOracle(t, func(t *testing.T, bin testserver.Binary) {
		conn := start(t, bin, testserver.Options{})
		for _, d := range Directives {
			first := do(t, conn, "CONFIG", "GET", d.Name)
			if len(first.Elems) == 0 || d.Status == NotBuilt || slices.Contains(unsafe, d.Name) || differ(setDiffers, bin.Name, d.Name) {
				continue
			}
			c := New()
			for _, value := range hostile {
				want := do(t, conn, "CONFIG", "SET", d.Name, value).Str
				got := "OK"
				if err := set(c, d.Name, value); err != nil {
					got = "ERR " + err.Error()
				}
				if want == got {
					want, got = do(t, conn, "CONFIG", "GET", d.Name).Elems[1].Str, c.Get(d.Name)[0].Value
				}
				if want != got && !wraps(value) && !(differ(differs, bin.Name, d.Name) && got == c.def(d)) && d.Name != "dir" {
					t.Errorf("CONFIG SET %s %q: %s says %q, we %q", d.Name, value, bin.Name, want, got)
				}
			}
			do(t, conn, "CONFIG", "SET", d.Name, first.Elems[1].Str)
		}
	})
}

func (c *Config) def(d *Directive) string { return d.Default() }

// wraps reports a size that Redis takes modulo 2^64 and this server refuses.
func wraps(value string) bool { return value == "18446744073709551616" }

func TestOracleErrorBlocks(t *testing.T) {
	forEachOracle(t, func(t *testing.T, bin testserver.Binary) {
		if bin.Name == "redis8" {
			t.Skip("8.0 takes an unknown directive for one of a module and says so later in other words")
		}
		for _, text := range []string{
			"port 1\nprot 2\n", "port", "port 1 2", "\n\n  maxmemory x \n", `requirepass "a`, `requirepass "a"b`, "maxmemory-policy x",
			"client-output-buffer-limit normal 1 2", "save 1", "rename-command a", "a.b", "sentinel monitor a", "dir /nope", "appendonly maybe",
			"databases 0", "unixsocketperm 9", "list-max-ziplist-value 1 2", "include a b", "user",
		} {
			path := writeFile(t, "redis.conf", text)
			for _, args := range [][]string{{path}, {"--port 0", "--prot", "1"}, {path, "--prot", "1", "2"}, {"--port"}, {"--bind", "a", "--port"}} {
				_, err := New().Load(args, nil)
				require.Error(t, err)
				out, _ := exec.Command(bin.Path, args...).CombinedOutput()
				_, theirs, ok := strings.Cut(string(out), "Reading the configuration file, ")
				require.True(t, ok, "%q %q: %s", text, args, out)
				_, oursText, _ := strings.Cut(err.Error(), "Reading the configuration file, ")
				oursText, _, _ = strings.Cut(oursText, "\nFound in: ")
				require.Equal(t, strings.TrimSpace(theirs), oursText, "%q %q", text, args)
			}
		}
	})
}

func TestOracleRewrite(t *testing.T) {
	const text = `# head

timeout 5
#middle
slave-priority 5
replica-priority 6



client-output-buffer-limit pubsub 1mb 2 3
maxmemory 12345
save ""
hash-max-ziplist-value 70
lua-time-limit 100
tcp-keepalive 300
# tail
`
	forEachOracle(t, func(t *testing.T, bin testserver.Binary) {
		theirs, ours := writeFile(t, "redis.conf", text), writeFile(t, "redis.conf", text)
		s := testserver.Start(t, bin, testserver.Options{Verb: theirs})
		conn, err := testserver.Dial(s.Addr)
		require.NoError(t, err)
		defer conn.Close()
		c := New()
		port := do(t, conn, "CONFIG", "GET", "port").Elems[1].Str
		_, err = c.Load([]string{ours, "--port", port, "--dir", s.Dir}, nil)
		require.NoError(t, err)
		for _, pair := range [][2]string{
			{"timeout", "0"}, {"maxmemory", "5242880"}, {"replica-priority", "100"}, {"client-output-buffer-limit", "normal 5 6 7"},
			{"loglevel", "warning"}, {"proc-title-template", "{title} 'x'"}, {"cluster-node-timeout", "99"},
		} {
			require.Equal(t, "OK", do(t, conn, "CONFIG", "SET", pair[0], pair[1]).Str)
			require.NoError(t, set(c, pair[0], pair[1]))
		}
		require.Equal(t, "OK", do(t, conn, "CONFIG", "REWRITE").Str)
		require.NoError(t, c.Rewrite())
		want, got := split(t, theirs), split(t, ours)
		require.Equal(t, want[0], got[0], "what stood in the file")
		appended := slices.DeleteFunc(strings.Split(want[1], "\n"), func(line string) bool { return strings.HasPrefix(line, "user default ") })
		mine := strings.Split(got[1], "\n")
		slices.Sort(appended)
		slices.Sort(mine)
		require.Equal(t, appended, mine)
	})
}

// split reads a rewritten file: before and after the signature.
func split(t *testing.T, path string) [2]string {
	b, err := os.ReadFile(filepath.Clean(path))
	require.NoError(t, err)
	before, after, ok := strings.Cut(string(b), signature+"\n")
	require.True(t, ok, "%s", b)
	return [2]string{before, after}
}
