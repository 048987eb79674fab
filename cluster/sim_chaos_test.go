package cluster

import (
	"testing"
	"time"

	"clusternode/slots"
)

// TestSimulationChaos lets everything go wrong for a while, then heals the network and
// does what an operator would do; all nodes must end with one view.
func TestSimulationChaos(t *testing.T) {
	eachSeed(t, func(t *testing.T, seed uint64) {
		s := newSim(t, seed, 4+int(seed%5))
		s.create(2 + int(seed%3))
		s.loss, s.repeat = 0.1*s.rand.Float64(), 0.2*s.rand.Float64()
		s.fragile = 0.0005 * s.rand.Float64()
		for range 60 {
			s.trouble()
			s.run(time.Duration(s.rand.IntN(800)) * time.Millisecond)
		}
		s.heal()
	})
}

// trouble does one random thing.
func (s *sim) trouble() {
	i, j := s.rand.IntN(len(s.nodes)), s.rand.IntN(len(s.nodes))
	n, o := s.nodes[i], s.nodes[j]
	switch s.rand.IntN(17) {
	case 16: // a hint, right or wrong
		s.call(n, func(m *Machine) {
			if o.m != nil {
				m.Suspect(s.now, o.m.ID())
			}
		})
	case 0:
		s.crash(i)
	case 1, 2, 3:
		if n.m == nil {
			s.restart(n)
		}
	case 4:
		n.paused = s.now + time.Duration(s.rand.IntN(4000))*time.Millisecond
		s.logf("node %d is stopped until %v", i, n.paused)
	case 5:
		s.setCut(i, j, true)
	case 6:
		s.partition()
	case 7:
		clear(s.cut)
	case 8, 9:
		s.replay()
	case 10:
		s.call(n, func(m *Machine) { m.BumpEpoch(s.now) })
	case 11, 12:
		s.moveSlot(n, o)
	case 13:
		s.editSlots(n)
	case 14:
		s.call(n, func(m *Machine) {
			if o.m != nil {
				_ = m.Replicate(s.now, o.m.ID(), true)
			}
		})
	case 15:
		s.changeMembers(n, o)
	}
}

// restart starts a stopped node, now and then elsewhere or with an empty disk.
func (s *sim) restart(n *simNode) {
	if s.rand.IntN(6) == 0 {
		s.logf("node %d loses its disk", n.i)
		n.disk = nil
	}
	if s.rand.IntN(3) == 0 {
		n.port++
	}
	s.start(n.i)
}

func (s *sim) partition() {
	side := make([]bool, len(s.nodes))
	for i := range side {
		side[i] = s.rand.IntN(2) == 0
	}
	s.logf("partition %v", side)
	for i := range side {
		for j := range i {
			s.setCut(i, j, side[i] != side[j])
		}
	}
}

// moveSlot does what a reshard does, but may stop anywhere.
func (s *sim) moveSlot(from, to *simNode) {
	if from.m == nil || to.m == nil || from == to {
		return
	}
	slot := slots.Slot(s.rand.IntN(slots.Count))
	for k := range slots.Slot(slots.Count) {
		if from.m.bound[(slot+k)%slots.Count] == from.m.self {
			slot = (slot + k) % slots.Count
			break
		}
	}
	a, b := from.m.ID(), to.m.ID()
	steps := []func(){
		func() { s.call(to, func(m *Machine) { _ = m.SetSlotImporting(s.now, slot, a) }) },
		func() { s.call(from, func(m *Machine) { _ = m.SetSlotMigrating(s.now, slot, b) }) },
		func() { s.call(to, func(m *Machine) { _ = m.SetSlotNode(s.now, slot, b, 0) }) },
		func() { s.call(from, func(m *Machine) { _ = m.SetSlotNode(s.now, slot, b, 0) }) },
	}
	s.logf("slot %d goes from node %d to %d", slot, from.i, to.i)
	for _, step := range steps {
		if s.rand.IntN(8) == 0 {
			return
		}
		step()
		s.run(s.delay())
	}
}

func (s *sim) editSlots(n *simNode) {
	first := s.rand.IntN(slots.Count)
	last := min(first+s.rand.IntN(200), slots.Count-1)
	r := []slots.Range{{First: slots.Slot(first), Last: slots.Slot(last)}}
	s.call(n, func(m *Machine) {
		if m.DelSlots(s.now, r) == nil && s.rand.IntN(2) == 0 {
			_ = m.AddSlots(s.now, r)
		}
	})
}

func (s *sim) changeMembers(n, o *simNode) {
	if o.m == nil || n.m == nil || n == o {
		return
	}
	switch s.rand.IntN(4) {
	case 0:
		s.logf("node %d forgets %d", n.i, o.i)
		s.call(n, func(m *Machine) { _ = m.Forget(s.now, o.m.ID()) })
	case 1:
		hard := s.rand.IntN(2) == 0
		s.logf("node %d resets, hard %v", n.i, hard)
		s.call(n, func(m *Machine) { _ = m.Reset(s.now, hard, true) })
	default:
		s.logf("node %d meets %d", n.i, o.i)
		s.meet(n.i, o.i)
	}
}

// heal ends all trouble, does an operator's work and checks the end.
func (s *sim) heal() {
	clear(s.cut)
	s.loss, s.repeat, s.fragile = 0, 0, 0
	for _, n := range s.nodes {
		n.paused = 0
		if n.m == nil {
			s.start(n.i)
		}
	}
	s.logf("healed")
	s.run(8 * time.Second)
	ref := s.gather()
	s.forgetGhosts(ref)
	s.run(4 * time.Second)
	s.endCircles()
	s.until(20*time.Second, "membership", func() bool {
		for _, n := range s.nodes {
			if len(n.m.nodes) != len(s.nodes) {
				return false
			}
		}
		return true
	})
	s.run(4 * time.Second)
	s.coverSlots()
	defer func() {
		if d := s.different(); d != "" {
			s.logf("different: %s", d)
		}
	}()
	for deadline := s.now + 30*time.Second; !s.converged() || !s.allOK(); s.run(50 * time.Millisecond) {
		if s.now > deadline {
			s.fatalf("no convergence: %s, all ok %v", s.different(), s.allOK())
		}
	}
	for range 20 {
		s.replay()
		s.run(100 * time.Millisecond)
	}
	if d := s.different(); d != "" || !s.allOK() {
		s.fatalf("old news did harm: %s, all ok %v", d, s.allOK())
	}
}

// gather brings all running nodes into the greatest cluster there is.
func (s *sim) gather() *simNode {
	ref := s.nodes[0]
	for _, n := range s.nodes {
		if len(n.m.nodes) > len(ref.m.nodes) {
			ref = n
		}
	}
	for _, n := range s.nodes {
		if n == ref {
			continue
		}
		if n.m.big() && ref.m.cluster != n.m.cluster {
			s.logf("node %d leaves its other cluster", n.i)
			s.call(n, func(m *Machine) { s.must(m.Reset(s.now, true, true)) })
		}
		s.logf("node %d meets %d", n.i, ref.i)
		s.meet(n.i, ref.i)
	}
	s.run(5 * time.Second)
	return ref
}

// forgetGhosts forgets ids that nobody carries any more.
func (s *sim) forgetGhosts(ref *simNode) {
	ghosts := map[string]bool{}
	for _, n := range s.nodes {
		for _, o := range n.m.order {
			if s.byID(o.id) == nil {
				ghosts[o.id] = true
			}
		}
	}
	for _, n := range s.nodes {
		if ghosts[n.m.self.rec.Primary] {
			s.logf("node %d leaves its dead primary", n.i)
			s.call(n, func(m *Machine) { s.must(m.Reset(s.now, false, true)) })
			for _, o := range s.nodes {
				if o != n {
					s.meet(n.i, o.i)
				}
			}
			s.run(3 * time.Second)
		}
	}
	for _, id := range sortedKeys(ghosts) {
		s.logf("ghost %.6s", id)
		for _, n := range s.nodes {
			if e, ok := n.m.members[id]; ok && !e.Forgotten {
				s.call(n, func(m *Machine) { s.must(m.Forget(s.now, id)) })
				break
			}
		}
	}
	for _, n := range s.nodes {
		if n != ref {
			s.meet(n.i, ref.i)
		}
	}
}

// endCircles resets replicas whose primary is none: two empty nodes may have
// become each other's replica at the same time.
func (s *sim) endCircles() {
	for _, n := range s.nodes {
		p := n.m.nodes[n.m.self.rec.Primary]
		if n.m.self.primary() || p != nil && p.primary() {
			continue
		}
		s.logf("node %d is a replica of no primary", n.i)
		s.call(n, func(m *Machine) { s.must(m.Reset(s.now, false, true)) })
		for _, o := range s.nodes {
			if o != n {
				s.meet(n.i, o.i)
			}
		}
	}
	s.run(3 * time.Second)
}

// coverSlots ends moves and gives slots that nobody claims to a primary.
func (s *sim) coverSlots() {
	var claimed slots.Set
	taker := -1
	for _, n := range s.nodes {
		s.call(n, func(m *Machine) {
			for _, slot := range append(sortedKeys(m.importing), sortedKeys(m.migrating)...) {
				m.SetSlotStable(s.now, slot)
			}
		})
		for slot, o := range n.m.bound {
			if o == n.m.self {
				claimed.Add(slots.Slot(slot))
			}
		}
		if n.m.self.primary() {
			taker = n.i
		}
	}
	if taker < 0 {
		s.fatalf("no primary is left")
	}
	s.call(s.nodes[taker], func(m *Machine) {
		for slot := range slots.Slot(slots.Count) {
			if claimed.Has(slot) {
				continue
			}
			r := []slots.Range{{First: slot, Last: slot}}
			if m.bound[slot] != nil {
				s.must(m.DelSlots(s.now, r))
			}
			s.must(m.AddSlots(s.now, r))
		}
	})
}
