package arena

import (
	"errors"
	"sync"
	"sync/atomic"
	"unsafe"
)

// ErrFull is returned when the system has no more memory to give, or the pool
// is at its limit.
var ErrFull = errors.New("arena: out of memory")

const (
	granule      = 4 << 10
	chunkBytes   = 4 << 20
	chunkGrains  = chunkBytes / granule
	pageGrains   = pageBytes / granule
	maxRunGrains = 512      // longer blocks are mappings of their own
	deadLimit    = 64 << 20 // of free mappings; Trim takes the rest
)

func granules(size int) int { return (size + granule - 1) / granule }

// PoolOptions configure a Pool.
type PoolOptions struct {
	// Limit is the most bytes that may be in use at once; 0 is no limit.
	Limit int64
	// Poison fills freed blocks and checks them when they are handed out
	// again: for tests.
	Poison bool
}

// Pool is where arenas get their pages and large blocks. It may be used by
// many arenas at once.
type Pool struct {
	limit   int64
	poison  bool
	summing atomic.Bool // see counting.go
	sum     counter

	mu       sync.Mutex
	zones    []zone
	chunks   []*chunk // all that were opened
	idle     *chunk   // of no kind: wholly free
	lists    [2]chunkLists
	dead     []mapping // of their own, free, not unmapped yet
	deadSize int64     // bytes of those
	own      map[unsafe.Pointer]int
	sweep    int // where Trim goes on, index into chunks
	closed   bool

	stats PoolStats
}

// PoolStats are bytes.
type PoolStats struct {
	Used     int64 // pages, runs and mappings handed out
	Spare    int64 // free but still backed by memory
	Opened   int64 // chunks and mappings that may be written
	Reserved int64 // address space
}

type mapping struct {
	p    unsafe.Pointer
	size int
}

// NewPool makes a pool; it takes no memory yet.
func NewPool(o PoolOptions) *Pool {
	return &Pool{limit: o.Limit, poison: o.Poison, own: make(map[unsafe.Pointer]int)}
}

// Stats returns the sums as of now.
func (p *Pool) Stats() PoolStats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stats
}

// Close gives everything back, whoever still uses it.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, z := range p.zones {
		unmap(z.base, z.size)
	}
	for at, size := range p.own {
		unmap(at, size)
	}
	for _, m := range p.dead {
		unmap(m.p, m.size)
	}
	p.zones, p.chunks, p.own, p.dead, p.idle = nil, nil, nil, nil, nil
	p.lists = [2]chunkLists{}
	p.stats, p.closed = PoolStats{}, true
}

// span is a run or a mapping: what a page or a large block lies in.
type span struct {
	p     unsafe.Pointer
	chunk *chunk // nil: a mapping of its own
}

// page takes a page.
func (p *Pool) page() (span, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.run(pageGrains, kindPages)
}

// large takes room for a large block of n granules. That above maxRunGrains is
// fresh from the system, so all zero.
func (p *Pool) large(n int) (span, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n <= maxRunGrains {
		return p.run(n, kindRuns)
	}
	size := n * granule
	if p.closed || p.overLimit(size) {
		return span{}, ErrFull
	}
	at, err := mapOwn(size)
	if err != nil {
		return span{}, ErrFull
	}
	p.own[at] = size
	p.stats.Used += int64(size)
	p.stats.Opened += int64(size)
	p.stats.Reserved += int64(size)
	return span{p: at}, nil
}

func (p *Pool) overLimit(size int) bool {
	return p.limit > 0 && p.stats.Used+int64(size) > p.limit
}

// run takes n granules from a chunk of the given kind.
func (p *Pool) run(n, kind int) (span, error) {
	if p.closed || p.overLimit(n*granule) {
		return span{}, ErrFull
	}
	c := p.lists[kind].find(n)
	if c == nil {
		if c = p.newChunk(); c == nil {
			return span{}, ErrFull
		}
		c.kind = kind
		p.lists[kind].add(c)
	}
	at := c.findRun(n)
	spare := c.take(at, n)
	p.lists[kind].update(c)
	p.stats.Used += int64(n) * granule
	p.stats.Spare -= int64(spare) * granule
	return span{unsafe.Add(c.base, at*granule), c}, nil
}

// free takes a span of n granules back.
func (p *Pool) free(s span, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	size := int64(n) * granule
	p.stats.Used -= size
	if s.chunk == nil {
		delete(p.own, s.p)
		p.dead = append(p.dead, mapping{s.p, int(size)})
		p.deadSize += size
		p.stats.Spare += size
		p.unmapDead(deadLimit)
		return
	}
	c := s.chunk
	c.give(int(uintptr(s.p)-uintptr(c.base))/granule, n)
	p.stats.Spare += size
	p.settle(c)
}

// settle puts a chunk that granules came back to where it belongs.
func (p *Pool) settle(c *chunk) {
	if c.free == chunkGrains {
		p.lists[c.kind].remove(c)
		c.kind, c.next, p.idle = kindIdle, p.idle, c
		return
	}
	p.lists[c.kind].update(c)
}

// unmapDead gives free mappings back, the oldest first, until no more than keep
// bytes are left. The lock is not held during system calls.
func (p *Pool) unmapDead(keep int64) {
	for len(p.dead) > 0 && p.deadSize > keep {
		m := p.dead[0]
		p.dead = p.dead[1:]
		p.deadSize -= int64(m.size)
		p.mu.Unlock()
		unmap(m.p, m.size)
		p.mu.Lock()
		if p.closed {
			return
		}
		p.stats.Spare -= int64(m.size)
		p.stats.Opened -= int64(m.size)
		p.stats.Reserved -= int64(m.size)
	}
}

// newChunk finds a wholly free chunk or opens one.
func (p *Pool) newChunk() *chunk {
	if c := p.idle; c != nil {
		p.idle = c.next
		c.next = nil
		return c
	}
	z := p.zoneWithRoom()
	if z == nil {
		return nil
	}
	base := unsafe.Add(z.base, z.opened)
	if open(base, chunkBytes) != nil {
		return nil
	}
	z.opened += chunkBytes
	p.stats.Opened += chunkBytes
	c := &chunk{base: base, free: chunkGrains, longest: chunkGrains}
	p.chunks = append(p.chunks, c)
	return c
}
