package cluster

import (
	"clusternode/slots"
)

// View is what the node knows at one moment, for readers: the slot table for
// Route and the answers of the CLUSTER commands. It is immutable, but for the
// heartbeat times of CLUSTER NODES.
type View struct {
	Table *slots.Table

	preferred EndpointType
	nodes     []viewNode // by slots.NodeIndex - 1
	meets     []viewMeet
	self      int // index into nodes
	importing []move
	migrating []move

	ok           bool
	size         int
	currentEpoch uint64
	counters     *counters
	wall         int64
}

// viewNode is one node of a view.
type viewNode struct {
	id                     string
	host                   string
	port, tlsPort, busPort int
	hostname, humanName    string
	shard                  string
	primary                string // id, "" of primaries
	primaryIs              int    // its index in nodes, -1 if not known; of primaries their own
	epoch                  uint64
	pfail, fail            bool
	noFailover             bool
	ranges                 []slots.Range // bound slots
	pulse                  *pulse
}

// viewMeet is a handshake that CLUSTER NODES shows.
type viewMeet struct {
	id            string
	host          string
	port, busPort int
	started       int64 // unix ms
}

// move is a slot on its way from or to another node.
type move struct {
	slot slots.Slot
	node string
}

// view builds the current view.
func (m *Machine) view() *View {
	v := &View{
		preferred: m.cfg.PreferredEndpoint, ok: m.ok, size: m.size, currentEpoch: m.currentEpoch,
		counters: m.counters, wall: m.cfg.Wall, nodes: make([]viewNode, len(m.order)),
	}
	b := slots.NewBuilder()
	bound := m.boundRanges()
	for i, n := range m.order {
		r := &n.rec
		v.nodes[i] = viewNode{
			id: n.id, host: r.Host, port: r.Port, tlsPort: r.TLSPort, busPort: r.BusPort,
			hostname: r.Hostname, humanName: r.HumanName, shard: r.Shard, primary: r.Primary, primaryIs: -1,
			epoch: r.ConfigEpoch, pfail: n.pfail, fail: n.fail, noFailover: r.NoFailover, ranges: bound[i], pulse: n.pulse,
		}
		if n == m.self {
			v.self = i
		}
		b.AddNode(n.id, slots.Endpoint{Host: v.endpointHost(&v.nodes[i]), Port: or(r.Port, r.TLSPort)})
	}
	m.viewRoles(v, b)
	b.SetMyself(slots.NodeIndex(v.self + 1))
	b.SetState(!m.ok, m.cfg.AllowReadsWhenDown)
	m.viewSlots(v, b)
	for _, h := range m.sortedMeets() {
		v.meets = append(v.meets, viewMeet{h.place, h.addr.Host, h.port, h.addr.Port, m.wall(h.started)})
	}
	v.Table = b.Build()
	return v
}

// viewRoles connects replicas and primaries. A replica's epoch is its primary's.
func (m *Machine) viewRoles(v *View, b *slots.Builder) {
	for i := range v.nodes {
		n := &v.nodes[i]
		if n.primary == "" {
			n.primaryIs = i
			continue
		}
		if p := m.nodes[n.primary]; p != nil {
			n.primaryIs = p.place
			n.epoch = p.epoch()
			b.SetPrimary(slots.NodeIndex(i+1), p.index())
		}
	}
}

func (m *Machine) viewSlots(v *View, b *slots.Builder) {
	for i, n := range &m.bound {
		if n != nil {
			b.SetOwner(slotOf(i), n.index())
		}
	}
	for _, s := range sortedKeys(m.migrating) {
		b.SetMigrating(s, m.migrating[s].index())
		v.migrating = append(v.migrating, move{s, m.migrating[s].id})
	}
	for _, s := range sortedKeys(m.importing) {
		b.SetImporting(s, m.importing[s].index())
		v.importing = append(v.importing, move{s, m.importing[s].id})
	}
}

// endpointHost is the preferred endpoint of a node as redirects print it.
func (v *View) endpointHost(n *viewNode) string {
	switch v.preferred {
	case EndpointHostname:
		if n.hostname == "" {
			return "?"
		}
		return n.hostname
	case EndpointUnknown:
		return ""
	}
	return n.host
}

// clientPort is where a client reaches the node.
func (n *viewNode) clientPort(tls bool) int {
	if tls {
		return or(n.tlsPort, n.port)
	}
	return or(n.port, n.tlsPort)
}

func (n *viewNode) isPrimary() bool { return n.primary == "" }

// find returns the index of a node, -1 if it is not known.
func (v *View) find(id string) int {
	for i := range v.nodes {
		if v.nodes[i].id == id {
			return i
		}
	}
	return -1
}

// OK reports whether cluster_state is ok.
func (v *View) OK() bool { return v.ok }

// MyID is the node's own id.
func (v *View) MyID() string { return v.nodes[v.self].id }

// MyShardID is the shard id of the node.
func (v *View) MyShardID() string { return v.nodes[v.self].shard }

// ShardMates lists the other nodes of this node's shard.
func (v *View) ShardMates() (ids []string) {
	for i := range v.nodes {
		if i != v.self && v.nodes[i].shard == v.nodes[v.self].shard {
			ids = append(ids, v.nodes[i].id)
		}
	}
	return ids
}

// IsReplica reports whether this node is a replica.
func (v *View) IsReplica() bool { return !v.nodes[v.self].isPrimary() }

// KnownNodes counts the nodes in the view, handshakes included.
func (v *View) KnownNodes() int { return len(v.nodes) + len(v.meets) }
