package server

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"clusternode/command"
	"clusternode/pubsub"
)

// clientView is what CLIENT LIST, CLIENT INFO and log lines show of a
// connection, as it was at one moment. Making one allocates nothing.
type clientView struct {
	c    *conn         // to reach it; its fields belong to its owner
	spec *command.Spec // the last command; nil: none

	ID             int64
	Addr, LAddr    string
	Name, User     string
	LibName        string
	LibVer         string
	FD, DB, Proto  int
	Redir          int64  // who gets the tracking messages; 0: itself, -1: it does not track
	Subscribed     bool   // listens to channels
	Multi, Watch   int    // queued commands (-1: not in MULTI), watched keys
	SubMem         int    // bytes of what it listens to and watches, and of its names
	Sub            [3]int // channels, patterns and shard channels it listens to
	QBuf, QBufFree int    // bytes
	ArgvMem        int    // bytes of the arguments of the command that runs or waits
	MultiMem, OMem int    // bytes
	OLL            int    // pieces of the unsent replies
	NoEvict        bool
	reads, writes  bool // what it waits for from its socket
	Created        time.Time
	active         int64 // last input, ns since the server's start
	NetIn, NetOut  int64
	Commands       int64
	letters        [maxLetters]byte // flags; NUL: no more
}

// connBytes is what a connection costs without its buffers, about.
const connBytes = 1 << 10

// view describes the connection; its owner calls it.
func (c *conn) view(s *Server) *clientView {
	v := new(clientView)
	c.look(v)
	return v
}

// viewRunning is view of a connection whose command begins to run.
func (c *conn) viewRunning(s *Server, args [][]byte) *clientView {
	v := c.view(s)
	v.ArgvMem = lengthOf(args)
	return v
}

// look fills in the view; the connection's owner calls it.
func (c *conn) look(v *clientView) {
	*v = clientView{
		c: c, spec: c.lastCmd, ID: c.ID, Addr: c.addr, LAddr: c.laddr, Name: c.Name, User: c.User, LibName: c.LibName, LibVer: c.LibVer,
		FD: c.tr.fd(), DB: c.DB, Proto: c.Proto, Created: c.created, active: c.active,
		Redir: c.redirect(), Subscribed: c.Has(command.ClientPubSub), SubMem: c.track.memory() + c.namesMemory(),
		Multi: -1, Watch: len(c.watch.keys), QBuf: len(c.in), QBufFree: cap(c.in) - len(c.in),
		MultiMem: c.multiSz, OMem: c.out.size + len(c.later), OLL: len(c.out.chunks), NoEvict: c.Has(command.ClientNoEvict),
		NetIn: c.netIn, NetOut: c.netOut, Commands: c.commands,
		reads: !c.readPaused, writes: c.out.size > 0,
	}
	c.flagLetters(v.letters[:0])
	if c.Has(command.ClientMulti) {
		v.Multi = len(c.multi)
	}
	if c.subs != nil {
		v.SubMem += c.subscriptionMemory()
		v.Sub = [3]int{c.subs.Count(pubsub.Channel), c.subs.Count(pubsub.Pattern), c.subs.Count(pubsub.Shard)}
	}
	if b := c.block.Load(); b != nil {
		v.ArgvMem = lengthOf(b.args)
	}
}

func lengthOf(args [][]byte) (n int) {
	for _, a := range args {
		n += len(a)
	}
	return n
}

const maxLetters = 16

// flagLetters appends the flags as CLIENT LIST prints them.
func (c *conn) flagLetters(to []byte) []byte {
	tracking := c.track.mode()
	for _, f := range [...]struct {
		on     bool
		letter byte
	}{
		{c.Has(command.ClientMonitor), 'O'},
		{c.Has(command.ClientPubSub) && c.subs.Total() > 0, 'P'},
		{c.Has(command.ClientMulti), 'x'},
		{c.parked == parkPause || c.parked == parkBlocked, 'b'},
		{tracking&command.TrackingOn != 0, 't'},
		{tracking&command.TrackingBroken != 0, 'R'},
		{tracking&command.TrackingBcast != 0, 'B'},
		{c.watch.w != nil && c.watch.w.Dirty(), 'd'},
		{c.closing || c.Has(command.ClientCloseAfterReply), 'c'},
		{c.Has(command.ClientUnixSocket), 'U'},
		{c.Has(command.ClientReadOnly), 'r'},
		{c.Has(command.ClientNoEvict), 'e'},
		{c.Has(command.ClientNoTouch), 'T'},
	} {
		if f.on {
			to = append(to, f.letter)
		}
	}
	if len(to) == 0 {
		return append(to, 'N')
	}
	return to
}

// TotalMem is what the connection costs, in bytes.
func (v *clientView) TotalMem() int {
	return connBytes + v.QBuf + v.QBufFree + v.ArgvMem + v.MultiMem + v.OMem + v.SubMem
}

// String is the connection's line of CLIENT LIST, without line end.
func (v *clientView) String() string {
	now := time.Now()
	age := int64(now.Sub(v.Created) / time.Second)
	idle := (int64(now.Sub(v.c.s.start)) - v.active) / int64(time.Second)
	events, last := "", "NULL"
	if v.reads {
		events += "r"
	}
	if v.writes {
		events += "w"
	}
	if v.spec != nil {
		last = v.spec.FullName()
	}
	flags := v.letters[:]
	if end := slices.Index(flags, 0); end >= 0 {
		flags = flags[:end]
	}
	return fmt.Sprintf("id=%d addr=%s laddr=%s fd=%d name=%s age=%d idle=%d flags=%s db=%d sub=%d psub=%d ssub=%d multi=%d "+
		"qbuf=%d qbuf-free=%d argv-mem=%d multi-mem=%d rbs=0 rbp=0 obl=0 oll=%d omem=%d tot-mem=%d events=%s cmd=%s user=%s redir=%d resp=%d lib-name=%s lib-ver=%s",
		v.ID, v.Addr, v.LAddr, v.FD, v.Name, age, idle, flags, v.DB, v.Sub[0], v.Sub[1], v.Sub[2], v.Multi,
		v.QBuf, v.QBufFree, v.ArgvMem, v.MultiMem, v.OLL, v.OMem, v.TotalMem(), events, last, v.User, v.Redir, v.Proto, v.LibName, v.LibVer)
}

// viewSlice is how many connections a loop describes before it goes on with its
// work: some hundred microseconds' worth.
const viewSlice = 250

// views describes all connections, oldest first. The caller is a pooled worker
// outside the gate, or holds it. self is the connection that asks.
func (s *Server) views(w *worker, self *conn) []*clientView {
	var out []*clientView
	add := func(v *clientView) {
		if !v.c.killed.Load() {
			out = append(out, v)
		}
	}
	collect := func(c *conn) {
		if c.frozen != nil {
			add(c.frozen)
			return
		}
		add(c.view(s))
	}
	for _, l := range s.loops {
		for at := 0; at >= 0; {
			next := -1 // if the loop ends meanwhile
			s.onLoop(w, l, func() { next = l.slice(at, viewSlice, collect) })
			at = next
		}
	}
	for _, k := range s.streams.list() {
		if &k.conn == self {
			collect(self)
			continue
		}
		k.peek(collect, add)
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
