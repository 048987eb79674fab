package server

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"clusternode/command"
)

// clientView is what CLIENT LIST, CLIENT INFO and log lines show of a
// connection, as it was at one moment.
type clientView struct {
	c *conn // to reach it; its fields belong to its owner

	ID             int64
	Addr, LAddr    string
	Name, User     string
	LibName        string
	LibVer         string
	Flags, Cmd     string
	FD, DB, Proto  int
	Age, Idle      int64 // seconds
	Multi, Watch   int   // queued commands (-1: not in MULTI), watched keys
	QBuf, QBufFree int
	MultiMem, OMem int
	NoEvict        bool
	Created        time.Time
	NetIn, NetOut  int64
	Commands       int64
}

// connBytes is what a connection costs without its buffers, about.
const connBytes = 1 << 10

// view describes the connection; its owner calls it.
func (c *conn) view(s *Server) *clientView {
	now := int64(time.Since(s.start))
	v := &clientView{
		c: c, ID: c.ID, Addr: c.addr, LAddr: c.laddr, Name: c.Name, User: c.User, LibName: c.LibName, LibVer: c.LibVer,
		FD: c.tr.fd(), DB: c.DB, Proto: c.Proto, Created: c.created,
		Age: int64(time.Since(c.created) / time.Second), Idle: (now - c.active) / int64(time.Second),
		Multi: -1, Watch: len(c.watch.keys), QBuf: len(c.in), QBufFree: cap(c.in) - len(c.in),
		MultiMem: c.multiSz, OMem: c.out.size, NoEvict: c.Has(command.ClientNoEvict),
		NetIn: c.netIn, NetOut: c.netOut, Commands: c.commands, Cmd: "NULL", Flags: c.flagLetters(),
	}
	if c.Has(command.ClientMulti) {
		v.Multi = len(c.multi)
	}
	if c.lastCmd != nil {
		v.Cmd = c.lastCmd.FullName()
	}
	return v
}

// flagLetters are the flags as CLIENT LIST prints them.
func (c *conn) flagLetters() string {
	var b strings.Builder
	for _, f := range []struct {
		on     bool
		letter byte
	}{
		{c.Has(command.ClientMonitor), 'O'},
		{c.Has(command.ClientMulti), 'x'},
		{c.parked == parkPause || c.parked == parkBlocked, 'b'},
		{c.watch.w != nil && c.watch.w.Dirty(), 'd'},
		{c.closing || c.Has(command.ClientCloseAfterReply), 'c'},
		{c.Has(command.ClientUnixSocket), 'U'},
		{c.Has(command.ClientReadOnly), 'r'},
		{c.Has(command.ClientNoEvict), 'e'},
		{c.Has(command.ClientNoTouch), 'T'},
	} {
		if f.on {
			b.WriteByte(f.letter)
		}
	}
	if b.Len() == 0 {
		return "N"
	}
	return b.String()
}

// TotalMem is what the connection costs, in bytes.
func (v *clientView) TotalMem() int {
	return connBytes + v.QBuf + v.QBufFree + v.MultiMem + v.OMem
}

// String is the connection's line of CLIENT LIST, without line end.
func (v *clientView) String() string {
	events := "r"
	if v.OMem > 0 {
		events = "rw"
	}
	return fmt.Sprintf("id=%d addr=%s laddr=%s fd=%d name=%s age=%d idle=%d flags=%s db=%d sub=0 psub=0 ssub=0 multi=%d "+
		"qbuf=%d qbuf-free=%d argv-mem=0 multi-mem=%d rbs=0 rbp=0 obl=0 oll=0 omem=%d tot-mem=%d events=%s cmd=%s user=%s redir=-1 resp=%d lib-name=%s lib-ver=%s",
		v.ID, v.Addr, v.LAddr, v.FD, v.Name, v.Age, v.Idle, v.Flags, v.DB, v.Multi,
		v.QBuf, v.QBufFree, v.MultiMem, v.OMem, v.TotalMem(), events, v.Cmd, v.User, v.Proto, v.LibName, v.LibVer)
}

// views describes all connections, oldest first. The caller is a pooled worker
// outside the gate, or holds it. self is the connection that asks.
func (s *Server) views(w *worker, self *conn) []*clientView {
	var out []*clientView
	collect := func(c *conn) {
		if c.frozen != nil {
			out = append(out, c.frozen)
			return
		}
		out = append(out, c.view(s))
	}
	for _, l := range s.loops {
		s.onLoop(w, l, func() { l.each(collect) })
	}
	for _, k := range s.streams.list() {
		if &k.conn == self {
			collect(self)
			continue
		}
		k.whenIdle(w.inGate, collect)
	}
	slices.SortFunc(out, func(a, b *clientView) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// onLoop runs f on the loop's thread and waits for it; with the world stopped
// it runs here. w is nil if nobody's command asks.
func (s *Server) onLoop(w *worker, l *loop, f func()) {
	if w.stopped() {
		f()
		return
	}
	done := make(chan struct{})
	l.post(letter{kind: letterCall, call: func() { f(); close(done) }})
	select {
	case <-done:
	case <-l.exited:
	}
}
