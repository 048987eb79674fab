package gossip

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// circle is a membersOwner that knows everybody it was told of.
type circle struct {
	mu     sync.Mutex
	known  map[string]bool
	deltas map[string]bool
	gone   map[peerName]bool
	again  func(string) // passes on what is new
}

func (c *circle) knows(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known[id]
}

func (c *circle) gossiped(b []byte) {
	c.mu.Lock()
	fresh := !c.deltas[string(b)]
	c.deltas[string(b)] = true
	c.mu.Unlock()
	if fresh && c.again != nil {
		c.again(string(b))
	}
}

func (c *circle) lost(n peerName) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone[n] = true
}

func (c *circle) heard() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(maps.Keys(c.deltas))
}

func startMembers(t testing.TB, n *testMesh, known ...*testMesh) (*members, *circle) {
	t.Helper()
	c := &circle{known: make(map[string]bool), deltas: make(map[string]bool), gone: make(map[peerName]bool)}
	for _, k := range known {
		c.known[k.name.id] = true
	}
	s, err := newMembers(n.mesh, n.name, c)
	require.NoError(t, err)
	c.again = func(b string) { s.broadcast(b, []byte(b)) }
	n.carry = s.carry
	t.Cleanup(s.close)
	return s, c
}

func TestMemberlistOverLinks(t *testing.T) {
	t.Parallel()
	const n = 5
	var nodes []*testMesh
	for i := range n {
		nodes = append(nodes, startMesh(t, testName(i+1), "k"))
	}
	lists := make([]*members, n)
	circles := make([]*circle, n)
	for i := range n {
		lists[i], circles[i] = startMembers(t, nodes[i], nodes...)
	}
	lists[0].setState([]byte("state of 0"))
	introduce(nodes...)
	for i := range n {
		eventually(t, "all members", func() bool { return lists[i].list.NumMembers() == n })
	}
	// Broadcasts reach everybody; so does what push/pull carries, at least one of them.
	lists[2].broadcast("x", []byte("news"))
	for i := range n {
		if i != 2 {
			eventually(t, "the news", func() bool { return slices.Contains(circles[i].heard(), "news") })
		}
	}
	eventually(t, "the state", func() bool {
		for i := 1; i < n; i++ {
			if slices.Contains(circles[i].heard(), "state of 0") {
				return true
			}
		}
		return false
	})
	// A process that dies without a word is noticed.
	nodes[4].close()
	for i := range n - 1 {
		eventually(t, "the loss", func() bool {
			circles[i].mu.Lock()
			defer circles[i].mu.Unlock()
			return circles[i].gone[nodes[4].name]
		})
	}
	// Its next life joins without help.
	again := nodes[4].name
	again.boot.counter++
	b := startMesh(t, again, "k")
	list, _ := startMembers(t, b, nodes...)
	introduce(nodes[0], nodes[1], nodes[2], nodes[3], b)
	for i := range n - 1 {
		eventually(t, "the next life", func() bool { return lists[i].has(again.String()) })
	}
	eventually(t, "all members", func() bool { return list.count.Load() == n-1 })
	require.Zero(t, nodes[0].stats.droppedHostile.Load(), "the guards let everything of memberlist through")
}

func TestMemberlistKeepsNobodyUnknown(t *testing.T) {
	a, b := startMesh(t, testName(1), ""), startMesh(t, testName(2), "")
	la, ca := startMembers(t, a) // a links to b, but its machine does not know it
	lb, _ := startMembers(t, b, a)
	introduce(a, b)
	eventually(t, "one direction", func() bool { return lb.has(a.name.String()) })
	require.False(t, la.has(b.name.String()))
	ca.mu.Lock()
	ca.known[b.name.id] = true
	ca.mu.Unlock()
	la.joiner.kick()
	eventually(t, "the other one", func() bool { return la.has(b.name.String()) })
}

func TestBroadcastsAreBounded(t *testing.T) {
	a := startMesh(t, testName(1), "")
	la, _ := startMembers(t, a)
	la.broadcast("x", make([]byte, broadcastRoom+1))
	require.Zero(t, la.queue.NumQueued())
	for i := range 2 * maxBroadcasts {
		la.broadcast(fmt.Sprint(i), []byte("x"))
	}
	require.LessOrEqual(t, la.queue.NumQueued(), maxBroadcasts)
	before := la.queue.NumQueued()
	la.broadcast(fmt.Sprint(2*maxBroadcasts-1), []byte("newer"))
	require.Equal(t, before, la.queue.NumQueued())
	la.setState(make([]byte, maxPushState+1))
	require.Empty(t, la.LocalState(false))
}

func TestTransportNeedsNames(t *testing.T) {
	a := startMesh(t, testName(1), "")
	tr := newTransport(a.mesh)
	_, err := tr.WriteTo(nil, "127.0.0.1:1")
	require.Error(t, err)
	_, err = tr.DialTimeout("127.0.0.1:1", 0)
	require.Error(t, err)
	tr.deliverPacket([]byte{mlPing}, nil)
	tr.deliverPacket([]byte{9}, nil)
	require.EqualValues(t, 1, a.stats.droppedHostile.Load())
	require.Len(t, tr.packets, 1)
	for range 2 * packetQueue {
		tr.deliverPacket([]byte{mlPing}, nil)
	}
	require.Len(t, tr.packets, packetQueue)
}
