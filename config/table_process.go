package config

import "runtime"

// processTable: the process itself, its log, and what its clients may do to it.
var processTable = []row{
	yesNo("daemonize", false).fixed(),
	choice("supervised", "no", "upstart", "systemd", "auto", "no").fixed(),
	optional("pidfile").fixed(),
	special("dir", dirCodec{}, Value{}).flag(protected),
	integer("databases", 16, 1, maxInt32).fixed(),
	choice("loglevel", "notice", "debug", "verbose", "notice", "warning", "nothing"),
	text("logfile", "").fixed(),
	choice("log-format", "text", "text", "json").fixed(),
	yesNo("syslog-enabled", false).fixed(),
	text("syslog-ident", "redis").fixed(),
	choice("syslog-facility", "local0",
		"user", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7").fixed(),
	yesNo("always-show-logo", false).fixed(),
	yesNo("set-proc-title", true).fixed(),
	text("proc-title-template", "{title} {listen-addr} {server-mode}").checked(titleTemplate),
	text("locale-collate", "").without("strings are compared by their bytes"),
	text("ignore-warnings", "").without("there is no kernel check whose warning could be silenced"),
	yesNo("crash-log-enabled", true).without("a crash is reported by the Go runtime"),
	yesNo("crash-memcheck-enabled", true).without("a crash is reported by the Go runtime"),
	yesNo("use-exit-on-panic", false).flag(hidden).without("a crash is reported by the Go runtime"),
	yesNo("disable-thp", true).fixed().without("snapshots do not fork, so huge pages do no harm"),
	special("oom-score-adj", enumCodec{names: []string{"no", "yes", "relative", "absolute"},
		same: map[string]string{"relative": "yes"}}, Value{}),
	special("oom-score-adj-values", oomCodec{}, Value{list: []string{"0", "200", "800"}}).flag(manyWords),
	optional("server-cpulist").alias("server_cpulist").fixed(),
	optional("bio-cpulist").alias("bio_cpulist").fixed().without("the Go scheduler places threads"),
	optional("aof-rewrite-cpulist").alias("aof_rewrite_cpulist").fixed().without("there are no child processes"),
	optional("bgsave-cpulist").alias("bgsave_cpulist").fixed().without("there are no child processes"),
	integer("shutdown-timeout", 10, 0, maxInt32).waits(replication),
	special("shutdown-on-sigint", shutdownFlags, Value{}).flag(manyWords).checked(saveOrNot).waits(persistence),
	special("shutdown-on-sigterm", shutdownFlags, Value{}).flag(manyWords).checked(saveOrNot).waits(persistence),
	choice("enable-debug-command", "no", "no", "yes", "local").fixed(),
	choice("enable-module-command", "no", "no", "yes", "local").fixed().without(modules),
	choice("enable-protected-configs", "no", "no", "yes", "local").fixed(),
	optional("aclfile").fixed().notBuilt(acls),
	choice("acl-pubsub-default", "resetchannels", "allchannels", "resetchannels").waits(acls),
	integer("acllog-max-len", 128, 0, maxInt64).waits(acls),
	integer("busy-reply-threshold", 5000, 0, maxInt64).alias("lua-time-limit").waits(scripts),
	integer("watchdog-period", 0, 0, maxInt32).flag(hidden).without("goroutine dumps serve its purpose"),
}

var shutdownFlags = enumCodec{names: []string{"default", "save", "nosave", "now", "force"}, many: true}

// defaultIOThreads is half of the cores, at least one and at most eight: the
// rest is for the cluster bus, timers and the collector. It differs from
// Redis, whose default is 1.
func defaultIOThreads() int64 { return int64(max(1, min(8, runtime.NumCPU()/2))) }
