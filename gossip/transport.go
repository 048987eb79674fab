package gossip

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/hashicorp/memberlist"
)

const (
	// packetSize is what memberlist fills packets up to. They travel over TCP, so it need not be one segment; it leaves room
	// for any node record, and for fewer than 256 of the smallest broadcasts, which is what memberlist can count.
	packetSize = 6 << 10
	// packetQueue and streamQueue bound what waits for memberlist; more is dropped, like datagrams.
	packetQueue = 64
	streamQueue = 8
)

var errNameless = errors.New("gossip: members are reached by name only")

// transport carries one memberlist instance over the links of a mesh. Members are addressed by name: memberlist's address
// fields say nothing here.
type transport struct {
	mesh    *mesh
	packets chan *memberlist.Packet
	streams chan net.Conn
}

var _ memberlist.NodeAwareTransport = (*transport)(nil)

func newTransport(m *mesh) *transport {
	return &transport{
		mesh:    m,
		packets: make(chan *memberlist.Packet, packetQueue),
		streams: make(chan net.Conn, streamQueue),
	}
}

// deliverPacket hands a packet of a member to memberlist. It copies b, and never blocks.
func (t *transport) deliverPacket(b []byte, from net.Addr) {
	if !sanePacket(b) {
		t.mesh.stats.droppedHostile.Add(1)
		return
	}
	p := &memberlist.Packet{Buf: append([]byte(nil), b...), From: from, Timestamp: time.Now()}
	select {
	case t.packets <- p:
	default:
		t.mesh.stats.droppedLate.Add(1)
	}
}

// deliverStream hands a stream of a member to memberlist; false when there are too many. It never blocks.
func (t *transport) deliverStream(conn net.Conn) bool {
	select {
	case t.streams <- conn:
		return true
	default:
		return false
	}
}

// WriteToAddress implements memberlist.NodeAwareTransport. A packet to somebody without a link is lost, as on a network:
// memberlist draws its conclusions.
func (t *transport) WriteToAddress(b []byte, addr memberlist.Address) (time.Time, error) {
	to, ok := parsePeerName(addr.Name)
	if !ok {
		return time.Time{}, errNameless
	}
	if l := t.mesh.control(to.id); l != nil && l.peer == to {
		_ = l.send(framePacket, b, true) // lost with the link
	}
	return time.Now(), nil
}

// DialAddressTimeout implements memberlist.NodeAwareTransport.
func (t *transport) DialAddressTimeout(addr memberlist.Address, timeout time.Duration) (net.Conn, error) {
	to, ok := parsePeerName(addr.Name)
	if !ok {
		return nil, errNameless
	}
	ctx, cancel := context.WithTimeout(t.mesh.ctx, timeout)
	defer cancel()
	l, err := t.mesh.bulk(ctx, to)
	if err != nil {
		return nil, err
	}
	return l.streams.dial()
}

// FinalAdvertiseAddr implements memberlist.Transport. The address is the same on all nodes, for ever: one that changed would
// make memberlist report conflicts.
func (t *transport) FinalAdvertiseAddr(string, int) (net.IP, int, error) {
	return net.IPv4(127, 0, 0, 1), advertisePort, nil
}

const (
	advertisePort = 1
	advertiseAddr = "127.0.0.1:1"
)

// WriteTo implements memberlist.Transport.
func (t *transport) WriteTo([]byte, string) (time.Time, error) { return time.Time{}, errNameless }

// DialTimeout implements memberlist.Transport.
func (t *transport) DialTimeout(string, time.Duration) (net.Conn, error) { return nil, errNameless }

// PacketCh implements memberlist.Transport.
func (t *transport) PacketCh() <-chan *memberlist.Packet { return t.packets }

// StreamCh implements memberlist.Transport.
func (t *transport) StreamCh() <-chan net.Conn { return t.streams }

// Shutdown implements memberlist.Transport: the links outlive memberlist, streams that nobody takes do not.
func (t *transport) Shutdown() error {
	for {
		select {
		case conn := <-t.streams:
			_ = conn.Close() // memberlist will not read it
		default:
			return nil
		}
	}
}
