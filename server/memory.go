package server

import (
	"fmt"
	"runtime/metrics"
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
	objects, mapped := goHeap()
	used := m.Used() + clients
	rss := residentBytes()
	r.s.peak.raise(used)
	limit := r.s.lim.maxMemory.Load()
	r.line("used_memory", used)
	r.line("used_memory_human", human(used))
	r.line("used_memory_rss", rss)
	r.line("used_memory_rss_human", human(rss))
	r.line("used_memory_peak", r.s.peak.Load())
	r.line("used_memory_peak_human", human(r.s.peak.Load()))
	r.line("used_memory_overhead", used-m.EntryBytes)
	r.line("used_memory_dataset", m.EntryBytes)
	r.line("mem_clients_normal", clients)
	r.line("mem_arena_held", m.HeldBytes)
	r.line("mem_arena_spare", m.SpareBytes)
	r.line("mem_arena_reserved", m.ReservedBytes)
	r.line("mem_tables", m.TableBytes)
	r.line("go_heap_objects", objects)
	r.line("go_memory_mapped", mapped)
	r.line("maxmemory", limit)
	r.line("maxmemory_human", human(limit))
	r.line("maxmemory_policy", r.s.cfg.String("maxmemory-policy"))
	ratio := 0.0
	if used > 0 {
		ratio = float64(rss) / float64(used)
	}
	r.line("mem_fragmentation_ratio", fmt.Sprintf("%.2f", ratio))
	r.line("mem_fragmentation_bytes", rss-used)
	r.line("mem_allocator", "arena")
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
