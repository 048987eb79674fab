package server

import "sync/atomic"

// peak is the greatest value seen.
type peak struct{ atomic.Int64 }

func (p *peak) raise(n int64) {
	for old := p.Load(); n > old && !p.CompareAndSwap(old, n); old = p.Load() {
	}
}
