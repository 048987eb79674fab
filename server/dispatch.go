package server

import (
	"slices"
	"strings"
	"time"

	"clusternode/command"
	"clusternode/keyspace"
	"clusternode/resp"
)

// verdict is what became of a command.
type verdict uint8

const (
	// finished: replied, or queued, or handed to a pooled worker.
	finished verdict = iota
	// setAside: nothing happened yet; run it again when the connection resumes.
	setAside
	// tooLong: nothing happened yet; it should not run on a loop.
	tooLong
)

// longCommand is the estimated cost above which a command leaves its loop.
const longCommand = int64(time.Millisecond)

// manyArgs is the number of arguments above which a command that does not say
// what it costs does so, too.
const manyArgs = 5000

// execute runs one command from its arguments to its reply, in the order of
// checks of Redis' processCommand.
func (w *worker) execute(c *conn, args [][]byte) verdict {
	spec := w.s.env.Table.Lookup(args[0])
	if spec == nil {
		w.reject(c, nil, resp.UnknownCommand(args))
		return finished
	}
	if len(spec.Subs) > 0 && len(args) > 1 {
		sub := spec.Sub(args[1])
		if sub == nil {
			w.reject(c, nil, resp.UnknownSubcommand(args[1], string(args[0])))
			return finished
		}
		spec = sub
	}
	if !spec.ArityOK(len(args)) {
		w.reject(c, spec, resp.WrongArity(spec.FullName()))
		return finished
	}
	if text := w.refusal(c, spec); text != "" {
		w.reject(c, spec, text)
		return finished
	}
	w.cx.C = &c.Client
	w.cx.Now = w.unixMillis()
	if !w.cx.Bind(spec, args, c.DB) {
		w.cx.Keys = w.cx.Keys[:0] // the handler finds what is wrong, as in Redis
	}
	return w.place(c, spec, args)
}

// refusal returns the error that keeps a well-formed command from running
// whatever its keys are, "" if nothing does.
func (w *worker) refusal(c *conn, spec *command.Spec) string {
	const special = command.Protected | command.NoMulti
	if spec.Flags&special == 0 && c.Has(command.ClientAuthenticated) {
		return ""
	}
	if spec.Is(command.Protected) && !w.s.debugAllowed(c) {
		return resp.ProtectedCommand(strings.ToUpper(rootName(spec)), "enable-"+rootName(spec)+"-command")
	}
	if !c.Has(command.ClientAuthenticated) && !spec.Is(command.NoAuth) && w.s.PasswordRequired() {
		return resp.ErrNoAuth
	}
	if spec.Is(command.NoMulti) && c.Has(command.ClientMulti) {
		return resp.ErrNotInMulti
	}
	return ""
}

func rootName(spec *command.Spec) string {
	if p := spec.Parent(); p != nil {
		return p.Name
	}
	return spec.Name
}

// reject replies an error to a command that did not run. It spoils an open
// transaction; EXEC itself ends it.
func (w *worker) reject(c *conn, spec *command.Spec, text string) {
	if spec != nil {
		w.perCmd[spec.ID()].rejected++
	}
	c.lastCmd = spec
	switch {
	case spec != nil && spec == w.s.execSpec:
		w.discard(c)
		text = "EXECABORT Transaction discarded because of: " + strings.TrimPrefix(text, "ERR ")
	case c.Has(command.ClientMulti):
		c.Flags |= command.ClientDirtyExec
	}
	w.w.Error(text)
	w.countError(text)
	w.tick()
}

// place finds where the command runs: here with its slots locked, here under
// the gate, or on a pooled worker.
func (w *worker) place(c *conn, spec *command.Spec, args [][]byte) verdict {
	if w.inGate {
		return w.checked(c, spec)
	}
	w.makeRoom(0)
	queueing := c.Has(command.ClientMulti) && !spec.Is(command.Immediate)
	if !queueing {
		if w.s.bus != nil && !w.interested && (spec.Is(command.PubSub) || spec == w.s.execSpec) {
			if want := c.wants(spec); want != 0 {
				return w.placeSubscriber(c, spec, args, want)
			}
		}
		if spec.LockFor(w.cx.Env, args) == command.LockGate || spec == w.s.execSpec && c.queuedNeedsGate(w.cx.Env) {
			w.slots = w.slots[:0]
			var v verdict
			w.exclusive(func() { v = w.checked(c, spec) })
			w.serveDeferred(c)
			return v
		}
		// What visits many slots may have to sleep for one.
		if (spec.Blocks || spec.Lock == command.LockScan) && w.l != nil {
			w.offload(c, args)
			return finished
		}
	}
	w.collectSlots(c, spec)
	if !w.lock(c) {
		w.stats.parked++
		c.parked = parkSlot
		return setAside
	}
	if w.l == nil && len(w.slots) > 0 {
		w.tick() // it may have slept for them
	}
	v := w.checked(c, spec)
	w.unlock()
	if v == tooLong {
		w.offload(c, args)
		return finished
	}
	if len(w.deferred) > 0 {
		w.serveDeferred(c)
	}
	return v
}

// collectSlots lists in w.slots the slots to lock, ascending and once each. A
// command that the route refuses for its many slots needs none.
func (w *worker) collectSlots(c *conn, spec *command.Spec) {
	set := w.slots[:0]
	if spec.Is(command.PubSub) && w.s.table.Load() == nil {
		w.slots = set // channels belong to slots in a cluster only
		return
	}
	for i := range w.cx.Keys {
		set = append(set, w.cx.Keys[i].Slot)
		if set[i] != set[0] && w.s.table.Load() != nil {
			w.slots = set[:0]
			return
		}
	}
	if len(c.watch.keys)+len(c.multi) > 0 && (spec.Is(command.Immediate) || spec == w.s.unwatchSpec) {
		set = c.appendTransactionSlots(set, spec == w.s.execSpec)
	}
	if len(set) > 1 {
		slices.Sort(set)
		set = slices.Compact(set)
	}
	w.slots = set
}

// checked makes the checks that depend on the keys, with their slots locked
// (or the world stopped), and runs or queues the command.
func (w *worker) checked(c *conn, spec *command.Spec) verdict {
	if v, decided := w.refused(c, spec); decided {
		return v
	}
	switch {
	case c.Has(command.ClientMulti) && !spec.Is(command.Immediate):
		w.enqueue(c, spec, w.cx.Args)
	case w.l != nil && !w.inGate && w.isLong(c, spec):
		return tooLong
	case spec.Blocks && !w.inGate:
		w.callOutside(c, spec)
	case spec.Lock == command.LockScan && !w.inGate:
		w.call(c, spec)
		w.serveUnlocked(c)
	default:
		w.call(c, spec)
		if len(w.cx.Ready) > 0 {
			w.serveReady()
		}
	}
	return finished
}

// refused makes the checks that depend on the keys. decided: the command does
// not run now.
func (w *worker) refused(c *conn, spec *command.Spec) (v verdict, decided bool) {
	if t := w.s.table.Load(); t != nil {
		if text := w.route(c, spec, t); text != "" {
			w.redirect(c, spec, text)
			return finished, true
		}
	}
	if w.oom && w.growsMemory(c, spec) {
		w.reject(c, spec, resp.ErrOOM)
		return finished, true
	}
	if c.Has(command.ClientPubSub) && c.Proto == 2 && !c.subscriberMay(spec) {
		w.reject(c, spec, errSubscriber(spec))
		return finished, true
	}
	if c.Flags&command.ClientMonitor != 0 {
		if !monitorMay(spec) {
			w.reject(c, spec, errMonitorKeys)
			return finished, true
		}
	} else if w.s.pause.holds(w.cx.Now, spec, c) {
		c.lastCmd = spec
		if c.parked != parkOffload { // else the pooled worker waits for the end
			w.s.pause.add(c)
		}
		return setAside, true
	}
	c.lastCmd = spec
	return finished, false
}

// isLong estimates whether the command would keep the loop for too long.
func (w *worker) isLong(c *conn, spec *command.Spec) bool {
	if spec == w.s.execSpec {
		return w.queuedCost(c) > longCommand
	}
	if spec.Cost == nil {
		return len(w.cx.Args) > manyArgs
	}
	w.cx.BindParts()
	return spec.Cost(&w.cx) > longCommand
}

// call runs the handler, with everything locked, and accounts for it.
func (w *worker) call(c *conn, spec *command.Spec) {
	began, args := w.last, w.cx.Args // EXEC binds others
	over := w.invoke(c, spec, args)
	nanos := w.tick() - began
	w.perCmd[spec.ID()].nanos += nanos
	if u := w.s.env.Usage.Load(); u != nil && spec != w.s.execSpec {
		w.chargeTime(u, nanos)
	}
	if over {
		w.observe(c, spec, args, nanos)
	}
}

// invoke is call without the clock: see runBatch. It reports false if the
// command waits for keys now.
func (w *worker) invoke(c *conn, spec *command.Spec, args [][]byte) (over bool) {
	w.cx.BindParts()
	w.cx.Locker = w.locker
	if w.inGate {
		w.cx.Locker = keyspace.NoLock
	}
	w.w.LastError = ""
	usage, before := w.s.env.Usage.Load(), len(w.w.Buf)
	if usage != nil && spec == w.s.execSpec && len(w.slots) > 0 {
		w.chargeExec(usage, w.slots[0], len(c.multi))
	}
	if w.s.obs.monitors.any() {
		given := slices.Clone(args) // the handler may replace some
		spec.Handler(&w.cx)
		w.tellMonitors(c, spec, given)
	} else {
		spec.Handler(&w.cx)
	}
	if usage != nil && spec != w.s.execSpec {
		w.chargeBytes(usage, args, before)
	}
	if c.Flags&command.ClientTracks != 0 {
		w.trackReads(c, spec)
	}
	if len(w.cx.Wait.Keys) > 0 {
		w.wait(c, spec)
		return false
	}
	st := &w.perCmd[spec.ID()]
	st.calls++
	w.stats.commands++
	c.commands++
	if w.w.LastError != "" {
		st.failed++
		w.countError(w.w.LastError)
	}
	return true
}

// callOutside is call for a handler that may wait: neither the gate nor those
// who look at the connection shall wait for it. A connection with a goroutine
// of its own counts as offloaded meanwhile.
func (w *worker) callOutside(c *conn, spec *command.Spec) {
	w.x.Leave()
	if k, ok := c.tr.(*stream); ok {
		c.frozen, c.parked = c.viewRunning(w.s, w.cx.Args), parkOffload
		w.weigh(c)
		k.mu.Unlock()
		w.call(c, spec)
		k.mu.Lock() // before the keyspace, as in stream.drive
		w.x.Enter()
		c.frozen, c.parked = nil, notParked
		w.takeLater(c)
	} else {
		w.call(c, spec)
		w.x.Enter()
	}
	w.serveUnlocked(c)
}
