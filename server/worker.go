package server

import (
	"math/rand/v2"
	"time"

	"clusternode/command"
	"clusternode/keyspace"
	"clusternode/resp"
	"clusternode/slots"
	"clusternode/tracking"
)

// worker runs commands. See the package comment for who owns it.
type worker struct {
	s  *Server
	x  *keyspace.Executor
	l  *loop // the loop that owns it, nil for a pooled one
	w  resp.Writer
	cx command.Ctx

	keyStats  command.Stats
	stats     workerStats
	published published
	thread    threadTime // of its loop, when somebody asked last
	recent    recentPeaks
	perCmd    []cmdStats // by Spec.ID
	times     commandTimes

	changes tracking.Changes // for clients that hear about prefixes, see tracking.go
	sending bool             // sendChanges will be called

	current *conn    // whose commands it runs
	own     []byte   // messages for that client, behind the reply under way
	ownLast []byte   // invalidations for it, behind those
	knocks  []outlet // whose mailboxes have letters that nobody was woken for
	outer   underWay
	under   *underWay // the command that made ready what it tries again now
	mark    int       // where the reply of the command under way begins in w.Buf
	waits   *blocking // of a pooled worker: its command waits for keys now
	// deferred are waiting clients to serve once the locks were given back.
	deferred []*blocking

	chunks [][][]byte // of clients that have read all, for what the next get

	args  [][]byte // scratch of the parser
	batch batch    // scratch of process
	// interested: other nodes know what the command under way will listen to.
	interested bool
	// toldBus: something was published to other nodes since flushBus.
	toldBus bool
	// crowding: the command published more than subscribers take.
	crowding bool
	slots    []slots.Slot // scratch: the slots to lock, ascending
	last     int64        // clock reading that ended the last command, ns since s.start
	inGate   bool         // the world is stopped for this worker
	// Until then there is room under that limit: see makeRoom.
	roomUntil, roomLimit int64
	oom                  bool              // maxmemory was exceeded when the command began
	evictor              *keyspace.Evictor // nil until first needed
	locker               keyspace.Locker   // of a pooled worker, which may sleep for a slot
}

// workerStats are counters of one worker.
type workerStats struct {
	commands    int64
	netIn       int64 // bytes read from clients
	netOut      int64 // bytes queued to clients
	reads       int64 // pieces of input that came
	writes      int64 // attempts to send
	errors      map[string]int64
	errorsTotal int64
	parked      int64 // commands set aside because their slot was locked
	offloaded   int64 // commands that ran away from their loop
	evicted     int64 // keys
	cycles      int64 // rounds of a loop
	cycleNanos  int64 // what they took, without the waits between them
	errorsOver  bool  // there were more prefixes than maxErrorPrefixes
}

// cmdStats is one line of INFO commandstats.
type cmdStats struct {
	calls, nanos     int64
	rejected, failed int64
}

// maxErrorPrefixes bounds errorstats: nobody may grow it without limit by
// making up error names.
const maxErrorPrefixes = 128

func (s *Server) newWorker(name string, l *loop) *worker {
	w := &worker{s: s, x: s.ks.NewExecutor(name), l: l}
	w.perCmd = make([]cmdStats, s.env.Table.Len())
	w.times = newCommandTimes(s.env.Table)
	w.stats.errors = make(map[string]int64)
	w.cx = command.Ctx{
		W: &w.w, Env: &s.env, KS: s.ks, Stats: &w.keyStats,
		Rand: rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())),
	}
	w.cx.Owner = w
	if l == nil {
		w.locker = w.x.SlotLocker()
	}
	return w
}

// tick reads the clock: the end of one command is the start of the next.
func (w *worker) tick() int64 {
	w.last = int64(time.Since(w.s.start))
	return w.last
}

// unixMillis is the wall clock at the last tick.
func (w *worker) unixMillis() int64 {
	return (w.s.wallBase.Load() + w.last) / int64(time.Millisecond)
}

// countError adds an error reply to errorstats by its first word.
func (w *worker) countError(text string) {
	w.stats.errorsTotal++
	prefix := text
	for i := range len(text) {
		if text[i] == ' ' {
			prefix = text[:i]
			break
		}
	}
	if _, known := w.stats.errors[prefix]; !known && len(w.stats.errors) >= maxErrorPrefixes {
		w.stats.errorsOver = true
		return
	}
	w.stats.errors[prefix]++
}

// stopped reports whether the world is stopped for this worker; there may be
// none.
func (w *worker) stopped() bool { return w != nil && w.inGate }

// exclusive runs f with the world stopped.
func (w *worker) exclusive(f func()) {
	if w.inGate {
		f()
		return
	}
	w.x.Exclusive(func() {
		w.inGate = true
		w.tick() // the way into the gate is not the command's time
		defer func() { w.inGate = false }()
		f()
	})
}

// lock takes the locks of w.slots. A loop never sleeps for one: it reports
// false, and the waiter resumes the connection. A pooled worker leaves the
// keyspace while it waits.
func (w *worker) lock(c *conn) bool {
	ks := w.s.ks
	if w.l != nil {
		switch len(w.slots) {
		case 0:
			return true
		case 1:
			return ks.LockOrWait(w.slots[0], &c.waiter)
		}
		return ks.LockManyOrWait(w.slots, &c.waiter)
	}
	w.x.LockSlots(w.slots)
	return true
}

// unlock gives back what lock took.
func (w *worker) unlock() {
	switch len(w.slots) {
	case 0:
	case 1:
		w.s.ks.Unlock(w.slots[0])
	default:
		w.s.ks.UnlockMany(w.slots)
	}
}
