"""redis-py's examples of publish/subscribe, on a cluster: plain and sharded; argv: host:port of every node."""

import os
import sys
import time

import redis
from redis.cluster import ClusterNode, RedisCluster

addrs = [a.split(":") for a in sys.argv[1:]]
protocol = int(os.environ.get("PROTOCOL", "2"))
r = RedisCluster(startup_nodes=[ClusterNode(*addrs[0])], protocol=protocol, decode_responses=True)
nodes = [redis.Redis(h, int(p), protocol=protocol, decode_responses=True) for h, p in addrs]
checks = 0


def check(got, want):
    global checks
    checks += 1
    assert got == want, (got, want)


def message(p, sharded=False, **kw):
    """The next message within seconds."""
    end = time.time() + 20
    while time.time() < end:
        m = p.get_sharded_message(timeout=0.1, **kw) if sharded else p.get_message(timeout=0.1, **kw)
        if m:
            return m
    raise AssertionError("no message")


# Channels and patterns; whichever node publishes.
p = r.pubsub()
p.subscribe("my-first-channel", "my-second-channel")
p.psubscribe("my-*")
check(message(p), {"pattern": None, "type": "subscribe", "channel": "my-first-channel", "data": 1})
check(message(p), {"pattern": None, "type": "subscribe", "channel": "my-second-channel", "data": 2})
check(message(p), {"pattern": None, "type": "psubscribe", "channel": "my-*", "data": 3})
for i, n in enumerate(nodes):
    n.publish("my-first-channel", "some data %d" % i)
    check(message(p), {"channel": "my-first-channel", "data": "some data %d" % i, "pattern": None, "type": "message"})
    check(message(p), {"channel": "my-first-channel", "data": "some data %d" % i, "pattern": "my-*", "type": "pmessage"})
p.unsubscribe("my-second-channel")
check(message(p)["data"], 2)
p.unsubscribe()
p.punsubscribe()
check(sorted(message(p)["type"] for _ in range(2)), ["punsubscribe", "unsubscribe"])
p.close()

# Handlers in a thread.
seen = []
q = r.pubsub()
q.subscribe(**{"handled": lambda m: seen.append(m["data"])})
check(message(q)["type"], "subscribe")  # what is published before that may be missed
thread = q.run_in_thread(sleep_time=0.01)
for i in range(100):
    nodes[i % 3].publish("handled", i)
    end = time.time() + 20
    while len(seen) <= i and time.time() < end:
        time.sleep(0.0005)
thread.stop()
thread.join(10)
check(seen, [str(i) for i in range(100)])

# Shard channels of several owners.
s = r.pubsub()
for channel in ("orders", "stock", "weather"):
    owner = r.get_node_from_key(channel)
    s.ssubscribe(channel)
    check(message(s, sharded=True, target_node=owner)["type"], "ssubscribe")
    check(r.spublish(channel, "hello"), 1)
    m = message(s, sharded=True, target_node=owner)
    check((m["type"], m["channel"], m["data"]), ("smessage", channel, "hello"))
    for n in nodes:
        if n.connection_pool.connection_kwargs["port"] == owner.port:
            check(n.execute_command("SPUBLISH", channel, "from the owner"), 1)
            check(message(s, sharded=True, target_node=owner)["data"], "from the owner")
            check(n.pubsub_shardchannels(), [channel])
        else:
            try:
                n.execute_command("SPUBLISH", channel, "x")
                raise AssertionError("not redirected")
            except redis.exceptions.MovedError as e:
                check(e.node_addr, (owner.host, owner.port))
    s.sunsubscribe(channel)
    check(message(s, sharded=True, target_node=owner)["type"], "sunsubscribe")
s.close()
print("redis-py protocol %d: %d checks" % (protocol, checks))
