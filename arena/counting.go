package arena

import "sync/atomic"

// counter is a number that many change at once, on a cache line of its own.
type counter struct {
	_ [64]byte
	atomic.Int64
	_ [56]byte
}

// A pool can keep the sum of the live bytes of its arenas, for those who have to
// know it before every write. It costs an atomic addition per block, so it is
// kept only once somebody has asked for it.

// KeepSum makes arenas that are made from now on take part in the sum, and Sum
// valid once KeepSum was called for those that exist.
func (p *Pool) KeepSum() { p.summing.Store(true) }

// Summing reports whether KeepSum was called.
func (p *Pool) Summing() bool { return p.summing.Load() }

// Sum is the bytes of the live blocks of all arenas that take part.
func (p *Pool) Sum() int64 { return p.sum.Load() }

// KeepSum makes the arena take part in its pool's sum, unless it was retired.
func (a *Arena) KeepSum() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.summed && !a.retired {
		a.summed = true
		a.pool.sum.Add(a.used[Entry] + a.used[Table])
	}
}

// Retire takes what is left in the arena out of the sum: nobody can reach it any
// more, and it is on its way back.
func (a *Arena) Retire() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.summed {
		a.pool.sum.Add(-a.used[Entry] - a.used[Table])
	}
	a.summed, a.retired = false, true
}

// count keeps the books of live bytes; the arena's lock is held.
func (a *Arena) count(kind Kind, n int64) {
	a.add(&a.used[kind], n)
	if a.summed {
		a.pool.sum.Add(n)
	}
}
