package gossip

import "sync/atomic"

// linkStats counts what the bus does. All fields may be read and changed by any goroutine.
type linkStats struct {
	bytesSent, bytesReceived atomic.Uint64
	linksUp                  atomic.Uint64
	droppedForeign           atomic.Uint64
	droppedHostile           atomic.Uint64
	droppedUnknown           atomic.Uint64
	droppedLate              atomic.Uint64
	overflows                atomic.Uint64
	twins                    atomic.Uint64
}

// Stats is what the bus did since it was started.
type Stats struct {
	BytesSent, BytesReceived uint64
	LinksUp                  uint64 // links that were established
	DroppedForeign           uint64 // connections that did not complete a handshake: noise, no or a wrong secret
	DroppedHostile           uint64 // frames that are forged, too long or malformed
	DroppedUnknown           uint64 // frames of an unknown type, or of a node that may not send them
	DroppedLate              uint64 // memberlist packets and deltas that found a queue full
	Overflows                uint64 // links closed for exceeding cluster-link-sendbuf-limit
	Twins                    uint64 // sightings of a second live process with one node id
}

func (s *linkStats) snapshot() Stats {
	return Stats{
		BytesSent: s.bytesSent.Load(), BytesReceived: s.bytesReceived.Load(), LinksUp: s.linksUp.Load(),
		DroppedForeign: s.droppedForeign.Load(), DroppedHostile: s.droppedHostile.Load(),
		DroppedUnknown: s.droppedUnknown.Load(), DroppedLate: s.droppedLate.Load(),
		Overflows: s.overflows.Load(), Twins: s.twins.Load(),
	}
}
