package server

import (
	"clusternode/command"
	"clusternode/pubsub"
	"clusternode/resp"
	"clusternode/slots"
)

// routeChannels is route for shard channels. They are served by all nodes of
// the slot's shard, and a slot on the move by its source until it is gone.
func (w *worker) routeChannels(c *conn, t *slots.Table) string {
	keys := w.cx.Keys
	slot := keys[0].Slot
	owner := t.Owner(slot)
	if owner == slots.NoNode {
		return resp.ErrDownUnbound
	}
	for i := range keys {
		if keys[i].Slot != slot {
			return resp.ErrCrossSlot
		}
	}
	switch {
	case t.Down() && w.s.lim.pubsubWhenDown.Load() == 0:
		return resp.ErrDownState
	case t.Mine(slot), t.Importing(slot) != slots.NoNode && c.Has(command.ClientAsking):
		return ""
	}
	return string(t.AppendRedirect(nil, slots.Moved, slot, owner))
}

// keepsChannels reports whether subscriptions to shard channels of the slot may
// stay: its shard serves it, or this node is taking it over.
func keepsChannels(t *slots.Table, slot slots.Slot) bool {
	return t == nil || t.Mine(slot) || t.Importing(slot) != slots.NoNode
}

// sweepShardChannels ends the subscriptions to shard channels whose slot has
// left. Each client is told by its outlet, behind the messages that came
// before. It does not wait.
func (s *Server) sweepShardChannels() {
	if s.hub.Topics(pubsub.Shard) == 0 {
		return
	}
	s.tasks.Go(func() {
		t := s.table.Load()
		lost := s.hub.Select(pubsub.Shard, func(name string) bool { return !keepsChannels(t, slots.Of([]byte(name))) })
		for i := range lost {
			d := lost[i].Member.Outlet()
			if d.putLeave(&lost[i]) {
				d.out.post(letter{kind: letterFan, fan: d.fan})
			}
		}
	})
}

// leave ends one subscription whose slot has left, on the thread of the
// client's owner.
func (d *desk) leave(l *leaving, yield func(c *conn, data []byte) bool) {
	left, was := l.Member.Drop(pubsub.Shard, []byte(l.Name))
	if !was {
		return
	}
	c := l.Member.Client()
	if c.parked != parkOffload { // else its next command finds out
		c.leavePubSub()
	}
	w := resp.Writer{Proto: c.Proto}
	confirm(&w, "sunsubscribe", []byte(l.Name), left)
	yield(c, w.Buf)
}
