package server

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/command"
	"clusternode/slots"
)

// route makes the node one of three in a cluster, without a bus: itself, a
// peer, and a replica of the peer; "a" is its own slot, "b" the peer's, "c" is
// nobody's, all others are its own. change edits the table.
func (n *testNode) route(change func(b *slots.Builder)) {
	b := slots.NewBuilder()
	self := b.AddNode("1", slots.Endpoint{Host: "10.0.0.1", Port: 1})
	peer := b.AddNode("2", slots.Endpoint{Host: "10.0.0.2", Port: 2})
	b.SetMyself(self)
	for s := range slots.Count {
		b.SetOwner(slots.Slot(s), self)
	}
	b.SetOwner(slots.Of([]byte("b")), peer)
	b.SetOwner(slots.Of([]byte("c")), slots.NoNode)
	b.SetState(false, false)
	if change != nil {
		change(b)
	}
	if n.s.env.Cluster == nil {
		n.s.env.Cluster = struct{ command.Cluster }{} // enough for ASKING and READONLY
	}
	n.s.table.Store(b.Build())
}

const (
	selfNode = slots.NodeIndex(1)
	peerNode = slots.NodeIndex(2)
)

func moved(key string) string {
	return fmt.Sprintf("-MOVED %d 10.0.0.2:2", slots.Of([]byte(key)))
}

func ask(key string) string { return fmt.Sprintf("-ASK %d 10.0.0.2:2", slots.Of([]byte(key))) }

const (
	crossSlot = "-CROSSSLOT Keys in request don't hash to the same slot"
	unbound   = "-CLUSTERDOWN Hash slot not served"
	down      = "-CLUSTERDOWN The cluster is down"
	execAbort = "-EXECABORT Transaction discarded because of previous errors."
	tryAgain  = "-TRYAGAIN Multiple keys request during rehashing of slot"
)

func TestRedirects(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		n.route(nil)
		c := n.dial()
		require.Equal(t, "+OK", c.do("SET", "a", "1"))
		require.Equal(t, moved("b"), c.do("GET", "b"))
		require.Equal(t, moved("b"), c.do("GET", "{b}x"))
		require.Equal(t, unbound, c.do("GET", "c"))
		require.Equal(t, crossSlot, c.do("MGET", "a", "b"))
		require.Equal(t, crossSlot, c.do("MGET", "a", "d"), "both are its own")
		require.Equal(t, "*[$\"1\" (null $)]", c.do("MGET", "a", "{a}2"))
		require.Equal(t, "-ERR wrong number of arguments for 'get' command", c.do("GET", "b", "b"), "arity comes first")

		// In a pipeline each command gets its own answer.
		c.raw(encode("SET", "a", "2") + encode("GET", "b") + encode("GET", "a") + encode("MGET", "a", "b") + encode("GET", "c") + encode("GET", "a"))
		for _, want := range []string{"+OK", moved("b"), `$"2"`, crossSlot, unbound, `$"2"`} {
			require.Equal(t, want, c.read())
		}
		require.Contains(t, c.do("INFO", "errorstats"), "errorstat_MOVED:count=3")
		require.Regexp(t, "cmdstat_get:calls=2,.*rejected_calls=6,", c.do("INFO", "commandstats"))
	})
}

// TestRedirectWhileQueueing spoils the transaction; without a key a command is
// queued whatever the cluster's state.
func TestRedirectWhileQueueing(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		n.route(nil)
		c := n.dial()
		for _, key := range []string{"b", "c"} {
			require.Equal(t, "+OK", c.do("MULTI"))
			require.Equal(t, "+QUEUED", c.do("SET", "a", "1"))
			c.do("SET", key, "1")
			require.Equal(t, "+QUEUED", c.do("SET", "a", "2"))
			require.Equal(t, execAbort, c.do("EXEC"))
			require.Equal(t, "(null $)", c.do("GET", "a"))
		}
		// Slots of its own that differ are seen at EXEC only.
		require.Equal(t, "+OK", c.do("MULTI"))
		require.Equal(t, "+QUEUED", c.do("SET", "a", "1"))
		require.Equal(t, "+QUEUED", c.do("SET", "d", "1"))
		require.Equal(t, crossSlot, c.do("EXEC"))
		require.Equal(t, "-ERR EXEC without MULTI", c.do("EXEC"))

		n.route(func(b *slots.Builder) { b.SetState(true, false) })
		require.Equal(t, down, c.do("GET", "a"))
		require.Equal(t, "+OK", c.do("MULTI"))
		require.Equal(t, "+QUEUED", c.do("PING"))
		require.Equal(t, "*[+PONG]", c.do("EXEC"))
	})
}

// TestExecAfterTheSlotMoved: the transaction is gone, and so are its watches.
func TestExecAfterTheSlotMoved(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		n.route(nil)
		c, d := n.dial(), n.dial()
		require.Equal(t, "+OK", c.do("WATCH", "a"))
		require.Equal(t, "+OK", c.do("MULTI"))
		require.Equal(t, "+QUEUED", c.do("SET", "a", "1"))
		n.route(func(b *slots.Builder) { b.SetOwner(slots.Of([]byte("a")), peerNode) })
		require.Equal(t, moved("a"), c.do("EXEC"))
		require.Equal(t, "-ERR EXEC without MULTI", c.do("EXEC"))
		require.Zero(t, n.s.watching.Load())

		n.route(nil)
		require.Equal(t, "+OK", d.do("SET", "a", "other"))
		require.Equal(t, "+OK", c.do("MULTI"))
		require.Equal(t, "+QUEUED", c.do("GET", "a"))
		require.Equal(t, `*[$"other"]`, c.do("EXEC"))
	})
}

// TestSlotOnTheMove: ASK from the source, ASKING at the target, TRYAGAIN for
// several keys, and for transactions alike.
func TestSlotOnTheMove(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		n.route(nil)
		c := n.dial()
		require.Equal(t, "+OK", c.do("SET", "{a}here", "1"))
		require.Equal(t, "+OK", c.do("DEBUG", "SET-ACTIVE-EXPIRE", "0"))
		require.Equal(t, "+OK", c.do("SET", "{a}dead", "1", "PX", "1"))
		n.route(func(b *slots.Builder) {
			b.SetMigrating(slots.Of([]byte("a")), peerNode)
			b.SetImporting(slots.Of([]byte("b")), peerNode)
		})
		require.Equal(t, `$"1"`, c.do("GET", "{a}here"))
		require.Equal(t, ask("a"), c.do("GET", "{a}gone"))
		require.Equal(t, ask("a"), c.do("MGET", "{a}gone", "{a}gone2"))
		require.Equal(t, tryAgain, c.do("MGET", "{a}here", "{a}gone"))
		time.Sleep(5 * time.Millisecond)
		require.Equal(t, ask("a"), c.do("GET", "{a}dead"), "expired is missing")

		require.Equal(t, "+OK", c.do("MULTI"))
		require.Equal(t, "+QUEUED", c.do("GET", "{a}here"))
		require.Equal(t, "*[$\"1\"]", c.do("EXEC"))
		require.Equal(t, "+OK", c.do("MULTI"))
		require.Equal(t, "+QUEUED", c.do("SET", "{a}here", "2"))
		require.Equal(t, ask("a"), c.do("SET", "{a}gone", "2"))
		require.Equal(t, execAbort, c.do("EXEC"))

		require.Equal(t, moved("b"), c.do("GET", "b"))
		asking(t, c)
		require.Equal(t, "+OK", c.do("SET", "b", "1"))
		require.Equal(t, moved("b"), c.do("GET", "b"), "ASKING is for one command")
		asking(t, c)
		require.Equal(t, "+PONG", c.do("PING"))
		require.Equal(t, moved("b"), c.do("GET", "b"), "of any kind")
		asking(t, c)
		require.Equal(t, tryAgain, c.do("MGET", "b", "{b}missing"))
		asking(t, c)
		require.Equal(t, "-ERR wrong number of arguments for 'get' command", c.do("GET"))
		require.Equal(t, moved("b"), c.do("GET", "b"), "one that is refused too")

		// MULTI after ASKING: it lasts until EXEC.
		asking(t, c)
		require.Equal(t, "+OK", c.do("MULTI"))
		require.Equal(t, "+QUEUED", c.do("APPEND", "b", "2"))
		require.Equal(t, "+QUEUED", c.do("GET", "b"))
		require.Equal(t, `*[:2 $"12"]`, c.do("EXEC"))
		require.Equal(t, moved("b"), c.do("GET", "b"))
		asking(t, c)
		asking(t, c)
		require.Equal(t, `$"12"`, c.do("GET", "b"))
	})
}

func asking(t *testing.T, c *testClient) { require.Equal(t, "+OK", c.do("ASKING")) }

// TestReadOnlyReplica: after READONLY a replica serves reads of its primary's
// slots, also in a transaction, and nothing that may write.
func TestReadOnlyReplica(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		n.route(func(b *slots.Builder) {
			b.SetPrimary(selfNode, peerNode)
			for s := range slots.Count {
				b.SetOwner(slots.Slot(s), peerNode)
			}
		})
		c := n.dial()
		require.Equal(t, moved("a"), c.do("GET", "a"))
		require.Equal(t, "+OK", c.do("READONLY"))
		require.Equal(t, "(null $)", c.do("GET", "a"))
		require.Equal(t, moved("a"), c.do("SET", "a", "1"))
		require.Equal(t, "+OK", c.do("MULTI"))
		require.Equal(t, "+QUEUED", c.do("GET", "a"))
		require.Equal(t, "*[(null $)]", c.do("EXEC"))
		require.Equal(t, "+OK", c.do("MULTI"))
		require.Equal(t, "+QUEUED", c.do("GET", "a"))
		require.Equal(t, moved("a"), c.do("SET", "a", "1"))
		require.Equal(t, execAbort, c.do("EXEC"))
		require.Equal(t, "+RESET", c.do("RESET"))
		require.Equal(t, moved("a"), c.do("GET", "a"))
	})
}
