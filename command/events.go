package command

import (
	"clusternode/config"
	"clusternode/slots"
)

// NotifyClass is a set of keyspace event classes.
type NotifyClass = config.NotifyClass

// The classes of keyspace events, by their letter in notify-keyspace-events.
const (
	NotifyKeyspace = config.NotifyKeyspace // K: channels named by key
	NotifyKeyevent = config.NotifyKeyevent // E: channels named by event
	NotifyGeneric  = config.NotifyGeneric  // g
	NotifyString   = config.NotifyString   // $
	NotifyList     = config.NotifyList     // l
	NotifySet      = config.NotifySet      // s
	NotifyHash     = config.NotifyHash     // h
	NotifyZSet     = config.NotifyZSet     // z
	NotifyExpired  = config.NotifyExpired  // x
	NotifyEvicted  = config.NotifyEvicted  // e
	NotifyStream   = config.NotifyStream   // t
	NotifyKeyMiss  = config.NotifyMiss     // m
	NotifyNew      = config.NotifyNew      // n
)

// Events is told what commands do to keys. The server implements it; the calls
// come under the slot's lock, so that what they send is in the order of the
// changes, and they do not wait for anything.
type Events interface {
	// Changed: a key was created, modified or removed by the command. Called
	// only while Attention has AttendTracking.
	Changed(c *Ctx, k *Key)
	// Notify publishes a keyspace event of a class that is on.
	Notify(c *Ctx, class NotifyClass, event string, db int, key []byte)
	// Expired: the command found a key whose time has passed, and it is about
	// to be removed.
	Expired(c *Ctx, k *Key)
	// Flushed: the keys of a database, or of all, are gone. The world is stopped.
	Flushed(c *Ctx)
}

// Attention says what somebody listens for, so that nobody pays for what
// nobody wants: one load of a word that hardly ever changes.
type Attention uint32

const (
	// AttendTracking: some client tracks keys.
	AttendTracking Attention = 1 << iota
)

// Notify reports a keyspace event of key k: the classes that
// notify-keyspace-events does not name cost one load.
func (c *Ctx) Notify(class NotifyClass, event string, k *Key) {
	if NotifyClass(c.Env.Settings.Notify.Load())&class != 0 {
		c.Env.Events.Notify(c, class, event, k.DB, k.Bytes)
	}
}

// Changed reports that a key was created, modified or removed: watchers of the
// key, clients that wait for it and those that keep a copy are told, and the
// change counts.
func (c *Ctx) Changed(k *Key) {
	c.Signal(k)
	c.Stats.Dirty++
}

// Signal is Changed for what does not count as a change of its own.
func (c *Ctx) Signal(k *Key) {
	if k.Part.Changed(k.Hash, k.Bytes) {
		c.ready(k)
	}
	if Attention(c.Env.Attention.Load())&AttendTracking != 0 {
		c.Env.Events.Changed(c, k)
	}
}

// removeExpired removes a key whose time has passed. While expired keys are to
// be kept, only commands that write, and may need its place, remove it.
func (c *Ctx) removeExpired(k *Key) {
	if c.Env.Settings.KeepExpired.Load() && !c.Spec.Is(Write) {
		return
	}
	if c.Env.Events != nil {
		c.Env.Events.Expired(c, k)
	}
	if k.Part.AwaitsRemoval(k.Bytes) {
		c.ready(k)
	}
	k.Part.RemoveExpired(k.Hash, k.Bytes)
	c.Stats.Expired++
}

// waitersLookAgain is for a database that holds nothing any more, or other
// keys; the world is stopped.
func (c *Ctx) waitersLookAgain(db int) {
	c.KS.EachWaited(db, func(s slots.Slot, hash uint64, key string) {
		c.Ready = append(c.Ready, ReadyKey{DB: db, Slot: s, Hash: hash, Key: key})
	})
}
