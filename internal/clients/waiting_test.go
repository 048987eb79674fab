//go:build clients

package clients

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRedisPyWaiting plays redis-py's pub/sub, queues and client-side caching.
func TestRedisPyWaiting(t *testing.T) {
	py := python(t)
	_, addrs := startLocal(t, t.TempDir())
	for _, name := range []string{"pubsub", "queue", "cache"} {
		for _, protocol := range []string{"2", "3"} {
			if name == "cache" && protocol == "2" {
				continue // the client caches in RESP3 only
			}
			out, err := run(t, []string{"PROTOCOL=" + protocol}, py, append([]string{filepath.Join("testdata", "redis_py_"+name+".py")}, addrs...)...)
			require.NoError(t, err, out)
			t.Log(strings.TrimSpace(out))
		}
	}
}

// jedis returns the class path of Jedis and what it needs: the folder $CLIENTS_JEDIS, or one in the user's cache folder.
func jedis(t *testing.T) string {
	dir := os.Getenv("CLIENTS_JEDIS")
	if dir == "" {
		cache, err := os.UserCacheDir()
		require.NoError(t, err)
		dir = filepath.Join(cache, "clusternode-jedis")
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "jedis-*.jar")); len(found) == 0 {
		must(t, "mvn", "-q", "-B", "-f", "testdata/jedis/pom.xml", "dependency:copy-dependencies", "-DoutputDirectory="+dir)
	}
	return filepath.Join(dir, "*")
}

// TestJedisWaiting plays Jedis' pub/sub, queues and client-side caching.
func TestJedisWaiting(t *testing.T) {
	jars := jedis(t)
	_, addrs := startLocal(t, t.TempDir())
	play := func(program string, args ...string) {
		out := must(t, "java", append([]string{"-cp", jars, filepath.Join("testdata", "jedis", program+".java")}, args...)...)
		t.Log(lastLine(out))
	}
	for _, protocol := range []string{"2", "3"} {
		play("PubSub", append([]string{protocol}, addrs...)...)
		play("Queues", append([]string{protocol}, addrs...)...)
	}
	play("Caching", addrs...)
}
