package cluster

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"clusternode/slots"
)

// Machine is one node's view of the cluster and its part in it. It belongs to
// one goroutine. See Ready for how to drive it.
type Machine struct {
	cfg  Config
	rand *rand.Rand
	now  time.Duration // of the call in progress; never goes back

	self    *node
	boot    Boot
	seq     uint64 // of the last record written
	hello   []byte // the own record, encoded
	cluster string // id of the cluster, "" while unsettled

	nodes   map[string]*node // members that we have a record of, and self
	order   []*node          // nodes by ascending id
	members map[string]Membership
	meets   map[uint64]*meet // handshakes under way, by token
	ends    map[string]linkEnds

	bound     [slots.Count]*node
	best      [slots.Count]*node // scratch of bindClaims
	assigned  int                // slots that are bound
	importing map[slots.Slot]*node
	migrating map[slots.Slot]*node

	currentEpoch, lastVoteEpoch uint64

	ok        bool          // cluster_state
	size      int           // voters
	confirm   time.Duration // answers of voters sent before do not count for becoming ok
	settling  time.Duration // since when the membership has not changed
	lastTick  time.Duration
	nextBind  time.Duration // next full comparison of claims and table
	nextLists time.Duration // next repetition of failure reports
	nextSync  time.Duration
	digestIs  uint64
	addressed bool // a link of this boot confirmed the own address

	counters *counters

	// What Ready has to turn into work.
	out         Ready
	dirtyRecord bool // the own record has to be written anew
	dirtyClaims bool // claims or bindings changed
	dirtyState  bool // cluster_state may have changed
	dirtyDigest bool
	dirtyPeers  bool
	dirtyView   bool
	dirtySave   bool
	dirtySync   bool     // with dirtySave
	news        []string // ids of nodes to broadcast
}

// New makes the machine. saved is the content of nodes.conf, nil for a new
// node. The caller calls Ready at once: the life that begins is written to disk
// before anybody hears of it.
func New(cfg Config, saved *Saved, now time.Duration, seed uint64) *Machine {
	now = max(now, 1) // 0 means never
	m := &Machine{
		cfg: cfg, rand: rand.New(rand.NewPCG(seed, 0x636c7573746572)), now: now,
		nodes: make(map[string]*node), members: make(map[string]Membership),
		meets: make(map[uint64]*meet), ends: make(map[string]linkEnds),
		importing: make(map[slots.Slot]*node), migrating: make(map[slots.Slot]*node),
		confirm: now, settling: now, lastTick: now, counters: new(counters),
	}
	m.boot = Boot{Counter: 1, Nonce: m.rand.Uint64()}
	if saved != nil {
		m.restore(saved)
	} else {
		m.self = newNode(randomID(m.rand))
		m.self.rec.Shard = randomID(m.rand)
		m.addNode(m.self)
		m.members[m.self.id] = Membership{Version: 1}
		m.logf(LogNotice, "No cluster configuration found, I'm %s", m.self.id)
	}
	m.self.pulse.link.Store(true)
	m.announce()
	m.dirtyRecord, m.dirtyClaims, m.dirtyState, m.dirtyDigest = true, true, true, true
	m.dirtyPeers, m.dirtyView = true, true
	m.save(true)
	return m
}

// Configure takes a changed configuration.
func (m *Machine) Configure(now time.Duration, cfg Config) {
	m.at(now)
	if cfg.NodeTimeout < m.cfg.NodeTimeout {
		for _, n := range m.order { // what is due by then may be late by now
			n.nextPing = m.now
		}
	}
	m.cfg = cfg
	m.announce()
	m.dirtyState, m.dirtyView = true, true
}

// ID is the node's id.
func (m *Machine) ID() string { return m.self.id }

// Boot is the life of the node that the machine speaks for.
func (m *Machine) Boot() Boot { return m.boot }

// TickEvery is how often Tick wants to be called; it follows cluster-node-timeout.
func (m *Machine) TickEvery() time.Duration { return m.cfg.tickEvery() }

// at takes the time of a call. Time that goes back stands still.
func (m *Machine) at(now time.Duration) { m.now = max(m.now, now) }

// Step takes one message that came over a control link of node from. An error
// means malformed bytes; the link is not worth keeping.
func (m *Machine) Step(now time.Duration, from string, body []byte) error {
	m.at(now)
	if len(body) == 0 || len(body) > MaxMessage || from == m.self.id {
		return ErrWire
	}
	k, body := kind(body[0]), body[1:]
	if k < kinds {
		m.counters.received[k].Add(1)
	}
	if k == kindMeet || k == kindMeetAck {
		msg, err := parseMeeting(body)
		if err != nil {
			return err
		}
		return m.stepMeeting(from, k, msg)
	}
	n := m.nodes[from]
	if n == nil {
		m.stranger(from)
		return nil
	}
	return m.stepMember(n, k, body)
}

// stepMember takes a message of a member. Kinds that are not known are left to
// newer releases.
func (m *Machine) stepMember(n *node, k kind, body []byte) error {
	switch k {
	case kindPing, kindPong:
		h, err := parseHeartbeat(body)
		if err == nil {
			m.stepHeartbeat(n, k, h)
		}
		return err
	case kindDelta:
		d, err := parseDelta(body)
		if err != nil {
			return err
		}
		return m.merge(d)
	case kindSync:
		s, err := parseSummary(body)
		if err == nil {
			m.stepSummary(n, s)
		}
		return err
	case kindWant:
		ids, err := parseIDs(body)
		if err == nil {
			m.sendRecords(n.id, ids)
		}
		return err
	case kindReports:
		ids, err := parseIDs(body)
		if err == nil {
			m.stepReports(n, ids)
		}
		return err
	case kindFail:
		f, err := parseFailure(body)
		if err == nil {
			m.stepFail(n, f)
		}
		return err
	}
	return nil
}

// stranger answers a node that is no member: if it was forgotten, it is told.
func (m *Machine) stranger(id string) {
	if e, ok := m.members[id]; ok && e.Forgotten {
		m.send(id, kindDelta, appendMember([]byte{byte(kindDelta), deltaFormat}, id, e))
	}
}

// Merge takes a Delta that came through memberlist, as a broadcast or as the
// state of a push/pull. The driver takes packets from members only.
func (m *Machine) Merge(now time.Duration, body []byte) error {
	m.at(now)
	d, err := parseDelta(body)
	if err != nil {
		return err
	}
	return m.merge(d)
}

// State is everything that the node would tell others, as one Delta for
// push/pull. It may be longer than MaxMessage.
func (m *Machine) State() []byte {
	b := []byte{deltaFormat}
	for _, id := range m.sortedMembers() {
		b = m.appendNode(b, id)
	}
	return b
}

// rawRecord is the encoded record of a member, nil if there is none to pass on.
func (m *Machine) rawRecord(id string) []byte {
	if id == m.self.id {
		return m.hello
	}
	if n := m.nodes[id]; n != nil {
		return n.raw
	}
	return nil
}

// Tick does what is due. See TickEvery.
func (m *Machine) Tick(now time.Duration) {
	m.at(now)
	m.wakeUp()
	m.tickMeets()
	m.tickHeartbeats()
	m.tickFailures()
	m.tickCluster()
	if m.now >= m.nextBind {
		m.nextBind = m.now + time.Second
		m.dirtyClaims = true
		m.unbindReplicas()
		m.resolveCollisions()
	}
	m.dirtyState = true
}

// wakeUp notices that the machine did not run for a while (stopped process,
// suspended computer): silence that it slept through says nothing about the
// others, and it must learn what it missed before it serves again.
func (m *Machine) wakeUp() {
	slept := m.now - m.lastTick
	m.lastTick = m.now
	if slept <= m.cfg.NodeTimeout/2 {
		return
	}
	for _, n := range m.order {
		if n.since != 0 {
			n.since = m.now
		}
		n.nextPing = m.now
	}
	m.confirm = m.now
	if slept > m.cfg.NodeTimeout && m.self.voter() && m.size > 1 {
		m.setState(false, fmt.Sprintf("the node stood still for %d ms", slept.Milliseconds()))
	}
}

// Ready returns what the calls since the last Ready led to.
func (m *Machine) Ready() Ready {
	if m.dirtyClaims {
		m.dirtyClaims = false
		m.bindClaims()
	}
	if m.dirtyRecord {
		m.dirtyRecord = false
		m.writeRecord()
	}
	if m.dirtyState {
		m.dirtyState = false
		m.updateState()
	}
	if m.dirtyPeers {
		m.dirtyPeers = false
		m.out.Peers, m.out.PeersChanged = m.peers(), true
	}
	if m.dirtyView {
		m.dirtyView = false
		m.out.View = m.view()
	}
	if m.dirtySave {
		m.out.Save = &Save{Text: m.conf(), Sync: m.dirtySync}
		m.dirtySave, m.dirtySync = false, false
	}
	for _, id := range m.news {
		m.out.Broadcast = append(m.out.Broadcast, Broadcast{id, m.appendNode([]byte{deltaFormat}, id)})
	}
	m.news = m.news[:0]
	out := m.out
	m.out = Ready{}
	return out
}

// save asks for nodes.conf to be written; see Save.Sync.
func (m *Machine) save(sync bool) {
	m.dirtySave = true
	m.dirtySync = m.dirtySync || sync
}

func (m *Machine) logf(level LogLevel, format string, args ...any) {
	m.out.Log = append(m.out.Log, LogLine{level, fmt.Sprintf(format, args...)})
}

// send queues a message whose first byte is its kind.
func (m *Machine) send(to string, k kind, body []byte) {
	m.counters.sent[k].Add(1)
	m.out.Send = append(m.out.Send, Send{To: to, Body: body})
}

// tell has news about the node broadcast.
func (m *Machine) tell(id string) {
	if !slices.Contains(m.news, id) {
		m.news = append(m.news, id)
	}
}

// appendNode appends what there is to tell about a node to a delta.
func (m *Machine) appendNode(b []byte, id string) []byte {
	e := m.members[id]
	b = appendMember(b, id, e)
	if raw := m.rawRecord(id); raw != nil && !e.Forgotten {
		b = appendRecord(b, raw)
	}
	return b
}

// writeRecord makes the next version of the own record from the table and the
// rest of the machine.
func (m *Machine) writeRecord() {
	m.seq++
	r := &m.self.rec
	r.Version = Version{m.boot, m.seq}
	r.Cluster = m.cluster
	r.Claims = slots.Set{}
	if m.self.primary() {
		for s, n := range &m.bound {
			if n == m.self {
				r.Claims.Add(slots.Slot(s))
			}
		}
	}
	m.hello = r.Append(nil)
	m.dirtyDigest, m.dirtyView = true, true
	m.tell(m.self.id)
	m.save(false)
}

// peers lists whom links are kept to.
func (m *Machine) peers() []Peer {
	list := make([]Peer, 0, len(m.order)-1)
	for _, n := range m.order {
		if n != m.self {
			list = append(list, Peer{n.id, Address{n.rec.Host, n.rec.BusPort}})
		}
	}
	return list
}

// digest is a hash over all versions that the node knows.
func (m *Machine) digest() uint64 {
	if !m.dirtyDigest {
		return m.digestIs
	}
	m.dirtyDigest = false
	m.digestIs = 0
	var b []byte
	for id, e := range m.members {
		b = appendMember(b[:0], id, e)
		if n := m.nodes[id]; n != nil && !e.Forgotten {
			b = appendVersion(b, n.rec.Version)
		}
		m.digestIs += hash64(b)
	}
	return m.digestIs
}

// hash64 is FNV-1a with a final mix, so that sums of hashes spread.
func hash64(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for len(b) >= 8 {
		h = (h ^ binary.LittleEndian.Uint64(b)) * 1099511628211
		h ^= h >> 29
		b = b[8:]
	}
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}
