import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisCluster;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.csc.DefaultCache;

/** Jedis' client-side caching on a cluster. Arguments: host:port of every node. */
public class Caching {
    static int checks;

    static void check(Object got, Object want) {
        checks++;
        if (!Objects.equals(got, want)) throw new AssertionError("got " + got + ", want " + want);
    }

    /** Jedis wants a server that calls itself 7.4 or later, unless the cache says that it does not mind. */
    static class Cache extends DefaultCache {
        Cache() { super(1000); }
        @Override public boolean compatibilityMode() { return true; }
    }

    /** An invalidation is read with the next reply, or from the socket before it. */
    static <T> void soon(Supplier<T> read, T want) throws Exception {
        for (int i = 0; !Objects.equals(read.get(), want); i++) {
            if (i == 5000) throw new AssertionError("still " + read.get() + ", want " + want);
            Thread.sleep(2);
        }
        check(read.get(), want);
    }

    public static void main(String[] args) throws Exception {
        Set<HostAndPort> nodes = Stream.of(args).map(HostAndPort::from).collect(Collectors.toSet());
        var config = DefaultJedisClientConfig.builder().protocol(RedisProtocol.RESP3).build();
        Cache cache = new Cache();
        try (JedisCluster plain = new JedisCluster(nodes, config); JedisCluster cached = new JedisCluster(nodes, config, cache)) {
            for (String city : new String[] {"cityA", "cityB", "cityC", "cityD"}) { // of several owners
                plain.set(city, "Rome");
                check(cached.get(city), "Rome");
                long hits = cache.getStats().getHitCount();
                for (int i = 0; i < 50; i++) check(cached.get(city), "Rome");
                check(cache.getStats().getHitCount() - hits, 50L);
                plain.set(city, "Oslo");
                soon(() -> cached.get(city), "Oslo");
                cached.set(city, "Bern");
                soon(() -> cached.get(city), "Bern");
                plain.del(city);
                soon(() -> cached.get(city), null);
            }
            plain.hset("user:1", Map.of("name", "Ada"));
            check(cached.hgetAll("user:1"), Map.of("name", "Ada"));
            plain.hset("user:1", "name", "Bob");
            soon(() -> cached.hgetAll("user:1"), Map.of("name", "Bob"));
        }
        System.out.println("Jedis: " + checks + " checks, " + cache.getStats().getInvalidationCount() + " invalidations");
    }
}
