package gossip

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"github.com/hashicorp/memberlist"
	"github.com/stretchr/testify/require"
)

func FuzzClientHello(f *testing.F) {
	h := &clientHello{kind: bulkLink, flags: helloSecure, from: testName(1), expect: testName(2).id}
	b, err := h.encode()
	require.NoError(f, err)
	f.Add(b)
	h.flags, h.expect = helloAnyID, ""
	b, err = h.encode()
	require.NoError(f, err)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := decodeClientHello(b)
		if err != nil {
			return
		}
		again, err := h.encode()
		require.NoError(t, err)
		require.Equal(t, b, again)
	})
}

func FuzzServerHello(f *testing.F) {
	h := &serverHello{status: helloTwin, from: testName(1)}
	b, err := h.encode()
	require.NoError(f, err)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := decodeServerHello(b)
		if err != nil {
			return
		}
		again, err := h.encode()
		require.NoError(t, err)
		require.Equal(t, b, again)
		require.NotEmpty(t, h.status.String())
	})
}

func FuzzPeerName(f *testing.F) {
	f.Add(testName(7).String())
	f.Add("x")
	f.Fuzz(func(t *testing.T, s string) {
		if p, ok := parsePeerName(s); ok {
			require.Equal(t, s, p.String())
		}
	})
}

// scripted is a connection whose peer said everything in advance.
type scripted struct {
	net.Conn
	in io.Reader
}

func (c *scripted) Read(b []byte) (int, error)    { return c.in.Read(b) }
func (*scripted) Write(b []byte) (int, error)     { return len(b), nil }
func (*scripted) SetDeadline(time.Time) error     { return nil }
func (*scripted) SetReadDeadline(time.Time) error { return nil }

// FuzzHandshake: without the secret nobody gets in, whatever they say.
func FuzzHandshake(f *testing.F) {
	h := &clientHello{flags: helloSecure | helloAnyID, from: testName(1), key: [32]byte{9}}
	b, err := h.encode()
	require.NoError(f, err)
	f.Add(append(b, make([]byte, 64)...))
	sh := &serverHello{from: testName(2), key: [32]byte{9}}
	b, err = sh.encode()
	require.NoError(f, err)
	f.Add(append(b, make([]byte, 64)...))
	id := identity{self: testName(3), secret: make([]byte, 32)}
	f.Fuzz(func(t *testing.T, b []byte) {
		_, err := acceptHandshake(&scripted{in: bytes.NewReader(b)}, id, func(*clientHello) helloStatus { return helloOK })
		require.Error(t, err)
		_, err = dialHandshake(&scripted{in: bytes.NewReader(b)}, id, controlLink, "")
		require.Error(t, err)
	})
}

func FuzzFrames(f *testing.F) {
	var plain *sealer
	f.Add(plain.seal(plain.seal(nil, frameMachine, []byte("abc")), framePacket, make([]byte, 3*readerSize)), false)
	f.Add([]byte{0xff, 0xff, 0xff, 1}, true)
	f.Fuzz(func(t *testing.T, b []byte, sealed bool) {
		var s *sealer
		if sealed {
			keys, err := deriveKeys(make([]byte, 32), make([]byte, 32), nil)
			require.NoError(t, err)
			s = &sealer{aead: keys.clientFrames}
		}
		var again []byte
		in := newFrameReader(bytes.NewReader(b), s)
		for {
			typ, body, err := in.next()
			if err != nil {
				break
			}
			require.False(t, sealed, "a forged frame was taken")
			again = plain.seal(again, typ, body)
		}
		require.True(t, bytes.HasPrefix(b, again))
	})
}

// FuzzStreamFrames feeds the stream multiplexer of a link.
func FuzzStreamFrames(f *testing.F) {
	f.Add([]byte{6, streamOpen, 0, 0, 0, 1, 7, streamData, 0, 0, 0, 1, mlPing, 1})
	f.Add([]byte{9, streamCredit, 0, 0, 0, 0, 0, 1, 0, 0, 5, streamClose, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		conn, other := net.Pipe()
		defer other.Close()
		l := newLink(conn, &session{kind: bulkLink}, true, 0, new(linkStats))
		defer l.close(errLinkClosed)
		own, err := l.streams.dial()
		require.NoError(t, err)
		accepted := 0
		for len(b) > 0 {
			n := min(int(b[0]), len(b)-1)
			if l.streams.frame(b[1:1+n], func(net.Conn) bool { accepted++; return true }) != nil {
				break
			}
			b = b[1+n:]
		}
		require.LessOrEqual(t, accepted, maxInboundStreams)
		require.LessOrEqual(t, own.credit, streamWindow)
		require.LessOrEqual(t, len(own.buf), streamWindow)
	})
}

// FuzzPacket: what the guard lets through does no harm to memberlist.
func FuzzPacket(f *testing.F) {
	f.Add([]byte{mlPing, 0x82, 0xa5, 'S', 'e', 'q', 'N', 'o', 1, 0xa4, 'N', 'o', 'd', 'e', 0xa0})
	f.Add([]byte{mlCompound, 2, 0, 1, 0, 1, mlAck, mlNack})
	f.Add([]byte{mlCRC, 0, 0, 0, 0, mlCompound, 1, 0, 2, 9, 0})
	a := startMesh(f, testName(1), "")
	la, _ := startMembers(f, a)
	f.Fuzz(func(t *testing.T, b []byte) {
		if !sanePacket(b) {
			return
		}
		select {
		case la.carry.packets <- &memberlist.Packet{Buf: bytes.Clone(b), From: &net.TCPAddr{}, Timestamp: time.Now()}:
		case <-time.After(10 * time.Second):
			t.Fatal("memberlist takes no packets")
		}
		require.LessOrEqual(t, la.list.NumMembers(), 1, "an unknown member was kept")
	})
}

func FuzzPushPullHeader(f *testing.F) {
	f.Add([]byte("\x83\xa4Join\xc2\xa5Nodes\x01\xacUserStateLen\xcd\x10\x00"))
	f.Add([]byte("\x83\xa4Join\xc3\xa5Nodes\xd2\x7f\xff\xff\xff\xacUserStateLen\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		saneStreamStart(append([]byte{mlPushPull}, b...))
	})
}
