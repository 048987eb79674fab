package command

import (
	"encoding/binary"
	"encoding/hex"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/internal/crc64"
)

// payload is a line of rdb/testdata: a payload, and the digest of the value
// where it was made.
type payload struct{ name, digest, payload string }

func readPayloads(t testing.TB) (out []payload) {
	for _, file := range []string{"golden.txt", "old.txt"} {
		text, err := os.ReadFile("../rdb/testdata/" + file)
		require.NoError(t, err)
		for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
			if line[0] == '#' {
				continue
			}
			w := strings.Split(line, " ")
			b, err := hex.DecodeString(w[4])
			require.NoError(t, err)
			out = append(out, payload{w[0] + "/" + w[1], w[3], string(b)})
		}
	}
	return out
}

// Payloads of real servers are read as the values that they were made of, and
// survive RELOAD, DUMP and RESTORE, COPY and RENAME.
func TestGoldenDigests(t *testing.T) {
	for _, proto := range []int{2, 3} {
		n := newNode(t, Families()...)
		n.w.Proto = proto
		for _, g := range readPayloads(t) {
			if strings.Contains(g.name, "hash") || strings.Contains(g.name, "zipmap") {
				continue
			}
			require.Equal(t, "+OK", n.do("RESTORE", "k", "0", g.payload, "REPLACE").String(), g.name)
			digest := func(key string) string { return n.do("DEBUG", "DIGEST-VALUE", key).Elems[0].Str }
			// The digest of a score had another form in 7.0.
			if !strings.HasPrefix(g.name, "redis7.0/zset") {
				require.Equal(t, g.digest, digest("k"), g.name)
			}
			want := digest("k")
			require.Equal(t, "+OK", n.do("DEBUG", "RELOAD").String())
			require.Equal(t, want, digest("k"), g.name)
			require.Equal(t, "+OK", n.do("RESTORE", "again", "0", n.do("DUMP", "k").Str, "REPLACE").String(), g.name)
			require.Equal(t, want, digest("again"), g.name)
			require.Equal(t, ":1", n.do("COPY", "again", "copy", "REPLACE").String())
			require.Equal(t, "+OK", n.do("RENAME", "copy", "{k}2").String())
			require.Equal(t, "+OK", n.do("RENAME", "{k}2", "k").String()) // within the slot
			require.Equal(t, want, digest("k"), g.name)
			size, err := strconv.Atoi(n.do("MEMORY", "USAGE", "k", "SAMPLES", "0").Str)
			require.NoError(t, err)
			require.Greater(t, size, len(g.payload)/200)
			require.Contains(t, n.do("DEBUG", "OBJECT", "k").Str, "encoding:"+n.do("OBJECT", "ENCODING", "k").Str+" ")
		}
		n.do("FLUSHALL")
	}
}

// seal puts the end of a payload behind a value.
func seal(body string, version byte) string {
	b := append([]byte(body), version, 0)
	return string(binary.LittleEndian.AppendUint64(b, crc64.Update(0, b)))
}

// touchers are commands that walk through a value and change it, by type.
var touchers = map[string][][]string{
	"string": {{"GET", "k"}, {"APPEND", "k", "x"}, {"PFCOUNT", "k"}, {"PFADD", "k", "a"}},
	"list":   {{"LRANGE", "k", "0", "-1"}, {"LPOS", "k", "x", "RANK", "-1"}, {"LPOP", "k"}, {"RPUSH", "k", "x", "y"}, {"LINSERT", "k", "BEFORE", "x", "z"}, {"LREM", "k", "0", "x"}, {"LTRIM", "k", "1", "-2"}},
	"set":    {{"SMEMBERS", "k"}, {"SADD", "k", "x", "1", "99999999999"}, {"SREM", "k", "1", "a"}, {"SPOP", "k"}, {"SRANDMEMBER", "k", "5"}},
	"zset":   {{"ZRANGE", "k", "0", "-1", "WITHSCORES"}, {"ZADD", "k", "1", "x", "-5", "a"}, {"ZRANK", "k", "a"}, {"ZPOPMIN", "k"}, {"ZREM", "k", "x"}, {"ZCOUNT", "k", "-inf", "inf"}},
	"hash":   {{"HGETALL", "k"}, {"HSET", "k", "x", "1", "a", "2"}, {"HDEL", "k", "a", "b"}, {"HINCRBY", "k", "x", "1"}, {"HSCAN", "k", "0"}, {"HPEXPIRE", "k", "1000", "FIELDS", "1", "x"}},
	"stream": {{"XRANGE", "k", "-", "+"}, {"XINFO", "STREAM", "k", "FULL", "COUNT", "0"}, {"XADD", "k", "*", "f", "v"}, {"XREADGROUP", "GROUP", "g1", "alice", "STREAMS", "k", ">"}, {"XTRIM", "k", "MAXLEN", "2"}, {"XAUTOCLAIM", "k", "g1", "bob", "0", "0"}},
}

// What RESTORE accepts is a value that all commands can work with.
func FuzzRestore(f *testing.F) {
	for _, g := range readPayloads(f) {
		if len(g.payload) < 1500 {
			f.Add(g.payload[:len(g.payload)-10], g.payload[len(g.payload)-10])
		}
	}
	n := newNode(f, Families()...)
	f.Fuzz(func(t *testing.T, body string, version byte) {
		n.t = t
		n.do("FLUSHALL")
		if n.do("RESTORE", "k", "0", seal(body, version)).String() != "+OK" {
			require.Equal(t, ":0", n.do("EXISTS", "k").String())
			return
		}
		want := n.do("DEBUG", "DIGEST-VALUE", "k").String()
		again := n.do("DUMP", "k").Str
		require.Equal(t, "+OK", n.do("RESTORE", "{k}", "0", again).String())
		require.Equal(t, want, n.do("DEBUG", "DIGEST-VALUE", "{k}").String())
		for _, c := range touchers[n.do("TYPE", "k").Str] {
			if n.c.Env.Table.Lookup([]byte(c[0])) != nil {
				n.do(c...)
			}
		}
		if n.do("EXISTS", "k").String() == ":1" {
			require.Equal(t, "+OK", n.do("RESTORE", "{k}", "0", n.do("DUMP", "k").Str, "REPLACE").String())
		}
	})
}
