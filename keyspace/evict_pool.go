package keyspace

// poolSize is how many victims are kept, as in Redis.
const poolSize = 16

// candidate is a possible victim: enough to find the key again. It may have been
// removed or used since.
type candidate struct {
	score int64 // the lower, the better a victim
	hash  uint64
	db    int32
	slot  int32
}

// pool is the best victims seen, the best one last.
type pool struct {
	n    int
	list [poolSize]candidate
}

// wants reports whether a key of that score would get into the pool.
func (p *pool) wants(score int64) bool { return p.n < poolSize || score < p.list[0].score }

// put adds a candidate that the pool wants; a full pool loses its worst. One that
// is in it already gets the new score.
func (p *pool) put(c candidate) {
	for i := range p.n {
		if o := &p.list[i]; o.hash == c.hash && o.slot == c.slot && o.db == c.db {
			p.drop(i)
			break
		}
	}
	at := p.n
	for at > 0 && p.list[at-1].score < c.score {
		at--
	}
	if p.n < poolSize {
		copy(p.list[at+1:p.n+1], p.list[at:p.n])
		p.list[at] = c
		p.n++
		return
	}
	copy(p.list[:at-1], p.list[1:at])
	p.list[at-1] = c
}

// drop takes the candidate in place i out.
func (p *pool) drop(i int) {
	copy(p.list[i:], p.list[i+1:p.n])
	p.n--
}
