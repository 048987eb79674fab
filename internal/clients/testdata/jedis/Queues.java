import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisCluster;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.args.ListDirection;
import redis.clients.jedis.params.XReadGroupParams;
import redis.clients.jedis.params.XReadParams;

/** Queues with Jedis on a cluster: workers that wait for jobs. Arguments: protocol, host:port of every node. */
public class Queues {
    static List<HostAndPort> nodes;
    static JedisCluster cluster;
    static int checks;

    static void check(Object got, Object want) {
        checks++;
        if (!String.valueOf(got).equals(String.valueOf(want))) throw new AssertionError("got " + got + ", want " + want);
    }

    /** Runs a command that waits, and returns once it does. */
    static <T> CompletableFuture<T> waiting(Supplier<T> command) throws Exception {
        int before = blocked();
        CompletableFuture<T> result = new CompletableFuture<>();
        new Thread(() -> {
            try {
                result.complete(command.get());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        }).start();
        for (int i = 0; blocked() <= before; i++) {
            if (i == 2000) throw new AssertionError("nobody waits");
            Thread.sleep(5);
        }
        return result;
    }

    /** The number of clients that wait on all nodes. */
    static int blocked() {
        int n = 0;
        for (HostAndPort node : nodes) {
            try (Jedis jedis = new Jedis(node)) {
                String text = jedis.info("clients");
                n += Integer.parseInt(text.replaceAll("(?s).*blocked_clients:(\\d+).*", "$1"));
            }
        }
        return n;
    }

    public static void main(String[] args) throws Exception {
        nodes = Stream.of(args).skip(1).map(HostAndPort::from).collect(Collectors.toList());
        var config = DefaultJedisClientConfig.builder().protocol(args[0].equals("3") ? RedisProtocol.RESP3 : RedisProtocol.RESP2).socketTimeoutMillis(30000).build();
        var pool = new ConnectionPoolConfig();
        pool.setMaxTotal(20);
        try (JedisCluster c = new JedisCluster(Set.of(nodes.get(2)), config, pool)) {
            cluster = c;
            for (HostAndPort node : nodes) {
                try (Jedis jedis = new Jedis(node)) {
                    jedis.flushAll();
                }
            }
            jobs();
            moves();
            streams();
        }
        System.out.println("Jedis protocol " + args[0] + ": " + checks + " checks");
    }

    /** Six workers; each job is done once. */
    static void jobs() throws Exception {
        java.util.Queue<Integer> done = new ConcurrentLinkedQueue<>();
        List<Thread> workers = IntStream.range(0, 6).mapToObj(i -> new Thread(() -> {
            while (true) {
                String job = cluster.blpop(20.0, "jobs").getValue();
                if (job.equals("stop")) return;
                done.add(Integer.valueOf(job));
            }
        })).collect(Collectors.toList());
        workers.forEach(Thread::start);
        while (blocked() < 6) Thread.sleep(5);
        for (int i = 0; i < 300; i++) cluster.rpush("jobs", String.valueOf(i));
        for (Thread w : workers) cluster.rpush("jobs", "stop");
        for (Thread w : workers) w.join(30000);
        check(done.stream().sorted().collect(Collectors.toList()), IntStream.range(0, 300).boxed().collect(Collectors.toList()));
    }

    static void moves() throws Exception {
        check(cluster.blpop(0.05, "none"), null);
        check(cluster.bzpopmin(0.05, "none"), null);
        var letter = waiting(() -> cluster.blmove("{mail}in", "{mail}doing", ListDirection.RIGHT, ListDirection.LEFT, 20));
        cluster.lpush("{mail}in", "letter");
        check(letter.get(), "letter");
        check(cluster.lrange("{mail}doing", 0, -1), List.of("letter"));
        var first = waiting(() -> cluster.bzpopmin(20.0, "{mail}urgent", "{mail}other"));
        cluster.zadd("{mail}other", Map.of("later", 2.0, "now", 1.0));
        check(first.get().getKey(), "{mail}other");
        check(first.get().getValue().getElement(), "now");
    }

    static void streams() throws Exception {
        cluster.xgroupCreate("race", "riders", StreamEntryID.LAST_ENTRY, true);
        var shared = waiting(() -> cluster.xreadGroupAsMap("riders", "alice", XReadGroupParams.xReadGroupParams().block(20000).count(1), Map.of("race", StreamEntryID.XREADGROUP_UNDELIVERED_ENTRY)));
        var all = waiting(() -> cluster.xreadAsMap(XReadParams.xReadParams().block(20000), Map.of("race", StreamEntryID.XREAD_NEW_ENTRY)));
        cluster.xadd("race", new StreamEntryID(1, 1), Map.of("rider", "Castilla"));
        check(shared.get().get("race").get(0).getFields(), Map.of("rider", "Castilla"));
        check(all.get().get("race").get(0).getID(), "1-1");
        check(cluster.xack("race", "riders", new StreamEntryID(1, 1)), 1);
    }
}
