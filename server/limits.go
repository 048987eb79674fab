package server

import (
	"math"
	"strings"
	"sync/atomic"

	"clusternode/config"
	"clusternode/resp"
)

// limits are the directives that the server reads on its way, one atomic load
// each.
type limits struct {
	idle        config.Var // timeout, seconds; 0: none
	keepAlive   config.Var // tcp-keepalive, seconds; 0: off
	maxClients  config.Var
	protected   config.Var // protected-mode
	queryBuffer config.Var // client-query-buffer-limit, bytes
	maxMemory   config.Var // bytes; 0: none
	// pubsubWhenDown is cluster-allow-pubsubshard-when-down, 0 or 1.
	pubsubWhenDown config.Var

	// authenticated and anonymous are the parser's limits.
	authenticated atomic.Pointer[resp.Limits]
	anonymous     resp.Limits
	outputs       atomic.Pointer[outputLimits]
}

// bindLimits connects the limits and the command settings with the
// configuration.
func (s *Server) bindLimits(c *config.Config) {
	l := &s.lim
	l.idle, l.keepAlive = c.Var("timeout"), c.Var("tcp-keepalive")
	l.maxClients, l.protected = c.Var("maxclients"), c.Var("protected-mode")
	l.queryBuffer, l.maxMemory = c.Var("client-query-buffer-limit"), c.Var("maxmemory")
	l.pubsubWhenDown = c.Var("cluster-allow-pubsubshard-when-down")
	l.anonymous = resp.AnonymousLimits()
	s.apply(func() error {
		lim := resp.AuthenticatedLimits(int(c.Int("proto-max-bulk-len")))
		l.authenticated.Store(&lim)
		s.env.Settings.MaxBulk.Store(c.Int("proto-max-bulk-len"))
		return nil
	}, "proto-max-bulk-len")
	s.apply(func() error {
		l.outputs.Store(newOutputLimits(c.OutputLimits()))
		return nil
	}, "client-output-buffer-limit")
	s.apply(func() error {
		policy := c.String("maxmemory-policy")
		s.env.Settings.LFU.Store(strings.HasSuffix(policy, "-lfu"))
		s.env.Settings.OwnInts.Store(c.Int("maxmemory") != 0 && (strings.HasSuffix(policy, "-lfu") || strings.HasSuffix(policy, "-lru")))
		s.env.Settings.LFULogFactor.Store(int32(c.Int("lfu-log-factor")))
		s.env.Settings.LFUDecay.Store(int32(c.Int("lfu-decay-time")))
		return nil
	}, "maxmemory", "maxmemory-policy", "lfu-log-factor", "lfu-decay-time")
	s.bindEviction(c)
	s.bindClientLimit(c)
	s.bindSlotUsage()
	s.apply(func() error {
		s.env.Settings.Notify.Store(c.Int("notify-keyspace-events"))
		return nil
	}, "notify-keyspace-events")
	s.apply(func() error {
		s.env.Settings.LazyUserFlush.Store(c.Bool("lazyfree-lazy-user-flush"))
		return nil
	}, "lazyfree-lazy-user-flush")
	s.apply(func() error {
		s.env.Settings.RawStrings.Store(!c.Bool("rdbcompression"))
		return nil
	}, "rdbcompression")
	for name, limit := range s.env.Settings.Limits() {
		s.apply(func() error { limit.Store(c.Int(name)); return nil }, name)
	}
	s.apply(func() error {
		for _, k := range s.streams.list() {
			k.expectInput()
		}
		return nil
	}, "timeout")
	s.cfg.Hook("maxclients", s.checkMaxClients)
}

// apply runs f now, and whenever CONFIG SET changes one of the directives.
func (s *Server) apply(f func() error, directives ...string) {
	_ = f() // at the start nothing can be refused: Load has checked the values
	s.cfg.HookAll(f, directives...)
}

func clamp(n uint64) int64 { return int64(min(n, math.MaxInt64)) }
