package command

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/slots"
)

func words(s string) []string { return strings.Fields(s) }

func TestPatternSlot(t *testing.T) {
	for _, c := range []struct {
		pattern, key string // key: any key of the slot; "" if there is no one slot
	}{
		{"*", ""}, {"a*", ""}, {"", ""}, {"plain", "plain"}, {"{tag}*", "tag"}, {"x{tag}?[a]", "tag"}, {"*{tag}", ""}, {"{t*g}", ""},
		{"{}*", ""}, {"a{}b", "a{}b"}, {"{a", "{a"}, {"{a}{b}*", "a"}, {"\\{a}", ""}, {"x?{tag}", ""}, {"{}{tag}*", ""},
	} {
		s, ok := patternSlot([]byte(c.pattern))
		if c.pattern == "" {
			require.True(t, ok)
			require.Equal(t, slots.Of(nil), s)
			continue
		}
		require.Equal(t, c.key != "", ok, c.pattern)
		if ok {
			require.Equal(t, slots.Of([]byte(c.key)), s, c.pattern)
		}
	}
}

// KEYS finds the same whether or not it looks at one slot only.
func TestKeysOfOneSlot(t *testing.T) {
	n := newNode(t, Families()...)
	for i := range 500 {
		n.do("SET", fmt.Sprintf("{tag}%d", i), "v")
		n.do("SET", fmt.Sprintf("other%d", i), "v")
	}
	require.Len(t, n.do("KEYS", "{tag}*").Elems, 500)
	require.Len(t, n.do("KEYS", "?tag}*").Elems, 500)
	require.Len(t, n.do("KEYS", "{tag}1??").Elems, 100)
	require.Len(t, n.do("KEYS", "{other}*").Elems, 0)
	require.Len(t, n.do("KEYS", "*").Elems, 1000)
}

func TestScanVisitsEverything(t *testing.T) {
	n := newNode(t, Families()...)
	var want []string
	for i := range 3000 {
		name := fmt.Sprintf("key:%d", i)
		if i%2 == 0 {
			name = fmt.Sprintf("{one}%d", i)
		}
		n.do("SET", name, "v")
		want = append(want, name)
	}
	for _, count := range []string{"1", "7", "10", "5000"} {
		seen := map[string]bool{}
		cursor, calls := "0", 0
		for {
			v := n.do("SCAN", cursor, "COUNT", count)
			for _, e := range v.Elems[1].Elems {
				seen[e.Str] = true
			}
			cursor = v.Elems[0].Str
			if calls++; cursor == "0" {
				break
			}
			require.Less(t, calls, 10_000)
			// Keys that come and go meanwhile do not hide the others.
			n.do("SET", fmt.Sprint("new", calls), "v")
			n.do("DEL", fmt.Sprint("new", calls-1))
		}
		for _, name := range want {
			require.True(t, seen[name], "%s with COUNT %s", name, count)
		}
	}
}

func TestParseCursor(t *testing.T) {
	for _, c := range []struct {
		text string
		want uint64
		ok   bool
	}{
		{"0", 0, true}, {"17", 17, true}, {"+5", 5, true}, {"-1", 1<<64 - 1, true}, {"", 0, true}, {"\x00", 0, true}, {"7\x00x", 7, true}, {"18446744073709551615", 1<<64 - 1, true},
		{"18446744073709551616", 0, false}, {" 5", 0, false}, {"5 ", 0, false}, {"-", 0, false}, {"+", 0, false}, {"--1", 0, false}, {"+-1", 0, false}, {"0x5", 0, false}, {"5_0", 0, false},
	} {
		n, ok := parseCursor([]byte(c.text))
		require.Equal(t, c.ok, ok, c.text)
		if ok {
			require.Equal(t, c.want, n, c.text)
		}
	}
}

// A cursor may be anything: the walk ends nevertheless.
func FuzzScan(f *testing.F) {
	f.Add("0", "COUNT", "1")
	f.Add("9007199254740991", "MATCH", "a*")
	f.Add("-1", "TYPE", "string")
	f.Fuzz(func(t *testing.T, cursor, option, value string) {
		n := newNode(t, Families()...)
		n.do("MSET", "a", "1", "b", "2", "{a}b", "3")
		for range 100 {
			v := n.do("SCAN", cursor, option, value)
			if v.IsError() {
				return
			}
			if cursor = v.Elems[0].Str; cursor == "0" {
				return
			}
		}
		t.Fatal("the walk does not end")
	})
}

func TestRandomKeyReachesEveryKey(t *testing.T) {
	n := newNode(t, Families()...)
	names := []string{"a", "b", "{a}1", "{a}2", "{a}3", "{a}4", "c"}
	for _, name := range names {
		n.do("SET", name, "v")
	}
	seen := map[string]int{}
	for range 2000 {
		seen[n.do("RANDOMKEY").Str]++
	}
	for name, times := range seen {
		require.True(t, slices.Contains(names, name))
		require.Greater(t, times, 50, name)
	}
	require.Len(t, seen, len(names))
}
