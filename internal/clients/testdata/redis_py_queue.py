"""Queues with redis-py on a cluster: workers that wait for jobs; argv: host:port of every node."""

import os
import sys
import threading
import time

import redis
from redis.cluster import ClusterNode, RedisCluster

nodes = [ClusterNode(*a.split(":")) for a in sys.argv[1:]]
protocol = int(os.environ.get("PROTOCOL", "2"))
r = RedisCluster(startup_nodes=nodes[1:], protocol=protocol, decode_responses=True)
r.flushall(target_nodes=RedisCluster.PRIMARIES)
checks = 0


def check(got, want):
    global checks
    checks += 1
    assert got == want, (got, want)


def waiting(key, n):
    """Wait until n clients wait on the node of the key."""
    node = r.get_node_from_key(key)
    end = time.time() + 20
    while r.info("clients", target_nodes=node)["blocked_clients"] != n:
        assert time.time() < end, "nobody waits"
        time.sleep(0.005)


# Every job once, in the order of their arrival for each worker.
jobs, workers, done = 300, 6, []


def work():
    while True:
        _, job = r.blpop("jobs", timeout=20)
        if job == "stop":
            return
        done.append(int(job))


threads = [threading.Thread(target=work) for _ in range(workers)]
for t in threads:
    t.start()
waiting("jobs", workers)
for i in range(jobs):
    r.rpush("jobs", i)
for _ in threads:
    r.rpush("jobs", "stop")
for t in threads:
    t.join(30)
check(sorted(done), list(range(jobs)))

# Nothing within the time.
check(r.blpop("none", timeout=0.05), None)
check(r.brpop(["{n}one", "{n}two"], timeout=0.05), None)
check(r.bzpopmin("none", timeout=0.05), None)
check(r.blmove("{n}one", "{n}two", 0.05), None)
check(r.xread({"none": "$"}, block=20), {} if protocol == 3 else [])

# A reliable queue.
got = []
t = threading.Thread(target=lambda: got.append(r.blmove("{mail}in", "{mail}doing", 20, "RIGHT", "LEFT")))
t.start()
waiting("{mail}in", 1)
r.lpush("{mail}in", "letter")
t.join(30)
check(got, ["letter"])
check(r.lrange("{mail}doing", 0, -1), ["letter"])
t = threading.Thread(target=lambda: got.append(r.blmpop(20, 2, "{mail}none", "{mail}in", direction="LEFT", count=2)))
t.start()
waiting("{mail}in", 1)
r.rpush("{mail}in", "a", "b", "c")
t.join(30)
check(got[1], ["{mail}in", ["a", "b"]])

# A stream's group; the connection of a waiting client is closed by CLIENT KILL and the client tries again.
r.xgroup_create("race", "riders", "$", mkstream=True)
entries = []
t = threading.Thread(target=lambda: entries.append(r.xreadgroup("riders", "alice", {"race": ">"}, block=20000)))
t.start()
waiting("race", 1)
r.xadd("race", {"rider": "Castilla"}, id="1-1")
t.join(30)
check(list(entries[0].values())[0][0] if protocol == 3 else entries[0][0][1], [("1-1", {"rider": "Castilla"})])
check(r.xack("race", "riders", "1-1"), 1)

# Who waits on the node of another slot is told so.
wrong = [n for n in r.get_primaries() if n.port != r.get_node_from_key("jobs").port][0]
try:
    redis.Redis(wrong.host, wrong.port).blpop("jobs", 1)
    raise AssertionError("not redirected")
except redis.ResponseError as e:
    check("%s:%d" % ("127.0.0.1", r.get_node_from_key("jobs").port) in str(e), True)
print("redis-py protocol %d: %d checks" % (protocol, checks))
