package server

import (
	"unsafe"

	"clusternode/command"
	"clusternode/keyspace"
	"clusternode/resp"
	"clusternode/slots"
)

// queued is one command between MULTI and EXEC. It owns its arguments.
type queued struct {
	spec *command.Spec
	args [][]byte
}

// What a queued command and each of its arguments cost beside their bytes.
const (
	queuedBytes = int(unsafe.Sizeof(queued{})) + 16
	argBytes    = int(unsafe.Sizeof([]byte(nil)))
)

// watchState is what WATCH remembers. The watcher is registered with the
// partition of every key.
type watchState struct {
	w    *keyspace.Watcher
	keys []watchedKey
}

type watchedKey struct {
	name    []byte
	db      int
	slot    slots.Slot
	hash    uint64
	expired bool // it was expired already when WATCH came
}

// enqueue copies a command into the transaction.
func (w *worker) enqueue(c *conn, spec *command.Spec, args [][]byte) {
	// What cannot run any more is not kept, as in Redis.
	if !c.Has(command.ClientDirtyExec) && (c.watch.w == nil || !c.watch.w.Dirty()) {
		own := copyArgs(args)
		c.multiSz += queuedBytes
		for _, a := range own {
			c.multiSz += len(a) + argBytes
		}
		c.multi = append(c.multi, queued{spec, own})
	}
	w.w.SimpleString("QUEUED")
	w.tick()
}

func (s *Server) handleMulti(x *command.Ctx) {
	c := connOf(x)
	if c.Has(command.ClientMulti) {
		x.W.Error(resp.ErrNestedMulti)
		return
	}
	c.Flags |= command.ClientMulti
	x.W.OK()
}

func (s *Server) handleDiscard(x *command.Ctx) {
	c := connOf(x)
	if !c.Has(command.ClientMulti) {
		x.W.Error(resp.ErrDiscardNoMulti)
		return
	}
	s.resetTransaction(c)
	x.W.OK()
}

// resetTransaction leaves MULTI and forgets the watched keys; their slots are
// locked.
func (s *Server) resetTransaction(c *conn) {
	c.multi, c.multiSz = nil, 0
	c.Flags &^= command.ClientMulti | command.ClientDirtyExec
	s.unwatch(c)
}

// discard is resetTransaction for a transaction that cannot run here any
// more. No slot is locked, so the watches go to the janitor.
func (w *worker) discard(c *conn) {
	c.multi, c.multiSz = nil, 0
	c.Flags &^= command.ClientMulti | command.ClientDirtyExec
	w.s.abandonWatches(c)
}

func (s *Server) handleWatch(x *command.Ctx) {
	c := connOf(x)
	if c.Has(command.ClientMulti) {
		x.W.Error(resp.ErrWatchInMulti)
		return
	}
	if c.watch.w == nil {
		c.watch.w = new(keyspace.Watcher)
		s.watching.Add(1)
	}
	for i := range x.Keys {
		k := &x.Keys[i]
		if c.watches(k) {
			continue
		}
		e := k.Part.Find(k.Hash, k.Bytes)
		wk := watchedKey{
			name: append([]byte(nil), k.Bytes...), db: k.DB, slot: k.Slot, hash: k.Hash,
			expired: e.Exists() && e.HasExpire() && e.ExpireAt() < x.Now,
		}
		if wk.expired {
			s.ks.WatchExpired(wk.db, wk.slot, wk.hash, wk.name, c.watch.w)
		} else {
			s.ks.Watch(wk.db, wk.slot, wk.hash, wk.name, c.watch.w)
		}
		c.watch.keys = append(c.watch.keys, wk)
	}
	x.W.OK()
}

func (c *conn) watches(k *command.Key) bool {
	for i := range c.watch.keys {
		if o := &c.watch.keys[i]; o.db == k.DB && o.hash == k.Hash && string(o.name) == string(k.Bytes) {
			return true
		}
	}
	return false
}

// unwatch forgets the watched keys; their slots are locked.
func (s *Server) unwatch(c *conn) {
	for i := range c.watch.keys {
		k := &c.watch.keys[i]
		s.ks.Unwatch(k.db, k.slot, k.hash, k.name, c.watch.w)
	}
	s.forgetWatch(c)
}

// forgetWatch ends the watching of a connection, registered or not.
func (s *Server) forgetWatch(c *conn) {
	if c.watch.w != nil {
		s.watching.Add(-1)
	}
	c.watch = watchState{}
}

// abandonWatches forgets the watched keys of a connection that holds no lock:
// the janitor, which may sleep, unregisters them.
func (s *Server) abandonWatches(c *conn) {
	if len(c.watch.keys) > 0 {
		s.janitor.put(chore{watch: c.watch})
	}
	s.forgetWatch(c)
}

// touched reports whether a watched key has changed since WATCH; a key that
// expired in between counts, one that had expired before does not.
func (s *Server) touched(c *conn, now int64) bool {
	if c.watch.w == nil {
		return false
	}
	if c.watch.w.Dirty() {
		return true
	}
	for i := range c.watch.keys {
		k := &c.watch.keys[i]
		if k.expired {
			continue
		}
		e := s.ks.Part(k.db, k.slot).Find(k.hash, k.name)
		if e.Exists() && e.HasExpire() && e.ExpireAt() < now {
			return true
		}
	}
	return false
}

// exec runs the queued commands as one: under all their slots' locks, or the
// gate, with one clock reading.
func (w *worker) exec(c *conn) {
	switch {
	case !c.Has(command.ClientMulti):
		w.w.Error(resp.ErrExecNoMulti)
		return
	case c.Has(command.ClientDirtyExec):
		w.s.resetTransaction(c)
		w.w.Error(resp.ErrExecAbort)
		return
	case w.s.touched(c, w.cx.Now):
		w.s.resetTransaction(c)
		w.w.NullArray()
		return
	}
	cmds := c.multi
	w.s.resetTransaction(c)
	c.Flags |= command.ClientInExec
	w.w.Array(len(cmds))
	for i := range cmds {
		w.cx.Keys = w.cx.Keys[:0]
		if !w.cx.Bind(cmds[i].spec, cmds[i].args, c.DB) {
			w.cx.Keys = w.cx.Keys[:0]
		}
		w.call(c, cmds[i].spec)
		w.w.Proto = c.Proto // HELLO may have changed it
	}
	c.Flags &^= command.ClientInExec
	w.w.LastError = ""
	c.lastCmd = w.s.execSpec
}

// appendTransactionSlots adds the slots of the watched keys and, if queued is
// set, of the queued commands.
func (c *conn) appendTransactionSlots(set []slots.Slot, queuedToo bool) []slots.Slot {
	for i := range c.watch.keys {
		set = append(set, c.watch.keys[i].slot)
	}
	if !queuedToo {
		return set
	}
	for key := range c.queuedKeys {
		set = append(set, slots.Of(key))
	}
	return set
}

// queuedKeys yields the keys, and shard channels, of all queued commands.
func (c *conn) queuedKeys(yield func([]byte) bool) {
	var pos []command.KeyPos
	for i := range c.multi {
		q := &c.multi[i]
		pos, _ = q.spec.KeyPositions(q.args, pos[:0])
		for _, p := range pos {
			if !yield(q.args[p.Arg]) {
				return
			}
		}
	}
}

// queuedNeedsGate reports whether the transaction has a command that visits
// more than the slots of its keys, or that waits: it runs under the gate then.
func (c *conn) queuedNeedsGate(env *command.Env) bool {
	for i := range c.multi {
		q := &c.multi[i]
		if q.spec.LockFor(env, q.args) != command.LockKeys || q.spec.Blocks {
			return true
		}
	}
	return false
}

// queuedDenyOOM reports whether the transaction may grow memory.
func (c *conn) queuedDenyOOM() bool {
	for i := range c.multi {
		if c.multi[i].spec.Is(command.DenyOOM) {
			return true
		}
	}
	return false
}

// queuedCost estimates the whole transaction, in nanoseconds.
func (w *worker) queuedCost(c *conn) (sum int64) {
	args := w.cx.Args
	for i := range c.multi {
		if q := &c.multi[i]; q.spec.Cost != nil {
			w.cx.Bind(q.spec, q.args, c.DB)
			w.cx.BindParts()
			sum += q.spec.Cost(&w.cx)
		}
	}
	w.cx.Bind(w.s.execSpec, args, c.DB)
	return sum
}
