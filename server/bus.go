package server

import (
	"fmt"
	"time"

	"clusternode/cluster"
	"clusternode/gossip"
	"clusternode/slots"
)

// bus is the node's part in its cluster.
type bus struct {
	node *gossip.Node
	s    *Server
}

// busPortOffset is where the cluster port lies above the client port.
const busPortOffset = 10000

// openBus starts the cluster bus if cluster support is enabled.
func (s *Server) openBus() error {
	if !s.cfg.Bool("cluster-enabled") {
		return nil
	}
	b := &bus{s: s}
	node, err := gossip.Start(gossip.Config{
		Cluster: b.config(), Dir: s.cfg.String("dir"), File: s.cfg.String("cluster-config-file"), Bind: s.cfg.Strings("bind"),
		Secret: s.cfg.String("cluster-secret"), SendLimit: s.cfg.Int("cluster-link-sendbuf-limit"), SourceAddr: s.cfg.String("bind-source-addr"), Log: busLog{s},
		Published: func(v *cluster.View) { s.tableChanged(v.Table) },
		Message:   b.message,
		Lost:      b.drop,
		Emptied:   func() { b.drop(slots.Full()) },
		Stuck:     b.stuck,
	})
	if err != nil {
		return fmt.Errorf("starting the cluster bus: %w", err)
	}
	b.node = node
	s.bus, s.env.Cluster = b, node
	s.log.Notice("Node %s, cluster bus on port %d", node.View().MyID(), node.BusPort())
	s.cfg.HookAll(func() error { return node.Configure(b.config()) },
		"cluster-node-timeout", "cluster-require-full-coverage", "cluster-allow-reads-when-down", "cluster-announce-ip",
		"cluster-announce-port", "cluster-announce-bus-port", "cluster-announce-hostname", "cluster-announce-human-nodename",
		"cluster-preferred-endpoint-type", "cluster-allow-replica-migration", "cluster-replica-no-failover", "port")
	s.cfg.Hook("bind-source-addr", func() error { return node.SetSourceAddr(s.cfg.String("bind-source-addr")) })
	s.cfg.Hook("cluster-link-sendbuf-limit", func() error {
		node.SetSendLimit(s.cfg.Int("cluster-link-sendbuf-limit"))
		return nil
	})
	return nil
}

// config is the machine's configuration, read from the directives.
func (b *bus) config() cluster.Config {
	c := b.s.cfg
	port := int(c.Int("port"))
	busPort := int(c.Int("cluster-port"))
	if busPort == 0 {
		busPort = port + busPortOffset
	}
	endpoint := cluster.EndpointIP
	switch c.String("cluster-preferred-endpoint-type") {
	case "hostname":
		endpoint = cluster.EndpointHostname
	case "unknown-endpoint":
		endpoint = cluster.EndpointUnknown
	}
	return cluster.Config{
		NodeTimeout: time.Duration(c.Int("cluster-node-timeout")) * time.Millisecond,
		Port:        port, BusPort: busPort,
		AnnounceIP: c.String("cluster-announce-ip"), AnnouncePort: int(c.Int("cluster-announce-port")),
		AnnounceBusPort: int(c.Int("cluster-announce-bus-port")), AnnounceHostname: c.String("cluster-announce-hostname"),
		AnnounceHumanNodename: c.String("cluster-announce-human-nodename"), PreferredEndpoint: endpoint,
		RequireFullCoverage: c.Bool("cluster-require-full-coverage"), AllowReadsWhenDown: c.Bool("cluster-allow-reads-when-down"),
		AllowReplicaMigration: c.Bool("cluster-allow-replica-migration"), ReplicaNoFailover: c.Bool("cluster-replica-no-failover"),
	}
}

// busLog brings the bus' lines into the node's log.
type busLog struct{ s *Server }

// Log implements gossip.Logger.
func (l busLog) Log(level cluster.LogLevel, text string) {
	switch level {
	case cluster.LogDebug:
		l.s.log.Debug("%s", text)
	case cluster.LogVerbose:
		l.s.log.Verbose("%s", text)
	case cluster.LogNotice:
		l.s.log.Notice("%s", text)
	default:
		l.s.log.Warning("%s", text)
	}
}

// stuck reports whether a loop has made no progress for longer than the node
// timeout: then the others shall see this node fail. It runs on the driver's
// goroutine.
func (b *bus) stuck() bool {
	limit := b.s.cfg.Int("cluster-node-timeout") * int64(time.Millisecond)
	now := int64(time.Since(b.s.start))
	for _, l := range b.s.loops {
		if since := l.busySince(); since != 0 && now-since > limit {
			return true
		}
	}
	return false
}

// drop deletes the keys of slots that this node does not serve any more. The
// driver calls it: it must not wait, so a goroutine does the work.
func (b *bus) drop(set *slots.Set) {
	copied := *set
	b.s.tasks.Go(func() {
		w := b.s.pool.get()
		defer b.s.pool.put(w)
		for s := range copied.All() {
			w.locker.Lock(s)
			// The slot may have come back meanwhile.
			if t := b.s.table.Load(); t == nil || t.Owner(s) != t.Myself() {
				p := b.s.ks.Part(0, s)
				b.s.slotLost(p)
				p.Clear()
			}
			w.locker.Unlock(s)
		}
	})
}

// tableChanged publishes a new slot table.
func (s *Server) tableChanged(t *slots.Table) {
	s.forgetUsage(s.table.Swap(t), t)
	s.redirectBlocked()
	s.sweepShardChannels()
}

func (s *Server) closeBus() {
	if s.bus != nil {
		s.bus.node.Close()
	}
}

// busLinks is the number of cluster links.
func (s *Server) busLinks() int {
	if s.bus == nil {
		return 0
	}
	return len(s.bus.node.Links())
}

// busLinksNear is busLinks if they can matter for a limit that clients and links
// share, else 0: counting them takes a while in a large cluster.
func (s *Server) busLinksNear(clients, limit int64) int64 {
	const perNode = 4 // at most: two kinds in both directions
	if s.bus == nil || clients+perNode*int64(s.bus.node.View().KnownNodes()) <= limit {
		return 0
	}
	return int64(s.busLinks())
}

// busLinkBytes is what waits in the cluster links to be sent.
func (s *Server) busLinkBytes() (sum int64) {
	if s.bus == nil {
		return 0
	}
	for _, l := range s.bus.node.Links() {
		sum += l.SendBufAllocated
	}
	return sum
}

// busPrimary is where the primary of this node is, if it is a replica.
func (s *Server) busPrimary() (host string, port int, ok bool) {
	if !s.busReplica() {
		return "", 0, false
	}
	t := s.table.Load()
	p := t.Node(t.Myself()).Primary
	if p == slots.NoNode || p == t.Myself() {
		return "", 0, true // its primary is not known yet
	}
	at := t.Node(p).Endpoint
	return at.Host, at.Port, true
}

// busReplica reports whether the node is a replica in its cluster.
func (s *Server) busReplica() bool { return s.bus != nil && s.bus.node.View().IsReplica() }
