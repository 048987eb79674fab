"""Workload of redis-py's cluster client; argv: host:port ... Ends with status 0 and a line of figures when all results were right."""

import os
import sys
import threading
import time

from redis.cluster import ClusterNode, RedisCluster
from redis.exceptions import RedisClusterException, ResponseError, WatchError

nodes = [ClusterNode(*a.split(":")) for a in sys.argv[1:]]
protocol = int(os.environ.get("PROTOCOL", "2"))
r = RedisCluster(startup_nodes=nodes, protocol=protocol)
begun = time.time()
commands = 0


def check(got, want):
    global commands
    commands += 1
    assert got == want, (got, want)


r.flushall(target_nodes=RedisCluster.PRIMARIES)
value = lambda i: b"value\x00\r\n\xff%d" % (i * i)
N = 2000
for i in range(N):
    check(r.set("key:%d" % i, value(i)), True)
for i in range(N):
    check(r.get("key:%d" % i), value(i))
check(r.get("missing"), None)
check(sorted(r.scan_iter("key:*", count=100)), sorted(b"key:%d" % i for i in range(N)))
check(r.dbsize(target_nodes=RedisCluster.PRIMARIES), N)

# Non-atomic multi-key commands are split by slot; hash tags go in one.
check(r.mget_nonatomic("key:1", "key:2", "missing"), [value(1), value(2), None])
check(r.mset({"{t}a": 1, "{t}b": 2}), True)
check(r.mget("{t}a", "{t}b"), [b"1", b"2"])
try:
    r.execute_command("MGET", "a", "b")
    raise AssertionError("no CROSSSLOT")
except (ResponseError, RedisClusterException):
    pass

pipe = r.pipeline()
for i in range(N):
    pipe.get("key:%d" % i)
check(pipe.execute(), [value(i) for i in range(N)])

# Counters from threads.
def count():
    for _ in range(200):
        r.incr("counter")

threads = [threading.Thread(target=count) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
check(r.get("counter"), b"800")

# A transaction on one slot; another client that touches the watched key aborts it.
with r.pipeline(transaction=True) as p:
    p.watch("{t}a")
    p.multi()
    p.incr("{t}a")
    p.incrby("{t}b", 5)
    check(p.execute(), [2, 7])
with r.pipeline(transaction=True) as p:
    p.watch("{t}a")
    r.set("{t}a", 10)
    p.multi()
    p.incr("{t}a")
    try:
        p.execute()
        raise AssertionError("no WatchError")
    except WatchError:
        pass

check(r.set("e", 1, ex=100, nx=True), True)
assert 90 < r.ttl("e") <= 100
check(r.setrange("s", 3, "abc"), 6)
check(r.getrange("s", 0, -1), b"\0\0\0abc")
check(r.setbit("bits", 7, 1), 0)
check(r.bitcount("bits"), 1)
check(r.bitfield("bits").get("u8", 0).incrby("u8", 0, 300).execute(), [1, 45])
assert r.cluster_info()["cluster_state"] == "ok"
assert len(r.cluster_nodes()) == 3
slots = r.cluster_slots()
check(sorted((a, b) for a, b in slots), sorted(slots))
check(sum(b - a + 1 for a, b in slots), 16384)
print("redis-py protocol %d: %d checks in %.2f s" % (protocol, commands, time.time() - begun))
