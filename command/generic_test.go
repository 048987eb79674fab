package command

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// nullCluster turns cluster mode on for the commands that only ask whether it
// is.
type nullCluster struct{ Cluster }

func TestExpiredKeysAreMissing(t *testing.T) {
	for _, args := range [][]string{
		{"DEL", "k"}, {"UNLINK", "k"}, {"EXISTS", "k"}, {"TOUCH", "k"}, {"PERSIST", "k"}, {"EXPIRE", "k", "5"},
		{"COPY", "k", "k2"}, {"MOVE", "k", "3"}, {"RENAMENX", "other", "k"}, {"COPY", "other", "k"},
	} {
		n := newNode(t, Families()...)
		n.do("SET", "k", "v", "PX", "1000")
		n.do("SET", "other", "v")
		n.c.Now += 1000 // at the moment itself it is still there
		require.Equal(t, ":1", n.do("EXISTS", "k").String())
		n.c.Now++
		want := ":0"
		if args[0] == "RENAMENX" || args[1] == "other" {
			want = ":1" // the target is free
		}
		require.Equal(t, want, n.do(args...).String(), "%q", args)
		require.EqualValues(t, 1, n.c.Stats.Expired, "%q", args)
	}
}

func TestExpiredKeysOfScans(t *testing.T) {
	n := newNode(t, Families()...)
	n.do("SET", "stays", "v")
	for i := range 20 {
		n.do("SET", fmt.Sprint("goes", i), "v", "PX", "10")
	}
	n.c.Now += 11
	require.Equal(t, `*[$"stays"]`, n.do("KEYS", "*").String())
	require.Equal(t, `$"stays"`, n.do("RANDOMKEY").String())
	require.Equal(t, `*[$"0" *[$"stays"]]`, n.do("SCAN", "0", "COUNT", "1000").String())
	require.Equal(t, ":1", n.do("DBSIZE").String(), "SCAN removes what it finds expired")
	n.do("SET", "lonely", "v", "PX", "10")
	n.do("DEL", "stays")
	n.c.Now += 11
	require.True(t, n.do("RANDOMKEY").Null)
	for i := range 2 * randomTries {
		n.do("SET", fmt.Sprint("goes", i), "v", "PX", "10")
	}
	n.do("SET", "stays", "v")
	n.c.Now += 11
	require.Equal(t, `$"stays"`, n.do("RANDOMKEY").String())
}

func TestRenameOntoExpiredKeepsValue(t *testing.T) {
	n := newNode(t, Families()...)
	n.do("SET", "{t}a", "value")
	n.do("SET", "{t}b", "old", "PX", "5")
	n.c.Now += 6
	require.Equal(t, "+OK", n.do("RENAME", "{t}a", "{t}b").String())
	require.Equal(t, `$"value"`, n.do("GET", "{t}b").String())
	require.Equal(t, ":-1", n.do("TTL", "{t}b").String())
}

func TestMoveBetweenDatabasesIsPerKey(t *testing.T) {
	n := newNode(t, Families()...)
	n.do("SET", "k", "v", "PX", "5000")
	require.Equal(t, ":1", n.do("MOVE", "k", "9").String())
	n.do("SELECT", "9")
	require.Equal(t, ":5000", n.do("PTTL", "k").String())
	n.c.Now += 5001
	n.do("SELECT", "0")
	n.do("SET", "k", "new")
	require.Equal(t, ":1", n.do("MOVE", "k", "9").String(), "an expired target is no obstacle")
}

func TestAccessTimes(t *testing.T) {
	n := newNode(t, Families()...)
	n.do("SET", "k", "v")
	n.c.Now += 50_000
	for _, args := range [][]string{{"TYPE", "k"}, {"EXISTS", "k"}, {"TTL", "k"}, {"OBJECT", "ENCODING", "k"}, {"MEMORY", "USAGE", "k", "SAMPLES", "0"}, {"DEBUG", "OBJECT", "k"}, {"KEYS", "*"}} {
		n.do(args...)
		require.Equal(t, ":50", n.do("OBJECT", "IDLETIME", "k").String(), "%q is no access", args)
	}
	n.do("CLIENT", "NO-TOUCH", "ON")
	n.do("GET", "k")
	require.Equal(t, ":50", n.do("OBJECT", "IDLETIME", "k").String())
	n.do("TOUCH", "k")
	require.Equal(t, ":0", n.do("OBJECT", "IDLETIME", "k").String(), "TOUCH counts in any mode")
	n.do("CLIENT", "NO-TOUCH", "OFF")
	n.c.Now += 7_000
	n.do("RENAME", "k", "k2")
	n.do("COPY", "k2", "k3")
	require.Equal(t, ":0", n.do("OBJECT", "IDLETIME", "k3").String())
}

func TestObjectFreq(t *testing.T) {
	n := newNode(t, Families()...)
	n.c.Env.Settings.LFU.Store(true)
	n.do("SET", "k", "v")
	require.Equal(t, ":5", n.do("OBJECT", "FREQ", "k").String())
	for range 1000 {
		n.do("GET", "k")
	}
	hot := n.do("OBJECT", "FREQ", "k")
	require.NotEqual(t, ":5", hot.String())
	n.c.Now += 600 * 60_000
	require.Equal(t, ":0", n.do("OBJECT", "FREQ", "k").String())
	require.Contains(t, n.do("OBJECT", "IDLETIME", "k").Str, "An LFU maxmemory policy is selected")
}

func TestHitsAndMisses(t *testing.T) {
	n := newNode(t, Families()...)
	n.do("SET", "k", "v")
	for _, c := range []struct {
		args         []string
		hits, misses int64
	}{
		{[]string{"EXISTS", "k", "x"}, 1, 1}, {[]string{"TTL", "k"}, 1, 0}, {[]string{"TYPE", "x"}, 0, 1}, {[]string{"TOUCH", "k", "x"}, 1, 1},
		{[]string{"DEL", "x"}, 0, 0}, {[]string{"EXPIRE", "k", "9"}, 0, 0}, {[]string{"COPY", "k", "k"}, 0, 0}, {[]string{"COPY", "k", "y"}, 1, 0},
		{[]string{"OBJECT", "ENCODING", "k"}, 1, 0}, {[]string{"MEMORY", "USAGE", "k"}, 0, 0}, {[]string{"KEYS", "*"}, 0, 0},
	} {
		n.c.Stats.Hits, n.c.Stats.Misses = 0, 0
		n.do(c.args...)
		require.Equal(t, [2]int64{c.hits, c.misses}, [2]int64{n.c.Stats.Hits, n.c.Stats.Misses}, "%q", c.args)
	}
}

func TestDirtyCountsChanges(t *testing.T) {
	n := newNode(t, Families()...)
	n.do("MSET", "{t}a", "1", "{t}b", "2", "{t}c", "3")
	for _, c := range []struct {
		args []string
		want int64
	}{
		{[]string{"DEL", "x"}, 0}, {[]string{"RENAME", "{t}a", "{t}a"}, 0}, {[]string{"RENAME", "{t}a", "{t}d"}, 1}, {[]string{"PERSIST", "{t}b"}, 0},
		{[]string{"EXPIRE", "{t}b", "100"}, 1}, {[]string{"EXPIRE", "{t}b", "100", "NX"}, 0}, {[]string{"PERSIST", "{t}b"}, 1}, {[]string{"COPY", "{t}b", "{t}e"}, 1},
		{[]string{"MOVE", "{t}b", "1"}, 1}, {[]string{"DEL", "{t}c", "{t}d", "{t}x"}, 2}, {[]string{"SWAPDB", "0", "1"}, 1}, {[]string{"FLUSHALL"}, 2},
	} {
		n.c.Stats.Dirty = 0
		n.do(c.args...)
		require.Equal(t, c.want, n.c.Stats.Dirty, "%q", c.args)
	}
}

func TestClusterModeForbidsDatabases(t *testing.T) {
	n := newNode(t, Families()...)
	n.c.Env.Cluster = nullCluster{}
	n.do("SET", "k", "v")
	for _, c := range [][2]string{
		{"SELECT 0", "+OK"},
		{"SELECT 1", "-ERR SELECT is not allowed in cluster mode"},
		{"SELECT 99", "-ERR SELECT is not allowed in cluster mode"},
		{"SELECT a", "-ERR value is not an integer or out of range"},
		{"MOVE k 1", "-ERR MOVE is not allowed in cluster mode"},
		{"MOVE k a", "-ERR MOVE is not allowed in cluster mode"},
		{"SWAPDB a b", "-ERR SWAPDB is not allowed in cluster mode"},
		{"COPY k k2 DB 1", "-ERR Copying to another database is not allowed in cluster mode"},
		{"COPY k k2 DB 99", "-ERR DB index is out of range"},
		{"COPY k k2 DB 0", ":1"},
	} {
		require.Equal(t, c[1], n.do(words(c[0])...).String(), c[0])
	}
	require.Contains(t, n.do("HELLO", "3").String(), `$"mode" $"cluster"`)
}
