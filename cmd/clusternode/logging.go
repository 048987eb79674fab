package main

import (
	"io"
	"strings"

	"clusternode/config"
	"clusternode/internal/redislog"
)

// newLogger makes the logger that a node's configuration asks for. Without a
// logfile it writes to out; prefix tells several nodes of one process apart.
func newLogger(cfg *config.Config, out io.Writer, prefix string) *redislog.Logger {
	level, _ := redislog.ParseLevel(cfg.String("loglevel")) // Load has checked it
	o := redislog.Options{
		Level: level, File: cfg.Path("logfile"), Out: out, JSON: cfg.String("log-format") == "json", Prefix: prefix,
	}
	if cfg.Bool("syslog-enabled") {
		o.Syslog = &redislog.SyslogOptions{Ident: cfg.String("syslog-ident"), Facility: strings.ToLower(cfg.String("syslog-facility"))}
	}
	log := redislog.New(o)
	cfg.Hook("loglevel", func() error {
		level, _ := redislog.ParseLevel(cfg.String("loglevel"))
		log.SetLevel(level)
		return nil
	})
	return log
}
