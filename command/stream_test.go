package command

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/resp"
)

// script does commands, and compares the reply of each with what comes behind
// " => " in its line.
func (n *node) script(t *testing.T, text string) {
	t.Helper()
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		command, want, _ := strings.Cut(strings.TrimSpace(line), " => ")
		words, ok := resp.SplitWords([]byte(command), nil)
		require.True(t, ok)
		args := make([]string, len(words))
		for i, w := range words {
			args[i] = string(w)
		}
		require.Equal(t, want, n.do(args...).String(), command)
	}
}

func streamNode(t testing.TB) *node { return newNode(t, StreamSpecs, StringSpecs, GenericSpecs) }

// TestXtrimApproximately: whole packs go, and no more than LIMIT; the replies
// are those of redis-server 8.0.
func TestXtrimApproximately(t *testing.T) {
	n := streamNode(t)
	n.c.Env.Settings.StreamNodeMaxEntries.Store(3)
	for i := range 8 {
		n.do("XADD", "p", fmt.Sprint(i+1), "a", "b")
	}
	n.script(t, `
		XTRIM p MAXLEN ~ 6 => :0
		XTRIM p MAXLEN ~ 5 => :3
		XTRIM p MAXLEN ~ 0 LIMIT 2 => :0
		XTRIM p MINID ~ 6 => :0
		XTRIM p MINID ~ 8 LIMIT 3 => :3
		XINFO STREAM p => *[$"length" :2 $"radix-tree-keys" :1 $"radix-tree-nodes" :2 $"last-generated-id" $"8-0" $"max-deleted-entry-id" $"0-0" $"entries-added" :8 $"recorded-first-entry-id" $"7-0" $"groups" :0 $"first-entry" *[$"7-0" *[$"a" $"b"]] $"last-entry" *[$"8-0" *[$"a" $"b"]]]
		XDEL p 7 => :1
		XTRIM p MAXLEN 0 => :1
		XINFO STREAM p => *[$"length" :0 $"radix-tree-keys" :0 $"radix-tree-nodes" :1 $"last-generated-id" $"8-0" $"max-deleted-entry-id" $"7-0" $"entries-added" :8 $"recorded-first-entry-id" $"0-0" $"groups" :0 $"first-entry" (null $) $"last-entry" (null $)]
	`)
}

// TestStreamTimes: IDs, deliveries and consumers have the command's time.
func TestStreamTimes(t *testing.T) {
	n := streamNode(t)
	n.c.Now = 1000
	n.script(t, `
		XADD s * a 1 => $"1000-0"
		XADD s * a 2 => $"1000-1"
		XADD s 2000-5 a 3 => $"2000-5"
		XADD s * a 4 => $"2000-6"
		XGROUP CREATE s g 0 => +OK
		XREADGROUP GROUP g c COUNT 2 STREAMS s > => *[*[$"s" *[*[$"1000-0" *[$"a" $"1"]] *[$"1000-1" *[$"a" $"2"]]]]]
		XGROUP CREATECONSUMER s g d => :1
	`)
	n.c.Now = 1500
	n.script(t, `
		XPENDING s g - + 10 => *[*[$"1000-0" $"c" :500 :1] *[$"1000-1" $"c" :500 :1]]
		XPENDING s g IDLE 500 - + 1 c => *[*[$"1000-0" $"c" :500 :1]]
		XPENDING s g IDLE 501 - + 10 => *[]
		XPENDING s g - + 10 d => *[]
		XINFO CONSUMERS s g => *[*[$"name" $"c" $"pending" :2 $"idle" :500 $"inactive" :500] *[$"name" $"d" $"pending" :0 $"idle" :500 $"inactive" :-1]]
		XCLAIM s g d 501 1000-0 => *[]
		XCLAIM s g d 500 1000-0 => *[*[$"1000-0" *[$"a" $"1"]]]
		XCLAIM s g d 0 1000-1 IDLE 100 RETRYCOUNT 9 JUSTID => *[$"1000-1"]
		XCLAIM s g d 0 2000-5 FORCE TIME 1200 JUSTID => *[$"2000-5"]
		XCLAIM s g d 0 2000-6 FORCE TIME 9999 => *[*[$"2000-6" *[$"a" $"4"]]]
		XPENDING s g - + 10 => *[*[$"1000-0" $"d" :0 :2] *[$"1000-1" $"d" :100 :9] *[$"2000-5" $"d" :300 :1] *[$"2000-6" $"d" :0 :2]]
		XAUTOCLAIM s g c 100 0 COUNT 1 => *[$"2000-5" *[*[$"1000-1" *[$"a" $"2"]]] *[]]
		XINFO STREAM s FULL COUNT 1 => *[$"length" :4 $"radix-tree-keys" :1 $"radix-tree-nodes" :2 $"last-generated-id" $"2000-6" $"max-deleted-entry-id" $"0-0" $"entries-added" :4 $"recorded-first-entry-id" $"1000-0" $"entries" *[*[$"1000-0" *[$"a" $"1"]]] $"groups" *[*[$"name" $"g" $"last-delivered-id" $"1000-1" $"entries-read" :2 $"lag" :2 $"pel-count" :4 $"pending" *[*[$"1000-0" $"d" :1500 :2]] $"consumers" *[*[$"name" $"c" $"seen-time" :1500 $"active-time" :1500 $"pel-count" :1 $"pending" *[*[$"1000-1" :1500 :10]]] *[$"name" $"d" $"seen-time" :1500 $"active-time" :1500 $"pel-count" :3 $"pending" *[*[$"1000-0" :1500 :2]]]]]]]
	`)
	n.c.Now = 1700
	n.script(t, `
		XREADGROUP GROUP g d STREAMS s 2000-5 => *[*[$"s" *[*[$"2000-6" *[$"a" $"4"]]]]]
		XPENDING s g 2000-6 + 10 => *[*[$"2000-6" $"d" :0 :3]]
		XREADGROUP GROUP g d BLOCK 0 STREAMS s 0 => *[*[$"s" *[*[$"1000-0" *[$"a" $"1"]] *[$"2000-5" *[$"a" $"3"]] *[$"2000-6" *[$"a" $"4"]]]]]
	`)
	n.c.C.Flags |= ClientInExec
	n.script(t, `XREAD BLOCK 0 STREAMS s $ => (null *)`)
}

func TestXaddDoesNotAllocate(t *testing.T) {
	n := streamNode(t)
	add := byteArgs("XADD", "s", "*", "field", "value", "other", "12345")
	capped := byteArgs("XADD", "c", "MAXLEN", "~", "1000", "*", "field", "value", "other", "12345")
	length := byteArgs("XLEN", "s")
	all := func() {
		for range 1000 {
			n.hot(add)
			n.hot(capped)
			n.hot(length)
		}
	}
	all()
	require.Zero(t, testing.AllocsPerRun(10, all))
}

func BenchmarkXadd(b *testing.B) {
	n := streamNode(b)
	add := byteArgs("XADD", "s", "*", "field", "value", "other", "12345")
	for b.Loop() {
		n.hot(add)
	}
}

// TestStreamCosts: what reads little is cheap, however long the stream is.
func TestStreamCosts(t *testing.T) {
	n := streamNode(t)
	for i := range 20000 {
		n.do("XADD", "s", fmt.Sprint(i+1), "f", "v")
	}
	n.do("XGROUP", "CREATE", "s", "g", "0")
	n.do("XGROUP", "CREATE", "s", "end", "$")
	const ms = 1_000_000
	for line, dear := range map[string]bool{
		"XRANGE s - +": true, "XRANGE s - + COUNT 10": false, "XRANGE s 5 10": false, "XREVRANGE s + -": true, "XREVRANGE s (10 (5": false, "XRANGE none - +": false,
		"XREAD STREAMS s 0": true, "XREAD STREAMS s $": false, "XREAD STREAMS s 19990": false, "XREAD COUNT 5 STREAMS s 0": false, "XREAD STREAMS none 0": false, "XREAD STREAMS s": false,
		"XREADGROUP GROUP g c STREAMS s >": true, "XREADGROUP GROUP g c COUNT 9 STREAMS s >": false, "XREADGROUP GROUP end c STREAMS s >": false, "XREADGROUP GROUP g c STREAMS s 0": false, "XREADGROUP GROUP x c STREAMS s >": false,
		"XINFO STREAM s": false, "XINFO STREAM s FULL COUNT 0": true, "XPENDING s g": false, "XPENDING s g - + 100000": false, "XGROUP DESTROY s g": false, "XGROUP DESTROY s none": false, "XTRIM s MAXLEN 0": false, "XADD s MINID 19000 * a b": false,
	} {
		words := strings.Fields(line)
		args := make([][]byte, len(words))
		for i, w := range words {
			args[i] = []byte(w)
		}
		s, _ := n.c.Env.Table.Resolve(args)
		n.c.Bind(s, args, 0)
		n.c.BindParts()
		require.Equal(t, dear, s.Cost(n.c) > ms, "%s: %d ns", line, s.Cost(n.c))
	}
}
