package cluster

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/slots"
)

// TestConfRoundTrip: a machine that starts from its own file knows what it knew.
func TestConfRoundTrip(t *testing.T) {
	m := lone(func(c *Config) { c.AnnounceHostname, c.AnnounceHumanNodename, c.TLSPort = "me.example", "me", 7100 })
	p := withPeer(m, "2", func(r *Record) { r.Claims.AddRange(slots.Range{First: 100, Last: 200}); r.Host = "2001:db8::2" })
	withPeer(m, "3", func(r *Record) { r.Primary = p.id; r.HumanName = "three"; r.NoFailover = true })
	withPeer(m, "4", func(r *Record) { r.Host, r.Port, r.TLSPort = "", 0, 7200 })
	withPeer(m, "5", nil)
	require.NoError(t, m.Forget(0, id40("5")))
	require.NoError(t, m.AddSlots(0, ranges(t, "0-10 12 16383")))
	require.NoError(t, m.SetSlotMigrating(0, 12, p.id))
	require.NoError(t, m.SetSlotImporting(0, 150, p.id))
	m.markFailed(m.nodes[id40("4")])
	m.cluster = id40("c")
	m.Ready()

	saved, err := ParseConf(m.conf())
	require.NoError(t, err, "%s", m.conf())
	again := New(m.cfg, saved, time.Second, 2)
	require.Equal(t, m.ID(), again.ID())
	require.Equal(t, m.boot.Counter+1, again.boot.Counter)
	again.self.rec.Version, m.self.rec.Version = Version{}, Version{}
	require.Equal(t, m.members, again.members)
	require.Equal(t, string(m.view().AppendNodes(nil, true)), string(again.view().AppendNodes(nil, true)))
	require.Equal(t, m.view().Slots(false), again.view().Slots(false))
	require.Equal(t, m.view().Shards(), again.view().Shards())
	require.Equal(t, m.cluster, again.cluster)
	require.Equal(t, m.currentEpoch, again.currentEpoch)
	for id, n := range m.nodes {
		require.Equal(t, n.rec.Version, again.nodes[id].rec.Version)
	}
	r := again.Ready()
	require.True(t, r.Save.Sync, "the new life is on disk before anything is sent")
}

// TestConfOfRedis reads what real servers wrote.
func TestConfOfRedis(t *testing.T) {
	files, err := filepath.Glob("testdata/*.conf")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		saved, err := ParseConf(text)
		require.NoError(t, err, file)
		m := New(Config{NodeTimeout: time.Second, Port: 7000}, saved, time.Second, 1)
		m.Ready()
		require.Len(t, m.nodes, 6, file)
		require.Equal(t, slots.Count, m.assigned, file)
		replicas := 0
		for _, n := range m.nodes {
			require.True(t, ValidID(n.rec.Shard), file)
			if n.primary() {
				continue
			}
			replicas++
			require.Equal(t, m.nodes[n.rec.Primary].rec.Shard, n.rec.Shard, file)
		}
		require.Equal(t, 3, replicas, file)
	}
}

func TestConfRefuses(t *testing.T) {
	self := id40("1") + " 127.0.0.1:7000@17000 myself,master - 0 0 1 connected"
	other := id40("2") + " 127.0.0.1:7001@17001 master - 0 0 1 connected"
	for text, want := range map[string]string{
		"":                                 "nodes.conf: no node has the flag myself",
		other:                              "nodes.conf: no node has the flag myself",
		"x":                                "nodes.conf line 1: fewer than 8 fields",
		self + "\n" + self:                 "nodes.conf line 2: the node is there twice",
		self + " 5-4":                      `nodes.conf line 1: bad slots "5-4"`,
		self + " 16384":                    `nodes.conf line 1: bad slots "16384"`,
		self + " [5->-x]":                  `nodes.conf line 1: bad slot on the move "[5->-x]"`,
		self + "\nvars a":                  "nodes.conf line 2: vars: a name without value",
		self + "\nvars node-boot x":        `nodes.conf line 2: node-boot: strconv.ParseUint: parsing "x": invalid syntax`,
		self + "\nvars node-members x:1:m": `nodes.conf line 2: node-members: bad node-members entry "x:1:m"`,
		self + "\n\n" + id40("2") + " 127.0.0.1 master - 0 0 1 connected":               `nodes.conf line 3: no port in "127.0.0.1"`,
		self + "\n" + id40("2") + " 127.0.0.1:x@1 master - 0 0 1 connected":             `nodes.conf line 2: bad port "x"`,
		self + "\n" + id40("2") + " a_b:1@1 master - 0 0 1 connected":                   `nodes.conf line 2: bad host "a_b"`,
		self + "\n" + id40("2") + " 127.0.0.1:1@1,a_b master - 0 0 1 connected":         `nodes.conf line 2: bad hostname "a_b"`,
		self + "\n" + id40("2") + " 127.0.0.1:1@1 lord - 0 0 1 connected":               `nodes.conf line 2: unknown flag "lord"`,
		self + "\n" + id40("2") + " 127.0.0.1:1@1 slave x 0 0 1 connected":              `nodes.conf line 2: "x" is not a node id`,
		self + "\n" + id40("2") + " 127.0.0.1:1@1 master - 0 0 -1 connected":            `nodes.conf line 2: bad epoch "-1"`,
		self + "\n" + id40("2") + " 127.0.0.1:1@1 myself,master - 0 0 1 connected":      "nodes.conf line 2: a second node has the flag myself",
		self + "\n" + id40("2") + " 127.0.0.1:1@1,,shard-id=x master - 0 0 1 connected": `nodes.conf line 2: "x" is not a shard id`,
	} {
		_, err := ParseConf([]byte(text))
		require.EqualError(t, err, want, text)
	}
	saved, err := ParseConf([]byte(self + "\n" + id40("3") + " 127.0.0.1:1@1 handshake - 0 0 0 disconnected\nvars currentEpoch 7 lastVoteEpoch 2 later 1\n"))
	require.NoError(t, err)
	require.Len(t, saved.Nodes, 1, "handshakes are not kept")
	require.EqualValues(t, 7, saved.CurrentEpoch)
	require.EqualValues(t, 2, saved.LastVote)
}

func FuzzParseConf(f *testing.F) {
	files, err := filepath.Glob("testdata/*.conf")
	require.NoError(f, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(text)
	}
	m := lone(nil)
	p := withPeer(m, "2", func(r *Record) { r.Claims.Add(7) })
	require.NoError(f, m.AddSlots(0, []slots.Range{{First: 0, Last: 5}}))
	require.NoError(f, m.SetSlotMigrating(0, 5, p.id))
	f.Add(m.conf())
	f.Fuzz(func(t *testing.T, text []byte) {
		saved, err := ParseConf(text)
		if err != nil {
			return
		}
		m := New(Config{NodeTimeout: time.Second, Port: 7000, BusPort: 17000}, saved, time.Second, 1)
		m.Ready()
		again, err := ParseConf(m.conf())
		require.NoError(t, err, "%s", m.conf())
		b := New(m.cfg, again, time.Second, 1)
		b.Ready()
		require.Equal(t, string(m.view().AppendNodes(nil, false)), string(b.view().AppendNodes(nil, false)))
	})
}
