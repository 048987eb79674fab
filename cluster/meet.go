package cluster

import (
	"net/netip"
	"strconv"
	"time"
)

// A MEET in progress:
//
//	dial --MeetLink--> send Meet --MeetAck--> both are members: done
//	  ^ MeetFailed        |  no answer: again     |  one of us was forgotten: raise its version and send again
//	  +-- after a pause --+                       +--> refused: two clusters
//
// Only the node that was told to meet raises versions; the other side merges
// what it is shown. A late or repeated Meet therefore never brings anybody back.
type meet struct {
	token   uint64
	place   string // random id under which CLUSTER NODES shows it
	addr    Address
	port    int // client port as the admin gave it
	started time.Duration
	next    time.Duration // next dial or next repetition of Meet
	peer    string        // who answers at addr, "" until dialled
	dialing bool
}

// meetPause is the gap between attempts.
const meetPause = 100 * time.Millisecond

// linkEnds are the two ends of a control link.
type linkEnds struct {
	up            bool
	local, remote string
}

// Meet starts a handshake with the node that listens on ip. busPort 0: port + 10000.
func (m *Machine) Meet(now time.Duration, ip string, port, busPort int) error {
	m.at(now)
	addr, err := netip.ParseAddr(ip)
	if busPort == 0 {
		busPort = port + BusPortOffset
	}
	if err != nil || addr.Zone() != "" || port <= 0 || port > 65535 || busPort <= 0 || busPort > 65535 {
		return Error("ERR Invalid node address specified: " + ip + ":" + strconv.Itoa(port))
	}
	to := Address{addr.String(), busPort}
	for _, h := range m.meets {
		if h.addr == to {
			return nil
		}
	}
	h := &meet{token: m.rand.Uint64(), place: randomID(m.rand), addr: to, port: port, started: m.now, next: m.now}
	m.meets[h.token] = h
	m.dirtyView = true
	m.dialMeet(h)
	return nil
}

// BusPortOffset is added to the client port where no bus port is given.
const BusPortOffset = 10000

func (m *Machine) dialMeet(h *meet) {
	h.dialing, h.peer = true, ""
	h.next = m.now + meetPause
	m.out.Meet = append(m.out.Meet, MeetDial{h.token, h.addr})
}

func (m *Machine) endMeet(h *meet) {
	delete(m.meets, h.token)
	m.dirtyView = true
}

// MeetLink reports that the dial of Ready.Meet found node id; LinkUp of the
// link came before.
func (m *Machine) MeetLink(now time.Duration, token uint64, id string) {
	m.at(now)
	h := m.meets[token]
	if h == nil {
		return
	}
	h.dialing = false
	if id == m.self.id {
		m.endMeet(h)
		return
	}
	h.peer = id
	m.learnAddress(m.ends[id].local, false)
	m.sendMeet(h)
}

// MeetFailed reports that the dial of Ready.Meet ended without a link.
func (m *Machine) MeetFailed(now time.Duration, token uint64, err error) {
	m.at(now)
	if h := m.meets[token]; h != nil {
		h.dialing = false
		h.next = m.now + meetPause
		m.logf(LogDebug, "CLUSTER MEET %s: %v", netip.AddrPortFrom(netip.MustParseAddr(h.addr.Host), uint16(h.addr.Port)), err)
	}
}

func (m *Machine) tickMeets() {
	for _, h := range m.sortedMeets() {
		switch {
		case m.now-h.started > m.cfg.handshakeTimeout():
			m.logf(LogNotice, "CLUSTER MEET %s port %d: no answer in time, given up", h.addr.Host, h.port)
			m.endMeet(h)
		case h.dialing || m.now < h.next:
		case h.peer != "" && m.ends[h.peer].up:
			m.sendMeet(h)
		default:
			m.dialMeet(h)
		}
	}
}

func (m *Machine) sendMeet(h *meet) {
	h.next = m.now + meetPause
	m.sendMeeting(h.peer, kindMeet, meeting{})
}

// sendMeeting completes and sends a Meet or its answer.
func (m *Machine) sendMeeting(to string, k kind, msg meeting) {
	if m.dirtyRecord { // what is learnt of the own address belongs into the introduction
		m.dirtyRecord = false
		m.writeRecord()
	}
	e, known := m.members[to]
	msg.member = known && !e.Forgotten
	msg.big = m.big()
	msg.cluster = m.cluster
	msg.delta = appendMember([]byte{deltaFormat}, m.self.id, m.members[m.self.id])
	msg.delta = appendRecord(msg.delta, m.hello) // even if forgotten: that may be about to change
	if known {
		msg.delta = appendMember(msg.delta, to, e)
	}
	m.send(to, k, msg.append(nil, k))
}

// big reports whether this is a cluster that must not be merged by accident:
// two nodes or more, and slots.
func (m *Machine) big() bool { return len(m.nodes) > 1 && m.assigned > 0 }

// stepMeeting takes a Meet or the answer to one from a node that may be unknown.
func (m *Machine) stepMeeting(from string, k kind, msg meeting) error {
	d, err := parseDelta(msg.delta)
	if err != nil {
		return err
	}
	var h *meet
	for _, o := range m.sortedMeets() {
		if o.peer == from {
			h = o
		}
	}
	if k == kindMeetAck && h == nil {
		return nil // given up meanwhile
	}
	if msg.refused || m.refuses(from, &msg) {
		m.logf(LogWarning, "CLUSTER MEET between %s and %s is refused: both belong to clusters of their own that own slots", m.self.id, from)
		if k == kindMeet {
			m.sendMeeting(from, kindMeetAck, meeting{refused: true})
		} else {
			m.endMeet(h)
		}
		return nil
	}
	for _, e := range d.members {
		if e.id == from || e.id == m.self.id {
			m.mergeMember(e)
		}
	}
	raised := false
	if k == kindMeet {
		m.learnAddress(m.ends[from].local, true)
	} else {
		raised = m.raise(from)
		raised = m.raise(m.self.id) || raised
	}
	if err := m.merge(delta{records: d.records}); err != nil {
		return err
	}
	if m.nodes[from] != nil {
		m.tell(from)
	}
	if k == kindMeet {
		m.sendMeeting(from, kindMeetAck, meeting{})
	} else {
		m.acknowledged(h, from, msg.member, raised)
	}
	return nil
}

// refuses reports whether a meeting would merge two clusters by accident.
func (m *Machine) refuses(from string, msg *meeting) bool {
	if e, known := m.members[from]; known && !e.Forgotten {
		return false
	}
	return msg.big && m.big() && m.cluster != "" && msg.cluster != "" && m.cluster != msg.cluster
}

// acknowledged goes on after the answer to a Meet. The other side may have
// forgotten this node: then it learns of the raised version first.
func (m *Machine) acknowledged(h *meet, from string, member, raised bool) {
	if !member || m.nodes[from] == nil {
		if raised {
			m.sendMeet(h)
		}
		return
	}
	m.endMeet(h)
	m.logf(LogNotice, "CLUSTER MEET: node %s has joined", from)
	m.sendSummary(from, false)
}

// raise makes a node a member that is not, as the admin asked for, and reports
// whether it had to.
func (m *Machine) raise(id string) bool {
	e, ok := m.members[id]
	if ok && !e.Forgotten {
		return false
	}
	m.setMember(id, Membership{Version: e.Version + 1})
	m.tell(id)
	return true
}

func (m *Machine) sortedMeets() []*meet { return sortedValues(m.meets) }

// LinkUp reports a control link with that life of node id, dialled by either
// side; local and remote are the IP addresses of its ends, "" if unknown.
func (m *Machine) LinkUp(now time.Duration, id string, boot Boot, local, remote string) {
	m.at(now)
	m.ends[id] = linkEnds{true, local, remote}
	n := m.nodes[id]
	if n == nil || n == m.self {
		return
	}
	n.link = true
	n.pulse.link.Store(true)
	m.learnAddress(local, false)
	m.ping(n) // what was lost with the old link may have been the answer
	if n.rec.Version.Boot.Less(boot) {
		m.want(id)
	}
}

// LinkDown reports that there is no control link with the node any more.
func (m *Machine) LinkDown(now time.Duration, id string) {
	m.at(now)
	delete(m.ends, id)
	if n := m.nodes[id]; n != nil && n != m.self {
		n.link = false
		n.pulse.link.Store(false)
		n.nextPing = m.now
	}
}

// learnAddress takes the local end of a link as the own address where none is
// announced: the first one of this life, and what a MEET came in on. A
// loopback address does not replace a real one: nodes of one host may talk
// over it.
func (m *Machine) learnAddress(local string, met bool) {
	r := &m.self.rec
	if local == r.Host {
		m.addressed = true
		return
	}
	addr, err := netip.ParseAddr(local)
	if m.cfg.AnnounceIP != "" || err != nil || addr.IsUnspecified() || m.addressed && !met && r.Host != "" {
		return
	}
	if old, err := netip.ParseAddr(r.Host); err == nil && addr.IsLoopback() && !old.IsLoopback() {
		return
	}
	m.addressed = true
	r.Host = addr.WithZone("").Unmap().String()
	m.dirtyRecord = true
	m.logf(LogNotice, "IP address for this node updated to %s", r.Host)
}
