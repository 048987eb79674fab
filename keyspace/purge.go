package keyspace

import "math"

// MemoryOf is Memory for one database; what the databases share is left out.
func (ks *Keyspace) MemoryOf(db int) (m MemoryStats) {
	d := ks.dbs[db].Load()
	if d == nil {
		return m
	}
	m.FixedBytes = fixedBytesPer
	for j := range d.shards {
		s := d.shards[j].arena.Stats()
		m.EntryBytes += s.Entries
		m.TableBytes += s.Tables
		m.HeldBytes += s.Held
		m.Keys += d.shards[j].keys.Load()
	}
	return m
}

// GiveBack returns all spare memory to the system, beyond what housekeeping
// does, and reports how many bytes that were. Anybody may call it.
func (ks *Keyspace) GiveBack() int64 { return ks.pool.Trim(0, math.MaxInt64) }
