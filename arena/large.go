package arena

import (
	"sync/atomic"
	"unsafe"
)

// Zeroed reports whether a new block of size bytes is all zero: it is a
// mapping fresh from the system.
func Zeroed(size int) bool { return granules(size) > maxRunGrains }

func (a *Arena) allocLarge(size int, kind Kind) (Ref, unsafe.Pointer, error) {
	n := granules(size)
	if n > 1<<31 {
		return 0, nil, ErrFull
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	i, err := a.index()
	if err != nil {
		return 0, nil, err
	}
	s, err := a.pool.large(n)
	if err != nil {
		a.dropIndex(i)
		return 0, nil, err
	}
	a.pages[i] = page{class: largeClass, live: 1, next: uint32(n)}
	a.addrs[i], a.chunks[i] = s.p, s.chunk
	a.add(&a.held, int64(n)*granule)
	a.count(kind, int64(n)*granule)
	return Ref(i << unitBits), s.p, nil
}

func (a *Arena) freeLarge(i uint32, kind Kind) int {
	n := int(a.pages[i].next)
	a.add(&a.held, -int64(n)*granule)
	a.count(kind, -int64(n)*granule)
	if a.pool.poison {
		fillPoison(a.addrs[i], min(n*granule, 4*pageBytes))
	}
	a.pool.free(span{a.addrs[i], a.chunks[i]}, n)
	a.dropIndex(i)
	return n * granule
}

// Stats are bytes.
type Stats struct {
	Entries, Tables int64 // of live blocks
	Held            int64 // pages and large blocks
}

// Stats returns the sums as of now. It takes no lock.
func (a *Arena) Stats() Stats {
	return Stats{Entries: atomic.LoadInt64(&a.used[Entry]), Tables: atomic.LoadInt64(&a.used[Table]), Held: atomic.LoadInt64(&a.held)}
}

// Release gives all pages and large blocks back to the pool, step by step so
// that the pool stays usable. Nobody may use the arena or its blocks any more.
func (a *Arena) Release() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, p := range a.addrs {
		if p == nil {
			continue
		}
		n := pageGrains
		if a.pages[i].class == largeClass {
			n = int(a.pages[i].next)
		}
		if a.pool.poison {
			fillPoison(p, n*granule)
		}
		a.pool.free(span{p, a.chunks[i]}, n)
		a.addrs[i] = nil
	}
	a.add(&a.held, -a.held)
	a.count(Entry, -a.used[Entry])
	a.count(Table, -a.used[Table])
	a.pages, a.chunks, a.addrs, a.idle = nil, nil, nil, 0
	a.classes = [numClasses]class{}
	a.leaving = nil
}
