package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"clusternode/config"
	"clusternode/internal/daemon"
	"clusternode/internal/redislog"
	"clusternode/server"
)

// runNode serves one node until it is told to stop; it returns the exit status.
// cfg has the defaults.
func runNode(cfg *config.Config, args []string) int {
	child := daemon.FromParent()
	var stdin bytes.Buffer
	warnings, err := cfg.Load(args, io.TeeReader(os.Stdin, &stdin))
	if err == nil {
		err = enterDir(cfg)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return failed(child, err)
	}
	super, superErr := daemon.Supervise(cfg.String("supervised"))
	if cfg.Bool("daemonize") && child == nil && !super.Active() {
		if err := daemon.Spawn(stdin.Bytes()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return 0
	}
	log := newLogger(cfg, os.Stdout, "")
	defer log.Close()
	if superErr != nil {
		log.Warning("%v", superErr)
	}
	n := &node{cfg: cfg, log: log, super: super, child: child}
	n.greet(args, warnings)
	err = n.serve()
	var line *config.FileError
	switch {
	case errors.As(err, &line): // as what Load finds
		fmt.Fprintln(os.Stderr, err)
	case err != nil:
		log.Warning("%v", err)
	}
	if err != nil {
		return failed(child, err)
	}
	return 0
}

// failed tells a waiting foreground process why there is no server.
func failed(child *daemon.Child, err error) int {
	if child != nil {
		_ = child.Failed(err) // nobody waits: nobody to tell
	}
	return 1
}

// enterDir makes dir the working directory, as Redis does.
func enterDir(cfg *config.Config) error {
	dir := cfg.String("dir")
	if err := os.Chdir(dir); err != nil {
		return fmt.Errorf("can't chdir to '%s': %w", dir, err)
	}
	return nil
}

// node is the process of one server.
type node struct {
	cfg   *config.Config
	log   *redislog.Logger
	super *daemon.Supervisor
	child *daemon.Child
	oom   daemon.OOMScore
}

// greet logs what Redis logs before it serves.
func (n *node) greet(args, warnings []string) {
	n.log.Notice("oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo")
	n.log.Notice("Redis version=%s, bits=%d, commit=00000000, modified=0, pid=%d, just started", config.Version, 32<<(^uint(0)>>63), os.Getpid())
	if len(args) == 0 {
		n.log.Warning("Warning: no config file specified, using the default config. In order to specify a config file use %s /path/to/redis.conf", filepath.Base(os.Args[0]))
	} else {
		n.log.Notice("Configuration loaded")
	}
	if notice := n.super.Notice(); notice != "" {
		n.log.Notice("%s", notice)
	}
	for _, w := range warnings {
		n.log.Warning("%s", w)
	}
	n.log.SetRole(redislog.Primary)
	mode := "standalone"
	if n.cfg.Bool("cluster-enabled") {
		mode = "cluster"
	}
	if n.cfg.Bool("always-show-logo") {
		n.log.Raw(logo(mode, n.cfg.Int("port")))
		return
	}
	n.log.Notice("Running mode=%s, port=%d.", mode, n.cfg.Int("port"))
}

// logo is what always-show-logo asks for; tools look for its "PID: n" line.
func logo(mode string, port int64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n        o---o---o\n       /    |    \\      clusternode %s, Redis %s (%d bit)\n", server.Version, config.Version, 32<<(^uint(0)>>63))
	fmt.Fprintf(&b, "      o-----o-----o     Running in %s mode\n", mode)
	fmt.Fprintf(&b, "       \\    |    /      Port: %d\n", port)
	fmt.Fprintf(&b, "        o---o---o       PID: %d\n\n", os.Getpid())
	return b.String()
}

// serve runs the server between its first and its last log line.
func (n *node) serve() error {
	runtime.GOMAXPROCS(max(int(n.cfg.Int("io-threads"))+spareProcessors, 2))
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	signal.Ignore(syscall.SIGHUP, syscall.SIGPIPE)
	n.applyOOM()
	n.applyTitle()
	n.cfg.Hook("dir", func() error {
		if err := os.Chdir(n.cfg.String("dir")); err != nil {
			return config.Reason(err)
		}
		return nil
	})
	s, err := server.New(server.Options{Config: n.cfg, Log: n.log})
	if err != nil {
		return err
	}
	s.Start()
	pidFile := daemon.PIDFile(n.cfg.Path("pidfile"), n.child != nil) // absolute: CONFIG SET dir may come
	if pidFile != "" {
		if err := daemon.WritePID(pidFile); err != nil {
			n.log.Warning("Failed to write PID file: %v", err)
		} else {
			defer func() { _ = daemon.RemovePID(pidFile) }() // left over: the next start replaces it
		}
	}
	n.announceReady()
	select {
	case sig := <-signals:
		n.log.Warning("Received %s scheduling shutdown...", signalName(sig))
		n.tellSupervisor(n.super.Stopping())
		s.Close()
	case <-s.Done():
		n.tellSupervisor(n.super.Stopping())
	}
	n.log.Warning("Redis is now ready to exit, bye bye...")
	return nil
}

// spareProcessors are for timers, the bus and the collector, so that they
// never wait for a loop's processor.
const spareProcessors = 2

func signalName(sig os.Signal) string {
	if sig == syscall.SIGINT {
		return "SIGINT"
	}
	return "SIGTERM"
}

func (n *node) announceReady() {
	n.tellSupervisor(n.super.Ready())
	if n.child != nil {
		if err := n.child.Ready(); err != nil {
			n.log.Verbose("The foreground process is gone: %v", err)
		}
	}
}

func (n *node) tellSupervisor(err error) {
	if err != nil {
		n.log.Warning("Can't notify the supervisor: %v", err)
	}
}

// applyOOM puts oom-score-adj into effect, now and at CONFIG SET.
func (n *node) applyOOM() {
	apply := func() error {
		values := n.cfg.Strings("oom-score-adj-values")
		value, _ := strconv.Atoi(values[0]) // checked by the directive; the first is for primaries
		return n.oom.Apply(n.cfg.String("oom-score-adj"), value)
	}
	if err := apply(); err != nil {
		n.log.Warning("Unable to write oom_score_adj: %v", err)
	}
	n.cfg.HookAll(apply, "oom-score-adj", "oom-score-adj-values")
}
