package arena

import "unsafe"

// trimRun is the longest run given back with one system call: 64 granules take
// the kernel some tens of microseconds.
const trimRun = 64

// Trim gives spare memory back to the system until no more than keep bytes are
// spare or budget bytes were given back, and returns how many were. The lock
// is not held during system calls: the run counts as used meanwhile.
func (p *Pool) Trim(keep, budget int64) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	was := p.stats.Spare
	p.unmapDead(0)
	for barren := 0; barren < len(p.chunks) && p.stats.Spare > keep && was-p.stats.Spare < budget; {
		if p.sweep >= len(p.chunks) {
			p.sweep = 0
		}
		c := p.chunks[p.sweep]
		at := c.dirty.next(0, true)
		if at == chunkGrains {
			p.sweep++
			barren++
			continue
		}
		barren = 0
		p.giveBack(c, at, min(c.dirty.next(at, false)-at, trimRun))
	}
	return was - p.stats.Spare
}

// giveBack takes a spare run out of circulation, gives its memory back, and
// returns it clean.
func (p *Pool) giveBack(c *chunk, at, n int) {
	if c.kind == kindIdle {
		purge(unsafe.Add(c.base, at*granule), n*granule) // nobody else can want a part of it
	} else {
		c.take(at, n)
		p.lists[c.kind].update(c)
		p.mu.Unlock()
		purge(unsafe.Add(c.base, at*granule), n*granule)
		p.mu.Lock()
		if p.closed {
			return
		}
		c.give(at, n)
		p.settle(c)
	}
	c.dirty.clear(at, n)
	p.stats.Spare -= int64(n) * granule
}
