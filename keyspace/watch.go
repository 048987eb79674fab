package keyspace

import (
	"sync/atomic"
	"time"

	"clusternode/slots"
)

// Watcher is one connection's interest in keys (WATCH). Once dirty it stays so;
// the owner makes a new one for its next transaction.
type Watcher struct{ dirty atomic.Bool }

// Dirty reports whether a watched key was changed.
func (w *Watcher) Dirty() bool { return w.dirty.Load() }

// watchList holds the watchers of one partition, and those who wait for its
// keys, by key. The slot's lock guards it.
type watchList struct {
	keys    map[string][]watch // nil: nobody watches
	waiting map[string]*queue  // nil: nobody waits
}

type watch struct {
	w *Watcher
	// expired: the key's time had passed already, so that its deletion is no
	// change.
	expired bool
}

// Watch lets w know when the key changes. The slot is locked.
func (ks *Keyspace) Watch(db int, s slots.Slot, hash uint64, key []byte, w *Watcher) {
	ks.Part(db, s).watch(key, w, false)
}

// WatchExpired is Watch of a key that exists but has expired already: removing
// it for that reason is not a change.
func (ks *Keyspace) WatchExpired(db int, s slots.Slot, hash uint64, key []byte, w *Watcher) {
	ks.Part(db, s).watch(key, w, true)
}

// Unwatch ends Watch. The slot is locked.
func (ks *Keyspace) Unwatch(db int, s slots.Slot, hash uint64, key []byte, w *Watcher) {
	p := ks.Part(db, s)
	if p.watched == nil {
		return
	}
	list := p.watched.keys[string(key)]
	for i := range list {
		if list[i].w == w {
			list[i] = list[len(list)-1]
			list[len(list)-1] = watch{}
			p.watched.set(key, list[:len(list)-1])
			break
		}
	}
	p.forgetEmpty()
}

// forgetEmpty gives up the lists when nobody is in them.
func (p *Part) forgetEmpty() {
	if len(p.watched.keys) == 0 && len(p.watched.waiting) == 0 {
		p.watched = nil
		p.db.watched.clear(p.slot)
	}
}

// lists returns the lists of the partition, made if need be.
func (p *Part) lists() *watchList {
	if p.watched == nil {
		p.watched = new(watchList)
		p.db.watched.set(p.slot)
	}
	return p.watched
}

func (l *watchList) set(key []byte, list []watch) {
	if len(list) == 0 {
		delete(l.keys, string(key))
	} else {
		l.keys[string(key)] = list
	}
}

func (p *Part) watch(key []byte, w *Watcher, expired bool) {
	l := p.lists()
	if l.keys == nil {
		l.keys = make(map[string][]watch)
	}
	l.keys[string(key)] = append(l.keys[string(key)], watch{w, expired})
}

// Changed tells the watchers of the key that it changed. It reports whether
// somebody waits for the key.
func (p *Part) Changed(hash uint64, key []byte) (waited bool) {
	return p.watched != nil && p.watched.changed(key)
}

func (l *watchList) changed(key []byte) (waited bool) {
	for _, o := range l.keys[string(key)] {
		o.w.dirty.Store(true)
	}
	return l.waiting[string(key)] != nil
}

// expiredWatch tells the watchers that the key is removed because its time had
// passed. Those who came after that see no change, and from now on watch a
// missing key.
func (p *Part) expiredWatch(key []byte) {
	if p.watched == nil {
		return
	}
	list := p.watched.keys[string(key)]
	for i := range list {
		if !list[i].expired {
			list[i].w.dirty.Store(true)
		}
		list[i].expired = false
	}
}

// replaced tells the watchers of p, whose keys are about to be replaced by
// those of q; nil means none. The world is stopped. Source for the cases:
// touchAllWatchedKeysInDb of Redis 7.2.
func (p *Part) replaced(q *Part, now int64) {
	if p.watched == nil {
		return
	}
	for key, list := range p.watched.keys {
		hash := hashString(key)
		was := p.findString(hash, key).Exists()
		var next Entry
		if q != nil {
			next = q.findString(hash, key)
		}
		if !was && !next.Exists() {
			continue
		}
		nextExpired := next.Exists() && next.HasExpire() && next.ExpireAt() < now
		for i := range list {
			switch {
			case list[i].expired && !next.Exists():
				list[i].expired = false // an expired key is gone: no change
			case list[i].expired && nextExpired:
				// it remains an expired key
			case !list[i].expired && !was && nextExpired:
				list[i].expired = true // no key, and now one that is none
			default:
				list[i].w.dirty.Store(true)
			}
		}
	}
}

// unixMillis is the wall clock.
func unixMillis() int64 { return time.Now().UnixMilli() }
