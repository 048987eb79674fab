package cluster

import "time"

// updateState works out cluster_state. The node serves when it reaches a
// majority of the voters and, with cluster-require-full-coverage, every slot
// has an owner that has not failed.
//
// Redis lets a primary wait for fixed seconds after a start or a partition
// before it serves. Here it serves once a majority of the voters answered a
// heartbeat sent after that moment, and said that they know nobody with a
// better claim to its slots.
func (m *Machine) updateState() {
	m.size = 0
	reachable, confirmed := 0, 0
	for _, n := range m.order {
		if !n.voter() {
			continue
		}
		m.size++
		if n.pfail || n.fail {
			continue
		}
		reachable++
		if n == m.self || n.cleared != 0 && n.cleared >= m.confirm {
			confirmed++
		}
	}
	if reachable < m.quorum() && m.size > 0 {
		m.confirm = m.now
		m.setState(false, "a majority of the primaries cannot be reached")
		return
	}
	if m.cfg.RequireFullCoverage && !m.covered() {
		m.setState(false, "some slots are not covered")
		return
	}
	if !m.ok && m.self.voter() && confirmed < m.quorum() {
		return // not yet
	}
	m.setState(true, "")
}

// covered reports whether every slot has an owner that has not failed.
func (m *Machine) covered() bool {
	if m.assigned < len(m.bound) {
		return false
	}
	for _, n := range m.order {
		if n.fail && n.owned > 0 {
			return false
		}
	}
	return true
}

func (m *Machine) setState(ok bool, why string) {
	if m.ok == ok {
		return
	}
	m.ok = ok
	m.dirtyView = true
	if ok {
		m.logf(LogNotice, "Cluster state changed: ok")
	} else {
		m.logf(LogNotice, "Cluster state changed: fail (%s)", why)
	}
}

// settleAfter is how long a membership has to stay the same before a cluster
// that is not complete gets an id, or one whose first node does not give it one.
const settleAfter = 10 * time.Second

// tickCluster gives the cluster an id once it is one: two nodes or more, and
// all slots bound, or some and nobody joined for a while. Until then any two
// groups may meet, so that chains of MEETs work while a cluster is created.
// The node with the smallest id draws it; where two did, the smaller name wins.
func (m *Machine) tickCluster() {
	if m.cluster != "" || !m.big() {
		return
	}
	if m.assigned == len(m.bound) && m.order[0] == m.self || m.now-m.settling > settleAfter {
		m.cluster = randomID(m.rand)
		m.dirtyRecord = true
	}
}
