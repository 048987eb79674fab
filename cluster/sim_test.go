package cluster

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"clusternode/slots"
)

// sim is a seeded world: machines, their disks, a network that misbehaves and
// one clock. Nothing in it depends on anything but the seed.
type sim struct {
	t      *testing.T
	seed   uint64
	rand   *rand.Rand
	now    time.Duration
	queue  eventQueue
	events int
	nodes  []*simNode
	links  map[[2]int]bool // control links by node indices, smaller first
	cut    map[[2]int]bool // pairs that cannot talk
	trace  []string

	// How the network treats messages, as chances.
	loss, repeat float64
	fragile      float64  // chance of a crash while a Ready is executed
	old          []simOld // broadcasts that may come again
	contents     map[string]uint64
	epochs       map[string]uint64 // greatest configEpoch that each id announced
}

// simOld is a broadcast kept for replay.
type simOld struct {
	from int
	body []byte
}

// simNode is a place (host and disk) with, while it runs, a machine.
type simNode struct {
	i       int
	host    string
	port    int
	cfg     Config
	m       *Machine // nil: stopped
	life    int      // counts starts: events of former lives are void
	disk    []byte   // nodes.conf as it would be after a crash of the machine
	unsaved []byte   // a later content that a crash may lose
	paused  time.Duration
	peers   []Peer
	view    *View
	boots   map[string]Boot
}

type event struct {
	at time.Duration
	n  int // order of creation
	do func()
}

type eventQueue []event

func (q eventQueue) Len() int { return len(q) }
func (q eventQueue) Less(i, j int) bool {
	return q[i].at < q[j].at || q[i].at == q[j].at && q[i].n < q[j].n
}
func (q eventQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *eventQueue) Push(x any)   { *q = append(*q, x.(event)) }
func (q *eventQueue) Pop() any {
	old := *q
	e := old[len(old)-1]
	*q = old[:len(old)-1]
	return e
}

func newSim(t *testing.T, seed uint64, n int) *sim {
	s := &sim{
		t: t, seed: seed, rand: rand.New(rand.NewPCG(seed, 7)), now: time.Second,
		links: map[[2]int]bool{}, cut: map[[2]int]bool{}, contents: map[string]uint64{}, epochs: map[string]uint64{},
	}
	for i := range n {
		s.nodes = append(s.nodes, &simNode{i: i, host: fmt.Sprintf("10.0.0.%d", i+1), port: 7000, boots: map[string]Boot{}})
		s.start(i)
	}
	return s
}

func (s *sim) after(d time.Duration, do func()) {
	s.events++
	heap.Push(&s.queue, event{s.now + d, s.events, do})
}

// run lets time pass.
func (s *sim) run(d time.Duration) {
	end := s.now + d
	for len(s.queue) > 0 && s.queue[0].at <= end {
		e := heap.Pop(&s.queue).(event)
		s.now = e.at
		e.do()
	}
	s.now = end
}

// until runs until the condition holds, at most for d.
func (s *sim) until(d time.Duration, what string, ok func() bool) {
	for end := s.now + d; !ok(); {
		if s.now >= end {
			s.fatalf("%s: not within %v", what, d)
		}
		s.run(50 * time.Millisecond)
	}
}

func (s *sim) logf(format string, args ...any) {
	s.trace = append(s.trace, fmt.Sprintf("%9.3f ", s.now.Seconds())+fmt.Sprintf(format, args...))
}

func (s *sim) fatalf(format string, args ...any) {
	s.t.Helper()
	tail := s.trace
	if len(tail) > 400 {
		tail = tail[len(tail)-400:]
	}
	for _, l := range tail {
		s.t.Log(l)
	}
	for _, n := range s.nodes {
		if n.m != nil {
			n.m.dirtyView = true
			s.t.Logf("node %d epoch %d cluster %.6s ok %v\n%s", n.i, n.m.currentEpoch, n.m.cluster, n.m.ok, n.m.view().AppendNodes(nil, false))
		}
	}
	s.t.Fatalf("seed %d: "+format, append([]any{s.seed}, args...)...)
}

// start starts a node from its disk.
func (s *sim) start(i int) {
	n := s.nodes[i]
	var saved *Saved
	if n.disk != nil {
		var err error
		if saved, err = ParseConf(n.disk); err != nil {
			s.fatalf("node %d cannot read its own nodes.conf: %v\n%s", i, err, n.disk)
		}
	}
	n.cfg = Config{
		NodeTimeout: time.Second, Port: n.port, BusPort: n.port + 10000, RequireFullCoverage: true, AllowReplicaMigration: true,
	}
	n.m = New(n.cfg, saved, s.now, s.rand.Uint64())
	n.life++
	n.peers = nil
	if b, ok := n.boots[n.m.ID()]; ok && b.Counter >= n.m.Boot().Counter {
		s.fatalf("node %d started with boot %v after %v", i, n.m.Boot(), b)
	}
	n.boots[n.m.ID()] = n.m.Boot()
	s.logf("node %d starts as %.6s", i, n.m.ID())
	if s.ready(n); n.m != nil {
		s.tick(n, n.life)
	}
}

func (s *sim) tick(n *simNode, life int) {
	s.after(n.m.TickEvery()*time.Duration(80+s.rand.IntN(40))/100, func() {
		if n.m == nil || n.life != life {
			return
		}
		if s.now < n.paused {
			s.after(n.paused-s.now, func() { s.tickNow(n, life) })
			return
		}
		s.tickNow(n, life)
	})
}

func (s *sim) tickNow(n *simNode, life int) {
	if n.m == nil || n.life != life {
		return
	}
	n.m.Tick(s.now)
	s.ready(n)
	if n.m != nil {
		s.tick(n, n.life)
	}
}

// call runs f on the machine of a running node.
func (s *sim) call(n *simNode, f func(m *Machine)) {
	if n.m == nil {
		return
	}
	f(n.m)
	s.ready(n)
}

// ready executes a Ready. A fragile node may crash before or after it is saved.
func (s *sim) ready(n *simNode) {
	r := n.m.Ready()
	if s.breaks() {
		s.crash(n.i)
		return
	}
	if r.Save != nil {
		n.unsaved = r.Save.Text
		if r.Save.Sync || s.rand.IntN(2) == 0 {
			n.disk, n.unsaved = r.Save.Text, nil
		}
	}
	if s.breaks() {
		s.crash(n.i)
		return
	}
	for _, l := range r.Log {
		s.logf("node %d: %s", n.i, l.Text)
	}
	if r.View != nil {
		n.view = r.View
	}
	s.checkRecord(n)
	if s.rand.IntN(40) == 0 {
		if problem := broken(n.m, n.view); problem != "" {
			s.fatalf("node %d: %s", n.i, problem)
		}
	}
	n.boots[n.m.ID()] = n.m.Boot()
	if r.Renamed {
		s.dropLinks(n.i)
	}
	if r.PeersChanged && n.m != nil {
		n.peers = r.Peers
		s.closeUnwanted(n)
	}
	for _, d := range r.Meet {
		s.dialMeet(n, d)
	}
	if n.m == nil { // closing links told others, who told this one
		return
	}
	for _, out := range r.Send {
		s.deliver(n, out)
	}
	for _, b := range r.Broadcast {
		s.broadcast(n.i, b.Body)
	}
}

func (s *sim) breaks() bool { return s.fragile > 0 && s.rand.Float64() < s.fragile }

// checkRecord: no version of a record ever has two contents, and configEpochs
// never go back.
func (s *sim) checkRecord(n *simNode) {
	rec := &n.m.self.rec
	key := fmt.Sprint(rec.ID, rec.Version)
	if len(n.m.hello) > maxRecord || len(n.m.hello) == 0 {
		s.fatalf("record of %d bytes", len(n.m.hello))
	}
	h := hash64(n.m.hello)
	if old, ok := s.contents[key]; ok && old != h {
		s.fatalf("node %d: version %v of its record has two contents", n.i, rec.Version)
	}
	s.contents[key] = h
	if rec.ConfigEpoch < s.epochs[rec.ID] {
		s.fatalf("node %d: configEpoch %d after %d", n.i, rec.ConfigEpoch, s.epochs[rec.ID])
	}
	s.epochs[rec.ID] = rec.ConfigEpoch
}

// broken looks for a contradiction inside a machine, or between it and the view
// that it published.
func broken(m *Machine, v *View) string {
	owned, assigned := map[*node]int{}, 0
	for s, n := range &m.bound {
		var id string
		if n != nil {
			owned[n]++
			assigned++
			id = n.id
			if m.nodes[n.id] != n {
				return fmt.Sprintf("slot %d is bound to a node that is gone", s)
			}
		}
		if o := v.Table.Owner(slotOf(s)); (o == 0) != (n == nil) || n != nil && v.Table.Node(o).ID != id {
			return fmt.Sprintf("slot %d in the published table", s)
		}
		if m.self.primary() && (n == m.self) != m.self.rec.Claims.Has(slotOf(s)) {
			return fmt.Sprintf("slot %d in the own record", s)
		}
	}
	if assigned != m.assigned || len(m.order) != len(m.nodes) {
		return "counts"
	}
	for i, n := range m.order {
		e, known := m.members[n.id]
		if n.owned != owned[n] || m.nodes[n.id] != n || i > 0 && m.order[i-1].id >= n.id || !known || e.Forgotten && n != m.self {
			return "node " + n.id
		}
	}
	for _, moves := range []map[slots.Slot]*node{m.importing, m.migrating} {
		for _, n := range moves {
			if m.nodes[n.id] != n {
				return "a move with a node that is gone"
			}
		}
	}
	if m.ok != v.ok || m.ID() != v.MyID() {
		return "state"
	}
	return ""
}

func pair(i, j int) [2]int { return [2]int{min(i, j), max(i, j)} }

// byAddr finds the running node at an address.
func (s *sim) byAddr(a Address) *simNode {
	for _, n := range s.nodes {
		if n.m != nil && n.host == a.Host && n.port+10000 == a.Port {
			return n
		}
	}
	return nil
}

func (s *sim) byID(id string) *simNode {
	for _, n := range s.nodes {
		if n.m != nil && n.m.ID() == id {
			return n
		}
	}
	return nil
}

func (s *sim) delay() time.Duration { return time.Duration(1+s.rand.IntN(20)) * time.Millisecond }

// dialMeet plays the driver's dial of an unknown node.
func (s *sim) dialMeet(n *simNode, d MeetDial) {
	life := n.life
	s.after(s.delay(), func() {
		if n.m == nil || n.life != life {
			return
		}
		to := s.byAddr(d.Addr)
		if to == nil || s.cut[pair(n.i, to.i)] || s.rand.Float64() < s.loss {
			s.call(n, func(m *Machine) { m.MeetFailed(s.now, d.Token, fmt.Errorf("refused")) })
			return
		}
		id := to.m.ID()
		if to != n && !s.links[pair(n.i, to.i)] {
			s.linkUp(n, to)
		}
		s.call(n, func(m *Machine) { m.MeetLink(s.now, d.Token, id) })
	})
}

func (s *sim) linkUp(a, b *simNode) {
	s.links[pair(a.i, b.i)] = true
	for _, x := range [][2]*simNode{{a, b}, {b, a}} {
		if x[1].m != nil {
			id, boot := x[1].m.ID(), x[1].m.Boot()
			s.call(x[0], func(m *Machine) { m.LinkUp(s.now, id, boot, x[0].host, x[1].host) })
		}
	}
}

func (s *sim) linkDown(a, b *simNode) {
	if !s.links[pair(a.i, b.i)] {
		return
	}
	delete(s.links, pair(a.i, b.i))
	for _, x := range [][2]*simNode{{a, b}, {b, a}} {
		if x[0].m != nil && x[1].m != nil {
			s.call(x[0], func(m *Machine) { m.LinkDown(s.now, x[1].m.ID()) })
		}
	}
}

func (s *sim) dropLinks(i int) {
	for j := range s.nodes {
		s.linkDown(s.nodes[i], s.nodes[j])
	}
}

// closeUnwanted closes links of nodes that left the list of peers, as long as
// they are no strangers that just met.
func (s *sim) closeUnwanted(n *simNode) {
	for _, o := range s.nodes {
		if o.m == nil || n.m == nil || o == n {
			continue
		}
		if e, known := n.m.members[o.m.ID()]; known && e.Forgotten {
			s.linkDown(n, o)
		}
	}
}

// dialPeers plays the drivers' dial loops.
func (s *sim) dialPeers() {
	for _, n := range s.nodes {
		if n.m == nil || s.now < n.paused {
			continue
		}
		for _, p := range n.peers {
			to := s.byAddr(p.Addr)
			if n.m == nil {
				break
			}
			if to == nil || to == n || to.m.ID() != p.ID || s.links[pair(n.i, to.i)] || s.cut[pair(n.i, to.i)] || s.now < to.paused || s.rand.IntN(3) > 0 {
				continue
			}
			s.linkUp(n, to)
		}
	}
	s.after(50*time.Millisecond, s.dialPeers)
}

// deliver carries one message; the network may lose, repeat and reorder it.
func (s *sim) deliver(from *simNode, out Send) {
	to := s.byID(out.To)
	if len(out.Body) == 0 || len(out.Body) > MaxMessage {
		s.fatalf("message of %d bytes", len(out.Body))
	}
	if to == nil || !s.links[pair(from.i, to.i)] {
		return
	}
	copies := 1
	if s.rand.Float64() < s.loss {
		copies = 0
	} else if s.rand.Float64() < s.repeat {
		copies = 2
	}
	id, life := from.m.ID(), to.life
	for range copies {
		s.after(s.delay(), func() { s.arrive(to, life, id, out.Body) })
	}
}

func (s *sim) arrive(to *simNode, life int, from string, body []byte) {
	if to.m == nil || to.life != life || from == to.m.ID() {
		return
	}
	if s.now < to.paused {
		s.after(to.paused-s.now, func() { s.arrive(to, life, from, body) })
		return
	}
	if err := to.m.Step(s.now, from, body); err != nil {
		s.fatalf("node %d cannot read a message: %v", to.i, err)
	}
	s.ready(to)
}

// broadcast plays memberlist: news reach some of the members, some of them
// late, some of them again much later.
func (s *sim) broadcast(from int, body []byte) {
	if s.rand.IntN(8) == 0 {
		s.old = append(s.old, simOld{from, body})
	}
	for _, n := range s.nodes {
		if n.i != from && s.links[pair(from, n.i)] && s.rand.IntN(3) > 0 && s.rand.Float64() >= s.loss {
			s.after(s.delay()*3, func() { s.gossip(from, n, body) })
		}
	}
}

// gossip hands a delta to a node that counts the sender as a member, which is
// what the driver checks.
func (s *sim) gossip(from int, n *simNode, body []byte) {
	f := s.nodes[from]
	if n.m == nil || f.m == nil || n.m.nodes[f.m.ID()] == nil || s.now < n.paused {
		return
	}
	if err := n.m.Merge(s.now, body); err != nil {
		s.fatalf("node %d cannot read a delta: %v", n.i, err)
	}
	s.ready(n)
}

// replay sends an old broadcast again.
func (s *sim) replay() {
	if len(s.old) == 0 {
		return
	}
	o := s.old[s.rand.IntN(len(s.old))]
	for _, n := range s.nodes {
		if n.i != o.from && s.rand.IntN(2) == 0 {
			s.gossip(o.from, n, o.body)
		}
	}
}

// crash stops a node; what was not synced may be lost.
func (s *sim) crash(i int) {
	n := s.nodes[i]
	if n.m == nil {
		return
	}
	s.logf("node %d crashes", i)
	if n.unsaved != nil && s.rand.IntN(2) == 0 {
		n.disk = n.unsaved
	}
	n.unsaved = nil
	id := n.m.ID()
	n.m = nil
	for j, o := range s.nodes {
		if s.links[pair(i, j)] {
			delete(s.links, pair(i, j))
			s.call(o, func(m *Machine) { m.LinkDown(s.now, id) })
		}
	}
}

func (s *sim) setCut(i, j int, on bool) {
	if i == j {
		return
	}
	if !on {
		delete(s.cut, pair(i, j))
		return
	}
	s.cut[pair(i, j)] = true
	s.linkDown(s.nodes[i], s.nodes[j])
}
