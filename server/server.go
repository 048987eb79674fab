package server

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"clusternode/command"
	"clusternode/config"
	"clusternode/internal/redislog"
	"clusternode/keyspace"
	"clusternode/slots"
)

// Options are what a server is made of.
type Options struct {
	Config *config.Config
	Log    *redislog.Logger
	// Goroutines serves every connection with a goroutine, as on systems
	// without event loops.
	Goroutines bool
}

// Server is one node.
type Server struct {
	// Constant after New.
	cfg         *config.Config
	log         *redislog.Logger
	ks          *keyspace.Keyspace
	env         command.Env
	execSpec    *command.Spec
	unwatchSpec *command.Spec
	loops       []*loop
	pool        *pool
	janitor     *janitor
	bus         *bus // nil without cluster support
	hub         *hub
	start       time.Time
	startMemory int64 // used_memory of the empty node
	runID       string
	goroutines  bool

	lim   limits
	obs   observation
	pause pause

	memory  memoryLimit
	clients clientLimit
	books   clientBooks // of goroutine connections

	// table is the slot table that commands are routed by; nil without
	// cluster support.
	table      atomic.Pointer[slots.Table]
	wallBase   atomic.Int64 // unix ns at s.start, corrected by cron
	port       atomic.Int32
	outBytes   atomic.Int64 // unread replies of all clients
	nextID     atomic.Int64
	byID       clientIDs
	blocked    atomic.Int64 // clients that wait for keys
	blockedFor atomic.Int64 // of them, those that do not wait for ever
	tracking   trackings
	counters   counters
	// subscribers are the connections that listen to channels.
	subscribers atomic.Int64

	page      metricsPage
	rates     rates
	peak      peak                                // of used_memory, as INFO and cron saw it
	houseBase atomic.Pointer[keyspace.HouseStats] // when statistics began anew; nil: never
	watching  atomic.Int64                        // connections with watched keys

	stoppedSet atomic.Bool // CONFIG SET runs with the world stopped

	listenMu  sync.Mutex
	listeners []*listener // guarded by listenMu once the node serves

	streams streamSet
	tasks   sync.WaitGroup // goroutines that end by themselves
	life    life
}

// counters are the node's own; what is counted per command is in the workers.
type counters struct {
	clients           atomic.Int64 // connected now
	accepted          atomic.Int64
	rejected          atomic.Int64
	outputDisconnects atomic.Int64
	queryDisconnects  atomic.Int64
	authFailures      atomic.Int64
}

// New builds a node and opens its sockets. Nothing is served before Start.
func New(o Options) (*Server, error) {
	s := &Server{cfg: o.Config, log: o.Log, start: time.Now(), goroutines: o.Goroutines || !haveLoops}
	s.runID = randomID()
	s.syncClock()
	s.life.init()
	s.pause.hold = s.holdExpiry
	ks, err := keyspace.New(keyspace.Options{Databases: int(s.cfg.Int("databases"))})
	if err != nil {
		return nil, fmt.Errorf("reserving memory: %w", err)
	}
	s.ks = ks
	s.startMemory = ks.Memory().Used()
	if err := s.build(); err != nil {
		s.teardown()
		return nil, err
	}
	return s, nil
}

// build makes what New can still take back.
func (s *Server) build() error {
	table, err := s.commandTable()
	if err != nil {
		return err
	}
	s.env.KS, s.env.Table, s.env.Node = s.ks, table, s
	s.env.Config = configStore{s.cfg, s}
	s.hub = newHub()
	s.env.Topics = topicCosts{s.hub}
	s.env.Events = keyEvents{s}
	if err := s.fitOpenFiles(); err != nil {
		return err
	}
	s.execSpec = table.Lookup([]byte("exec"))
	s.unwatchSpec = table.Lookup([]byte("unwatch"))
	s.bindLimits(s.cfg)
	s.bindObservation(s.cfg)
	s.bindTracking(s.cfg)
	s.pool = newPool(s)
	s.janitor = newJanitor(s.ks)
	if err := s.listen(); err != nil {
		return err
	}
	if err := s.makeLoops(); err != nil {
		return err
	}
	s.applyPort()
	if err := s.openBus(); err != nil {
		return err
	}
	return s.openMetrics()
}

// makeLoops makes the event loops and gives them the listeners.
func (s *Server) makeLoops() error {
	if s.goroutines {
		return nil
	}
	for i := range int(s.cfg.Int("io-threads")) {
		l, err := newLoop(s, i)
		if err != nil {
			return err
		}
		s.loops = append(s.loops, l)
	}
	for _, ln := range s.listeners {
		if err := s.loops[0].listenOn(ln); err != nil {
			return err
		}
	}
	return nil
}

// Start serves.
func (s *Server) Start() {
	s.announce()
	s.ks.Start(keyspace.HousekeepingOptions{Expired: s.housekeepingRemoved, FieldsExpired: s.housekeepingFields, Held: s.slotHeld})
	s.apply(func() error {
		s.ks.SetPace(int(s.cfg.Int("hz")), int(s.cfg.Int("active-expire-effort")))
		return nil
	}, "hz", "active-expire-effort")
	for _, l := range s.loops {
		go l.run()
	}
	if s.goroutines {
		for _, ln := range s.listeners {
			s.tasks.Go(func() { s.acceptStreams(ln) })
		}
	}
	s.life.started.Store(true)
	s.serveMetrics()
	go s.cron()
}

// announce logs what tools wait for.
func (s *Server) announce() {
	s.log.Notice("Server initialized")
	tcp := false
	for _, ln := range s.listeners {
		switch {
		case ln.network == "unix":
			s.log.Notice("The server is now ready to accept connections at %s", ln.path)
		case !tcp:
			tcp = true
			s.log.Notice("Ready to accept connections tcp")
		}
	}
}

// teardown releases everything, in the order opposite to New. No command runs
// any more.
func (s *Server) teardown() {
	s.closeMetrics()
	s.closeBus()
	s.listenMu.Lock()
	for _, ln := range s.listeners {
		ln.Close()
	}
	s.listenMu.Unlock()
	for _, l := range s.loops {
		l.stop()
	}
	s.streams.close()
	s.pause.close()
	s.tasks.Wait()
	if s.janitor != nil {
		s.janitor.stop()
	}
	if s.pool != nil {
		s.pool.close()
	}
	s.ks.Close()
}

// syncClock reads the wall clock: commands compute theirs from the monotonic
// one, which costs less.
func (s *Server) syncClock() {
	s.wallBase.Store(time.Now().UnixNano() - int64(time.Since(s.start)))
}

// The rhythm of the node's and the loops' cron, and of a node without work:
// each wake-up of an idle process costs far more than what it then does, since
// the Go scheduler starts watching again.
const (
	tickEvery = 100 * time.Millisecond
	idleTick  = time.Second
)

// cron does what has to be done now and then.
func (s *Server) cron() {
	next := time.NewTimer(tickEvery)
	defer next.Stop()
	for {
		select {
		case <-next.C:
			s.syncClock()
			s.peak.raise(s.usedMemory())
			s.muteBus()
			if s.sampleRates() {
				next.Reset(tickEvery)
			} else {
				next.Reset(idleTick)
			}
		case <-s.life.stopping:
			return
		}
	}
}

// initConn fills in a new connection.
func (s *Server) initConn(c *conn, tr transport, from *listener, addr, laddr string) {
	c.s, c.tr, c.outlet, c.addr, c.laddr = s, tr, tr.owner(), addr, laddr
	c.weight.books = &s.books
	c.ID = s.nextID.Add(1)
	c.Proto = 2
	c.Owner = c
	c.User = "default"
	c.created = time.Now()
	c.active = int64(time.Since(s.start))
	c.waiter.Wake = func() { c.outlet.post(letter{kind: letterResume, c: c}) }
	if !s.PasswordRequired() {
		c.Flags |= command.ClientAuthenticated
	}
	if from.network == "unix" {
		c.Flags |= command.ClientUnixSocket
	}
	s.byID.add(c)
}

// release forgets a connection that is closed; its owner calls it.
func (s *Server) release(c *conn) {
	s.byID.remove(c)
	s.forgetTracking(c)
	s.ks.CancelWait(&c.waiter)
	s.unweigh(c)
	s.stopWaiting(c)
	if c.parked == parkPause {
		s.pause.forget(c)
	}
	s.dropOut(c)
	c.leaveHub()
	c.in, c.multi = nil, nil
	s.abandonWatches(c)
	s.endMonitor(c)
}

// connOf is the connection that a command came from.
func connOf(x *command.Ctx) *conn { return x.C.Owner.(*conn) }

// workerOf is the worker that runs a command.
func workerOf(x *command.Ctx) *worker { return x.Owner.(*worker) }

func randomID() string {
	const hex = "0123456789abcdef"
	var b [40]byte
	for i := range b {
		b[i] = hex[rand.IntN(16)]
	}
	return string(b[:])
}

// life is the state of the process' end.
type life struct {
	started  atomic.Bool
	stopping chan struct{} // closed when the end begins
	once     sync.Once
	done     chan struct{} // closed when everything is released
}

func (l *life) init() {
	l.stopping = make(chan struct{})
	l.done = make(chan struct{})
}

// Close ends the node in good order and returns when everything is released.
func (s *Server) Close() {
	s.life.once.Do(func() {
		close(s.life.stopping)
		s.teardown()
		close(s.life.done)
	})
	<-s.life.done
}

// Done is closed when the node has ended, by Close or SHUTDOWN.
func (s *Server) Done() <-chan struct{} { return s.life.done }
