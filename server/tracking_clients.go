package server

import (
	"slices"
	"sync"
	"sync/atomic"

	"clusternode/command"
	"clusternode/tracking"
)

// trackers numbers the connections that track or have tracked. A number has an
// index, which is reused, and a round, so that the table need not be searched
// when a connection closes: its number means nobody from then on. The lowest
// free index is not taken at once, so that a round comes again only after about
// a million connections.
type trackers struct {
	pages atomic.Pointer[[]*trackerPage] // grows; never changed in place
	n     atomic.Int64

	mu   sync.Mutex
	next uint32   // guarded by mu: indices below were given out
	free []uint32 // guarded by mu: in the order in which they came back
	head int      // guarded by mu: of free
}

// tracker is a connection with its number; immutable.
type tracker struct {
	id   tracking.Client
	c    *conn
	loop int // index of its loop; -1: it has a goroutine
}

const (
	trackerPageSize = 256
	trackerBits     = 22 // of the index
	trackerReuse    = 1 << 10
)

type trackerPage [trackerPageSize]struct {
	t     atomic.Pointer[tracker]
	round uint32 // guarded by trackers.mu
}

// of returns the connection with that number, nil if there is none any more.
func (t *trackers) of(id tracking.Client) *tracker {
	index := uint32(id) & (1<<trackerBits - 1)
	if got := (*t.pages.Load())[index/trackerPageSize][index%trackerPageSize].t.Load(); got != nil && got.id == id {
		return got
	}
	return nil
}

// add numbers a connection. It reports false if there are four million others.
func (t *trackers) add(c *conn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	index, ok := t.index()
	if !ok {
		return false
	}
	p := &(*t.pages.Load())[index/trackerPageSize][index%trackerPageSize]
	c.track.id = tracking.Client(p.round<<trackerBits | index)
	p.t.Store(&tracker{id: c.track.id, c: c, loop: slices.IndexFunc(c.s.loops, func(l *loop) bool { return c.outlet == outlet(l) })})
	t.n.Add(1)
	return true
}

func (t *trackers) index() (index uint32, ok bool) {
	if queue := len(t.free) - t.head; queue > 0 && (queue >= trackerReuse || t.next == 1<<trackerBits) {
		index = t.free[t.head]
		if t.head++; t.head > trackerReuse {
			t.free, t.head = slices.Clone(t.free[t.head:]), 0
		}
		return index, true
	}
	if t.next == 0 {
		t.next = 1 // 0 is no number
	}
	if t.next == 1<<trackerBits {
		return 0, false
	}
	var pages []*trackerPage
	if was := t.pages.Load(); was != nil {
		pages = *was
	}
	if int(t.next/trackerPageSize) == len(pages) {
		pages = append(slices.Clone(pages), new(trackerPage))
		t.pages.Store(&pages)
	}
	t.next++
	return t.next - 1, true
}

// remove forgets a connection. last: there is no other.
func (t *trackers) remove(id tracking.Client) (last bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	index := uint32(id) & (1<<trackerBits - 1)
	p := &(*t.pages.Load())[index/trackerPageSize][index%trackerPageSize]
	p.t.Store(nil)
	p.round = (p.round + 1) & (1<<(32-trackerBits) - 1)
	t.free = append(t.free, index)
	return t.n.Add(-1) == 0
}

// all lists the numbers of all connections.
func (t *trackers) all() (out []tracking.Client) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.pages.Load() == nil {
		return nil
	}
	for _, p := range *t.pages.Load() {
		for i := range p {
			if got := p[i].t.Load(); got != nil {
				out = append(out, got.id)
			}
		}
	}
	return out
}

// enableTracking lets the connection track as the command says; its owner
// calls it. It reports false if too many do.
func (s *Server) enableTracking(c *conn, want command.ClientTracking) bool {
	t := &s.tracking
	if c.track.id == 0 {
		t.edge.Lock()
		ok := t.clients.add(c)
		if ok {
			s.env.Attention.Or(uint32(command.AttendTracking))
		}
		t.edge.Unlock()
		if !ok {
			return false
		}
	}
	if c.track.mode()&command.TrackingOn == 0 {
		t.on.Add(1)
	}
	c.track.redirect.Store(want.Redirect)
	c.track.bits.Store(uint32(want.Mode))
	c.Flags &^= command.ClientTracks
	if want.Mode&command.TrackingBcast == 0 {
		c.Flags |= command.ClientTracks
		return true
	}
	prefixes := want.Prefixes
	if len(prefixes) == 0 {
		prefixes = []string{""}
	}
	for _, p := range prefixes {
		t.prefixes.Add(p, c.track.id)
	}
	c.track.prefixes = append(c.track.prefixes, prefixes...)
	slices.Sort(c.track.prefixes)
	c.track.prefixes = slices.Compact(c.track.prefixes)
	c.track.bytes = 0
	for _, p := range c.track.prefixes {
		c.track.bytes += len(p)
	}
	return true
}

// disableTracking ends tracking. What the table remembers stays: the connection
// hears about it when it tracks again, as in Redis.
func (s *Server) disableTracking(c *conn) {
	for _, p := range c.track.prefixes {
		s.tracking.prefixes.Remove(p, c.track.id)
	}
	c.track.prefixes, c.track.bytes = nil, 0
	if c.track.mode()&command.TrackingOn != 0 {
		s.tracking.on.Add(-1)
	}
	c.track.bits.Store(0)
	c.Flags &^= command.ClientTracks | command.ClientCaching
}

// manyPrefixes are more than a loop should forget at once.
const manyPrefixes = 1000

// forgetTracking is for a connection that is closed. After the last one nothing
// is remembered any more, and changes cost nothing.
func (s *Server) forgetTracking(c *conn) {
	if c.track.id == 0 {
		return
	}
	if prefixes, id := c.track.prefixes, c.track.id; len(prefixes) > manyPrefixes {
		c.track.prefixes = nil
		s.tasks.Go(func() {
			for _, p := range prefixes {
				s.tracking.prefixes.Remove(p, id)
			}
		})
	}
	s.disableTracking(c)
	s.tracking.edge.Lock()
	defer s.tracking.edge.Unlock()
	if s.tracking.clients.remove(c.track.id) {
		s.env.Attention.And(^uint32(command.AttendTracking))
		s.tracking.table.Clear()
	}
}
