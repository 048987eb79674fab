package server

import (
	"sync"
)

// pool hands out workers to goroutines: for offloaded commands and for
// connections that have no loop.
type pool struct {
	s  *Server
	mu sync.Mutex
	// guarded by mu
	free []*worker
	all  []*worker
	// counted sums what the workers counted until they were given back.
	counted   *totals
	published published
	// long bounds how many long commands run at once; waiting ones (Blocks)
	// have their own bound, so that CLUSTER INFO answers during ten LCS.
	long, waiting chan struct{}
}

const (
	maxLong    = 8
	maxWaiting = 64
)

func newPool(s *Server) *pool {
	return &pool{s: s, counted: newTotals(s), long: make(chan struct{}, maxLong), waiting: make(chan struct{}, maxWaiting)}
}

// get borrows a worker and enters its executor.
func (p *pool) get() *worker {
	p.mu.Lock()
	var w *worker
	if n := len(p.free); n > 0 {
		w, p.free = p.free[n-1], p.free[:n-1]
	} else {
		w = p.s.newWorker("pool", nil)
		p.all = append(p.all, w)
	}
	p.mu.Unlock()
	w.x.Enter()
	w.tick()
	return w
}

// put leaves and gives the worker back; what it counted becomes the pool's.
func (p *pool) put(w *worker) {
	w.announce()
	w.x.Leave()
	p.mu.Lock()
	p.counted.add(w)
	p.published.store(&p.counted.workerStats)
	w.resetCounters()
	p.s.obs.pooled.take(w)
	p.free = append(p.free, w)
	p.mu.Unlock()
}

// close unregisters the workers. Nobody uses one any more.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.all {
		w.x.Close()
	}
	p.all, p.free = nil, nil
}

// offload runs the command on a pooled worker; c belongs to that until the
// loop gets the reply.
func (w *worker) offload(c *conn, args [][]byte) {
	own := copyArgs(args)
	w.stats.offloaded++
	c.lastCmd, _ = w.s.env.Table.Resolve(args)
	c.frozen = c.viewRunning(w.s, own)
	c.parked = parkOffload
	w.s.tasks.Go(func() { w.s.pool.run(c, own) })
}

// run executes one offloaded command and sends its owner the reply.
func (p *pool) run(c *conn, args [][]byte) {
	limit := p.long
	if s, _ := p.s.env.Table.Resolve(args); s.Blocks {
		limit = p.waiting
	}
	limit <- struct{}{}
	w := p.get()
	w.w.Buf, w.w.Proto, w.mark = nil, c.Proto, 0
	w.current = c
	for w.execute(c, args) == setAside { // clients are paused
		w.w.Buf = nil
		w.x.Leave()
		p.s.pause.await()
		w.x.Enter()
		w.tick() // waiting is not the command's time
	}
	w.current = nil
	answer := letter{kind: letterBlocked, c: c, wait: w.waits}
	if w.waits == nil {
		w.afterReply(c, 0)
		w.ownPushes()
		answer = letter{kind: letterReplies, c: c, data: w.w.Buf}
	} // else c is whoever's ends the wait
	w.w.Buf, w.waits = nil, nil
	p.put(w)
	<-limit
	c.outlet.post(answer)
}

// copyArgs copies arguments into one block of their own.
func copyArgs(args [][]byte) [][]byte {
	size := 0
	for _, a := range args {
		size += len(a)
	}
	block := make([]byte, 0, size)
	own := make([][]byte, len(args))
	for i, a := range args {
		at := len(block)
		block = append(block, a...)
		own[i] = block[at:len(block):len(block)]
	}
	return own
}
