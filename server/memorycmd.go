package server

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"clusternode/command"
)

// memoryField is one entry of MEMORY STATS: an int64, a float64, or the fields
// of a database.
type memoryField struct {
	name  string
	value any
}

// memoryFields are those of Redis 7.2, in its order.
func (r *reading) memoryFields() []memoryField {
	m, startup := r.memory(), r.s.startMemory
	out := []memoryField{
		{"peak.allocated", m.peak},
		{"total.allocated", m.used},
		{"startup.allocated", startup},
		{"replication.backlog", int64(0)},
		{"clients.slaves", int64(0)},
		{"clients.normal", m.clients},
		{"cluster.links", int64(r.s.busLinkBytes())},
		{"aof.buffer", int64(0)},
		{"lua.caches", int64(0)},
		{"functions.caches", int64(0)},
	}
	for db := range r.s.ks.Databases() {
		if of := r.s.ks.MemoryOf(db); of.Keys > 0 {
			out = append(out, memoryField{fmt.Sprintf("db.%d", db), []memoryField{
				{"overhead.hashtable.main", of.TableBytes},
				// What expires is marked in the same table, and slots are part of it.
				{"overhead.hashtable.expires", int64(0)},
				{"overhead.hashtable.slot-to-keys", int64(0)},
			}})
		}
	}
	return append(out,
		memoryField{"overhead.total", m.used - m.EntryBytes},
		memoryField{"keys.count", m.Keys},
		memoryField{"keys.bytes-per-key", max(m.used-startup, 0) / max(m.Keys, 1)},
		memoryField{"dataset.bytes", m.EntryBytes},
		memoryField{"dataset.percentage", 100 * ratio(m.EntryBytes, m.used-startup)},
		memoryField{"peak.percentage", 100 * ratio(m.used, m.peak)},
		memoryField{"allocator.allocated", m.blocks()},
		memoryField{"allocator.active", m.pages()},
		memoryField{"allocator.resident", m.held()},
		memoryField{"allocator-fragmentation.ratio", ratio(m.pages(), m.blocks())},
		memoryField{"allocator-fragmentation.bytes", m.pages() - m.blocks()},
		memoryField{"allocator-rss.ratio", ratio(m.held(), m.pages())},
		memoryField{"allocator-rss.bytes", m.held() - m.pages()},
		memoryField{"rss-overhead.ratio", ratio(m.rss, m.held())},
		memoryField{"rss-overhead.bytes", m.rss - m.held()},
		memoryField{"fragmentation", ratio(m.rss, m.used)},
		memoryField{"fragmentation.bytes", m.rss - m.used},
	)
}

// readingOf is a look at the server for a command that waits.
func (s *Server) readingOf(x *command.Ctx) *reading {
	return &reading{s: s, w: workerOf(x), self: connOf(x), now: x.Now}
}

func (s *Server) handleMemoryStats(x *command.Ctx) {
	writeMemoryFields(x, s.readingOf(x).memoryFields())
}

func writeMemoryFields(x *command.Ctx, fields []memoryField) {
	x.W.Map(len(fields))
	for _, f := range fields {
		x.W.BulkString(f.name)
		switch v := f.value.(type) {
		case int64:
			x.W.Int(v)
		case float64:
			x.W.Double(v)
		case []memoryField:
			writeMemoryFields(x, v)
		}
	}
}

// handleMemoryPurge moves keys out of sparse pages and gives all spare memory,
// of the arena and of the Go heap, back to the system. Inside EXEC the world is
// stopped and nothing can be moved.
func (s *Server) handleMemoryPurge(x *command.Ctx) {
	if !workerOf(x).inGate {
		s.ks.Evacuate()
	}
	s.ks.GiveBack()
	debug.FreeOSMemory()
	x.W.OK()
}

// handleMemoryMallocStats prints the figures of the two allocators.
func (s *Server) handleMemoryMallocStats(x *command.Ctx) {
	var out strings.Builder
	line := func(name string, n int64) { fmt.Fprintf(&out, "%-24s %14d\n", name, n) }
	m := s.ks.Memory()
	house := s.ks.HouseStats()
	out.WriteString("___ Arena: keys, values and the tables that find them ___\n")
	line("blocks of entries", m.EntryBytes)
	line("blocks of tables", m.TableBytes)
	line("pages in use", m.HeldBytes)
	line("free within pages", m.HeldBytes-m.EntryBytes-m.TableBytes)
	line("spare pages", m.SpareBytes)
	line("reserved addresses", m.ReservedBytes)
	line("blocks moved", house.Moved)
	out.WriteString("Pages by database:\n")
	for db := range s.ks.Databases() {
		if of := s.ks.MemoryOf(db); of.Keys > 0 {
			fmt.Fprintf(&out, "  db%d: %d keys, %d bytes in blocks, %d in pages\n", db, of.Keys, of.EntryBytes+of.TableBytes, of.HeldBytes)
		}
	}
	var g runtime.MemStats
	runtime.ReadMemStats(&g)
	out.WriteString("___ Go runtime: buffers, books, stacks ___\n")
	line("heap objects", int64(g.HeapAlloc))
	line("heap in use", int64(g.HeapInuse))
	line("heap idle", int64(g.HeapIdle))
	line("heap given back", int64(g.HeapReleased))
	line("stacks", int64(g.StackInuse))
	line("runtime's own", int64(g.MSpanInuse+g.MCacheInuse+g.BuckHashSys+g.GCSys+g.OtherSys))
	line("mapped in all", int64(g.Sys-g.HeapReleased))
	line("next collection at", int64(g.NextGC))
	line("collections", int64(g.NumGC))
	line("paused for them, us", int64(g.PauseTotalNs/1000))
	out.WriteString("___ Process ___\n")
	line("resident", residentBytes())
	x.W.Verbatim("txt", out.String())
}
