package server

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/pubsub"
	"clusternode/resp"
)

// printed reads one reply or message; a null array stands for none any more.
func (c *testClient) printed() (string, bool) {
	v, err := resp.ReadValue(c.in, resp.DefaultReplyLimits)
	return v.String(), err == nil
}

// TestMessagesOfOnePublisherStayInOrder lets many publishers write as fast as
// they can to subscribers on all loops.
func TestMessagesOfOnePublisherStayInOrder(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		const publishers, each = 4, 400
		n := start()
		var subs []*testClient
		for i := range 6 {
			c := n.dial()
			if i%2 == 1 {
				c.do("HELLO", "3")
			}
			c.do("SUBSCRIBE", "c")
			if i >= 4 {
				c.do("PSUBSCRIBE", "[c]")
			}
			subs = append(subs, c)
		}
		var wg sync.WaitGroup
		for p := range publishers {
			c := n.dial()
			wg.Go(func() {
				var all strings.Builder
				for i := range each {
					all.WriteString(encode("PUBLISH", "c", fmt.Sprintf("%d:%d", p, i)))
				}
				go c.raw(all.String())
				for range each {
					require.Equal(t, ":8", c.read())
				}
			})
		}
		for i, c := range subs {
			wg.Go(func() {
				kinds := []string{"message"}
				if i >= 4 {
					kinds = append(kinds, "pmessage")
				}
				next := map[string]int{}
				for range publishers * each * len(kinds) {
					v, err := resp.ReadValue(c.in, resp.DefaultReplyLimits)
					require.NoError(t, err)
					text := v.Elems[len(v.Elems)-1].Str
					p, number, _ := strings.Cut(text, ":")
					key := v.Elems[0].Str + p
					require.Equal(t, strconv.Itoa(next[key]), number, key)
					next[key]++
				}
			})
		}
		wg.Wait()
	})
}

// TestConfirmationComesBeforeMessages: while messages flow, every client first
// reads that it listens, then messages without a gap, then that it does not.
func TestConfirmationComesBeforeMessages(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		done := make(chan struct{})
		var wg sync.WaitGroup
		p := n.dial()
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
					p.do("PUBLISH", "c", strconv.Itoa(i))
				}
			}
		})
		var clients sync.WaitGroup
		for g := range 4 {
			clients.Go(func() {
				c := n.dial()
				for range 50 {
					c.raw(encode("SUBSCRIBE", "c") + encode("SUBSCRIBE", "other") + encode("UNSUBSCRIBE", "other"))
					if g%2 == 0 {
						time.Sleep(time.Millisecond)
					}
					c.raw(encode("UNSUBSCRIBE", "c"))
					last, listening := -1, false
					for {
						v, err := resp.ReadValue(c.in, resp.DefaultReplyLimits)
						require.NoError(t, err)
						kind, channel := v.Elems[0].Str, v.Elems[1].Str
						switch {
						case channel == "other":
							continue
						case kind == "subscribe":
							require.False(t, listening)
							listening = true
							continue
						case kind == "message":
							require.True(t, listening)
							i, err := strconv.Atoi(v.Elems[2].Str)
							require.NoError(t, err)
							require.True(t, last < 0 || i == last+1, "%d follows %d", i, last)
							last = i
							continue
						}
						require.Equal(t, "unsubscribe", kind)
						break
					}
				}
			})
		}
		clients.Wait()
		close(done)
		wg.Wait()
		require.Zero(t, n.s.hub.Topics(pubsub.Channel))
	})
}

// TestPublishedBeforeSubscribingDoesNotCome: who has read PUBLISH's reply may
// subscribe and gets nothing of it; who was subscribed gets it before the end.
func TestPublishedBeforeSubscribingDoesNotCome(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		a, b, keep := n.dial(), n.dial(), n.dial()
		keep.do("SUBSCRIBE", "c")
		go func() {
			for {
				if _, ok := keep.printed(); !ok {
					return
				}
			}
		}()
		for range 300 {
			require.Equal(t, ":1", a.do("PUBLISH", "c", "early"))
			require.Equal(t, `*[$"subscribe" $"c" :1]`, b.do("SUBSCRIBE", "c"))
			require.Equal(t, ":2", a.do("PUBLISH", "c", "now"))
			require.Equal(t, `*[$"message" $"c" $"now"]`, b.do("UNSUBSCRIBE", "c"))
			require.Equal(t, `*[$"unsubscribe" $"c" :0]`, b.read())
		}
		keep.nc.Close()
	})
}

// TestSubscribersComeAndGo is for the race detector; at the end nothing is left.
func TestSubscribersComeAndGo(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		var wg sync.WaitGroup
		for g := range 6 {
			rnd := rand.New(rand.NewPCG(uint64(g), 1))
			wg.Go(func() {
				for range 20 {
					c := n.dial()
					c.do("HELLO", "3")
					go func() {
						for {
							if _, ok := c.printed(); !ok {
								return
							}
						}
					}()
					for range 30 {
						name := string('a' + byte(rnd.IntN(4)))
						c.send([][]string{
							{"SUBSCRIBE", name}, {"PSUBSCRIBE", name + "*"}, {"SSUBSCRIBE", name}, {"UNSUBSCRIBE", name}, {"PUNSUBSCRIBE"}, {"SUNSUBSCRIBE"},
							{"PUBLISH", name, "x"}, {"SPUBLISH", name, "x"}, {"PUBSUB", "CHANNELS"}, {"RESET"}, {"HELLO", "3"}, {"CLIENT", "LIST"},
							{"PUBLISH", name, strings.Repeat("x", 5000)},
						}[rnd.IntN(13)]...)
					}
					if rnd.IntN(2) == 0 {
						c.send("QUIT")
					} else {
						c.nc.Close()
					}
				}
			})
		}
		wg.Wait()
		require.Eventually(t, func() bool {
			return n.s.hub.Topics(pubsub.Channel)+n.s.hub.Topics(pubsub.Pattern)+n.s.hub.Topics(pubsub.Shard) == 0 && n.s.subscribers.Load() == 0
		}, 10*time.Second, 5*time.Millisecond)
		require.Eventually(t, func() bool { return n.s.hub.backlog.Load() == 0 }, 10*time.Second, 5*time.Millisecond)
	})
}

// TestSlowSubscriberIsCut: one that never reads is closed at the limit of its
// class; the others get everything.
func TestSlowSubscriberIsCut(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--client-output-buffer-limit", "pubsub 1mb 0 0")
		slow, fast, p := n.dial(), n.dial(), n.dial()
		slow.do("SUBSCRIBE", "c")
		fast.do("SUBSCRIBE", "c")
		text := strings.Repeat("x", 100_000)
		for i := range 40 {
			p.do("PUBLISH", "c", text)
			require.Len(t, fast.read(), len(text)+len(`*[$"message" $"c" $""]`), "message %d", i)
		}
		require.Equal(t, ":1", p.do("PUBLISH", "c", "last"), "only one is left")
		require.Equal(t, `*[$"message" $"c" $"last"]`, fast.read())
		require.True(t, slow.closed())
		require.Contains(t, p.do("INFO", "stats"), "client_output_buffer_limit_disconnections:1")
	})
}

// TestManyChannelsAndPatterns subscribes to more than a loop would do at once.
func TestManyChannelsAndPatterns(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		const count, each = 20_000, 10_000 // each is more than a loop takes
		n := start()
		c, p := n.dial(), n.dial()
		for from := 0; from < count; from += each {
			for _, cmd := range []string{"SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE"} {
				args := []string{cmd}
				for i := from; i < from+each; i++ {
					args = append(args, fmt.Sprintf("name:%d", i))
				}
				go c.send(args...)
				for i := range each {
					got := c.read()
					require.Contains(t, got, strings.ToLower(cmd))
					if i == each-1 && cmd == "PSUBSCRIBE" {
						require.Contains(t, got, fmt.Sprintf(":%d]", 2*(from+each)))
					}
				}
			}
		}
		require.Equal(t, fmt.Sprintf(":%d", count), p.do("PUBSUB", "NUMPAT"))
		require.Equal(t, ":2", p.do("PUBLISH", "name:77", "x"))
		require.Contains(t, c.read(), `"message"`)
		require.Contains(t, c.read(), `"pmessage"`)
		require.Contains(t, p.do("CLIENT", "LIST"), fmt.Sprintf("flags=PU db=0 sub=%d psub=%d ssub=%d ", count, count, count))
		require.Contains(t, p.do("CLIENT", "LIST", "TYPE", "pubsub"), "sub=20000")
		require.NotContains(t, p.do("CLIENT", "LIST", "TYPE", "normal"), "sub=20000")
		stats := p.do("INFO")
		for _, line := range []string{"pubsub_clients:1", "pubsub_channels:20000", "pubsub_patterns:20000", "pubsubshard_channels:20000"} {
			require.Contains(t, stats, line)
		}
		d := n.dial()
		d.do("HELLO", "3")
		args := []string{"SUBSCRIBE"}
		for i := range count {
			args = append(args, strconv.Itoa(i))
		}
		go d.send(args...)
		for range count {
			d.read()
		}
		require.Equal(t, "+RESET", d.do("RESET")) // away from the loop
		require.Equal(t, ":0", p.do("PUBLISH", "7", "x"))
		require.Equal(t, "+PONG", d.do("PING"))
		c.nc.Close()
		require.Eventually(t, func() bool { return n.s.hub.Topics(pubsub.Shard) == 0 && n.s.subscribers.Load() == 0 }, 20*time.Second, 10*time.Millisecond)
		require.Contains(t, p.do("INFO", "stats"), "pubsub_channels:0")
	})
}

// TestSubscribersAreNotIdle: the directive timeout is not for them.
func TestSubscribersAreNotIdle(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--timeout", "1")
		c, idle := n.dial(), n.dial()
		c.do("SUBSCRIBE", "c")
		idle.do("PING")
		require.True(t, idle.closed())
		require.Equal(t, ":1", n.dial().do("PUBLISH", "c", "x"))
		require.Equal(t, `*[$"message" $"c" $"x"]`, c.read())
	})
}

func TestKilledSubscriberIsGone(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		c, p := n.dial(), n.dial()
		c.do("SUBSCRIBE", "c")
		require.Equal(t, ":1", p.do("CLIENT", "KILL", "TYPE", "pubsub"))
		require.True(t, c.closed())
		require.Equal(t, ":0", p.do("PUBLISH", "c", "x"))
	})
}

// TestPublisherWaitsForALoopThatLags: what waits for a loop that stands still is
// bounded, and nothing of it is lost.
func TestPublisherWaitsForALoopThatLags(t *testing.T) {
	if !haveLoops {
		return // every connection is served by itself
	}
	n := startNode(t, false, "--client-output-buffer-limit", "pubsub 0 0 0")
	c := n.dial()
	loopOf := func(c *testClient) outlet {
		id, err := strconv.ParseInt(c.do("CLIENT", "ID")[1:], 10, 64)
		require.NoError(t, err)
		return n.s.byID.find(id).outlet
	}
	at := loopOf(c)
	c.do("SUBSCRIBE", "c")
	p := n.dial()
	for loopOf(p) == at {
		p = n.dial()
	}
	goOn := make(chan struct{})
	at.post(letter{kind: letterCall, call: func() { <-goOn }})
	const count = 40
	text := strings.Repeat("x", 1<<20)
	go func() {
		for i := range count {
			p.send("PUBLISH", "c", fmt.Sprint(i, text))
		}
		p.send("PING")
	}()
	answered := 0
	for ; n.s.hub.crowded.Load() == 0; answered++ {
		require.Equal(t, ":1", p.read())
	}
	require.Less(t, n.s.hub.backlog.Load(), int64(maxBacklog+2<<20))
	close(goOn)
	for i := range count {
		require.Equal(t, fmt.Sprintf(`*[$"message" $"c" $"%d%s"]`, i, text), c.read())
	}
	for ; answered < count; answered++ {
		require.Equal(t, ":1", p.read())
	}
	require.Equal(t, "+PONG", p.read())
	require.Zero(t, n.s.hub.backlog.Load())
}

// TestPublishToManyPatternsLeavesTheLoop: a message that many patterns have to be
// compared with keeps its place among those of its client.
func TestPublishToManyPatternsLeavesTheLoop(t *testing.T) {
	n := startNode(t, false)
	c, p := n.dial(), n.dial()
	for from := 0; from < 20_000; from += 4000 {
		args := []string{"PSUBSCRIBE"}
		for i := from; i < from+4000; i++ {
			args = append(args, fmt.Sprintf("*:%d", i))
		}
		c.send(args...)
		for range 4000 {
			c.read()
		}
	}
	for i := range 5 {
		p.send("PUBLISH", "x:19999", strconv.Itoa(i))
		p.send("ECHO", strconv.Itoa(i))
	}
	for i := range 5 {
		require.Equal(t, ":1", p.read())
		require.Equal(t, fmt.Sprintf(`$"%d"`, i), p.read())
		require.Equal(t, fmt.Sprintf(`*[$"pmessage" $"*:19999" $"x:19999" $"%d"]`, i), c.read())
	}
}
