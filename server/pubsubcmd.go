package server

import (
	"clusternode/command"
	"clusternode/internal/glob"
	"clusternode/pubsub"
	"clusternode/resp"
)

// pubsubHandlers are the handlers of command.PubSubSpecs.
func (s *Server) pubsubHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"subscribe":            subscriber(pubsub.Channel, "subscribe"),
		"psubscribe":           subscriber(pubsub.Pattern, "psubscribe"),
		"ssubscribe":           subscriber(pubsub.Shard, "ssubscribe"),
		"unsubscribe":          unsubscriber(pubsub.Channel, "unsubscribe"),
		"punsubscribe":         unsubscriber(pubsub.Pattern, "punsubscribe"),
		"sunsubscribe":         unsubscriber(pubsub.Shard, "sunsubscribe"),
		"publish":              s.handlePublish,
		"spublish":             s.handleSPublish,
		"pubsub|channels":      s.topicLister(pubsub.Channel),
		"pubsub|shardchannels": s.topicLister(pubsub.Shard),
		"pubsub|numsub":        s.topicCounter(pubsub.Channel),
		"pubsub|shardnumsub":   s.topicCounter(pubsub.Shard),
		"pubsub|numpat":        func(x *command.Ctx) { x.W.Int(int64(s.hub.Topics(pubsub.Pattern))) },
	}
}

// subscriptions is the count that confirmations show: shard channels count by
// themselves, channels and patterns together.
func (c *conn) subscriptions(k pubsub.Kind) int {
	if c.subs == nil {
		return 0
	}
	if k == pubsub.Shard {
		return c.subs.Count(k)
	}
	return c.subs.Count(pubsub.Channel) + c.subs.Count(pubsub.Pattern)
}

// confirm replies that a subscription began or ended; a nil name is a null.
func confirm(w *resp.Writer, event string, name []byte, left int) {
	w.Push(3)
	w.BulkString(event)
	if name == nil {
		w.Null()
	} else {
		w.Bulk(name)
	}
	w.Int(int64(left))
}

const errShardInExec = "ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client"

// subscriber makes the handler of SUBSCRIBE and its like.
func subscriber(k pubsub.Kind, event string) command.Handler {
	return func(x *command.Ctx) {
		c, w := connOf(x), workerOf(x)
		if k == pubsub.Shard && c.Has(command.ClientInExec) {
			x.W.Error(errShardInExec) // the others may, as in Redis
			return
		}
		m := w.s.hub.join(c)
		w.catchUp(c)
		n, begin := c.subscriptions(k), len(x.W.Buf)
		for _, name := range x.Args[1:] {
			if m.Subscribe(k, name) {
				n++
			}
			confirm(x.W, event, name, n)
		}
		c.enterPubSub()
		w.speakUp(c, begin)
		if k == pubsub.Shard && !keepsChannels(w.s.table.Load(), x.Keys[0].Slot) {
			w.s.sweepShardChannels() // the slot left since the command was routed
		}
	}
}

// unsubscriber makes the handler of UNSUBSCRIBE and its like. Without names it
// ends all subscriptions, and without those says so once.
func unsubscriber(k pubsub.Kind, event string) command.Handler {
	return func(x *command.Ctx) {
		c, w := connOf(x), workerOf(x)
		names := x.Args[1:]
		if c.subs != nil {
			w.catchUp(c)
			if len(names) == 0 {
				for _, name := range c.subs.Names(k) {
					names = append(names, []byte(name))
				}
			}
		}
		n, begin := c.subscriptions(k), len(x.W.Buf)
		for _, name := range names {
			if c.subs != nil && c.subs.Unsubscribe(k, name) {
				n--
			}
			confirm(x.W, event, name, n)
		}
		if len(names) == 0 {
			confirm(x.W, event, nil, n)
		}
		c.leavePubSub()
		w.speakUp(c, begin)
	}
}

// speakUp lets confirmations reach a client that wants no replies: they are no
// replies. They begin at begin in the worker's buffer.
func (w *worker) speakUp(c *conn, begin int) {
	if c.Has(command.ClientReplyOff | command.ClientReplySkip) {
		w.push(c, w.w.Buf[begin:])
		w.w.Buf = w.w.Buf[:begin]
	}
}

// enterPubSub notes that the client listens to something.
func (c *conn) enterPubSub() {
	if !c.Has(command.ClientPubSub) {
		c.Flags |= command.ClientPubSub
		c.s.subscribers.Add(1)
	}
}

// leavePubSub notes that the client listens to nothing any more, if so. Shard
// channels go without the client's doing: whoever asks calls this before.
func (c *conn) leavePubSub() {
	if c.Has(command.ClientPubSub) && c.subs.Total() == 0 {
		c.Flags &^= command.ClientPubSub
		c.s.subscribers.Add(-1)
	}
}

// dropSubscriptions ends all of them without a word.
func (c *conn) dropSubscriptions() {
	if c.subs != nil {
		c.subs.Close()
		c.leavePubSub()
	}
}

// manySubscriptions are more than a loop ends at once when their client closes,
// in bytes of their memory.
const manySubscriptions = 1 << 19

// leaveHub is dropSubscriptions for a connection that closes.
func (c *conn) leaveHub() {
	if c.subs != nil && c.subs.Memory() > manySubscriptions {
		// Messages may still find it, and are dropped.
		m := c.subs
		c.s.tasks.Go(m.Close)
		if c.Has(command.ClientPubSub) {
			c.Flags &^= command.ClientPubSub
			c.s.subscribers.Add(-1)
		}
	} else {
		c.dropSubscriptions()
	}
	if c.desk != nil && c.desk.solo {
		c.desk.close()
	}
}

// subscriberMay reports whether a client that listens in RESP2, where messages
// and replies look alike, may run the command.
func (c *conn) subscriberMay(spec *command.Spec) bool {
	if c.leavePubSub(); !c.Has(command.ClientPubSub) {
		return true
	}
	switch spec.Name {
	case "ping", "subscribe", "ssubscribe", "unsubscribe", "sunsubscribe", "psubscribe", "punsubscribe", "quit", "reset":
		return spec.Parent() == nil
	}
	return false
}

// errSubscriber is the reply to other commands.
func errSubscriber(spec *command.Spec) string {
	return "ERR Can't execute '" + spec.FullName() +
		"': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context"
}

func (s *Server) handlePublish(x *command.Ctx) {
	n := s.publish(workerOf(x), x.Args[1], x.Args[2])
	if s.bus != nil && s.bus.node.Publish(false, x.Args[1], x.Args[2]) {
		workerOf(x).toldBus = true
	}
	x.W.Int(int64(n))
}

func (s *Server) handleSPublish(x *command.Ctx) {
	n := s.publishShard(workerOf(x), x.Args[1], x.Args[2])
	if s.bus != nil && s.bus.node.Publish(true, x.Args[1], x.Args[2]) {
		workerOf(x).toldBus = true
	}
	x.W.Int(int64(n))
}

// topicLister makes the handler of PUBSUB CHANNELS or SHARDCHANNELS.
func (s *Server) topicLister(k pubsub.Kind) command.Handler {
	return func(x *command.Ctx) {
		if len(x.Args) > 3 {
			x.W.Error(resp.SubcommandSyntax(x.Args[1], "pubsub"))
			return
		}
		var names []string
		s.hub.Each(k, func(name string, _ int) {
			if len(x.Args) == 2 || glob.Match(x.Args[2], []byte(name)) {
				names = append(names, name)
			}
		})
		x.W.Strings(names)
	}
}

// topicCounter makes the handler of PUBSUB NUMSUB or SHARDNUMSUB.
func (s *Server) topicCounter(k pubsub.Kind) command.Handler {
	return func(x *command.Ctx) {
		x.W.Array(2 * (len(x.Args) - 2))
		for _, name := range x.Args[2:] {
			x.W.Bulk(name)
			x.W.Int(int64(s.hub.Subscribers(k, name)))
		}
	}
}

// topicCosts implements command.Topics.
type topicCosts struct{ h *hub }

func (t topicCosts) Listed() int { return t.h.Topics(pubsub.Channel) + t.h.Topics(pubsub.Shard) }

func (t topicCosts) Held(c *command.Client) int { return c.Owner.(*conn).subs.Total() }

func (t topicCosts) Candidates(channel []byte) int { return t.h.Candidates(channel) }
