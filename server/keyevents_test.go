package server

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/command"
	"clusternode/slots"
)

// Events of the background and of commands reach subscribers on both paths, with
// the classes that CONFIG SET says.
func TestKeyspaceEvents(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(directives ...string) *testNode) {
		n := start("--notify-keyspace-events", "KEA")
		a, b := n.dial(), n.dial()
		require.Equal(t, `*[$"psubscribe" $"__key*" :1]`, b.do("PSUBSCRIBE", "__key*"))
		heard := func(events ...string) {
			t.Helper()
			for _, e := range events {
				event, key, _ := strings.Cut(e, " ")
				require.Equal(t, fmt.Sprintf(`*[$"pmessage" $"__key*" $"__keyspace@0__:%s" $"%s"]`, key, event), b.read())
				require.Equal(t, fmt.Sprintf(`*[$"pmessage" $"__key*" $"__keyevent@0__:%s" $"%s"]`, event, key), b.read())
			}
		}
		a.do("SET", "k", "v", "PX", "1")
		heard("set k", "expire k", "expired k")
		a.do("HSET", "h", "f", "v", "g", "w")
		a.do("HPEXPIRE", "h", "1", "FIELDS", "1", "f")
		heard("hset h", "hexpire h", "hexpired h")
		a.do("HPEXPIRE", "h", "1", "FIELDS", "1", "g")
		heard("hexpire h", "hexpired h", "del h")
		a.do("CONFIG", "SET", "notify-keyspace-events", "KEg")
		a.do("SET", "k", "v")
		a.do("DEL", "k")
		heard("del k")
		a.do("CONFIG", "SET", "notify-keyspace-events", "")
		a.do("DEL", "k")
		require.Equal(t, `*[$"pong" $"fence"]`, b.do("PING", "fence"))
	})
}

// Clients of several loops change one key: its events come in the order of the
// changes, none is lost, and none is heard twice.
func TestEventsAreInOrder(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(directives ...string) *testNode) {
		n := start("--notify-keyspace-events", "KAn")
		sub := n.dial()
		sub.do("SUBSCRIBE", "__keyspace@0__:k")
		const clients, rounds = 4, 300
		deleted := make([]int, clients)
		var wg sync.WaitGroup
		for i := range clients {
			c := n.dial()
			wg.Go(func() {
				for range rounds {
					c.do("SET", "k", "v")
					if c.do("DEL", "k") == ":1" {
						deleted[i]++
					}
				}
			})
		}
		wg.Wait()
		n.dial().do("RPUSH", "k", "end")
		sets, dels, exists := 0, 0, false
		for {
			event := strings.TrimSuffix(strings.TrimPrefix(sub.read(), `*[$"message" $"__keyspace@0__:k" $"`), `"]`)
			if event == "rpush" {
				break
			}
			switch event {
			case "new":
				require.False(t, exists, "new behind %d sets, %d dels", sets, dels)
				exists = true
			case "set":
				require.True(t, exists)
				sets++
			case "del":
				require.True(t, exists)
				exists = false
				dels++
			default:
				t.Fatal(event)
			}
		}
		require.Equal(t, clients*rounds, sets)
		sum := 0
		for _, d := range deleted {
			sum += d
		}
		require.Equal(t, sum, dels)
	})
}

// Events that nobody listens to cost no memory.
func TestUnheardEventsDoNotAllocate(t *testing.T) {
	n := startNode(t, true, "--notify-keyspace-events", "KEA")
	key := []byte("k")
	unheard := func() { n.s.notify(nil, command.NotifyString, "set", 0, key) }
	require.Zero(t, testing.AllocsPerRun(100, unheard))
	c := n.dial()
	c.do("SUBSCRIBE", "other")
	c.do("PSUBSCRIBE", "something*")
	require.Zero(t, testing.AllocsPerRun(100, unheard))
}

// The keys of a slot that leaves are gone for those who keep copies, but nothing
// was deleted.
func TestSlotLeaves(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(directives ...string) *testNode) {
		n := start("--notify-keyspace-events", "KEA")
		n.route(nil)
		c := n.resp3()
		c.do("SET", "a", "1")
		c.do("CLIENT", "TRACKING", "ON")
		c.do("PSUBSCRIBE", "__key*")
		c.do("GET", "a")
		lost := slots.Of([]byte("a"))
		n.route(func(b *slots.Builder) { b.SetOwner(lost, peerNode) })
		var set slots.Set
		set.Add(lost)
		(&bus{s: n.s}).drop(&set)
		require.Equal(t, `>[$"invalidate" *[$"a"]]`, c.read())
		require.Equal(t, "+PONG", c.do("PING"))
		require.Eventually(t, func() bool { return c.do("DBSIZE") == ":0" }, 10*time.Second, time.Millisecond)
	})
}
