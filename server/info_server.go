package server

import (
	"os"
	"runtime"
	"strconv"
	"time"

	"clusternode/config"
	"clusternode/metrics"
)

// executable is the path of this program, "" if it is unknown.
var executable, _ = os.Executable()

// serverSection is INFO server.
var serverSection = section{Title: "Server", Items: []item{
	label("redis_version", func(*reading) string { return config.Version }),
	label("server_name", func(*reading) string { return "clusternode" }),
	label("clusternode_version", func(*reading) string { return Version }),
	label("redis_git_sha1", func(*reading) string { short, _ := buildRevision(); return short }),
	yes("redis_git_dirty", func(*reading) bool { _, dirty := buildRevision(); return dirty }),
	label("redis_build_id", func(*reading) string { return buildID() }),
	label("redis_mode", (*reading).mode),
	label("os", func(*reading) string { return osName() }),
	none("arch_bits", 32<<(^uint(0)>>63)),
	label("monotonic_clock", func(*reading) string { return "Go runtime" }),
	label("multiplexing_api", func(r *reading) string {
		if r.s.goroutines {
			return "goroutines"
		}
		return "epoll"
	}),
	label("atomicvar_api", func(*reading) string { return "sync/atomic" }),
	label("gcc_version", func(*reading) string { return "0.0.0" }), // as Redis prints it for another compiler
	label("go_version", func(*reading) string { return runtime.Version() }),
	level("process_id", func(*reading) int64 { return int64(os.Getpid()) }).As("process_id"),
	label("process_supervised", func(r *reading) string { return r.s.cfg.String("supervised") }),
	label("run_id", func(r *reading) string { return r.s.runID }),
	level("tcp_port", func(r *reading) int64 { return int64(r.s.port.Load()) }),
	level("server_time_usec", func(*reading) int64 { return time.Now().UnixMicro() }),
	level("uptime_in_seconds", func(r *reading) int64 { return int64(time.Since(r.s.start) / time.Second) }).In(metrics.Seconds).As("uptime_in_seconds"),
	level("uptime_in_days", func(r *reading) int64 { return int64(time.Since(r.s.start) / (24 * time.Hour)) }),
	setting("hz", "hz"),
	setting("configured_hz", "hz"),
	level("lru_clock", func(r *reading) int64 { return r.now / 1000 & (1<<24 - 1) }),
	label("executable", func(*reading) string { return executable }),
	label("config_file", func(r *reading) string { return r.s.cfg.ConfigFile() }),
	yes("io_threads_active", (*reading).threaded).As("io_threads_active"),
	&family{Rows: (*reading).listeners},
}}

// mode is what kind of node this is.
func (r *reading) mode() string {
	if r.s.bus != nil {
		return "cluster"
	}
	return "standalone"
}

// threaded tells whether connections are spread over several threads.
func (r *reading) threaded() bool { return len(r.s.loops) > 1 }

// listeners are the lines listener0, listener1...
func (r *reading) listeners(yield func(*metrics.Row)) {
	n := 0
	line := func(fields []metrics.Field) {
		yield(&metrics.Row{Name: "listener" + strconv.Itoa(n), Fields: fields})
		n++
	}
	if port := r.s.port.Load(); port != 0 {
		fields := []metrics.Field{{Name: "name", Value: metrics.Text("tcp")}}
		for _, a := range r.s.cfg.Strings("bind") {
			fields = append(fields, metrics.Field{Name: "bind", Value: metrics.Text(a)})
		}
		line(append(fields, metrics.Field{Name: "port", Value: metrics.Int(int64(port))}))
	}
	if path := r.s.cfg.String("unixsocket"); path != "" {
		line([]metrics.Field{{Name: "name", Value: metrics.Text("unix")}, {Name: "bind", Value: metrics.Text(path)}})
	}
}

// clientsSection is INFO clients. pubsub_clients and watching_clients are fields
// of Redis 7.4, the last three of Valkey 8.
var clientsSection = section{Title: "Clients", Items: []item{
	level("connected_clients", func(r *reading) int64 { return r.s.counters.clients.Load() }).As("connected_clients"),
	level("cluster_connections", func(r *reading) int64 { return int64(r.s.busLinks()) }).As("cluster_connections"),
	setting("maxclients", "maxclients").As("max_clients"),
	level("client_recent_max_input_buffer", func(r *reading) int64 { return int64(r.clients().maxIn) }).In(metrics.Bytes).As("client_recent_max_input_buffer_bytes"),
	level("client_recent_max_output_buffer", func(r *reading) int64 { return int64(r.clients().maxOut) }).In(metrics.Bytes).As("client_recent_max_output_buffer_bytes"),
	level("blocked_clients", func(r *reading) int64 { return r.s.pause.blocked.Load() + r.s.blocked.Load() }).As("blocked_clients"),
	level("tracking_clients", func(r *reading) int64 { return r.s.tracking.on.Load() }).As("tracking_clients"),
	level("pubsub_clients", func(r *reading) int64 { return r.s.subscribers.Load() }).As("pubsub_clients"),
	level("watching_clients", func(r *reading) int64 { return r.s.watching.Load() }).As("watching_clients"),
	level("clients_in_timeout_table", func(r *reading) int64 { return r.s.blockedFor.Load() }).As("clients_in_timeout_table"),
	level("total_blocking_keys", func(r *reading) int64 { return r.s.ks.WaitedKeys() }).As("total_blocking_keys"),
	level("total_blocking_keys_on_nokey", func(r *reading) int64 { return r.s.ks.RemovalKeys() }).As("total_blocking_keys_on_nokey"),
	label("paused_reason", func(r *reading) string {
		if action, _ := r.s.pause.state(r.now); action == "none" {
			return action
		}
		return "client_pause"
	}),
	label("paused_actions", func(r *reading) string { action, _ := r.s.pause.state(r.now); return action }),
	level("paused_timeout_milliseconds", func(r *reading) int64 { _, left := r.s.pause.state(r.now); return left }),
}}
