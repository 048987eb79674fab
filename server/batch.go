package server

import (
	"clusternode/command"
	"clusternode/slots"
)

// A pipeline of commands on random keys spends most of its time waiting for
// memory, one key after the other. So the commands of a batch that name one key
// each are parsed ahead, their slots are locked, and what their lookups will
// read is read for all of them at once (keyspace/prefetch.go). Then they run
// in order, each with all the checks that it would get alone.

// maxBatch is how many commands are taken together: enough for the waits to
// overlap, short enough to hold their slots.
const maxBatch = 16

// step is one command of a batch.
type step struct {
	spec   *command.Spec
	args   [][]byte
	key    command.Key
	end    int  // bytes of the input up to the end of the command
	locked bool // its slot is locked, by this step or one before
	owner  bool // by this one
}

// batch is the scratch memory of a worker for it.
type batch struct {
	steps [maxBatch]step
	n     int
	args  [][]byte
	sum   uint64 // of what was read ahead, so that it is read
	run   run
}

// run are steps of the same command, which are timed as one: a clock reading
// would be a tenth of them.
type run struct {
	from         int   // index of its first step
	began, calls int64 // the clock, and the calls of the command, before it
}

// batchable reports whether a command may be part of a batch: it names one
// key, and nothing but its keys, memory and length can keep it from running.
func (w *worker) batchable(args [][]byte) (*command.Spec, []byte) {
	b := &w.batch
	if b.n > 0 && string(args[0]) == string(b.steps[b.n-1].args[0]) { // once more the same
		spec := b.steps[b.n-1].spec
		if !spec.ArityOK(len(args)) {
			return nil, nil
		}
		key, _ := spec.OneKey(args)
		return spec, key
	}
	spec := w.s.env.Table.Lookup(args[0])
	if spec == nil || len(spec.Subs) > 0 || spec.Lock != command.LockKeys ||
		spec.Is(command.Protected|command.NoMulti|command.Immediate) || spec.Blocks || !spec.ArityOK(len(args)) {
		return nil, nil
	}
	key, ok := spec.OneKey(args)
	if !ok {
		return nil, nil
	}
	return spec, key
}

// plainFlags are the modes in which a batch runs; in all others commands run
// one by one.
const plainFlags = command.ClientAuthenticated | command.ClientNoTouch | command.ClientNoEvict | command.ClientUnixSocket | command.ClientReadOnly | command.ClientTracks

// collect fills the batch with the command that was parsed, whose input ends
// at end, and those behind it. It reports whether there are at least two.
func (w *worker) collect(c *conn, data []byte, args [][]byte, end int) bool {
	if c.Flags&^plainFlags != 0 || !c.Has(command.ClientAuthenticated) || w.inGate {
		return false
	}
	b := &w.batch
	b.n, b.args = 0, append(b.args[:0], args...)
	args = b.args
	for {
		spec, key := w.batchable(args)
		if spec == nil {
			break
		}
		b.steps[b.n] = step{spec: spec, args: args, end: end, key: command.Key{
			Bytes: key, Slot: slots.Of(key), Hash: w.s.ks.Hash(key), DB: c.DB,
		}}
		b.n++
		if b.n == maxBatch || end == len(data) {
			break
		}
		used := len(b.args)
		all, n, err := c.parser.Next(data[end:], b.args, c.limits())
		if n == 0 || err != nil || len(all) == used {
			c.parser.Reset() // it will be parsed again, alone
			break
		}
		b.args, args = all, all[used:]
		end += n
	}
	return b.n > 1
}

// runBatch locks, reads ahead and runs the collected commands. It returns how
// much of the input is consumed then, and whether the connection has to stop.
func (w *worker) runBatch(c *conn, before int) (consumed int, stop bool) {
	b := &w.batch
	consumed = before
	steps := b.steps[:b.n]
	w.makeRoom(w.growth(steps))
	for i := range steps {
		st := &steps[i]
		st.owner = w.s.ks.TryLock(st.key.Slot)
		st.locked = st.owner
		for j := 0; j < i && !st.locked; j++ {
			st.locked = steps[j].owner && steps[j].key.Slot == st.key.Slot
		}
		st.key.Part = w.s.ks.Part(st.key.DB, st.key.Slot)
	}
	w.readAhead(steps)
	each := w.s.obs.timeEach.Load() || w.s.env.Usage.Load() != nil
	ran := 0
	w.beginRun(0)
	for i := range steps {
		st := &steps[i]
		w.bindStep(c, st)
		if !st.locked || w.stepIsLong(st) || w.tight() {
			w.unlockSteps(steps) // whoever may wait holds nothing
		}
		if !st.locked || st.spec != steps[b.run.from].spec || each {
			w.endRun(c, i)
			w.beginRun(i)
		}
		w.mark = len(w.w.Buf)
		if w.runStep(c, st) == setAside {
			stop = true
			break
		}
		ran = i + 1
		if !st.locked { // it was timed alone
			w.beginRun(ran)
		}
		if len(w.deferred) > 0 {
			w.unlockSteps(steps)
			w.serveDeferred(c)
		}
		consumed = st.end
		w.ownPushes()
		if c.closing || c.parked != notParked {
			stop = true
			break
		}
	}
	w.endRun(c, ran)
	w.unlockSteps(steps)
	return consumed, stop
}

// beginRun begins a run at a step, or none behind the last one.
func (w *worker) beginRun(from int) {
	b := &w.batch
	b.run = run{from: from, began: w.last}
	if from < b.n {
		b.run.calls = w.perCmd[b.steps[from].spec.ID()].calls
	}
}

// endRun accounts for the steps of the run up to upTo: each of those that ran
// gets the average.
func (w *worker) endRun(c *conn, upTo int) {
	r := &w.batch.run
	if upTo <= r.from {
		return
	}
	steps := w.batch.steps[r.from:upTo]
	st := &w.perCmd[steps[0].spec.ID()]
	nanos := w.tick() - r.began
	st.nanos += nanos
	if u := w.s.env.Usage.Load(); u != nil && len(steps) == 1 && steps[0].locked {
		u[steps[0].key.Slot].CPU += nanos
	}
	if n := st.calls - r.calls; n > 0 {
		w.observeRun(c, steps, nanos/n, uint64(n))
	}
}

// readAhead takes the three steps of a lookup for all locked keys.
func (w *worker) readAhead(steps []step) {
	sum := uint64(0)
	for i := range steps {
		if steps[i].locked {
			sum += steps[i].key.Part.WarmPart()
		}
	}
	for i := range steps {
		if steps[i].locked {
			sum += steps[i].key.Part.WarmTable(steps[i].key.Hash)
		}
	}
	for i := range steps {
		if steps[i].locked {
			sum += steps[i].key.Part.WarmEntry(steps[i].key.Hash)
		}
	}
	w.batch.sum += sum
}

// bindStep makes the command the one that the worker executes.
func (w *worker) bindStep(c *conn, st *step) {
	w.cx.C, w.cx.Now = &c.Client, w.unixMillis()
	w.cx.BindKey(st.spec, st.args, st.key)
}

// stepIsLong reports whether the command that is bound does not belong on a loop.
func (w *worker) stepIsLong(st *step) bool {
	if st.spec.Cost == nil {
		return len(st.args) > manyArgs
	}
	return st.spec.Cost(&w.cx) > longCommand
}

// runStep runs one command of a batch, which is bound.
func (w *worker) runStep(c *conn, st *step) verdict {
	if !st.locked {
		return w.place(c, st.spec, st.args)
	}
	if v, decided := w.refused(c, st.spec); decided {
		return v
	}
	w.invoke(c, st.spec, st.args)
	if len(w.cx.Ready) > 0 {
		w.serveReady()
	}
	return finished
}

// unlockSteps gives back what the batch has locked.
func (w *worker) unlockSteps(steps []step) {
	for i := range steps {
		st := &steps[i]
		if st.owner {
			w.s.ks.Unlock(st.key.Slot)
		}
		st.locked, st.owner = false, false
	}
}
