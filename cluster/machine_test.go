package cluster

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/slots"
)

// found makes a cluster of its own of some nodes of the simulation.
func (s *sim) found(members ...int) {
	for k, i := range members {
		s.call(s.nodes[i], func(m *Machine) { s.must(m.AddSlots(s.now, []slots.Range{share(k, len(members))})) })
		if k > 0 {
			s.meet(i, members[0])
		}
	}
	s.until(20*time.Second, "found", func() bool {
		for _, i := range members {
			if m := s.nodes[i].m; !m.ok || len(m.nodes) != len(members) || m.cluster == "" || m.cluster != s.nodes[members[0]].m.cluster {
				return false
			}
		}
		return true
	})
}

func (s *sim) logged(text string) bool { return strings.Contains(strings.Join(s.trace, "\n"), text) }

// TestMeetOfTwoClusters: both have nodes and slots, so MEET does not merge them.
func TestMeetOfTwoClusters(t *testing.T) {
	s := newSim(t, 1, 6)
	s.dialPeers()
	s.found(0, 1, 2)
	s.found(3, 4, 5)
	s.meet(1, 4)
	s.run(5 * time.Second)
	require.True(t, s.logged("is refused"))
	for _, n := range s.nodes {
		require.Len(t, n.m.nodes, 3)
		require.Empty(t, n.m.meets)
		require.True(t, n.m.ok)
	}
}

// TestMeetOfClusterAndNode: a single node joins, even with slots of its own,
// which the greater configEpoch settles; one without slots is no danger.
func TestMeetOfClusterAndNode(t *testing.T) {
	s := newSim(t, 1, 5)
	s.dialPeers()
	s.found(0, 1, 2)
	s.call(s.nodes[3], func(m *Machine) { s.must(m.AddSlots(s.now, []slots.Range{{First: 0, Last: 9}})) })
	s.meet(1, 3)
	s.meet(4, 2)
	s.until(15*time.Second, "joined", func() bool { return s.converged() && s.allOK() && len(s.nodes[0].m.nodes) == 5 })
	require.False(t, s.logged("is refused"))
}

// TestForgetAndMeetAgain: FORGET holds everywhere after one call, old news do
// not bring the node back, MEET does.
func TestForgetAndMeetAgain(t *testing.T) {
	s := newSim(t, 1, 4)
	s.dialPeers()
	s.found(0, 1, 2)
	s.meet(3, 0)
	s.until(10*time.Second, "joined", func() bool { return s.converged() && len(s.nodes[0].m.nodes) == 4 })
	id := s.nodes[3].m.ID()
	s.old = append(s.old, simOld{0, s.nodes[3].m.State()})
	s.call(s.nodes[1], func(m *Machine) { s.must(m.Forget(s.now, id)) })
	s.run(5 * time.Second)
	for range 20 {
		s.replay()
		s.run(100 * time.Millisecond)
	}
	for _, n := range s.nodes[:3] {
		require.Len(t, n.m.nodes, 3)
		require.True(t, n.m.members[id].Forgotten)
	}
	s.meet(3, 2)
	s.until(10*time.Second, "back", func() bool { return s.converged() && len(s.nodes[0].m.nodes) == 4 })
}

// TestMeetGivesUp: the handshake is shown, and ends after its timeout.
func TestMeetGivesUp(t *testing.T) {
	m := lone(nil)
	require.NoError(t, m.Meet(time.Second, "10.0.0.9", 7000, 0))
	require.NoError(t, m.Meet(time.Second, "10.0.0.9", 7000, 0), "once is enough")
	r := m.Ready()
	require.Equal(t, Address{"10.0.0.9", 17000}, r.Meet[0].Addr)
	require.Len(t, r.Meet, 1)
	require.Contains(t, string(r.View.AppendNodes(nil, false)), " 10.0.0.9:7000@17000 handshake - 1000 0 0 disconnected\n")
	require.Equal(t, 2, r.View.KnownNodes())
	require.EqualError(t, m.SetConfigEpoch(time.Second, 1), string(errEpochOthers))
	m.MeetFailed(time.Second, r.Meet[0].Token, fmt.Errorf("refused"))
	dials := 0
	for now := time.Second; now < 3*time.Second; now += 50 * time.Millisecond {
		m.Tick(now)
		for _, d := range m.Ready().Meet {
			dials++
			m.MeetFailed(now, d.Token, fmt.Errorf("refused"))
		}
	}
	require.Greater(t, dials, 5)
	require.Empty(t, m.meets)
	require.Equal(t, 1, m.view().KnownNodes())
}

func TestMeetMyself(t *testing.T) {
	m := lone(nil)
	require.NoError(t, m.Meet(time.Second, "127.0.0.1", 7000, 0))
	m.MeetLink(time.Second, m.Ready().Meet[0].Token, m.ID())
	require.Empty(t, m.meets)
	require.Len(t, m.nodes, 1)
}

// TestLearnAddress: where no address is announced, the local end of a link
// tells it.
func TestLearnAddress(t *testing.T) {
	for name, c := range map[string]struct {
		announced, saved string
		links            []string
		met              bool
		want             string
	}{
		"first link":                   {"", "", []string{"10.0.0.1"}, false, "10.0.0.1"},
		"the first one of a life":      {"", "", []string{"10.0.0.1", "10.0.0.2"}, false, "10.0.0.1"},
		"MEET corrects":                {"", "", []string{"10.0.0.1", "10.0.0.2"}, true, "10.0.0.2"},
		"announced":                    {"1.2.3.4", "", []string{"10.0.0.1"}, true, "1.2.3.4"},
		"moved":                        {"", "10.0.0.9", []string{"10.0.0.1"}, false, "10.0.0.1"},
		"saved and seen again":         {"", "10.0.0.9", []string{"10.0.0.9", "10.0.0.1"}, false, "10.0.0.9"},
		"loopback does not replace":    {"", "10.0.0.9", []string{"127.0.0.1"}, true, "10.0.0.9"},
		"loopback is better than none": {"", "", []string{"127.0.0.1"}, false, "127.0.0.1"},
		"a real one replaces loopback": {"", "", []string{"127.0.0.1", "10.0.0.1"}, true, "10.0.0.1"},
		"unspecified":                  {"", "", []string{"0.0.0.0", ""}, true, ""},
		"IPv4 in IPv6":                 {"", "", []string{"::ffff:10.0.0.1"}, false, "10.0.0.1"},
	} {
		m := lone(func(cfg *Config) { cfg.AnnounceIP = c.announced })
		if c.saved != "" {
			m.self.rec.Host = c.saved
		}
		for _, l := range c.links {
			m.learnAddress(l, c.met)
		}
		require.Equal(t, c.want, m.self.rec.Host, name)
	}
}

// TestOldConf: a node that starts from an old copy of nodes.conf takes a life
// later than what the others know.
func TestOldConf(t *testing.T) {
	s := newSim(t, 1, 3)
	s.create(3)
	old := append([]byte(nil), s.nodes[1].disk...)
	for range 3 {
		s.crash(1)
		s.start(1)
		s.run(2 * time.Second)
	}
	id, boot := s.nodes[1].m.ID(), s.nodes[1].m.Boot()
	s.crash(1)
	s.nodes[1].disk = old
	s.nodes[1].boots = map[string]Boot{}
	clear(s.contents) // versions of the lost lives come again, which is the point
	s.start(1)
	s.until(10*time.Second, "later life", func() bool { return boot.Less(s.nodes[1].m.Boot()) && s.converged() && s.allOK() })
	require.Equal(t, id, s.nodes[1].m.ID())
}

func TestOutlived(t *testing.T) {
	m := lone(nil)
	before := m.Boot()
	m.outlived(Version{Boot{0, 5}, 1})
	require.Equal(t, before, m.Boot())
	m.outlived(Version{before, 50})
	m.Ready()
	require.EqualValues(t, 51, m.self.rec.Version.Seq, "a record of this life that was not saved")
	m.outlived(Version{Boot{9, 5}, 1})
	r := m.Ready()
	require.EqualValues(t, 10, m.Boot().Counter)
	require.True(t, r.Renamed)
	require.True(t, r.Save.Sync)
	require.Contains(t, string(r.Save.Text), " node-boot 10 ")
}

// TestWakeUp: a machine that was not called for longer than T neither blames
// the others nor serves before it heard of a majority.
func TestWakeUp(t *testing.T) {
	s := newSim(t, 1, 3)
	s.create(3)
	s.until(5*time.Second, "ok", s.allOK)
	s.nodes[0].paused = s.now + 5*time.Second
	s.run(5*time.Second - time.Millisecond)
	m := s.nodes[0].m
	require.True(t, m.ok)
	m.Tick(s.now)
	require.False(t, m.ok)
	for _, n := range m.order {
		require.False(t, n.pfail || n.fail)
	}
	s.until(10*time.Second, "ok", s.allOK)
}

// TestStaleClaim: a primary that comes back after another took its
// slots does not serve before it knows.
func TestStaleClaim(t *testing.T) {
	s := newSim(t, 1, 4)
	s.create(4)
	s.until(5*time.Second, "ok", s.allOK)
	s.crash(0)
	s.run(time.Second)
	// The others give its slots to node 1, as a failover would.
	mine := share(0, 4)
	s.call(s.nodes[1], func(m *Machine) {
		s.must(m.DelSlots(s.now, []slots.Range{mine}))
		s.must(m.AddSlots(s.now, []slots.Range{mine}))
		m.BumpEpoch(s.now)
	})
	s.run(3 * time.Second)
	s.start(0)
	s.until(20*time.Second, "settled", func() bool {
		m := s.nodes[0].m
		if m.ok && m.self.owned > 0 {
			t.Fatal("served slots that another owns")
		}
		return s.converged() && s.allOK()
	})
	require.Equal(t, s.nodes[1].m.ID(), s.nodes[0].m.self.rec.Primary)
}

// TestLost: slots that another takes over are reported, so that their keys go.
func TestLost(t *testing.T) {
	m := lone(nil)
	require.NoError(t, m.AddSlots(0, ranges(t, "0-10")))
	m.Ready()
	withPeer(m, "2", func(r *Record) { r.Claims.AddRange(slots.Range{First: 5, Last: 20}) })
	r := m.Ready()
	require.Equal(t, "5-10", r.Lost.String())
	require.True(t, m.self.primary())
	require.Equal(t, "0-4", m.self.rec.Claims.String())
}

// TestBinding: who gets a slot that a record claims.
func TestBinding(t *testing.T) {
	type claim struct {
		node  string
		epoch uint64
		claim bool
	}
	for name, c := range map[string]struct {
		records []claim
		want    string
	}{
		"unbound":                     {[]claim{{"2", 1, true}}, "2"},
		"greater epoch":               {[]claim{{"2", 1, true}, {"3", 2, true}}, "3"},
		"equal epoch":                 {[]claim{{"3", 2, true}, {"2", 2, true}}, "3"},
		"smaller epoch":               {[]claim{{"3", 2, true}, {"2", 1, true}}, "3"},
		"the owner let go":            {[]claim{{"3", 2, true}, {"3", 2, false}, {"2", 1, true}}, "2"},
		"the owner lets go later":     {[]claim{{"3", 2, true}, {"2", 1, true}, {"3", 2, false}}, "2"},
		"nobody claims it any more":   {[]claim{{"3", 2, true}, {"3", 2, false}}, "3"},
		"the greater one claims late": {[]claim{{"3", 1, true}, {"2", 5, false}, {"2", 5, true}}, "2"},
	} {
		m := lone(nil)
		for i, r := range c.records {
			withPeer(m, r.node, func(rec *Record) {
				rec.Version.Seq, rec.ConfigEpoch = uint64(i+1), r.epoch
				if r.claim {
					rec.Claims.Add(7)
				}
			})
			m.Ready()
		}
		require.Equal(t, id40(c.want), m.bound[7].id, name)
	}
}

// TestImportingIsLeftAlone: claims do not touch a slot that the node imports.
func TestImportingIsLeftAlone(t *testing.T) {
	m := lone(nil)
	a := withPeer(m, "2", func(r *Record) { r.Claims.Add(7) })
	m.Ready()
	require.NoError(t, m.SetSlotImporting(0, 7, a.id))
	withPeer(m, "3", func(r *Record) { r.Claims.Add(7) })
	m.Ready()
	require.Equal(t, a, m.bound[7])
	m.SetSlotStable(0, 7)
	m.Tick(2 * time.Second)
	m.Ready()
	require.Equal(t, id40("3"), m.bound[7].id)
}

// TestSubReplica: a replica of a node that becomes a replica follows its new
// primary, and takes its shard id.
func TestSubReplica(t *testing.T) {
	m := lone(nil)
	withPeer(m, "2", nil)
	withPeer(m, "3", nil)
	require.NoError(t, m.Replicate(0, id40("2"), true))
	withPeer(m, "2", func(r *Record) { r.Version.Seq, r.Primary = 2, id40("3") })
	m.Ready()
	require.Equal(t, id40("3"), m.self.rec.Primary)
	require.Equal(t, id40("3"), m.self.rec.Shard)
}

// TestTwoReplicasOfEachOther is no endless fold.
func TestTwoReplicasOfEachOther(t *testing.T) {
	m := lone(nil)
	withPeer(m, "2", nil)
	require.NoError(t, m.Replicate(0, id40("2"), true))
	withPeer(m, "2", func(r *Record) { r.Version.Seq, r.Primary = 2, m.ID() })
	m.Ready()
	require.Equal(t, id40("2"), m.self.rec.Primary)
}

// TestFailNeedsMajority: reports of voters count, for twice the node timeout.
func TestFailNeedsMajority(t *testing.T) {
	m := lone(nil)
	require.NoError(t, m.AddSlots(0, ranges(t, "0")))
	for i, d := range []string{"2", "3", "4", "5"} {
		withPeer(m, d, func(r *Record) { r.Claims.Add(slots.Slot(i + 1)) })
	}
	withPeer(m, "6", nil) // no voter
	m.Ready()
	report := func(from string, about ...string) {
		require.NoError(t, m.Step(m.now, id40(from), appendIDs(nil, kindReports, about)))
	}
	x := m.nodes[id40("5")]
	x.pfail = true
	report("6", x.id)
	report("2", x.id)
	require.False(t, x.fail, "two of five voters")
	n, err := m.FailureReports(m.now, x.id)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	report("2")
	n, err = m.FailureReports(m.now, x.id)
	require.NoError(t, err)
	require.Equal(t, 1, n, "taken back")
	report("2", x.id)
	report("3", x.id)
	require.True(t, x.fail)
	n, err = m.FailureReports(m.now+3*time.Second, x.id)
	require.NoError(t, err)
	require.Zero(t, n, "too old")
}

// TestFailClears: Redis' rules, but a primary without replicas need not wait.
func TestFailClears(t *testing.T) {
	m := lone(nil)
	p := withPeer(m, "2", func(r *Record) { r.Claims.Add(1) })
	r := withPeer(m, "3", func(r *Record) { r.Primary = p.id })
	m.Ready()
	for _, n := range []*node{p, r} {
		m.markFailed(n)
		m.alive(n)
	}
	require.True(t, p.fail, "a primary with slots stays for 2T")
	require.False(t, r.fail)
	m.at(m.now + 2*time.Second + 1)
	m.alive(p)
	require.False(t, p.fail)
	p.pfail = true
	m.alive(p)
	require.False(t, p.pfail)
	alone := withPeer(m, "4", func(r *Record) { r.Claims.Add(2) })
	m.Ready()
	m.markFailed(alone)
	m.alive(alone)
	require.False(t, alone.fail)
}

func TestStateWithoutFullCoverage(t *testing.T) {
	m := lone(func(c *Config) { c.RequireFullCoverage = false })
	require.NoError(t, m.AddSlots(0, ranges(t, "0")))
	require.True(t, m.Ready().View.OK())
	cfg := m.cfg
	cfg.RequireFullCoverage = true
	m.Configure(0, cfg)
	require.False(t, m.Ready().View.OK())
}

// TestConfigureAnnounces: changed directives make a new record.
func TestConfigureAnnounces(t *testing.T) {
	m := lone(nil)
	m.Configure(0, m.cfg)
	require.Empty(t, m.Ready().Broadcast, "nothing changed")
	cfg := m.cfg
	cfg.AnnounceHostname, cfg.AnnouncePort, cfg.AnnounceBusPort, cfg.AnnounceIP = "h", 1, 2, "1.2.3.4"
	m.Configure(0, cfg)
	r := m.Ready()
	require.Len(t, r.Broadcast, 1)
	require.Contains(t, string(r.View.AppendNodes(nil, false)), " 1.2.3.4:1@2,h myself,master ")
}

// TestHeartbeatPace: voters are asked ten times per node timeout, others twice,
// and all of them more often while cluster_state is fail.
func TestHeartbeatPace(t *testing.T) {
	pings := func(ok bool, change func(*Record)) int {
		m := lone(func(c *Config) { c.NodeTimeout, c.RequireFullCoverage = 10*time.Second, !ok })
		n := withPeer(m, "2", change)
		m.LinkUp(m.now, n.id, Boot{1, 1}, "10.0.0.1", "10.0.0.2")
		count := 0
		for now := time.Second; now < 101*time.Second; now += m.TickEvery() {
			m.Tick(now)
			for _, s := range m.Ready().Send {
				if kind(s.Body[0]) != kindPing {
					continue
				}
				count++
				h := heartbeat{token: n.token, record: n.rec.Version, digest: m.digest(), clear: true}
				require.NoError(t, m.Step(now, n.id, h.append(nil, kindPong)))
			}
		}
		return count
	}
	voter := func(r *Record) { r.Claims.Add(1) }
	require.InDelta(t, 100, pings(true, voter), 15)
	require.InDelta(t, 20, pings(true, nil), 5)
	require.InDelta(t, 450, pings(false, voter), 120)
}
