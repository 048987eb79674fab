package cluster

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/slots"
)

func fullRecord() Record {
	r := Record{
		ID: id40("a"), Version: Version{Boot{3, 1 << 63}, 9}, Host: "2001:db8::1", Port: 7000, TLSPort: 7001, BusPort: 17000,
		Hostname: "a.example", HumanName: "node_a", Shard: id40("b"), Cluster: id40("d"), ConfigEpoch: 12, NoFailover: true,
	}
	r.Claims.AddRange(slots.Range{First: 0, Last: 5460})
	r.Claims.Add(slots.Count - 1)
	return r
}

func TestRecordRoundTrip(t *testing.T) {
	scattered := fullRecord()
	for s := range slots.Slot(slots.Count) {
		if s%3 != 0 {
			scattered.Claims.Add(s)
		}
	}
	replica := fullRecord()
	replica.Primary, replica.Claims = id40("e"), slots.Set{}
	for name, r := range map[string]Record{
		"ranges": fullRecord(), "bitmap": scattered, "replica": replica, "empty": {ID: id40("1")},
		"all": {ID: id40("1"), Claims: *slots.Full()},
	} {
		raw := r.Append(nil)
		require.LessOrEqual(t, len(raw), maxRecord, name)
		got, err := ParseRecord(raw)
		require.NoError(t, err, name)
		require.Equal(t, &r, got, name)
	}
	plain := fullRecord()
	require.Less(t, len(plain.Append(nil)), 256, "a record fits a packet")
}

func TestRecordKeepsUnknownFields(t *testing.T) {
	m := lone(nil)
	id := id40("2")
	r := Record{ID: id, Version: Version{Boot{1, 1}, 1}}
	raw := append(r.Append(nil), 200, 3, 'n', 'e', 'w')
	got, err := ParseRecord(raw)
	require.NoError(t, err)
	require.Equal(t, id, got.ID)
	m.mergeMember(memberEntry{id, Membership{Version: 1}})
	require.True(t, m.mergeRecord(got, raw))
	require.Equal(t, raw, m.rawRecord(id), "passed on as it came")
}

func TestRecordRefuses(t *testing.T) {
	good := fullRecord()
	field := func(tag byte, value string) []byte {
		return append(append((&Record{ID: id40("1")}).Append(nil), tag, byte(len(value))), value...)
	}
	for name, raw := range map[string][]byte{
		"empty": nil, "format": {2}, "short": good.Append(nil)[:30], "no id": (&Record{}).Append(nil),
		"host": field(tagHost, "a b"), "hostname": field(tagHostname, "a,b"), "human name": field(tagHumanName, "a b"),
		"ports": field(tagPorts, "abc"), "shard": field(tagShard, "abc"), "ranges": field(tagRanges, "\xff\xff\xff\xff\x01\x01"),
		"bitmap": field(tagBitmap, "abc"), "epoch": field(tagEpoch, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
		"boot": (&Record{ID: id40("1"), Version: Version{Boot{1 << 63, 0}, 0}}).Append(nil), "long": make([]byte, maxRecord+1),
	} {
		_, err := ParseRecord(raw)
		require.ErrorIs(t, err, ErrWire, name)
	}
}

func TestSummaryRoundTrip(t *testing.T) {
	s := summary{answer: true, from: id40("1"), to: id40("9"), entries: []summaryEntry{
		{id40("2"), Membership{7, false}, Version{Boot{1, 2}, 3}}, {id40("3"), Membership{8, true}, Version{}},
	}}
	got, err := parseSummary(s.append(nil)[1:])
	require.NoError(t, err)
	require.Equal(t, s, got)
	s.entries[0], s.entries[1] = s.entries[1], s.entries[0]
	_, err = parseSummary(s.append(nil)[1:])
	require.ErrorIs(t, err, ErrWire, "order")
}

func TestHeartbeatSize(t *testing.T) {
	h := heartbeat{1, 2, 3, Version{Boot{4, 5}, 6}, true}
	raw := h.append(nil, kindPing)
	require.LessOrEqual(t, len(raw), 64)
	got, err := parseHeartbeat(raw[1:])
	require.NoError(t, err)
	require.Equal(t, h, got)
}

// TestBigSummary: more nodes than one message can list travel in several, and
// the receiver sees what is missing in each range.
func TestBigSummary(t *testing.T) {
	a, b := lone(nil), New(Config{NodeTimeout: time.Second, Port: 7001}, nil, time.Second, 2)
	for i := range 3000 {
		id := randomID(a.rand)
		a.mergeMember(memberEntry{id, Membership{Version: 1}})
		r := Record{ID: id, Version: Version{Boot{1, 1}, uint64(i + 1)}}
		a.mergeRecord(&r, r.Append(nil))
	}
	a.Ready()
	a.sendSummary(b.ID(), false)
	sums := a.Ready().Send
	require.Greater(t, len(sums), 1)
	peer := newNode(a.ID())
	b.members[a.ID()], b.nodes[a.ID()] = Membership{Version: 1}, peer
	b.order = []*node{peer, b.self}
	for _, s := range sums {
		require.NoError(t, b.Step(0, a.ID(), s.Body))
	}
	answers := b.Ready().Send
	require.NotEmpty(t, answers)
	a.addNode(newNode(b.ID()))
	for _, s := range answers {
		require.NoError(t, a.Step(0, b.ID(), s.Body))
	}
	deltas := a.Ready().Send
	for _, s := range deltas {
		require.LessOrEqual(t, len(s.Body), MaxMessage)
		require.NoError(t, b.Step(0, a.ID(), s.Body))
	}
	missing := 0
	for id := range a.nodes {
		if b.nodes[id] == nil {
			missing++
		}
	}
	require.Zero(t, missing)
}

func FuzzRecord(f *testing.F) {
	r := fullRecord()
	f.Add(r.Append(nil))
	f.Add((&Record{ID: id40("1"), Claims: *slots.Full()}).Append(nil))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := ParseRecord(raw)
		if err != nil {
			return
		}
		again, err := ParseRecord(got.Append(nil))
		require.NoError(t, err)
		require.Equal(t, got, again)
	})
}

// FuzzMachine feeds messages and deltas to a machine that knows one peer.
func FuzzMachine(f *testing.F) {
	r := fullRecord()
	d := appendRecord(appendMember([]byte{deltaFormat}, r.ID, Membership{Version: 1}), r.Append(nil))
	h := heartbeat{token: 1, record: Version{Boot{1, 1}, 5}}
	s := summary{from: noID, to: lastID, entries: []summaryEntry{{id40("2"), Membership{1, false}, Version{Boot{1, 1}, 5}}}}
	f.Add(append([]byte{byte(kindDelta)}, d...))
	f.Add(h.append(nil, kindPing))
	f.Add(h.append(nil, kindPong))
	f.Add(s.append(nil))
	f.Add(appendIDs(nil, kindWant, []string{id40("2")}))
	f.Add(appendIDs(nil, kindReports, []string{id40("3")}))
	f.Add((&failure{id40("3"), Boot{1, 1}}).append(nil))
	f.Add((&meeting{delta: d, cluster: id40("c")}).append(nil, kindMeet))
	f.Add((&meeting{delta: d, member: true}).append(nil, kindMeetAck))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := lone(nil)
		withPeer(m, "2", func(r *Record) { r.Claims.Add(7) })
		withPeer(m, "3", func(r *Record) { r.Primary = id40("2") })
		require.NoError(t, m.AddSlots(0, []slots.Range{{First: 10, Last: 20}}))
		for _, from := range []string{id40("2"), id40("5")} {
			_ = m.Step(1, from, raw)
			m.Ready()
		}
		_ = m.Merge(2, raw)
		r := m.Ready()
		for _, out := range r.Send {
			require.LessOrEqual(t, len(out.Body), MaxMessage)
		}
		_, err := ParseConf(m.conf())
		require.NoError(t, err, "%s", m.conf())
		_, err = parseDelta(m.State())
		require.NoError(t, err)
	})
}
