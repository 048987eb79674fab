"""The calls of redis-py's documentation of each data type, and the results that it prints; argv: host:port."""

import os
import sys

from redis.cluster import ClusterNode, RedisCluster
from redis.exceptions import ResponseError

nodes = [ClusterNode(*a.split(":")) for a in sys.argv[1:]]
protocol = int(os.environ.get("PROTOCOL", "2"))
r = RedisCluster(startup_nodes=nodes, protocol=protocol, decode_responses=True)
r.flushall(target_nodes=RedisCluster.PRIMARIES)
calls = 0


def check(got, want):
    global calls
    calls += 1
    assert got == want, (got, want)


# Hashes
check(r.hset("bike:1", mapping={"model": "Deimos", "brand": "Ergonom", "type": "Enduro bikes", "price": 4972}), 4)
check(r.hget("bike:1", "model"), "Deimos")
check(r.hgetall("bike:1"), {"model": "Deimos", "brand": "Ergonom", "type": "Enduro bikes", "price": "4972"})
check(r.hmget("bike:1", ["model", "price"]), ["Deimos", "4972"])
check(r.hincrby("bike:1", "price", 100), 5072)
check(r.hincrby("bike:1", "price", -100), 4972)
check(r.hincrbyfloat("bike:1", "weight", 10.5), 10.5)
check(r.hexpire("bike:1", 3600, "price", "model"), [1, 1])
check(r.httl("bike:1", "price", "type"), [3600, -1])
check(r.hpersist("bike:1", "price", "nope"), [1, -2])
check(dict(r.hscan_iter("bike:1", match="m*")), {"model": "Deimos"})
check(len(r.hrandfield("bike:1", 3)), 3)

# Lists
check(r.lpush("bikes:repairs", "bike:1"), 1)
check(r.lpush("bikes:repairs", "bike:2"), 2)
check(r.rpop("bikes:repairs"), "bike:1")
check(r.rpop("bikes:repairs"), "bike:2")
check(r.rpop("bikes:repairs"), None)
check(r.rpush("bikes:repairs", "bike:1", "bike:2", "bike:3", "bike:4", "bike:5"), 5)
check(r.ltrim("bikes:repairs", 0, 2), True)
check(r.lrange("bikes:repairs", 0, -1), ["bike:1", "bike:2", "bike:3"])
check(r.linsert("bikes:repairs", "BEFORE", "bike:2", "bike:1.5"), 4)
check(r.lpos("bikes:repairs", "bike:2"), 2)
check(r.lpop("bikes:repairs", 2), ["bike:1", "bike:1.5"])
r.set("new_bikes", "bike:1")
try:
    r.lpush("new_bikes", "bike:2", "bike:3")
    assert False, "a string is no list"
except ResponseError as e:
    check(str(e), "WRONGTYPE Operation against a key holding the wrong kind of value")

# Sets
check(r.sadd("{bikes}:racing:france", "bike:1", "bike:2", "bike:3"), 3)
check(r.sadd("{bikes}:racing:france", "bike:1"), 0)
check(r.sadd("{bikes}:racing:usa", "bike:1", "bike:4"), 2)
check(r.sismember("{bikes}:racing:usa", "bike:1"), 1)
check(r.sinter("{bikes}:racing:france", "{bikes}:racing:usa"), {"bike:1"})
check(r.sunion("{bikes}:racing:france", "{bikes}:racing:usa"), {"bike:1", "bike:2", "bike:3", "bike:4"})
check(r.smembers("{bikes}:racing:france"), {"bike:1", "bike:2", "bike:3"})
check(r.smismember("{bikes}:racing:france", ["bike:2", "bike:4"]), [1, 0])
check(r.srem("{bikes}:racing:france", "bike:1"), 1)

# Sorted sets
check(r.zadd("racer_scores", {"Norem": 10, "Castilla": 12, "Sam-Bodden": 8, "Royce": 10, "Ford": 6, "Prickett": 14}), 6)
check(r.zrange("racer_scores", 0, -1), ["Ford", "Sam-Bodden", "Norem", "Royce", "Castilla", "Prickett"])
check([tuple(p) for p in r.zrange("racer_scores", 0, 1, withscores=True)], [("Ford", 6.0), ("Sam-Bodden", 8.0)])
check(r.zrangebyscore("racer_scores", "-inf", 10), ["Ford", "Sam-Bodden", "Norem", "Royce"])
check(r.zremrangebyscore("racer_scores", "-inf", 9), 2)
check(r.zrank("racer_scores", "Norem"), 0)
check(r.zrevrank("racer_scores", "Norem"), 3)
check(r.zincrby("racer_scores", 50, "Royce"), 60.0)
check(r.zscore("racer_scores", "Royce"), 60.0)
check(r.zunion(["{z}a"], withscores=False), [])

# Streams
one = r.xadd("race:france", {"rider": "Castilla", "speed": 30.2, "position": 1, "location_id": 1}, id="1692632086370-0")
check(one, "1692632086370-0")
check(r.xadd("race:france", {"rider": "Norem", "speed": 28.8}, id="1692632094485-0"), "1692632094485-0")
check(r.xlen("race:france"), 2)
check(r.xrange("race:france", "1692632086370", "1692632086371"), [(one, {"rider": "Castilla", "speed": "30.2", "position": "1", "location_id": "1"})])
check(r.xgroup_create("race:france", "france_riders", "0"), True)
got = r.xreadgroup("france_riders", "Alice", {"race:france": ">"}, count=1)
entries = got["race:france"][0] if isinstance(got, dict) else got[0][1]
check(entries[0][0], one)
check(r.xpending("race:france", "france_riders")["pending"], 1)
check(r.xack("race:france", "france_riders", one), 1)
check(r.xinfo_stream("race:france")["length"], 2)

# HyperLogLogs and places
check(r.pfadd("bikes", "Hyperion", "Deimos", "Phoebe", "Quaoar"), 1)
check(r.pfcount("bikes"), 4)
check(r.geoadd("bikes:rentable", (-122.27652, 37.805186, "station:1")), 1)
check(r.geoadd("bikes:rentable", (-122.2674626, 37.8062344, "station:2")), 1)
check(r.geoadd("bikes:rentable", (-122.2469854, 37.8104049, "station:3")), 1)
check(r.geosearch("bikes:rentable", longitude=-122.2612767, latitude=37.7936847, radius=5, unit="km"), ["station:1", "station:2", "station:3"])

# Keys of all types
check(r.type("race:france"), "stream")
raw = RedisCluster(startup_nodes=nodes, protocol=protocol)
check(raw.restore("racer_copy", 0, raw.dump("racer_scores")), b"OK")
check(r.zscore("racer_copy", "Royce"), 60.0)
check(r.rpush("mylist", 3, 1, 2), 3)
check(r.sort("mylist", desc=True), ["3", "2", "1"])
print("RESP%d: %d calls of the documentation" % (protocol, calls))
