package clients

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clusternode/internal/testserver"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// keys is how many keys a workload stores; enough to meet every node many times.
const keys = 1000

func ours(t *testing.T) testserver.Binary {
	bin, err := testserver.Ours()
	require.NoError(t, err)
	return bin
}

// connect returns a cluster client that knows some of the nodes.
func connect(t *testing.T, addrs ...string) *redis.ClusterClient {
	c := redis.NewClusterClient(&redis.ClusterOptions{Addrs: addrs, MaxRedirects: 8, DialTimeout: 5 * time.Second, ReadTimeout: 20 * time.Second})
	t.Cleanup(func() { c.Close() })
	return c
}

// startLocal runs `clusternode local` and returns the addresses of its three nodes.
func startLocal(t *testing.T, dir string) (*testserver.Server, []string) {
	port, err := testserver.FreePorts(3)
	require.NoError(t, err)
	s := testserver.Start(t, ours(t), testserver.Options{Verb: "local", Port: port, Dir: dir, Args: []string{"--primaries", "3"}})
	var addrs []string
	for i := range 3 {
		addrs = append(addrs, "127.0.0.1:"+strconv.Itoa(port+i))
	}
	require.NoError(t, testserver.AwaitAddrs(addrs, 3))
	return s, addrs
}

func TestGoRedisLocal(t *testing.T) {
	_, addrs := startLocal(t, t.TempDir())
	workload(t, connect(t, addrs[0]))
}

// TestLocalKeepsItsTopology: after a restart the same nodes own the same slots.
func TestLocalKeepsItsTopology(t *testing.T) {
	s, addrs := startLocal(t, t.TempDir())
	before := topology(t, addrs[0])
	require.Len(t, before, 3)
	require.NoError(t, s.Stop(20*time.Second))
	require.NoError(t, s.Restart())
	require.Eventually(t, func() bool { return slices.Equal(before, topology(t, addrs[2])) }, 20*time.Second, 50*time.Millisecond)
	workload(t, connect(t, addrs[1]))
}

// topology is a line per node: id, address and slots.
func topology(t *testing.T, addr string) []string {
	c := redis.NewClient(&redis.Options{Addr: addr})
	defer c.Close()
	text, err := c.ClusterNodes(context.Background()).Result()
	require.NoError(t, err)
	var out []string
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		f := strings.Fields(line)
		require.GreaterOrEqual(t, len(f), 8, line)
		out = append(out, f[0]+" "+f[1]+" "+strings.Join(f[8:], " "))
	}
	slices.Sort(out)
	return out
}

func TestGoRedisSeparateNodes(t *testing.T) {
	nodes := testserver.StartCluster(t, ours(t), 3)
	workload(t, connect(t, nodes[1].Addr))
}

// TestNodeDiesAndComesBack kills a node; its slots are down for the client and nothing hangs; it comes back on its port, is
// killed again and comes back on another.
func TestNodeDiesAndComesBack(t *testing.T) {
	nodes := testserver.StartCluster(t, ours(t), 3)
	c := connect(t, nodes[0].Addr, nodes[1].Addr)
	ctx := context.Background()
	require.NoError(t, c.Set(ctx, "foo", "1", 0).Err()) // slot 12182, of the third node
	victim := nodes[2]

	victim.Crash()
	require.Eventually(t, func() bool {
		v, err := nodes[0].Do("CLUSTER", "INFO")
		return err == nil && strings.Contains(v.Str, "cluster_state:fail")
	}, 30*time.Second, 50*time.Millisecond, "the others notice")
	_, err := nodes[0].Do("SET", "bar", "1") // slot 5061, of the first node
	require.ErrorContains(t, err, "CLUSTERDOWN")

	require.NoError(t, victim.Restart())
	require.NoError(t, testserver.AwaitCluster(nodes, 3))
	workload(t, c)

	victim.Crash()
	port, err := testserver.FreePort()
	require.NoError(t, err)
	require.NoError(t, victim.RestartAt(port))
	require.NoError(t, testserver.AwaitCluster(nodes, 3))
	require.Eventually(t, func() bool {
		v, err := nodes[0].Do("CLUSTER", "NODES")
		return err == nil && strings.Contains(v.Str, fmt.Sprintf("127.0.0.1:%d@%d ", port, port+10000))
	}, 30*time.Second, 50*time.Millisecond, "the others learn the new address")
	workload(t, c)
	workload(t, connect(t, nodes[0].Addr))
}

// workload uses a cluster client in every way that strings allow and checks each result.
func workload(t *testing.T, c *redis.ClusterClient) {
	ctx := context.Background()
	require.Eventually(t, func() bool { // until the client knows where everything is
		return c.ForEachMaster(ctx, func(ctx context.Context, n *redis.Client) error { return n.FlushAll(ctx).Err() }) == nil
	}, 20*time.Second, 50*time.Millisecond)
	for _, part := range []struct {
		name string
		play func(*testing.T, context.Context, *redis.ClusterClient)
	}{
		{"strings", stringsPart}, {"pipeline", pipelinePart}, {"scan", scanPart}, {"hash tags", tagsPart}, {"counters", countersPart}, {"transactions", transactionsPart}, {"expiry", expiryPart},
	} {
		part.play(t, ctx, c)
		require.False(t, t.Failed(), part.name)
	}
}

func key(i int) string   { return "key:" + strconv.Itoa(i) }
func value(i int) string { return fmt.Sprintf("value\x00\r\n\xff%d", i*i) }

func stringsPart(t *testing.T, ctx context.Context, c *redis.ClusterClient) {
	for i := range keys {
		require.NoError(t, c.Set(ctx, key(i), value(i), 0).Err())
	}
	for i := range keys {
		got, err := c.Get(ctx, key(i)).Result()
		require.NoError(t, err)
		require.Equal(t, value(i), got)
	}
	require.ErrorIs(t, c.Get(ctx, "missing").Err(), redis.Nil)
	ok, err := c.SetNX(ctx, key(1), "other", 0).Result()
	require.NoError(t, err)
	require.False(t, ok)
	n, err := c.Append(ctx, "appended", "ab").Result()
	require.NoError(t, err)
	require.EqualValues(t, 2, n)
	big := strings.Repeat("0123456789abcdef", 128<<10) // 2 MiB
	require.NoError(t, c.Set(ctx, "big", big, 0).Err())
	got, err := c.Get(ctx, "big").Result()
	require.NoError(t, err)
	require.True(t, big == got)
	del, err := c.Del(ctx, "big").Result()
	require.NoError(t, err)
	require.EqualValues(t, 1, del)
}

// pipelinePart sends one pipeline over all nodes.
func pipelinePart(t *testing.T, ctx context.Context, c *redis.ClusterClient) {
	p := c.Pipeline()
	var got []*redis.StringCmd
	for i := range keys {
		got = append(got, p.Get(ctx, key(i)))
	}
	_, err := p.Exec(ctx)
	require.NoError(t, err)
	for i, cmd := range got {
		require.Equal(t, value(i), cmd.Val())
	}
}

// scanPart sees every key exactly once over all primaries, which hold about equally many.
func scanPart(t *testing.T, ctx context.Context, c *redis.ClusterClient) {
	var lock sync.Mutex
	seen := map[string]int{}
	var total int64
	require.NoError(t, c.ForEachMaster(ctx, func(ctx context.Context, n *redis.Client) error {
		size, err := n.DBSize(ctx).Result()
		if err != nil {
			return err
		}
		atomic.AddInt64(&total, size)
		if size < keys/5 {
			return fmt.Errorf("a node has only %d keys", size)
		}
		it := n.Scan(ctx, 0, "key:*", 50).Iterator()
		for it.Next(ctx) {
			lock.Lock()
			seen[it.Val()]++
			lock.Unlock()
		}
		return it.Err()
	}))
	require.Len(t, seen, keys)
	for k, times := range seen {
		require.Equal(t, 1, times, k)
	}
	require.EqualValues(t, keys+1, total, "and the appended one")
}

func tagsPart(t *testing.T, ctx context.Context, c *redis.ClusterClient) {
	require.NoError(t, c.MSet(ctx, "{user}a", "1", "{user}b", "2").Err())
	got, err := c.MGet(ctx, "{user}a", "{user}b", "{user}c").Result()
	require.NoError(t, err)
	require.Equal(t, []any{"1", "2", nil}, got)
	n, err := c.Exists(ctx, "{user}a", "{user}b", "{user}a").Result()
	require.NoError(t, err)
	require.EqualValues(t, 3, n)
	require.ErrorContains(t, c.Do(ctx, "mget", "a", "b").Err(), "CROSSSLOT")
	require.NoError(t, c.Rename(ctx, "{user}a", "{user}z").Err())
	require.Equal(t, "1", c.Get(ctx, "{user}z").Val())
}

// countersPart counts from several goroutines at once on one key and on many.
func countersPart(t *testing.T, ctx context.Context, c *redis.ClusterClient) {
	const workers, each = 8, 200
	var wg sync.WaitGroup
	errs := make(chan error, workers)
	for range workers {
		wg.Go(func() {
			for i := range each {
				if err := c.Incr(ctx, "counter").Err(); err != nil {
					errs <- err
					return
				}
				if err := c.IncrBy(ctx, "counter:"+strconv.Itoa(i%10), 2).Err(); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	require.NoError(t, <-errs)
	require.Equal(t, strconv.Itoa(workers*each), c.Get(ctx, "counter").Val())
	for i := range 10 {
		require.Equal(t, strconv.Itoa(workers*each/10*2), c.Get(ctx, "counter:"+strconv.Itoa(i)).Val())
	}
}

// transactionsPart moves units between two keys of one slot with WATCH from several goroutines; none may be lost.
func transactionsPart(t *testing.T, ctx context.Context, c *redis.ClusterClient) {
	require.NoError(t, c.MSet(ctx, "{bank}a", "100", "{bank}b", "0").Err())
	move := func(tx *redis.Tx) error {
		a, err := tx.Get(ctx, "{bank}a").Int()
		if err != nil {
			return err
		}
		b, err := tx.Get(ctx, "{bank}b").Int()
		if err != nil {
			return err
		}
		_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, "{bank}a", a-1, 0)
			p.Set(ctx, "{bank}b", b+1, 0)
			return nil
		})
		return err
	}
	var wg sync.WaitGroup
	var done atomic.Int64
	errs := make(chan error, 4)
	for range 4 {
		wg.Go(func() {
			for done.Load() < 40 {
				switch err := c.Watch(ctx, move, "{bank}a", "{bank}b"); err {
				case nil:
					done.Add(1)
				case redis.TxFailedErr:
				default:
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	require.NoError(t, <-errs)
	require.Equal(t, strconv.FormatInt(done.Load(), 10), c.Get(ctx, "{bank}b").Val())
	require.Equal(t, strconv.FormatInt(100-done.Load(), 10), c.Get(ctx, "{bank}a").Val())
}

func expiryPart(t *testing.T, ctx context.Context, c *redis.ClusterClient) {
	require.NoError(t, c.Set(ctx, "short", "x", 30*time.Millisecond).Err())
	require.NoError(t, c.Set(ctx, "long", "x", time.Hour).Err())
	require.Eventually(t, func() bool { return c.Get(ctx, "short").Err() == redis.Nil }, 10*time.Second, 10*time.Millisecond)
	ttl, err := c.TTL(ctx, "long").Result()
	require.NoError(t, err)
	require.Greater(t, ttl, 50*time.Minute)
	at, err := c.ExpireTime(ctx, "long").Result()
	require.NoError(t, err)
	require.Greater(t, at, ttl)
	require.True(t, c.Persist(ctx, "long").Val())
	require.EqualValues(t, -1, c.TTL(ctx, "long").Val())
}
