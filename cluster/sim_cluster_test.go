package cluster

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/slots"
)

// seeds is how many seeds a simulation runs: SEEDS, or a few.
func seeds() uint64 {
	if n, err := strconv.ParseUint(os.Getenv("SEEDS"), 10, 32); err == nil {
		return n
	}
	if testing.Short() {
		return 3
	}
	return 10
}

// firstSeed is SEED, to repeat one; else 1.
func firstSeed() (first uint64, only bool) {
	n, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	return max(n, 1), err == nil
}

func eachSeed(t *testing.T, f func(t *testing.T, seed uint64)) {
	first, only := firstSeed()
	last := first + seeds() - 1
	if only {
		last = first
	}
	for seed := first; seed <= last; seed++ {
		f(t, seed)
	}
}

func (s *sim) must(err error) {
	s.t.Helper()
	if err != nil {
		s.fatalf("%v", err)
	}
}

// create makes one cluster of the nodes as redis-cli does: slots, epochs, MEET,
// wait, REPLICATE. The first `primaries` nodes get slots.
func (s *sim) create(primaries int) {
	s.dialPeers()
	for i := range primaries {
		s.call(s.nodes[i], func(m *Machine) {
			s.must(m.AddSlots(s.now, []slots.Range{share(i, primaries)}))
			s.must(m.SetConfigEpoch(s.now, uint64(i+1)))
		})
	}
	for i := 1; i < len(s.nodes); i++ {
		s.meet(i, 0)
	}
	s.until(20*time.Second, "create", s.converged)
	for i := primaries; i < len(s.nodes); i++ {
		s.call(s.nodes[i], func(m *Machine) { s.must(m.Replicate(s.now, s.nodes[i%primaries].m.ID(), true)) })
	}
	s.until(20*time.Second, "replicate", s.converged)
}

func share(i, n int) slots.Range {
	return slots.Range{First: slots.Slot(i * slots.Count / n), Last: slots.Slot((i+1)*slots.Count/n - 1)}
}

func (s *sim) meet(i, with int) {
	to := s.nodes[with]
	s.call(s.nodes[i], func(m *Machine) { s.must(m.Meet(s.now, to.host, to.port, 0)) })
}

// converged reports whether all running nodes know the same.
func (s *sim) converged() bool { return s.different() == "" }

// different names the first difference between what the running nodes know.
func (s *sim) different() string {
	var first *simNode
	for _, n := range s.nodes {
		if n.m == nil {
			continue
		}
		if first == nil {
			first = n
			continue
		}
		if d := compare(first.m, n.m); d != "" {
			return fmt.Sprintf("nodes %d and %d: %s", first.i, n.i, d)
		}
	}
	return s.inconsistent(first)
}

// inconsistent looks for what must not be among nodes that know the same.
func (s *sim) inconsistent(n *simNode) string {
	epochs := map[uint64]string{}
	for _, o := range n.m.order {
		if !o.voter() {
			continue
		}
		if other, taken := epochs[o.epoch()]; taken {
			return fmt.Sprintf("%.6s and %.6s have configEpoch %d", other, o.id, o.epoch())
		}
		epochs[o.epoch()] = o.id
	}
	for i, o := range n.m.bound {
		if o != nil && !o.primary() {
			return fmt.Sprintf("slot %d is bound to a replica", i)
		}
	}
	return ""
}

func compare(a, b *Machine) string {
	if a.digest() != b.digest() || len(a.meets)+len(b.meets) > 0 {
		return "digests"
	}
	if len(a.order) != len(b.order) {
		return fmt.Sprintf("%d and %d nodes", len(a.order), len(b.order))
	}
	for i, n := range a.order {
		o := b.order[i]
		if n.id != o.id || n.rec.Version != o.rec.Version {
			return fmt.Sprintf("records of %.6s and %.6s", n.id, o.id)
		}
	}
	if a.currentEpoch != b.currentEpoch {
		return fmt.Sprintf("currentEpoch %d and %d", a.currentEpoch, b.currentEpoch)
	}
	for i, n := range a.bound {
		o := b.bound[i]
		if (n == nil) != (o == nil) || n != nil && n.id != o.id {
			return fmt.Sprintf("slot %d", i)
		}
	}
	if a.ok != b.ok {
		return fmt.Sprintf("cluster_state %v and %v", a.ok, b.ok)
	}
	return ""
}

func (s *sim) allOK() bool {
	for _, n := range s.nodes {
		if n.m != nil && !n.m.ok {
			return false
		}
	}
	return true
}

func TestSimulationCreate(t *testing.T) {
	eachSeed(t, func(t *testing.T, seed uint64) {
		s := newSim(t, seed, 6)
		s.loss, s.repeat = 0.1, 0.1
		s.create(3)
		s.until(10*time.Second, "ok", s.allOK)
	})
}

// TestSimulationChain: MEETs in a chain, all at once, among primaries that own slots
// and have no epochs.
func TestSimulationChain(t *testing.T) {
	eachSeed(t, func(t *testing.T, seed uint64) {
		s := newSim(t, seed, 7)
		s.dialPeers()
		for i, n := range s.nodes {
			s.call(n, func(m *Machine) { s.must(m.AddSlots(s.now, []slots.Range{share(i, 7)})) })
		}
		for i := range 6 {
			s.meet(i, i+1)
		}
		s.until(20*time.Second, "chain", func() bool { return s.converged() && s.allOK() && len(s.nodes[0].m.nodes) == 7 })
	})
}

// TestSimulationDoubleClaims: fresh nodes that all claim all slots end with one owner.
func TestSimulationDoubleClaims(t *testing.T) {
	eachSeed(t, func(t *testing.T, seed uint64) {
		s := newSim(t, seed, 4)
		s.loss, s.repeat = 0.1, 0.1
		s.dialPeers()
		for _, n := range s.nodes {
			s.call(n, func(m *Machine) { s.must(m.AddSlots(s.now, []slots.Range{{First: 0, Last: slots.Count - 1}})) })
		}
		for i := 1; i < 4; i++ {
			s.meet(i, 0)
		}
		s.until(30*time.Second, "one owner", func() bool {
			return s.converged() && s.allOK() && len(s.nodes[0].m.nodes) == 4 && s.nodes[0].m.size == 1
		})
	})
}

// TestSimulationRestart: nodes restart one after the other, on other ports too.
func TestSimulationRestart(t *testing.T) {
	eachSeed(t, func(t *testing.T, seed uint64) {
		s := newSim(t, seed, 5)
		s.create(3)
		for i := range s.nodes {
			s.crash(i)
			s.run(time.Duration(s.rand.IntN(3000)) * time.Millisecond)
			if s.rand.IntN(2) == 0 {
				s.nodes[i].port += 10
			}
			s.start(i)
			s.until(15*time.Second, "restart", func() bool { return s.converged() && s.allOK() })
		}
	})
}

// TestSimulationFailure: a primary that is cut off is FAIL for all others, serves no
// more, and all is well again after it is back.
func TestSimulationFailure(t *testing.T) {
	eachSeed(t, func(t *testing.T, seed uint64) {
		s := newSim(t, seed, 7)
		s.create(4)
		s.until(5*time.Second, "ok", s.allOK)
		victim := s.rand.IntN(4)
		for j := range s.nodes {
			s.setCut(victim, j, true)
		}
		id := s.nodes[victim].m.ID()
		s.until(5*time.Second, "FAIL", func() bool {
			for i, n := range s.nodes {
				if i != victim && (!n.m.nodes[id].fail || n.m.ok) || i == victim && n.m.ok {
					return false
				}
			}
			return true
		})
		for j := range s.nodes {
			s.setCut(victim, j, false)
		}
		s.until(15*time.Second, "healed", func() bool { return s.converged() && s.allOK() })
		s.until(5*time.Second, "all forgiven", func() bool {
			for _, n := range s.nodes {
				for _, o := range n.m.order {
					if all, _ := n.m.freshReports(o); o.fail || o.pfail || all > 0 {
						return false
					}
				}
			}
			return true
		})
	})
}

// TestSimulationCrowd: many nodes meet the first one at once, and are one cluster
// before the digests have to help.
func TestSimulationCrowd(t *testing.T) {
	const n = 40
	s := newSim(t, 1, n)
	s.dialPeers()
	for i, node := range s.nodes {
		s.call(node, func(m *Machine) {
			s.must(m.AddSlots(s.now, []slots.Range{share(i, n)}))
			s.must(m.SetConfigEpoch(s.now, uint64(i+1)))
		})
	}
	for i := 1; i < n; i++ {
		s.meet(i, 0)
	}
	s.until(20*time.Second, "join", func() bool { return s.converged() && s.allOK() && len(s.nodes[0].m.nodes) == n })
	require.Less(t, s.nodes[0].m.counters.sent[kindSync].Load(), int64(n))
}
