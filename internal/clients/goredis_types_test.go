package clients

import (
	"context"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// TestGoRedisTypes makes the calls of the documentation of each data type and
// expects the results that it prints.
func TestGoRedisTypes(t *testing.T) {
	_, addrs := startLocal(t, t.TempDir())
	c := connect(t, addrs[1])
	ctx := context.Background()
	for name, play := range map[string]func(t *testing.T, ctx context.Context, c *redis.ClusterClient){
		"hash": playHash, "list": playList, "set": playSet, "sorted set": playSortedSet, "stream": playStream, "geo": playGeo, "hyperloglog": playHyperLogLog,
	} {
		t.Run(name, func(t *testing.T) { play(t, ctx, c) })
	}
}

func playHash(t *testing.T, ctx context.Context, c *redis.ClusterClient) {
	n, err := c.HSet(ctx, "bike:1", "model", "Deimos", "brand", "Ergonom", "type", "Enduro bikes", "price", 4972).Result()
	require.NoError(t, err)
	require.EqualValues(t, 4, n)
	require.Equal(t, "Deimos", c.HGet(ctx, "bike:1", "model").Val())
	require.Equal(t, map[string]string{"model": "Deimos", "brand": "Ergonom", "type": "Enduro bikes", "price": "4972"}, c.HGetAll(ctx, "bike:1").Val())
	require.Equal(t, []any{"Deimos", "4972", nil}, c.HMGet(ctx, "bike:1", "model", "price", "no-such-field").Val())
	require.EqualValues(t, 5072, c.HIncrBy(ctx, "bike:1", "price", 100).Val())
	require.Equal(t, []int64{1}, c.HExpire(ctx, "bike:1", 3600e9, "price").Val())
	require.Equal(t, []int64{3600, -1, -2}, c.HTTL(ctx, "bike:1", "price", "model", "nope").Val())
	require.Equal(t, []int64{1}, c.HPersist(ctx, "bike:1", "price").Val())
	keys, cursor, err := c.HScan(ctx, "bike:1", 0, "m*", 10).Result()
	require.NoError(t, err)
	require.Zero(t, cursor)
	require.Equal(t, []string{"model", "Deimos"}, keys)
}

func playList(t *testing.T, ctx context.Context, c *redis.ClusterClient) {
	require.EqualValues(t, 1, c.LPush(ctx, "bikes:repairs", "bike:1").Val())
	require.EqualValues(t, 2, c.LPush(ctx, "bikes:repairs", "bike:2").Val())
	require.Equal(t, "bike:1", c.RPop(ctx, "bikes:repairs").Val())
	require.Equal(t, "bike:2", c.RPop(ctx, "bikes:repairs").Val())
	require.ErrorIs(t, c.RPop(ctx, "bikes:repairs").Err(), redis.Nil)
	require.EqualValues(t, 5, c.RPush(ctx, "{bikes}:repairs", "bike:1", "bike:2", "bike:3", "bike:4", "bike:5").Val())
	require.Equal(t, "OK", c.LTrim(ctx, "{bikes}:repairs", 0, 2).Val())
	require.Equal(t, []string{"bike:1", "bike:2", "bike:3"}, c.LRange(ctx, "{bikes}:repairs", 0, -1).Val())
	require.Equal(t, "bike:1", c.LMove(ctx, "{bikes}:repairs", "{bikes}:finished", "LEFT", "LEFT").Val())
	require.EqualValues(t, 1, c.LPos(ctx, "{bikes}:repairs", "bike:3", redis.LPosArgs{}).Val())
	key, popped, err := c.LMPop(ctx, "RIGHT", 2, "{bikes}:nothing", "{bikes}:repairs").Result()
	require.NoError(t, err)
	require.Equal(t, "{bikes}:repairs", key)
	require.Equal(t, []string{"bike:3", "bike:2"}, popped)
	require.Zero(t, c.Exists(ctx, "{bikes}:repairs").Val())
}

func playSet(t *testing.T, ctx context.Context, c *redis.ClusterClient) {
	require.EqualValues(t, 3, c.SAdd(ctx, "{bikes}:france", "bike:1", "bike:2", "bike:3", "bike:1").Val())
	require.EqualValues(t, 2, c.SAdd(ctx, "{bikes}:usa", "bike:1", "bike:4").Val())
	require.Equal(t, []string{"bike:1"}, c.SInter(ctx, "{bikes}:france", "{bikes}:usa").Val())
	require.ElementsMatch(t, []string{"bike:2", "bike:3"}, c.SDiff(ctx, "{bikes}:france", "{bikes}:usa").Val())
	require.ElementsMatch(t, []string{"bike:1", "bike:2", "bike:3", "bike:4"}, c.SUnion(ctx, "{bikes}:france", "{bikes}:usa").Val())
	require.Equal(t, []bool{true, false}, c.SMIsMember(ctx, "{bikes}:france", "bike:2", "bike:4").Val())
	require.EqualValues(t, 1, c.SInterCard(ctx, 0, "{bikes}:france", "{bikes}:usa").Val())
	require.Contains(t, []string{"bike:1", "bike:2", "bike:3"}, c.SPop(ctx, "{bikes}:france").Val())
	require.EqualValues(t, 2, c.SCard(ctx, "{bikes}:france").Val())
}

func playSortedSet(t *testing.T, ctx context.Context, c *redis.ClusterClient) {
	racers := []redis.Z{{Score: 10, Member: "Norem"}, {Score: 12, Member: "Castilla"}, {Score: 8, Member: "Sam-Bodden"}, {Score: 10, Member: "Royce"}, {Score: 6, Member: "Ford"}, {Score: 14, Member: "Prickett"}}
	require.EqualValues(t, 6, c.ZAdd(ctx, "racer_scores", racers...).Val())
	require.Equal(t, []string{"Ford", "Sam-Bodden", "Norem", "Royce", "Castilla", "Prickett"}, c.ZRange(ctx, "racer_scores", 0, -1).Val())
	require.Equal(t, []string{"Prickett", "Castilla"}, c.ZRangeArgs(ctx, redis.ZRangeArgs{Key: "racer_scores", Start: 0, Stop: 1, Rev: true}).Val())
	require.Equal(t, []string{"Ford", "Sam-Bodden", "Norem", "Royce"}, c.ZRangeArgs(ctx, redis.ZRangeArgs{Key: "racer_scores", Start: "-inf", Stop: "10", ByScore: true}).Val())
	require.EqualValues(t, 1, c.ZRem(ctx, "racer_scores", "Castilla").Val())
	require.EqualValues(t, 2, c.ZRemRangeByScore(ctx, "racer_scores", "-inf", "9").Val())
	require.EqualValues(t, 0, c.ZRank(ctx, "racer_scores", "Norem").Val())
	with, err := c.ZRankWithScore(ctx, "racer_scores", "Prickett").Result()
	require.NoError(t, err)
	require.Equal(t, redis.RankScore{Rank: 2, Score: 14}, with)
	require.Equal(t, 150.0, c.ZIncrBy(ctx, "racer_scores", 136, "Prickett").Val())
	require.Equal(t, []redis.Z{{Score: 10, Member: "Norem"}}, c.ZPopMin(ctx, "racer_scores").Val())
	require.EqualValues(t, 3, c.ZAdd(ctx, "{racer}:names", redis.Z{Member: "Norem"}, redis.Z{Member: "Sam-Bodden"}, redis.Z{Member: "Royce"}).Val())
	require.Equal(t, []string{"Norem", "Royce"}, c.ZRangeArgs(ctx, redis.ZRangeArgs{Key: "{racer}:names", Start: "[A", Stop: "[S", ByLex: true}).Val())
}

func playStream(t *testing.T, ctx context.Context, c *redis.ClusterClient) {
	add := func(id string, rider string) string {
		return c.XAdd(ctx, &redis.XAddArgs{Stream: "race:france", ID: id, Values: []any{"rider", rider, "speed", 30.2}}).Val()
	}
	require.Equal(t, "1692632086370-0", add("1692632086370-0", "Castilla"))
	require.Equal(t, "1692632094485-0", add("1692632094485-0", "Norem"))
	require.Equal(t, "1692632094485-1", add("1692632094485-*", "Prickett"))
	require.ErrorContains(t, c.XAdd(ctx, &redis.XAddArgs{Stream: "race:france", ID: "1-1", Values: []any{"a", "b"}}).Err(), "equal or smaller than the target stream top item")
	require.EqualValues(t, 3, c.XLen(ctx, "race:france").Val())
	entries := c.XRange(ctx, "race:france", "1692632086370", "1692632094485-0").Val()
	require.Len(t, entries, 2)
	require.Equal(t, map[string]any{"rider": "Norem", "speed": "30.2"}, entries[1].Values)
	require.Equal(t, "OK", c.XGroupCreate(ctx, "race:france", "france_riders", "0").Val())
	got, err := c.XReadGroup(ctx, &redis.XReadGroupArgs{Group: "france_riders", Consumer: "Alice", Streams: []string{"race:france", ">"}, Count: 2, Block: -1}).Result()
	require.NoError(t, err)
	require.Len(t, got[0].Messages, 2)
	pending := c.XPending(ctx, "race:france", "france_riders").Val()
	require.Equal(t, &redis.XPending{Count: 2, Lower: "1692632086370-0", Higher: "1692632094485-0", Consumers: map[string]int64{"Alice": 2}}, pending)
	require.EqualValues(t, 1, c.XAck(ctx, "race:france", "france_riders", "1692632086370-0").Val())
	claimed, _, err := c.XAutoClaim(ctx, &redis.XAutoClaimArgs{Stream: "race:france", Group: "france_riders", Consumer: "Bob", Start: "0-0", Count: 1}).Result()
	require.NoError(t, err)
	require.Equal(t, "1692632094485-0", claimed[0].ID)
	info := c.XInfoGroups(ctx, "race:france").Val()
	require.EqualValues(t, 2, info[0].Consumers)
	require.EqualValues(t, 1, info[0].Lag)
	require.EqualValues(t, 2, c.XTrimMaxLen(ctx, "race:france", 1).Val())
}

func playGeo(t *testing.T, ctx context.Context, c *redis.ClusterClient) {
	require.EqualValues(t, 2, c.GeoAdd(ctx, "Sicily", &redis.GeoLocation{Name: "Palermo", Longitude: 13.361389, Latitude: 38.115556}, &redis.GeoLocation{Name: "Catania", Longitude: 15.087269, Latitude: 37.502669}).Val())
	require.Equal(t, 166.2742, c.GeoDist(ctx, "Sicily", "Palermo", "Catania", "km").Val())
	require.Equal(t, []string{"sqc8b49rny0", "sqdtr74hyu0"}, c.GeoHash(ctx, "Sicily", "Palermo", "Catania").Val())
	require.Equal(t, []string{"Catania", "Palermo"}, c.GeoSearch(ctx, "Sicily", &redis.GeoSearchQuery{Longitude: 15, Latitude: 37, Radius: 200, RadiusUnit: "km", Sort: "ASC"}).Val())
	found := c.GeoSearchLocation(ctx, "Sicily", &redis.GeoSearchLocationQuery{GeoSearchQuery: redis.GeoSearchQuery{Member: "Palermo", BoxWidth: 400, BoxHeight: 400, BoxUnit: "km", Sort: "DESC"}, WithDist: true}).Val()
	require.Len(t, found, 2)
	require.Equal(t, "Catania", found[0].Name)
	require.Equal(t, 166.2742, found[0].Dist)
}

func playHyperLogLog(t *testing.T, ctx context.Context, c *redis.ClusterClient) {
	require.EqualValues(t, 1, c.PFAdd(ctx, "{bikes}", "Hyperion", "Deimos", "Phoebe", "Quaoar").Val())
	require.EqualValues(t, 4, c.PFCount(ctx, "{bikes}").Val())
	require.EqualValues(t, 1, c.PFAdd(ctx, "commuter_{bikes}", "Salacia", "Mimas", "Quaoar").Val())
	require.Equal(t, "OK", c.PFMerge(ctx, "all_{bikes}", "{bikes}", "commuter_{bikes}").Val())
	require.EqualValues(t, 6, c.PFCount(ctx, "all_{bikes}").Val())
}
