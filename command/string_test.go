package command

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/keyspace"
	"clusternode/resp"
)

func stringNode(t testing.TB) *node { return newNode(t, StringSpecs, BitmapSpecs) }

// key binds one key, for looking at its entry.
func (n *node) key(name string) *Key {
	spec := n.c.Env.Table.Lookup([]byte("get"))
	require.True(n.t, n.c.Bind(spec, [][]byte{[]byte("get"), []byte(name)}, n.c.C.DB))
	n.c.BindParts()
	return &n.c.Keys[0]
}

func (n *node) entry(name string) keyspace.Entry {
	k := n.key(name)
	return k.Part.Find(k.Hash, k.Bytes)
}

// putList makes a key of another type.
func (n *node) putList(name string) {
	k := n.key(name)
	_, err := k.Part.Put(k.Hash, k.Bytes, keyspace.TypeList, keyspace.EncListpack, []byte("x"), 0, false, 0)
	require.NoError(n.t, err)
}

func TestWrongType(t *testing.T) {
	n := stringNode(t)
	for _, line := range []string{
		"GET k", "SET k v GET", "SET k v NX GET", "GETSET k v", "GETDEL k", "GETEX k", "GETEX k EX 0", "STRLEN k",
		"APPEND k v", "APPEND k ''", "SETRANGE k 1 v", "SETRANGE k 1 ''", "SETRANGE k 999999999 ''", "GETRANGE k 0 1", "SUBSTR k 0 1",
		"INCR k", "DECR k", "INCRBY k 1", "DECRBY k 1", "INCRBYFLOAT k 1", "INCRBYFLOAT k x",
		"SETBIT k 1 1", "GETBIT k 1", "BITCOUNT k", "BITCOUNT k 0 1", "BITPOS k 1", "BITPOS k 0 5",
		"BITOP AND {k}d k", "BITOP OR {k}d {k}s k", "BITFIELD k", "BITFIELD k GET u8 0", "BITFIELD k SET u8 0 1", "BITFIELD_RO k GET u8 0",
	} {
		n.putList("k")
		n.do("SET", "{k}d", "old")
		words, _ := resp.SplitWords([]byte(line), nil)
		args := make([]string, len(words))
		for i, w := range words {
			args[i] = string(w)
		}
		dirty := n.c.Stats.Dirty
		require.Equal(t, "-"+resp.ErrWrongType, n.do(args...).String(), line)
		require.Equal(t, dirty, n.c.Stats.Dirty, line)
		require.Equal(t, keyspace.TypeList, n.entry("k").Type(), line)
		require.Equal(t, `$"old"`, n.do("GET", "{k}d").String(), line)
	}
	for line, want := range map[string]string{
		"MGET k k":      "*[(null $) (null $)]",
		"SETNX k v":     ":0",
		"SET k v NX":    "(null $)",
		"MSETNX k v":    ":0",
		"LCS k {k}none": "-ERR The specified keys must contain string values",
		"LCS {k}none k": "-ERR The specified keys must contain string values",
		"SET k v XX":    "+OK",
	} {
		n.putList("k")
		require.Equal(t, want, n.do(strings.Fields(line)...).String(), line)
	}
	n.putList("k")
	n.putList("{k}dest")
	n.do("SET", "{k}s", "x")
	require.Equal(t, ":1", n.do("BITOP", "NOT", "{k}dest", "{k}s").String(), "the target's type does not matter")
	n.putList("k")
	require.Equal(t, "+OK", n.do("MSET", "k", "v").String())
	n.putList("k")
	require.Equal(t, "+OK", n.do("SETEX", "k", "10", "v").String())
}

// What a command reports with Ctx.Changed: "k" once for the key it writes, ""
// for nothing. Each runs on k = "ab" with an expiry, unless it says so.
func TestChangedOncePerKey(t *testing.T) {
	for line, want := range map[string]int64{
		"GET k": 0, "STRLEN k": 0, "MGET k k": 0, "GETRANGE k 0 1": 0, "GETBIT k 0": 0, "BITCOUNT k": 0, "BITPOS k 1": 0, "LCS k k": 0,
		"BITFIELD k": 0, "BITFIELD k GET u8 0": 0, "BITFIELD_RO k GET u8 0": 0, "GETEX k": 0,
		"SET k v": 1, "SET k v NX": 0, "SET k v XX GET": 1, "SET k v EX 5": 1, "SET k v EXAT 1": 1, "SET none v EXAT 1": 1, "SET k v KEEPTTL": 1,
		"SETNX k v": 0, "SETNX none v": 1, "SETEX k 5 v": 1, "GETSET k v": 1, "GETDEL k": 1, "GETDEL none": 0,
		"GETEX k EX 5": 1, "GETEX k PERSIST": 1, "GETEX k EXAT 1": 1, "GETEX none EX 5": 0, "GETEX k FOO": 0, "GETEX k EX 0": 0,
		"MSET k a k b {k}2 c": 3, "MSETNX {k}2 a {k}3 b": 2, "MSETNX {k}2 a k b": 0,
		"APPEND k x": 1, "APPEND k ''": 1, "APPEND none ''": 1, "SETRANGE k 1 x": 1, "SETRANGE k 5 ''": 0, "SETRANGE none 5 ''": 0, "SETRANGE none 1 x": 1,
		"INCR k": 0, "INCR none": 1, "INCRBYFLOAT k 1": 0, "INCRBYFLOAT none 1": 1, "INCRBYFLOAT none x": 0,
		"SETBIT k 0 1": 1, "SETBIT k 0 0": 0, "SETBIT k 100 0": 1, "SETBIT none 0 0": 1,
		"BITOP AND k k k": 1, "BITOP AND k {k}none": 1,
		"BITFIELD k SET u8 0 97": 0, "BITFIELD k SET u8 0 98 SET u8 8 1": 2, "BITFIELD k OVERFLOW FAIL SET u2 0 4": 0, "BITFIELD none OVERFLOW FAIL SET u2 0 4": 1,
		"BITFIELD k SET u8 100 0": 1, "BITFIELD k SET u8 0 1 FOO": 0,
	} {
		n := stringNode(t)
		n.do("SET", "k", "ab", "EX", "100")
		words, _ := resp.SplitWords([]byte(line), nil)
		args := make([]string, len(words))
		for i, w := range words {
			args[i] = string(w)
		}
		k := n.key("k")
		var w keyspace.Watcher
		n.ks.Watch(0, k.Slot, k.Hash, []byte("k"), &w)
		before := n.c.Stats.Dirty
		n.do(args...)
		require.Equal(t, want, n.c.Stats.Dirty-before, line)
		touchesK := want > 0 && !strings.Contains(line, "none") || strings.Contains(line, "AND k")
		if strings.HasPrefix(line, "MSETNX {k}2 a {k}3") {
			touchesK = false
		}
		require.Equal(t, touchesK, w.Dirty(), line)
	}
}

func TestExpiryOfStrings(t *testing.T) {
	ttl := func(n *node, name string) string {
		e := n.entry(name)
		switch {
		case !e.Exists():
			return "missing"
		case !e.HasExpire():
			return "none"
		}
		return fmt.Sprint(e.ExpireAt() - n.c.Now)
	}
	for line, want := range map[string]string{
		"GET k": "5000", "SET k v": "none", "SET k v KEEPTTL": "5000", "SET k v EX 7": "7000", "SET k v PX 7": "7", "GETSET k v": "none",
		"SETEX k 9 v": "9000", "PSETEX k 9 v": "9", "MSET k v": "none", "GETEX k": "5000", "GETEX k PERSIST": "none", "GETEX k PX 8": "8",
		"GETEX k EXAT 1700000009": "9000", "SET k v PXAT 1700000009001": "9001", "SET k v PXAT 1700000000000": "0", "SET k v EXAT 1": "-1699999999000", "SET k v PXAT 1700000000001": "1",
		"GETEX k PXAT 1700000000000": "missing", "APPEND k 1": "5000", "SETRANGE k 3 x": "5000", "SETRANGE k 0 x": "5000",
		"INCR k": "5000", "INCRBY k 1000": "5000", "INCRBYFLOAT k 1.5": "5000", "SETBIT k 1 1": "5000", "SETBIT k 100 1": "5000",
		"BITFIELD k SET u8 0 1": "5000", "BITFIELD k SET u8 100 1": "5000", "BITOP NOT k k": "none", "GETDEL k": "missing",
	} {
		n := stringNode(t)
		n.do("SET", "k", "5", "PX", "5000")
		require.NotEqual(t, "-", n.raw(strings.Fields(line)...)[:1], line)
		require.Equal(t, want, ttl(n, "k"), line)
	}
}

func TestExpiredStringsAreMissing(t *testing.T) {
	for line, want := range map[string]string{
		"GET k": "(null $)", "SET k v XX": "(null $)", "SET k v GET": "(null $)", "SET k v NX": "+OK", "SETNX k v": ":1", "GETSET k v": "(null $)",
		"GETDEL k": "(null $)", "GETEX k PERSIST": "(null $)", "MGET k": "*[(null $)]", "MSETNX k v": ":1", "STRLEN k": ":0",
		"APPEND k x": ":1", "SETRANGE k 1 x": ":2", "GETRANGE k 0 -1": `$""`, "INCR k": ":1", "INCRBYFLOAT k 2": `$"2"`, "LCS k k LEN": ":0",
		"SETBIT k 1 1": ":0", "GETBIT k 2": ":0", "BITCOUNT k": ":0", "BITPOS k 1": ":-1", "BITOP NOT {k}d k": ":0",
		"BITFIELD k GET u8 0": "*[:0]", "BITFIELD k INCRBY u8 0 1": "*[:1]",
	} {
		n := stringNode(t)
		n.do("SET", "k", "55", "PX", "1000")
		n.c.Now += 1001
		require.Equal(t, want, n.do(strings.Fields(line)...).String(), line)
		require.EqualValues(t, 1, n.c.Stats.Expired, line)
		if e := n.entry("k"); e.Exists() {
			require.False(t, e.HasExpire(), line)
		}
	}
}

// Limits follow proto-max-bulk-len.
func TestStringLimits(t *testing.T) {
	n := stringNode(t)
	n.c.Env.Settings.MaxBulk.Store(1 << 20)
	n.do("SETRANGE", "k", "1048575", "x")
	require.Equal(t, ":1048576", n.do("STRLEN", "k").String())
	for _, line := range []string{"APPEND k x", "SETRANGE k 1048576 x", "SETRANGE k 1048575 xx", "SETRANGE new 1048576 x"} {
		require.Equal(t, "-"+resp.ErrStringTooLong, n.do(strings.Fields(line)...).String(), line)
	}
	require.Equal(t, ":1048576", n.do("APPEND", "k", "").String())
	require.Equal(t, ":0", n.do("SETBIT", "b", "8388607", "1").String())
	require.Equal(t, "-"+errBitOffset, n.do("SETBIT", "b", "8388608", "1").String())
	require.Equal(t, "-"+errBitOffset, n.do("GETBIT", "b", "8388608").String())
	n.do("BITFIELD", "b", "SET", "i64", "8388607", "-1") // the last field may end behind the limit
	require.Equal(t, ":1048584", n.do("STRLEN", "b").String())
	n.do("SETRANGE", "{k}2", "300000", "x")
	require.Equal(t, "-ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len", n.do("LCS", "k", "{k}2").String())
}

func TestStringCosts(t *testing.T) {
	n := stringNode(t)
	n.do("SETRANGE", "k", "99999999", "x")
	cost := func(line string) int64 {
		args := byteArgs(strings.Fields(line)...)
		s := n.c.Env.Table.Lookup(args[0])
		require.True(t, n.c.Bind(s, args, 0))
		n.c.BindParts()
		if s.Cost == nil {
			return 0
		}
		return s.Cost(n.c)
	}
	const long = 5_000_000
	for _, line := range []string{
		"GETRANGE k 0 -1", "SUBSTR k 0 99999999", "APPEND k x", "SETRANGE new 99999999 x", "BITCOUNT k", "BITPOS k 0", "BITOP NOT {k}d k",
		"SETBIT new 800000000 1", "BITFIELD new SET u8 800000000 1", "BITFIELD new SET u8 #99999999 1", "LCS k k", "LCS k {k}none",
		"MGET" + strings.Repeat(" k", 50_000),
	} {
		require.Greater(t, cost(line), int64(long), line)
	}
	for _, line := range []string{
		"GET k", "SET k v", "INCR k", "GETRANGE k 0 100", "GETRANGE k -100 -1", "GETRANGE none 0 -1", "APPEND none x", "SETRANGE k 5 x", "SETBIT k 5 1", "GETBIT k 5",
		"BITCOUNT none", "BITPOS none 0", "BITOP NOT {k}d none", "BITFIELD k GET u8 0", "LCS none none", "MGET k k", "MSET k v",
	} {
		require.Less(t, cost(line), int64(20_000), line)
	}
}

// The access counter of LFU belongs to the key and outlives its values.
func TestOverwriteKeepsLFUCounter(t *testing.T) {
	n := stringNode(t)
	n.c.Env.Settings.LFU.Store(true)
	n.c.Env.Settings.LFULogFactor.Store(0)
	n.do("SET", "k", "v")
	for range 20 {
		n.do("GET", "k")
	}
	for _, line := range []string{"SET k w", "SET k longer XX", "MSET k v", "INCRBYFLOAT {k}n 1", "BITOP NOT k k", "APPEND k xyz", "SETRANGE k 100 x"} {
		n.do(strings.Fields(line)...)
		require.Greater(t, keyspace.LFUCounter(n.entry("k").LRU(), uint32(n.c.Now/60000), 1), uint8(20), line)
	}
}
