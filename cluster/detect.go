package cluster

import (
	"time"
)

// tickFailures marks who did not answer for T (PFAIL), tells everybody, and
// turns it into FAIL where a majority of voters agrees.
func (m *Machine) tickFailures() {
	changed := false
	for _, n := range m.order {
		if n == m.self || n.pfail || n.fail || n.since == 0 || m.now-n.since <= m.cfg.NodeTimeout {
			continue
		}
		n.pfail, changed = true, true
		m.dirtyState, m.dirtyView = true, true
		m.logf(LogVerbose, "*** NODE %s possibly failing", n.label())
	}
	for _, n := range m.order {
		m.judge(n)
	}
	if changed || m.now >= m.nextLists {
		m.nextLists = m.now + m.cfg.NodeTimeout/2
		m.sendReports()
	}
}

// sendReports sends a voter's list of unreachable nodes to everybody who can be
// reached, also when it has just become empty: absence takes a report back.
func (m *Machine) sendReports() {
	if !m.self.voter() {
		return
	}
	var ids []string
	for _, n := range m.order {
		if (n.pfail || n.fail) && len(ids) < maxIDs {
			ids = append(ids, n.id)
		}
	}
	body := appendIDs(nil, kindReports, ids)
	for _, n := range m.order {
		if n != m.self && n.link && (len(ids) > 0 || n.reported) {
			n.reported = len(ids) > 0
			m.send(n.id, kindReports, body)
		}
	}
}

// stepReports takes a node's whole list of nodes that it cannot reach.
func (m *Machine) stepReports(from *node, ids []string) {
	if !from.primary() {
		return
	}
	listed := make(map[string]bool, len(ids))
	for _, id := range ids {
		listed[id] = true
	}
	for _, n := range m.order {
		if n == m.self || n == from {
			continue
		}
		if !listed[n.id] {
			delete(n.reports, from.id)
			continue
		}
		if n.reports == nil {
			n.reports = make(map[string]time.Duration)
		}
		n.reports[from.id] = m.now
		m.judge(n)
	}
}

// freshReports counts the reports about n that still hold, and how many of them
// come from voters; old ones go.
func (m *Machine) freshReports(n *node) (all, voters int) {
	for id, at := range n.reports {
		by := m.nodes[id]
		if by == nil || m.now-at > 2*m.cfg.NodeTimeout {
			delete(n.reports, id)
			continue
		}
		all++
		if by.voter() {
			voters++
		}
	}
	return all, voters
}

// FailureReports is CLUSTER COUNT-FAILURE-REPORTS.
func (m *Machine) FailureReports(now time.Duration, id string) (int, error) {
	m.at(now)
	n, err := m.known(id)
	if err != nil {
		return 0, err
	}
	all, _ := m.freshReports(n)
	return all, nil
}

// judge turns PFAIL into FAIL if a majority of the voters agrees.
func (m *Machine) judge(n *node) {
	if !n.pfail || n.fail {
		return
	}
	_, votes := m.freshReports(n)
	if m.self.voter() {
		votes++
	}
	if votes < m.quorum() {
		return
	}
	m.logf(LogNotice, "Marking node %s as failing (quorum reached).", n.label())
	m.markFailed(n)
	f := failure{n.id, n.rec.Version.Boot}
	body := f.append(nil)
	for _, o := range m.order {
		if o != m.self && o != n && o.link {
			m.send(o.id, kindFail, body)
		}
	}
}

// quorum is a majority of the voters.
func (m *Machine) quorum() int { return m.size/2 + 1 }

func (m *Machine) markFailed(n *node) {
	n.pfail, n.fail, n.failAt = false, true, m.now
	m.dirtyState, m.dirtyView = true, true
	m.save(false)
}

// stepFail takes another node's finding that a majority agrees.
func (m *Machine) stepFail(from *node, f failure) {
	n := m.nodes[f.id]
	if n == nil || n == m.self || n.fail || n.rec.Version.Boot != f.boot {
		return
	}
	m.logf(LogNotice, "FAIL message received from %s about %s", from.label(), n.label())
	m.markFailed(n)
}

// alive is called when a node has answered. PFAIL ends at once. FAIL ends at
// once for a node without slots; a primary with slots stays FAIL for 2T, in
// which a replica of it could be elected. Redis waits for that even if the
// primary has no replicas; here it is back at once then.
func (m *Machine) alive(n *node) {
	switch {
	case n.pfail:
		n.pfail = false
	case n.fail && !n.voter():
		m.logf(LogNotice, "Clear FAIL state for node %s: it is reachable again and nobody is serving its slots or it is a replica.", n.label())
		n.fail = false
	case n.fail && !m.hasReplica(n):
		m.logf(LogNotice, "Clear FAIL state for node %s: is reachable again and has no replica that could be elected.", n.label())
		n.fail = false
	case n.fail && m.now-n.failAt > 2*m.cfg.NodeTimeout:
		m.logf(LogNotice, "Clear FAIL state for node %s: is reachable again and nobody is serving its slots after some time.", n.label())
		n.fail = false
	default:
		return
	}
	m.dirtyState, m.dirtyView = true, true
	m.save(false)
}

func (m *Machine) hasReplica(n *node) bool {
	for _, o := range m.order {
		if o.rec.Primary == n.id {
			return true
		}
	}
	return false
}
