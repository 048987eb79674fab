package keyspace

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// gate stops the world. Executors announce themselves in cells of their own,
// so that entering costs no shared cache line; whoever wants the world for
// itself raises pending and waits until every cell is out.
//
// The two sides cannot miss each other: an executor stores its cell and then
// reads pending, the gate stores pending and then reads the cells, and Go's
// atomics are sequentially consistent.
type gate struct {
	pending atomic.Bool
	_       [63]byte

	world sync.Mutex    // held by the one who has, or is waiting for, the world
	left  chan struct{} // an executor left while pending; capacity 1

	mu    sync.Mutex // guards what follows, and the lowering of pending
	open  *sync.Cond
	cells []*Executor // replaced, never changed in place
}

func (g *gate) init() {
	g.left = make(chan struct{}, 1)
	g.open = sync.NewCond(&g.mu)
}

// Executor is somebody who executes against the keyspace: an event loop, a
// worker, housekeeping. Its methods belong to one goroutine at a time.
type Executor struct {
	in atomic.Bool // the gate cell
	_  [63]byte
	g  *gate
	ks *Keyspace

	name string
	// How it sleeps for a slot, see LockSlot.
	waiter Waiter
	turn   chan struct{}
	_      [40]byte
}

// NewExecutor registers an executor; Close takes it out again.
func (ks *Keyspace) NewExecutor(name string) *Executor {
	x := &Executor{g: &ks.gate, ks: ks, name: name, turn: make(chan struct{}, 1)}
	x.waiter.Wake = func() {
		select {
		case x.turn <- struct{}{}:
		default: // it knows already
		}
	}
	g := x.g
	g.mu.Lock()
	defer g.mu.Unlock()
	g.cells = append(slices.Clone(g.cells), x)
	return x
}

// Name is what the executor was registered as.
func (x *Executor) Name() string { return x.name }

// Close takes the executor out. It must have left.
func (x *Executor) Close() {
	g := x.g
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.cells, x)
	if i >= 0 {
		g.cells = slices.Delete(slices.Clone(g.cells), i, i+1)
	}
}

// Enter begins work on the keyspace; it waits while the gate is raised.
func (x *Executor) Enter() {
	x.in.Store(true)
	if x.g.pending.Load() {
		x.enterSlow()
	}
}

func (x *Executor) enterSlow() {
	for g := x.g; g.pending.Load(); {
		x.Leave()
		g.mu.Lock()
		for g.pending.Load() {
			g.open.Wait()
		}
		g.mu.Unlock()
		x.in.Store(true)
	}
}

// Leave ends what Enter began. No slot may be locked.
func (x *Executor) Leave() {
	x.in.Store(false)
	if x.g.pending.Load() {
		select {
		case x.g.left <- struct{}{}:
		default:
		}
	}
}

// Yield lets a pending gate through; called entered, between two commands. It
// costs a load when nobody waits.
func (x *Executor) Yield() {
	if x.g.pending.Load() {
		x.Leave()
		x.enterSlowly()
	}
}

//go:noinline
func (x *Executor) enterSlowly() { x.Enter() }

// Exclusive runs f with the world stopped. The executor may be entered or not,
// and is so again afterwards; it must hold no slot lock. f needs none.
func (x *Executor) Exclusive(f func()) {
	if x.in.Load() {
		x.Leave()
		defer x.Enter()
	}
	x.g.run(f)
}

// Gate is Exclusive for a goroutine that is no executor.
func (ks *Keyspace) Gate(f func()) { ks.gate.run(f) }

// GatePending reports whether somebody waits for, or has, the world.
func (ks *Keyspace) GatePending() bool { return ks.gate.pending.Load() }

func (g *gate) run(f func()) {
	g.world.Lock()
	defer g.world.Unlock()
	g.pending.Store(true)
	defer func() {
		g.mu.Lock()
		g.pending.Store(false)
		g.mu.Unlock()
		g.open.Broadcast()
	}()
	g.mu.Lock()
	cells := g.cells // one that comes later sees pending in Enter
	g.mu.Unlock()
	for _, x := range cells {
		for spin := 0; x.in.Load(); spin++ {
			if spin < 20 {
				runtime.Gosched()
				continue
			}
			<-g.left // every leaver signals while pending is set
		}
	}
	f()
}
