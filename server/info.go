package server

import (
	"fmt"
	"os"
	"runtime"
	"sort"
	"strings"
	"time"

	"clusternode/command"
	"clusternode/config"
)

// Version is the release of this project.
const Version = "0.1.0"

// infoSection is one section of INFO. Default ones are printed without
// arguments; the others with "all" or by name.
type infoSection struct {
	title   string // its name, as the heading writes it
	byAsked bool   // only by name or "all"
	print   func(r *infoReport)
}

// infoSections in the order in which INFO prints them.
var infoSections = []infoSection{
	{"Server", false, (*infoReport).server},
	{"Clients", false, (*infoReport).clients},
	{"Memory", false, (*infoReport).memory},
	{"Persistence", false, (*infoReport).persistence},
	{"Stats", false, (*infoReport).stats},
	{"Replication", false, (*infoReport).replication},
	{"CPU", false, (*infoReport).cpu},
	{"Modules", false, (*infoReport).modules},
	{"Commandstats", true, (*infoReport).commandStats},
	{"Errorstats", false, (*infoReport).errorStats},
	{"Cluster", false, (*infoReport).cluster},
	{"Keyspace", false, (*infoReport).keyspace},
}

// infoReport collects the text of INFO.
type infoReport struct {
	b   strings.Builder
	s   *Server
	x   *command.Ctx
	sum *totals
}

func (r *infoReport) line(name string, value any) { fmt.Fprintf(&r.b, "%s:%v\r\n", name, value) }

// zero prints counters of what this server does not do, so that they are zero:
// monitoring tools look for the fields.
func (r *infoReport) zero(names ...string) {
	for _, name := range names {
		r.line(name, 0)
	}
}

func flag(on bool) int {
	if on {
		return 1
	}
	return 0
}

// handleInfo replies INFO [section ...].
func (s *Server) handleInfo(x *command.Ctx) {
	r := &infoReport{s: s, x: x, sum: s.sum(workerOf(x))}
	x.W.Verbatim("txt", r.text(x.Args[1:]))
}

// text prints the sections that args ask for.
func (r *infoReport) text(args [][]byte) string {
	asked := make(map[string]bool)
	all, usual := false, len(args) == 0
	for _, a := range args {
		switch name := strings.ToLower(string(a)); name {
		case "all", "everything":
			all = true
		case "default":
			usual = true
		default:
			asked[name] = true
		}
	}
	for _, sec := range infoSections {
		if !(all || asked[strings.ToLower(sec.title)] || usual && !sec.byAsked) {
			continue
		}
		if r.b.Len() > 0 {
			r.b.WriteString("\r\n")
		}
		fmt.Fprintf(&r.b, "# %s\r\n", sec.title)
		sec.print(r)
	}
	return r.b.String()
}

func (r *infoReport) server() {
	up := int64(time.Since(r.s.start) / time.Second)
	mode := "standalone"
	if r.s.bus != nil {
		mode = "cluster"
	}
	exe, _ := os.Executable() // unknown: the field is empty
	revision, dirty := buildRevision()
	r.line("redis_version", config.Version)
	r.line("redis_git_sha1", revision)
	r.line("redis_git_dirty", flag(dirty))
	r.line("redis_build_id", buildID())
	r.line("server_name", "clusternode")
	r.line("clusternode_version", Version)
	r.line("redis_mode", mode)
	r.line("os", osName())
	r.line("arch_bits", 32<<(^uint(0)>>63))
	r.line("monotonic_clock", "Go runtime")
	r.line("multiplexing_api", map[bool]string{true: "epoll", false: "goroutines"}[!r.s.goroutines])
	r.line("atomicvar_api", "sync/atomic")
	r.line("gcc_version", "0.0.0") // as Redis prints it for another compiler
	r.line("go_version", runtime.Version())
	r.line("process_id", os.Getpid())
	r.line("process_supervised", r.s.cfg.String("supervised"))
	r.line("run_id", r.s.runID)
	r.line("tcp_port", r.s.port.Load())
	r.line("server_time_usec", time.Now().UnixMicro())
	r.line("uptime_in_seconds", up)
	r.line("uptime_in_days", up/86400)
	r.line("hz", r.s.cfg.Int("hz"))
	r.line("configured_hz", r.s.cfg.Int("hz"))
	r.line("lru_clock", r.x.LRUClock())
	r.line("executable", exe)
	r.line("config_file", r.s.cfg.ConfigFile())
	r.line("io_threads_active", flag(len(r.s.loops) > 1))
	n := 0
	if port := r.s.port.Load(); port != 0 {
		r.line("listener0", fmt.Sprintf("name=tcp,bind=%s,port=%d", strings.Join(r.s.cfg.Strings("bind"), ",bind="), port))
		n++
	}
	if path := r.s.cfg.String("unixsocket"); path != "" {
		r.line(fmt.Sprintf("listener%d", n), "name=unix,bind="+path)
	}
}

func (r *infoReport) clients() {
	in, out := 0, 0
	for _, v := range r.s.views(workerOf(r.x), connOf(r.x)) {
		in, out = max(in, v.QBuf), max(out, v.OMem)
	}
	r.line("connected_clients", r.s.counters.clients.Load())
	r.line("cluster_connections", r.s.busLinks())
	r.line("maxclients", r.s.lim.maxClients.Load())
	r.line("client_recent_max_input_buffer", in)
	r.line("client_recent_max_output_buffer", out)
	r.line("blocked_clients", r.s.pause.blocked.Load())
	r.zero("tracking_clients", "pubsub_clients")
	r.line("watching_clients", r.s.watching.Load())
	r.zero("clients_in_timeout_table", "total_blocking_keys", "total_blocking_keys_on_nokey")
}

func (r *infoReport) stats() {
	t, c := r.sum, &r.s.counters
	action, left := r.s.pause.state(r.x.Now)
	house := r.s.ks.HouseStats()
	r.line("total_connections_received", c.accepted.Load())
	r.line("total_commands_processed", t.commands)
	r.line("instantaneous_ops_per_sec", int64(r.s.rates.commands.perSecond()))
	r.line("total_net_input_bytes", t.netIn)
	r.line("total_net_output_bytes", t.netOut)
	r.zero("total_net_repl_input_bytes", "total_net_repl_output_bytes")
	r.line("instantaneous_input_kbps", fmt.Sprintf("%.2f", r.s.rates.netIn.perSecond()/1024))
	r.line("instantaneous_output_kbps", fmt.Sprintf("%.2f", r.s.rates.netOut.perSecond()/1024))
	r.line("instantaneous_input_repl_kbps", "0.00")
	r.line("instantaneous_output_repl_kbps", "0.00")
	r.line("rejected_connections", c.rejected.Load())
	r.zero("sync_full", "sync_partial_ok", "sync_partial_err")
	r.line("expired_keys", t.keys.Expired+house.Expired)
	r.line("expired_stale_perc", fmt.Sprintf("%.2f", house.StalePercent))
	r.line("expired_time_cap_reached_count", house.TimeCapped)
	r.zero("evicted_keys", "evicted_clients", "total_eviction_exceeded_time", "current_eviction_exceeded_time")
	r.line("keyspace_hits", t.keys.Hits)
	r.line("keyspace_misses", t.keys.Misses)
	r.zero("pubsub_channels", "pubsub_patterns", "pubsubshard_channels", "latest_fork_usec", "total_forks",
		"migrate_cached_sockets", "slave_expires_tracked_keys")
	r.line("active_defrag_hits", house.Moved)
	r.zero("tracking_total_keys", "tracking_total_items", "tracking_total_prefixes", "unexpected_error_replies")
	r.line("total_error_replies", t.errorsTotal)
	r.line("client_output_buffer_limit_disconnections", c.outputDisconnects.Load())
	r.zero("dump_payload_sanitizations")
	r.line("total_reads_processed", t.reads)
	r.line("total_writes_processed", t.writes)
	r.line("paused_reason", map[bool]string{true: "client_pause", false: "none"}[action != "none"])
	r.line("paused_actions", action)
	r.line("paused_timeout_milliseconds", left)
	r.line("commands_set_aside", t.parked)
	r.line("commands_offloaded", t.offloaded)
}

func (r *infoReport) persistence() {
	r.zero("loading", "async_loading", "current_cow_peak", "current_cow_size", "current_cow_size_age")
	r.line("current_fork_perc", "0.00")
	r.zero("current_save_keys_processed", "current_save_keys_total")
	r.line("rdb_changes_since_last_save", r.sum.keys.Dirty)
	r.line("rdb_bgsave_in_progress", 0)
	r.line("rdb_last_save_time", r.s.start.Unix())
	r.line("rdb_last_bgsave_status", "ok")
	r.line("rdb_last_bgsave_time_sec", -1)
	r.line("rdb_current_bgsave_time_sec", -1)
	r.zero("rdb_saves", "rdb_last_cow_size", "rdb_last_load_keys_expired", "rdb_last_load_keys_loaded",
		"aof_enabled", "aof_rewrite_in_progress", "aof_rewrite_scheduled")
	r.line("aof_last_rewrite_time_sec", -1)
	r.line("aof_current_rewrite_time_sec", -1)
	r.line("aof_last_bgrewrite_status", "ok")
	r.zero("aof_rewrites", "aof_rewrites_consecutive_failures")
	r.line("aof_last_write_status", "ok")
	r.zero("aof_last_cow_size", "module_fork_in_progress", "module_fork_last_cow_size")
}

// replication: a node that is a replica in its cluster's topology has no link
// to its primary yet, and says so.
func (r *infoReport) replication() {
	if host, port, ok := r.s.busPrimary(); ok {
		r.line("role", "slave")
		r.line("master_host", host)
		r.line("master_port", port)
		r.line("master_link_status", "down")
		r.line("master_last_io_seconds_ago", -1)
		r.zero("master_sync_in_progress", "slave_read_repl_offset", "slave_repl_offset")
		r.line("master_link_down_since_seconds", -1)
		r.line("slave_priority", r.s.cfg.Int("replica-priority"))
		r.line("slave_read_only", flag(r.s.cfg.Bool("replica-read-only")))
		r.line("replica_announced", flag(r.s.cfg.Bool("replica-announced")))
	} else {
		r.line("role", "master")
	}
	r.line("connected_slaves", 0)
	r.line("master_failover_state", "no-failover")
	r.line("master_replid", r.s.runID)
	r.line("master_replid2", strings.Repeat("0", 40))
	r.line("master_repl_offset", 0)
	r.line("second_repl_offset", -1)
	r.line("repl_backlog_active", 0)
	r.line("repl_backlog_size", r.s.cfg.Int("repl-backlog-size"))
	r.line("repl_backlog_first_byte_offset", 0)
	r.line("repl_backlog_histlen", 0)
}

func (r *infoReport) cpu() {
	sys, user, childSys, childUser := cpuTimes()
	r.line("used_cpu_sys", fmt.Sprintf("%.6f", sys))
	r.line("used_cpu_user", fmt.Sprintf("%.6f", user))
	r.line("used_cpu_sys_children", fmt.Sprintf("%.6f", childSys))
	r.line("used_cpu_user_children", fmt.Sprintf("%.6f", childUser))
}

func (r *infoReport) modules() {}

func (r *infoReport) commandStats() {
	for i := range r.sum.perCmd {
		st := &r.sum.perCmd[i]
		if st.calls+st.rejected+st.failed == 0 {
			continue
		}
		micros := float64(st.nanos) / 1000
		per := 0.0
		if st.calls > 0 {
			per = micros / float64(st.calls)
		}
		r.line("cmdstat_"+r.s.env.Table.ByID(i).FullName(), fmt.Sprintf("calls=%d,usec=%d,usec_per_call=%.2f,rejected_calls=%d,failed_calls=%d",
			st.calls, int64(micros), per, st.rejected, st.failed))
	}
}

func (r *infoReport) errorStats() {
	names := make([]string, 0, len(r.sum.errors))
	for name := range r.sum.errors {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		r.line("errorstat_"+name, fmt.Sprintf("count=%d", r.sum.errors[name]))
	}
}

func (r *infoReport) cluster() {
	r.line("cluster_enabled", flag(r.s.bus != nil))
}

func (r *infoReport) keyspace() {
	for db := range r.s.ks.Databases() {
		if n := r.s.ks.DBSize(db); n > 0 {
			r.line(fmt.Sprintf("db%d", db), fmt.Sprintf("keys=%d,expires=%d,avg_ttl=%d", n, r.s.ks.Expires(db), r.s.ks.AvgTTL(db)))
		}
	}
}
