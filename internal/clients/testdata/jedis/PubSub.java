import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisCluster;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.JedisShardedPubSub;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.exceptions.JedisMovedDataException;

/** Jedis' publish/subscribe on a cluster, plain and sharded. Arguments: protocol, host:port of every node. */
public class PubSub {
    static final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    static int checks;

    static void check(Object got, Object want) {
        checks++;
        if (!got.equals(want)) throw new AssertionError("got " + got + ", want " + want);
    }

    static void next(String want) throws Exception {
        check(String.valueOf(seen.poll(20, TimeUnit.SECONDS)), want);
    }

    public static void main(String[] args) throws Exception {
        var config = DefaultJedisClientConfig.builder().protocol(args[0].equals("3") ? RedisProtocol.RESP3 : RedisProtocol.RESP2).build();
        List<HostAndPort> nodes = Stream.of(args).skip(1).map(HostAndPort::from).collect(Collectors.toList());
        try (JedisCluster cluster = new JedisCluster(Set.of(nodes.get(0)), config)) {
            channels(cluster, config, nodes);
            for (String channel : List.of("orders", "stock", "weather")) shardChannel(cluster, config, nodes, channel);
        }
        System.out.println("Jedis protocol " + args[0] + ": " + checks + " checks");
    }

    /** Every node publishes; a subscriber with a channel and a pattern gets both messages. */
    static void channels(JedisCluster cluster, DefaultJedisClientConfig config, List<HostAndPort> nodes) throws Exception {
        JedisPubSub listener = new JedisPubSub() {
            public void onSubscribe(String channel, int count) { seen.add("subscribe " + channel + " " + count); }
            public void onPSubscribe(String pattern, int count) { seen.add("psubscribe " + pattern + " " + count); }
            public void onUnsubscribe(String channel, int count) { seen.add("unsubscribe " + channel + " " + count); }
            public void onPUnsubscribe(String pattern, int count) { seen.add("punsubscribe " + pattern + " " + count); }
            public void onMessage(String channel, String message) { seen.add(channel + " " + message); }
            public void onPMessage(String pattern, String channel, String message) { seen.add(pattern + " " + channel + " " + message); }
        };
        Thread t = new Thread(() -> cluster.subscribe(listener, "news"));
        t.start();
        next("subscribe news 1");
        listener.psubscribe("n*");
        next("psubscribe n* 2");
        for (HostAndPort node : nodes) {
            try (Jedis jedis = new Jedis(node, config)) {
                for (int i = 0; i < 50; i++) {
                    jedis.publish("news", node + " " + i);
                    next("news " + node + " " + i);
                    next("n* news " + node + " " + i);
                }
            }
        }
        listener.unsubscribe("news");
        next("unsubscribe news 1");
        listener.punsubscribe();
        next("punsubscribe n* 0");
        t.join(20000);
        check(t.isAlive(), false);
    }

    /** A shard channel is its owner's; the others redirect. */
    static void shardChannel(JedisCluster cluster, DefaultJedisClientConfig config, List<HostAndPort> nodes, String channel) throws Exception {
        JedisShardedPubSub listener = new JedisShardedPubSub() {
            public void onSSubscribe(String channel, int count) { seen.add("ssubscribe " + channel + " " + count); }
            public void onSUnsubscribe(String channel, int count) { seen.add("sunsubscribe " + channel + " " + count); }
            public void onSMessage(String channel, String message) { seen.add(channel + " " + message); }
        };
        Thread t = new Thread(() -> cluster.ssubscribe(listener, channel));
        t.start();
        next("ssubscribe " + channel + " 1");
        check(cluster.spublish(channel, "hello"), 1L);
        next(channel + " hello");
        int moved = 0;
        for (HostAndPort node : nodes) {
            try (Jedis jedis = new Jedis(node, config)) {
                check(jedis.sendCommand(Protocol.Command.SPUBLISH, channel, "from its owner"), 1L);
                next(channel + " from its owner");
            } catch (JedisMovedDataException e) {
                moved++;
            }
        }
        check(moved, 2);
        listener.sunsubscribe();
        next("sunsubscribe " + channel + " 0");
        t.join(20000);
        check(t.isAlive(), false);
    }
}
