package cluster

import "clusternode/slots"

// The slot table is state of its own, not a function of the records:
//
//	bound to nobody              -> the best claimant
//	owner claims it              -> a claimant with a strictly greater configEpoch
//	owner does not claim it      -> the best claimant
//	nobody claims it             -> stays as it is
//	this node is importing it    -> stays as it is, SETSLOT decides
//
// The best claimant has the greatest configEpoch; of equals (a collision that
// will be resolved), the smallest id. CLUSTER commands edit bindings directly;
// for this node binding and claim are one.

// bind gives a slot to a node, or to nobody.
func (m *Machine) bind(s slots.Slot, n *node) {
	old := m.bound[s]
	if old == n {
		return
	}
	if old != nil {
		old.owned--
		m.assigned--
	}
	if n != nil {
		n.owned++
		m.assigned++
	}
	m.bound[s] = n
	if old == m.self || n == m.self {
		m.dirtyRecord = true
	}
	m.dirtyState, m.dirtyView = true, true
	m.save(false)
}

// boundRanges lists the bound slots of each node as maximal ranges, by place,
// in one pass over the table.
func (m *Machine) boundRanges() [][]slots.Range {
	for i, n := range m.order {
		n.place = i
	}
	out := make([][]slots.Range, len(m.order))
	for i := 0; i < len(m.bound); {
		n, first := m.bound[i], i
		for i++; i < len(m.bound) && m.bound[i] == n; i++ {
		}
		if n != nil {
			out[n.place] = append(out[n.place], slots.Range{First: slotOf(first), Last: slotOf(i - 1)})
		}
	}
	return out
}

// claimsNow reports whether a slot's owner says so itself.
func (m *Machine) claimsNow(n *node, s slots.Slot) bool { return n == m.self || n.claims(s) }

// bindClaims compares all claims with the table and binds by the rules above.
func (m *Machine) bindClaims() {
	m.findBest()
	mine := m.self // whose loss of all slots makes this node a replica
	if p := m.nodes[m.self.rec.Primary]; p != nil {
		mine = p
	}
	var taker *node // the last one to take slots from mine
	var taken slots.Set
	for i, n := range &m.best {
		s, o := slots.Slot(i), m.bound[i]
		if n == nil || n == o || len(m.importing) > 0 && m.importing[s] != nil {
			continue
		}
		if o != nil && m.claimsNow(o, s) && n.epoch() <= o.epoch() {
			continue
		}
		if o == mine {
			taker = n
			taken.Add(s)
		}
		delete(m.migrating, s)
		m.bind(s, n)
	}
	m.markBadClaims()
	if taker != nil {
		m.lost(mine, taker, &taken)
	}
}

// unbindReplicas takes slots off nodes that became replicas, if nobody claimed
// them within the second or so since.
func (m *Machine) unbindReplicas() {
	for s, n := range &m.bound {
		if n != nil && !n.primary() {
			m.bind(slotOf(s), nil)
		}
	}
}

// findBest finds the best claimant of each slot.
func (m *Machine) findBest() {
	clear(m.best[:])
	for _, n := range m.order { // ascending ids: of equal epochs the first one stays
		if n == m.self || !n.primary() {
			continue
		}
		for s := range n.rec.Claims.All() {
			if b := m.best[s]; b == nil || n.epoch() > b.epoch() {
				m.best[s] = n
			}
		}
	}
}

// markBadClaims finds the primaries whose claims are outdated: they do not know
// yet that somebody took a slot over.
func (m *Machine) markBadClaims() {
	for _, n := range m.order {
		n.badClaim = false
		if n == m.self || !n.primary() {
			continue
		}
		for s := range n.rec.Claims.All() {
			if o := m.bound[s]; o != n && o != nil && o.epoch() > n.epoch() {
				n.badClaim = true
				break
			}
		}
	}
}

// sendWinners tells a primary with an outdated claim who owns its slots now.
func (m *Machine) sendWinners(n *node) {
	var ids []string
	seen := map[*node]bool{}
	for s := range n.rec.Claims.All() {
		if o := m.bound[s]; o != n && o != nil && o.epoch() > n.epoch() && !seen[o] {
			seen[o] = true
			ids = append(ids, o.id)
		}
	}
	m.sendRecords(n.id, ids)
}

// lost goes on after slots of this node, or of its primary, went to others.
func (m *Machine) lost(mine, taker *node, taken *slots.Set) {
	if mine.owned == 0 && (m.cfg.AllowReplicaMigration || taken.Len() == taker.rec.Claims.Len()) {
		m.logf(LogNotice, "Configuration change detected. Reconfiguring myself as a replica of %s", taker.label())
		m.becomeReplica(taker)
		return
	}
	if mine == m.self {
		m.loseKeys(taken)
	}
}

// loseKeys has the keys of slots deleted that belong to another node now.
func (m *Machine) loseKeys(taken *slots.Set) {
	if m.out.Lost == nil {
		m.out.Lost = new(slots.Set)
	}
	m.out.Lost.Union(taken)
	m.logf(LogNotice, "%d slots are owned by others now: their keys are deleted here", taken.Len())
}

// becomeReplica gives this node its role in the topology.
func (m *Machine) becomeReplica(of *node) {
	r := &m.self.rec
	if r.Primary == of.id {
		return
	}
	r.Primary = of.id
	if of.rec.Shard != "" {
		r.Shard = of.rec.Shard
	}
	clear(m.importing)
	clear(m.migrating)
	m.dirtyRecord, m.dirtyClaims, m.dirtyState, m.dirtyView = true, true, true, true
	m.save(true)
}

// becomePrimary turns a replica into a primary without slots, in a shard of its
// own.
func (m *Machine) becomePrimary() {
	m.self.rec.Primary = ""
	m.self.rec.Shard = randomID(m.rand)
	m.dirtyRecord, m.dirtyClaims, m.dirtyState, m.dirtyView = true, true, true, true
	m.save(true)
	m.resolveCollisions()
}

// foldChain keeps replicas of replicas out of the topology: when this node's
// primary became a replica, this node follows the same primary. It also keeps
// the shard id of its primary.
func (m *Machine) foldChain() {
	p := m.nodes[m.self.rec.Primary]
	if p == nil {
		return
	}
	if pp := m.nodes[p.rec.Primary]; pp != nil && pp != m.self {
		m.logf(LogNotice, "I'm a sub-replica! Reconfiguring myself from %s to %s", p.id, pp.id)
		m.becomeReplica(pp)
		return
	}
	if p.rec.Shard != "" && p.rec.Shard != m.self.rec.Shard {
		m.self.rec.Shard = p.rec.Shard
		m.dirtyRecord = true
	}
}

func slotOf(i int) slots.Slot { return slots.Slot(i) }
