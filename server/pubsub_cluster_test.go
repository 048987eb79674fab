package server

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/gossip"
	"clusternode/internal/testserver"
	"clusternode/slots"
)

// startCluster starts nodes that share the slots and know each other.
func startCluster(t *testing.T, n int, goroutines bool) []*testNode {
	first, err := testserver.FreePorts(n)
	require.NoError(t, err)
	var nodes []*testNode
	for i := range n {
		nodes = append(nodes, startNode(t, goroutines, "--port", strconv.Itoa(first+i), "--bind", "127.0.0.1", "--cluster-enabled", "yes",
			"--cluster-node-timeout", "3000"))
		c := nodes[i].dial()
		require.Equal(t, "+OK", c.do("CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(i*slots.Count/n), strconv.Itoa((i+1)*slots.Count/n-1)))
		require.Equal(t, "+OK", c.do("CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i+1)))
	}
	c := nodes[0].dial()
	for i := 1; i < n; i++ {
		require.Equal(t, "+OK", c.do("CLUSTER", "MEET", "127.0.0.1", strconv.Itoa(first+i)))
	}
	for _, node := range nodes {
		eventually(t, func() bool {
			t := node.s.table.Load()
			return !t.Down() && t.Assigned() == slots.Count && node.s.bus.node.View().KnownNodes() == n
		})
	}
	return nodes
}

// onBothClusters runs a test with three nodes of both kinds.
func onBothClusters(t *testing.T, f func(t *testing.T, nodes []*testNode)) {
	for _, goroutines := range []bool{false, true} {
		if goroutines || haveLoops {
			t.Run(fmt.Sprint("goroutines=", goroutines), func(t *testing.T) { f(t, startCluster(t, 3, goroutines)) })
		}
	}
}

// TestPublishAcrossNodes: what is published on any node after SUBSCRIBE's reply
// comes, also when the node has told the others before that it does not listen.
func TestPublishAcrossNodes(t *testing.T) {
	onBothClusters(t, func(t *testing.T, nodes []*testNode) {
		publishers := []*testClient{nodes[0].dial(), nodes[1].dial(), nodes[2].dial()}
		for round := range 20 {
			c := nodes[round%3].dial()
			if round%2 == 0 {
				require.Equal(t, `*[$"subscribe" $"c" :1]`, c.do("SUBSCRIBE", "c"))
			} else {
				require.Equal(t, "+OK", c.do("MULTI"))
				require.Equal(t, "+QUEUED", c.do("SUBSCRIBE", "c"))
				require.Equal(t, `*[*[$"subscribe" $"c" :1]]`, c.do("EXEC"))
			}
			for i, p := range publishers {
				local := ":0"
				if i == round%3 {
					local = ":1"
				}
				for j := range 20 {
					require.Equal(t, local, p.do("PUBLISH", "c", fmt.Sprint(i, " ", j)))
				}
			}
			next := map[string]int{}
			for range 60 {
				var from string
				var number int
				_, err := fmt.Sscanf(c.read(), `*[$"message" $"c" $"%s %d"]`, &from, &number)
				require.NoError(t, err)
				require.Equal(t, next[from], number)
				next[from]++
			}
			c.do("UNSUBSCRIBE")
			nodes[round%3].s.bus.node.Mute(gossip.InChannels, func() bool { return nodes[round%3].s.listens(gossip.InChannels) })
		}
	})
}

// TestPatternsAndLongMessagesAcrossNodes also publishes what no frame holds.
func TestPatternsAndLongMessagesAcrossNodes(t *testing.T) {
	nodes := startCluster(t, 2, false)
	c, p := nodes[0].dial(), nodes[1].dial()
	c.do("HELLO", "3")
	c.do("PSUBSCRIBE", "*")
	long := strings.Repeat("x", 3<<20)
	require.Equal(t, ":0", p.do("PUBLISH", "c", long))
	require.Equal(t, `>[$"pmessage" $"*" $"c" $"`+long+`"]`, c.read())
	require.Equal(t, ":0", p.do("PUBLISH", "", ""))
	require.Equal(t, `>[$"pmessage" $"*" $"" $""]`, nodes[0].withEmptyPattern(c))
}

// withEmptyPattern reads the message to the channel without a name, which only
// the pattern without a name matches: so it publishes once more.
func (n *testNode) withEmptyPattern(c *testClient) string {
	c.send("PSUBSCRIBE", "")
	c.read()
	n.dial().do("PUBLISH", "", "")
	got := c.read()
	return strings.Replace(got, `$"pmessage" $""`, `$"pmessage" $"*"`, 1)
}

// TestShardChannelsLeaveWithTheirSlot: the client is told, and is then redirected.
func TestShardChannelsLeaveWithTheirSlot(t *testing.T) {
	onBothClusters(t, func(t *testing.T, nodes []*testNode) {
		slot := slots.Of([]byte("ch"))
		owner := int(slot) * 3 / slots.Count
		from, to := nodes[owner], nodes[(owner+1)%3]
		c, other, p := from.dial(), from.dial(), from.dial()
		require.Contains(t, to.dial().do("SSUBSCRIBE", "ch"), "-MOVED "+strconv.Itoa(int(slot))+" 127.0.0.1:")
		require.Contains(t, to.dial().do("SPUBLISH", "ch", "x"), "-MOVED")
		require.Equal(t, `*[$"ssubscribe" $"ch" :1]`, c.do("SSUBSCRIBE", "ch"))
		require.Equal(t, `*[$"ssubscribe" $"{ch}2" :2]`, c.do("SSUBSCRIBE", "{ch}2"))
		require.Equal(t, `*[$"subscribe" $"ch" :1]`, other.do("SUBSCRIBE", "ch"))
		require.Equal(t, ":1", p.do("SPUBLISH", "ch", "x"))
		require.Equal(t, `*[$"smessage" $"ch" $"x"]`, c.read())

		toID, fromID := to.s.bus.node.View().MyID(), from.s.bus.node.View().MyID()
		number := strconv.Itoa(int(slot))
		require.Equal(t, "+OK", to.dial().do("CLUSTER", "SETSLOT", number, "IMPORTING", fromID))
		require.Equal(t, "+OK", from.dial().do("CLUSTER", "SETSLOT", number, "MIGRATING", toID))
		require.Equal(t, ":1", p.do("SPUBLISH", "ch", "still here"))
		require.Equal(t, `*[$"smessage" $"ch" $"still here"]`, c.read())
		require.Equal(t, "+OK", to.dial().do("CLUSTER", "SETSLOT", number, "NODE", toID))
		require.Equal(t, "+OK", from.dial().do("CLUSTER", "SETSLOT", number, "NODE", toID))

		gone := map[string]bool{}
		for left := 1; left >= 0; left-- {
			got := c.read()
			require.Contains(t, got, fmt.Sprintf(" :%d]", left))
			gone[strings.TrimSuffix(got, fmt.Sprintf(" :%d]", left))] = true
		}
		require.Equal(t, map[string]bool{`*[$"sunsubscribe" $"ch"`: true, `*[$"sunsubscribe" $"{ch}2"`: true}, gone)
		require.Equal(t, "+PONG", c.do("PING"), "it is no subscriber any more")
		require.Contains(t, p.do("SPUBLISH", "ch", "x"), "-MOVED")
		require.Contains(t, c.do("SSUBSCRIBE", "ch"), "-MOVED")
		d := to.dial()
		require.Equal(t, `*[$"ssubscribe" $"ch" :1]`, d.do("SSUBSCRIBE", "ch"))
		require.Equal(t, ":1", to.dial().do("SPUBLISH", "ch", "y"))
		require.Equal(t, `*[$"smessage" $"ch" $"y"]`, d.read())
		require.Equal(t, ":1", p.do("PUBLISH", "ch", "z"))
		require.Equal(t, `*[$"message" $"ch" $"z"]`, other.read())
	})
}

// TestShardChannelsOfADownCluster follow cluster-allow-pubsubshard-when-down.
func TestShardChannelsOfADownCluster(t *testing.T) {
	n := startNode(t, false)
	n.route(func(b *slots.Builder) { b.SetState(true, false) })
	c := n.dial()
	require.Equal(t, `*[$"ssubscribe" $"a" :1]`, c.do("SSUBSCRIBE", "a"))
	require.Equal(t, `*[$"sunsubscribe" $"a" :0]`, c.do("SUNSUBSCRIBE", "a"))
	require.Equal(t, down, c.do("GET", "a"))
	require.Equal(t, moved("b"), c.do("SPUBLISH", "b", "x"))
	require.Equal(t, unbound, c.do("SPUBLISH", "c", "x"))
	require.Equal(t, crossSlot, c.do("SSUBSCRIBE", "a", "b"))
	require.Equal(t, "+OK", c.do("CONFIG", "SET", "cluster-allow-pubsubshard-when-down", "no"))
	require.Equal(t, down, c.do("SSUBSCRIBE", "a"))
	require.Equal(t, down, c.do("SPUBLISH", "a", "x"))
	require.Equal(t, `*[$"sunsubscribe" (null $) :0]`, c.do("SUNSUBSCRIBE"))
	require.Equal(t, `*[$"subscribe" $"a" :1]`, c.do("SUBSCRIBE", "a"))
}
