package server

import (
	"strconv"
	"strings"

	"clusternode/metrics"
)

// persistenceSection is INFO persistence.
var persistenceSection = section{Title: "Persistence", Items: []item{
	none("loading", 0).As("loading_dump_file"),
	none("async_loading", 0).As("async_loading"),
	none("current_cow_peak", 0),
	none("current_cow_size", 0),
	none("current_cow_size_age", 0),
	fixed("current_fork_perc", 2, func(*reading) float64 { return 0 }),
	none("current_save_keys_processed", 0),
	none("current_save_keys_total", 0),
	level("rdb_changes_since_last_save", func(r *reading) int64 { return r.totals().keys.Dirty }).As("rdb_changes_since_last_save"),
	none("rdb_bgsave_in_progress", 0).As("rdb_bgsave_in_progress"),
	level("rdb_last_save_time", func(r *reading) int64 { return r.s.start.Unix() }).In(metrics.UnixSeconds).As("rdb_last_save_timestamp_seconds"),
	fine("rdb_last_bgsave_status").As("rdb_last_bgsave_status"),
	none("rdb_last_bgsave_time_sec", -1).As("rdb_last_bgsave_duration_sec"),
	none("rdb_current_bgsave_time_sec", -1).As("rdb_current_bgsave_duration_sec"),
	unbuilt("rdb_saves").AsGauge("rdb_saves_total"),
	none("rdb_last_cow_size", 0).As("rdb_last_cow_size_bytes"),
	none("rdb_last_load_keys_expired", 0).As("rdb_last_load_expired_keys"),
	none("rdb_last_load_keys_loaded", 0).As("rdb_last_load_loaded_keys"),
	yes("aof_enabled", func(r *reading) bool { return r.s.cfg.Bool("appendonly") }).As("aof_enabled"),
	none("aof_rewrite_in_progress", 0).As("aof_rewrite_in_progress"),
	none("aof_rewrite_scheduled", 0).As("aof_rewrite_scheduled"),
	none("aof_last_rewrite_time_sec", -1).As("aof_last_rewrite_duration_sec"),
	none("aof_current_rewrite_time_sec", -1).As("aof_current_rewrite_duration_sec"),
	fine("aof_last_bgrewrite_status").As("aof_last_bgrewrite_status"),
	unbuilt("aof_rewrites"),
	unbuilt("aof_rewrites_consecutive_failures"),
	fine("aof_last_write_status").As("aof_last_write_status"),
	none("aof_last_cow_size", 0).As("aof_last_cow_size_bytes"),
	none("module_fork_in_progress", 0).As("module_fork_in_progress"),
	none("module_fork_last_cow_size", 0).As("module_fork_last_cow_size"),
}}

// fine is the outcome of something that has not been done, so it has not
// failed.
func fine(name string) *figure {
	return metrics.Of(name, metrics.Word, func(*reading) metrics.Value { return metrics.Status(true) })
}

// replicationSection is INFO replication. A node that is a replica in its
// cluster's topology has no link to its primary yet, and says so.
var replicationSection = section{Title: "Replication", Items: []item{
	label("role", (*reading).role),
	label("master_host", func(r *reading) string { return r.primary().host }).When((*reading).isReplica),
	level("master_port", func(r *reading) int64 { return int64(r.primary().port) }).When((*reading).isReplica),
	label("master_link_status", func(*reading) string { return "down" }).When((*reading).isReplica),
	none("master_last_io_seconds_ago", -1).When((*reading).isReplica),
	none("master_sync_in_progress", 0).When((*reading).isReplica),
	none("slave_read_repl_offset", 0).When((*reading).isReplica),
	none("slave_repl_offset", 0).When((*reading).isReplica),
	none("master_link_down_since_seconds", -1).When((*reading).isReplica),
	setting("slave_priority", "replica-priority").When((*reading).isReplica).As("slave_priority"),
	yes("slave_read_only", func(r *reading) bool { return r.s.cfg.Bool("replica-read-only") }).When((*reading).isReplica),
	yes("replica_announced", func(r *reading) bool { return r.s.cfg.Bool("replica-announced") }).When((*reading).isReplica),
	none("connected_slaves", 0).As("connected_slaves"),
	label("master_failover_state", func(*reading) string { return "no-failover" }),
	label("master_replid", func(r *reading) string { return r.s.runID }),
	label("master_replid2", func(*reading) string { return zeros }),
	none("master_repl_offset", 0).As("master_repl_offset"),
	none("second_repl_offset", -1).As("second_repl_offset"),
	none("repl_backlog_active", 0).As("repl_backlog_is_active"),
	setting("repl_backlog_size", "repl-backlog-size").As("replication_backlog_bytes"),
	none("repl_backlog_first_byte_offset", 0).As("repl_backlog_first_byte_offset"),
	none("repl_backlog_histlen", 0).As("repl_backlog_history_bytes"),
}}

// primaryOf is where a replica's primary is.
type primaryOf struct {
	host    string
	port    int
	replica bool // else there is none
}

func (r *reading) primary() *primaryOf {
	if r.above == nil {
		r.above = &primaryOf{}
		r.above.host, r.above.port, r.above.replica = r.s.busPrimary()
	}
	return r.above
}

func (r *reading) isReplica() bool { return r.primary().replica }

// role as the wire calls it.
func (r *reading) role() string {
	if r.isReplica() {
		return "slave"
	}
	return "master"
}

// primaryLink is the state of a replica's link to its primary, for Prometheus.
func (r *reading) primaryLink(yield func(*metrics.Row)) {
	if !r.isReplica() {
		return
	}
	yield(&metrics.Row{Labels: []string{r.primary().host, strconv.Itoa(r.primary().port)}, Fields: []metrics.Field{
		{Name: "up", Value: metrics.Int(0)},
		{Name: "syncing", Value: metrics.Int(0)},
		{Name: "silent", Value: metrics.Int(-1)},
	}})
}

// zeros is forty zeros, the id of nothing.
var zeros = strings.Repeat("0", 40)
