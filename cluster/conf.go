package cluster

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"clusternode/slots"
)

// nodes.conf has Redis' syntax, so that a node can be started by either
// program from the other's file:
//
//	<id> <host:port@busport[,hostname[,name=value...]]> <flags> <primary> <ping-sent> <pong-received> <epoch> <link> [slots...]
//	vars currentEpoch <n> lastVoteEpoch <n> [name value]...
//
// What Redis does not have is on the vars line, whose unknown names it skips:
//
//	node-boot      counter of the life that wrote the file
//	node-cluster   id of the cluster
//	node-members   id:version:state[:boot.nonce.seq],... membership (state m or f) and record versions
const (
	varBoot    = "node-boot"
	varCluster = "node-cluster"
	varMembers = "node-members"
)

// conf renders nodes.conf.
func (m *Machine) conf() []byte {
	var b []byte
	bound := m.boundRanges()
	for i, n := range m.order {
		b = m.appendConfNode(b, n, bound[i])
	}
	b = append(b, "vars currentEpoch "...)
	b = strconv.AppendUint(b, m.currentEpoch, 10)
	b = append(b, " lastVoteEpoch "...)
	b = strconv.AppendUint(b, m.lastVoteEpoch, 10)
	b = append(b, " "+varBoot+" "...)
	b = strconv.AppendUint(b, m.boot.Counter, 10)
	if m.cluster != "" {
		b = append(b, " "+varCluster+" "...)
		b = append(b, m.cluster...)
	}
	b = append(b, " "+varMembers+" "...)
	for i, id := range m.sortedMembers() {
		if i > 0 {
			b = append(b, ',')
		}
		b = m.appendConfMember(b, id)
	}
	return append(b, '\n')
}

func (m *Machine) appendConfMember(b []byte, id string) []byte {
	e := m.members[id]
	b = append(b, id...)
	b = append(b, ':')
	b = strconv.AppendUint(b, e.Version, 10)
	if e.Forgotten {
		return append(b, ":f"...)
	}
	b = append(b, ":m"...)
	if n := m.nodes[id]; n != nil {
		v := n.rec.Version
		b = fmt.Appendf(b, ":%d.%d.%d", v.Boot.Counter, v.Boot.Nonce, v.Seq)
	}
	return b
}

func (m *Machine) appendConfNode(b []byte, n *node, bound []slots.Range) []byte {
	r := &n.rec
	b = append(b, n.id...)
	b = append(b, ' ')
	b = appendAddress(b, r.Host, or(r.Port, r.TLSPort), r.BusPort)
	b = fmt.Appendf(b, ",%s", r.Hostname)
	if r.Port != 0 && r.TLSPort != 0 { // the other port than the one above
		b = fmt.Appendf(b, ",tls-port=%d", r.TLSPort)
	} else if r.TLSPort != 0 {
		b = append(b, ",tcp-port=0"...)
	}
	if r.HumanName != "" {
		b = fmt.Appendf(b, ",nodename=%s", r.HumanName)
	}
	if r.Shard != "" {
		b = fmt.Appendf(b, ",shard-id=%s", r.Shard)
	}
	b = append(b, ' ')
	b = append(b, flagWords(n == m.self, n.primary(), n.pfail, n.fail, r.Host == "" && n != m.self, r.NoFailover)...)
	b = append(b, ' ')
	b = append(b, orDash(r.Primary)...)
	b = appendNumbers(b, n.pulse.pingSent.Load(), n.pulse.pongReceived.Load(), int64(r.ConfigEpoch))
	if n.link || n == m.self {
		b = append(b, " connected"...)
	} else {
		b = append(b, " disconnected"...)
	}
	for _, r := range bound {
		b = append(b, ' ')
		b = r.Append(b)
	}
	if n == m.self {
		b = appendMoves(b, moves(m.migrating), moves(m.importing))
	}
	return append(b, '\n')
}

func moves(of map[slots.Slot]*node) []move {
	out := make([]move, 0, len(of))
	for _, s := range sortedKeys(of) {
		out = append(out, move{s, of[s].id})
	}
	return out
}

// Saved is the content of a nodes.conf.
type Saved struct {
	Self         string
	Nodes        []SavedNode
	CurrentEpoch uint64
	LastVote     uint64
	Boot         uint64 // counter of the last life; 0: written by Redis
	Cluster      string
	Members      map[string]Membership
	Versions     map[string]Version // of records
}

// SavedNode is one node's line.
type SavedNode struct {
	ID        string
	Record    Record // Claims: the slots bound to it
	Fail      bool
	Migrating map[slots.Slot]string // of the node itself
	Importing map[slots.Slot]string
}

// parseMembers reads the value of node-members.
func (s *Saved) parseMembers(text string) error {
	for item := range strings.SplitSeq(text, ",") {
		f := strings.Split(item, ":")
		if len(f) < 3 || len(f) > 4 || !ValidID(f[0]) || f[2] != "m" && f[2] != "f" || len(s.Members) >= maxMembers {
			return fmt.Errorf("bad %s entry %.100q", varMembers, item)
		}
		version, err := strconv.ParseUint(f[1], 10, 62)
		if err != nil {
			return fmt.Errorf("bad %s entry %.100q", varMembers, item)
		}
		s.Members[f[0]] = Membership{version, f[2] == "f"}
		if len(f) == 4 {
			v, err := parseVersion(f[3])
			if err != nil {
				return fmt.Errorf("bad %s entry %.100q", varMembers, item)
			}
			s.Versions[f[0]] = v
		}
	}
	return nil
}

func parseVersion(text string) (v Version, err error) {
	f := strings.Split(text, ".")
	if len(f) != 3 {
		return v, strconv.ErrSyntax
	}
	for i, p := range []*uint64{&v.Boot.Counter, &v.Boot.Nonce, &v.Seq} {
		if *p, err = strconv.ParseUint(f[i], 10, 64); err != nil {
			return v, err
		}
	}
	return v, nil
}

// restore takes over what a former life saved.
func (m *Machine) restore(s *Saved) {
	m.currentEpoch, m.lastVoteEpoch = s.CurrentEpoch, s.LastVote
	m.boot.Counter = s.Boot + 1
	m.cluster = s.Cluster
	for id, e := range s.Members {
		m.members[id] = e
	}
	for i := range s.Nodes {
		m.restoreNode(s, &s.Nodes[i])
	}
	m.self = m.nodes[s.Self]
	m.self.rec.Claims = slots.Set{}
	for i := range s.Nodes {
		sn := &s.Nodes[i]
		m.currentEpoch = max(m.currentEpoch, sn.Record.ConfigEpoch)
		n := m.nodes[sn.ID]
		if n == nil {
			continue
		}
		for slot := range sn.Record.Claims.All() {
			m.bind(slot, n)
		}
		if n == m.self {
			m.restoreMoves(sn)
		}
	}
	if m.self.rec.Shard == "" {
		m.self.rec.Shard = randomID(m.rand)
	}
	m.logf(LogNotice, "Node configuration loaded, I'm %s", m.self.id)
}

func (m *Machine) restoreNode(s *Saved, sn *SavedNode) {
	e, listed := m.members[sn.ID]
	if listed && e.Forgotten && sn.ID != s.Self {
		return
	}
	if !listed {
		m.members[sn.ID] = Membership{Version: 1}
	}
	n := newNode(sn.ID)
	n.rec = sn.Record
	n.rec.Version = s.Versions[sn.ID]
	n.fail = sn.Fail && sn.ID != s.Self
	n.failAt = m.now
	n.nextPing = m.now
	m.addNode(n)
}

func (m *Machine) restoreMoves(sn *SavedNode) {
	for s, id := range sn.Migrating {
		if n := m.nodes[id]; n != nil && n != m.self {
			m.migrating[s] = n
		}
	}
	for s, id := range sn.Importing {
		if n := m.nodes[id]; n != nil && n != m.self {
			m.importing[s] = n
		}
	}
}

// shardOf invents a shard id for a node whose file had none (Redis before 7.2):
// its own until the node says otherwise; replicas share their primary's.
func shardOf(id string) string {
	h := hash64([]byte(id))
	b := make([]byte, 0, IDLen/2)
	for range IDLen / 2 {
		h = h*6364136223846793005 + 1442695040888963407
		b = append(b, byte(h>>56))
	}
	return hex.EncodeToString(b)
}
