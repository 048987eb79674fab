package gossip

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/cluster"
)

// inbox collects what a node is told.
type pubInbox struct {
	mu  sync.Mutex
	got []string
}

func (b *pubInbox) message(sharded bool, channel, message []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(message) > 100 {
		message = fmt.Appendf(nil, "%d bytes, %d", len(message), bytes.Count(message, []byte("x")))
	}
	b.got = append(b.got, fmt.Sprintf("%v %s %s", sharded, channel, message))
}

func (b *pubInbox) all() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.got)
}

// pubCluster starts nodes that collect messages.
func pubCluster(t *testing.T, n int) ([]*testNode, []*pubInbox) {
	var boxes []*pubInbox
	nodes := startCluster(t, n, func(c *Config) {
		b := new(pubInbox)
		boxes = append(boxes, b)
		c.Message = b.message
	})
	return nodes, boxes
}

func TestPublishReachesAllNodesInOrder(t *testing.T) {
	t.Parallel()
	nodes, boxes := pubCluster(t, 3)
	for _, n := range nodes {
		n.Listen(InChannels)
		require.Equal(t, InChannels, n.Listening())
	}
	// The first messages find no bulk links, and all nodes dial at once.
	const each = 500
	var wg sync.WaitGroup
	for i, n := range nodes {
		wg.Go(func() {
			for j := range each {
				n.Publish(false, fmt.Append(nil, "from", i), fmt.Append(nil, j))
				n.Flush()
			}
		})
	}
	wg.Wait()
	for i, b := range boxes {
		eventually(t, "all messages", func() bool { return len(b.all()) == 2*each })
		next := map[string]int{}
		for _, m := range b.all() {
			f := strings.Fields(m)
			require.Equal(t, fmt.Sprint(next[f[1]]), f[2], "node %d, %s", i, f[1])
			next[f[1]]++
		}
	}
}

func TestPublishLongMessages(t *testing.T) {
	t.Parallel()
	nodes, boxes := pubCluster(t, 2)
	nodes[1].Listen(InChannels)
	var want []string
	for _, size := range []int{0, 1, maxFrame - pubHeader - 1, maxFrame - pubHeader, maxFrame, 5 * maxFrame, 20 << 20} {
		message := bytes.Repeat([]byte("x"), size)
		nodes[0].Publish(false, []byte("c"), message)
		nodes[0].Flush()
		b := new(pubInbox)
		b.message(false, []byte("c"), message)
		want = append(want, b.all()...)
	}
	eventually(t, "all messages", func() bool { return len(boxes[1].all()) == len(want) })
	require.Equal(t, want, boxes[1].all())
}

func TestNodesWithoutSubscribersAreSpared(t *testing.T) {
	t.Parallel()
	nodes, boxes := pubCluster(t, 3)
	nodes[1].Listen(InChannels)
	linked := func() bool {
		for _, p := range nodes[0].d.talk.targets.Load().all {
			if p.link.Load() == nil {
				return false
			}
		}
		return true
	}
	nodes[0].Publish(false, []byte("c"), []byte("0")) // has the links dialled
	nodes[0].Flush()
	eventually(t, "links", linked)
	eventually(t, "the message", func() bool { return len(boxes[1].all()) == 1 })
	// A link that is being replaced is no link for a moment, and then nobody is spared.
	eventually(t, "node 2 to be spared", func() bool {
		before := nodes[0].d.talk.sent[0].Load()
		nodes[0].Publish(false, []byte("c"), []byte("1"))
		nodes[0].Flush()
		return nodes[0].d.talk.sent[0].Load() == before+1
	})

	// What is published after Listen has returned comes.
	for i := range 50 {
		nodes[2].Listen(InChannels)
		nodes[0].Publish(false, []byte("c"), fmt.Append(nil, "now", i))
		nodes[0].Flush()
		eventually(t, "the message", func() bool { return slices.Contains(boxes[2].all(), fmt.Sprint("false c now", i)) })
		nodes[2].Mute(InChannels, func() bool { return true })
		require.Equal(t, InChannels, nodes[2].Listening(), "somebody listens after all")
		nodes[2].Mute(InChannels, func() bool { return false })
		require.Zero(t, nodes[2].Listening())
	}
}

func TestListenDoesNotWaitForTheDead(t *testing.T) {
	t.Parallel()
	nodes, boxes := pubCluster(t, 3)
	nodes[0].Publish(false, []byte("c"), []byte("0"))
	nodes[0].Flush()
	nodes[2].Close()
	nodes[1].Listen(InChannels)
	nodes[0].Publish(false, []byte("c"), []byte("1"))
	nodes[0].Flush()
	eventually(t, "the message", func() bool { return slices.Contains(boxes[1].all(), "false c 1") })
}

func TestShardMessagesStayInTheShard(t *testing.T) {
	t.Parallel()
	nodes, boxes := pubCluster(t, 3)
	for _, n := range nodes {
		n.Listen(InShard)
	}
	replica := startNode(t, "replica", func(c *Config) {
		b := new(pubInbox)
		boxes = append(boxes, b)
		c.Message = b.message
	})
	replica.meet(nodes[0])
	eventually(t, "the fourth node", func() bool { return nodes[0].View().KnownNodes() == 4 && replica.View().KnownNodes() == 4 })
	replica.Listen(InShard)
	require.NoError(t, replica.Do(func(m *cluster.Machine, now time.Duration) error { return m.Replicate(now, nodes[0].id(), true) }))
	eventually(t, "the shard", func() bool { return slices.Equal(nodes[0].View().ShardMates(), []string{replica.id()}) })
	nodes[0].Publish(true, []byte("c"), []byte("down"))
	nodes[0].Flush()
	replica.Publish(true, []byte("c"), []byte("up"))
	replica.Flush()
	eventually(t, "both messages", func() bool { return len(boxes[0].all()) == 1 && len(boxes[3].all()) == 1 })
	require.Equal(t, []string{"true c up"}, boxes[0].all())
	require.Equal(t, []string{"true c down"}, boxes[3].all())
	require.Empty(t, append(boxes[1].all(), boxes[2].all()...))
}

func TestWaitingMessagesAreBounded(t *testing.T) {
	a, b := startMesh(t, testName(1), ""), startMesh(t, testName(2), "")
	introduce(a, b)
	eventually(t, "the link", func() bool { return linked(a, b) })
	p := &talkPeer{id: b.name.id}
	for range 10 {
		p.send(a.mesh, waitingMessage{InChannels, [][]byte{make([]byte, maxWaiting/4)}})
		require.LessOrEqual(t, p.size, maxWaiting)
	}
	require.Len(t, p.waiting, 4)
	require.EqualValues(t, 6, a.stats.droppedLate.Load())
}

// TestPublishWhileLinksBreak: what arrives is in order, and everything that is published once the links are quiet comes.
func TestPublishWhileLinksBreak(t *testing.T) {
	t.Parallel()
	nodes, boxes := pubCluster(t, 2)
	nodes[1].Listen(InChannels)
	rnd := rand.New(rand.NewPCG(1, 1))
	for i := range 2000 {
		nodes[0].Publish(false, []byte("c"), fmt.Append(nil, i))
		nodes[0].Flush()
		if rnd.IntN(200) == 0 {
			for _, l := range nodes[rnd.IntN(2)].d.mesh.allLinks() {
				if l.kind == bulkLink {
					l.close(errReplaced)
				}
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	last := 0
	eventually(t, "the last message", func() bool {
		last++
		nodes[0].Publish(false, []byte("end"), fmt.Append(nil, last))
		nodes[0].Flush()
		got := boxes[1].all()
		return len(got) > 0 && strings.Contains(got[len(got)-1], "end")
	})
	at := -1
	for _, m := range boxes[1].all() {
		var n int
		if _, err := fmt.Sscanf(m, "false c %d", &n); err == nil {
			require.Greater(t, n, at)
			at = n
		}
	}
	require.Positive(t, at)
}

func FuzzAssembler(f *testing.F) {
	for _, size := range []int{0, 10, maxFrame, 3 * maxFrame} {
		bodies := encodePublish(InShard, []byte("channel"), make([]byte, size))
		f.Add(bodies[0], bodies[len(bodies)-1])
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		var in assembler
		for _, body := range [][]byte{a, b, b} {
			m, done, err := in.add(body)
			if err != nil {
				return
			}
			require.LessOrEqual(t, cap(in.buf), 4*(len(a)+2*len(b))+64)
			if !done {
				continue
			}
			require.True(t, m.kind.one())
			var again assembler
			for i, body := range encodePublish(m.kind, m.channel, m.message) {
				o, done, err := again.add(body)
				require.NoError(t, err)
				if done {
					require.Equal(t, string(m.channel), string(o.channel))
					require.Equal(t, string(m.message), string(o.message))
				} else {
					require.Less(t, i, len(m.message)+len(m.channel))
				}
			}
		}
	})
}

func TestAssemblerRefuses(t *testing.T) {
	long := encodePublish(InChannels, []byte("c"), make([]byte, 3*maxFrame))
	for name, bodies := range map[string][][]byte{
		"nothing":              {{}},
		"no header":            {{pubMessage, 1}},
		"no kind":              {{pubMessage, 0, 0, 0, 0, 0}},
		"both kinds":           {{pubMessage, 3, 0, 0, 0, 0}},
		"channel too long":     {{pubMessage, 1, 0, 0, 0, 2, 'x'}},
		"more of nothing":      {{pubMore, 1}},
		"two begins":           {long[0], long[0]},
		"a message within":     {long[0], {pubMessage, 1, 0, 0, 0, 1, 'x'}},
		"too much":             {long[0], long[1], long[1], long[1]},
		"begin without length": {{pubBegin, 1, 0, 0, 0, 1}},
		"a huge one":           {{pubBegin, 1, 0, 0, 0, 1, 0xFF, 0, 0, 0}},
		"an unknown operation": {{9, 1, 0, 0, 0, 0}},
	} {
		var in assembler
		var err error
		for _, b := range bodies {
			_, _, err = in.add(b)
		}
		require.ErrorIs(t, err, errMalformed, name)
	}
}
