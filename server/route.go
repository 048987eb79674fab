package server

import (
	"clusternode/command"
	"clusternode/keyspace"
	"clusternode/resp"
	"clusternode/slots"
)

// route returns the redirect or error that keeps the command from running on
// this node, "" if it may run. The slots of its keys are locked, so that the
// answer still holds when the handler runs.
func (w *worker) route(c *conn, spec *command.Spec, t *slots.Table) string {
	if spec == w.s.execSpec {
		return w.routeQueued(c, t)
	}
	keys := w.cx.Keys
	if len(keys) == 0 {
		return ""
	}
	if spec.Is(command.PubSub) {
		return w.routeChannels(c, t)
	}
	r := slots.Request{
		Slot: keys[0].Slot, Several: len(keys) > 1, Write: spec.Is(command.Write),
		Asking:   c.Has(command.ClientAsking) || spec.Is(command.AskingFlag),
		ReadOnly: c.Has(command.ClientReadOnly),
	}
	for i := range keys {
		r.Cross = r.Cross || keys[i].Slot != r.Slot
	}
	return redirection(t, r, w.countKeys)
}

// alive reports whether an entry exists and has not expired.
func (w *worker) alive(e keyspace.Entry) bool {
	return e.Exists() && !(e.HasExpire() && e.ExpireAt() < w.cx.Now)
}

// countKeys tells how many of the command's keys exist.
func (w *worker) countKeys() (existing, missing int) {
	w.cx.BindParts()
	for i := range w.cx.Keys {
		if k := &w.cx.Keys[i]; w.alive(k.Part.Find(k.Hash, k.Bytes)) {
			existing++
		} else {
			missing++
		}
	}
	return existing, missing
}

// routeQueued is route for EXEC: all queued commands together.
func (w *worker) routeQueued(c *conn, t *slots.Table) string {
	r := slots.Request{Asking: c.Has(command.ClientAsking), ReadOnly: c.Has(command.ClientReadOnly)}
	n := 0
	for key := range c.queuedKeys {
		s := slots.Of(key)
		if n == 0 {
			r.Slot = s
		}
		n++
		r.Cross = r.Cross || s != r.Slot
	}
	if n == 0 {
		return ""
	}
	for i := range c.multi {
		r.Write = r.Write || c.multi[i].spec.Is(command.Write)
	}
	r.Several = n > 1
	return redirection(t, r, func() (existing, missing int) {
		for key := range c.queuedKeys {
			if w.alive(w.s.ks.Part(0, r.Slot).Find(w.s.ks.Hash(key), key)) {
				existing++
			} else {
				missing++
			}
		}
		return existing, missing
	})
}

// redirection is the error reply for a request, "" if it is served here.
func redirection(t *slots.Table, r slots.Request, keys slots.Missing) string {
	v, to := t.Route(r, keys)
	switch v {
	case slots.Serve:
		return ""
	case slots.Moved, slots.Ask:
		var buf [64]byte
		return string(t.AppendRedirect(buf[:0], v, r.Slot, to))
	case slots.TryAgain:
		return resp.ErrTryAgain
	case slots.CrossSlot:
		return resp.ErrCrossSlot
	case slots.DownReadOnly:
		return resp.ErrDownReadOnly
	case slots.DownUnbound:
		return resp.ErrDownUnbound
	}
	return resp.ErrDownState
}

// redirect replies what route said. Unlike other refusals it ends a
// transaction at EXEC without saying EXECABORT.
func (w *worker) redirect(c *conn, spec *command.Spec, text string) {
	w.perCmd[spec.ID()].rejected++
	c.lastCmd = spec
	switch {
	case spec == w.s.execSpec:
		w.discard(c)
	case c.Has(command.ClientMulti):
		c.Flags |= command.ClientDirtyExec
	}
	w.w.Error(text)
	w.countError(text)
	w.tick()
}
