package cluster

import (
	"fmt"
	"time"

	"clusternode/slots"
)

// AddSlots binds slots to this node: CLUSTER ADDSLOTS and ADDSLOTSRANGE. Either
// all are bound or none.
func (m *Machine) AddSlots(now time.Duration, ranges []slots.Range) error {
	m.at(now)
	err := m.checkSlots(ranges, func(s slots.Slot) (string, bool) { return "is already busy", m.bound[s] == nil })
	if err != nil {
		return err
	}
	eachSlot(ranges, func(s slots.Slot) {
		delete(m.importing, s)
		m.bind(s, m.self)
	})
	m.slotsChanged()
	return nil
}

// DelSlots unbinds slots, whoever owns them: CLUSTER DELSLOTS and
// DELSLOTSRANGE. A claim of another node binds its slots again.
func (m *Machine) DelSlots(now time.Duration, ranges []slots.Range) error {
	m.at(now)
	err := m.checkSlots(ranges, func(s slots.Slot) (string, bool) { return "is already unassigned", m.bound[s] != nil })
	if err != nil {
		return err
	}
	eachSlot(ranges, func(s slots.Slot) { m.bind(s, nil) })
	m.slotsChanged()
	return nil
}

// checkSlots looks at every slot before any is changed.
func (m *Machine) checkSlots(ranges []slots.Range, check func(slots.Slot) (string, bool)) error {
	var seen slots.Set
	for _, r := range ranges {
		for s := int(r.First); s <= int(r.Last); s++ {
			if problem, ok := check(slotOf(s)); !ok {
				return slotError(s, problem)
			}
			if seen.Has(slotOf(s)) {
				return slotError(s, "specified multiple times")
			}
			seen.Add(slotOf(s))
		}
	}
	return nil
}

func eachSlot(ranges []slots.Range, f func(slots.Slot)) {
	for _, r := range ranges {
		for s := int(r.First); s <= int(r.Last); s++ {
			f(slotOf(s))
		}
	}
}

// slotsChanged follows an edit of the table by an admin: it is on disk before
// the admin is answered. Claims of others are looked at again in the next
// second, not at once: an edit should be seen, as in Redis.
func (m *Machine) slotsChanged() {
	m.dirtyState, m.dirtyView = true, true
	m.save(true)
}

// FlushSlots unbinds all slots of this node. empty: it holds no keys.
func (m *Machine) FlushSlots(now time.Duration, empty bool) error {
	m.at(now)
	if !empty {
		return errFlushSlotsData
	}
	m.flushSlots()
	m.slotsChanged()
	return nil
}

func (m *Machine) flushSlots() {
	for s, n := range &m.bound {
		if n == m.self {
			m.bind(slotOf(s), nil)
		}
	}
}

// SetSlotMigrating marks a slot of this node as going to another primary.
func (m *Machine) SetSlotMigrating(now time.Duration, s slots.Slot, id string) error {
	m.at(now)
	if m.bound[s] != m.self {
		return Error(fmt.Sprintf("ERR I'm not the owner of hash slot %d", s))
	}
	n, err := m.slotTarget(id, dontKnowNode(id))
	if err != nil {
		return err
	}
	m.migrating[s] = n
	m.slotsChanged()
	return nil
}

// SetSlotImporting marks a slot as coming from another primary.
func (m *Machine) SetSlotImporting(now time.Duration, s slots.Slot, id string) error {
	m.at(now)
	if m.bound[s] == m.self {
		return Error(fmt.Sprintf("ERR I'm already the owner of hash slot %d", s))
	}
	n, err := m.slotTarget(id, dontKnowNode(id))
	if err != nil {
		return err
	}
	m.importing[s] = n
	m.slotsChanged()
	return nil
}

// SetSlotStable ends importing and migrating of a slot.
func (m *Machine) SetSlotStable(now time.Duration, s slots.Slot) {
	m.at(now)
	delete(m.importing, s)
	delete(m.migrating, s)
	m.slotsChanged()
}

// SetSlotNode binds a slot to a primary. keys is the number of keys of the slot
// here.
func (m *Machine) SetSlotNode(now time.Duration, s slots.Slot, id string, keys int) error {
	m.at(now)
	n, err := m.slotTarget(id, unknownNode(id))
	if err != nil {
		return err
	}
	wasMine := m.bound[s] == m.self
	if wasMine && n != m.self && keys != 0 {
		return Error(fmt.Sprintf("ERR Can't assign hashslot %d to a different node while I still hold keys for this hash slot.", s))
	}
	if keys == 0 {
		delete(m.migrating, s)
	}
	m.bind(s, n)
	if wasMine && n != m.self && m.self.owned == 0 && m.cfg.AllowReplicaMigration {
		m.logf(LogNotice, "Configuration change detected. Reconfiguring myself as a replica of %s", n.label())
		m.becomeReplica(n)
	}
	if n == m.self && m.importing[s] != nil {
		// Others let a strictly greater configEpoch win.
		delete(m.importing, s)
		if m.bumpEpoch() {
			m.logf(LogNotice, "configEpoch updated after importing slot %d", s)
		}
	}
	m.slotsChanged()
	return nil
}

// slotTarget finds a primary; missing is the error if there is no such node.
func (m *Machine) slotTarget(id string, missing error) (*node, error) {
	n := m.nodes[id]
	if n == nil {
		return nil, missing
	}
	if !n.primary() {
		return nil, errTargetReplica
	}
	return n, nil
}

// CanSetSlot reports the error of SETSLOT on a replica, which Redis checks
// before the arguments.
func (v *View) CanSetSlot() error {
	if v.IsReplica() {
		return errSetSlotReplica
	}
	return nil
}
