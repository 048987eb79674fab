package server

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/resp"
)

// cachingClient keeps copies of what it reads until it is told otherwise, as a
// library does.
type cachingClient struct {
	c     *testClient
	mode  []string
	asked chan question // in the order of the replies to come
	done  chan struct{} // one for each reply
	ended chan struct{}

	mu    sync.Mutex
	cache map[string]string // guarded by mu
}

// question is what a command reads and writes; one with both is an EXEC.
type question struct{ reads, writes string }

func newCachingClient(n *testNode, mode ...string) *cachingClient {
	k := &cachingClient{c: n.resp3(), mode: mode, cache: map[string]string{},
		asked: make(chan question, 10), done: make(chan struct{}, 10), ended: make(chan struct{})}
	k.c.do(append([]string{"CLIENT", "TRACKING", "ON"}, mode...)...)
	go k.listen()
	return k
}

func (k *cachingClient) listen() {
	defer close(k.ended)
	for {
		v, err := resp.ReadValue(k.c.in, resp.DefaultReplyLimits)
		if err != nil {
			return
		}
		k.mu.Lock()
		if v.Type == '>' {
			k.told(v.Elems[1])
			k.mu.Unlock()
			continue
		}
		k.answered(<-k.asked, v)
		k.mu.Unlock()
		k.done <- struct{}{}
	}
}

func (k *cachingClient) told(keys resp.Value) {
	if keys.Null {
		clear(k.cache)
	}
	for _, e := range keys.Elems {
		delete(k.cache, e.Str)
	}
}

func (k *cachingClient) answered(q question, v resp.Value) {
	if v.Type == '*' {
		v = v.Elems[0]
	}
	if q.reads != "" {
		k.cache[q.reads] = v.String()
	}
	if q.writes != "" && slices.Contains(k.mode, "NOLOOP") {
		delete(k.cache, q.writes) // it is not told
	}
}

// ask sends a command and waits for the reply.
func (k *cachingClient) ask(q question, args ...string) {
	k.asked <- q
	k.c.send(args...)
	<-k.done
}

// covers reports whether the client is told of changes of the key.
func (k *cachingClient) covers(key string) bool {
	return !slices.Contains(k.mode, "PREFIX") || strings.ContainsAny(key[1:2], "123")
}

const cachedKeys = 40

func someKey(r *rand.Rand) string { return fmt.Sprint("k", r.IntN(cachedKeys)) }

// act reads, or writes, as one client.
func (k *cachingClient) act(r *rand.Rand, version *atomic.Int64) {
	key, other := someKey(r), someKey(r)
	value := strconv.FormatInt(version.Add(1), 10)
	switch op := r.IntN(20); {
	case op < 14 && k.covers(key):
		k.ask(question{reads: key}, "GET", key)
	case op < 16 && k.covers(key):
		k.ask(question{}, "MULTI")
		k.ask(question{}, "GET", key)
		k.ask(question{}, "SET", other, value)
		k.ask(question{reads: key, writes: other}, "EXEC")
	case op < 17:
		k.ask(question{writes: key}, "SET", key, value)
	default:
		k.ask(question{writes: key}, "SET", key, value, "PX", strconv.Itoa(1+r.IntN(20)))
	}
}

// disturb changes keys in one of many ways.
func disturb(r *rand.Rand, c *testClient, version *atomic.Int64) {
	a, b := someKey(r), someKey(r)
	value := strconv.FormatInt(version.Add(1), 10)
	switch r.IntN(12) {
	case 0:
		c.do("MSET", a, value, b, value)
	case 1:
		c.do("DEL", a, b)
	case 2:
		c.do("SET", a, value, "PX", strconv.Itoa(1+r.IntN(10)))
	case 3:
		c.do("RENAME", a, b)
	case 4:
		c.do("COPY", a, b, "REPLACE")
	case 5:
		c.do("APPEND", a, "x")
	case 6:
		c.do("PEXPIRE", a, "3")
	case 7:
		if r.IntN(10) == 0 {
			c.do("FLUSHALL")
		}
	case 8:
		c.do("BITOP", "NOT", a, b)
	case 9:
		c.do("GETDEL", a)
	default:
		c.do("SET", a, value)
	}
}

// TestTrackingKeepsCachesRight is the point of it all: after any history no
// client has a copy that differs from what the server has, once all messages
// have come.
func TestTrackingKeepsCachesRight(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--tracking-table-max-keys", "25", "--hz", "100")
		for seed := range uint64(3) {
			keepCachesRight(t, n, seed)
		}
	})
}

func keepCachesRight(t *testing.T, n *testNode, seed uint64) {
	clients := []*cachingClient{newCachingClient(n), newCachingClient(n), newCachingClient(n, "NOLOOP"), newCachingClient(n, "OPTOUT"),
		newCachingClient(n, "BCAST"), newCachingClient(n, "BCAST", "NOLOOP"), newCachingClient(n, "BCAST", "PREFIX", "k1", "PREFIX", "k2", "PREFIX", "k3")}
	var version atomic.Int64
	var wg sync.WaitGroup
	for i, k := range clients {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			for range 300 {
				k.act(r, &version)
			}
		})
	}
	for i := range 2 {
		wg.Go(func() {
			r, c := rand.New(rand.NewPCG(seed, uint64(100+i))), n.dial()
			for range 300 {
				disturb(r, c, &version)
			}
		})
	}
	wg.Wait()
	n.comeToRest(t, clients)
	w := n.dial()
	w.do("HELLO", "3")
	for _, k := range clients {
		for key, copied := range k.cache {
			require.Equal(t, w.do("GET", key), copied, "seed %d, mode %q, %s", seed, k.mode, key)
		}
	}
}

// comeToRest waits until nothing changes any more and all messages have come:
// volatile keys have expired, and everybody has heard of a last change.
func (n *testNode) comeToRest(t *testing.T, clients []*cachingClient) {
	w := n.dial()
	for i := range cachedKeys {
		key := fmt.Sprint("k", i)
		require.Eventually(t, func() bool { return slices.Contains([]string{":-1", ":-2"}, w.do("PTTL", key)) }, 20*time.Second, time.Millisecond)
	}
	w.do("SET", "k1", "first")
	for _, k := range clients {
		k.ask(question{reads: "k1"}, "GET", "k1")
	}
	w.do("SET", "k1", "last")
	for _, k := range clients {
		require.Eventually(t, func() bool {
			k.mu.Lock()
			defer k.mu.Unlock()
			_, has := k.cache["k1"]
			return !has
		}, 20*time.Second, time.Millisecond, "%q", k.mode)
		k.c.nc.Close()
		<-k.ended
	}
}
