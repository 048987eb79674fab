package server

import (
	"os"
	"strconv"

	"clusternode/config"
	"clusternode/metrics"
)

// pageSection has the figures that Prometheus alone is shown: redis_exporter
// takes them from other commands, or adds them itself.
var pageSection = section{Items: append([]item{
	none("", 1).As("up").Saying("Whether the node answers."),
	level("", func(r *reading) int64 { return r.s.start.Unix() }).As("start_time_seconds").Saying("When the node started, unix time."),
	setting("", "maxclients").As("config_maxclients").Saying("Directive maxclients."),
	setting("", "maxmemory").As("config_maxmemory").Saying("Directive maxmemory, bytes."),
	setting("", "io-threads").As("config_io_threads").Saying("Directive io-threads."),
	&family{Rows: (*reading).instance, Series: []metrics.Series{{
		Name: "instance_info", Help: "What this node is.", Kind: metrics.Level, Field: "one",
		Labels: []string{"role", "redis_version", "redis_build_id", "redis_mode", "os", "maxmemory_policy", "tcp_port", "run_id", "process_id"},
	}}},
	level("", func(r *reading) int64 { return int64(r.s.obs.slowlog.len()) }).As("slowlog_length").Saying("Entries of SLOWLOG."),
	level("", func(r *reading) int64 { return r.lastSlow().id }).As("slowlog_last_id").Saying("Id of SLOWLOG's newest entry."),
	level("", func(r *reading) int64 { return r.lastSlow().micros }).As("last_slow_execution_duration_seconds").Times(1e-6).
		Saying("How long the command of SLOWLOG's newest entry took, seconds."),
	&family{Rows: (*reading).spikes, Series: []metrics.Series{
		{Name: "latency_spike_last", Help: "When an event of LATENCY was last slow, unix time.", Kind: metrics.Level, Labels: []string{"event_name"}, Field: "unix"},
		{Name: "latency_spike_duration_seconds", Help: "How slow it was, seconds.", Kind: metrics.Level, Labels: []string{"event_name"}, Field: "ms", Scale: 1e-3},
	}},
	&family{Rows: (*reading).primaryLink, Series: []metrics.Series{
		{Name: "master_link_up", Help: "Whether a replica is connected to its primary.", Kind: metrics.Level, Labels: primaryLabels, Field: "up"},
		{Name: "master_sync_in_progress", Help: "Whether a replica copies its primary's data.", Kind: metrics.Level, Labels: primaryLabels, Field: "syncing"},
		{Name: "master_last_io_seconds_ago", Help: "For how long a replica has heard nothing from its primary, seconds.", Kind: metrics.Level, Labels: primaryLabels, Field: "silent"},
	}},
}, clusterFigures()...)}

var primaryLabels = []string{"master_host", "master_port"}

// instance is one sample whose labels say what the node is.
func (r *reading) instance(yield func(*metrics.Row)) {
	yield(&metrics.Row{
		Labels: []string{r.role(), config.Version, buildID(), r.mode(), osName(), r.s.cfg.String("maxmemory-policy"),
			strconv.Itoa(int(r.s.port.Load())), r.s.runID, strconv.Itoa(os.Getpid())},
		Fields: []metrics.Field{{Name: "one", Value: metrics.Int(1)}},
	})
}

// lastSlow is the newest entry of SLOWLOG; zeros if there is none.
func (r *reading) lastSlow() *slowEntry {
	if list := r.s.obs.slowlog.newest(1); len(list) > 0 {
		return list[0]
	}
	return &slowEntry{}
}

// spikes are the latest spikes of the latency monitor's events.
func (r *reading) spikes(yield func(*metrics.Row)) {
	names, events := r.s.obs.latency.list()
	for _, name := range names {
		of := events[name]
		last := of.last()
		yield(&metrics.Row{Labels: []string{name}, Fields: []metrics.Field{
			{Name: "unix", Value: metrics.Int(last.unix)},
			{Name: "ms", Value: metrics.Int(last.ms)},
		}})
	}
}

// clusterFigures are the numbers of CLUSTER INFO, of a node with cluster
// support.
func clusterFigures() []item {
	var out []item
	for _, c := range []struct{ line, series string }{
		{"cluster_state", "cluster_state"},
		{"cluster_slots_assigned", "cluster_slots_assigned"},
		{"cluster_slots_ok", "cluster_slots_ok"},
		{"cluster_slots_pfail", "cluster_slots_pfail"},
		{"cluster_slots_fail", "cluster_slots_fail"},
		{"cluster_known_nodes", "cluster_known_nodes"},
		{"cluster_size", "cluster_size"},
		{"cluster_current_epoch", "cluster_current_epoch"},
		{"cluster_my_epoch", "cluster_my_epoch"},
		{"cluster_stats_messages_sent", "cluster_messages_sent_total"},
		{"cluster_stats_messages_received", "cluster_messages_received_total"},
		{"total_cluster_links_buffer_limit_exceeded", "total_cluster_links_buffer_limit_exceeded"},
	} {
		out = append(out, level("", func(r *reading) int64 { return r.clusterInfo()[c.line] }).
			When(func(r *reading) bool { return r.s.bus != nil }).As(c.series).Saying(c.line+" of CLUSTER INFO."))
	}
	return out
}
