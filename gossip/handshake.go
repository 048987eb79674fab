package gossip

import (
	"crypto/ecdh"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// handshakeTimeout bounds how long a connection may take to say who it is.
const handshakeTimeout = 3 * time.Second

var (
	errNoSecret = errors.New("gossip: the peer does not hold the cluster-secret")
	// errForeign wraps everything that a connection did before it was a link: noise, other protocols, wrong secrets.
	errForeign = errors.New("gossip: handshake failed")
)

// refusal is the dialler's view of a hello that was answered with something other than a welcome.
type refusal struct {
	status helloStatus
	by     peerName
}

func (r *refusal) Error() string { return "gossip: link refused: " + r.status.String() }

// identity is what a process shows in its hellos. RESET HARD replaces it, hence it is handed out per handshake.
type identity struct {
	self   peerName
	secret []byte // stretched; nil: none is configured
}

// session is the outcome of a handshake.
type session struct {
	self, peer  peerName
	kind        linkKind
	read, write *sealer // nil without a secret
}

// dialHandshake introduces us on a fresh connection. expect is the node that must answer, "" for whoever is there (MEET).
//
// With a secret, the dialler confirms first: whoever merely connects to us learns nothing that depends on the secret.
func dialHandshake(conn net.Conn, id identity, kind linkKind, expect string) (*session, error) {
	if err := conn.SetDeadline(time.Now().Add(handshakeTimeout)); err != nil {
		return nil, err
	}
	h := &clientHello{kind: kind, from: id.self, expect: expect}
	if expect == "" {
		h.flags |= helloAnyID
	}
	exchange, err := newExchange(id, &h.key, &h.random)
	if err != nil {
		return nil, err
	}
	if exchange != nil {
		h.flags |= helloSecure
	}
	out, err := h.encode()
	if err != nil {
		return nil, err
	}
	if _, err := conn.Write(out); err != nil {
		return nil, err
	}
	in := make([]byte, serverHelloSize)
	if _, err := io.ReadFull(conn, in); err != nil {
		return nil, err
	}
	answer, err := decodeServerHello(in)
	if err != nil {
		return nil, err
	}
	if answer.status != helloOK {
		return nil, &refusal{answer.status, answer.from}
	}
	if expect != "" && answer.from.id != expect {
		return nil, &refusal{helloWrongNode, answer.from}
	}
	s := &session{self: id.self, peer: answer.from, kind: kind}
	status, err := exchange.asDialler(conn, s, answer.key, out, in)
	if err != nil {
		return nil, err
	}
	if status != helloOK {
		return nil, &refusal{status, answer.from}
	}
	return s, conn.SetDeadline(time.Time{})
}

// acceptHandshake is the other side. admit judges the hello of a client that holds the secret; it must not block.
func acceptHandshake(conn net.Conn, id identity, admit func(*clientHello) helloStatus) (*session, error) {
	if err := conn.SetDeadline(time.Now().Add(handshakeTimeout)); err != nil {
		return nil, err
	}
	in := make([]byte, clientHelloSize)
	// The magic first: noise shorter than a hello is recognised at its eighth byte, not at the timeout.
	if _, err := io.ReadFull(conn, in[:len(magic)]); err != nil {
		return nil, fmt.Errorf("%w: %w", errForeign, err)
	}
	if string(in[:len(magic)]) != magic {
		return nil, fmt.Errorf("%w: %w", errForeign, errNotBus)
	}
	if _, err := io.ReadFull(conn, in[len(magic):]); err != nil {
		return nil, fmt.Errorf("%w: %w", errForeign, err)
	}
	hello, err := decodeClientHello(in)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errForeign, err)
	}
	answer := &serverHello{status: judge(hello, id), from: id.self}
	exchange, err := newExchange(id, &answer.key, &answer.random)
	if err != nil {
		return nil, err
	}
	out, err := answer.encode()
	if err != nil {
		return nil, err
	}
	if _, err := conn.Write(out); err != nil {
		return nil, fmt.Errorf("%w: %w", errForeign, err)
	}
	if answer.status != helloOK {
		return nil, &refusal{answer.status, hello.from}
	}
	s := &session{self: id.self, peer: hello.from, kind: hello.kind}
	status, err := exchange.asAcceptor(conn, s, hello.key, in, out, func() helloStatus { return admit(hello) })
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errForeign, err)
	}
	if status != helloOK {
		return nil, &refusal{status, hello.from}
	}
	return s, conn.SetDeadline(time.Time{})
}

// judge gives the reasons that need no knowledge beyond our own identity.
func judge(h *clientHello, id identity) helloStatus {
	switch {
	case (h.flags&helloSecure != 0) != (id.secret != nil):
		return helloSecretDiff
	case h.from == id.self:
		return helloSelf
	case h.expect != "" && h.expect != id.self.id:
		return helloWrongNode
	default:
		return helloOK
	}
}

// exchange is the secret half of a handshake.
type exchange struct {
	secret  []byte
	private *ecdh.PrivateKey
}

// newExchange makes the ephemeral key and fills in the fields of our hello; nil without a secret.
func newExchange(id identity, public *[32]byte, random *[16]byte) (*exchange, error) {
	if id.secret == nil {
		return nil, nil
	}
	private, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	copy(public[:], private.PublicKey().Bytes())
	if _, err := rand.Read(random[:]); err != nil {
		return nil, err
	}
	return &exchange{secret: id.secret, private: private}, nil
}

func (e *exchange) keys(peer [32]byte, clientHello, serverHello []byte) (*linkKeys, error) {
	public, err := ecdh.X25519().NewPublicKey(peer[:])
	if err != nil {
		return nil, err
	}
	shared, err := e.private.ECDH(public)
	if err != nil {
		return nil, err
	}
	transcript := sha256.New()
	transcript.Write(clientHello)
	transcript.Write(serverHello)
	return deriveKeys(e.secret, shared, transcript.Sum(nil))
}

// asDialler proves that we hold the secret and returns the verdict, of which the other side proves the same. Without a secret
// (e is nil) the verdict stands alone.
func (e *exchange) asDialler(conn net.Conn, s *session, peer [32]byte, clientHello, serverHello []byte) (helloStatus, error) {
	var keys *linkKeys
	if e != nil {
		var err error
		if keys, err = e.keys(peer, clientHello, serverHello); err != nil {
			return 0, err
		}
		if _, err := conn.Write(keys.clientConfirm); err != nil {
			return 0, err
		}
		s.read, s.write = &sealer{aead: keys.serverFrames}, &sealer{aead: keys.clientFrames}
	}
	var verdict [1]byte
	if _, err := io.ReadFull(conn, verdict[:]); err != nil {
		return 0, err
	}
	status := helloStatus(verdict[0])
	if e != nil {
		return status, expectConfirm(conn, keys.serverConfirm(status))
	}
	return status, nil
}

func (e *exchange) asAcceptor(conn net.Conn, s *session, peer [32]byte, clientHello, serverHello []byte, admit func() helloStatus) (helloStatus, error) {
	var keys *linkKeys
	if e != nil {
		var err error
		if keys, err = e.keys(peer, clientHello, serverHello); err != nil {
			return 0, err
		}
		if err := expectConfirm(conn, keys.clientConfirm); err != nil {
			return 0, err
		}
		s.read, s.write = &sealer{aead: keys.clientFrames}, &sealer{aead: keys.serverFrames}
	}
	status := admit()
	verdict := []byte{byte(status)}
	if e != nil {
		verdict = append(verdict, keys.serverConfirm(status)...)
	}
	_, err := conn.Write(verdict)
	return status, err
}

func expectConfirm(conn net.Conn, want []byte) error {
	got := make([]byte, len(want))
	if _, err := io.ReadFull(conn, got); err != nil {
		return err
	}
	if !hmac.Equal(got, want) {
		return errNoSecret
	}
	return nil
}
