package cluster

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/slots"
)

// id40 is a node id of one repeated digit.
func id40(digit string) string { return strings.Repeat(digit, IDLen) }

// lone starts a machine that knows nobody.
func lone(change func(*Config)) *Machine {
	cfg := Config{NodeTimeout: time.Second, Port: 7000, BusPort: 17000, RequireFullCoverage: true, AllowReplicaMigration: true}
	if change != nil {
		change(&cfg)
	}
	m := New(cfg, nil, time.Second, 1)
	m.Ready()
	return m
}

// withPeer adds a member whose record says what change makes of it.
func withPeer(m *Machine, digit string, change func(*Record)) *node {
	id := id40(digit)
	r := Record{
		ID: id, Version: Version{Boot{1, 1}, 1}, Host: "10.0.0." + digit, Port: 7000, BusPort: 17000, Shard: id,
		ConfigEpoch: uint64(digit[0]-'0') + 100,
	}
	if change != nil {
		change(&r)
	}
	m.mergeMember(memberEntry{id, Membership{Version: 1}})
	m.mergeRecord(&r, r.Append(nil))
	return m.nodes[id]
}

func ranges(t *testing.T, text string) []slots.Range {
	set, err := slots.ParseSet(text)
	require.NoError(t, err)
	var out []slots.Range
	for r := range set.Ranges() {
		out = append(out, r)
	}
	return out
}

func one(s slots.Slot) slots.Range { return slots.Range{First: s, Last: s} }

// TestAdminErrors: every refusal has Redis' text and changes nothing.
func TestAdminErrors(t *testing.T) {
	peer, replica, unknown := id40("2"), id40("3"), id40("9")
	now := time.Minute
	for name, c := range map[string]struct {
		call func(m *Machine) error
		want string
	}{
		"add busy":               {func(m *Machine) error { return m.AddSlots(now, []slots.Range{one(200), one(5)}) }, "Slot 5 is already busy"},
		"add other's":            {func(m *Machine) error { return m.AddSlots(now, []slots.Range{one(150)}) }, "Slot 150 is already busy"},
		"add twice":              {func(m *Machine) error { return m.AddSlots(now, []slots.Range{{First: 300, Last: 310}, one(305)}) }, "Slot 305 specified multiple times"},
		"del unbound":            {func(m *Machine) error { return m.DelSlots(now, []slots.Range{one(1), one(400)}) }, "Slot 400 is already unassigned"},
		"del twice":              {func(m *Machine) error { return m.DelSlots(now, []slots.Range{one(1), one(1)}) }, "Slot 1 specified multiple times"},
		"flush with keys":        {func(m *Machine) error { return m.FlushSlots(now, false) }, "DB must be empty to perform CLUSTER FLUSHSLOTS."},
		"migrating not mine":     {func(m *Machine) error { return m.SetSlotMigrating(now, 150, unknown) }, "I'm not the owner of hash slot 150"},
		"migrating unknown":      {func(m *Machine) error { return m.SetSlotMigrating(now, 1, unknown) }, "I don't know about node " + unknown},
		"migrating to a replica": {func(m *Machine) error { return m.SetSlotMigrating(now, 1, replica) }, "Target node is not a master"},
		"importing mine":         {func(m *Machine) error { return m.SetSlotImporting(now, 1, unknown) }, "I'm already the owner of hash slot 1"},
		"importing unknown":      {func(m *Machine) error { return m.SetSlotImporting(now, 150, "x") }, "I don't know about node x"},
		"importing from replica": {func(m *Machine) error { return m.SetSlotImporting(now, 150, replica) }, "Target node is not a master"},
		"node unknown":           {func(m *Machine) error { return m.SetSlotNode(now, 1, unknown, 0) }, "Unknown node " + unknown},
		"node replica":           {func(m *Machine) error { return m.SetSlotNode(now, 1, replica, 0) }, "Target node is not a master"},
		"node with keys":         {func(m *Machine) error { return m.SetSlotNode(now, 1, peer, 1) }, "Can't assign hashslot 1 to a different node while I still hold keys for this hash slot."},
		"epoch with others":      {func(m *Machine) error { return m.SetConfigEpoch(now, 5) }, "The user can assign a config epoch only when the node does not know any other node."},
		"replicate unknown":      {func(m *Machine) error { return m.Replicate(now, unknown, true) }, "Unknown node " + unknown},
		"replicate self":         {func(m *Machine) error { return m.Replicate(now, m.ID(), true) }, "Can't replicate myself"},
		"replicate a replica":    {func(m *Machine) error { return m.Replicate(now, replica, true) }, "I can only replicate a master, not a replica."},
		"replicate with slots":   {func(m *Machine) error { return m.Replicate(now, peer, true) }, "To set a master the node must be empty and without assigned slots."},
		"forget unknown":         {func(m *Machine) error { return m.Forget(now, unknown) }, "Unknown node " + unknown},
		"forget self":            {func(m *Machine) error { return m.Forget(now, m.ID()) }, "I tried hard but I can't forget myself..."},
		"reset with keys":        {func(m *Machine) error { return m.Reset(now, true, false) }, "CLUSTER RESET can't be called with master nodes containing keys"},
		"meet a name":            {func(m *Machine) error { return m.Meet(now, "localhost", 7000, 0) }, "Invalid node address specified: localhost:7000"},
		"meet port 0":            {func(m *Machine) error { return m.Meet(now, "127.0.0.1", 0, 0) }, "Invalid node address specified: 127.0.0.1:0"},
		"meet high port":         {func(m *Machine) error { return m.Meet(now, "127.0.0.1", 60000, 0) }, "Invalid node address specified: 127.0.0.1:60000"},
		"meet bus port":          {func(m *Machine) error { return m.Meet(now, "127.0.0.1", 7000, 70000) }, "Invalid node address specified: 127.0.0.1:7000"},
		"reports unknown":        {func(m *Machine) error { _, err := m.FailureReports(now, unknown); return err }, "Unknown node " + unknown},
		"replicas unknown":       {func(m *Machine) error { _, err := m.view().Replicas(unknown, false); return err }, "Unknown node " + unknown},
		"replicas of a replica":  {func(m *Machine) error { _, err := m.view().Replicas(replica, false); return err }, "The specified node is not a master"},
		"failover of a primary":  {func(m *Machine) error { return m.view().Failover() }, "You should send CLUSTER FAILOVER to a replica"},
	} {
		m := lone(nil)
		require.NoError(t, m.AddSlots(now, ranges(t, "0-100")))
		withPeer(m, "2", func(r *Record) { r.Claims.AddRange(slots.Range{First: 101, Last: 199}) })
		withPeer(m, "3", func(r *Record) { r.Primary = peer })
		m.Ready()
		before := string(m.conf())
		require.EqualError(t, c.call(m), "ERR "+c.want, name)
		m.Ready()
		require.Equal(t, before, string(m.conf()), name)
	}
}

func TestAdminErrorsOfReplicas(t *testing.T) {
	m := lone(nil)
	withPeer(m, "2", nil)
	require.NoError(t, m.Replicate(time.Minute, id40("2"), true))
	r := m.Ready()
	require.True(t, r.Save.Sync)
	require.EqualError(t, r.View.CanSetSlot(), "ERR You can use SETSLOT only with masters.")
	require.EqualError(t, r.View.Failover(), "ERR CLUSTER FAILOVER is not available in this version: replication is not built yet")
	require.EqualError(t, m.Forget(time.Minute, id40("2")), "ERR Can't forget my master!")
	require.Equal(t, id40("2"), r.View.MyShardID())
}

func TestSetConfigEpoch(t *testing.T) {
	m := lone(nil)
	require.EqualError(t, m.SetConfigEpoch(0, 1<<63-1), "ERR Invalid config epoch specified: 9223372036854775807")
	require.NoError(t, m.SetConfigEpoch(0, 7))
	require.EqualValues(t, 7, m.currentEpoch)
	require.EqualError(t, m.SetConfigEpoch(0, 8), "ERR Node config epoch is already non-zero")
	require.Equal(t, "STILL 7", m.BumpEpoch(0))
	withPeer(m, "2", func(r *Record) { r.ConfigEpoch = 9 })
	require.Equal(t, "BUMPED 10", m.BumpEpoch(0))
	r := m.Ready()
	require.True(t, r.Save.Sync)
	require.Contains(t, string(r.Save.Text), "currentEpoch 10 ")
}

// TestImportBumps: the end of an import gives the target the greatest epoch.
func TestImportBumps(t *testing.T) {
	m := lone(nil)
	p := withPeer(m, "2", func(r *Record) { r.Claims.Add(7) })
	require.NoError(t, m.SetSlotImporting(0, 7, p.id))
	r := m.Ready()
	require.Contains(t, string(r.View.AppendNodes(nil, false)), " [7-<-"+p.id+"]\n")
	require.Equal(t, p.id, r.View.Table.Node(r.View.Table.Importing(7)).ID)
	require.NoError(t, m.SetSlotNode(0, 7, m.ID(), 3))
	m.Ready()
	require.Equal(t, m.self, m.bound[7])
	require.Empty(t, m.importing)
	require.Greater(t, m.self.epoch(), p.epoch())
	require.True(t, m.self.rec.Claims.Has(7))
}

// TestLastSlot: SETSLOT NODE of the last slot makes the node a replica of the
// target, unless cluster-allow-replica-migration is off.
func TestLastSlot(t *testing.T) {
	for _, allowed := range []bool{true, false} {
		m := lone(func(c *Config) { c.AllowReplicaMigration = allowed })
		p := withPeer(m, "2", nil)
		require.NoError(t, m.AddSlots(0, ranges(t, "7")))
		require.NoError(t, m.SetSlotMigrating(0, 7, p.id))
		require.NoError(t, m.SetSlotNode(0, 7, p.id, 0))
		m.Ready()
		require.Equal(t, !allowed, m.self.primary())
		require.Empty(t, m.migrating)
		require.Equal(t, p, m.bound[7])
	}
}

func TestForget(t *testing.T) {
	m := lone(nil)
	p := withPeer(m, "2", func(r *Record) { r.Claims.Add(7) })
	m.Ready()
	require.NoError(t, m.Forget(0, p.id))
	r := m.Ready()
	require.True(t, r.Save.Sync)
	require.True(t, r.PeersChanged)
	require.Empty(t, r.Peers)
	require.Len(t, r.Broadcast, 1)
	require.Zero(t, m.assigned)
	require.NoError(t, m.Forget(0, p.id), "again")
	require.Nil(t, withPeer(m, "2", func(r *Record) { r.Version.Seq = 99 }), "records of the forgotten are ignored")
	saved, err := ParseConf(m.conf())
	require.NoError(t, err)
	m = New(m.cfg, saved, 0, 2)
	require.True(t, m.members[p.id].Forgotten, "across restarts")
}

func TestResets(t *testing.T) {
	now := time.Minute
	for _, hard := range []bool{false, true} {
		m := lone(nil)
		withPeer(m, "2", func(r *Record) { r.Claims.Add(7) })
		require.NoError(t, m.AddSlots(now, ranges(t, "1-3")))
		m.BumpEpoch(now)
		require.NoError(t, m.Meet(now, "10.0.0.5", 7000, 0))
		m.Ready()
		id, epoch := m.ID(), m.self.epoch()
		require.NoError(t, m.Reset(now, hard, true))
		r := m.Ready()
		require.Equal(t, hard, r.Renamed)
		require.False(t, r.Emptied)
		require.Equal(t, hard, id != m.ID())
		require.Equal(t, hard, epoch != m.self.epoch())
		require.Zero(t, m.assigned)
		require.Equal(t, 1, r.View.KnownNodes())
		require.Len(t, m.members, 1)
		require.True(t, r.Save.Sync)
	}
}

func TestResetOfReplicaEmpties(t *testing.T) {
	m := lone(nil)
	withPeer(m, "2", nil)
	require.NoError(t, m.Replicate(0, id40("2"), true))
	m.Ready()
	require.NoError(t, m.Reset(0, false, false))
	r := m.Ready()
	require.True(t, r.Emptied)
	require.True(t, m.self.primary())
	require.NotEqual(t, id40("2"), m.self.rec.Shard)
}

func TestFlushSlots(t *testing.T) {
	m := lone(nil)
	withPeer(m, "2", func(r *Record) { r.Claims.Add(200) })
	require.NoError(t, m.AddSlots(0, ranges(t, "1-3")))
	m.Ready()
	require.NoError(t, m.FlushSlots(0, true))
	r := m.Ready()
	require.True(t, r.Save.Sync)
	require.Equal(t, 1, m.assigned, "those of others stay")
	require.True(t, m.self.rec.Claims.Empty())
	require.Len(t, r.Broadcast, 1)
}

// TestForgottenPrimary: others forgot the primary of this node, which goes on
// as a primary without slots in a shard of its own.
func TestForgottenPrimary(t *testing.T) {
	m := lone(nil)
	p := withPeer(m, "2", func(r *Record) { r.Claims.Add(7) })
	require.NoError(t, m.Replicate(0, p.id, true))
	m.Ready()
	news := appendMember([]byte{deltaFormat}, p.id, Membership{Version: 2, Forgotten: true})
	require.NoError(t, m.Merge(0, news))
	m.Ready()
	require.True(t, m.self.primary())
	require.NotEqual(t, p.id, m.self.rec.Shard)
	require.Zero(t, m.assigned)
	require.NoError(t, m.Merge(0, news), "once more")
	require.Empty(t, m.Ready().Broadcast)
}

// TestSlotsOfAReplica: a primary that became a replica keeps its slots until
// somebody claims them or a second has passed.
func TestSlotsOfAReplica(t *testing.T) {
	m := lone(nil)
	p := withPeer(m, "2", func(r *Record) { r.Claims.AddRange(slots.Range{First: 7, Last: 8}) })
	q := withPeer(m, "3", nil)
	m.Ready()
	withPeer(m, "2", func(r *Record) { r.Version.Seq, r.Primary = 2, q.id })
	m.Ready()
	require.Equal(t, p, m.bound[7])
	withPeer(m, "3", func(r *Record) { r.Version.Seq = 2; r.Claims.Add(7) })
	m.Ready()
	require.Equal(t, q, m.bound[7])
	m.Tick(m.now + 2*time.Second)
	m.Ready()
	require.Nil(t, m.bound[8])
}
