package server

import (
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"clusternode/command"
	"clusternode/config"
)

// monitors are the clients that want to see every command. As long as there are
// none, a command pays one load.
type monitors struct {
	// list is nil when there are none; it is replaced, never changed.
	list atomic.Pointer[[]*conn]
	mu   sync.Mutex // of those who replace it
}

func (m *monitors) add(c *conn) {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := []*conn{c}
	if old := m.list.Load(); old != nil {
		list = append(slices.Clone(*old), c)
	}
	m.list.Store(&list)
}

func (m *monitors) remove(c *conn) {
	m.mu.Lock()
	defer m.mu.Unlock()
	old := m.list.Load()
	if old == nil {
		return
	}
	list := slices.DeleteFunc(slices.Clone(*old), func(o *conn) bool { return o == c })
	if len(list) == 0 {
		m.list.Store(nil)
		return
	}
	m.list.Store(&list)
}

// any reports whether somebody monitors.
func (m *monitors) any() bool { return m.list.Load() != nil }

// handleMonitor makes the client a monitor, which gets commands and sends few.
// The second time it has no reply, as in Redis.
func (s *Server) handleMonitor(x *command.Ctx) {
	c := connOf(x)
	if c.Has(command.ClientInExec) {
		x.W.Error("ERR MONITOR isn't allowed for DENY BLOCKING client")
		return
	}
	if c.Has(command.ClientMonitor) {
		return
	}
	c.Flags |= command.ClientMonitor
	s.obs.monitors.add(c)
	x.W.OK()
}

// endMonitor makes the client one like others.
func (s *Server) endMonitor(c *conn) {
	if c.Has(command.ClientMonitor) {
		c.Flags &^= command.ClientMonitor
		s.obs.monitors.remove(c)
	}
}

// errMonitorKeys is what a monitor gets that wants keys. Redis takes it for a
// replica here.
const errMonitorKeys = "ERR Replica can't interact with the keyspace"

// monitorMay reports whether a monitor may run the command.
func monitorMay(spec *command.Spec) bool {
	return !spec.Is(command.Write | command.ReadOnly | command.MayReplicate)
}

// tellMonitors shows a command that ran to the monitors. It comes behind the
// commands that ran within it, and what is secret is left out. Its slots are
// still locked, so that monitors see the commands of a slot in their order.
func (w *worker) tellMonitors(c *conn, spec *command.Spec, args [][]byte) {
	list := w.s.obs.monitors.list.Load()
	if list == nil || spec.Is(command.SkipMonitor|command.Admin) {
		return
	}
	line := w.monitorLine(c, command.Redact(spec, args))
	for _, m := range *list {
		if m != c || !c.Has(command.ClientCloseAfterReply|command.ClientReplyOff|command.ClientReplySkip) {
			w.push(m, line)
		}
	}
}

// monitorLine is
//
//	+1700000000.123456 [0 127.0.0.1:50000] "SET" "k" "v"
//
// with the database that is selected now, and the client's address.
func (w *worker) monitorLine(c *conn, args [][]byte) []byte {
	now := time.Now()
	size := 64
	for _, a := range args {
		size += len(a) + 3
	}
	b := make([]byte, 0, size)
	b = append(b, '+')
	b = strconv.AppendInt(b, now.Unix(), 10)
	micros := int64(now.Nanosecond() / 1000)
	b = append(b, '.')
	b = append(b, strconv.FormatInt(1_000_000+micros, 10)[1:]...)
	b = append(b, " ["...)
	b = strconv.AppendInt(b, int64(c.DB), 10)
	b = append(b, ' ')
	if c.Has(command.ClientUnixSocket) {
		b = append(b, "unix:"...)
		b = append(b, w.s.cfg.String("unixsocket")...)
	} else {
		b = append(b, c.addr...)
	}
	b = append(b, ']')
	for _, a := range args {
		b = append(b, ' ')
		b = config.AppendQuoted(b, a)
	}
	return append(b, "\r\n"...)
}
