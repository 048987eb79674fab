package server

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// blocks sends a command that has to wait, and returns when it does.
func (n *testNode) blocks(c *testClient, args ...string) {
	n.t.Helper()
	before := n.s.blocked.Load()
	c.send(args...)
	eventually(n.t, func() bool { return n.s.blocked.Load() == before+1 })
}

func TestBlockedClients(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(directives ...string) *testNode) {
		n := start()
		a, b, c := n.dial(), n.dial(), n.dial()

		t.Run("the longest waiting first, before the reply of the push", func(t *testing.T) {
			n.blocks(a, "BLPOP", "k", "0")
			n.blocks(b, "BRPOP", "other", "k", "0")
			c.raw(encode("RPUSH", "k", "1", "2", "3") + encode("LLEN", "k"))
			require.Equal(t, ":3", c.read())
			require.Equal(t, ":1", c.read())
			require.Equal(t, `*[$"k" $"1"]`, a.read())
			require.Equal(t, `*[$"k" $"3"]`, b.read())
			require.Equal(t, `$"2"`, c.do("LPOP", "k"))
		})
		t.Run("what comes behind waits, too", func(t *testing.T) {
			n.blocks(a, "BLPOP", "k", "0")
			a.raw(encode("PING") + encode("ECHO", "x"))
			require.Equal(t, ":1", c.do("LPUSH", "k", "v"))
			require.Equal(t, `*[$"k" $"v"]`, a.read())
			require.Equal(t, "+PONG", a.read())
			require.Equal(t, `$"x"`, a.read())
		})
		t.Run("timeout", func(t *testing.T) {
			a.raw(encode("BLPOP", "k", "0.01") + encode("BLMOVE", "k", "l", "LEFT", "LEFT", "0.01") + encode("XREAD", "BLOCK", "5", "STREAMS", "s", "$"))
			for range 3 {
				require.Equal(t, "(null *)", a.read())
			}
			require.EqualValues(t, 0, n.s.blocked.Load())
		})
		t.Run("a chain of moves", func(t *testing.T) {
			n.blocks(a, "BLMOVE", "x", "y", "LEFT", "LEFT", "0")
			n.blocks(b, "BRPOPLPUSH", "y", "z", "0")
			require.Equal(t, ":1", c.do("LPUSH", "x", "v"))
			require.Equal(t, `$"v"`, a.read())
			require.Equal(t, `$"v"`, b.read())
			require.Equal(t, `*[$"v"]`, c.do("LRANGE", "z", "0", "-1"))
			require.Equal(t, ":1", c.do("DEL", "z"))
		})
		t.Run("in a transaction nobody waits, and those who wait are served at its end", func(t *testing.T) {
			n.blocks(a, "BLPOP", "k", "0")
			require.Equal(t, "+OK", c.do("MULTI"))
			for _, args := range [][]string{{"BLPOP", "k", "0"}, {"LPUSH", "k", "gone"}, {"DEL", "k"}, {"RPUSH", "k", "1", "2"}} {
				require.Equal(t, "+QUEUED", c.do(args...))
			}
			require.Equal(t, "*[(null *) :1 :1 :2]", c.do("EXEC"))
			require.Equal(t, `*[$"k" $"1"]`, a.read())
			require.Equal(t, `$"2"`, c.do("RPOP", "k"))
		})
		t.Run("other types are no reason", func(t *testing.T) {
			n.blocks(a, "BZPOPMIN", "k", "0")
			require.Equal(t, ":1", c.do("LPUSH", "k", "v"))
			require.Equal(t, ":1", c.do("DEL", "k"))
			require.Equal(t, ":1", c.do("ZADD", "k", "1", "m"))
			require.Equal(t, `*[$"k" $"m" $"1"]`, a.read())
		})
		t.Run("unblock", func(t *testing.T) {
			id := strings.TrimPrefix(a.do("CLIENT", "ID"), ":")
			require.Equal(t, ":0", c.do("CLIENT", "UNBLOCK", id))
			n.blocks(a, "BLPOP", "k", "0")
			require.Equal(t, ":1", c.do("CLIENT", "UNBLOCK", id, "ERROR"))
			require.Equal(t, "-UNBLOCKED client unblocked via CLIENT UNBLOCK", a.read())
			n.blocks(a, "BLPOP", "k", "0")
			require.Equal(t, ":1", c.do("CLIENT", "UNBLOCK", id))
			require.Equal(t, "(null *)", a.read())
			require.Equal(t, ":1", c.do("LPUSH", "k", "v"))
			require.Equal(t, `$"v"`, c.do("LPOP", "k"))
		})
		t.Run("readers of a group hear that it is gone", func(t *testing.T) {
			require.Equal(t, "+OK", c.do("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM"))
			n.blocks(a, "XREADGROUP", "GROUP", "g", "me", "BLOCK", "0", "STREAMS", "s", ">")
			n.blocks(b, "XREAD", "BLOCK", "0", "STREAMS", "s", "$")
			require.Equal(t, `$"1-1"`, c.do("XADD", "s", "1-1", "f", "v"))
			entry := `*[*[$"s" *[*[$"1-1" *[$"f" $"v"]]]]]`
			require.Equal(t, entry, a.read())
			require.Equal(t, entry, b.read())
			n.blocks(a, "XREADGROUP", "GROUP", "g", "me", "BLOCK", "0", "STREAMS", "s", ">")
			require.Equal(t, ":1", c.do("XGROUP", "DESTROY", "s", "g"))
			require.Contains(t, a.read(), "-NOGROUP")
		})
		t.Run("closing", func(t *testing.T) {
			d := n.dial()
			n.blocks(d, "BLPOP", "k", "k2", "0")
			require.NoError(t, d.nc.Close())
			eventually(t, func() bool { return n.s.blocked.Load() == 0 && n.s.ks.WaitedKeys() == 0 })
		})
	})
}

// TestBlockedClientsManySlots lets clients wait for keys of several slots while
// others push to all of them: every element arrives exactly once.
func TestBlockedClientsManySlots(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(directives ...string) *testNode) {
		n := start()
		const pushers, takers, each = 4, 8, 200
		keys := []string{"a", "b", "c", "d", "e"}
		got := make(chan string, pushers*each)
		var wg sync.WaitGroup
		for i := range takers {
			c := n.dial()
			wg.Go(func() {
				for {
					reply := c.do(append(append([]string{"BLPOP"}, keys[i%len(keys):]...), "0")...)
					if strings.Contains(reply, `"stop"`) {
						return
					}
					got <- reply
				}
			})
		}
		var pushing sync.WaitGroup
		for i := range pushers {
			c := n.dial()
			pushing.Go(func() {
				for j := range each {
					c.do("RPUSH", keys[j%len(keys)], fmt.Sprintf("%d-%d", i, j))
				}
			})
		}
		pushing.Wait()
		seen := map[string]bool{}
		for range pushers * each {
			select {
			case reply := <-got:
				require.False(t, seen[reply], reply)
				seen[reply] = true
			case <-time.After(30 * time.Second):
				t.Fatalf("%d of %d elements came", len(seen), pushers*each)
			}
		}
		c := n.dial()
		for range takers {
			c.do("RPUSH", keys[len(keys)-1], "stop")
		}
		wg.Wait()
	})
}

// TestPushedWhileAPooledWorkerBlocks: what comes for a client before its loop
// hears that it waits is sent then, and counted once.
func TestPushedWhileAPooledWorkerBlocks(t *testing.T) {
	m := &memory{limit: 1 << 20, keep: true}
	w, c := newConn(t, m)
	c.parked = parkOffload
	w.pushed(c, []byte("+message\r\n"))
	require.Empty(t, m.sent)
	b := &blocking{c: c}
	c.block.Store(b)
	w.deliver(letter{kind: letterBlocked, c: c, wait: b})
	require.Equal(t, "+message\r\n", string(m.sent))
	require.Zero(t, w.s.outBytes.Load())
	require.Equal(t, parkBlocked, c.parked)
	c.block.Store(nil)
}
