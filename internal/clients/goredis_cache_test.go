package clients

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// TestGoRedisCache uses the client's own cache on a key's owner, while writes come through the cluster client. (The cluster client
// of this version has no cache.)
func TestGoRedisCache(t *testing.T) {
	_, addrs := startLocal(t, t.TempDir())
	ctx := context.Background()
	c, nodes := connect(t, addrs[0]), nodeClients(t, addrs)
	owner, others := ownerOf(t, ctx, nodes, "city")

	cached := redis.NewClient(&redis.Options{Addr: owner.Options().Addr, Protocol: 3, ClientSideCacheConfig: &redis.ClientSideCacheConfig{MaxEntries: 100}})
	defer cached.Close()
	require.ErrorIs(t, cached.Get(ctx, "city").Err(), redis.Nil)
	value := func(want string) {
		require.Eventually(t, func() bool { return cached.Get(ctx, "city").Val() == want }, 20*time.Second, time.Millisecond, want)
	}
	write := func(do func() error, want string) {
		require.NoError(t, do())
		value(want)
		before := cached.CSCStats().Hits
		for range 100 {
			require.Equal(t, want, cached.Get(ctx, "city").Val())
		}
		require.EqualValues(t, 100, cached.CSCStats().Hits-before, "read without asking the server")
	}
	write(func() error { return c.Set(ctx, "city", "Rome", 0).Err() }, "Rome")
	write(func() error { return c.Append(ctx, "city", "!").Err() }, "Rome!")
	write(func() error {
		_, err := c.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, "city", "Oslo", 0)
			p.Set(ctx, "{city}2", "x", 0)
			return nil
		})
		return err
	}, "Oslo")
	write(func() error { return cached.Set(ctx, "city", "Bern", 0).Err() }, "Bern")
	require.NoError(t, c.Del(ctx, "city").Err())
	value("")
	require.NoError(t, c.Set(ctx, "city", "Kyiv", 50*time.Millisecond).Err())
	value("Kyiv")
	value("") // expiry invalidates too
	require.NoError(t, c.Set(ctx, "city", "Lima", 0).Err())
	value("Lima")
	require.NoError(t, owner.FlushAll(ctx).Err())
	value("")

	// Another node does not track what it does not serve.
	elsewhere := redis.NewClient(&redis.Options{Addr: others[0].Options().Addr, Protocol: 3, ClientSideCacheConfig: &redis.ClientSideCacheConfig{MaxEntries: 100}})
	defer elsewhere.Close()
	require.ErrorContains(t, elsewhere.Get(ctx, "city").Err(), "MOVED")
	require.Equal(t, "0", others[0].InfoMap(ctx, "stats").Item("Stats", "tracking_total_keys"))
}
