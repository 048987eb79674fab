package cluster

import "clusternode/slots"

// SlotRange is one entry of CLUSTER SLOTS.
type SlotRange struct {
	slots.Range
	Nodes []SlotNode // the primary first, then the replicas that have not failed
}

// SlotNode is a node in an entry of CLUSTER SLOTS.
type SlotNode struct {
	Host string // the preferred endpoint
	Null bool   // the host is replied as null (unknown-endpoint)
	Port int
	ID   string
	Meta []string // further endpoints: name, value, ...
}

// Slots is CLUSTER SLOTS.
func (v *View) Slots(tls bool) []SlotRange {
	replicas := make([][]int, len(v.nodes))
	for i := range v.nodes {
		if n := &v.nodes[i]; !n.isPrimary() && n.primaryIs >= 0 && !n.fail {
			replicas[n.primaryIs] = append(replicas[n.primaryIs], i)
		}
	}
	var out []SlotRange
	for r, o := range v.Table.Owned() {
		e := SlotRange{Range: r, Nodes: []SlotNode{v.slotNode(int(o)-1, tls)}}
		for _, i := range replicas[o-1] {
			e.Nodes = append(e.Nodes, v.slotNode(i, tls))
		}
		out = append(out, e)
	}
	return out
}

func (v *View) slotNode(i int, tls bool) SlotNode {
	n := &v.nodes[i]
	out := SlotNode{Host: v.endpointHost(n), Null: v.preferred == EndpointUnknown, Port: n.clientPort(tls), ID: n.id}
	if v.preferred != EndpointIP && n.host != "" {
		out.Meta = append(out.Meta, "ip", n.host)
	}
	if v.preferred != EndpointHostname && n.hostname != "" {
		out.Meta = append(out.Meta, "hostname", n.hostname)
	}
	return out
}

// ShardSlots are the slots of this node, or of the primary that it replicates.
func (v *View) ShardSlots() []slots.Range {
	n := &v.nodes[v.self]
	if !n.isPrimary() {
		if n.primaryIs < 0 {
			return nil
		}
		n = &v.nodes[n.primaryIs]
	}
	return n.ranges
}

// Shard is one entry of CLUSTER SHARDS.
type Shard struct {
	Slots []slots.Range
	Nodes []ShardNode
}

// ShardNode is a node in an entry of CLUSTER SHARDS.
type ShardNode struct {
	ID            string
	Port, TLSPort int // 0: none
	IP, Hostname  string
	Endpoint      string
	EndpointNull  bool // the endpoint is replied as null (unknown-endpoint)
	Role          string
	Health        string
	Offset        int64 // replication offset
}

// Shards is CLUSTER SHARDS: the nodes by shard id.
func (v *View) Shards() []Shard {
	at := map[string]int{}
	var out []Shard
	for i := range v.nodes {
		n := &v.nodes[i]
		shard, known := at[n.shard]
		if !known || n.shard == "" {
			shard = len(out)
			at[n.shard] = shard
			out = append(out, Shard{})
		}
		s := &out[shard]
		if n.isPrimary() && len(n.ranges) > 0 {
			s.Slots = append(s.Slots, n.ranges...)
		}
		s.Nodes = append(s.Nodes, v.shardNode(n))
	}
	return out
}

func (v *View) shardNode(n *viewNode) ShardNode {
	out := ShardNode{
		ID: n.id, Port: n.port, TLSPort: n.tlsPort, IP: n.host, Hostname: n.hostname,
		Endpoint: v.endpointHost(n), EndpointNull: v.preferred == EndpointUnknown,
		Role: "master", Health: "online",
	}
	if !n.isPrimary() {
		// A replica that never received data, as all are before replication
		// is built, counts as loading.
		out.Role, out.Health = "replica", "loading"
	}
	if n.fail {
		out.Health = "fail"
	}
	return out
}
