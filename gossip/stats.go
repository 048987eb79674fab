package gossip

import "sync/atomic"

// Stats counts what the bus does. All fields may be read and changed by any goroutine.
type Stats struct {
	bytesSent, bytesReceived atomic.Uint64
	linksUp                  atomic.Uint64
	droppedForeign           atomic.Uint64 // connections that did not complete a handshake: noise, no or a wrong secret
	droppedHostile           atomic.Uint64 // links closed for a frame that is forged, too long or malformed
	droppedUnknown           atomic.Uint64 // frames of an unknown type, or of a node that may not send them
	droppedLate              atomic.Uint64 // memberlist packets not queued behind a peer that does not read
	overflows                atomic.Uint64 // links closed for exceeding cluster-link-sendbuf-limit
	twins                    atomic.Uint64 // sightings of a second live process with one node id
}
