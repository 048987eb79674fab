package gossip

import (
	"encoding/binary"
	"sync"
	"sync/atomic"

	"clusternode/cluster"
)

// talk is the part of pub/sub that crosses nodes. A publisher hands every message to the bulk links of all reachable nodes,
// but for those that said on the same link that they have no subscribers. A link is used once the peer's hello has come on
// it: then both sides have settled which of two crossing links stays, and nothing is lost with the other one. Until then
// messages wait, bounded, the oldest go first.
//
// Lock order: talk.mu or talkPeer.mu, then the mesh's and the links'.
type talk struct {
	// Constant.
	mesh    *mesh
	deliver func(sharded bool, channel, message []byte) // nil: nobody listens here

	targets atomic.Pointer[targets]
	settled atomic.Uint32 // the interest that all peers know of, an Interest
	sent    [2]atomic.Int64
	got     [2]atomic.Int64

	mu     sync.Mutex
	peers  map[string]*talkPeer // by id
	links  map[*link]struct{}   // that said hello to the peer
	own    Interest             // what the peers were told, or are being told
	number uint64               // of the last question
	asks   []*asking
}

// targets are the nodes that messages go to.
type targets struct{ all, shard []*talkPeer }

// talkPeer is another node as publishers see it.
type talkPeer struct {
	id string
	// link said hello; nil: none. It is replaced with mu held.
	link atomic.Pointer[link]

	mu      sync.Mutex
	waiting []waitingMessage // for the next link
	size    int              // bytes in waiting
}

type waitingMessage struct {
	kind   Interest
	bodies [][]byte
}

// talkLink is the pub/sub state of a bulk link.
type talkLink struct {
	wants atomic.Uint32 // an Interest, what the peer said last
	hello atomic.Bool   // the peer said hello
	in    assembler     // the reader's
	told  Interest      // guarded by talk.mu
}

// maxWaiting bounds the bytes that wait for a link to come up, per node.
const maxWaiting = 4 << 20

func newTalk(m *mesh, deliver func(sharded bool, channel, message []byte)) *talk {
	t := &talk{mesh: m, deliver: deliver, peers: make(map[string]*talkPeer), links: make(map[*link]struct{})}
	t.targets.Store(&targets{})
	return t
}

// setTargets follows the membership; the driver calls it.
func (t *talk) setTargets(peers []cluster.Peer, v *cluster.View) {
	next := &targets{}
	mates := make(map[string]bool)
	for _, id := range v.ShardMates() {
		mates[id] = true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	members := make(map[string]*talkPeer, len(peers))
	for _, p := range peers {
		o := t.peers[p.ID]
		if o == nil {
			o = &talkPeer{id: p.ID}
		}
		members[p.ID] = o
		next.all = append(next.all, o)
		if mates[p.ID] {
			next.shard = append(next.shard, o)
		}
	}
	t.peers = members
	t.targets.Store(next)
}

// publish sends a message to all nodes, or to those of this shard. It never waits. some: there are any that want it.
func (t *talk) publish(kind Interest, channel, message []byte) (some bool) {
	to := t.targets.Load()
	list, counter := to.all, &t.sent[0]
	if kind == InShard {
		list, counter = to.shard, &t.sent[1]
	}
	var bodies [][]byte
	for _, p := range list {
		if l := p.link.Load(); l != nil && Interest(l.talk.wants.Load())&kind == 0 {
			continue
		}
		if bodies == nil {
			bodies = encodePublish(kind, channel, message)
		}
		if p.send(t.mesh, waitingMessage{kind, bodies}) {
			counter.Add(1)
			some = true
		}
	}
	return some
}

// send gives the message to the link, or keeps it for the next one. A node without a control link is not reachable.
func (p *talkPeer) send(m *mesh, msg waitingMessage) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l := p.link.Load(); l != nil {
		if l.sendAll(framePubSub, msg.bodies) == nil {
			return true
		}
		p.link.Store(nil) // it is over
	}
	if l := m.bulkNow(p.id); l != nil && l.talk.hello.Load() {
		// Its hello came while the link before was in use.
		if p.useLocked(l); l.sendAll(framePubSub, msg.bodies) == nil {
			return true
		}
	}
	if m.control(p.id) == nil {
		p.waiting, p.size = nil, 0
		return false
	}
	for _, b := range msg.bodies {
		p.size += len(b)
	}
	p.waiting = append(p.waiting, msg)
	drop := 0
	for ; p.size > maxWaiting && drop < len(p.waiting); drop++ {
		for _, b := range p.waiting[drop].bodies {
			p.size -= len(b)
		}
		m.stats.droppedLate.Add(1)
	}
	p.waiting = p.waiting[drop:]
	m.wantBulk(p.id)
	return true
}

// use makes the link the one that messages go to, those that waited first.
func (p *talkPeer) use(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.useLocked(l)
}

func (p *talkPeer) useLocked(l *link) {
	wants := Interest(l.talk.wants.Load())
	for _, msg := range p.waiting {
		if wants&msg.kind != 0 {
			_ = l.sendAll(framePubSub, msg.bodies) // if the link is over, so are they
		}
	}
	p.waiting, p.size = nil, 0
	p.link.Store(l)
	l.poke()
}

// linkUp greets the peer. It is called before the first frame of the link.
func (t *talk) linkUp(l *link) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l.talk.told = t.own
	t.links[l] = struct{}{}
	_ = l.send(framePubSub, encodeWant(pubHello, t.own, 0), false) // linkDown follows an error
}

// linkDown forgets the link, and whatever it was asked.
func (t *talk) linkDown(l *link) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.links, l)
	for _, a := range t.asks {
		a.answeredLocked(l)
	}
	if p := t.peers[l.peer.id]; p != nil {
		p.link.CompareAndSwap(l, nil)
	}
}

// frame handles a framePubSub body; the link's reader calls it.
func (t *talk) frame(l *link, body []byte) error {
	s := l.talk
	switch {
	case len(body) == 2 && body[0] == pubHello && !s.hello.Load() && Interest(body[1]).valid():
		s.wants.Store(uint32(body[1]))
		s.hello.Store(true)
		t.mu.Lock()
		p := t.peers[l.peer.id]
		t.mu.Unlock()
		if p != nil && t.mesh.bulkNow(p.id) == l {
			p.use(l)
		}
		return nil
	case !s.hello.Load():
		return errMalformed
	case len(body) == 10 && body[0] == pubWant && Interest(body[1]).valid():
		s.wants.Store(uint32(body[1]))
		if number := binary.BigEndian.Uint64(body[2:]); number != 0 {
			return l.send(framePubSub, encodeAck(number), false)
		}
		return nil
	case len(body) == 9 && body[0] == pubAck:
		t.acked(l, binary.BigEndian.Uint64(body[1:]))
		return nil
	}
	m, done, err := s.in.add(body)
	if !done || err != nil {
		return err
	}
	t.got[m.kind-1].Add(1)
	if t.deliver != nil {
		t.deliver(m.kind == InShard, m.channel, m.message)
	}
	return nil
}

// flush has the writers of all links send what was published.
func (t *talk) flush() {
	for _, p := range t.targets.Load().all {
		if l := p.link.Load(); l != nil {
			l.poke()
		}
	}
}

// Flush sends on what was published: one call for many messages saves the writers of the links wake-ups.
func (n *Node) Flush() { n.d.talk.flush() }

// Publish sends a message to the subscribers of all other nodes, or, if it is for a shard channel, to those of this shard's
// other nodes. Messages of one caller arrive in their order. It never waits; the message goes out at the next Flush. It
// reports false if no other node wants it.
func (n *Node) Publish(sharded bool, channel, message []byte) bool {
	kind := InChannels
	if sharded {
		kind = InShard
	}
	return n.d.talk.publish(kind, channel, message)
}
