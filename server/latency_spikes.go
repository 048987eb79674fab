package server

// spikesKept is how many seconds with a spike are remembered of an event.
const spikesKept = 160

// spike is the worst that happened within one second.
type spike struct{ unix, ms int64 }

// spikes are the latest spikes of an event, one for each second that had one.
type spikes struct {
	ring [spikesKept]spike
	next int   // where the next one goes
	n    int   // how many there are
	most int64 // ms, since the last reset
}

func (s *spikes) add(unix, ms int64) {
	s.most = max(s.most, ms)
	if last := &s.ring[(s.next+spikesKept-1)%spikesKept]; s.n > 0 && last.unix == unix {
		last.ms = max(last.ms, ms)
		return
	}
	s.ring[s.next] = spike{unix, ms}
	s.next = (s.next + 1) % spikesKept
	s.n = min(s.n+1, spikesKept)
}

// last is the latest spike; there is one.
func (s *spikes) last() spike { return s.ring[(s.next+spikesKept-1)%spikesKept] }

// list returns them, the oldest first.
func (s *spikes) list() []spike {
	out := make([]spike, s.n)
	for i := range out {
		out[i] = s.ring[(s.next-s.n+i+spikesKept)%spikesKept]
	}
	return out
}

// spikeStats are figures of an event.
type spikeStats struct {
	n, average, deviation int64 // count; ms; mean absolute deviation, ms
	period                int64 // seconds since the oldest, at least one
}

func (s *spikes) stats(now int64) (st spikeStats) {
	list := s.list()
	if len(list) == 0 {
		return st
	}
	st.n = int64(len(list))
	for _, p := range list {
		st.average += p.ms
	}
	st.average /= st.n
	for _, p := range list {
		st.deviation += max(p.ms-st.average, st.average-p.ms)
	}
	st.deviation /= st.n
	st.period = max(now-list[0].unix, 1)
	return st
}
