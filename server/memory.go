package server

import (
	"fmt"
	"runtime/metrics"

	"clusternode/keyspace"
)

// heapMetrics are the figures of the Go runtime that INFO memory shows.
var heapMetrics = []string{"/memory/classes/heap/objects:bytes", "/memory/classes/total:bytes", "/memory/classes/heap/released:bytes"}

// goHeap reads the bytes of live and dead objects of the Go heap, and all that
// the Go runtime has mapped and not given back.
func goHeap() (objects, mapped int64) {
	samples := make([]metrics.Sample, len(heapMetrics))
	for i, name := range heapMetrics {
		samples[i].Name = name
	}
	metrics.Read(samples)
	return int64(samples[0].Value.Uint64()), int64(samples[1].Value.Uint64() - samples[2].Value.Uint64())
}

// memory is INFO's section of that name. used_memory is the sum of logical
// bytes: entries, tables, books and client buffers; the Go heap is shown
// beside it.
func (r *infoReport) memory() {
	m := r.s.ks.Memory()
	clients := int64(0)
	for _, v := range r.s.views(workerOf(r.x), connOf(r.x)) {
		clients += int64(v.TotalMem())
	}
	used := m.Used() + clients
	rss := residentBytes()
	r.s.peak.raise(used)
	r.usedMemory(used, rss, m.EntryBytes)
	r.bytes("total_system_memory", systemMemory())
	r.bytes("used_memory_lua", 0)
	r.zero("used_memory_vm_eval", "used_memory_scripts_eval", "number_of_cached_scripts", "number_of_functions",
		"number_of_libraries", "used_memory_vm_functions")
	r.bytes("used_memory_vm_total", 0)
	r.zero("used_memory_functions")
	r.bytes("used_memory_scripts", 0)
	r.bytes("maxmemory", r.s.lim.maxMemory.Load())
	r.line("maxmemory_policy", r.s.cfg.String("maxmemory-policy"))
	r.allocator(used, rss, m)
	r.zero("mem_not_counted_for_evict", "mem_replication_backlog", "mem_total_replication_buffers", "mem_clients_slaves")
	r.line("mem_clients_normal", clients)
	r.line("mem_cluster_links", r.s.busLinkBytes())
	r.zero("mem_aof_buffer")
	r.line("mem_allocator", "arena")
	r.line("active_defrag_running", 0)
	objects, mapped := goHeap()
	r.line("mem_arena_held", m.HeldBytes)
	r.line("mem_arena_spare", m.SpareBytes)
	r.line("mem_arena_reserved", m.ReservedBytes)
	r.line("mem_tables", m.TableBytes)
	r.line("go_heap_objects", objects)
	r.line("go_memory_mapped", mapped)
}

// bytes prints a size, and once more for people.
func (r *infoReport) bytes(name string, n int64) {
	r.line(name, n)
	r.line(name+"_human", human(n))
}

// usedMemory prints the sums. What the node used before its first client is
// not the data's.
func (r *infoReport) usedMemory(used, rss, data int64) {
	peak, startup := r.s.peak.Load(), r.s.startMemory
	r.bytes("used_memory", used)
	r.bytes("used_memory_rss", rss)
	r.bytes("used_memory_peak", peak)
	r.line("used_memory_peak_perc", fmt.Sprintf("%.2f%%", 100*ratio(used, peak)))
	r.line("used_memory_overhead", used-data)
	r.line("used_memory_startup", startup)
	r.line("used_memory_dataset", data)
	r.line("used_memory_dataset_perc", fmt.Sprintf("%.2f%%", 100*ratio(data, used-startup)))
}

// allocator prints how far memory is filled: blocks in use, in pages, in what
// the system counts for the process.
func (r *infoReport) allocator(used, rss int64, m keyspace.MemoryStats) {
	blocks, pages := m.EntryBytes+m.TableBytes, m.HeldBytes
	held := pages + m.SpareBytes
	r.line("allocator_allocated", blocks)
	r.line("allocator_active", pages)
	r.line("allocator_resident", held)
	r.line("allocator_frag_ratio", fmt.Sprintf("%.2f", ratio(pages, blocks)))
	r.line("allocator_frag_bytes", pages-blocks)
	r.line("allocator_rss_ratio", fmt.Sprintf("%.2f", ratio(held, pages)))
	r.line("allocator_rss_bytes", held-pages)
	r.line("rss_overhead_ratio", fmt.Sprintf("%.2f", ratio(rss, held)))
	r.line("rss_overhead_bytes", rss-held)
	r.line("mem_fragmentation_ratio", fmt.Sprintf("%.2f", ratio(rss, used)))
	r.line("mem_fragmentation_bytes", rss-used)
}

// ratio is a/b, 0 for an empty b.
func ratio(a, b int64) float64 {
	if b <= 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// human prints bytes as Redis does: "1.50M".
func human(n int64) string {
	units := []struct {
		size   float64
		letter string
	}{{1 << 40, "T"}, {1 << 30, "G"}, {1 << 20, "M"}, {1 << 10, "K"}}
	for _, u := range units {
		if float64(n) >= u.size {
			return fmt.Sprintf("%.2f%s", float64(n)/u.size, u.letter)
		}
	}
	return fmt.Sprintf("%dB", n)
}
