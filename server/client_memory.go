package server

import (
	"math/bits"
	"sync"
	"sync/atomic"
	"unsafe"

	"clusternode/command"
	"clusternode/config"
)

// What connections cost is kept as a sum per loop, one for all goroutine
// connections, and brought up to date whenever a connection is settled.
// maxmemory-clients closes the largest connections when the sum is above it; to
// find them without a look at all, they are kept in classes by size, as Redis
// does.

// clientBooks is the sum of one loop. Its owner adds, anybody reads.
type clientBooks struct {
	bytes atomic.Int64
	_     [56]byte
}

// weight is what a connection counts for in its books.
type weight struct {
	books *clientBooks
	bytes atomic.Int64 // its owner writes
	class atomic.Int32 // size class it is in, 0 none; changed under clientLimit.mu
	// leaving is what it weighed when it was evicted; 0: it was not. It is set
	// under clientLimit.mu.
	leaving atomic.Int64
}

// sizeClasses of connections: the first ends at 32 KiB, each other one at twice
// the one before. Source: CLIENT_MEM_USAGE_BUCKETS of Redis 7.2.
const (
	sizeClasses     = 19
	firstClassBits  = 15
	leastClientsMax = 128 << 10 // with less nobody could talk to the node
)

// clientLimit is maxmemory-clients.
type clientLimit struct {
	bytes   atomic.Int64 // 0: none
	leaving atomic.Int64 // of connections that are evicted and not closed yet
	evicted atomic.Int64 // how many ever

	mu      sync.Mutex
	classes [sizeClasses + 1]map[*conn]struct{} // guarded by mu
}

func sizeClassOf(n int64) int32 {
	return int32(min(max(bits.Len64(uint64(n))-firstClassBits, 0)+1, sizeClasses))
}

// bindClientLimit connects it with its directives.
func (s *Server) bindClientLimit(c *config.Config) {
	s.apply(func() error {
		limit := c.Int("maxmemory-clients")
		if limit < 0 { // percent
			limit = int64(float64(c.Int("maxmemory")) * float64(-limit) / 100)
		}
		if limit > 0 {
			limit = max(limit, leastClientsMax)
		}
		was := s.clients.bytes.Swap(limit)
		if limit != was && s.life.started.Load() {
			s.weighAll()
		}
		return nil
	}, "maxmemory-clients", "maxmemory")
}

// weighAll lets every owner look at its connections.
func (s *Server) weighAll() {
	for _, l := range s.loops {
		l.post(letter{kind: letterCall, call: func() { l.each(func(c *conn) { l.worker().weigh(c) }) }})
	}
	for _, k := range s.streams.list() {
		s.tasks.Go(func() { k.drive(func(w *worker) { w.weigh(&k.conn) }) })
	}
}

// clientMemory is the bytes of all connections.
func (s *Server) clientMemory() int64 {
	n := s.books.bytes.Load()
	for _, l := range s.loops {
		n += l.books.bytes.Load()
	}
	return n
}

// memory is what the connection costs, bytes.
func (c *conn) memory() int64 {
	if c.frozen != nil { // it belongs to a pooled worker
		return int64(c.frozen.TotalMem())
	}
	n := connBytes + cap(c.in) + c.multiSz + c.out.size + len(c.later)
	if b := c.block.Load(); b != nil {
		n += lengthOf(b.args)
	}
	return int64(n + c.subscriptionMemory() + c.track.memory() + c.namesMemory())
}

// watchedBytes is what a watched key costs beside its name, about: itself, and a
// place in the lists of its partition.
const watchedBytes = int(unsafe.Sizeof(watchedKey{})) + 96

// namesMemory is the bytes of the connection's names and watched keys.
func (c *conn) namesMemory() int {
	n := len(c.Name) + len(c.LibName) + len(c.LibVer)
	for i := range c.watch.keys {
		n += watchedBytes + 2*len(c.watch.keys[i].name)
	}
	return n
}

// sparedEviction reports whether CLIENT NO-EVICT protects it.
func (c *conn) sparedEviction() bool {
	if c.frozen != nil {
		return c.frozen.NoEvict
	}
	return c.Has(command.ClientNoEvict)
}

// weigh brings the books up to date. The connection's owner calls it.
func (w *worker) weigh(c *conn) {
	if c.closed {
		return
	}
	n := c.memory()
	if d := n - c.weight.bytes.Load(); d != 0 {
		c.weight.bytes.Store(n)
		c.weight.books.bytes.Add(d)
	}
	if limit := w.s.clients.bytes.Load(); limit > 0 || c.weight.class.Load() != 0 {
		w.s.clients.rank(c, limit > 0 && !c.closing && !c.sparedEviction())
		w.s.evictClients(limit)
	}
}

// unweigh takes a connection that is closed out of the books.
func (s *Server) unweigh(c *conn) {
	s.clients.rank(c, false)
	c.weight.books.bytes.Add(-c.weight.bytes.Swap(0))
	s.clients.leaving.Add(-c.weight.leaving.Swap(0))
}

// rank moves the connection to the class of its size, or out of all.
func (l *clientLimit) rank(c *conn, in bool) {
	class := int32(0)
	if in {
		class = sizeClassOf(c.weight.bytes.Load())
	}
	if class == c.weight.class.Load() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.weight.leaving.Load() == 0 {
		l.moveLocked(c, class)
	}
}

func (l *clientLimit) moveLocked(c *conn, class int32) {
	if was := c.weight.class.Swap(class); was != 0 {
		delete(l.classes[was], c)
	}
	if class != 0 {
		if l.classes[class] == nil {
			l.classes[class] = make(map[*conn]struct{})
		}
		l.classes[class][c] = struct{}{}
	}
}

// evictClients closes connections, the largest first, until the rest is within
// the limit.
func (s *Server) evictClients(limit int64) {
	l := &s.clients
	if limit <= 0 || s.clientMemory()-l.leaving.Load() <= limit {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for class := sizeClasses; class > 0 && s.clientMemory()-l.leaving.Load() > limit; class-- {
		for c := range l.classes[class] {
			l.moveLocked(c, 0)
			n := c.weight.bytes.Load()
			c.weight.leaving.Store(n)
			l.leaving.Add(n)
			l.evicted.Add(1)
			c.outlet.post(letter{kind: letterEvict, c: c})
			if s.clientMemory()-l.leaving.Load() <= limit {
				return
			}
		}
	}
}

// evictClient closes a connection for its size; its owner calls it.
func (w *worker) evictClient(c *conn) {
	w.s.log.Notice("Evicting client: %s", c.view(w.s).String())
	w.hangUp(c)
}
