package clients

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// nodeClients returns a client of each node, which follows no redirection.
func nodeClients(t *testing.T, addrs []string) []*redis.Client {
	var out []*redis.Client
	for _, addr := range addrs {
		c := redis.NewClient(&redis.Options{Addr: addr})
		t.Cleanup(func() { c.Close() })
		out = append(out, c)
	}
	return out
}

// ownerOf returns the node that serves the key, and the others.
func ownerOf(t *testing.T, ctx context.Context, nodes []*redis.Client, key string) (owner *redis.Client, others []*redis.Client) {
	for _, n := range nodes {
		if err := n.Exists(ctx, key).Err(); err == nil {
			owner = n
		} else {
			require.ErrorContains(t, err, "MOVED")
			others = append(others, n)
		}
	}
	require.NotNil(t, owner)
	return owner, others
}

// receive wants a message within seconds.
func receive(t *testing.T, ch <-chan *redis.Message) *redis.Message {
	select {
	case m := <-ch:
		require.NotNil(t, m)
		return m
	case <-time.After(20 * time.Second):
		require.FailNow(t, "no message")
		return nil
	}
}

// subscribed waits for the confirmation of a subscription.
func subscribed(t *testing.T, ctx context.Context, s *redis.PubSub, kind, channel string) {
	m, err := s.Receive(ctx)
	require.NoError(t, err)
	require.Equal(t, &redis.Subscription{Kind: kind, Channel: channel, Count: 1}, m)
}

// TestGoRedisPubSub is the documentation's example of Subscribe and Channel; every node publishes, whichever the subscriber is on.
func TestGoRedisPubSub(t *testing.T) {
	_, addrs := startLocal(t, t.TempDir())
	ctx := context.Background()
	c, nodes := connect(t, addrs[0]), nodeClients(t, addrs)

	pubsub := c.Subscribe(ctx, "mychannel1")
	defer pubsub.Close()
	subscribed(t, ctx, pubsub, "subscribe", "mychannel1")
	ch := pubsub.Channel()
	require.NoError(t, c.Publish(ctx, "mychannel1", "hello").Err())
	require.Equal(t, "hello", receive(t, ch).Payload)
	for i, n := range nodes {
		require.NoError(t, n.Publish(ctx, "mychannel1", i).Err())
		require.Equal(t, fmt.Sprint(i), receive(t, ch).Payload)
	}

	// One subscriber on every node, patterns among them.
	var chans []<-chan *redis.Message
	for _, n := range nodes {
		p := n.PSubscribe(ctx, "news.*")
		defer p.Close()
		subscribed(t, ctx, p, "psubscribe", "news.*")
		chans = append(chans, p.Channel())
	}
	for i, n := range nodes {
		require.NoError(t, n.Publish(ctx, "news.art", i).Err())
		for _, ch := range chans {
			require.Equal(t, &redis.Message{Channel: "news.art", Pattern: "news.*", Payload: fmt.Sprint(i)}, receive(t, ch))
		}
	}

	// What one node publishes arrives in its order.
	for i := range 1000 {
		require.NoError(t, nodes[1].Publish(ctx, "news.order", i).Err())
	}
	for i := range 1000 {
		require.Equal(t, fmt.Sprint(i), receive(t, chans[2]).Payload)
	}

	require.NoError(t, pubsub.Unsubscribe(ctx, "mychannel1"))
	require.Eventually(t, func() bool {
		for _, n := range nodes {
			if n.PubSubNumSub(ctx, "mychannel1").Val()["mychannel1"] != 0 {
				return false
			}
		}
		return true
	}, 20*time.Second, 10*time.Millisecond)
}

// TestGoRedisShardedPubSub: a shard channel belongs to its slot's owner; others redirect, for SPUBLISH and SSUBSCRIBE alike.
func TestGoRedisShardedPubSub(t *testing.T) {
	_, addrs := startLocal(t, t.TempDir())
	ctx := context.Background()
	c, nodes := connect(t, addrs[2]), nodeClients(t, addrs)
	for _, channel := range []string{"orders", "stock", "weather", "{user:7}.events"} { // of several owners
		pubsub := c.SSubscribe(ctx, channel)
		subscribed(t, ctx, pubsub, "ssubscribe", channel)
		ch := pubsub.Channel()
		owner, others := ownerOf(t, ctx, nodes, channel)
		n, err := c.SPublish(ctx, channel, "to the cluster").Result()
		require.NoError(t, err)
		require.EqualValues(t, 1, n)
		require.Equal(t, "to the cluster", receive(t, ch).Payload)
		require.EqualValues(t, 1, owner.SPublish(ctx, channel, "to the owner").Val())
		require.Equal(t, "to the owner", receive(t, ch).Payload)
		for _, other := range others {
			require.ErrorContains(t, other.SPublish(ctx, channel, "x").Err(), "MOVED")
			wrong := other.SSubscribe(ctx, channel)
			_, err := wrong.Receive(ctx)
			require.ErrorContains(t, err, "MOVED")
			require.NoError(t, wrong.Close())
		}
		// The same name as a plain channel is another channel.
		require.NoError(t, c.Publish(ctx, channel, "plain").Err())
		require.EqualValues(t, 1, owner.SPublish(ctx, channel, "last").Val())
		require.Equal(t, "last", receive(t, ch).Payload)
		require.Equal(t, []string{channel}, owner.PubSubShardChannels(ctx, "*").Val())
		require.NoError(t, pubsub.Close())
		require.Eventually(t, func() bool { return len(owner.PubSubShardChannels(ctx, "*").Val()) == 0 }, 20*time.Second, 10*time.Millisecond)
	}
}
