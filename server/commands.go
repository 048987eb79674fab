package server

import (
	"fmt"
	"maps"
	"net/netip"
	"strings"

	"clusternode/command"
	"clusternode/config"
)

// commandTable builds the node's table: all families, the handlers that are
// the server's, and the rename-command lines of the configuration.
func (s *Server) commandTable() (*command.Table, error) {
	handlers := map[string]command.Handler{
		"info":                s.handleInfo,
		"shutdown":            s.handleShutdown,
		"multi":               s.handleMulti,
		"exec":                func(x *command.Ctx) { workerOf(x).exec(connOf(x)) },
		"discard":             s.handleDiscard,
		"watch":               s.handleWatch,
		"unwatch":             func(x *command.Ctx) { s.unwatch(connOf(x)); x.W.OK() },
		"reset":               s.handleReset,
		"client|list":         s.handleClientList,
		"client|info":         s.handleClientInfo,
		"client|kill":         s.handleClientKill,
		"client|tracking":     s.handleClientTracking,
		"client|caching":      s.handleClientCaching,
		"client|getredir":     s.handleClientGetRedir,
		"client|trackinginfo": s.handleClientTrackingInfo,
		"client|pause":        s.handleClientPause,
		"client|unpause":      s.handleClientUnpause,
		"client|unblock":      s.handleClientUnblock,
	}
	maps.Copy(handlers, s.pubsubHandlers())
	maps.Copy(handlers, s.observeHandlers())
	t := command.NewTable(handlers, command.Families()...)
	for _, r := range s.cfg.Renames() {
		if err := t.Rename(strings.ToLower(r.From), strings.ToLower(r.To)); err != nil {
			return nil, r.Fault(err)
		}
	}
	for _, spec := range t.Specs() {
		if spec.Handler == nil && len(spec.Subs) == 0 {
			return nil, fmt.Errorf("command %s has no handler", spec.FullName())
		}
	}
	return t, nil
}

// isLoopback reports whether "host:port" is on this machine.
func isLoopback(addr string) bool {
	a, err := netip.ParseAddrPort(addr)
	return err == nil && a.Addr().IsLoopback()
}

// configStore implements command.ConfigStore.
type configStore struct {
	*config.Config
	s *Server
}

// Set implements command.ConfigStore. It logs what has no effect, as a start
// does.
func (c configStore) Set(x *command.Ctx, pairs []config.Pair) error {
	if workerOf(x).inGate {
		c.s.stoppedSet.Store(true)
		defer c.s.stoppedSet.Store(false)
	}
	if err := c.Config.Set(pairs, connOf(x).local()); err != nil {
		return err
	}
	for _, p := range pairs {
		d := config.Lookup(p.Name)
		if text := d.Warning(); text != "" && c.Get(d.Name)[0].Value != d.Default() {
			c.s.log.Warning("%s", text)
		}
	}
	return nil
}

// ResetStat implements command.ConfigStore; the world is stopped.
func (c configStore) ResetStat() { c.s.resetStat() }
