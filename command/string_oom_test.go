package command

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/keyspace"
	"clusternode/resp"
)

// A command that finds no memory replies so, and nothing has changed.
func TestOutOfMemoryChangesNothing(t *testing.T) {
	n := stringNode(t)
	ks, err := keyspace.New(keyspace.Options{Databases: 16, Limit: 4 << 20})
	require.NoError(t, err)
	t.Cleanup(ks.Close)
	n.ks, n.x, n.c.KS, n.c.Env.KS = ks, ks.NewExecutor("test"), ks, ks
	big := strings.Repeat("x", 6<<20)
	n.do("SET", "k", "12345", "PX", "5000")
	n.do("SET", "{k}half", strings.Repeat("y", 3<<20))

	for _, args := range [][]string{
		{"SET", "k", big}, {"SET", "k", big, "GET"}, {"SET", "k", big, "EX", "10"}, {"SETEX", "k", "5", big}, {"GETSET", "k", big},
		{"SET", "new", big, "GET"}, {"SETNX", "new", big}, {"MSET", "k", big}, {"MSETNX", "new", big},
		{"APPEND", "k", big}, {"APPEND", "new", big}, {"SETRANGE", "k", "6000000", "x"}, {"SETRANGE", "new", "6000000", "x"},
		{"SETBIT", "k", "50000000", "1"}, {"SETBIT", "new", "50000000", "1"},
		{"BITFIELD", "k", "SET", "u8", "0", "1", "SET", "u8", "50000000", "1"}, {"BITFIELD", "new", "SET", "u8", "50000000", "1"},
		{"BITOP", "NOT", "k", "{k}half"},
	} {
		dirty := n.c.Stats.Dirty
		require.Equal(t, "-"+resp.ErrOOM, n.do(args...).String(), "%.40q", args)
		require.Equal(t, dirty, n.c.Stats.Dirty, "%.40q", args)
		require.False(t, n.entry("new").Exists(), "%.40q", args)
		e := n.entry("k")
		require.Equal(t, "12345", string(e.Value()), "%.40q", args)
		require.Equal(t, keyspace.EncInt, e.Encoding(), "%.40q", args)
		require.Equal(t, n.c.Now+5000, e.ExpireAt(), "%.40q", args)
		require.Equal(t, 3<<20, len(n.entry("{k}half").Value()))
	}
	require.Equal(t, "+OK", n.do("SET", "k", "small").String())
}
