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

// KeepSum makes UsedMemory cheap from now on, at the price of an atomic addition
// per block that is made or freed.
func (ks *Keyspace) KeepSum() {
	// A database that is made meanwhile either sees that, or is seen here.
	ks.pool.KeepSum()
	for i := range ks.dbs {
		if d := ks.dbs[i].Load(); d != nil {
			d.keepSum()
		}
	}
}

func (d *database) keepSum() {
	for i := range d.shards {
		d.shards[i].arena.KeepSum()
	}
}

func (d *database) retire() {
	for i := range d.shards {
		d.shards[i].arena.Retire()
	}
}

// UsedMemory is Memory().Used(). After KeepSum it is two loads, cheap enough to
// be asked before every command.
func (ks *Keyspace) UsedMemory() int64 {
	if ks.pool.Summing() {
		return ks.pool.Sum() + ks.fixed.Load()
	}
	return ks.Memory().Used()
}

// PendingFree is the bytes of values that are deleted and that housekeeping has
// not freed yet; they still count in UsedMemory.
func (ks *Keyspace) PendingFree() int64 { return ks.house.pending.Load() }
