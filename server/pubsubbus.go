package server

import (
	"sync/atomic"
	"time"

	"clusternode/command"
	"clusternode/gossip"
	"clusternode/pubsub"
)

// message implements gossip.Config.Message. The reader of the link waits while
// too much is undelivered here: TCP then holds the other node back.
func (b *bus) message(sharded bool, channel, text []byte) {
	for b.s.hub.backlog.Load() > maxBacklog {
		select {
		case <-b.s.life.stopping:
			return
		case <-time.After(time.Millisecond):
		}
	}
	if sharded {
		b.s.publishShard(nil, channel, text)
	} else {
		b.s.publish(nil, channel, text)
	}
}

// interest is what this node's subscribers make it want from other nodes.
type interest struct {
	// joining counts the commands that are about to subscribe and rely on what
	// the other nodes know.
	joining atomic.Int64
	// quiet is since when nobody has listened, by kind, ns since the server's
	// start; 0: somebody does. Cron's.
	quiet [2]int64
}

// muteAfter is how long nobody has to listen before other nodes are told so: a
// lone client that comes and goes shall not make them talk.
const muteAfter = int64(10 * time.Second)

// wants is the interest that a command needs the other nodes to know of.
func (c *conn) wants(spec *command.Spec) (want gossip.Interest) {
	if spec == c.s.execSpec {
		for i := range c.multi {
			want |= subscribes(c.multi[i].spec)
		}
		return want
	}
	return subscribes(spec)
}

func subscribes(spec *command.Spec) gossip.Interest {
	switch spec.Name {
	case "subscribe", "psubscribe":
		return gossip.InChannels
	case "ssubscribe":
		return gossip.InShard
	}
	return 0
}

// placeSubscriber is place for a command that begins to listen: before it
// answers, the other nodes know of the interest, so that everything comes that
// they publish afterwards. On a loop the command leaves if it would have to
// wait for that.
func (w *worker) placeSubscriber(c *conn, spec *command.Spec, args [][]byte, want gossip.Interest) verdict {
	node, in := w.s.bus.node, &w.s.hub.interest
	in.joining.Add(1) // from here on the interest is not taken back
	defer in.joining.Add(-1)
	for node.Listening()&want != want {
		if w.l != nil {
			w.offload(c, args)
			return finished
		}
		w.x.Leave()
		node.Listen(want)
		w.x.Enter()
	}
	w.interested = true
	defer func() { w.interested = false }()
	return w.place(c, spec, args)
}

// muteBus tells the other nodes when nobody has listened here for a while.
func (s *Server) muteBus() {
	if s.bus == nil {
		return
	}
	in, now := &s.hub.interest, int64(time.Since(s.start))
	for i, kind := range [...]gossip.Interest{gossip.InChannels, gossip.InShard} {
		still := func() bool { return in.joining.Load() > 0 || s.listens(kind) }
		switch {
		case s.bus.node.Listening()&kind == 0 || still():
			in.quiet[i] = 0
		case in.quiet[i] == 0:
			in.quiet[i] = max(now, 1)
		case now-in.quiet[i] > muteAfter:
			s.bus.node.Mute(kind, still)
		}
	}
}

// listens reports whether some client of this node would get such messages.
func (s *Server) listens(kind gossip.Interest) bool {
	if kind == gossip.InShard {
		return s.hub.Topics(pubsub.Shard) > 0
	}
	return s.hub.Topics(pubsub.Channel)+s.hub.Topics(pubsub.Pattern) > 0
}

// flushBus has the links send what the worker has published: once for a round
// of a loop, or for what a pooled worker did.
func (w *worker) flushBus() {
	if w.toldBus {
		w.toldBus = false
		w.s.bus.node.Flush()
	}
}
