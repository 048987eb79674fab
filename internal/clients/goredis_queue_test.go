package clients

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// waitingClients waits until as many clients are blocked on the node.
func waitingClients(t *testing.T, ctx context.Context, n *redis.Client, want int) {
	require.Eventually(t, func() bool { return n.InfoMap(ctx, "clients").Item("Clients", "blocked_clients") == fmt.Sprint(want) }, 20*time.Second, 5*time.Millisecond)
}

// TestGoRedisQueues plays the queues of the documentation of lists, sorted sets and streams: workers wait for jobs.
func TestGoRedisQueues(t *testing.T) {
	_, addrs := startLocal(t, t.TempDir())
	ctx := context.Background()
	c, nodes := connect(t, addrs[1]), nodeClients(t, addrs)

	// Eight workers, each job is done once; another node redirects.
	const workers, jobs = 8, 400
	owner, others := ownerOf(t, ctx, nodes, "jobs")
	require.ErrorContains(t, others[0].BLPop(ctx, time.Second, "jobs").Err(), "MOVED")
	var mu sync.Mutex
	done := map[string]int{}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				job, err := c.BLPop(ctx, 20*time.Second, "jobs").Result()
				if err != nil || job[1] == "stop" {
					return
				}
				mu.Lock()
				done[job[1]]++
				mu.Unlock()
			}
		})
	}
	waitingClients(t, ctx, owner, workers)
	for i := range jobs {
		require.NoError(t, c.RPush(ctx, "jobs", i).Err())
	}
	for range workers {
		require.NoError(t, c.RPush(ctx, "jobs", "stop").Err())
	}
	wg.Wait()
	require.Len(t, done, jobs)
	for job, times := range done {
		require.Equal(t, 1, times, job)
	}

	// Nothing within the time.
	require.ErrorIs(t, c.BLPop(ctx, 50*time.Millisecond, "{jobs}none", "{jobs}nothing").Err(), redis.Nil)
	require.ErrorIs(t, c.BZPopMin(ctx, 50*time.Millisecond, "none").Err(), redis.Nil)
	require.ErrorContains(t, c.BLPop(ctx, time.Second, "a", "b").Err(), "CROSSSLOT")

	reliableQueue(t, ctx, c, nodes)
	streamReaders(t, ctx, c, nodes)
}

// reliableQueue moves jobs to a list of those under way, and takes the most urgent first.
func reliableQueue(t *testing.T, ctx context.Context, c *redis.ClusterClient, nodes []*redis.Client) {
	owner, _ := ownerOf(t, ctx, nodes, "{mail}in")
	got := make(chan string, 1)
	go func() { got <- c.BLMove(ctx, "{mail}in", "{mail}doing", "RIGHT", "LEFT", 20*time.Second).Val() }()
	waitingClients(t, ctx, owner, 1)
	require.NoError(t, c.LPush(ctx, "{mail}in", "letter").Err())
	require.Equal(t, "letter", <-got)
	require.Equal(t, []string{"letter"}, c.LRange(ctx, "{mail}doing", 0, -1).Val())

	first := make(chan *redis.ZWithKey, 1)
	go func() { first <- c.BZPopMin(ctx, 20*time.Second, "{mail}urgent", "{mail}other").Val() }()
	waitingClients(t, ctx, owner, 1)
	require.NoError(t, c.ZAdd(ctx, "{mail}other", redis.Z{Score: 2, Member: "later"}, redis.Z{Score: 1, Member: "now"}).Err())
	require.Equal(t, &redis.ZWithKey{Z: redis.Z{Score: 1, Member: "now"}, Key: "{mail}other"}, <-first)
}

// streamReaders lets a reader and two members of a group wait for entries.
func streamReaders(t *testing.T, ctx context.Context, c *redis.ClusterClient, nodes []*redis.Client) {
	owner, _ := ownerOf(t, ctx, nodes, "race")
	require.NoError(t, c.XGroupCreateMkStream(ctx, "race", "riders", "$").Err())
	all := make(chan []redis.XStream, 1)
	go func() {
		all <- c.XRead(ctx, &redis.XReadArgs{Streams: []string{"race", "$"}, Block: 20 * time.Second}).Val()
	}()
	waitingClients(t, ctx, owner, 1)
	shared := make(chan string, 2)
	for i := range 2 {
		go func() {
			got, err := c.XReadGroup(ctx, &redis.XReadGroupArgs{Group: "riders", Consumer: fmt.Sprint(i), Streams: []string{"race", ">"}, Count: 1, Block: 20 * time.Second}).Result()
			if err != nil {
				shared <- err.Error()
				return
			}
			shared <- got[0].Messages[0].Values["rider"].(string)
		}()
		waitingClients(t, ctx, owner, 2+i)
	}
	for _, rider := range []string{"Castilla", "Norem"} {
		require.NoError(t, c.XAdd(ctx, &redis.XAddArgs{Stream: "race", Values: []any{"rider", rider}}).Err())
	}
	require.Equal(t, map[string]any{"rider": "Castilla"}, (<-all)[0].Messages[0].Values)
	require.ElementsMatch(t, []string{"Castilla", "Norem"}, []string{<-shared, <-shared})
	require.EqualValues(t, 2, c.XPending(ctx, "race", "riders").Val().Count)
}
