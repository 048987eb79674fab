package cluster

// sawEpoch takes a currentEpoch or configEpoch of another node.
func (m *Machine) sawEpoch(epoch uint64) {
	if epoch > m.currentEpoch {
		m.currentEpoch = epoch
		m.dirtyView = true
		m.save(false)
	}
}

// setConfigEpoch gives this node a configEpoch. It is on disk before anybody
// hears of it: the same epoch must never be used again after a crash.
func (m *Machine) setConfigEpoch(epoch uint64) {
	m.self.rec.ConfigEpoch = epoch
	m.dirtyRecord, m.dirtyClaims, m.dirtyView = true, true, true
	m.save(true)
}

// newConfigEpoch takes the next free epoch for this node without a vote.
func (m *Machine) newConfigEpoch() {
	m.currentEpoch = min(m.currentEpoch+1, maxEpoch)
	m.setConfigEpoch(m.currentEpoch)
}

// bumpEpoch gives the node the greatest configEpoch of all, if it has not got
// it already, and reports whether it had to change.
func (m *Machine) bumpEpoch() bool {
	greatest := m.currentEpoch
	for _, n := range m.order {
		greatest = max(greatest, n.epoch())
	}
	if m.self.epoch() != 0 && m.self.epoch() == greatest {
		return false
	}
	m.currentEpoch = greatest
	m.newConfigEpoch()
	m.logf(LogNotice, "New configEpoch set to %d", m.self.epoch())
	return true
}

// resolveCollision: two primaries with one configEpoch could not settle who
// owns a slot. The one with the smaller id takes a new epoch.
func (m *Machine) resolveCollision(n *node) {
	if !n.primary() || !m.self.primary() || n.epoch() != m.self.epoch() || n.id <= m.self.id {
		return
	}
	m.newConfigEpoch()
	m.logf(LogVerbose, "WARNING: configEpoch collision with node %s. configEpoch set to %d", n.label(), m.self.epoch())
}

// resolveCollisions looks at everybody, after the own epoch or role changed.
func (m *Machine) resolveCollisions() {
	for _, n := range m.order {
		if n != m.self {
			m.resolveCollision(n)
		}
	}
}
