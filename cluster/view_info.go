package cluster

import (
	"strconv"
	"sync/atomic"
)

// counters count messages; the machine writes, views read.
type counters struct {
	sent, received [kinds]atomic.Int64
}

// LinkStats is what the links count themselves. They carry what clients publish
// past the machine.
type LinkStats struct {
	Overflows                                                            int64 // links closed because of cluster-link-sendbuf-limit
	PublishSent, PublishReceived, ShardPublishSent, ShardPublishReceived int64
}

// AppendInfo appends the text of CLUSTER INFO.
func (v *View) AppendInfo(b []byte, links LinkStats) []byte {
	ok, pfail, fail := v.slotHealth()
	number := func(name string, n int64) {
		b = append(b, name...)
		b = append(b, ':')
		b = strconv.AppendInt(b, n, 10)
		b = append(b, "\r\n"...)
	}
	if v.ok {
		b = append(b, "cluster_state:ok\r\n"...)
	} else {
		b = append(b, "cluster_state:fail\r\n"...)
	}
	number("cluster_slots_assigned", int64(v.Table.Assigned()))
	number("cluster_slots_ok", ok)
	number("cluster_slots_pfail", pfail)
	number("cluster_slots_fail", fail)
	number("cluster_known_nodes", int64(v.KnownNodes()))
	number("cluster_size", int64(v.size))
	number("cluster_current_epoch", int64(v.currentEpoch))
	number("cluster_my_epoch", int64(v.nodes[v.self].epoch))
	for _, way := range []struct {
		name           string
		count          *[kinds]atomic.Int64
		publish, shard int64
	}{
		{"sent", &v.counters.sent, links.PublishSent, links.ShardPublishSent},
		{"received", &v.counters.received, links.PublishReceived, links.ShardPublishReceived},
	} {
		total := int64(0)
		for k, name := range kindNames {
			if n := way.count[k].Load(); n > 0 && name != "" {
				number("cluster_stats_messages_"+name+"_"+way.name, n)
				total += n
			}
		}
		if way.publish > 0 {
			number("cluster_stats_messages_publish_"+way.name, way.publish)
		}
		if way.shard > 0 {
			number("cluster_stats_messages_publishshard_"+way.name, way.shard)
		}
		number("cluster_stats_messages_"+way.name, total+way.publish+way.shard)
	}
	number("total_cluster_links_buffer_limit_exceeded", links.Overflows)
	return b
}

// slotHealth counts bound slots by the state of their owner.
func (v *View) slotHealth() (ok, pfail, fail int64) {
	for i := range v.nodes {
		n := &v.nodes[i]
		for _, r := range n.ranges {
			switch {
			case n.fail:
				fail += int64(r.Len())
			case n.pfail:
				pfail += int64(r.Len())
			default:
				ok += int64(r.Len())
			}
		}
	}
	return ok, pfail, fail
}
