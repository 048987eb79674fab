package command

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/slots"
)

// TestHotListCommandsDoNotAllocate: neither on packed lists nor on big ones.
func TestHotListCommandsDoNotAllocate(t *testing.T) {
	n := newNode(t, ListSpecs)
	long := strings.Repeat("x", 100)
	for i := range 1000 {
		n.do("RPUSH", "big", fmt.Sprint("element:", i), long, long, long)
		n.do("RPUSH", "small", "e"+strconv.Itoa(i%100), "5")
		n.do("LPOP", "small", "2")
		n.do("RPUSH", "small", "e"+strconv.Itoa(i%100))
		if i%20 == 0 {
			n.do("LTRIM", "small", "0", "20")
		}
	}
	for _, key := range []string{"big", "small"} {
		for _, run := range [][][]string{
			{{"RPUSH", key, "some element"}, {"LPOP", key}},
			{{"LPUSH", key, long}, {"RPOP", key}},
			{{"LPUSH", key, "12345"}, {"LPOP", key}},
			{{"RPUSH", key, "a", "b", "c"}, {"LPOP", key, "3"}},
			{{"LRANGE", key, "0", "10"}, {"LINDEX", key, "3"}, {"LLEN", key}},
			{{"LMOVE", key, key, "LEFT", "RIGHT"}, {"LSET", key, "0", "x"}},
		} {
			var argv [][][]byte
			for _, words := range run {
				argv = append(argv, byteArgs(words...))
			}
			n.w.Buf = make([]byte, 0, 1<<16)
			count := testing.AllocsPerRun(500, func() {
				for _, args := range argv {
					n.hotAll(args)
				}
			})
			require.Zero(t, count, "%s %q", key, run)
		}
	}
}

// hotAll is hot for a command whose keys are in one slot.
func (n *node) hotAll(args [][]byte) {
	n.w.Buf = n.w.Buf[:0]
	s, _ := n.c.Env.Table.Resolve(args)
	if !n.c.Bind(s, args, 0) {
		panic("bad command")
	}
	n.x.Enter()
	slot := n.c.Keys[0].Slot
	if !n.ks.TryLock(slot) {
		panic("locked")
	}
	n.c.BindParts()
	s.Handler(n.c)
	n.ks.Unlock(slot)
	n.x.Leave()
}

// TestListCost: a long range runs away from the loop, a short one does not.
func TestListCost(t *testing.T) {
	n := newNode(t, ListSpecs)
	words := []string{"RPUSH", "l"}
	for i := range 100_000 {
		words = append(words, strconv.Itoa(i))
	}
	n.do(words...)
	cost := func(args ...string) int64 {
		argv := byteArgs(args...)
		s, _ := n.c.Env.Table.Resolve(argv)
		require.True(t, n.c.Bind(s, argv, 0))
		n.x.Enter()
		defer n.x.Leave()
		n.c.BindParts()
		return s.Cost(n.c)
	}
	for _, long := range [][]string{{"LRANGE", "l", "0", "-1"}, {"LPOP", "l", "100000"}, {"LREM", "l", "0", "x"}, {"LPOS", "l", "x"}, {"LMPOP", "1", "l", "LEFT", "COUNT", "100000"}} {
		require.Greater(t, cost(long...), int64(1_000_000), "%q", long)
	}
	for _, short := range [][]string{{"LRANGE", "l", "0", "99"}, {"LRANGE", "l", "-100", "-1"}, {"LRANGE", "l", "5", "1"}, {"LPOP", "l"}, {"RPUSH", "l", "x"}, {"LRANGE", "nokey", "0", "-1"}, {"LPOS", "nokey", "x"}} {
		require.Less(t, cost(short...), int64(100_000), "%q", short)
	}
}

// TestListsInOtherSlots: outside of a cluster an element moves between slots.
func TestListsInOtherSlots(t *testing.T) {
	n := newNode(t, ListSpecs, GenericSpecs)
	require.NotEqual(t, slots.Of([]byte("a")), slots.Of([]byte("b")))
	n.do("RPUSH", "a", "1", "2", "x")
	for range 2 {
		n.do("LMOVE", "a", "b", "LEFT", "RIGHT")
	}
	require.Equal(t, `*[$"1" $"2"]`, n.do("LRANGE", "b", "0", "-1").String())
	require.Equal(t, `$"x"`, n.do("RPOPLPUSH", "a", "b").String())
	require.Equal(t, ":0", n.do("EXISTS", "a").String())
	require.Equal(t, `*[$"x" $"1" $"2"]`, n.do("LRANGE", "b", "0", "-1").String())
}

func BenchmarkLists(b *testing.B) {
	n := newNode(b, ListSpecs)
	words := []string{"RPUSH", "big"}
	for i := range 100_000 {
		words = append(words, fmt.Sprintf("element:%06d", i))
	}
	n.do(words...)
	n.do(append([]string{"RPUSH", "small"}, words[2:22]...)...)
	for _, bench := range []struct {
		name string
		run  [][]string
	}{
		{"RPUSH LPOP big", [][]string{{"RPUSH", "big", "some element"}, {"LPOP", "big"}}},
		{"LPUSH RPOP big", [][]string{{"LPUSH", "big", "some element"}, {"RPOP", "big"}}},
		{"RPUSH LPOP small", [][]string{{"RPUSH", "small", "some element"}, {"LPOP", "small"}}},
		{"LRANGE_100 big", [][]string{{"LRANGE", "big", "0", "99"}}},
		{"LRANGE_600 big", [][]string{{"LRANGE", "big", "0", "599"}}},
		{"LINDEX big", [][]string{{"LINDEX", "big", "50000"}}},
		{"LSET big", [][]string{{"LSET", "big", "50000", "some element"}}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			var argv [][][]byte
			for _, words := range bench.run {
				argv = append(argv, byteArgs(words...))
			}
			b.ReportAllocs()
			for b.Loop() {
				for _, args := range argv {
					n.hotAll(args)
				}
			}
		})
	}
}
