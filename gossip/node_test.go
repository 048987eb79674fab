package gossip

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/cluster"
	"clusternode/slots"
)

// tlog sends log lines to the test while it runs.
type tlog struct {
	mu    sync.Mutex
	t     testing.TB
	name  string
	lines []string
}

func (l *tlog) Log(level cluster.LogLevel, text string) {
	if level < cluster.LogNotice {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, text)
	if l.t != nil {
		l.t.Logf("%s %s %s", time.Now().Format("05.000"), l.name, text)
	}
}

func (l *tlog) detach() {
	l.mu.Lock()
	l.t = nil
	l.mu.Unlock()
}

func (l *tlog) contains(s string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(strings.Join(l.lines, "\n"), s)
}

// testNode is a node that can be killed and started again.
type testNode struct {
	*Node
	t   testing.TB
	cfg Config
	log *tlog
}

const testTimeout = 1500 * time.Millisecond

func startNode(t testing.TB, name string, change ...func(*Config)) *testNode {
	t.Helper()
	n := &testNode{t: t, log: &tlog{t: t, name: name}}
	t.Cleanup(n.log.detach)
	n.cfg = Config{
		Cluster: cluster.Config{NodeTimeout: testTimeout, Port: 6379, RequireFullCoverage: true, AllowReplicaMigration: true},
		Dir:     t.TempDir(), File: "nodes.conf", Bind: []string{"127.0.0.1"}, Log: n.log,
	}
	for _, f := range change {
		f(&n.cfg)
	}
	n.start()
	return n
}

func (n *testNode) start() {
	n.t.Helper()
	node, err := Start(n.cfg)
	require.NoError(n.t, err)
	n.Node = node
	n.t.Cleanup(node.Close)
}

func (n *testNode) meet(o *testNode) {
	n.t.Helper()
	require.NoError(n.t, n.Do(func(m *cluster.Machine, now time.Duration) error {
		return m.Meet(now, "127.0.0.1", 6379, o.BusPort())
	}))
}

func (n *testNode) own(first, last int) {
	n.t.Helper()
	require.NoError(n.t, n.Do(func(m *cluster.Machine, now time.Duration) error {
		return m.AddSlots(now, []slots.Range{{First: slots.Slot(first), Last: slots.Slot(last)}})
	}))
}

func (n *testNode) ok(known int) bool {
	v := n.View()
	return v.OK() && v.KnownNodes() == known && v.Table.Assigned() == slots.Count
}

func (n *testNode) id() string { return n.View().MyID() }

// startCluster starts n primaries that share the slots.
func startCluster(t testing.TB, n int, change ...func(*Config)) []*testNode {
	t.Helper()
	var nodes []*testNode
	for i := range n {
		nodes = append(nodes, startNode(t, fmt.Sprint(i), change...))
	}
	for i, node := range nodes {
		node.own(i*slots.Count/n, (i+1)*slots.Count/n-1)
		require.NoError(t, node.Do(func(m *cluster.Machine, now time.Duration) error {
			return m.SetConfigEpoch(now, uint64(i+1))
		}))
	}
	for _, node := range nodes[1:] {
		node.meet(nodes[0])
	}
	allOK(t, nodes)
	return nodes
}

func allOK(t testing.TB, nodes []*testNode) {
	t.Helper()
	for i, n := range nodes {
		eventually(t, fmt.Sprintf("node %d to be ok", i), func() bool { return n.ok(len(nodes)) })
	}
}

func TestClusterForms(t *testing.T) {
	for _, n := range []int{1, 3, 6} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			start := time.Now()
			nodes := startCluster(t, n, func(c *Config) { c.Secret = "sesame" })
			t.Logf("%d nodes ok %v after the first start", n, time.Since(start))
			for _, a := range nodes {
				require.Zero(t, a.Stats().DroppedHostile)
				require.GreaterOrEqual(t, len(a.Links()), n-1)
				for _, l := range a.Links() {
					require.Contains(t, string(a.View().AppendNodes(nil, false)), l.Node)
					require.Positive(t, l.CreateTime)
					require.Contains(t, []string{"r", "rw"}, l.Events)
					require.GreaterOrEqual(t, l.SendBufAllocated, l.SendBufUsed)
				}
				for _, b := range nodes {
					require.Contains(t, string(a.View().AppendNodes(nil, false)), b.id())
				}
			}
		})
	}
}

func TestRestartOnAnotherPort(t *testing.T) {
	t.Parallel()
	nodes := startCluster(t, 3)
	id := nodes[1].id()
	nodes[1].Close()
	for _, n := range []*testNode{nodes[0], nodes[2]} {
		eventually(t, "the failure to be noticed", func() bool { return !n.View().OK() })
	}
	nodes[1].start() // the system chooses another port
	require.Equal(t, id, nodes[1].id())
	allOK(t, nodes)
	require.Contains(t, string(nodes[0].View().AppendNodes(nil, false)), fmt.Sprintf("@%d", nodes[1].BusPort()))
}

func TestRestartOfAllNodesOnOtherPorts(t *testing.T) {
	t.Parallel()
	nodes := startCluster(t, 3)
	ports := []int{nodes[0].BusPort(), nodes[1].BusPort(), nodes[2].BusPort()}
	for _, n := range nodes {
		n.Close()
	}
	nodes[0].cfg.Cluster.BusPort = ports[0] // one of them can be found where it was
	for _, n := range nodes {
		n.start()
	}
	allOK(t, nodes)
}

func TestForgetHolds(t *testing.T) {
	t.Parallel()
	nodes := startCluster(t, 3)
	extra := startNode(t, "extra")
	extra.meet(nodes[0])
	for _, n := range append([]*testNode{extra}, nodes...) {
		eventually(t, "four nodes", func() bool { return n.View().KnownNodes() == 4 })
	}
	id := extra.id()
	require.NoError(t, nodes[2].Do(func(m *cluster.Machine, now time.Duration) error { return m.Forget(now, id) }))
	allOK(t, nodes)
	extra.Close()
	extra.start() // it still has all of them in its nodes.conf
	eventually(t, "the forgotten node to notice", func() bool { return !extra.View().OK() })
	allOK(t, nodes)
	for _, n := range nodes {
		require.NotContains(t, string(n.View().AppendNodes(nil, false)), id)
	}
	extra.meet(nodes[1])
	for _, n := range append([]*testNode{extra}, nodes...) {
		eventually(t, "four nodes", func() bool { return n.View().KnownNodes() == 4 })
	}
}

func TestResetHardGivesANewName(t *testing.T) {
	nodes := startCluster(t, 3)
	extra := startNode(t, "extra")
	extra.meet(nodes[0])
	for _, n := range append([]*testNode{extra}, nodes...) {
		eventually(t, "four nodes", func() bool { return n.View().KnownNodes() == 4 })
	}
	old := extra.id()
	require.NoError(t, extra.Do(func(m *cluster.Machine, now time.Duration) error { return m.Reset(now, true, true) }))
	require.NotEqual(t, old, extra.id())
	require.Equal(t, 1, extra.View().KnownNodes())
	require.NoError(t, nodes[0].Do(func(m *cluster.Machine, now time.Duration) error { return m.Forget(now, old) }))
	extra.meet(nodes[0])
	allOK(t, nodes[:0])
	for _, n := range append([]*testNode{extra}, nodes...) {
		eventually(t, "the new name everywhere", func() bool {
			text := string(n.View().AppendNodes(nil, false))
			return n.View().KnownNodes() == 4 && strings.Contains(text, extra.id()) && !strings.Contains(text, old)
		})
	}
}

func TestLostSlotsAreReported(t *testing.T) {
	lost := make(chan slots.Set, 10)
	first := true
	nodes := startCluster(t, 2, func(c *Config) {
		if first {
			first = false
			c.Lost = func(s *slots.Set) { lost <- *s }
		}
	})
	from, to := nodes[0], nodes[1]
	fromID, toID := from.id(), to.id()
	require.NoError(t, to.Do(func(m *cluster.Machine, now time.Duration) error {
		return m.SetSlotImporting(now, 5, fromID)
	}))
	require.NoError(t, to.Do(func(m *cluster.Machine, now time.Duration) error {
		return m.SetSlotNode(now, 5, toID, 0)
	}))
	set := <-lost
	require.True(t, set.Has(5))
	require.Equal(t, 1, set.Len())
	eventually(t, "the table", func() bool {
		table := from.View().Table
		return table.Node(table.Owner(5)).ID == toID
	})
}

func TestSourceAddress(t *testing.T) {
	a := startNode(t, "a")
	b := startNode(t, "b", func(c *Config) { c.SourceAddr = "127.0.0.9" })
	b.meet(a)
	eventually(t, "both", func() bool { return a.View().KnownNodes() == 2 && b.View().KnownNodes() == 2 })
	require.Contains(t, string(b.View().AppendNodes(nil, false)), "127.0.0.9:")

	// It may change before a link is dialled, and one that cannot be is no
	// reason not to.
	c := startNode(t, "c")
	require.ErrorContains(t, c.SetSourceAddr("nowhere"), "bind-source-addr")
	require.NoError(t, c.SetSourceAddr("127.0.0.8"))
	d := startNode(t, "d", func(c *Config) { c.SourceAddr = "203.0.113.9" })
	e := startNode(t, "e", func(c *Config) { c.SourceAddr = "::1" })
	for _, n := range []*testNode{c, d, e} {
		n.meet(a)
	}
	eventually(t, "all", func() bool { return a.View().KnownNodes() == 5 })
	require.Contains(t, string(c.View().AppendNodes(nil, false)), "127.0.0.8:")
	_, err := Start(Config{Dir: t.TempDir(), File: "nodes.conf", Bind: []string{"127.0.0.1"}, SourceAddr: "nowhere", Log: discard{}})
	require.ErrorContains(t, err, "bind-source-addr")
}

func TestHostileBytesOnTheBusPort(t *testing.T) {
	t.Parallel()
	nodes := startCluster(t, 3, func(c *Config) { c.Secret = "sesame" })
	addr := net.JoinHostPort("127.0.0.1", fmt.Sprint(nodes[0].BusPort()))
	for i := range 50 {
		c, err := net.Dial("tcp", addr)
		require.NoError(t, err)
		switch i % 3 {
		case 0:
			_, _ = c.Write([]byte("RCmb\x00\x00\x08\xb8garbage"))
		case 1: // a well-formed hello without the secret
			h := &clientHello{flags: helloSecure | helloAnyID, from: testName(1), key: [32]byte{1}}
			b, err := h.encode()
			require.NoError(t, err)
			_, _ = c.Write(append(b, make([]byte, 32)...))
		}
		defer c.Close()
	}
	eventually(t, "the count", func() bool { return nodes[0].Stats().DroppedForeign >= 30 })
	other := startNode(t, "other secret", func(c *Config) { c.Secret = "guess" })
	other.meet(nodes[0])
	eventually(t, "the meet to fail", func() bool { return other.log.contains("given up") })
	require.Equal(t, 1, other.View().KnownNodes())
	allOK(t, nodes)
}

func TestStuckNodeIsNoticed(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	stuck := false
	first := true
	nodes := startCluster(t, 3, func(c *Config) {
		if !first {
			return
		}
		first = false
		c.Stuck = func() bool {
			mu.Lock()
			defer mu.Unlock()
			return stuck
		}
	})
	set := func(v bool) {
		mu.Lock()
		stuck = v
		mu.Unlock()
	}
	set(true)
	eventually(t, "others to notice", func() bool { return !nodes[1].View().OK() && !nodes[2].View().OK() })
	eventually(t, "the node to notice", func() bool { return !nodes[0].View().OK() })
	set(false)
	allOK(t, nodes)
}

func TestTwoProcessesOnOneFileAreRefused(t *testing.T) {
	a := startNode(t, "a")
	cfg := a.cfg
	_, err := Start(cfg)
	require.ErrorContains(t, err, "already used by a different Redis Cluster node")
	id := a.id()
	a.Close()
	a.start()
	require.Equal(t, id, a.id())
}

func TestCorruptNodesConfIsRefused(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "nodes.conf"), []byte("what is this\n"), 0o644))
	_, err := Start(Config{Dir: dir, File: "nodes.conf", Bind: []string{"127.0.0.1"}, Log: discard{}})
	require.ErrorContains(t, err, "corrupted cluster config file")
}

func TestPortInUseIsNamed(t *testing.T) {
	a := startNode(t, "a")
	_, err := Start(Config{
		Cluster: cluster.Config{BusPort: a.BusPort(), NodeTimeout: time.Second},
		Dir:     t.TempDir(), File: "nodes.conf", Bind: []string{"127.0.0.1"}, Log: discard{},
	})
	require.ErrorContains(t, err, fmt.Sprint(a.BusPort()))
	b, err := Start(Config{
		Cluster: cluster.Config{NodeTimeout: time.Second},
		Dir:     t.TempDir(), File: "nodes.conf", Bind: []string{"127.0.0.1", "-203.0.113.7"}, Log: discard{},
	})
	require.NoError(t, err)
	b.Close()
	b.Close()
	require.ErrorIs(t, b.Do(func(*cluster.Machine, time.Duration) error { return nil }), ErrClosed)
}

func TestUnwritableNodesConf(t *testing.T) {
	t.Parallel()
	a := startNode(t, "a")
	// A folder in the place of the file makes the rename fail, for root too.
	path := filepath.Join(a.cfg.Dir, "nodes.conf")
	require.NoError(t, os.Remove(path))
	require.NoError(t, os.MkdirAll(filepath.Join(path, "x"), 0o755))
	var saveError *cluster.SaveError
	err := a.Do(func(m *cluster.Machine, now time.Duration) error {
		return m.AddSlots(now, []slots.Range{{First: 0, Last: 0}})
	})
	require.ErrorAs(t, err, &saveError)
	require.NoError(t, os.RemoveAll(path))
	eventually(t, "the save to be repeated", func() bool {
		text, err := os.ReadFile(path)
		return err == nil && strings.Contains(string(text), " 0\n")
	})
	require.NoError(t, a.Do(func(m *cluster.Machine, now time.Duration) error { m.RequestSave(); return nil }))
}

func TestTwinIsLoud(t *testing.T) {
	t.Parallel()
	nodes := startCluster(t, 3)
	dir := t.TempDir()
	text, err := os.ReadFile(filepath.Join(nodes[0].cfg.Dir, "nodes.conf"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "nodes.conf"), text, 0o644))
	twin := startNode(t, "twin", func(c *Config) { c.Dir = dir })
	require.Equal(t, nodes[0].id(), twin.id())
	eventually(t, "somebody to say so", func() bool {
		for _, n := range append([]*testNode{twin}, nodes...) {
			if n.Stats().Twins > 0 && n.log.contains("carries our node id") {
				return true
			}
		}
		return false
	})
}

func TestTwentyNodesConverge(t *testing.T) {
	if testing.Short() {
		t.Skip("a larger cluster takes seconds")
	}
	start := time.Now()
	nodes := startCluster(t, 20, func(c *Config) { c.Cluster.NodeTimeout = 5 * time.Second })
	t.Logf("20 nodes ok %v after the first start", time.Since(start))
	owners := func(n *testNode) (ids []string) {
		for r, o := range n.View().Table.Owned() {
			ids = append(ids, r.String()+" "+n.View().Table.Node(o).ID)
		}
		return ids
	}
	for _, n := range nodes {
		require.Equal(t, owners(nodes[0]), owners(n))
	}
}

func TestCloseLeavesNoGoroutines(t *testing.T) {
	before := runtime.NumGoroutine()
	nodes := startCluster(t, 3, func(c *Config) { c.Secret = "sesame" })
	for _, n := range nodes {
		n.Close()
	}
	eventually(t, "the goroutines to end", func() bool { return runtime.NumGoroutine() <= before+1 }) // one runs this condition
}

func TestConfigure(t *testing.T) {
	t.Parallel()
	nodes := startCluster(t, 3, func(c *Config) { c.Cluster.NodeTimeout = time.Minute })
	for _, n := range nodes {
		c := n.cfg.Cluster
		c.NodeTimeout, c.AnnounceHostname = time.Second, "host-of-"+n.id()[:4]
		require.NoError(t, n.Configure(c))
	}
	for _, n := range nodes {
		eventually(t, "the names", func() bool {
			return strings.Count(string(n.View().AppendNodes(nil, false)), "host-of-") == 3
		})
	}
	nodes[2].Close()
	eventually(t, "the failure within the new timeout", func() bool { return !nodes[0].View().OK() })
}

func TestChurn(t *testing.T) {
	t.Parallel()
	rounds := 3
	if testing.Short() {
		rounds = 1
	}
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	nodes := startCluster(t, 5)
	for range rounds {
		for range 1 + r.IntN(4) {
			n := nodes[r.IntN(len(nodes))]
			n.Close()
			if r.IntN(2) == 0 {
				time.Sleep(time.Duration(r.IntN(400)) * time.Millisecond)
			}
			n.start() // on another port
		}
		allOK(t, nodes)
	}
}
