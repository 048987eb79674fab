package cluster

import "time"

// Convergence without broadcasts: heartbeats carry a digest of all versions
// that a node knows. If two nodes' digests stay different for a while, one
// sends the other its versions; the other sends back what is newer at its own
// side, and its versions where it is behind.

const (
	// syncPatience is how long digests may differ before the versions are
	// compared: news on their way should arrive first.
	syncPatience = 150 * time.Millisecond
	// syncGap is the time between two comparisons that this node starts.
	syncGap = 100 * time.Millisecond
)

func (m *Machine) compareDigest(n *node, digest uint64) {
	if digest == m.digest() {
		n.mismatch = 0
		return
	}
	if n.mismatch == 0 {
		n.mismatch = m.now
		return
	}
	if m.now-n.mismatch < syncPatience || m.now < m.nextSync {
		return
	}
	n.mismatch = m.now
	m.nextSync = m.now + syncGap
	m.sendSummary(n.id, false)
}

// sendSummary sends the versions of all nodes, in as many messages as it takes;
// each covers a range of ids, so that the receiver sees what is missing.
func (m *Machine) sendSummary(to string, answer bool) {
	s := summary{answer: answer, from: noID, to: lastID}
	size := summaryHeader
	for _, id := range m.sortedMembers() {
		if size > MaxMessage-summaryEntryMax {
			s.to = s.entries[len(s.entries)-1].id
			m.send(to, kindSync, s.append(nil))
			s.from, s.to, s.entries, size = id, lastID, nil, summaryHeader
		}
		e := summaryEntry{id: id, Membership: m.members[id]}
		if m.rawRecord(id) != nil {
			e.record = m.nodes[id].rec.Version
		}
		s.entries = append(s.entries, e)
		size += summaryEntryMax
	}
	m.send(to, kindSync, s.append(nil))
}

const (
	lastID          = "ffffffffffffffffffffffffffffffffffffffff"
	summaryEntryMax = idBytes + 9 + 1 + 24
)

// stepSummary answers a summary: what is newer here goes to the sender; if it
// has anything that is newer there, it gets our summary in turn.
func (m *Machine) stepSummary(from *node, s summary) {
	theirs := make(map[string]summaryEntry, len(s.entries))
	behind := false
	for _, e := range s.entries {
		theirs[e.id] = e
		own, known := m.members[e.id]
		if !known || e.newer(own) {
			behind = true
		}
		if n := m.nodes[e.id]; n != m.self && !own.Forgotten && e.record != (Version{}) && (n == nil || n.rec.Version.Less(e.record) || n.raw == nil) {
			behind = true
		}
	}
	var ids []string
	for _, id := range m.sortedMembers() {
		if id < s.from || id > s.to {
			continue
		}
		own, e := m.members[id], theirs[id]
		if own.newer(e.Membership) || m.rawRecord(id) != nil && e.record.Less(m.nodes[id].rec.Version) {
			ids = append(ids, id)
		}
	}
	m.sendRecords(from.id, ids)
	if behind && !s.answer {
		m.sendSummary(from.id, true)
	}
}

// sendRecords sends what is known of some nodes, in as many messages as it takes.
func (m *Machine) sendRecords(to string, ids []string) {
	body := []byte{byte(kindDelta), deltaFormat}
	for _, id := range ids {
		if _, known := m.members[id]; !known {
			continue
		}
		if len(body) > MaxMessage-maxRecord-64 {
			m.send(to, kindDelta, body)
			body = []byte{byte(kindDelta), deltaFormat}
		}
		body = m.appendNode(body, id)
	}
	if len(body) > 2 {
		m.send(to, kindDelta, body)
	}
}

// want asks a node for its own record.
func (m *Machine) want(id string) {
	m.send(id, kindWant, appendIDs(nil, kindWant, []string{id}))
}
