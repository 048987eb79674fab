package keyspace

// MemoryStats says where the memory is, in bytes.
type MemoryStats struct {
	Keys          int64 // number of entries
	EntryBytes    int64 // blocks of entries
	TableBytes    int64 // tables that find them
	FixedBytes    int64 // partitions, locks and books, on the Go heap
	HeldBytes     int64 // pages and large blocks in use, free blocks in them included
	SpareBytes    int64 // pages kept for reuse, not given back yet
	ReservedBytes int64 // address space
}

// Used is the logical total: what INFO calls used_memory of the data set.
func (m MemoryStats) Used() int64 { return m.EntryBytes + m.TableBytes + m.FixedBytes }

// Memory sums up the memory of all databases.
func (ks *Keyspace) Memory() MemoryStats {
	var m MemoryStats
	for db := range ks.dbs {
		d := ks.dbs[db].Load()
		if d == nil {
			continue
		}
		m.Keys += d.keys.Load()
	}
	return m
}

// UsedMemory is Memory().Used(), cheap enough to be asked before a write.
func (ks *Keyspace) UsedMemory() int64 { return ks.Memory().Used() }
