package cluster

import "encoding/binary"

// MaxMessage bounds one message in bytes; longer things are split.
const MaxMessage = 60 << 10

// kind is the first byte of a message over a control link.
type kind byte

const (
	kindPing    kind = iota + 1 // heartbeat
	kindPong                    // answer of a heartbeat: same layout
	kindMeet                    // introduction, see meet.go
	kindMeetAck                 // its answer: same layout
	kindDelta                   // memberships and records
	kindSync                    // versions of everything in a range of ids, see sync.go
	kindWant                    // ids whose records the sender lacks
	kindReports                 // nodes that the sender cannot reach, see detect.go
	kindFail                    // a node that a majority cannot reach
	kinds
)

// kindNames are what CLUSTER INFO calls the kinds.
var kindNames = [kinds]string{
	kindPing: "ping", kindPong: "pong", kindMeet: "meet", kindMeetAck: "meetack", kindDelta: "update",
	kindSync: "sync", kindWant: "want", kindReports: "report", kindFail: "fail",
}

// heartbeat is the body of kindPing and kindPong, 50 bytes with the
// kind: it is sent ten times per node timeout and pair of nodes.
type heartbeat struct {
	token  uint64  // of the ping; a pong repeats it
	digest uint64  // of all versions that the sender knows
	epoch  uint64  // currentEpoch
	record Version // of the sender's own record
	clear  bool    // pong: the receiver's record is known, and nobody has a better claim to its slots
}

func (h *heartbeat) append(b []byte, k kind) []byte {
	b = append(b, byte(k))
	b = binary.BigEndian.AppendUint64(b, h.token)
	b = binary.BigEndian.AppendUint64(b, h.digest)
	b = binary.BigEndian.AppendUint64(b, h.epoch)
	b = appendVersion(b, h.record)
	if h.clear {
		return append(b, 1)
	}
	return append(b, 0)
}

func parseHeartbeat(body []byte) (h heartbeat, err error) {
	r := reader{b: body}
	h.token, h.digest, h.epoch, h.record, h.clear = r.u64(), r.u64(), r.u64(), r.version(), r.byte() != 0
	if h.epoch > maxEpoch {
		return h, ErrWire
	}
	return h, r.end()
}

// meeting is the body of kindMeet and kindMeetAck.
type meeting struct {
	refused bool   // ack only
	member  bool   // ack: the sender has the receiver as a member now
	big     bool   // the sender's cluster has two nodes or more, and slots
	cluster string // id of the sender's cluster, "" unsettled
	delta   []byte // the entries of both nodes as the sender knows them, and its record
}

const (
	meetRefused byte = 1 << iota
	meetMember
	meetBig
)

func (m *meeting) append(b []byte, k kind) []byte {
	var flags byte
	if m.refused {
		flags |= meetRefused
	}
	if m.member {
		flags |= meetMember
	}
	if m.big {
		flags |= meetBig
	}
	b = append(b, byte(k), flags)
	b = appendID(b, m.cluster)
	return append(b, m.delta...)
}

func parseMeeting(body []byte) (m meeting, err error) {
	r := reader{b: body}
	flags := r.byte()
	m.refused, m.member, m.big = flags&meetRefused != 0, flags&meetMember != 0, flags&meetBig != 0
	m.cluster = r.optionalID()
	m.delta = r.b
	if r.bad {
		return m, ErrWire
	}
	return m, nil
}

// appendIDs writes the body of kindWant and kindReports.
func appendIDs(b []byte, k kind, ids []string) []byte {
	b = append(b, byte(k))
	for _, id := range ids {
		b = appendID(b, id)
	}
	return b
}

// maxIDs is how many ids fit into one message.
const maxIDs = (MaxMessage - 1) / idBytes

func parseIDs(body []byte) ([]string, error) {
	if len(body)%idBytes != 0 || len(body)/idBytes > maxIDs {
		return nil, ErrWire
	}
	r := reader{b: body}
	ids := make([]string, 0, len(body)/idBytes)
	for len(r.b) > 0 {
		ids = append(ids, r.id())
	}
	return ids, nil
}

// failure is the body of kindFail: that life of the node has failed.
type failure struct {
	id   string
	boot Boot
}

func (f *failure) append(b []byte) []byte {
	b = append(b, byte(kindFail))
	b = appendID(b, f.id)
	b = binary.BigEndian.AppendUint64(b, f.boot.Counter)
	return binary.BigEndian.AppendUint64(b, f.boot.Nonce)
}

func parseFailure(body []byte) (f failure, err error) {
	r := reader{b: body}
	f.id, f.boot = r.id(), r.boot()
	return f, r.end()
}

// summary is the body of kindSync: the versions of all nodes that the sender
// knows with from <= id <= to, in ascending order.
type summary struct {
	answer   bool // sent because of the receiver's summary: do not answer with another
	from, to string
	entries  []summaryEntry
}

type summaryEntry struct {
	id string
	Membership
	record Version // zero: the sender has none that it could pass on
}

const summaryHeader = 2 + 2*idBytes

func (s *summary) append(b []byte) []byte {
	b = append(b, byte(kindSync), 0)
	if s.answer {
		b[len(b)-1] = 1
	}
	b = appendID(appendID(b, s.from), s.to)
	for _, e := range s.entries {
		b = e.append(b)
	}
	return b
}

func (e *summaryEntry) append(b []byte) []byte {
	b = appendID(b, e.id)
	b = binary.AppendUvarint(b, e.Version)
	if e.Forgotten {
		return append(b, 1)
	}
	b = append(b, 0)
	return appendVersion(b, e.record)
}

func parseSummary(body []byte) (s summary, err error) {
	r := reader{b: body}
	s.answer, s.from, s.to = r.byte() != 0, r.id(), r.id()
	last := ""
	for len(r.b) > 0 && !r.bad {
		e := summaryEntry{id: r.id(), Membership: Membership{r.uvarint(maxMemberVersion), r.byte() != 0}}
		if !e.Forgotten {
			e.record = r.version()
		}
		if e.id <= last || e.id < s.from || e.id > s.to {
			return s, ErrWire
		}
		last = e.id
		s.entries = append(s.entries, e)
	}
	return s, r.end()
}
