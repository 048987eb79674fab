package command

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestParseScore: what C's strtod and SORT's checks make of texts.
func TestParseScore(t *testing.T) {
	for text, want := range map[string]float64{
		"": 0, "0": 0, "-0": 0, "1": 1, "+1": 1, "-1.5": -1.5, " 1": 1, "\t\n\v\f\r 1": 1, "1e3": 1000, ".5": .5, "5.": 5, "5.e1": 50,
		"inf": math.Inf(1), "-INF": math.Inf(-1), "Infinity": math.Inf(1), "0x10": 16, "-0X1.8": -1.5, "0x1p4": 16, "0x0": 0, "1\x00x": 1, "\x00": 0,
		"9223372036854775807": 9223372036854775807, "18446744073709551616": 18446744073709551616, "0.0e5": 0, "00": 0, "0e999": 0, "2.2250738585072014e-308": 0x1p-1022,
	} {
		f, ok := parseScore([]byte(text))
		require.True(t, ok, "%q", text)
		require.Equal(t, want, f, "%q", text)
	}
	for _, text := range []string{"x", " ", "1 ", "1x", "nan", "-nan", "1e400", "-1e400", "1e-310", "1e-400", "0x", "0x1p", "1_000", "0x1_0", "--1", "+-1", "1e", "e1", ".", "1,5", "infinit"} {
		_, ok := parseScore([]byte(text))
		require.False(t, ok, "%q", text)
	}
}

// TestSortLocks: only calls with patterns stop the world, and none in a cluster.
func TestSortLocks(t *testing.T) {
	n := newNode(t, SortSpecs)
	for _, name := range []string{"sort", "sort_ro"} {
		s := n.c.Env.Table.Lookup([]byte(name))
		for _, args := range [][]string{{name, "k"}, {name, "k", "BY", "nosort"}, {name, "k", "GET", "#"}, {name, "k", "LIMIT", "0", "1", "ALPHA"}} {
			require.Equal(t, LockKeys, s.LockFor(n.c.Env, byteArgs(args...)), "%q", args)
		}
		for _, args := range [][]string{{name, "k", "BY", "w_*"}, {name, "k", "GET", "x"}, {name, "k", "GET", "#", "GET", "*->f"}, {name, "k", "ALPHA", "by", "*"}} {
			require.Equal(t, LockGate, s.LockFor(n.c.Env, byteArgs(args...)), "%q", args)
			require.Equal(t, LockKeys, s.LockFor(&Env{Cluster: &fakeCluster{}}, byteArgs(args...)), "%q", args)
		}
	}
}

// TestSortInCluster: patterns have to lead to the slot of the key.
func TestSortInCluster(t *testing.T) {
	n := newNode(t, Families()...)
	n.do("RPUSH", "{t}l", "2", "1", "3")
	n.do("MSET", "{t}w_1", "30", "{t}w_2", "20", "{t}w_3", "10")
	n.do("HSET", "{t}h_1", "f", "one")
	n.c.Env.Cluster = &fakeCluster{}
	for command, want := range map[string]string{
		"BY {t}w_*":                `*[$"3" $"2" $"1"]`,
		"BY w_*":                   "-ERR BY option of SORT denied in Cluster mode.",
		"BY {u}w_*":                "-ERR BY option of SORT denied in Cluster mode.",
		"BY *{t}":                  "-ERR BY option of SORT denied in Cluster mode.",
		"BY nosort":                `*[$"2" $"1" $"3"]`,
		"GET w_*":                  "-ERR GET option of SORT denied in Cluster mode.",
		"GET #":                    `*[$"1" $"2" $"3"]`,
		"GET nostar":               "-ERR GET option of SORT denied in Cluster mode.",
		"BY {t}w_* GET {t}h_*->f":  `*[(null $) (null $) $"one"]`,
		"BY w_* foo":               "-ERR BY option of SORT denied in Cluster mode.",
		"foo BY w_*":               "-ERR syntax error",
		"BY {t}w_* STORE {t}other": ":3",
	} {
		args := append([]string{"SORT", "{t}l"}, strings.Fields(command)...)
		require.Equal(t, want, n.do(args...).String(), command)
	}
}
