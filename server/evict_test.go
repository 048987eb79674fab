package server

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/keyspace"
)

const oomReply = "-OOM command not allowed when used memory > 'maxmemory'."

// field reads a number of INFO.
func (c *testClient) field(section, name string) int64 {
	c.t.Helper()
	_, rest, ok := strings.Cut(c.do("INFO", section), name+":")
	require.True(c.t, ok, name)
	n, err := strconv.ParseInt(rest[:strings.Index(rest, `\r`)], 10, 64)
	require.NoError(c.t, err)
	return n
}

// limitTo sets maxmemory to what is used now and some more.
func (c *testClient) limitTo(more int64) int64 {
	limit := c.field("memory", "used_memory") + more
	require.Equal(c.t, "+OK", c.do("CONFIG", "SET", "maxmemory", strconv.FormatInt(limit, 10)))
	return limit
}

// TestEvictionTime: Redis' table of maxmemory-eviction-tenacity.
func TestEvictionTime(t *testing.T) {
	require.Zero(t, evictionTime(0))
	require.Equal(t, 500*time.Microsecond, evictionTime(10))
	require.InDelta(t, 2023, evictionTime(20).Microseconds(), 1)
	require.Greater(t, evictionTime(99), 2*time.Minute)
	require.Greater(t, evictionTime(100), 24*time.Hour)
}

// TestPolicies: with each policy new keys take the place of those that it names;
// when there are none, writes are refused, and reads and deletions are not.
func TestPolicies(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		for _, policy := range []string{"noeviction", "allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"} {
			n := start("--maxmemory-policy", policy)
			c := n.dial()
			value := strings.Repeat("v", 1000)
			for i := range 500 {
				require.Equal(t, "+OK", c.do("SET", fmt.Sprint("plain", i), value))
				require.Equal(t, "+OK", c.do("SET", fmt.Sprint("volatile", i), value, "EX", "1000"))
			}
			c.limitTo(100_000)
			refused := 0
			for i := range 1000 {
				switch reply := c.do("SET", fmt.Sprint("new", i), value); {
				case reply == oomReply:
					refused++
				default:
					require.Equal(t, "+OK", reply)
				}
			}
			switch {
			case policy == "noeviction":
				require.Greater(t, refused, 800)
				require.Zero(t, c.field("stats", "evicted_keys"))
			case strings.HasPrefix(policy, "volatile"):
				require.EqualValues(t, 500, c.field("stats", "evicted_keys"))
				require.InDelta(t, 420, refused, 60)
				for i := range 500 {
					require.Equal(t, ":1", c.do("EXISTS", fmt.Sprint("plain", i)))
				}
			default:
				require.Zero(t, refused)
				require.InDelta(t, 900, c.field("stats", "evicted_keys"), 60)
			}
			require.Contains(t, []string{":1", ":0"}, c.do("DEL", "plain1"))
			if refused > 0 {
				require.Positive(t, c.field("stats", "current_eviction_exceeded_time")+1)
			}
		}
	})
}

// TestUsedMemoryUnderWriters: many writers, pipelined and not, keep used_memory
// within a key for each executor.
func TestUsedMemoryUnderWriters(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--maxmemory-policy", "allkeys-lru")
		c := n.dial()
		for i := range 2000 {
			require.Equal(t, "+OK", c.do("SET", fmt.Sprint("first", i), strings.Repeat("v", i%500)))
		}
		const writers, key = 4, 700 // bytes of the largest
		limit := c.limitTo(200_000)
		var wg sync.WaitGroup
		for i := range writers {
			w := n.dial()
			wg.Go(func() {
				for j := range 100 {
					var b strings.Builder
					for k := range 32 {
						b.WriteString(encode("SET", fmt.Sprint("k", i, j, k), strings.Repeat("v", (j*k)%500)))
					}
					w.raw(b.String())
					for range 32 {
						require.Equal(t, "+OK", w.read())
					}
				}
			})
		}
		stop := make(chan struct{})
		var most int64
		var watch sync.WaitGroup
		watch.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					most = max(most, n.s.overBy(limit))
					time.Sleep(100 * time.Microsecond)
				}
			}
		})
		wg.Wait()
		close(stop)
		watch.Wait()
		// A table that grows is one step with the key that it grows for; the input
		// of a client counts as well, and comes without being asked.
		require.Less(t, most, int64(writers*(key+12<<10)+writers*(64<<10)))
		require.Positive(t, c.field("stats", "evicted_keys"))
		c.do("PING")
		require.LessOrEqual(t, n.s.overBy(limit), int64(4096))
		require.Equal(t, n.s.ks.Memory().Used(), n.s.ks.UsedMemory())
	})
}

// TestEvictionInTransactions: EXEC makes room first and is refused as a whole if
// there is none.
func TestEvictionInTransactions(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		c, other := n.dial(), n.dial()
		require.Equal(t, "+OK", c.do("SET", "{a}1", strings.Repeat("v", 100_000)))
		c.limitTo(50_000)
		require.Equal(t, "+OK", c.do("MULTI"))
		require.Equal(t, "+QUEUED", c.do("SET", "{a}2", "v"))
		for i, reply := 0, "+OK"; reply == "+OK"; i++ {
			require.Less(t, i, 20)
			reply = other.do("SET", fmt.Sprint("{b}", i), strings.Repeat("v", 10_000))
		}
		require.Equal(t, "-EXECABORT Transaction discarded because of: "+oomReply[1:], c.do("EXEC"))
		require.Equal(t, "+OK", c.do("MULTI"))
		require.Equal(t, oomReply, c.do("GET", "{a}1"))
		require.Equal(t, "-EXECABORT Transaction discarded because of previous errors.", c.do("EXEC"))
		require.Equal(t, "+OK", c.do("WATCH", "{a}1"))
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "maxmemory-policy", "allkeys-lru", "maxmemory", "1"))
		eventually(t, func() bool { return c.do("DBSIZE") == ":0" })
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "maxmemory", "0"))
		require.Equal(t, "+OK", c.do("MULTI"))
		require.Equal(t, "+QUEUED", c.do("SET", "{a}2", "v"))
		require.Equal(t, "(null *)", c.do("EXEC"), "a watched key was evicted")
		require.Positive(t, c.field("stats", "evicted_keys"))
	})
}

// TestEvictionGoesOn: a limit that is lowered far below what is used is met in
// the background, with nobody writing; CLIENT PAUSE holds eviction.
func TestEvictionGoesOn(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--maxmemory-policy", "allkeys-random", "--maxmemory-eviction-tenacity", "0")
		c := n.dial()
		for i := range 20 {
			var b strings.Builder
			for j := range 500 {
				b.WriteString(encode("SET", fmt.Sprint("k", i, j), strings.Repeat("v", 200)))
			}
			c.raw(b.String())
			for range 500 {
				require.Equal(t, "+OK", c.read())
			}
		}
		require.Equal(t, "+OK", c.do("CLIENT", "PAUSE", "100000", "WRITE"))
		limit := c.limitTo(-1_000_000)
		require.Equal(t, ":10000", c.do("DBSIZE"))
		require.Equal(t, "+OK", c.do("CLIENT", "UNPAUSE"))
		c.do("PING")
		eventually(t, func() bool { return n.s.overBy(limit) <= 0 })
		require.Positive(t, n.s.ks.DBSize(0))
		eventually(t, func() bool { return !n.s.memory.working.Load() })
		c.do("PING")
		require.Zero(t, c.field("stats", "current_eviction_exceeded_time"))
	})
}

// TestBigVictim: a victim that takes long to free does not drag others along,
// whoever frees it, and used_memory follows.
func TestBigVictim(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		for _, more := range [][]string{{"no", "10"}, {"no", "0"}, {"yes", "10"}} {
			n := start("--maxmemory-policy", "volatile-ttl", "--maxmemory-samples", "5000", "--lazyfree-lazy-eviction", more[0], "--maxmemory-eviction-tenacity", more[1])
			c := n.dial()
			for i := range 100 {
				args := []string{"SADD", "big"}
				for j := range 1000 {
					args = append(args, fmt.Sprint("a member of some length ", i, " ", j))
				}
				require.Equal(t, ":1000", c.do(args...))
			}
			require.Equal(t, ":1", c.do("EXPIRE", "big", "1000"))
			for i := range 1000 {
				require.Equal(t, "+OK", c.do("SET", fmt.Sprint("k", i), "v", "EX", "2000"))
			}
			before := c.field("memory", "used_memory")
			c.limitTo(-10_000)
			eventually(t, func() bool { return c.do("EXISTS", "big") == ":0" })
			require.Equal(t, "+OK", c.do("SET", "new", "v"))
			// Whoever looks for a victim at the same moment takes one, too.
			require.LessOrEqual(t, c.field("stats", "evicted_keys"), int64(3))
			eventually(t, func() bool { return c.field("memory", "used_memory") < before-3_000_000 })
			eventually(t, func() bool { return c.field("memory", "mem_not_counted_for_evict") == 0 })
			require.LessOrEqual(t, c.field("stats", "evicted_keys"), int64(3))
		}
	})
}

// TestReplicaKeepsKeys: a replica leaves eviction to its primary, unless
// replica-ignore-maxmemory says no.
func TestReplicaKeepsKeys(t *testing.T) {
	nodes := startCluster(t, 1, !haveLoops)
	primary := nodes[0].dial()
	r := startNode(t, !haveLoops, "--port", freePort(t), "--bind", "127.0.0.1", "--cluster-enabled", "yes", "--cluster-node-timeout", "3000", "--maxmemory-policy", "allkeys-lru")
	c := r.dial()
	require.Equal(t, "+OK", primary.do("CLUSTER", "MEET", "127.0.0.1", strconv.Itoa(int(r.s.port.Load()))))
	id := strings.Trim(primary.do("CLUSTER", "MYID"), `$"`)
	eventually(t, func() bool { return c.do("CLUSTER", "REPLICATE", id) == "+OK" })
	eventually(t, r.s.Replica)
	r.s.ks.Gate(func() {
		_, err := r.s.ks.Part(0, 5).Put(r.s.ks.Hash([]byte("k")), []byte("k"), keyspace.TypeString, keyspace.EncRaw, []byte("v"), 0, false, 0)
		require.NoError(t, err)
	})
	require.Equal(t, "+OK", c.do("CONFIG", "SET", "maxmemory", "1"))
	for range 20 {
		require.Equal(t, "+PONG", c.do("PING"))
	}
	require.Equal(t, ":1", c.do("DBSIZE"))
	require.Zero(t, c.field("stats", "current_eviction_exceeded_time"))
	require.Equal(t, "+OK", c.do("CONFIG", "SET", "replica-ignore-maxmemory", "no"))
	eventually(t, func() bool { return c.do("DBSIZE") == ":0" })
	require.EqualValues(t, 1, c.field("stats", "evicted_keys"))
}
