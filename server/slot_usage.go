package server

import (
	"clusternode/command"
	"clusternode/slots"
)

// What commands cost is counted per slot while cluster-slot-stats-enabled says
// so, for CLUSTER SLOT-STATS: time in handlers, and the bytes of requests and
// replies. A command belongs to the slot of its first key, and is counted under
// that slot's lock.

// bindSlotUsage connects the counting with its directive.
func (s *Server) bindSlotUsage() {
	s.apply(func() error {
		switch on := s.cfg.Bool("cluster-slot-stats-enabled") && s.cfg.Bool("cluster-enabled"); {
		case !on:
			s.env.Usage.Store(nil)
		case s.env.Usage.Load() == nil:
			s.env.Usage.Store(new(command.SlotUsages))
		}
		return nil
	}, "cluster-slot-stats-enabled")
}

// resetSlotUsage begins the counting anew; the world is stopped.
func (s *Server) resetSlotUsage() {
	if u := s.env.Usage.Load(); u != nil {
		*u = command.SlotUsages{}
	}
}

// forgetUsage begins anew for the slots that the node's shard had in one table
// and has not in the next.
func (s *Server) forgetUsage(was, now *slots.Table) {
	u := s.env.Usage.Load()
	if u == nil || was == nil {
		return
	}
	var lost []slots.Slot
	for i := range slots.Slot(slots.Count) {
		if was.Mine(i) && !now.Mine(i) {
			lost = append(lost, i)
		}
	}
	if len(lost) == 0 {
		return
	}
	s.tasks.Go(func() {
		w := s.pool.get()
		defer s.pool.put(w)
		for _, i := range lost {
			w.locker.Lock(i)
			u[i] = command.SlotUsage{}
			w.locker.Unlock(i)
		}
	})
}

// chargeBytes counts the request and the reply, of which there was so much
// before, of the command that ran.
func (w *worker) chargeBytes(u *command.SlotUsages, args [][]byte, before int) {
	if len(w.cx.Keys) > 0 {
		o := &u[w.cx.Keys[0].Slot]
		o.NetIn += respSize(args)
		o.NetOut += int64(len(w.w.Buf) - before)
	}
}

// chargeTime counts the time of the command that ran.
func (w *worker) chargeTime(u *command.SlotUsages, nanos int64) {
	if len(w.cx.Keys) > 0 {
		u[w.cx.Keys[0].Slot].CPU += nanos
	}
}

// chargeExec counts what a transaction costs beside its commands: MULTI and EXEC,
// the replies to them, and QUEUED for each command.
func (w *worker) chargeExec(u *command.SlotUsages, s slots.Slot, queued int) {
	u[s].NetIn += int64(len("*1\r\n$5\r\nmulti\r\n*1\r\n$4\r\nexec\r\n"))
	u[s].NetOut += int64(len("+OK\r\n*\r\n") + digits(queued) + queued*len("+QUEUED\r\n"))
}

// respSize is the length of a request in RESP.
func respSize(args [][]byte) int64 {
	n := len("*\r\n") + digits(len(args))
	for _, a := range args {
		n += len("$\r\n\r\n") + digits(len(a)) + len(a)
	}
	return int64(n)
}

// digits is the length of a number that is not negative.
func digits(n int) int {
	d := 1
	for ; n >= 10; n /= 10 {
		d++
	}
	return d
}
