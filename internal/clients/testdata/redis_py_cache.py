"""redis-py's example of client-side caching, on a cluster; argv: host:port of every node.

The client wants a server that calls itself 7.4 or later, though CLIENT TRACKING is the same since 6.0: that is lowered here.
"""

import sys
import time

import redis
from redis.cache import CacheConfig
from redis.cluster import ClusterNode, RedisCluster
from redis.connection import CacheProxyConnection

nodes = [ClusterNode(*a.split(":")) for a in sys.argv[1:]]
plain = RedisCluster(startup_nodes=nodes, protocol=3, decode_responses=True)
plain.flushall(target_nodes=RedisCluster.PRIMARIES)
checks = 0


def check(got, want):
    global checks
    checks += 1
    assert got == want, (got, want)


def soon(read, want):
    """An invalidation comes with the next reply or the one after."""
    end = time.time() + 20
    while read() != want:
        assert time.time() < end, (read(), want)
        time.sleep(0.001)
    check(read(), want)


CacheProxyConnection.MIN_ALLOWED_VERSION = "7.2.0"
r = RedisCluster(startup_nodes=nodes, protocol=3, decode_responses=True, cache_config=CacheConfig())
for city in ("cityNameA", "cityNameB", "cityNameC", "cityNameD"):  # of several owners
    plain.set(city, "New York")
    check(r.get(city), "New York")
    cache = r.nodes_manager.get_node_from_slot(r.keyslot(city)).redis_connection.get_cache()
    check(cache.size > 0, True)
    check(r.get(city), "New York")
    plain.set(city, "Rome")
    soon(lambda: r.get(city), "Rome")
    r.set(city, "own")
    soon(lambda: r.get(city), "own")
    plain.delete(city)
    soon(lambda: r.get(city), None)
    plain.set(city, "short", px=30)
    soon(lambda: r.get(city), "short")
    soon(lambda: r.get(city), None)

# Several keys of one slot in one entry; hashes.
plain.mset({"{h}a": 1, "{h}b": 2})
check(r.mget("{h}a", "{h}b"), ["1", "2"])
plain.set("{h}b", 3)
soon(lambda: r.mget("{h}a", "{h}b"), ["1", "3"])
plain.hset("user:1", mapping={"name": "Ada"})
check(r.hgetall("user:1"), {"name": "Ada"})
plain.hset("user:1", "name", "Bob")
soon(lambda: r.hgetall("user:1"), {"name": "Bob"})
plain.flushall(target_nodes=RedisCluster.PRIMARIES)
soon(lambda: r.hgetall("user:1"), {})
print("redis-py: %d checks" % checks)
