package gossip

import (
	"errors"
	"io"
	"log"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/memberlist"
)

const (
	// maxBroadcasts bounds the queue of broadcasts. The oldest go first: what they said is repeated by push/pull and by the
	// machine's comparison of versions.
	maxBroadcasts = 1024
	// broadcastRoom is the longest broadcast that fits a packet, after memberlist's bytes for a compound of one message.
	broadcastRoom = packetSize - 16
)

// members is one memberlist instance. It spreads records and notices silence; it decides nothing. RESET HARD makes a new one.
//
// memberlist calls the delegate methods with its locks held or from its only receive goroutine: they never block and never
// call memberlist.
type members struct {
	// Constant.
	list   *memberlist.Memberlist
	carry  *transport
	queue  *memberlist.TransmitLimitedQueue
	owner  membersOwner
	joiner *joiner

	mu    sync.Mutex
	alive map[string]bool // names that memberlist has as alive, without our own
	count atomic.Int64    // len(alive)

	state atomic.Pointer[[]byte] // for push/pull
}

// membersOwner is who is told. Calls come from memberlist's goroutines, with its locks held.
type membersOwner interface {
	// knows reports whether the machine has the node as a member.
	knows(id string) bool
	// gossiped takes a delta, and owns it. It must not block.
	gossiped(delta []byte)
	// lost reports that memberlist believes that life of the node to be dead. It must not block.
	lost(name peerName)
}

func newMembers(m *mesh, name peerName, owner membersOwner) (*members, error) {
	s := &members{carry: newTransport(m), owner: owner, alive: make(map[string]bool)}
	s.queue = &memberlist.TransmitLimitedQueue{
		NumNodes:       func() int { return int(s.count.Load()) + 1 },
		RetransmitMult: 3,
	}
	c := memberlist.DefaultLANConfig()
	c.Name = name.String()
	c.Transport = s.carry
	c.RequireNodeNames = true
	c.BindPort, c.AdvertisePort = advertisePort, advertisePort
	c.ProtocolVersion = memberlist.ProtocolVersionMax
	c.EnableCompression = false // see guard.go
	c.UDPBufferSize = packetSize
	c.DisableTcpPings = true // they would go the same way as the packets
	// Its verdicts are hints: they may come late, but wrong ones on a busy machine cost joins.
	c.ProbeInterval, c.ProbeTimeout = time.Second, 500*time.Millisecond
	c.SuspicionMult = 4
	c.GossipInterval = 100 * time.Millisecond
	c.GossipToTheDeadTime = 10 * time.Second
	c.TCPTimeout = 5 * time.Second
	c.HandoffQueueDepth = 256
	c.Delegate, c.Events, c.Alive = s, s, s
	c.Logger = log.New(newLogFilter(m.log), "", 0)
	s.joiner = newJoiner(s, m)
	list, err := memberlist.Create(c)
	if err != nil {
		return nil, err
	}
	s.list = list
	m.tasks.Go(s.joiner.run)
	return s, nil
}

func (s *members) close() {
	s.joiner.close()
	_ = s.list.Shutdown() // its only error is the transport's, which has none
}

// broadcast queues a delta about one node for a few nodes to take and pass on. It replaces a queued one about the same node.
func (s *members) broadcast(id string, delta []byte) {
	if len(delta) > broadcastRoom {
		return // the others will ask for it
	}
	s.queue.QueueBroadcast(&broadcast{id, delta})
	s.queue.Prune(maxBroadcasts)
}

// setState is what the next push/pull sends.
func (s *members) setState(delta []byte) {
	if len(delta) > maxPushState {
		delta = nil // the machine compares versions and sends records one by one
	}
	s.state.Store(&delta)
}

// has reports whether memberlist has the name as alive.
func (s *members) has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.alive[name]
}

// NodeMeta implements memberlist.Delegate: everything is in the records.
func (s *members) NodeMeta(int) []byte { return nil }

// NotifyMsg implements memberlist.Delegate. b belongs to memberlist.
func (s *members) NotifyMsg(b []byte) { s.owner.gossiped(append([]byte(nil), b...)) }

// GetBroadcasts implements memberlist.Delegate.
func (s *members) GetBroadcasts(overhead, limit int) [][]byte {
	return s.queue.GetBroadcasts(overhead, limit)
}

// LocalState implements memberlist.Delegate.
func (s *members) LocalState(bool) []byte {
	if b := s.state.Load(); b != nil {
		return *b
	}
	return nil
}

// MergeRemoteState implements memberlist.Delegate. b was made for this call.
func (s *members) MergeRemoteState(b []byte, _ bool) {
	if len(b) > 0 {
		s.owner.gossiped(b)
	}
}

var errUnknownMember = errors.New("not a member of the cluster")

// NotifyAlive implements memberlist.AliveDelegate: memberlist keeps nobody whom the machine does not know, so that nodes that
// were forgotten, and invented ones, take no memory.
func (s *members) NotifyAlive(n *memberlist.Node) error {
	name, ok := parsePeerName(n.Name)
	if !ok || len(n.Meta) > 0 {
		return errUnknownMember
	}
	if s.carry.mesh.identity().self != name && (!s.owner.knows(name.id) || s.count.Load() >= maxMembers) {
		return errUnknownMember
	}
	return nil
}

// NotifyJoin implements memberlist.EventDelegate.
func (s *members) NotifyJoin(n *memberlist.Node) {
	if s.carry.mesh.identity().self.String() == n.Name {
		return
	}
	s.mu.Lock()
	s.alive[n.Name] = true
	s.count.Store(int64(len(s.alive)))
	s.mu.Unlock()
}

// NotifyLeave implements memberlist.EventDelegate.
func (s *members) NotifyLeave(n *memberlist.Node) {
	s.mu.Lock()
	delete(s.alive, n.Name)
	s.count.Store(int64(len(s.alive)))
	s.mu.Unlock()
	if name, ok := parsePeerName(n.Name); ok {
		s.owner.lost(name)
	}
	s.joiner.kick()
}

// NotifyUpdate implements memberlist.EventDelegate: there is no meta data to change.
func (s *members) NotifyUpdate(*memberlist.Node) {}

// broadcast is a delta on its way.
type broadcast struct {
	id    string
	delta []byte
}

var _ memberlist.NamedBroadcast = (*broadcast)(nil)

// Name implements memberlist.NamedBroadcast.
func (b *broadcast) Name() string { return b.id }

// Invalidates implements memberlist.Broadcast.
func (b *broadcast) Invalidates(other memberlist.Broadcast) bool {
	o, ok := other.(*broadcast)
	return ok && o.id == b.id
}

// Message implements memberlist.Broadcast.
func (b *broadcast) Message() []byte { return b.delta }

// Finished implements memberlist.Broadcast.
func (*broadcast) Finished() {}

// logFilter turns memberlist's log into debug lines: none of it asks an operator to do something, and the machine reports
// what matters in its own words.
type logFilter struct{ log logger }

func newLogFilter(l logger) io.Writer { return logFilter{l} }

func (f logFilter) Write(b []byte) (int, error) {
	f.log.debugf("cluster bus: %s", strings.TrimSuffix(string(b), "\n"))
	return len(b), nil
}
