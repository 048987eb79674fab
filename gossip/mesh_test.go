package gossip

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/cluster"
)

type discard struct{}

func (discard) Log(cluster.LogLevel, string) {}

// recorder is a meshEvents that remembers.
type recorder struct {
	mu      sync.Mutex
	up      []*link
	downs   []error
	frames  []string // "id:body" of machine frames
	results map[uint64]error
	twins   []peerName
	carry   *transport
}

func (r *recorder) linkUp(l *link) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.up = append(r.up, l)
}

func (r *recorder) linkDown(_ *link, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.downs = append(r.downs, err)
}

func (r *recorder) frame(l *link, typ byte, body []byte) error {
	switch typ {
	case framePacket:
		if r.carry != nil {
			r.carry.deliverPacket(body, l.conn.RemoteAddr())
		}
	case frameStream:
		return l.streams.frame(body, func(c net.Conn) bool { return r.carry != nil && r.carry.deliverStream(c) })
	default:
		r.mu.Lock()
		defer r.mu.Unlock()
		r.frames = append(r.frames, l.peer.id[:2]+":"+string(body))
	}
	return nil
}

func (r *recorder) dialled(token uint64, l *link, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.results == nil {
		r.results = make(map[uint64]error)
	}
	r.results[token] = err
}

func (r *recorder) twin(who peerName, _ net.Addr) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.twins = append(r.twins, who)
}

func (r *recorder) got() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.frames...)
}

// testMesh is a mesh with its listener.
type testMesh struct {
	*mesh
	*recorder
	name peerName
	addr string
}

func testName(n int) peerName {
	return peerName{id: strings.Repeat(fmt.Sprintf("%02x", n), idBytes), boot: bootID{counter: 1, nonce: uint64(n)}}
}

func startMesh(t testing.TB, name peerName, secret string) *testMesh {
	t.Helper()
	return startMeshAt(t, name, secret, "127.0.0.1:0")
}

func startMeshAt(t testing.TB, name peerName, secret, addr string) *testMesh {
	t.Helper()
	ln, err := net.Listen("tcp", addr)
	require.NoError(t, err)
	key, err := stretchSecret(secret)
	require.NoError(t, err)
	r := &recorder{}
	m := newMesh(identity{self: name, secret: key}, nil, logger{discard{}}, new(linkStats), r)
	m.listen(ln)
	t.Cleanup(m.close)
	return &testMesh{mesh: m, recorder: r, name: name, addr: ln.Addr().String()}
}

// introduce makes all of them members of each other.
func introduce(nodes ...*testMesh) {
	for _, n := range nodes {
		addrs := make(map[string]string)
		for _, o := range nodes {
			if o != n {
				addrs[o.name.id] = o.addr
			}
		}
		n.setMembers(addrs)
	}
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	require.Eventually(t, ok, 20*time.Second, 5*time.Millisecond, what)
}

// linked reports whether both have the same connection as their current control link.
func linked(a, b *testMesh) bool {
	la, lb := a.control(b.name.id), b.control(a.name.id)
	return la != nil && lb != nil && la.reason() == nil && lb.reason() == nil &&
		la.conn.LocalAddr().String() == lb.conn.RemoteAddr().String() &&
		la.conn.RemoteAddr().String() == lb.conn.LocalAddr().String()
}

func TestLinksCarryFramesInOrder(t *testing.T) {
	for _, secret := range []string{"", "sesame"} {
		t.Run("secret="+secret, func(t *testing.T) {
			a, b := startMesh(t, testName(1), secret), startMesh(t, testName(2), secret)
			introduce(a, b)
			eventually(t, "a link", func() bool { return linked(a, b) })
			var want []string
			for i := range 500 {
				body := strings.Repeat("x", i*7) + fmt.Sprint(i)
				want = append(want, "01:"+body)
				require.NoError(t, a.control(b.name.id).send(frameMachine, []byte(body), false))
			}
			require.NoError(t, b.control(a.name.id).send(frameMachine, []byte("hello"), false))
			eventually(t, "all frames", func() bool { return len(b.got()) == len(want) && len(a.got()) == 1 })
			require.Equal(t, want, b.got())
			require.Equal(t, []string{"02:hello"}, a.got())
		})
	}
}

func TestSecretsMustMatch(t *testing.T) {
	for _, secrets := range [][2]string{{"", "x"}, {"x", ""}, {"x", "y"}} {
		a, b := startMesh(t, testName(1), secrets[0]), startMesh(t, testName(2), secrets[1])
		require.NoError(t, a.meet(b.addr, 7))
		eventually(t, "an end of the dial", func() bool {
			a.recorder.mu.Lock()
			defer a.recorder.mu.Unlock()
			return len(a.results) == 1
		})
		require.Error(t, a.results[7])
		require.Empty(t, a.allLinks())
		require.Empty(t, b.allLinks())
		if secrets[0] != "" && secrets[1] != "" {
			eventually(t, "the count", func() bool { return b.stats.droppedForeign.Load() == 1 })
		}
	}
}

func TestWrongNodeRefuses(t *testing.T) {
	a, b := startMesh(t, testName(1), ""), startMesh(t, testName(2), "")
	_, _, err := a.connect(b.addr, controlLink, testName(3).id)
	var r *refusal
	require.ErrorAs(t, err, &r)
	require.Equal(t, helloWrongNode, r.status)
	_, _, err = a.connect(a.addr, controlLink, "")
	require.ErrorAs(t, err, &r)
	require.Equal(t, helloSelf, r.status)
}

func TestTwinIsReportedOnBothSides(t *testing.T) {
	twin := testName(1)
	twin.boot.counter = 9
	a, b := startMesh(t, testName(1), ""), startMesh(t, twin, "")
	a.setMembers(map[string]string{testName(1).id: b.addr})
	eventually(t, "both to notice", func() bool {
		a.recorder.mu.Lock()
		defer a.recorder.mu.Unlock()
		b.recorder.mu.Lock()
		defer b.recorder.mu.Unlock()
		return len(a.twins) > 0 && len(b.twins) > 0
	})
}

func TestOlderBootIsRefused(t *testing.T) {
	a := startMesh(t, testName(1), "")
	newer := testName(2)
	newer.boot.counter = 5
	b := startMesh(t, newer, "")
	introduce(a, b)
	eventually(t, "a link", func() bool { return linked(a, b) })
	old := startMesh(t, testName(2), "")
	_, _, err := old.connect(a.addr, controlLink, a.name.id)
	var r *refusal
	require.ErrorAs(t, err, &r)
	require.Equal(t, helloOutdated, r.status)
	require.True(t, linked(a, b))
}

func TestNewBootReplacesAllLinks(t *testing.T) {
	a, b := startMesh(t, testName(1), "k"), startMesh(t, testName(2), "k")
	introduce(a, b)
	eventually(t, "a link", func() bool { return linked(a, b) })
	_, err := a.bulk(context.Background(), b.name)
	require.NoError(t, err)
	again := testName(2)
	again.boot.counter++
	b2 := startMesh(t, again, "k") // the old process did not close its links
	b2.setMembers(map[string]string{a.name.id: a.addr})
	eventually(t, "the new life", func() bool { return linked(a, b2) })
	for _, l := range a.allLinks() {
		require.Equal(t, again, l.peer)
	}
}

func TestNewestLinkWins(t *testing.T) {
	a, b := startMesh(t, testName(1), ""), startMesh(t, testName(2), "")
	introduce(a, b)
	eventually(t, "a link", func() bool { return linked(a, b) })
	first := a.control(b.name.id)
	require.NoError(t, a.meet(b.addr, 1)) // a member is met again: a second link in the same direction
	eventually(t, "the new link", func() bool { return linked(a, b) && a.control(b.name.id) != first })
	require.Error(t, first.reason())
	require.Len(t, a.allLinks(), 1)
}

func TestCrossingLinksSettleOnOne(t *testing.T) {
	for range 10 {
		a, b := startMesh(t, testName(1), ""), startMesh(t, testName(2), "")
		require.NoError(t, a.meet(b.addr, 1))
		require.NoError(t, b.meet(a.addr, 1))
		eventually(t, "one link", func() bool { return linked(a, b) })
		// It stays: whatever the losing dial does now must not touch it.
		l := a.control(b.name.id)
		require.NoError(t, l.send(frameMachine, []byte("x"), false))
		eventually(t, "a frame", func() bool { return len(b.got()) == 1 })
		require.True(t, linked(a, b))
	}
}

func TestLinkComesBackAfterAddressChange(t *testing.T) {
	a, b := startMesh(t, testName(1), "k"), startMesh(t, testName(2), "k")
	introduce(a, b)
	eventually(t, "a link", func() bool { return linked(a, b) })
	b.close()
	eventually(t, "the loss", func() bool { return a.control(b.name.id) == nil })
	again := testName(2)
	again.boot.counter++
	b2 := startMesh(t, again, "k")
	a.setMembers(map[string]string{b2.name.id: b2.addr})
	eventually(t, "a link to the new address", func() bool { return linked(a, b2) })
}

func TestForgottenMemberIsDropped(t *testing.T) {
	a, b := startMesh(t, testName(1), ""), startMesh(t, testName(2), "")
	introduce(a, b)
	eventually(t, "a link", func() bool { return linked(a, b) })
	b.setMembers(nil)
	a.setMembers(nil)
	eventually(t, "no links", func() bool { return len(a.allLinks())+len(b.allLinks()) == 0 })
	require.False(t, a.isMember(b.name.id))
}

func TestStrangersAreBounded(t *testing.T) {
	a := startMesh(t, testName(1), "")
	for i := range maxStrangers + 10 {
		n := startMesh(t, testName(2+i), "")
		require.NoError(t, n.meet(a.addr, 1))
		eventually(t, "the dial", func() bool {
			n.recorder.mu.Lock()
			defer n.recorder.mu.Unlock()
			return len(n.results) == 1
		})
	}
	eventually(t, "the bound", func() bool { return len(a.allLinks()) <= maxStrangers })
}

func TestSendBufferIsBounded(t *testing.T) {
	a := startMesh(t, testName(1), "")
	conn, other := net.Pipe() // the peer reads nothing
	defer other.Close()
	l := newLink(conn, &session{self: a.name, peer: testName(2)}, true, 3*maxFrame, a.stats)
	done := make(chan struct{})
	go func() { defer close(done); l.flush() }()
	body := make([]byte, 1000)
	var err error
	for range 3 * maxFrame / len(body) {
		if err = l.send(frameMachine, body, false); err != nil {
			break
		}
	}
	require.ErrorIs(t, err, errLinkOverflow)
	require.EqualValues(t, 1, a.stats.overflows.Load())
	<-done
	require.ErrorIs(t, l.send(frameMachine, body, false), errLinkClosed)

	droppable := newLink(conn, &session{}, true, 3*maxFrame, a.stats)
	for range 3 * maxFrame / len(body) {
		require.NoError(t, droppable.send(framePacket, body, true))
	}
	_, used := droppable.buffered()
	require.LessOrEqual(t, used, int64(droppableRoom+frameHeader+len(body)))
}

func TestHostileFramesCloseTheLinkAndAreCounted(t *testing.T) {
	for name, bytes := range map[string][]byte{
		"too long":         {0xff, 0xff, 0xff, frameMachine},
		"malformed stream": {0, 0, 1, frameStream, 9},
	} {
		t.Run(name, func(t *testing.T) {
			a := startMesh(t, testName(1), "")
			a.setMembers(map[string]string{testName(2).id: ""})
			b := startMesh(t, testName(2), "")
			conn, _, err := b.connect(a.addr, bulkLink, a.name.id)
			require.NoError(t, err)
			defer conn.Close()
			_, err = conn.Write(bytes)
			require.NoError(t, err)
			eventually(t, "the count", func() bool { return a.stats.droppedHostile.Load() == 1 && len(a.allLinks()) == 0 })
		})
	}
}

func TestForgedFrameClosesTheLink(t *testing.T) {
	a, b := startMesh(t, testName(1), "k"), startMesh(t, testName(2), "k")
	conn, s, err := b.connect(a.addr, controlLink, "")
	require.NoError(t, err)
	defer conn.Close()
	good := s.write.seal(nil, frameMachine, []byte("good"))
	_, err = conn.Write(append(good, good...)) // the second is a replay
	require.NoError(t, err)
	eventually(t, "the count", func() bool { return a.stats.droppedHostile.Load() == 1 && len(a.allLinks()) == 0 })
	require.Equal(t, []string{"02:good"}, a.got())
}

func TestNoiseDoesNotDisturb(t *testing.T) {
	a, b := startMesh(t, testName(1), "k"), startMesh(t, testName(2), "k")
	var conns []net.Conn
	defer func() {
		for _, c := range conns {
			c.Close()
		}
	}()
	noise := []string{"GET / HTTP/1.1\r\n\r\n", "*1\r\n$4\r\nPING\r\n", magic, magic[:5], strings.Repeat("\xff", 4096), "RCmb\x00\x00\x08\xb8"}
	for i := range maxPending + 60 {
		c, err := net.Dial("tcp", a.addr)
		require.NoError(t, err)
		conns = append(conns, c)
		_, _ = c.Write([]byte(noise[i%len(noise)]))
	}
	introduce(a, b)
	eventually(t, "a link in spite of it", func() bool { return linked(a, b) })
	eventually(t, "the count", func() bool { return a.stats.droppedForeign.Load() > 100 })
	a.pending.mu.Lock()
	defer a.pending.mu.Unlock()
	require.LessOrEqual(t, a.pending.inward, maxPending)
}

func TestCloseInterruptsHandshakes(t *testing.T) {
	a := startMesh(t, testName(1), "k")
	c, err := net.Dial("tcp", a.addr)
	require.NoError(t, err)
	defer c.Close()
	eventually(t, "the connection", func() bool {
		a.pending.mu.Lock()
		defer a.pending.mu.Unlock()
		return a.pending.inward == 1
	})
	a.close()
	_, err = c.Read(make([]byte, 1))
	require.Error(t, err)
	require.ErrorIs(t, a.meet("127.0.0.1:1", 1), errTooManyDials)
}

func TestRenameClosesLinks(t *testing.T) {
	a, b := startMesh(t, testName(1), ""), startMesh(t, testName(2), "")
	require.NoError(t, a.meet(b.addr, 1))
	eventually(t, "a link", func() bool { return linked(a, b) })
	a.setIdentity(testName(3))
	eventually(t, "no links", func() bool { return len(a.allLinks())+len(b.allLinks()) == 0 })
	require.NoError(t, a.meet(b.addr, 2))
	eventually(t, "a link of the new name", func() bool { return b.control(testName(3).id) != nil })
}

func TestStreams(t *testing.T) {
	a, b := startMesh(t, testName(1), "k"), startMesh(t, testName(2), "k")
	b.carry = newTransport(b.mesh)
	introduce(a, b)
	l, err := a.bulk(context.Background(), b.name)
	require.NoError(t, err)

	t.Run("long transfer and close", func(t *testing.T) {
		s, err := l.streams.dial()
		require.NoError(t, err)
		payload := append([]byte{mlPing}, []byte(strings.Repeat("0123456789", 100_000))...)
		go func() {
			_, _ = s.Write(payload)
			_ = s.Close()
		}()
		in := <-b.carry.streams
		var got []byte
		buf := make([]byte, 30_000)
		for err == nil {
			var n int
			n, err = in.Read(buf)
			got = append(got, buf[:n]...)
		}
		require.Equal(t, payload, got)
		require.NoError(t, in.Close())
	})
	t.Run("deadlines", func(t *testing.T) {
		s, err := l.streams.dial()
		require.NoError(t, err)
		require.NoError(t, s.SetDeadline(time.Now().Add(10*time.Millisecond)))
		_, err = s.Read(make([]byte, 1))
		require.ErrorContains(t, err, "timeout")
		_, err = s.Write(make([]byte, 2*streamWindow)) // the first window goes, nobody reads it
		require.ErrorContains(t, err, "timeout")
		in := <-b.carry.streams
		require.NoError(t, in.Close())
		require.NoError(t, s.Close())
		_, err = s.Read(make([]byte, 1))
		require.ErrorIs(t, err, net.ErrClosed)
	})
	t.Run("window overrun ends the link", func(t *testing.T) {
		s, err := l.streams.dial()
		require.NoError(t, err)
		for range 2 * streamWindow / streamChunk {
			if err = l.streams.send(streamData, s.id, make([]byte, streamChunk)); err != nil {
				break
			}
		}
		eventually(t, "the end", func() bool { return b.stats.droppedHostile.Load() == 1 })
		eventually(t, "the stream to fail", func() bool {
			_ = s.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
			_, err := s.Read(make([]byte, 1))
			return err != nil && !errors.Is(err, context.DeadlineExceeded) && !strings.Contains(err.Error(), "timeout")
		})
	})
	eventually(t, "a new bulk link", func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		again, err := a.bulk(ctx, b.name)
		return err == nil && again != l
	})
}
