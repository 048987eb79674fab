package cluster

import (
	"strconv"
	"time"
)

func (m *Machine) known(id string) (*node, error) {
	if n := m.nodes[id]; n != nil {
		return n, nil
	}
	return nil, unknownNode(id)
}

// SetConfigEpoch gives a new node its first configEpoch.
func (m *Machine) SetConfigEpoch(now time.Duration, epoch uint64) error {
	m.at(now)
	switch {
	case len(m.nodes)+len(m.meets) > 1:
		return errEpochOthers
	case m.self.epoch() != 0:
		return errEpochSet
	case epoch > maxEpoch:
		return Error("ERR Invalid config epoch specified: " + strconv.FormatUint(epoch, 10))
	}
	m.sawEpoch(epoch)
	m.setConfigEpoch(epoch)
	m.logf(LogNotice, "configEpoch set to %d via CLUSTER SET-CONFIG-EPOCH", epoch)
	return nil
}

// BumpEpoch is CLUSTER BUMPEPOCH; the string is its reply.
func (m *Machine) BumpEpoch(now time.Duration) string {
	m.at(now)
	word := "STILL "
	if m.bumpEpoch() {
		word = "BUMPED "
	}
	return word + strconv.FormatUint(m.self.epoch(), 10)
}

// Replicate makes this node a replica of a primary. empty: it holds no keys.
func (m *Machine) Replicate(now time.Duration, id string, empty bool) error {
	m.at(now)
	n, err := m.known(id)
	switch {
	case err != nil:
		return err
	case n == m.self:
		return errReplicateSelf
	case !n.primary():
		return errReplicateChain
	case m.self.primary() && (m.self.owned != 0 || !empty):
		return errReplicateData
	}
	m.becomeReplica(n)
	return nil
}

// Forget takes a node out of the cluster, everywhere: the others learn of it.
func (m *Machine) Forget(now time.Duration, id string) error {
	m.at(now)
	e, known := m.members[id]
	switch {
	case id == m.self.id:
		return errForgetSelf
	case known && e.Forgotten:
		return nil
	case !known:
		return unknownNode(id)
	case m.self.rec.Primary == id:
		return errForgetPrimary
	}
	m.setMember(id, Membership{Version: e.Version + 1, Forgotten: true})
	m.tell(id)
	return nil
}

// Reset makes the node forget the others, its role and its slots; hard: also
// its id and epochs. empty: it holds no keys.
func (m *Machine) Reset(now time.Duration, hard, empty bool) error {
	m.at(now)
	if m.self.primary() && !empty {
		return errResetData
	}
	if !m.self.primary() {
		m.out.Emptied = true
		m.self.rec.Primary = ""
		m.self.rec.Shard = randomID(m.rand)
	}
	for s := range m.bound {
		m.bind(slotOf(s), nil)
	}
	clear(m.importing)
	clear(m.migrating)
	clear(m.meets)
	clear(m.members)
	clear(m.nodes)
	m.order = m.order[:0]
	m.news = m.news[:0]
	m.cluster = ""
	if hard {
		m.resetHard()
	}
	m.addNode(m.self)
	m.members[m.self.id] = Membership{Version: 1}
	m.ok = false
	m.confirm, m.settling = m.now, m.now
	m.dirtyRecord, m.dirtyState, m.dirtyDigest, m.dirtyPeers, m.dirtyView = true, true, true, true, true
	m.save(true)
	return nil
}

// resetHard makes this a new node. Its links and memberlist go with its name.
func (m *Machine) resetHard() {
	old := m.self.id
	m.self.id = randomID(m.rand)
	m.self.rec.ID = m.self.id
	m.self.rec.Shard = randomID(m.rand)
	m.self.rec.ConfigEpoch = 0
	m.currentEpoch, m.lastVoteEpoch = 0, 0
	m.boot = Boot{Counter: 1, Nonce: m.rand.Uint64()}
	m.seq = 0
	clear(m.ends)
	m.out.Renamed = true
	m.logf(LogNotice, "Node hard reset from %s, now I'm %s", old, m.self.id)
}

// RequestSave has nodes.conf written: CLUSTER SAVECONFIG.
func (m *Machine) RequestSave() { m.save(true) }

// Failover is CLUSTER FAILOVER.
func (v *View) Failover() error {
	if !v.IsReplica() {
		return errFailoverPrimary
	}
	return errFailoverMissing
}
