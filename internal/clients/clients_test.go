//go:build clients

package clients

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"clusternode/internal/testserver"

	"github.com/stretchr/testify/require"
)

// run runs a program and returns what it printed; it has two minutes.
func run(t *testing.T, env []string, program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func must(t *testing.T, program string, args ...string) string {
	out, err := run(t, nil, program, args...)
	require.NoError(t, err, "%s %q\n%s", program, args, out)
	return out
}

// tools is every version of a client program found, and fails without any.
func tools(t *testing.T, name string) []string {
	found := testserver.Tools(name)
	require.NotEmpty(t, found, "%s neither in $ORACLES nor in PATH", name)
	return found
}

// python returns an interpreter that has redis-py: $CLIENTS_PYTHON, or one in the user's cache folder.
func python(t *testing.T) string {
	if bin := os.Getenv("CLIENTS_PYTHON"); bin != "" {
		return bin
	}
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	dir := filepath.Join(cache, "clusternode-redis-py")
	bin := filepath.Join(dir, "bin", "python")
	if _, err := run(t, nil, bin, "-c", "import redis"); err == nil {
		return bin
	}
	must(t, "python3", "-m", "venv", "--clear", dir)
	must(t, bin, "-m", "pip", "install", "--quiet", "redis==7.1.0")
	return bin
}

// TestRedisPyTypes makes the calls of redis-py's documentation of each data type.
func TestRedisPyTypes(t *testing.T) {
	py := python(t)
	script, err := filepath.Abs("testdata/redis_py_types.py")
	require.NoError(t, err)
	_, addrs := startLocal(t, t.TempDir())
	for _, protocol := range []string{"2", "3"} {
		out, err := run(t, []string{"PROTOCOL=" + protocol}, py, script, addrs[0])
		require.NoError(t, err, out)
		t.Log(strings.TrimSpace(out))
	}
}

func TestRedisPy(t *testing.T) {
	py := python(t)
	script, err := filepath.Abs("testdata/redis_py.py")
	require.NoError(t, err)
	play := func(t *testing.T, addr string) {
		for _, protocol := range []string{"2", "3"} {
			out, err := run(t, []string{"PROTOCOL=" + protocol}, py, script, addr)
			require.NoError(t, err, out)
			t.Log(strings.TrimSpace(out))
		}
	}
	t.Run("local", func(t *testing.T) {
		_, addrs := startLocal(t, t.TempDir())
		play(t, addrs[2])
	})
	t.Run("separate", func(t *testing.T) { play(t, testserver.StartCluster(t, ours(t), 3)[0].Addr) })
}

// TestRedisCli lets redis-cli create a cluster, then checks it through kill, restart, and restart on another port.
func TestRedisCli(t *testing.T) {
	for _, cli := range tools(t, "redis-cli") {
		t.Run(filepath.Base(filepath.Dir(cli))+"/"+filepath.Base(cli), func(t *testing.T) { redisCli(t, cli) })
	}
}

func redisCli(t *testing.T, cli string) {
	nodes := testserver.StartNodes(t, ours(t), 3)
	args := []string{"--cluster", "create"}
	for _, n := range nodes {
		args = append(args, n.Addr)
	}
	out := must(t, cli, append(args, "--cluster-replicas", "0", "--cluster-yes")...)
	require.Contains(t, out, "[OK] All nodes agree about slots configuration.")
	require.Contains(t, out, "[OK] All 16384 slots covered.")
	require.NoError(t, testserver.AwaitCluster(nodes, 3))

	for i := range 50 {
		port := strconv.Itoa(nodes[i%3].Port)
		require.Contains(t, must(t, cli, "-c", "-p", port, "set", key(i), strconv.Itoa(i)), "OK")
	}
	for i := range 50 {
		port := strconv.Itoa(nodes[(i+1)%3].Port)
		require.Equal(t, strconv.Itoa(i), lastLine(must(t, cli, "-c", "-p", port, "get", key(i))))
	}
	require.Contains(t, must(t, cli, "-p", strconv.Itoa(nodes[0].Port), "get", "foo"), "MOVED 12182 "+nodes[2].Addr)

	checkAgrees(t, cli, nodes, 50)
	nodes[1].Crash()
	require.NoError(t, nodes[1].Restart())
	require.NoError(t, testserver.AwaitCluster(nodes, 3))
	checkAgrees(t, cli, nodes, -1)

	nodes[1].Crash()
	port, err := testserver.FreePort()
	require.NoError(t, err)
	require.NoError(t, nodes[1].RestartAt(port))
	require.NoError(t, testserver.AwaitCluster(nodes, 3))
	for _, n := range nodes { // each learns the new port by gossip, in its own time
		require.Eventually(t, func() bool {
			_, err := run(t, nil, cli, "--cluster", "check", n.Addr)
			return err == nil
		}, 30*time.Second, 200*time.Millisecond)
	}
	checkAgrees(t, cli, nodes, -1)
	require.Contains(t, must(t, cli, "-c", "-p", strconv.Itoa(nodes[0].Port), "set", "bar", "x"), "OK")
	require.Contains(t, must(t, cli, "-c", "-p", strconv.Itoa(port), "get", "bar"), "x")
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

var totalKeys = regexp.MustCompile(`\[OK\] (\d+) keys in (\d+) (?:masters|primaries)`)

// checkAgrees asks every node; keys is how many there are, -1 for any number that all agree on.
func checkAgrees(t *testing.T, cli string, nodes []*testserver.Server, keys int) {
	want := ""
	if keys >= 0 {
		want = strconv.Itoa(keys)
	}
	for _, n := range nodes {
		for _, verb := range []string{"check", "info"} {
			out := must(t, cli, "--cluster", verb, n.Addr)
			m := totalKeys.FindStringSubmatch(out)
			require.NotNil(t, m, out)
			if want == "" {
				want = m[1]
			}
			require.Equal(t, want, m[1], out)
			require.Equal(t, "3", m[2], out)
			if verb == "check" {
				require.Contains(t, out, "[OK] All 16384 slots covered.")
				require.NotContains(t, out, "[ERR]")
				require.NotContains(t, out, "[WARNING]")
			}
		}
	}
}

var resultLines = regexp.MustCompile(`[A-Z_]+[^\r\n:]*: [\d.]+ requests per second[^\r\n]*`)

var perSecond = regexp.MustCompile(`([\d.]+) requests per second`)

// TestRedisBenchmark drives all nodes at once.
func TestRedisBenchmark(t *testing.T) {
	for _, bench := range tools(t, "redis-benchmark") {
		t.Run(filepath.Base(filepath.Dir(bench))+"/"+filepath.Base(bench), func(t *testing.T) {
			nodes := testserver.StartCluster(t, ours(t), 3)
			out := must(t, bench, "--cluster", "-p", strconv.Itoa(nodes[0].Port), "-n", "100000", "-c", "20", "-P", "8", "-r", "10000", "-q", "-t", "ping,set,get,incr,mset")
			found := perSecond.FindAllStringSubmatch(out, -1)
			require.GreaterOrEqual(t, len(found), 5, out)
			require.NotContains(t, strings.ToLower(out), "error")
			var total int64
			for _, n := range nodes {
				v, err := n.Do("DBSIZE")
				require.NoError(t, err)
				size, err := strconv.ParseInt(v.Str, 10, 64)
				require.NoError(t, err)
				require.Greater(t, size, int64(1000), "every node got its part")
				total += size
			}
			t.Logf("%d keys after\n%s", total, strings.Join(resultLines.FindAllString(out, -1), "\n"))
		})
	}
}
