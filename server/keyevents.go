package server

import (
	"strconv"

	"clusternode/command"
	"clusternode/config"
	"clusternode/keyspace"
	"clusternode/pubsub"
	"clusternode/slots"
)

// keyEvents implements command.Events: what commands do to keys becomes
// messages for those who listen.
type keyEvents struct{ s *Server }

// Changed implements command.Events.
func (e keyEvents) Changed(x *command.Ctx, k *command.Key) {
	e.s.trackingChanged(workerOf(x), connOf(x), k)
}

// Flushed implements command.Events.
func (e keyEvents) Flushed(x *command.Ctx) { e.s.trackingFlushed(workerOf(x), connOf(x)) }

// Expired implements command.Events.
func (e keyEvents) Expired(x *command.Ctx, k *command.Key) {
	e.s.keyGone(workerOf(x), k.DB, k.Slot, k.Bytes, keyspace.CauseExpired)
}

// Notify implements command.Events.
func (e keyEvents) Notify(x *command.Ctx, class command.NotifyClass, event string, db int, key []byte) {
	e.s.notify(workerOf(x), class, event, db, key)
}

// notify publishes a keyspace event, if its class is on, to the channels that
// notify-keyspace-events asks for: __keyspace@<db>__:<key> gets the event,
// __keyevent@<db>__:<event> the key. w is nil for housekeeping.
func (s *Server) notify(w *worker, class command.NotifyClass, event string, db int, key []byte) {
	on := config.NotifyClass(s.env.Settings.Notify.Load())
	if on&class == 0 || s.hub.Topics(pubsub.Channel) == 0 && s.hub.Topics(pubsub.Pattern) == 0 {
		return // nobody listens to anything
	}
	var name, text [128]byte
	if on&config.NotifyKeyspace != 0 {
		s.publish(w, append(eventChannel(name[:0], "__keyspace@", db), key...), append(text[:0], event...))
	}
	if on&config.NotifyKeyevent != 0 {
		s.publish(w, append(eventChannel(name[:0], "__keyevent@", db), event...), key)
	}
}

// eventChannel appends the beginning of a channel of keyspace events.
func eventChannel(b []byte, kind string, db int) []byte {
	return append(strconv.AppendInt(append(b, kind...), int64(db), 10), "__:"...)
}

// keyGone is called for every key that expires or is evicted, just before it
// is removed, with its slot locked. w is nil for housekeeping.
func (s *Server) keyGone(w *worker, db int, slot slots.Slot, key []byte, why keyspace.Cause) {
	if why == keyspace.CauseExpired {
		s.notify(w, command.NotifyExpired, "expired", db, key)
	}
	if command.Attention(s.env.Attention.Load())&command.AttendTracking != 0 {
		s.trackingRemoved(w, slot, key)
	}
	if why == keyspace.CauseEvicted {
		s.notify(w, command.NotifyEvicted, "evicted", db, key)
	}
}

// housekeepingRemoved is told of the keys that active expiry removes.
func (s *Server) housekeepingRemoved(db int, slot slots.Slot, key []byte) {
	s.keyGone(nil, db, slot, key, keyspace.CauseExpired)
	s.keyRemoved(db, slot, key)
}

// housekeepingFields is told of hashes that have lost fields to active expiry,
// and of those that go with their last one.
func (s *Server) housekeepingFields(db int, slot slots.Slot, key []byte, gone bool) {
	if command.Attention(s.env.Attention.Load())&command.AttendTracking != 0 {
		s.trackingRemoved(nil, slot, key)
	}
	s.notify(nil, command.NotifyHash, "hexpired", db, key)
	if gone {
		s.notify(nil, command.NotifyGeneric, "del", db, key)
		s.keyRemoved(db, slot, key)
	}
}

// slotLost is called before the keys of a slot that another node serves now are
// dropped, with the slot locked: clients that keep copies are told. It is no
// event: the keys are not deleted, they are elsewhere.
func (s *Server) slotLost(p *keyspace.Part) {
	if command.Attention(s.env.Attention.Load())&command.AttendTracking == 0 {
		return
	}
	p.Each(func(e keyspace.Entry) bool {
		s.trackingRemoved(nil, p.Slot(), e.Key())
		return true
	})
}
