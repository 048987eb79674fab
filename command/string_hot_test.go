package command

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// hot runs a parsed command of one key as the dispatcher does, and nothing
// else: what is measured and counted is the command.
func (n *node) hot(args [][]byte) {
	n.w.Buf = n.w.Buf[:0]
	s, _ := n.c.Env.Table.Resolve(args)
	if !s.ArityOK(len(args)) || !n.c.Bind(s, args, 0) {
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

// hotCommands are runs of commands over many keys.
var hotCommands = []struct {
	name  string
	lines func(i int) [][]byte
}{
	{"GET", func(i int) [][]byte { return byteArgs("GET", fmt.Sprintf("key:%012d", i)) }},
	{"SET", func(i int) [][]byte {
		return byteArgs("SET", fmt.Sprintf("key:%012d", i), fmt.Sprintf("%064d", i))
	}},
	{"INCR", func(i int) [][]byte { return byteArgs("INCR", fmt.Sprintf("num:%012d", i%100)) }},
	{"SET EX", func(i int) [][]byte { return byteArgs("SET", fmt.Sprintf("key:%012d", i), "v", "EX", "100") }},
	{"INCRBYFLOAT", func(i int) [][]byte { return byteArgs("INCRBYFLOAT", fmt.Sprintf("float:%d", i%100), "0.25") }},
	{"SETBIT", func(i int) [][]byte { return byteArgs("SETBIT", fmt.Sprintf("bits:%d", i%100), "100", "1") }},
	{"BITCOUNT", func(i int) [][]byte { return byteArgs("BITCOUNT", fmt.Sprintf("bits:%d", i%100)) }},
	{"BITFIELD", func(i int) [][]byte {
		return byteArgs("BITFIELD", fmt.Sprintf("bits:%d", i%100), "INCRBY", "u8", "0", "1", "GET", "u8", "8")
	}},
	{"GETRANGE", func(i int) [][]byte { return byteArgs("GETRANGE", fmt.Sprintf("key:%012d", i), "0", "3") }},
	{"GETmiss", func(i int) [][]byte { return byteArgs("GET", fmt.Sprintf("not:%012d", i)) }},
}

func TestHotCommandsDoNotAllocate(t *testing.T) {
	n := stringNode(t)
	for _, h := range hotCommands {
		var run [1000][][]byte
		for i := range run {
			run[i] = h.lines(i)
			n.hot(byteArgs("SET", fmt.Sprintf("key:%012d", i), "a value of some other length"))
		}
		all := func() {
			for _, args := range run {
				n.hot(args)
			}
		}
		all()
		require.Zero(t, testing.AllocsPerRun(10, all), "1000 times %s", h.name)
	}
}

func BenchmarkHot(b *testing.B) {
	for _, h := range hotCommands {
		for _, keys := range []int{1, 1 << 17} {
			b.Run(fmt.Sprintf("%s/%d", h.name, keys), func(b *testing.B) {
				n := stringNode(b)
				run := make([][][]byte, keys)
				for i := range run {
					run[i] = h.lines(i)
					n.hot(byteArgs("SET", fmt.Sprintf("key:%012d", i), fmt.Sprintf("%064d", i)))
				}
				b.ReportAllocs()
				b.ResetTimer()
				for i := range b.N {
					n.hot(run[i*7919%keys])
				}
			})
		}
	}
}
