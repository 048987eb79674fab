package server

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/resp"
	"clusternode/tracking"
)

// info returns one number of INFO.
func (c *testClient) info(name string) int64 {
	c.t.Helper()
	c.send("INFO", "everything")
	v, err := resp.ReadValue(c.in, resp.DefaultReplyLimits)
	require.NoError(c.t, err)
	_, rest, ok := strings.Cut(v.Str, "\n"+name+":")
	require.True(c.t, ok, name)
	line, _, _ := strings.Cut(rest, "\r\n")
	n, err := strconv.ParseInt(line, 10, 64)
	require.NoError(c.t, err)
	return n
}

// resp3 is a connection that speaks RESP3.
func (n *testNode) resp3() *testClient {
	c := n.dial()
	c.do("HELLO", "3")
	return c
}

func TestTrackingTells(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		a, w := n.resp3(), n.dial()
		require.Equal(t, "+OK", a.do("CLIENT", "TRACKING", "ON"))
		a.do("GET", "k")
		w.do("SET", "k", "1")
		require.Equal(t, `>[$"invalidate" *[$"k"]]`, a.read())
		require.Equal(t, `$"1"`, a.do("GET", "k"))
		a.send("SET", "k", "2")
		require.Equal(t, "+OK", a.read())
		require.Equal(t, `>[$"invalidate" *[$"k"]]`, a.read())
		a.do("GET", "k")
		w.do("FLUSHALL")
		require.Equal(t, `>[$"invalidate" (null _)]`, a.read())
		require.EqualValues(t, 1, w.info("tracking_clients"))
	})
}

// Housekeeping removes what has expired, and tells both kinds of clients.
func TestTrackingActiveExpiry(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		a, b, w := n.resp3(), n.resp3(), n.dial()
		a.do("CLIENT", "TRACKING", "ON", "NOLOOP")
		b.do("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "k", "NOLOOP")
		w.do("SET", "other", "1", "PX", "10")
		w.do("SET", "k", "1", "PX", "10")
		require.Equal(t, `>[$"invalidate" *[$"k"]]`, b.read())
		a.do("TTL", "k")
		require.Equal(t, `>[$"invalidate" *[$"k"]]`, a.read())
		require.Equal(t, `>[$"invalidate" *[$"k"]]`, b.read())
	})
}

// Keys of a hash whose last field expired are gone, too.
func TestTrackingExpiredFields(t *testing.T) {
	n := startNode(t, false)
	a, w := n.resp3(), n.dial()
	a.do("CLIENT", "TRACKING", "ON")
	w.do("HSET", "h", "f", "1")
	w.do("HPEXPIRE", "h", "10", "FIELDS", "1", "f")
	require.Equal(t, `$"1"`, a.do("HGET", "h", "f"))
	require.Equal(t, `>[$"invalidate" *[$"h"]]`, a.read())
}

// A command that runs away from its loop: what others change meanwhile comes
// behind its reply.
func TestTrackingOffloaded(t *testing.T) {
	n := startNode(t, false)
	a, w := n.resp3(), n.dial()
	a.do("CLIENT", "TRACKING", "ON")
	w.do("SETBIT", "big", strconv.Itoa(1<<29), "1")
	for range 20 {
		a.send("BITCOUNT", "big")
		w.do("SETBIT", "big", "7", "0")
		var got []string
		for len(got) < 1 || strings.HasPrefix(got[len(got)-1], ">") {
			got = append(got, a.read())
		}
		// Either the change came first, or the message follows the reply.
		if len(got) > 1 {
			require.Equal(t, []string{`>[$"invalidate" *[$"big"]]`, ":1"}, got, "the message is about an earlier reply")
		}
	}
}

func TestTrackingLimit(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--tracking-table-max-keys", "100")
		a, w := n.resp3(), n.dial()
		a.do("CLIENT", "TRACKING", "ON")
		gone := map[string]bool{}
		take := func(v string) {
			key := strings.TrimSuffix(strings.TrimPrefix(v, `>[$"invalidate" *[$"`), `"]]`)
			require.False(t, gone[key], key)
			gone[key] = true
		}
		for i := range 250 {
			for v := a.do("GET", fmt.Sprint("k", i)); v != "(null _)"; v = a.read() {
				take(v)
			}
			require.LessOrEqual(t, w.info("tracking_total_keys"), int64(100))
		}
		for len(gone) < 150 {
			take(a.read())
		}
		require.EqualValues(t, 100, w.info("tracking_total_keys"))
		require.EqualValues(t, 100, w.info("tracking_total_items"))
		w.do("CONFIG", "SET", "tracking-table-max-keys", "3")
		for len(gone) < 247 {
			take(a.read())
		}
		require.EqualValues(t, 3, w.info("tracking_total_keys"))
		w.do("CONFIG", "SET", "tracking-table-max-keys", "0")
		for i := range 250 {
			for v := a.do("GET", fmt.Sprint("k", i)); v != "(null _)"; v = a.read() {
				take(v)
			}
		}
		require.EqualValues(t, 250, w.info("tracking_total_keys"))
	})
}

// Thousands of keys over a limit that was lowered go without a command.
func TestTrackingLimitLowered(t *testing.T) {
	n := startNode(t, false)
	a, w := n.resp3(), n.dial()
	a.do("CLIENT", "TRACKING", "ON")
	for i := range 5000 {
		a.do("GET", fmt.Sprint("k", i))
	}
	w.do("CONFIG", "SET", "tracking-table-max-keys", "10")
	for range 4990 {
		require.Contains(t, a.read(), "invalidate")
	}
	require.EqualValues(t, 10, w.info("tracking_total_keys"))
}

// When the last client that tracks has gone, nothing is left and nothing costs.
func TestTrackingEnds(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		w := n.dial()
		for round := range 3 {
			a, b := n.resp3(), n.resp3()
			a.do("CLIENT", "TRACKING", "ON")
			b.do("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "a", "PREFIX", "b")
			for i := range 100 {
				a.do("GET", fmt.Sprint("k", i))
			}
			require.EqualValues(t, 2, w.info("tracking_clients"))
			require.EqualValues(t, 2, w.info("tracking_total_prefixes"))
			require.EqualValues(t, 100, w.info("tracking_total_items"))
			require.NotZero(t, n.s.env.Attention.Load())
			if round == 2 {
				a.do("RESET")
				require.EqualValues(t, 1, w.info("tracking_clients"))
			}
			a.nc.Close()
			b.nc.Close()
			require.Eventually(t, func() bool { return w.info("tracking_clients") == 0 && n.s.env.Attention.Load() == 0 }, 10*time.Second, time.Millisecond)
			require.Zero(t, w.info("tracking_total_keys"))
			require.Zero(t, w.info("tracking_total_prefixes"))
		}
	})
}

// A client that does not read what it is told is closed by its output limit.
func TestTrackingSlowReader(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--client-output-buffer-limit", "normal 100000 0 0")
		a, w := n.resp3(), n.dial()
		a.do("CLIENT", "TRACKING", "ON", "BCAST")
		key := strings.Repeat("x", 1000)
		for i := 0; w.info("client_output_buffer_limit_disconnections") == 0; i++ {
			require.Less(t, i, 100)
			for j := range 100 {
				w.send("SET", key+strconv.Itoa(j), "1")
			}
			for range 100 {
				require.Equal(t, "+OK", w.read())
			}
		}
		require.True(t, a.closed())
	})
}

// Who does not want to hear about its own changes hears which keys had to go
// for them.
func TestTrackingEviction(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--maxmemory-policy", "allkeys-random")
		a, w := n.resp3(), n.dial()
		a.do("CLIENT", "TRACKING", "ON", "NOLOOP")
		copies := map[string]bool{}
		for i := range 200 {
			key := fmt.Sprint("k", i)
			w.do("SET", key, strings.Repeat("x", 1000))
			a.do("GET", key)
			copies[key] = true
		}
		w.do("CONFIG", "SET", "maxmemory", strconv.FormatInt(w.info("used_memory")+200_000, 10))
		for i := range 100 {
			for v := a.do("SET", fmt.Sprint("new", i), strings.Repeat("x", 10_000)); v != "+OK"; v = a.read() {
				require.Contains(t, v, "invalidate")
				delete(copies, strings.TrimSuffix(strings.TrimPrefix(v, `>[$"invalidate" *[$"`), `"]]`))
			}
		}
		require.NotZero(t, w.info("evicted_keys"))
		w.do("CONFIG", "SET", "maxmemory", "0")
		for v := a.do("PING"); v != "+PONG"; v = a.read() {
			delete(copies, strings.TrimSuffix(strings.TrimPrefix(v, `>[$"invalidate" *[$"`), `"]]`))
		}
		for key := range copies {
			require.Equal(t, ":1", w.do("EXISTS", key), key)
		}
		require.Less(t, len(copies), 200)
	})
}

// A client with a hundred thousand prefixes hears what it should, costs what it
// costs, and is forgotten.
func TestTrackingManyPrefixes(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		a, w := n.resp3(), n.dial()
		args := []string{"CLIENT", "TRACKING", "ON", "BCAST"}
		for i := range 100_000 {
			args = append(args, "PREFIX", fmt.Sprintf("p%05d:", i))
		}
		require.Equal(t, "+OK", a.do(args...))
		require.EqualValues(t, 100_000, w.info("tracking_total_prefixes"))
		w.do("MSET", "p77777:a", "1", "p:", "1", "p00000:", "1")
		require.Equal(t, `>[$"invalidate" *[$"p00000:"]]`, a.read())
		require.Equal(t, `>[$"invalidate" *[$"p77777:a"]]`, a.read())
		a.send("CLIENT", "INFO")
		line := a.read()
		_, rest, _ := strings.Cut(line, "tot-mem=")
		total, _, _ := strings.Cut(rest, " ")
		size, err := strconv.Atoi(total)
		require.NoError(t, err, line)
		require.Greater(t, size, 10<<20)
		a.nc.Close()
		require.Eventually(t, func() bool { return w.info("tracking_total_prefixes") == 0 }, 10*time.Second, time.Millisecond)
	})
}

// A changed protocol or a target that goes away while messages are under way.
func TestTrackingRedirectUnderLoad(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		w := n.dial()
		for range 20 {
			a, target := n.resp3(), n.resp3()
			id := strings.TrimPrefix(target.do("CLIENT", "ID"), ":")
			require.Equal(t, "+OK", a.do("CLIENT", "TRACKING", "ON", "REDIRECT", id))
			for i := range 50 {
				a.do("GET", fmt.Sprint("k", i))
			}
			w.send("PING")
			for i := range 50 {
				w.send("SET", fmt.Sprint("k", i), "1")
			}
			require.Contains(t, target.read(), "invalidate")
			target.nc.Close()
			for range 51 {
				w.read()
			}
			require.Eventually(t, func() bool {
				n.s.byID.mu.RLock()
				defer n.s.byID.mu.RUnlock()
				for _, c := range n.s.byID.m {
					if fmt.Sprint(c.ID) == id {
						return false
					}
				}
				return true
			}, 10*time.Second, time.Millisecond)
			a.do("CLIENT", "TRACKING", "ON", "REDIRECT", strings.TrimPrefix(w.do("CLIENT", "ID"), ":"))
			a.nc.Close()
		}
		require.Equal(t, "+PONG", w.do("PING"))
	})
}

func TestTrackers(t *testing.T) {
	var all trackers
	s := &Server{}
	twin := map[tracking.Client]*conn{}
	used := map[tracking.Client]bool{}
	r := rand.New(rand.NewPCG(1, 1))
	for range 20_000 {
		if len(twin) < 10 || r.IntN(2) == 0 && len(twin) < 3000 {
			c := &conn{s: s}
			require.True(t, all.add(c))
			require.NotZero(t, c.track.id)
			require.False(t, used[c.track.id], "a number that meant somebody else")
			twin[c.track.id], used[c.track.id] = c, true
			continue
		}
		for id := range twin {
			delete(twin, id)
			require.Equal(t, len(twin) == 0, all.remove(id))
			require.Nil(t, all.of(id))
			break
		}
	}
	require.Len(t, all.all(), len(twin))
	for id, c := range twin {
		require.Same(t, c, all.of(id).c)
	}
}
