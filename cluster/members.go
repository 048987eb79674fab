package cluster

import (
	"maps"
	"slices"
	"strings"

	"clusternode/slots"
)

// maxMembers bounds the membership map, forgotten entries included; a
// slots.Table can index so many.
const maxMembers = slots.MaxNodes

// addNode and removeNode keep nodes and order together.
func (m *Machine) addNode(n *node) {
	m.nodes[n.id] = n
	i, _ := m.place(n.id)
	m.order = slices.Insert(m.order, i, n)
}

func (m *Machine) removeNode(n *node) {
	delete(m.nodes, n.id)
	if i, found := m.place(n.id); found {
		m.order = slices.Delete(m.order, i, i+1)
	}
}

func (m *Machine) place(id string) (int, bool) {
	return slices.BinarySearchFunc(m.order, id, func(n *node, id string) int { return strings.Compare(n.id, id) })
}

func (m *Machine) sortedMembers() []string { return slices.Sorted(maps.Keys(m.members)) }

// retellLimit: a merge that brings more news than this is a comparison of whole
// states; passing all of it on would only repeat it.
const retellLimit = 16

// merge takes what others say: memberships by version, then the records of
// members by version.
func (m *Machine) merge(d delta) error {
	var news []string
	for _, e := range d.members {
		if m.mergeMember(e) {
			news = append(news, e.id)
		}
	}
	for _, raw := range d.records {
		rec, err := ParseRecord(raw)
		if err != nil {
			return err
		}
		if m.mergeRecord(rec, raw) {
			news = append(news, rec.ID)
		}
	}
	if len(news) <= retellLimit {
		for _, id := range news {
			m.tell(id)
		}
	}
	return nil
}

// mergeMember takes one entry and reports whether it was new.
func (m *Machine) mergeMember(e memberEntry) bool {
	old, known := m.members[e.id]
	if known && !e.newer(old) || !known && len(m.members) >= maxMembers {
		return false
	}
	m.setMember(e.id, e.Membership)
	if e.id == m.self.id && e.Forgotten {
		m.logf(LogWarning, "The cluster has forgotten this node. Use CLUSTER MEET to bring it back, or CLUSTER RESET to start anew.")
	}
	return true
}

// setMember stores an entry and, if the node is out now, what follows.
func (m *Machine) setMember(id string, e Membership) {
	m.members[id] = e
	m.dirtyDigest = true
	m.settling = m.now
	m.save(true)
	if n := m.nodes[id]; n != nil && e.Forgotten && n != m.self {
		m.logf(LogNotice, "Node %s is forgotten", n.label())
		m.drop(n)
	}
}

// mergeRecord takes a decoded record and reports whether it was new.
func (m *Machine) mergeRecord(rec *Record, raw []byte) bool {
	if rec.ID == m.self.id {
		m.outlived(rec.Version)
		return false
	}
	if e, ok := m.members[rec.ID]; !ok || e.Forgotten {
		return false
	}
	n := m.nodes[rec.ID]
	switch {
	case n == nil:
		n = newNode(rec.ID)
		n.nextPing = m.now
		m.addNode(n)
		n.link = m.ends[n.id].up
		n.pulse.link.Store(n.link)
		m.logf(LogVerbose, "Node %s (%s) at %s:%d is known now", rec.ID, rec.HumanName, rec.Host, rec.Port)
	case rec.Version == n.rec.Version && n.raw == nil: // known from nodes.conf
	case !n.rec.Version.Less(rec.Version):
		return false
	}
	old := n.rec
	n.rec, n.raw = *rec, slices.Clone(raw)
	if n.rec.Host == "" { // it does not know where it is; we do
		n.rec.Host = m.ends[n.id].remote
	}
	m.recordChanged(n, &old)
	return true
}

// recordChanged draws the consequences of another node's new record.
func (m *Machine) recordChanged(n *node, old *Record) {
	m.dirtyDigest, m.dirtyClaims, m.dirtyState, m.dirtyView = true, true, true, true
	m.save(false)
	if old.Host != n.rec.Host || old.BusPort != n.rec.BusPort {
		m.dirtyPeers = true
	}
	if old.Version.Boot != n.rec.Version.Boot {
		n.nextPing = m.now
	}
	if n.rec.Primary == m.self.id && old.Primary != m.self.id {
		m.logf(LogNotice, "Node %s is a replica of this node now", n.label())
	}
	m.sawEpoch(n.rec.ConfigEpoch)
	m.adoptCluster(n.rec.Cluster)
	m.resolveCollision(n)
	m.foldChain()
}

// adoptCluster settles two names for one cluster: the smaller one stays.
func (m *Machine) adoptCluster(id string) {
	if id != "" && (m.cluster == "" || id < m.cluster) {
		m.cluster = id
		m.dirtyRecord = true
	}
}

// outlived looks at what others know of this node's own record. If it is newer
// than what this life wrote, nodes.conf is an old copy: the next life begins.
func (m *Machine) outlived(v Version) {
	if !m.self.rec.Version.Less(v) {
		return
	}
	if v.Boot == m.boot {
		m.seq = v.Seq
		m.dirtyRecord = true
		return
	}
	m.logf(LogWarning, "Others know a later start of this node: nodes.conf is an old copy")
	m.newLife(v.Boot)
}

// newLife goes on with a boot that is later than the given one.
func (m *Machine) newLife(after Boot) {
	m.boot = Boot{Counter: after.Counter + 1, Nonce: m.rand.Uint64()}
	m.seq = 0
	m.out.Renamed, m.dirtyRecord = true, true
	m.save(true)
}

// drop takes a node that was forgotten out of everything.
func (m *Machine) drop(n *node) {
	for s, owner := range &m.bound {
		if owner == n {
			m.bind(slotOf(s), nil)
		}
	}
	for s, from := range m.importing {
		if from == n {
			delete(m.importing, s)
		}
	}
	for s, to := range m.migrating {
		if to == n {
			delete(m.migrating, s)
		}
	}
	m.removeNode(n)
	for _, o := range m.order {
		delete(o.reports, n.id)
	}
	if m.self.rec.Primary == n.id {
		m.logf(LogWarning, "The primary of this node was forgotten: it is a primary without slots now")
		m.becomePrimary()
	}
	m.dirtyClaims, m.dirtyState, m.dirtyDigest, m.dirtyPeers, m.dirtyView = true, true, true, true, true
}
