package server

import (
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"clusternode/command"
	"clusternode/keyspace"
	"clusternode/resp"
	"clusternode/slots"
)

// blocking is one wait of a client for keys: from the command that found
// nothing to the reply. It stands in the queue of each of its keys.
//
// Who wants to end the wait claims it: an executor that made a key ready takes
// it from waiting to running and runs the command again, everybody else
// (timeout, CLIENT UNBLOCK, the end of the connection, a slot that left) takes
// it from waiting to over. So exactly one of them answers.
type blocking struct {
	// Constant after wait.
	c     *conn
	spec  *command.Spec
	args  [][]byte
	db    int
	keys  []waitedKey
	slots []slots.Slot // of all keys of the command, ascending and once each
	want  command.Wait
	timer *time.Timer // nil: waits for ever

	state atomic.Uint32
}

type waitedKey struct {
	name []byte
	slot slots.Slot
	hash uint64
}

const (
	blockWaiting uint32 = iota
	blockRunning        // an executor tries the command, with the slots locked
	blockOver           // answered, or nobody is there any more
)

// Over implements keyspace.Blocked.
func (b *blocking) Over() bool { return b.state.Load() == blockOver }

// AwaitsRemoval implements keyspace.Blocked.
func (b *blocking) AwaitsRemoval() bool { return b.want.Gone }

// wait lets the client wait as its handler asked; the slots are locked.
func (w *worker) wait(c *conn, spec *command.Spec) {
	b := &blocking{c: c, spec: spec, args: copyArgs(w.cx.Args), db: c.DB, want: w.cx.Wait}
	for i := range b.want.Keys {
		k := &b.want.Keys[i]
		b.keys = append(b.keys, waitedKey{name: slices.Clone(k.Bytes), slot: k.Slot, hash: k.Hash})
	}
	for i := range w.cx.Keys {
		b.slots = append(b.slots, w.cx.Keys[i].Slot)
	}
	slices.Sort(b.slots)
	b.slots = slices.Compact(b.slots)
	b.want.Keys, w.cx.Wait = nil, command.Wait{}
	if b.want.Until > 0 {
		// It is set going last: it may end the wait at once.
		b.timer = time.AfterFunc(time.Hour, func() { w.s.endWait(b, nullReply(c.Proto)) })
		w.s.blockedFor.Add(1)
	}
	if c.parked == parkOffload {
		w.waits = b // the loop will be told
	} else {
		c.parked = parkBlocked
	}
	c.lastCmd = spec
	c.block.Store(b)
	w.s.blocked.Add(1)
	for i := range b.keys {
		w.s.ks.Block(b.db, b.keys[i].slot, b.keys[i].name, b)
	}
	if b.timer != nil {
		b.timer.Reset(time.Duration(min(max(b.want.Until-w.cx.Now, 0), maxPause)) * time.Millisecond)
	}
}

// nullReply is what a client gets whose time is up.
func nullReply(proto int) []byte {
	w := resp.Writer{Proto: proto}
	w.NullArray()
	return w.Buf
}

func errorReply(text string) []byte {
	var w resp.Writer
	w.Error(text)
	return w.Buf
}

// claim ends the wait for anybody but an executor, and reports whether it was
// still on. While the command is tried again, which takes no time, it is not
// known.
func (b *blocking) claim() bool {
	for !b.state.CompareAndSwap(blockWaiting, blockOver) {
		if b.Over() {
			return false
		}
		runtime.Gosched()
	}
	return true
}

// endWait ends the wait with that reply, if it is still on. Any goroutine.
func (s *Server) endWait(b *blocking, reply []byte) bool {
	if !b.claim() {
		return false
	}
	s.answer(b, reply)
	return true
}

// answer sends the reply to a wait that was claimed.
func (s *Server) answer(b *blocking, reply []byte) {
	s.waitEnds(b)
	b.c.outlet.post(letter{kind: letterServed, c: b.c, data: reply, wait: b})
}

func (s *Server) waitEnds(b *blocking) {
	if b.timer != nil {
		b.timer.Stop()
		s.blockedFor.Add(-1)
	}
	s.blocked.Add(-1)
}

// stopWaiting is for a connection that is closed, or will be: what comes to its
// keys from now on is for others. Any goroutine.
func (s *Server) stopWaiting(c *conn) {
	if b := c.block.Load(); b != nil && b.claim() {
		s.waitEnds(b)
		s.janitor.put(chore{wait: b})
	}
}

// served gives the client the reply it waited for, and goes on with what it
// sent meanwhile.
func (w *worker) served(c *conn, m letter) {
	if c.block.Load() != m.wait {
		return
	}
	c.block.Store(nil)
	w.unqueue(m.wait)
	c.frozen = nil
	c.commands++
	w.stats.commands++
	w.perCmd[m.wait.spec.ID()].calls++
	mark := len(w.w.Buf)
	w.w.Buf = append(w.w.Buf, m.data...)
	w.afterReply(c, mark)
	w.takeLater(c)
	w.flush(c)
	w.resume(c)
}

// unqueue takes the wait out of the queues of its keys where that can be done
// at once, and leaves the rest to the janitor. No slot is locked.
func (w *worker) unqueue(b *blocking) {
	for i := range b.keys {
		k := &b.keys[i]
		if !w.s.ks.TryLock(k.slot) {
			w.s.janitor.put(chore{wait: b})
			return
		}
		w.s.ks.Unblock(b.db, k.slot, k.name, b)
		w.s.ks.Unlock(k.slot)
	}
}

// unblock takes the wait out of all queues; x has entered and may sleep.
func (b *blocking) unblock(ks *keyspace.Keyspace, x *keyspace.Executor) {
	for i := range b.keys {
		k := &b.keys[i]
		x.LockSlot(k.slot)
		ks.Unblock(b.db, k.slot, k.name, b)
		ks.Unlock(k.slot)
		x.Yield()
	}
}

// handleClientUnblock is CLIENT UNBLOCK id [TIMEOUT|ERROR].
func (s *Server) handleClientUnblock(x *command.Ctx) {
	id, withError, problem := command.ParseClientUnblock(x.Args)
	if problem != "" {
		x.W.Error(problem)
		return
	}
	ended := int64(0)
	if c := s.byID.find(id); c != nil {
		if b := c.block.Load(); b != nil {
			reply := nullReply(c.Proto)
			if withError {
				reply = errorReply("UNBLOCKED client unblocked via CLIENT UNBLOCK")
			}
			if s.endWait(b, reply) {
				ended = 1
			}
		}
	}
	x.W.Int(ended)
}

// redirectBlocked ends the waits for keys of slots that this node does not
// serve any more. The slot table has changed.
func (s *Server) redirectBlocked() {
	if s.blocked.Load() == 0 {
		return
	}
	s.tasks.Go(func() {
		w := s.pool.get()
		defer s.pool.put(w)
		for _, slot := range s.ks.WaitedSlots(0) {
			w.locker.Lock(slot)
			for _, o := range s.ks.BlockedIn(0, slot, nil) {
				b := o.(*blocking)
				if text := w.routeBlocked(b); text != "" {
					s.endWait(b, errorReply(text))
				}
			}
			w.locker.Unlock(slot)
		}
	})
}

// routeBlocked is the redirect that a waiting client gets, "" while its keys
// are served here. Its slots are locked.
func (w *worker) routeBlocked(b *blocking) string {
	t := w.s.table.Load()
	if t == nil {
		return ""
	}
	w.cx.C, w.cx.Now = &b.c.Client, w.unixMillis()
	w.cx.Bind(b.spec, b.args, b.db)
	return w.route(b.c, b.spec, t)
}
