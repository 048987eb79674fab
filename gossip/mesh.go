package gossip

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// firstDialDelay is how long the node with the greater id leaves the first dial to the other: two nodes that learn of
	// each other at once should not end up with two links.
	firstDialDelay = 150 * time.Millisecond
	// crossingWindow: two links of opposite directions that came up within this time crossed.
	crossingWindow = time.Second
	minBackOff     = 50 * time.Millisecond
	// maxBackOff is the longest gap between dials of a node that does not answer. It bounds how late a healed partition is
	// noticed, at the price of one SYN per gap and lost node.
	maxBackOff  = 2 * time.Second
	dialTimeout = 2 * time.Second
	// maxDials bounds the dials under way: many lost nodes behind a black hole must not take every descriptor.
	maxDials = 64
	// maxStrangers bounds the links of nodes that are not members. They exist for MEET; the oldest goes first.
	maxStrangers = 64
)

var errNoLink = errors.New("gossip: no link to the node")

// meshEvents receives what happens on the links. The calls come from the readers of the links and may overlap for
// different links; for one link they are ordered: up, frames, down.
type meshEvents interface {
	linkUp(l *link)
	linkDown(l *link, err error)
	frame(l *link, typ byte, body []byte) error
	// dialled reports the end of a meet: the link, or why there is none.
	dialled(token uint64, l *link, err error)
	// twin reports that two live processes carry the id of who. where is one of them, nil if it is ourselves.
	twin(who peerName, where net.Addr)
}

// mesh keeps the links: it dials members for ever, accepts, and knows for each node which link is the current one.
//
// The newest link of a kind is the current one: a peer that dials again has lost the last one. Links that cross (both sides
// dial at once) are the exception, see install; they are rare, since the node with the greater id leaves the first dial to
// the other.
type mesh struct {
	// Constant.
	log    logger
	stats  *linkStats
	events meshEvents
	ctx    context.Context
	cancel context.CancelFunc
	wake   chan struct{} // one token: the dial loop should look again

	source    atomic.Pointer[net.TCPAddr] // of outgoing connections; nil: the system chooses
	sendLimit atomic.Int64                // cluster-link-sendbuf-limit; 0: defaultSendLimit
	deadAfter atomic.Int64                // how long sent bytes may stay unacknowledged, a time.Duration; 0: the system's default

	tasks sync.WaitGroup // every goroutine of the mesh

	mu      sync.Mutex
	id      identity
	peers   map[string]*peer
	dials   int
	closing bool
	pending *pendingSet // has its own lock, taken inside mu or alone
}

// peer is what the mesh knows about one node. Guarded by mesh.mu.
type peer struct {
	id     string
	addr   string // where to dial, "" if unknown
	member bool   // dialled for ever; otherwise a stranger
	ends   [linkKinds]linkEnd
}

// linkEnd is the state of one link of a peer.
type linkEnd struct {
	link    *link
	dialing bool
	wanted  bool          // bulk links are dialled on demand
	nextTry time.Time     // no dial before
	backOff time.Duration // the next gap
	ready   chan struct{} // closed and replaced when a link comes up; nil: nobody waits
}

func newMesh(id identity, source *net.TCPAddr, log logger, stats *linkStats, events meshEvents) *mesh {
	m := &mesh{
		log: log, stats: stats, events: events, id: id,
		wake:    make(chan struct{}, 1),
		peers:   make(map[string]*peer),
		pending: newPendingSet(maxPending),
	}
	m.source.Store(source)
	m.ctx, m.cancel = context.WithCancel(context.Background())
	m.tasks.Go(m.dialLoop)
	return m
}

// close ends all links and waits for all goroutines.
func (m *mesh) close() {
	m.mu.Lock()
	m.closing = true
	all := m.linksLocked()
	m.mu.Unlock()
	m.cancel()
	m.pending.closeAll()
	for _, l := range all {
		l.close(net.ErrClosed)
	}
	m.tasks.Wait()
}

func (m *mesh) linksLocked() []*link {
	var all []*link
	for _, p := range m.peers {
		for k := range p.ends {
			if l := p.ends[k].link; l != nil {
				all = append(all, l)
			}
		}
	}
	return all
}

func (m *mesh) allLinks() []*link {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.linksLocked()
}

func (m *mesh) identity() identity {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.id
}

// setIdentity makes us somebody else (RESET HARD): every link was made under the old name and closes.
func (m *mesh) setIdentity(self peerName) {
	m.mu.Lock()
	m.id.self = self
	all := m.linksLocked()
	m.mu.Unlock()
	for _, l := range all {
		l.close(errReplaced)
	}
}

// setMembers says who is dialled for ever, and where. Links of nodes that are no longer listed close.
func (m *mesh) setMembers(addrs map[string]string) {
	var drop []*link
	m.mu.Lock()
	for id, p := range m.peers {
		if _, ok := addrs[id]; ok || !p.member {
			continue
		}
		p.member = false
		for k := range p.ends {
			if l := p.ends[k].link; l != nil {
				drop = append(drop, l)
			}
		}
		m.forgetLocked(p)
	}
	for id, addr := range addrs {
		p := m.peerLocked(id)
		if !p.member {
			p.member = true
			p.ends[controlLink].wanted = true
			p.ends[controlLink].nextTry = m.firstTryLocked(id)
		}
		if p.addr != addr {
			p.addr = addr
			for k := range p.ends {
				p.ends[k].backOff, p.ends[k].nextTry = 0, m.firstTryLocked(id)
			}
		}
	}
	m.mu.Unlock()
	for _, l := range drop {
		l.close(errNotMember)
	}
	m.kick()
}

func (m *mesh) firstTryLocked(id string) time.Time {
	if m.id.self.id < id {
		return time.Time{}
	}
	return time.Now().Add(firstDialDelay + rand.N(firstDialDelay))
}

func (m *mesh) peerLocked(id string) *peer {
	p := m.peers[id]
	if p == nil {
		p = &peer{id: id}
		m.peers[id] = p
	}
	return p
}

// forgetLocked drops a peer that nothing refers to any more.
func (m *mesh) forgetLocked(p *peer) {
	if p.member {
		return
	}
	for k := range p.ends {
		if p.ends[k].link != nil || p.ends[k].dialing {
			return
		}
	}
	delete(m.peers, p.id)
}

// setSendLimit applies cluster-link-sendbuf-limit.
func (m *mesh) setSendLimit(directive int64) {
	m.sendLimit.Store(directive)
	for _, l := range m.allLinks() {
		l.setLimit(directive)
	}
}

// kick makes the dial loop look again.
func (m *mesh) kick() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// memberLinks returns the control links to members.
func (m *mesh) memberLinks() []*link {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make([]*link, 0, len(m.peers))
	for _, p := range m.peers {
		if l := p.ends[controlLink].link; l != nil && p.member {
			all = append(all, l)
		}
	}
	return all
}

// control returns the control link to the node, nil if there is none.
func (m *mesh) control(id string) *link {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p := m.peers[id]; p != nil {
		return p.ends[controlLink].link
	}
	return nil
}

// isMember says whether the node is one that we dial; strangers may not send memberlist packets.
func (m *mesh) isMember(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.peers[id]
	return p != nil && p.member
}

// bulk returns the bulk link to that life of the node, after dialling it if need be.
func (m *mesh) bulk(ctx context.Context, to peerName) (*link, error) {
	for {
		m.mu.Lock()
		p := m.peers[to.id]
		if p == nil || !p.member || m.closing {
			m.mu.Unlock()
			return nil, errNoLink
		}
		end := &p.ends[bulkLink]
		if l := end.link; l != nil && l.peer == to {
			m.mu.Unlock()
			return l, nil
		}
		end.wanted = true
		if end.ready == nil {
			end.ready = make(chan struct{})
		}
		ready := end.ready
		m.mu.Unlock()
		m.kick()
		select {
		case <-ready:
		case <-ctx.Done():
			return nil, errNoLink
		}
	}
}

// bulkNow returns the bulk link to the node, nil if there is none.
func (m *mesh) bulkNow(id string) *link {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p := m.peers[id]; p != nil {
		return p.ends[bulkLink].link
	}
	return nil
}

// wantBulk has the bulk link to a member dialled.
func (m *mesh) wantBulk(id string) {
	m.mu.Lock()
	p := m.peers[id]
	changed := p != nil && p.member && !p.ends[bulkLink].wanted
	if changed {
		p.ends[bulkLink].wanted = true
	}
	m.mu.Unlock()
	if changed {
		m.kick()
	}
}
