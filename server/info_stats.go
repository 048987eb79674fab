package server

import (
	"time"

	"clusternode/metrics"
	"clusternode/pubsub"
)

// statsSection is INFO stats.
var statsSection = section{Title: "Stats", Items: []item{
	count("total_connections_received", func(r *reading) int64 { return r.s.counters.accepted.Load() }).As("connections_received_total"),
	total("total_commands_processed", func(t *totals) int64 { return t.commands }).As("commands_processed_total"),
	level("instantaneous_ops_per_sec", func(r *reading) int64 { return int64(r.s.rates.commands.perSecond()) }).As("instantaneous_ops_per_sec"),
	total("total_net_input_bytes", func(t *totals) int64 { return t.netIn }).In(metrics.Bytes).As("net_input_bytes_total"),
	total("total_net_output_bytes", func(t *totals) int64 { return t.netOut }).In(metrics.Bytes).As("net_output_bytes_total"),
	unbuilt("total_net_repl_input_bytes").In(metrics.Bytes).As("net_repl_input_bytes_total"),
	unbuilt("total_net_repl_output_bytes").In(metrics.Bytes).As("net_repl_output_bytes_total"),
	fixed("instantaneous_input_kbps", 2, func(r *reading) float64 { return r.s.rates.netIn.perSecond() / 1024 }).In(metrics.KiBPerSecond).As("instantaneous_input_kbps"),
	fixed("instantaneous_output_kbps", 2, func(r *reading) float64 { return r.s.rates.netOut.perSecond() / 1024 }).In(metrics.KiBPerSecond).As("instantaneous_output_kbps"),
	fixed("instantaneous_input_repl_kbps", 2, func(*reading) float64 { return 0 }),
	fixed("instantaneous_output_repl_kbps", 2, func(*reading) float64 { return 0 }),
	count("rejected_connections", func(r *reading) int64 { return r.s.counters.rejected.Load() }).As("rejected_connections_total"),
	unbuilt("sync_full").AsGauge("replica_resyncs_full"),
	unbuilt("sync_partial_ok").AsGauge("replica_partial_resync_accepted"),
	unbuilt("sync_partial_err").AsGauge("replica_partial_resync_denied"),
	count("expired_subkeys", func(r *reading) int64 { return r.housekeeping().Subkeys }).As("expired_subkeys_total"),
	count("expired_keys", func(r *reading) int64 { return r.totals().keys.Expired + r.housekeeping().Expired }).As("expired_keys_total"),
	fixed("expired_stale_perc", 2, func(r *reading) float64 { return r.housekeeping().StalePercent }).As("expired_stale_percentage"),
	count("expired_time_cap_reached_count", func(r *reading) int64 { return r.housekeeping().TimeCapped }).AsGauge("expired_time_cap_reached_total"),
	count("expire_cycle_cpu_milliseconds", func(r *reading) int64 { return int64(r.housekeeping().ExpireTime / time.Millisecond) }).In(metrics.Milliseconds).As("expire_cycle_cpu_time_ms_total"),
	total("evicted_keys", func(t *totals) int64 { return t.evicted }).As("evicted_keys_total"),
	count("evicted_clients", func(r *reading) int64 { return r.s.clients.evicted.Load() }).As("evicted_clients_total"),
	count("total_eviction_exceeded_time", func(r *reading) int64 { all, _ := r.s.timeOverLimit(); return all.Milliseconds() }).In(metrics.Milliseconds).As("eviction_exceeded_time_ms_total"),
	level("current_eviction_exceeded_time", func(r *reading) int64 { _, now := r.s.timeOverLimit(); return now.Milliseconds() }).In(metrics.Milliseconds).As("current_eviction_exceeded_time_ms"),
	total("keyspace_hits", func(t *totals) int64 { return t.keys.Hits }).As("keyspace_hits_total"),
	total("keyspace_misses", func(t *totals) int64 { return t.keys.Misses }).As("keyspace_misses_total"),
	level("pubsub_channels", func(r *reading) int64 { return int64(r.s.hub.Topics(pubsub.Channel)) }).As("pubsub_channels"),
	level("pubsub_patterns", func(r *reading) int64 { return int64(r.s.hub.Topics(pubsub.Pattern)) }).As("pubsub_patterns"),
	level("pubsubshard_channels", func(r *reading) int64 { return int64(r.s.hub.Topics(pubsub.Shard)) }).As("pubsubshard_channels"),
	none("latest_fork_usec", 0).In(metrics.Microseconds).As("latest_fork_seconds").Times(1e-6),
	unbuilt("total_forks").As("total_forks"),
	none("migrate_cached_sockets", 0).As("migrate_cached_sockets_total"),
	none("slave_expires_tracked_keys", 0).As("slave_expires_tracked_keys"),
	count("active_defrag_hits", func(r *reading) int64 { return r.housekeeping().Moved }).AsGauge("defrag_hits"),
	count("active_defrag_misses", func(r *reading) int64 { return r.housekeeping().Stayed }).AsGauge("defrag_misses"),
	count("active_defrag_key_hits", func(r *reading) int64 { return r.housekeeping().KeysMoved }).AsGauge("defrag_key_hits"),
	count("active_defrag_key_misses", func(r *reading) int64 { return r.housekeeping().KeysStayed }).AsGauge("defrag_key_misses"),
	count("total_active_defrag_time", func(r *reading) int64 { return r.housekeeping().EvacuateTime.Milliseconds() }).In(metrics.Milliseconds),
	level("current_active_defrag_time", func(r *reading) int64 { return r.housekeeping().EvacuateNow.Milliseconds() }).In(metrics.Milliseconds),
	level("tracking_total_keys", func(r *reading) int64 { return r.s.tracking.table.Keys() }).As("tracking_total_keys"),
	level("tracking_total_items", func(r *reading) int64 { return r.s.tracking.table.Items() }).As("tracking_total_items"),
	level("tracking_total_prefixes", func(r *reading) int64 { return r.s.tracking.prefixes.Len() }).As("tracking_total_prefixes"),
	unbuilt("unexpected_error_replies").As("unexpected_error_replies"),
	total("total_error_replies", func(t *totals) int64 { return t.errorsTotal }).As("total_error_replies"),
	count("dump_payload_sanitizations", (*reading).payloads).As("dump_payload_sanitizations"),
	total("total_reads_processed", func(t *totals) int64 { return t.reads }).As("total_reads_processed"),
	total("total_writes_processed", func(t *totals) int64 { return t.writes }).As("total_writes_processed"),
	count("io_threaded_reads_processed", func(r *reading) int64 { return r.ifThreaded(r.totals().reads) }).As("io_threaded_reads_processed"),
	count("io_threaded_writes_processed", func(r *reading) int64 { return r.ifThreaded(r.totals().writes) }).As("io_threaded_writes_processed"),
	count("client_query_buffer_limit_disconnections", func(r *reading) int64 { return r.s.counters.queryDisconnects.Load() }).As("client_query_buffer_limit_disconnections_total"),
	count("client_output_buffer_limit_disconnections", func(r *reading) int64 { return r.s.counters.outputDisconnects.Load() }).As("client_output_buffer_limit_disconnections_total"),
	unbuilt("reply_buffer_shrinks").As("reply_buffer_shrinks_total"), // replies are built in a buffer of the loop
	unbuilt("reply_buffer_expands").As("reply_buffer_expands_total"),
	total("eventloop_cycles", func(t *totals) int64 { return t.cycles }).As("eventloop_cycles_total"),
	total("eventloop_duration_sum", func(t *totals) int64 { return t.cycleNanos / 1000 }).In(metrics.Microseconds).As("eventloop_duration_sum_usec_total"),
	total("eventloop_duration_cmd_sum", (*totals).commandMicros).In(metrics.Microseconds).As("eventloop_duration_cmd_sum_usec_total"),
	level("instantaneous_eventloop_cycles_per_sec", func(r *reading) int64 { return int64(r.s.rates.cycles.perSecond()) }).As("instantaneous_eventloop_cycles_per_sec"),
	level("instantaneous_eventloop_duration_usec", (*reading).cycleMicros).In(metrics.Microseconds).As("instantaneous_eventloop_duration_usec"),
	count("acl_access_denied_auth", func(r *reading) int64 { return r.s.counters.authFailures.Load() }).As("acl_access_denied_auth_total"),
	unbuilt("acl_access_denied_cmd").As("acl_access_denied_cmd_total"),
	unbuilt("acl_access_denied_key").As("acl_access_denied_key_total"),
	unbuilt("acl_access_denied_channel").As("acl_access_denied_channel_total"),
	total("commands_set_aside", func(t *totals) int64 { return t.parked }).As("commands_set_aside_total"),
	total("commands_offloaded", func(t *totals) int64 { return t.offloaded }).As("commands_offloaded_total"),
}}

// total is a counter of all workers together.
func total(name string, read func(t *totals) int64) *figure {
	return count(name, func(r *reading) int64 { return read(r.totals()) })
}

// ifThreaded is n while connections are spread over several threads: then none
// of them is the main one.
func (r *reading) ifThreaded(n int64) int64 {
	if r.threaded() {
		return n
	}
	return 0
}

// payloads is how many payloads RESTORE took, after a check in full.
func (r *reading) payloads() int64 {
	n := int64(0)
	for i := range r.totals().perCmd {
		switch r.s.env.Table.ByID(i).Name {
		case "restore", "restore-asking":
			n += r.totals().perCmd[i].calls - r.totals().perCmd[i].failed
		}
	}
	return n
}

// commandMicros is the time that commands took.
func (t *totals) commandMicros() int64 {
	n := int64(0)
	for i := range t.perCmd {
		n += t.perCmd[i].nanos
	}
	return n / 1000
}

// cycleMicros is how long a round of an event loop took lately.
func (r *reading) cycleMicros() int64 {
	rounds := r.s.rates.cycles.perSecond()
	if rounds == 0 {
		return 0
	}
	return int64(r.s.rates.cycleNanos.perSecond() / rounds / 1000)
}
