package cluster

import (
	"fmt"
	"strconv"
	"testing"
	"time"
)

// many is a machine that knows n primaries, each with its share of the slots.
func many(n int) *Machine {
	m := New(Config{NodeTimeout: 15 * time.Second, Port: 7000, BusPort: 17000}, nil, time.Second, 1)
	for i := range n {
		id := fmt.Sprintf("%040x", i+1)
		r := Record{
			ID: id, Version: Version{Boot{1, 1}, 1}, Host: "10.0.0." + strconv.Itoa(i%250), Port: 7000, BusPort: 17000, Shard: id,
			ConfigEpoch: uint64(i + 1),
		}
		r.Claims.AddRange(share(i, n))
		m.mergeMember(memberEntry{id, Membership{Version: 1}})
		m.mergeRecord(&r, r.Append(nil))
		m.LinkUp(time.Second, id, Boot{1, 1}, "10.0.0.1", "10.0.0.2")
	}
	m.Ready()
	return m
}

func eachSize(b *testing.B, f func(b *testing.B, m *Machine)) {
	for _, n := range []int{6, 100, 1000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) { f(b, many(n)) })
	}
}

func BenchmarkView(b *testing.B) {
	eachSize(b, func(b *testing.B, m *Machine) {
		b.ReportAllocs()
		for b.Loop() {
			m.view()
		}
	})
}

func BenchmarkBindClaims(b *testing.B) {
	eachSize(b, func(b *testing.B, m *Machine) {
		for b.Loop() {
			m.bindClaims()
		}
	})
}

func BenchmarkConf(b *testing.B) {
	eachSize(b, func(b *testing.B, m *Machine) {
		for b.Loop() {
			m.conf()
		}
	})
}

// BenchmarkSecond is all that a quiet node does in a second: ticks, its own
// heartbeats and those of all others.
func BenchmarkSecond(b *testing.B) {
	eachSize(b, func(b *testing.B, m *Machine) {
		b.ReportAllocs()
		bytes, now := 0, time.Second
		for b.Loop() {
			for range 10 {
				now += 100 * time.Millisecond
				m.Tick(now)
				for _, s := range m.Ready().Send {
					bytes += len(s.Body)
					if kind(s.Body[0]) != kindPing {
						continue
					}
					// The peer answers, and asks in its turn.
					n := m.nodes[s.To]
					h := heartbeat{token: n.token, digest: m.digest(), record: n.rec.Version, clear: true}
					if err := m.Step(now, s.To, h.append(nil, kindPong)); err != nil {
						b.Fatal(err)
					}
					if err := m.Step(now, s.To, h.append(nil, kindPing)); err != nil {
						b.Fatal(err)
					}
				}
			}
		}
		b.ReportMetric(float64(bytes)/float64(b.N), "sent-B/op")
	})
}

func BenchmarkNodesText(b *testing.B) {
	eachSize(b, func(b *testing.B, m *Machine) {
		v := m.view()
		var buf []byte
		for b.Loop() {
			buf = v.AppendNodes(buf[:0], false)
		}
	})
}

func BenchmarkSummary(b *testing.B) {
	eachSize(b, func(b *testing.B, m *Machine) {
		for b.Loop() {
			m.sendSummary(fmt.Sprintf("%040x", 1), false)
			m.out = Ready{}
		}
	})
}
