package cluster

import "time"

// Heartbeats: a node has at most one outstanding heartbeat per peer. It is
// repeated under the same token until the answer comes, so that its age is
// exactly how long the peer has been silent after being asked. Voters and nodes
// of the own shard are asked ten times per node timeout, others twice.

// Heartbeats while cluster_state is fail: so often in a cluster of up to
// urgentNodes nodes, and less often in proportion in larger ones.
const (
	urgentHeartbeat = 200 * time.Millisecond
	urgentNodes     = 20
)

func (m *Machine) tickHeartbeats() {
	for _, n := range m.order {
		if n != m.self && m.now >= n.nextPing {
			m.ping(n)
		}
	}
}

// ping sends the outstanding heartbeat again, or a new one.
func (m *Machine) ping(n *node) {
	every := m.cfg.heartbeatEvery()
	if !n.voter() && n.rec.Shard != m.self.rec.Shard && n.since == 0 {
		every = m.cfg.NodeTimeout / 2
	}
	if !m.ok {
		// What the cluster waits for may come with an answer. The larger it
		// is, the more answers there are.
		every = min(every, urgentHeartbeat*time.Duration(1+len(m.order)/urgentNodes))
	}
	n.nextPing = m.now + every*3/4 + time.Duration(m.rand.Int64N(int64(every/2)+1))
	if n.since == 0 {
		n.token = m.rand.Uint64()
		n.since = m.now
		n.pulse.pingSent.Store(m.wall(m.now))
	}
	if !n.link {
		return // LinkUp sends it
	}
	h := m.heartbeat()
	h.token = n.token
	m.send(n.id, kindPing, h.append(nil, kindPing))
}

// Suspect is a hint, such as memberlist's: look at the node now.
func (m *Machine) Suspect(now time.Duration, id string) {
	m.at(now)
	if n := m.nodes[id]; n != nil && n != m.self {
		m.ping(n)
	}
}

func (m *Machine) heartbeat() heartbeat {
	return heartbeat{digest: m.digest(), epoch: m.currentEpoch, record: m.self.rec.Version}
}

// stepHeartbeat takes a heartbeat or the answer to one.
func (m *Machine) stepHeartbeat(n *node, k kind, h heartbeat) {
	m.sawEpoch(h.epoch)
	if n.rec.Version.Less(h.record) {
		m.want(n.id)
	} else if h.record.Less(n.rec.Version) && n.rec.Version.Boot != h.record.Boot {
		m.sendRecords(n.id, []string{n.id}) // it started from an old nodes.conf: outlived
	}
	if k == kindPing {
		answer := m.heartbeat()
		answer.token = h.token
		answer.clear = m.clear(n, h.record)
		m.send(n.id, kindPong, answer.append(nil, kindPong))
	} else if n.since != 0 && h.token == n.token {
		m.pong(n, h.clear)
	}
	m.compareDigest(n, h.digest)
}

// pong takes the answer of the outstanding heartbeat.
func (m *Machine) pong(n *node, clear bool) {
	if clear {
		n.cleared = n.since
	} else {
		n.cleared = 0
	}
	n.since = 0
	n.answered = m.now
	n.pulse.pingSent.Store(0)
	n.pulse.pongReceived.Store(m.wall(m.now))
	m.alive(n)
	m.dirtyState = true
}

// clear reports whether this node knows the peer's record and of nobody with a
// better claim to the slots in it. If there is somebody, the peer is told.
func (m *Machine) clear(n *node, version Version) bool {
	if n.rec.Version.Less(version) {
		return false
	}
	if n.badClaim {
		m.sendWinners(n)
	}
	return !n.badClaim
}

// wall is a time of the machine's clock as unix milliseconds.
func (m *Machine) wall(t time.Duration) int64 { return m.cfg.Wall + t.Milliseconds() }
