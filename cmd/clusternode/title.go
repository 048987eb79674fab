package main

import (
	"os"
	"strconv"
	"strings"

	"clusternode/config"
	"clusternode/internal/daemon"
)

// applyTitle puts set-proc-title into effect, now and when CONFIG SET changes
// the template.
func (n *node) applyTitle() {
	if !n.cfg.Bool("set-proc-title") {
		return
	}
	apply := func() error {
		if err := daemon.SetTitle(processTitle(n.cfg, os.Args[0])); err != nil {
			n.log.Verbose("The title of the process stays: %v", err)
		}
		return nil
	}
	_ = apply() // logged
	n.cfg.Hook("proc-title-template", apply)
}

// processTitle fills in proc-title-template, whose variables Load and CONFIG SET
// have checked; program is its {title}.
func processTitle(cfg *config.Config, program string) string {
	port := strconv.FormatInt(cfg.Int("port"), 10)
	listen := "unixsocket:" + cfg.String("unixsocket")
	if port != "0" {
		host := "*"
		if bind := cfg.Strings("bind"); len(bind) > 0 {
			host = bind[0]
		}
		listen = host + ":" + port
	}
	mode := ""
	if cfg.Bool("cluster-enabled") {
		mode = "[cluster]"
	}
	file := cfg.ConfigFile()
	if file == "" {
		file = "-"
	}
	text := strings.NewReplacer("{title}", program, "{listen-addr}", listen, "{server-mode}", mode, "{port}", port,
		"{tls-port}", strconv.FormatInt(cfg.Int("tls-port"), 10), "{unixsocket}", cfg.String("unixsocket"), "{config-file}", file,
	).Replace(cfg.String("proc-title-template"))
	return strings.Trim(text, " ")
}
