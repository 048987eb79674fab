package server

import (
	runtimemetrics "runtime/metrics"

	"clusternode/keyspace"
	"clusternode/metrics"
)

// heapMetrics are the figures of the Go runtime that INFO memory shows.
var heapMetrics = []string{"/memory/classes/heap/objects:bytes", "/memory/classes/total:bytes", "/memory/classes/heap/released:bytes"}

// goHeap reads the bytes of live and dead objects of the Go heap, and all that
// the Go runtime has mapped and not given back.
func goHeap() (objects, mapped int64) {
	samples := make([]runtimemetrics.Sample, len(heapMetrics))
	for i, name := range heapMetrics {
		samples[i].Name = name
	}
	runtimemetrics.Read(samples)
	return int64(samples[0].Value.Uint64()), int64(samples[1].Value.Uint64() - samples[2].Value.Uint64())
}

// memoryReading is the memory of the node at one moment, in bytes. used is the
// sum of logical bytes: entries, tables, books and client buffers; the Go heap
// stands beside it.
type memoryReading struct {
	keyspace.MemoryStats
	clients, used, rss, peak int64
	goObjects, goMapped      int64
}

func (r *reading) memory() *memoryReading {
	if r.mem == nil {
		m := &memoryReading{MemoryStats: r.s.ks.Memory(), clients: r.s.clientMemory(), rss: residentBytes()}
		m.used = m.Used() + m.clients + r.s.notesMemory()
		r.s.peak.raise(m.used)
		m.peak = r.s.peak.Load()
		m.goObjects, m.goMapped = goHeap()
		r.mem = m
	}
	return r.mem
}

// blocks, pages and held are the three layers of the arenas: blocks in use, the
// pages that they lie in, and those with the pages kept for reuse.
func (m *memoryReading) blocks() int64 { return m.EntryBytes + m.TableBytes }
func (m *memoryReading) pages() int64  { return m.HeldBytes }
func (m *memoryReading) held() int64   { return m.HeldBytes + m.SpareBytes }

// memorySection is INFO memory.
var memorySection = section{Title: "Memory", Items: []item{
	memoryBytes("used_memory", func(m *memoryReading) int64 { return m.used }).ForPeople().As("memory_used_bytes"),
	memoryBytes("used_memory_rss", func(m *memoryReading) int64 { return m.rss }).ForPeople().As("memory_used_rss_bytes"),
	memoryBytes("used_memory_peak", func(m *memoryReading) int64 { return m.peak }).ForPeople().As("memory_used_peak_bytes"),
	percentage("used_memory_peak_perc", func(r *reading) float64 { m := r.memory(); return 100 * ratio(m.used, m.peak) }),
	memoryBytes("used_memory_overhead", func(m *memoryReading) int64 { return m.used - m.EntryBytes }).As("memory_used_overhead_bytes"),
	// What the node used before its first client is not the data's.
	level("used_memory_startup", func(r *reading) int64 { return r.s.startMemory }).In(metrics.Bytes).As("memory_used_startup_bytes"),
	memoryBytes("used_memory_dataset", func(m *memoryReading) int64 { return m.EntryBytes }).As("memory_used_dataset_bytes"),
	percentage("used_memory_dataset_perc", func(r *reading) float64 {
		m := r.memory()
		return 100 * ratio(m.EntryBytes, m.used-r.s.startMemory)
	}),
	memoryBytes("allocator_allocated", (*memoryReading).blocks).As("allocator_allocated_bytes"),
	memoryBytes("allocator_active", (*memoryReading).pages).As("allocator_active_bytes"),
	memoryBytes("allocator_resident", (*memoryReading).held).As("allocator_resident_bytes"),
	level("total_system_memory", func(*reading) int64 { return systemMemory() }).ForPeople().As("total_system_memory_bytes"),
	none("used_memory_lua", 0).In(metrics.Bytes).As("memory_used_lua_bytes"),
	none("used_memory_vm_eval", 0).In(metrics.Bytes).As("memory_used_vm_eval_bytes"),
	label("used_memory_lua_human", func(*reading) string { return metrics.Human(0) }),
	none("used_memory_scripts_eval", 0).In(metrics.Bytes).As("memory_used_scripts_eval_bytes"),
	none("number_of_cached_scripts", 0).As("number_of_cached_scripts"),
	none("number_of_functions", 0).As("number_of_functions"),
	none("number_of_libraries", 0).As("number_of_libraries"),
	none("used_memory_vm_functions", 0).In(metrics.Bytes).As("memory_used_vm_functions_bytes"),
	none("used_memory_vm_total", 0).ForPeople().As("memory_used_vm_total"),
	none("used_memory_functions", 0).In(metrics.Bytes).As("memory_used_functions_bytes"),
	none("used_memory_scripts", 0).ForPeople().As("memory_used_scripts_bytes"),
	setting("maxmemory", "maxmemory").ForPeople().As("memory_max_bytes"),
	label("maxmemory_policy", func(r *reading) string { return r.s.cfg.String("maxmemory-policy") }),
	quotient("allocator_frag_ratio", (*memoryReading).pages, (*memoryReading).blocks).As("allocator_frag_ratio"),
	memoryBytes("allocator_frag_bytes", func(m *memoryReading) int64 { return m.pages() - m.blocks() }).As("allocator_frag_bytes"),
	quotient("allocator_rss_ratio", (*memoryReading).held, (*memoryReading).pages).As("allocator_rss_ratio"),
	memoryBytes("allocator_rss_bytes", func(m *memoryReading) int64 { return m.held() - m.pages() }).As("allocator_rss_bytes"),
	quotient("rss_overhead_ratio", func(m *memoryReading) int64 { return m.rss }, (*memoryReading).held),
	memoryBytes("rss_overhead_bytes", func(m *memoryReading) int64 { return m.rss - m.held() }),
	quotient("mem_fragmentation_ratio", func(m *memoryReading) int64 { return m.rss }, func(m *memoryReading) int64 { return m.used }).As("mem_fragmentation_ratio"),
	memoryBytes("mem_fragmentation_bytes", func(m *memoryReading) int64 { return m.rss - m.used }).As("mem_fragmentation_bytes"),
	level("mem_not_counted_for_evict", func(r *reading) int64 { return r.s.uncountedMemory() }).In(metrics.Bytes).As("mem_not_counted_for_eviction_bytes"),
	none("mem_replication_backlog", 0).In(metrics.Bytes).As("mem_replication_backlog_bytes"),
	none("mem_total_replication_buffers", 0).In(metrics.Bytes).As("mem_total_replication_buffers_bytes"),
	none("mem_clients_slaves", 0).In(metrics.Bytes).As("mem_clients_slaves"),
	memoryBytes("mem_clients_normal", func(m *memoryReading) int64 { return m.clients }).As("mem_clients_normal"),
	level("mem_cluster_links", func(r *reading) int64 { return int64(r.s.busLinkBytes()) }).In(metrics.Bytes).As("mem_cluster_links_bytes"),
	none("mem_aof_buffer", 0).In(metrics.Bytes).As("mem_aof_buffer_bytes"),
	label("mem_allocator", func(*reading) string { return "arena" }),
	level("active_defrag_running", func(r *reading) int64 { return int64(r.housekeeping().EvacuateShare) }).As("active_defrag_running"),
	level("lazyfree_pending_objects", func(r *reading) int64 { return r.housekeeping().Unfreed }).As("lazyfree_pending_objects"),
	count("lazyfreed_objects", func(r *reading) int64 { return r.housekeeping().Freed }).AsGauge("lazyfreed_objects"),
	memoryBytes("mem_arena_held", func(m *memoryReading) int64 { return m.HeldBytes }).As("mem_arena_held_bytes"),
	memoryBytes("mem_arena_spare", func(m *memoryReading) int64 { return m.SpareBytes }).As("mem_arena_spare_bytes"),
	memoryBytes("mem_arena_reserved", func(m *memoryReading) int64 { return m.ReservedBytes }).As("mem_arena_reserved_bytes"),
	memoryBytes("mem_tables", func(m *memoryReading) int64 { return m.TableBytes }).As("mem_tables_bytes"),
	memoryBytes("go_heap_objects", func(m *memoryReading) int64 { return m.goObjects }).As("go_heap_objects_bytes"),
	memoryBytes("go_memory_mapped", func(m *memoryReading) int64 { return m.goMapped }).As("go_memory_mapped_bytes"),
}}

// memoryBytes is a part of the memory.
func memoryBytes(name string, read func(m *memoryReading) int64) *figure {
	return level(name, func(r *reading) int64 { return read(r.memory()) }).In(metrics.Bytes)
}

// quotient is a ratio of two numbers of bytes.
func quotient(name string, a, b func(m *memoryReading) int64) *figure {
	return fixed(name, 2, func(r *reading) float64 { m := r.memory(); return ratio(a(m), b(m)) })
}

// ratio is a/b, 0 for an empty b.
func ratio(a, b int64) float64 {
	if b <= 0 {
		return 0
	}
	return float64(a) / float64(b)
}
