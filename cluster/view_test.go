package cluster

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/slots"
)

// small is a machine with two other primaries and two replicas, in every state.
func small(t *testing.T) *Machine {
	m := lone(func(c *Config) {
		c.AnnounceIP, c.AnnounceHostname, c.TLSPort, c.Wall = "10.0.0.1", "one.example", 7100, 1_000_000
	})
	require.NoError(t, m.AddSlots(0, ranges(t, "0-99 200")))
	withPeer(m, "2", func(r *Record) { r.Claims.AddRange(slots.Range{First: 100, Last: 149}); r.Hostname = "two" })
	withPeer(m, "3", func(r *Record) { r.Claims.AddRange(slots.Range{First: 150, Last: 159}); r.Host = "" })
	withPeer(m, "4", func(r *Record) { r.Primary, r.Shard = id40("2"), id40("2"); r.NoFailover = true })
	withPeer(m, "5", func(r *Record) { r.Primary, r.Shard = id40("2"), id40("2"); r.TLSPort = 7105 })
	m.Ready()
	m.nodes[id40("2")].pfail = true
	m.markFailed(m.nodes[id40("3")])
	m.markFailed(m.nodes[id40("5")])
	m.LinkUp(2*time.Second, id40("4"), Boot{1, 1}, "", "")
	m.Ready()
	return m
}

func TestNodesText(t *testing.T) {
	m := small(t)
	v := m.view()
	want := []string{
		id40("2") + " 10.0.0.2:7000@17000,two master,fail? - 0 0 102 disconnected 100-149",
		id40("3") + " :7000@17000 master,fail,noaddr - 0 0 103 disconnected 150-159",
		id40("4") + " 10.0.0.4:7000@17000 slave,nofailover " + id40("2") + " 1002000 0 102 connected",
		id40("5") + " 10.0.0.5:7000@17000 slave,fail " + id40("2") + " 0 0 102 disconnected",
		m.ID() + " 10.0.0.1:7000@17000,one.example myself,master - 0 0 0 connected 0-99 200",
	}
	require.ElementsMatch(t, want, strings.Split(strings.TrimSpace(string(v.AppendNodes(nil, false))), "\n"))
	tls := string(v.AppendNodes(nil, true))
	require.Contains(t, tls, " 10.0.0.1:7100@17000,")
	require.Contains(t, tls, " 10.0.0.5:7105@17000 ")
	require.Contains(t, tls, " 10.0.0.4:7000@17000 ", "without a TLS port, the other one")
	lines, err := v.Replicas(id40("2"), false)
	require.NoError(t, err)
	require.Equal(t, want[2:4], lines)
}

// TestPulse: heartbeats show in a view that was published before.
func TestPulse(t *testing.T) {
	m := small(t)
	v := m.view()
	n := m.nodes[id40("4")]
	h := heartbeat{token: n.token, record: n.rec.Version, clear: true}
	require.NoError(t, m.Step(3*time.Second, n.id, h.append(nil, kindPong)))
	require.Contains(t, string(v.AppendNodes(nil, false)), " slave,nofailover "+id40("2")+" 0 1003000 102 connected")
	m.LinkDown(4*time.Second, n.id)
	require.Contains(t, string(v.AppendNodes(nil, false)), " slave,nofailover "+id40("2")+" 0 1003000 102 disconnected")
	require.NoError(t, m.Step(5*time.Second, n.id, h.append(nil, kindPong)), "an answer to nothing")
	require.EqualValues(t, 1_003_000, n.pulse.pongReceived.Load())
}

func TestInfoText(t *testing.T) {
	m := small(t)
	text := string(m.view().AppendInfo(nil, LinkStats{Overflows: 4, PublishSent: 3}))
	for _, line := range []string{
		"cluster_state:fail", "cluster_slots_assigned:161", "cluster_slots_ok:101", "cluster_slots_pfail:50", "cluster_slots_fail:10",
		"cluster_known_nodes:5", "cluster_size:3", "cluster_current_epoch:105", "cluster_my_epoch:0", "cluster_stats_messages_ping_sent:1",
		"cluster_stats_messages_publish_sent:3", "cluster_stats_messages_sent:4", "cluster_stats_messages_received:0", "total_cluster_links_buffer_limit_exceeded:4",
	} {
		require.Contains(t, text, line+"\r\n")
	}
}

func TestSlotsAndShards(t *testing.T) {
	v := small(t).view()
	list := v.Slots(true)
	require.Len(t, list, 4)
	two := list[1]
	require.Equal(t, slots.Range{First: 100, Last: 149}, two.Range)
	require.Equal(t, []SlotNode{
		{Host: "10.0.0.2", Port: 7000, ID: id40("2"), Meta: []string{"hostname", "two"}},
		{Host: "10.0.0.4", Port: 7000, ID: id40("4")},
	}, two.Nodes, "failed replicas are left out")
	health := map[string]string{}
	for _, s := range v.Shards() {
		for _, n := range s.Nodes {
			health[n.ID[:1]] = n.Role + " " + n.Health
		}
	}
	for id, want := range map[string]string{"2": "master online", "3": "master fail", "4": "replica loading", "5": "replica fail"} {
		require.Equal(t, want, health[id], id)
	}
}

// TestTable: what Route sees.
func TestTable(t *testing.T) {
	m := small(t)
	require.NoError(t, m.SetSlotMigrating(0, 5, id40("2")))
	tab := m.view().Table
	require.True(t, tab.Down())
	require.True(t, tab.Mine(5))
	require.Equal(t, 161, tab.Assigned())
	require.Equal(t, "MOVED 100 10.0.0.2:7000", string(tab.AppendRedirect(nil, slots.Moved, 100, tab.Owner(100))))
	require.Equal(t, id40("2"), tab.Node(tab.Migrating(5)).ID)
	cfg := m.cfg
	cfg.PreferredEndpoint = EndpointHostname
	m.Configure(0, cfg)
	tab = m.Ready().View.Table
	require.Equal(t, "MOVED 100 two:7000", string(tab.AppendRedirect(nil, slots.Moved, 100, tab.Owner(100))))
	require.Equal(t, "MOVED 150 ?:7000", string(tab.AppendRedirect(nil, slots.Moved, 150, tab.Owner(150))))
	cfg.PreferredEndpoint = EndpointUnknown
	m.Configure(0, cfg)
	tab = m.Ready().View.Table
	require.Equal(t, "MOVED 100 :7000", string(tab.AppendRedirect(nil, slots.Moved, 100, tab.Owner(100))))
}

// TestViewsWhileTheMachineRuns is for the race detector: readers use a view
// while its machine goes on.
func TestViewsWhileTheMachineRuns(t *testing.T) {
	m := small(t)
	views := make(chan *View, 100)
	done := make(chan int)
	for range 2 {
		go func() {
			n := 0
			for v := range views {
				n += len(v.AppendNodes(nil, false)) + len(v.AppendInfo(nil, LinkStats{})) + len(v.Slots(false)) + len(v.Shards())
				n += v.Table.Assigned()
			}
			done <- n
		}()
	}
	last := m.view()
	for i := range 200 {
		now := time.Duration(i) * 100 * time.Millisecond
		m.Tick(now)
		n := m.nodes[id40("4")]
		h := heartbeat{token: n.token, record: n.rec.Version, clear: i%2 == 0}
		require.NoError(t, m.Step(now, n.id, h.append(nil, kindPong)))
		if i%20 == 0 {
			m.BumpEpoch(now)
			withPeer(m, "2", func(r *Record) { r.Version.Seq = uint64(i + 2); r.Claims.Add(slots.Slot(1000 + i)) })
		}
		if v := m.Ready().View; v != nil {
			last = v
		}
		views <- last
	}
	close(views)
	require.NotZero(t, <-done+<-done)
}
