package keyspace

import (
	"unsafe"

	"clusternode/slots"
)

// MemoryStats says where the memory is, in bytes.
type MemoryStats struct {
	Keys          int64 // number of entries
	EntryBytes    int64 // blocks of entries
	TableBytes    int64 // tables that find them
	FixedBytes    int64 // partitions, locks and books, on the Go heap
	HeldBytes     int64 // pages and large blocks in use, with the free blocks in them
	SpareBytes    int64 // kept for reuse, not given back yet
	ReservedBytes int64 // address space
}

// Used is the logical total: what INFO calls used_memory of the data set.
func (m MemoryStats) Used() int64 { return m.EntryBytes + m.TableBytes + m.FixedBytes }

const (
	fixedBytes    = int64(unsafe.Sizeof(lockTable{}))
	fixedBytesPer = int64(unsafe.Sizeof(Part{})*slots.Count + unsafe.Sizeof(database{}) + shards*4096)
)

// Memory sums up the memory of all databases. Memory of flushed ones that is
// on its way back counts as held only.
func (ks *Keyspace) Memory() MemoryStats {
	m := MemoryStats{FixedBytes: fixedBytes}
	for i := range ks.dbs {
		d := ks.dbs[i].Load()
		if d == nil {
			continue
		}
		m.FixedBytes += fixedBytesPer
		for j := range d.shards {
			s := d.shards[j].arena.Stats()
			m.EntryBytes += s.Entries
			m.TableBytes += s.Tables
			m.Keys += d.shards[j].keys.Load()
		}
	}
	s := ks.pool.Stats()
	m.HeldBytes, m.SpareBytes, m.ReservedBytes = s.Used, s.Spare, s.Reserved
	return m
}

// UsedMemory is Memory().Used(), cheap enough to be asked before a write.
func (ks *Keyspace) UsedMemory() int64 {
	n := fixedBytes
	for i := range ks.dbs {
		d := ks.dbs[i].Load()
		if d == nil {
			continue
		}
		n += fixedBytesPer
		for j := range d.shards {
			s := d.shards[j].arena.Stats()
			n += s.Entries + s.Tables
		}
	}
	return n
}
