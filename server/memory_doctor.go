package server

import (
	"fmt"
	"strings"

	"clusternode/command"
	"clusternode/metrics"
)

// The words in which MEMORY DOCTOR of Redis begins, that tools look for.
const (
	doctorTooSmall = "Hi Sam, this instance is empty or is using very little memory, my issues detector can't be used in these conditions. Please, leave for your mission on Earth and fill it with some data. The new Sam and I will be back to our programming as soon as I finished rebooting.\n"
	doctorHealthy  = "Hi Sam, I can't find any memory issue in your instance. I can only account for what occurs on this base.\n"
	doctorIssues   = "Sam, I detected a few issues in this Redis instance memory implants:\n\n"
	doctorBye      = "I'm here to keep you safe, Sam. I want to help you.\n"
)

// Below that much memory, figures about its use say nothing.
const doctorLeast = 5 << 20

// memoryTroubles are what may be wrong: each explains it, or returns "" if it is
// not.
var memoryTroubles = []func(r *reading, m *memoryReading) string{
	func(_ *reading, m *memoryReading) string {
		if float64(m.peak) <= 1.5*float64(m.used) {
			return ""
		}
		return fmt.Sprintf("Peak memory: once %s were in use, now %s are. What is spare goes back to the system by itself within seconds; MEMORY PURGE does it at once.",
			metrics.Human(m.peak), metrics.Human(m.used))
	},
	func(_ *reading, m *memoryReading) string {
		free := m.pages() - m.blocks()
		if ratio(m.pages(), m.blocks()) <= 1.4 || free < 10<<20 {
			return ""
		}
		return fmt.Sprintf("High fragmentation: %s of the pages are free room between keys, %.2f times what the keys take. Housekeeping moves keys out of sparse pages in small steps; a higher hz lets it do so faster, MEMORY PURGE does all of it.",
			metrics.Human(free), ratio(m.pages(), m.blocks()))
	},
	func(_ *reading, m *memoryReading) string {
		if m.SpareBytes < 10<<20 || ratio(m.held(), m.pages()) <= 1.1 {
			return ""
		}
		return fmt.Sprintf("Spare pages: %s wait to be used again. MEMORY PURGE gives them back.", metrics.Human(m.SpareBytes))
	},
	func(_ *reading, m *memoryReading) string {
		if m.rss-m.held() < 64<<20 || ratio(m.rss, m.held()) <= 1.5 {
			return ""
		}
		return fmt.Sprintf("High process overhead: the process has %s, but keys and tables only %s. The Go heap has %s of objects and %s mapped: many or slow clients, or large arguments. CLIENT LIST shows who holds buffers (tot-mem).",
			metrics.Human(m.rss), metrics.Human(m.held()), metrics.Human(m.goObjects), metrics.Human(m.goMapped))
	},
	func(r *reading, m *memoryReading) string {
		each := m.clients / max(r.s.counters.clients.Load(), 1)
		if each <= 200<<10 {
			return ""
		}
		return fmt.Sprintf("Big client buffers: %s for each client on average. Some do not read their replies, or send very long commands; see CLIENT LIST (omem, qbuf) and client-output-buffer-limit.",
			metrics.Human(each))
	},
}

// handleMemoryDoctor replies what looks wrong with the use of memory.
func (s *Server) handleMemoryDoctor(x *command.Ctx) {
	x.W.Verbatim("txt", s.readingOf(x).memoryReport())
}

func (r *reading) memoryReport() string {
	m := r.memory()
	if m.used-r.s.startMemory < doctorLeast {
		return doctorTooSmall
	}
	var found []string
	for _, trouble := range memoryTroubles {
		if text := trouble(r, m); text != "" {
			found = append(found, " * "+text+"\n\n")
		}
	}
	if len(found) == 0 {
		return doctorHealthy
	}
	return doctorIssues + strings.Join(found, "") + doctorBye
}
