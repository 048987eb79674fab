package keyspace

import "time"

// hold measures how long housekeeping keeps a slot locked. Its owner has the
// turn.
type hold struct {
	told    func(work string, longest time.Duration) // nil: nothing is measured
	since   time.Time
	longest time.Duration
}

func (h *hold) begin() {
	if h.told != nil {
		h.since = time.Now()
	}
}

func (h *hold) end() {
	if h.told != nil {
		h.longest = max(h.longest, time.Since(h.since))
	}
}

// tell reports the longest hold of a run and starts anew.
func (h *hold) tell(work string) {
	if h.told != nil && h.longest > 0 {
		h.told(work, h.longest)
	}
	h.longest = 0
}
