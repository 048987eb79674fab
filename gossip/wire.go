package gossip

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
)

// Limits of the bus. Each bounds something that a peer, or anybody who can reach the port, chooses.
const (
	// maxFrame is the longest body of one frame. Larger things (push/pull states) travel as a stream of frames, so that
	// one of them never holds up the frames of others for long.
	maxFrame = 64 << 10
	// frameHeader is the length (3 bytes) and the type (1 byte) in front of each body.
	frameHeader = 4
	// maxPacket is the longest memberlist packet. memberlist fills packets up to packetSize; whatever is longer was not
	// sent by one of us.
	maxPacket = 16 << 10
)

// linkKind tells the two links of a pair of nodes apart.
type linkKind byte

const (
	controlLink linkKind = iota // machine messages and memberlist packets: small, and late is as bad as lost
	bulkLink                    // memberlist streams and pub/sub: as long as they like
	linkKinds
)

func (k linkKind) String() string {
	if k == controlLink {
		return "control"
	}
	return "bulk"
}

// Frame types. A type that is not known is counted and skipped, so that a newer node can be introduced to older ones.
const (
	frameMachine byte = iota + 1 // one message of the cluster machine
	framePacket                  // one memberlist packet
	frameStream                  // part of a memberlist stream, see stream.go
	framePubSub                  // a message of clients to clients, see pubsub_frame.go
)

// idBytes is a node id on the wire: the 40 hexadecimal digits packed.
const idBytes = 20

// peerName is one life of one node. memberlist knows members by it, and links are routed by it: a process that restarted is
// somebody new, so that nothing meant for the old process reaches it.
type peerName struct {
	id   string // 40 hexadecimal digits
	boot bootID
}

// bootID orders the lives of one node id: by the persisted counter first, and by chance between two processes that were
// started from copies of one nodes.conf.
type bootID struct {
	counter uint64
	nonce   uint64
}

func (b bootID) newerThan(o bootID) bool {
	if b.counter != o.counter {
		return b.counter > o.counter
	}
	return b.nonce > o.nonce
}

// String is the member name that memberlist uses.
func (p peerName) String() string {
	return fmt.Sprintf("%s.%x.%016x", p.id, p.boot.counter, p.boot.nonce)
}

// parsePeerName is the inverse of String. Member names come from other nodes, hence the strictness.
func parsePeerName(s string) (peerName, bool) {
	var p peerName
	if len(s) < 2*idBytes+1 || s[2*idBytes] != '.' {
		return p, false
	}
	p.id = s[:2*idBytes]
	if _, err := packID(p.id); err != nil {
		return p, false
	}
	if _, err := fmt.Sscanf(s[2*idBytes+1:], "%x.%x", &p.boot.counter, &p.boot.nonce); err != nil {
		return p, false
	}
	return p, p.String() == s
}

var errBadID = errors.New("gossip: a node id is 40 lower case hexadecimal digits")

func packID(id string) (out [idBytes]byte, err error) {
	if len(id) != 2*idBytes {
		return out, errBadID
	}
	if _, err := hex.Decode(out[:], []byte(id)); err != nil {
		return out, errBadID
	}
	if hex.EncodeToString(out[:]) != id {
		return out, errBadID
	}
	return out, nil
}

func unpackID(b []byte) string { return hex.EncodeToString(b[:idBytes]) }

// The handshake. All of it has a fixed length, so that an unauthenticated connection can make us hold that many bytes and no
// more. The parts in brackets are there with a cluster-secret.
//
//	client hello:   magic 8 | kind 1 | flags 1 | id 20 | boot 16 | expected id 20 | X25519 key 32 | random 16
//	server hello:   magic 8 | status 1         | id 20 | boot 16                  | X25519 key 32 | random 16
//	client confirm: [HMAC 32]
//	server verdict: status 1 | [HMAC 32]
//
// The status in the server's hello says only what anybody may know; who is admitted is decided when the client has proved
// that it holds the secret.
const (
	magic           = "cnbus/1\n"
	clientHelloSize = len(magic) + 2 + idBytes + 16 + idBytes + 32 + 16
	serverHelloSize = len(magic) + 1 + idBytes + 16 + 32 + 16
)

const (
	helloSecure byte = 1 << iota // the sender has a cluster-secret
	helloAnyID                   // MEET: the dialler does not know whom it will find
)

// helloStatus is what the acceptor says to a client.
type helloStatus byte

const (
	helloOK helloStatus = iota
	// In the server's hello:
	helloWrongNode  // the expected id is not the acceptor's
	helloSecretDiff // one side has a cluster-secret, the other has none
	helloSelf       // a process called itself
	// In its verdict:
	helloTwin        // another live process carries the dialler's id
	helloOutdated    // a newer boot of the dialler's id is connected
	helloUnavailable // shutting down, or not a kind of link for strangers
)

func (s helloStatus) String() string {
	switch s {
	case helloOK:
		return "welcome"
	case helloWrongNode:
		return "another node answers at this address"
	case helloSecretDiff:
		return "cluster-secret is set on one side only"
	case helloSelf:
		return "the address is our own"
	case helloTwin:
		return "another live process carries our node id"
	case helloOutdated:
		return "a newer boot of our node id is connected there"
	default:
		return "the node takes no more links"
	}
}

type clientHello struct {
	kind   linkKind
	flags  byte
	from   peerName
	expect string // "" with helloAnyID
	key    [32]byte
	random [16]byte
}

type serverHello struct {
	status helloStatus
	from   peerName
	key    [32]byte
	random [16]byte
}

var (
	errNotBus   = errors.New("gossip: not a cluster bus connection")
	errBadHello = errors.New("gossip: malformed hello")
)

func appendName(b []byte, p peerName) ([]byte, error) {
	id, err := packID(p.id)
	if err != nil {
		return nil, err
	}
	b = append(b, id[:]...)
	b = binary.BigEndian.AppendUint64(b, p.boot.counter)
	return binary.BigEndian.AppendUint64(b, p.boot.nonce), nil
}

func decodeName(b []byte) peerName {
	return peerName{id: unpackID(b), boot: bootID{
		counter: binary.BigEndian.Uint64(b[idBytes:]),
		nonce:   binary.BigEndian.Uint64(b[idBytes+8:]),
	}}
}

func (h *clientHello) encode() ([]byte, error) {
	b := append(make([]byte, 0, clientHelloSize), magic...)
	b = append(b, byte(h.kind), h.flags)
	b, err := appendName(b, h.from)
	if err != nil {
		return nil, err
	}
	var expect [idBytes]byte
	if h.flags&helloAnyID == 0 {
		if expect, err = packID(h.expect); err != nil {
			return nil, err
		}
	}
	b = append(b, expect[:]...)
	b = append(b, h.key[:]...)
	return append(b, h.random[:]...), nil
}

func decodeClientHello(b []byte) (*clientHello, error) {
	if len(b) < len(magic) || string(b[:len(magic)]) != magic {
		return nil, errNotBus
	}
	if len(b) != clientHelloSize {
		return nil, errBadHello
	}
	b = b[len(magic):]
	h := &clientHello{kind: linkKind(b[0]), flags: b[1]}
	if h.kind >= linkKinds || h.flags&^(helloSecure|helloAnyID) != 0 {
		return nil, errBadHello
	}
	b = b[2:]
	h.from = decodeName(b)
	b = b[idBytes+16:]
	if h.flags&helloAnyID == 0 {
		h.expect = unpackID(b)
	} else if [idBytes]byte(b[:idBytes]) != [idBytes]byte{} {
		return nil, errBadHello
	}
	b = b[idBytes:]
	copy(h.key[:], b)
	copy(h.random[:], b[32:])
	return h, nil
}

func (h *serverHello) encode() ([]byte, error) {
	b := append(make([]byte, 0, serverHelloSize), magic...)
	b = append(b, byte(h.status))
	b, err := appendName(b, h.from)
	if err != nil {
		return nil, err
	}
	b = append(b, h.key[:]...)
	return append(b, h.random[:]...), nil
}

func decodeServerHello(b []byte) (*serverHello, error) {
	if len(b) < len(magic) || string(b[:len(magic)]) != magic {
		return nil, errNotBus
	}
	if len(b) != serverHelloSize {
		return nil, errBadHello
	}
	b = b[len(magic):]
	h := &serverHello{status: helloStatus(b[0]), from: decodeName(b[1:])}
	b = b[1+idBytes+16:]
	copy(h.key[:], b)
	copy(h.random[:], b[32:])
	return h, nil
}
