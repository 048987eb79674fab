package server

import (
	"slices"

	"clusternode/command"
	"clusternode/object"
	"clusternode/slots"
)

// Clients that wait for keys are served by whoever changed a key: with the same
// locks, before the next command and before the reply to the change leaves. A
// client whose command names keys of several slots is served after the locks
// were given back, with all of its own; that happens outside cluster mode only.

// serveReady serves the clients that wait for what the commands changed since
// the last call; what they change in turn is served, too. The slots of the keys
// are locked, or the world is stopped.
func (w *worker) serveReady() {
	for i := 0; i < len(w.cx.Ready); i++ {
		w.serveKey(w.cx.Ready[i])
	}
	clear(w.cx.Ready)
	w.cx.Ready = w.cx.Ready[:0]
}

// serveKey serves those who wait for the key, the longest waiting first, while
// it has something for them.
func (w *worker) serveKey(r command.ReadyKey) {
	ks := w.s.ks
	p := ks.Part(r.DB, r.Slot)
	for i := 0; ; {
		o := p.WaitingAt(r.Key, i)
		if o == nil {
			return
		}
		b := o.(*blocking)
		switch e := p.Find(r.Hash, []byte(r.Key)); {
		case b.Over():
			ks.Unblock(r.DB, r.Slot, []byte(r.Key), b)
		case !w.alive(e) && !p.AwaitsRemoval([]byte(r.Key)):
			return
		case !b.want.Gone && !(w.alive(e) && object.Type(e.Type()) == b.want.Type):
			i++
		case len(b.slots) > 1 && !w.inGate:
			w.deferred = append(w.deferred, b)
			i++
		case w.tryAgain(b):
			ks.Unblock(r.DB, r.Slot, []byte(r.Key), b)
		default:
			i++
		}
	}
}

// tryAgain runs the command of a waiting client and reports whether its wait is
// over: it was answered, now or by somebody else. Its slots are locked.
func (w *worker) tryAgain(b *blocking) (over bool) {
	if !b.state.CompareAndSwap(blockWaiting, blockRunning) {
		return true
	}
	// The command that made the key ready has run, and its reply waits here.
	outer := w.setAsideCommand()
	began := w.last
	w.w.Buf, w.w.Proto, w.w.LastError = outer.served[:0], b.c.Proto, ""
	w.own, w.ownLast, w.current = nil, nil, b.c
	w.cx.C = &b.c.Client
	w.cx.Bind(b.spec, b.args, b.db)
	if text := w.routeBlocked(b); text != "" {
		w.w.Error(text)
	} else {
		w.cx.BindParts()
		b.spec.Handler(&w.cx)
		if b.c.Flags&command.ClientTracks != 0 {
			w.trackReads(b.c, b.spec)
		}
	}
	if waits := len(w.cx.Wait.Keys) > 0; waits {
		w.cx.Wait = command.Wait{}
		b.state.Store(blockWaiting)
		outer.restore(w)
		return false
	}
	st := &w.perCmd[b.spec.ID()]
	if w.w.LastError != "" {
		st.failed++
		w.countError(w.w.LastError)
	}
	w.ownPushes()
	reply := slices.Clone(w.w.Buf)
	nanos := w.tick() - began
	st.nanos += nanos
	w.observe(b.c, b.spec, b.args, nanos)
	outer.restore(w)
	b.state.Store(blockOver)
	w.s.waitEnds(b)
	w.leave(b.c.outlet, letter{kind: letterServed, c: b.c, data: reply, wait: b})
	return true
}

// underWay is what a worker knows of the command that it runs, set aside while
// it tries another client's again. That one's command is not set aside in turn.
type underWay struct {
	buf, own  []byte
	proto     int
	lastError string
	current   *conn
	client    *command.Client
	spec      *command.Spec
	args      [][]byte
	keys      []command.Key
	now       int64

	served []byte // scratch: the reply of the other client
}

// setAsideCommand fills w.under; messages for the client come behind its reply
// from now on.
func (w *worker) setAsideCommand() *underWay {
	u := &w.outer
	u.buf, u.own, u.proto, u.lastError, u.current = w.w.Buf, append(w.own, w.ownLast...), w.w.Proto, w.w.LastError, w.current
	u.client, u.spec, u.args, u.now = w.cx.C, w.cx.Spec, w.cx.Args, w.cx.Now
	u.keys = append(u.keys[:0], w.cx.Keys...)
	w.under = u
	return u
}

func (u *underWay) restore(w *worker) {
	w.under = nil
	u.served = nil
	if cap(w.w.Buf) <= flushAt {
		u.served = w.w.Buf
	}
	w.w.Buf, w.own, w.ownLast, w.w.Proto, w.w.LastError, w.current = u.buf, u.own, nil, u.proto, u.lastError, u.current
	w.cx.C, w.cx.Spec, w.cx.Args, w.cx.Now = u.client, u.spec, u.args, u.now
	w.cx.Keys = append(w.cx.Keys[:0], u.keys...)
	u.buf, u.own, u.args = nil, nil, nil
}

// serveDeferred serves the clients whose commands need more locks than the
// worker had. It holds none now. On a loop, which cannot sleep for them, c has
// to wait for its reply until a pooled worker has done it.
func (w *worker) serveDeferred(c *conn) {
	for len(w.deferred) > 0 {
		b := w.deferred[0]
		if w.l == nil {
			w.x.LockSlots(b.slots)
		} else if !w.tryLockAll(b.slots) {
			w.handOver(c)
			return
		}
		w.deferred = slices.Delete(w.deferred, 0, 1)
		w.serveOne(b)
		w.s.ks.UnlockMany(b.slots)
	}
}

// serveOne serves one client with all its slots locked.
func (w *worker) serveOne(b *blocking) {
	w.cx.Now = w.unixMillis()
	w.tryAgain(b)
	w.serveReady()
}

func (w *worker) tryLockAll(set []slots.Slot) bool {
	for i, s := range set {
		if !w.s.ks.TryLock(s) {
			w.s.ks.UnlockMany(set[:i])
			return false
		}
	}
	return true
}

// handOver lets a pooled worker serve the deferred clients; the reply of the
// command that made their keys ready leaves afterwards.
func (w *worker) handOver(c *conn) {
	w.afterReply(c, w.mark)
	w.ownPushes()
	reply := slices.Clone(w.w.Buf[w.mark:])
	w.w.Buf = w.w.Buf[:w.mark]
	work := w.deferred
	w.deferred = nil
	c.frozen = c.view(w.s)
	c.parked = parkOffload
	w.s.tasks.Go(func() {
		o := w.s.pool.get()
		o.deferred = work
		o.serveDeferred(c)
		w.s.pool.put(o)
		c.outlet.post(letter{kind: letterReplies, c: c, data: reply})
	})
}

// serveUnlocked serves the clients that wait for what a command changed that
// holds no locks when it ends. w is a pooled worker.
func (w *worker) serveUnlocked(c *conn) {
	ready := w.cx.Ready
	if len(ready) == 0 {
		return
	}
	w.cx.Ready = nil
	for _, r := range ready {
		w.x.LockSlot(r.Slot)
		w.serveKey(r)
		w.serveReady()
		w.s.ks.Unlock(r.Slot)
	}
	w.serveDeferred(c)
}

// keyRemoved is for those who remove a key without being a command: waiting
// clients that want to know are served by a goroutine.
func (s *Server) keyRemoved(db int, slot slots.Slot, key []byte) {
	p := s.ks.Part(db, slot)
	if !p.AwaitsRemoval(key) {
		return
	}
	r := command.ReadyKey{DB: db, Slot: slot, Hash: s.ks.Hash(key), Key: string(key)}
	s.tasks.Go(func() {
		w := s.pool.get()
		w.cx.Ready = append(w.cx.Ready, r)
		w.serveUnlocked(nil)
		s.pool.put(w)
	})
}
