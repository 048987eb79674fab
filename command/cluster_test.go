package command

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/cluster"
	"clusternode/keyspace"
)

// fakeCluster drives a machine without links or disk.
type fakeCluster struct {
	m        *cluster.Machine
	now      time.Duration
	view     *cluster.View
	ready    cluster.Ready // of the last Do
	diskFull error
	links    []cluster.LinkInfo
}

func newFakeCluster(change func(*cluster.Config)) *fakeCluster {
	cfg := cluster.Config{NodeTimeout: time.Second, Port: 7000, BusPort: 17000, RequireFullCoverage: true, AllowReplicaMigration: true}
	if change != nil {
		change(&cfg)
	}
	f := &fakeCluster{m: cluster.New(cfg, nil, time.Second, 1), now: time.Second}
	f.view = f.m.Ready().View
	return f
}

func (f *fakeCluster) View() *cluster.View          { return f.view }
func (f *fakeCluster) Links() []cluster.LinkInfo    { return f.links }
func (f *fakeCluster) LinkStats() cluster.LinkStats { return cluster.LinkStats{} }

func (f *fakeCluster) Do(call func(m *cluster.Machine, now time.Duration) error) error {
	err := call(f.m, f.now)
	f.ready = f.m.Ready()
	if f.ready.View != nil {
		f.view = f.ready.View
	}
	if err == nil && f.ready.Save != nil && f.diskFull != nil {
		return &cluster.SaveError{Err: f.diskFull}
	}
	return err
}

// add makes a node a member, as its own nodes.conf would describe it behind the
// bus port: ",hostname flags primary".
func (f *fakeCluster) add(t *testing.T, digit, flags, slots string) string {
	id := strings.Repeat(digit, cluster.IDLen)
	saved, err := cluster.ParseConf([]byte(id + " 10.0.0." + digit + ":7000@17000" + flags + " 0 0 0 connected " + slots))
	require.NoError(t, err)
	peer := cluster.New(cluster.Config{NodeTimeout: time.Second, Port: 7000, BusPort: 17000, AnnounceHostname: saved.Nodes[0].Record.Hostname}, saved, time.Second, 2)
	news := peer.Ready().Broadcast
	require.NoError(t, f.Do(func(m *cluster.Machine, now time.Duration) error { return m.Merge(now, news[0].Body) }))
	return id
}

// newClusterNode is a node with cluster support.
func newClusterNode(t *testing.T, change func(*cluster.Config)) (*node, *fakeCluster) {
	n := newNode(t, Families()...)
	f := newFakeCluster(change)
	n.c.Env.Cluster = f
	return n, f
}

// clusterDialogue is what a node that knows nobody is asked, as testdata/cluster.txt
// has it; {me} is the node's id.
const clusterDialogue = "testdata/cluster.txt"

// disguise replaces what differs between two nodes.
func disguise(reply, id, shard string, port int) string {
	return strings.NewReplacer(id, "{me}", shard, "{shard}", strconv.Itoa(port+10000), "{busport}", strconv.Itoa(port), "{port}").Replace(reply)
}

func TestClusterDialogue(t *testing.T) {
	n, f := newClusterNode(t, func(c *cluster.Config) { c.Port, c.BusPort = 7999, 17999 })
	for _, l := range readDialogue(t, clusterDialogue) {
		switch {
		case strings.HasPrefix(l.text, "proto "):
			n.c.C.Proto = int(l.text[6] - '0')
			n.w.Proto = n.c.C.Proto
		case l.args != nil:
			for i, a := range l.args {
				l.args[i] = strings.ReplaceAll(a, "{me}", f.view.MyID())
			}
			got := disguise(l.show(n.do(l.args...)), f.view.MyID(), f.view.MyShardID(), 7999)
			require.Equal(t, l.reply, got, "%s:%d %s", clusterDialogue, l.at, l.text)
		}
	}
}

func TestClusterDisabled(t *testing.T) {
	n := newNode(t, Families()...)
	for _, s := range n.c.Env.Table.Lookup([]byte("cluster")).Subs {
		args := []string{"cluster", s.Name, "1", "1", "1"}
		require.Equal(t, "-ERR This instance has cluster support disabled\r\n", n.raw(args[:max(s.Arity, -s.Arity)]...), s.Name)
	}
	for _, name := range []string{"asking", "readonly", "readwrite"} {
		require.Equal(t, "-ERR This instance has cluster support disabled\r\n", n.raw(name))
	}
}

func TestClusterModes(t *testing.T) {
	n, _ := newClusterNode(t, nil)
	for name, flag := range map[string]ClientFlags{"asking": ClientAsking, "readonly": ClientReadOnly} {
		require.Equal(t, "+OK\r\n", n.raw(name))
		require.True(t, n.c.C.Has(flag))
	}
	require.Equal(t, "+OK\r\n", n.raw("readwrite"))
	require.False(t, n.c.C.Has(ClientReadOnly))
}

func TestClusterOfThree(t *testing.T) {
	n, f := newClusterNode(t, nil)
	peer := f.add(t, "2", ",two,shard-id="+strings.Repeat("2", cluster.IDLen)+" myself,master -", "100-200")
	replica := f.add(t, "3", ",,shard-id="+peer+" myself,slave "+peer, "")
	require.Equal(t, "+OK", n.do("CLUSTER", "ADDSLOTSRANGE", "0", "9").String())
	me := f.view.MyID()
	require.Equal(t, `*[*[:0 :9 *[$"" :7000 $"`+me+`" *[]]] `+
		`*[:100 :200 *[$"10.0.0.2" :7000 $"`+peer+`" *[$"hostname" $"two"]] *[$"10.0.0.3" :7000 $"`+replica+`" *[]]]]`,
		n.do("CLUSTER", "SLOTS").String())
	require.Equal(t, `*[$"`+replica+` 10.0.0.3:7000@17000 slave `+peer+` 0 0 0 disconnected"]`, n.do("CLUSTER", "SLAVES", peer).String())
	require.Equal(t, `*[]`, n.do("CLUSTER", "REPLICAS", me).String())
	require.Equal(t, `-ERR The specified node is not a master`, n.do("CLUSTER", "REPLICAS", replica).String())
	require.Contains(t, n.do("CLUSTER", "SHARDS").String(), `*[$"slots" *[:100 :200] $"nodes" *[`+
		`*[$"id" $"`+peer+`" $"port" :7000 $"ip" $"10.0.0.2" $"endpoint" $"10.0.0.2" $"hostname" $"two" $"role" $"master" $"replication-offset" :0 $"health" $"online"] `+
		`*[$"id" $"`+replica+`" $"port" :7000 $"ip" $"10.0.0.3" $"endpoint" $"10.0.0.3" $"role" $"replica" $"replication-offset" :0 $"health" $"loading"]]]`)
	require.Equal(t, ":0", n.do("CLUSTER", "COUNT-FAILURE-REPORTS", peer).String())
	require.Equal(t, "-ERR You can use SETSLOT only with masters.", func() string {
		m, g := newClusterNode(t, nil)
		id := g.add(t, "2", ",,shard-id="+peer+" myself,master -", "")
		require.Equal(t, "+OK", m.do("CLUSTER", "REPLICATE", id).String())
		require.Equal(t, id, m.do("CLUSTER", "MYSHARDID").Str)
		return m.do("CLUSTER", "SETSLOT", "x", "STABLE").String()
	}())
}

func TestClusterKeys(t *testing.T) {
	n, f := newClusterNode(t, nil)
	peer := f.add(t, "2", " myself,master -", "")
	for _, key := range []string{"{a}1", "{a}2", "{a}3"} {
		require.Equal(t, "+OK", n.do("SET", key, "v").String())
	}
	slot := "15495"
	require.Equal(t, ":3", n.do("CLUSTER", "COUNTKEYSINSLOT", slot).String())
	require.Len(t, n.do("CLUSTER", "GETKEYSINSLOT", slot, "2").Elems, 2)
	require.Len(t, n.do("CLUSTER", "GETKEYSINSLOT", slot, "100").Elems, 3)
	require.Empty(t, n.do("CLUSTER", "GETKEYSINSLOT", slot, "0").Elems)
	require.Equal(t, "+OK", n.do("CLUSTER", "ADDSLOTS", slot).String())
	require.Equal(t, "-ERR Can't assign hashslot 15495 to a different node while I still hold keys for this hash slot.",
		n.do("CLUSTER", "SETSLOT", slot, "NODE", peer).String())
	require.Equal(t, "-ERR DB must be empty to perform CLUSTER FLUSHSLOTS.", n.do("CLUSTER", "FLUSHSLOTS").String())
	require.Equal(t, "-ERR To set a master the node must be empty and without assigned slots.", n.do("CLUSTER", "REPLICATE", peer).String())
	require.Equal(t, "-ERR CLUSTER RESET can't be called with master nodes containing keys", n.do("CLUSTER", "RESET").String())
	n.x.Exclusive(func() { n.ks.FlushAll(false) })
	require.Equal(t, "+OK", n.do("CLUSTER", "SETSLOT", slot, "NODE", peer).String())
	require.Equal(t, peer, f.view.Table.Node(f.view.Table.Owner(15495)).ID)
	require.True(t, f.view.IsReplica(), "the last slot went")
	require.Equal(t, "+OK", n.do("CLUSTER", "RESET", "HARD").String())
	require.True(t, f.ready.Renamed)
}

// TestClusterInGate: inside EXEC the world is stopped already.
func TestClusterInGate(t *testing.T) {
	n, _ := newClusterNode(t, nil)
	s, _ := n.c.Env.Table.Resolve([][]byte{[]byte("cluster"), []byte("flushslots")})
	n.x.Exclusive(func() {
		n.c.Locker = keyspace.NoLock
		n.c.Bind(s, [][]byte{[]byte("cluster"), []byte("flushslots")}, 0)
		s.Handler(n.c)
	})
	require.Equal(t, "+OK\r\n", string(n.w.Buf))
}

func TestClusterDiskFull(t *testing.T) {
	n, f := newClusterNode(t, nil)
	f.diskFull = errors.New("no space left on device")
	for _, args := range [][]string{{"SAVECONFIG"}, {"ADDSLOTS", "1"}, {"BUMPEPOCH"}} {
		require.Equal(t, "-ERR error saving the cluster node config: no space left on device", n.do(append([]string{"CLUSTER"}, args...)...).String())
	}
}

func TestClusterLinks(t *testing.T) {
	n, f := newClusterNode(t, nil)
	f.links = []cluster.LinkInfo{{Outbound: true, Node: "a", CreateTime: 5, Events: "rw", SendBufAllocated: 10, SendBufUsed: 4}, {Node: "b"}}
	n.w.Proto = 3
	require.Equal(t, `*[%[$"direction" $"to" $"node" $"a" $"create-time" :5 $"events" $"rw" $"send-buffer-allocated" :10 $"send-buffer-used" :4] `+
		`%[$"direction" $"from" $"node" $"b" $"create-time" :0 $"events" $"" $"send-buffer-allocated" :0 $"send-buffer-used" :0]]`,
		n.do("CLUSTER", "LINKS").String())
}

// TestClusterEndpoints: cluster-preferred-endpoint-type in SLOTS and SHARDS.
func TestClusterEndpoints(t *testing.T) {
	for kind, want := range map[cluster.EndpointType]string{
		cluster.EndpointIP:       `*[$"1.2.3.4" :7000 $"{me}" *[$"hostname" $"h"]]`,
		cluster.EndpointHostname: `*[$"h" :7000 $"{me}" *[$"ip" $"1.2.3.4"]]`,
		cluster.EndpointUnknown:  `*[(null $) :7000 $"{me}" *[$"ip" $"1.2.3.4" $"hostname" $"h"]]`,
	} {
		n, f := newClusterNode(t, func(c *cluster.Config) {
			c.AnnounceIP, c.AnnounceHostname, c.PreferredEndpoint = "1.2.3.4", "h", kind
		})
		require.Equal(t, "+OK", n.do("CLUSTER", "ADDSLOTS", "7").String())
		require.Equal(t, "*[*[:7 :7 "+want+"]]", strings.ReplaceAll(n.do("CLUSTER", "SLOTS").String(), f.view.MyID(), "{me}"))
	}
	n, _ := newClusterNode(t, func(c *cluster.Config) { c.PreferredEndpoint = cluster.EndpointHostname })
	require.Equal(t, "+OK", n.do("CLUSTER", "ADDSLOTS", "7").String())
	require.Contains(t, n.do("CLUSTER", "SLOTS").String(), `*[$"?" :7000`)
}
