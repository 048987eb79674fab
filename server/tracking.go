package server

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"clusternode/command"
	"clusternode/config"
	"clusternode/slots"
	"clusternode/tracking"
)

// Client-side caching. A read by a client that tracks is remembered in the
// table before its slot's lock is given back; a change takes the readers out of
// the table under that lock and sends them a message. In broadcasting mode the
// changed keys are collected by prefix, and sent at the end of the loop's round
// or of the pooled worker's turn.
//
// As in Redis a key is its name: the same name in another database counts.

// trackings is the node's tracking state.
type trackings struct {
	table    tracking.Table
	prefixes tracking.Prefixes
	clients  trackers
	on       atomic.Int64 // connections that track
	maxKeys  config.Var   // tracking-table-max-keys; 0: no limit
	trimming atomic.Bool  // a goroutine brings the table below its limit

	edge sync.Mutex // held while the first client comes or the last one goes

	mu      sync.Mutex
	changes tracking.Changes // guarded by mu: of those who are no worker
}

// trackState is what a connection tracks. The prefixes are its owner's, id is
// constant once it is set; whoever sends a message reads the rest.
type trackState struct {
	id       tracking.Client // 0: it has never tracked
	prefixes []string        // ascending
	bytes    int             // of the prefixes
	bits     atomic.Uint32   // a command.TrackingMode
	redirect atomic.Int64    // id of the connection that gets its messages; 0: itself
}

func (t *trackState) mode() command.TrackingMode { return command.TrackingMode(t.bits.Load()) }

// prefixBytes is what a prefix costs beside its text, here and in the table of
// prefixes, about.
const prefixBytes = 160

// memory is what the connection's prefixes cost, bytes. Its owner calls it.
func (t *trackState) memory() int { return t.bytes + len(t.prefixes)*prefixBytes }

func (t *trackState) setBroken() { t.bits.Or(uint32(command.TrackingBroken)) }

func (s *Server) bindTracking(c *config.Config) {
	s.tracking.maxKeys = c.Var("tracking-table-max-keys")
	s.cfg.HookAll(func() error { s.trimTracking(nil); return nil }, "tracking-table-max-keys")
}

// trackReads remembers what a command has read for a client that tracks, with
// the slots still locked.
func (w *worker) trackReads(c *conn, spec *command.Spec) {
	if !spec.Is(command.ReadOnly) || spec.Is(command.PubSub) {
		return
	}
	mode, caching := c.track.mode(), c.Has(command.ClientCaching)
	if mode&command.TrackingOptIn != 0 && !caching || mode&command.TrackingOptOut != 0 && caching {
		return
	}
	t := &w.s.tracking
	for i := range w.cx.Keys {
		k := &w.cx.Keys[i]
		t.table.Add(k.Hash, k.Bytes, c.track.id)
	}
	if w.s.overTracked() {
		w.s.trimTracking(w)
	}
}

// trackingChanged tells those who may have a copy of the key that a command of
// client by has changed it. The slot is locked.
func (s *Server) trackingChanged(w *worker, by *conn, k *command.Key) {
	if to := s.tracking.table.Take(k.Hash, k.Bytes); to != nil {
		s.invalidate(w, newInvalidation(k.Bytes, to, by))
	}
	if s.tracking.prefixes.Len() > 0 {
		w.collectChange(k.Bytes, by.track.id)
	}
}

// trackingRemoved is trackingChanged for a key that expired or was evicted. No
// client did that, but one that does not want to hear about its own changes does
// not hear that a key which its command names was found expired: the reply says
// so. Of other keys, such as those evicted for its command, it knows nothing and
// is told; Redis does not tell it. w is nil for housekeeping.
func (s *Server) trackingRemoved(w *worker, _ slots.Slot, key []byte) {
	if to := s.tracking.table.Take(s.ks.Hash(key), key); to != nil {
		var by *conn
		if w != nil && w.current != nil && w.names(key) {
			by = w.current
		}
		s.invalidate(w, newInvalidation(key, to, by))
	}
	switch {
	case s.tracking.prefixes.Len() == 0:
	case w != nil:
		w.collectChange(key, 0)
	default:
		s.collectChange(key)
	}
}

// names reports whether the command under way names the key.
func (w *worker) names(key []byte) bool {
	return slices.ContainsFunc(w.cx.Keys, func(k command.Key) bool { return bytes.Equal(k.Bytes, key) })
}

// trackingFlushed tells everybody that all keys are gone. The world is stopped.
func (s *Server) trackingFlushed(w *worker, _ *conn) {
	if command.Attention(s.env.Attention.Load())&command.AttendTracking == 0 {
		return
	}
	s.tracking.table.Clear()
	if to := s.tracking.clients.all(); len(to) > 0 {
		s.invalidate(w, newFlush(to))
	}
}

// overTracked reports whether the table has more keys than it may.
func (s *Server) overTracked() bool {
	limit := s.tracking.maxKeys.Load()
	return limit > 0 && s.tracking.table.Keys() > limit
}

// trimBatch is how many keys are taken from a table over its limit at once.
const trimBatch = 100

// trimTracking takes some keys, any, from a table that is over its limit, as
// if they had changed. What is left then, after the limit was lowered, a
// goroutine takes.
func (s *Server) trimTracking(w *worker) {
	s.trimSome(w)
	if !s.overTracked() || !s.tracking.trimming.CompareAndSwap(false, true) {
		return
	}
	s.tasks.Go(func() {
		defer s.tracking.trimming.Store(false)
		for s.overTracked() && !s.stopping() {
			s.trimSome(nil)
		}
	})
}

func (s *Server) stopping() bool {
	select {
	case <-s.life.stopping:
		return true
	default:
		return false
	}
}

func (s *Server) trimSome(w *worker) {
	for range trimBatch {
		if !s.overTracked() {
			return
		}
		key, to, ok := s.tracking.table.TakeAny(rand.Uint64())
		if !ok {
			return
		}
		s.invalidate(w, newInvalidation(key, to, nil))
	}
}

// collectChange remembers a change for the prefixes until the worker's round
// ends; by is 0 if no client made it.
func (w *worker) collectChange(key []byte, by tracking.Client) {
	w.changes.Add(&w.s.tracking.prefixes, key, by)
	if w.l != nil && !w.sending && w.changes.Any() {
		w.sending = true
		w.leave(w.l, letter{kind: letterCall, call: w.sendChanges})
	}
}

// sendChanges sends what collectChange collected: a loop at the end of its
// round, a pooled worker when its turn ends.
func (w *worker) sendChanges() {
	w.sending = false
	w.changes.Take(func(p *tracking.Prefix, keys []tracking.Key) { w.s.sendPrefix(w, p, keys) })
	if w.l != nil {
		w.announce()
	}
}

// collectChange is that of the worker for housekeeping, which has no rounds.
func (s *Server) collectChange(key []byte) {
	t := &s.tracking
	t.mu.Lock()
	defer t.mu.Unlock()
	was := t.changes.Any()
	t.changes.Add(&t.prefixes, key, 0)
	if !was && t.changes.Any() {
		time.AfterFunc(time.Millisecond, s.sendChanges)
	}
}

func (s *Server) sendChanges() {
	t := &s.tracking
	t.mu.Lock()
	defer t.mu.Unlock()
	t.changes.Take(func(p *tracking.Prefix, keys []tracking.Key) { s.sendPrefix(nil, p, keys) })
}
