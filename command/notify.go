package command

import (
	"clusternode/keyspace"
)

// Which command reports which keyspace event, and in which order, is part of what
// clients see: it is Redis 7.2's (8.0's for fields of hashes that expire), and
// testdata/events holds what real servers publish. A handler calls Notify where it
// has done the change; here is what many of them share.

// put stores a value under k, in the place of whatever is there, and reports a
// key that is new.
func (c *Ctx) put(k *Key, t keyspace.Type, enc keyspace.Encoding, value []byte, expireAt int64, expires bool, lru uint32) error {
	if c.Env.Settings.Notify.Load() == 0 {
		_, err := k.Part.Put(k.Hash, k.Bytes, t, enc, value, expireAt, expires, lru)
		return err
	}
	c.live(k) // a key that has expired is not replaced: it goes, and another one comes
	before := k.Part.Len()
	_, err := k.Part.Put(k.Hash, k.Bytes, t, enc, value, expireAt, expires, lru)
	if k.Part.Len() > before {
		c.Notify(NotifyNew, "new", k)
	}
	return err
}

// delete removes a key, as Remove does, and reports that as an event of its own.
func (c *Ctx) delete(k *Key) bool {
	if !c.Remove(k) {
		return false
	}
	c.Notify(NotifyGeneric, "del", k)
	return true
}

// changedTo reports the event of a command that has changed a collection, and
// that the key is gone if the collection is empty: then it is removed here.
func (c *Ctx) changedTo(k *Key, class NotifyClass, event string, empty bool) {
	if empty {
		c.Remove(k)
	} else {
		c.Changed(k)
	}
	c.Notify(class, event, k)
	if empty {
		c.Notify(NotifyGeneric, "del", k)
	}
}
