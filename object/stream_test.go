package object

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/arena"
	"clusternode/internal/listpack"
)

// streamTwin is a naive stream.
type streamTwin struct {
	entries          []twinEntry
	last, maxDeleted StreamID
	added            int
	groups           map[string]*groupTwin
}

type twinEntry struct {
	id     StreamID
	fields []string
}

type groupTwin struct {
	last      StreamID
	pending   map[StreamID]pendingTwin
	consumers map[string]int64 // when they were seen
}

type pendingTwin struct {
	consumer string
	time     int64
	count    uint64
}

// String lists all there is, as dumpStream does.
func (w *streamTwin) String() string {
	var b strings.Builder
	first := StreamID{}
	if len(w.entries) > 0 {
		first = w.entries[0].id
	}
	fmt.Fprintf(&b, "%d added %d last %v first %v deleted %v\n", len(w.entries), w.added, w.last, first, w.maxDeleted)
	for _, e := range w.entries {
		fmt.Fprintf(&b, "%v %q\n", e.id, e.fields)
	}
	for _, name := range sortedKeys(w.groups) {
		g := w.groups[name]
		fmt.Fprintf(&b, "group %q %v pending %d\n", name, g.last, len(g.pending))
		for _, id := range sortedIDs(g.pending) {
			p := g.pending[id]
			fmt.Fprintf(&b, "%v %q %d %d\n", id, p.consumer, p.time, p.count)
		}
		for _, c := range sortedKeys(g.consumers) {
			fmt.Fprintf(&b, "consumer %q seen %d:", c, g.consumers[c])
			for _, id := range sortedIDs(g.pending) {
				if g.pending[id].consumer == c {
					fmt.Fprintf(&b, " %v", id)
				}
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func sortedKeys[V any](m map[string]V) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func sortedIDs(m map[StreamID]pendingTwin) (out []StreamID) {
	for id := range m {
		out = append(out, id)
	}
	slices.SortFunc(out, func(a, b StreamID) int {
		if a.Less(b) {
			return -1
		}
		return 1
	})
	return out
}

// readEntries reads a range of a stream.
func readEntries(s *Stream, lo, hi StreamID, rev bool) (out []twinEntry) {
	for it := s.Iter(lo, hi, rev); it.Next(); {
		e := twinEntry{id: it.ID}
		for range it.Fields() {
			name, value := it.Field()
			e.fields = append(e.fields, string(name.Append(nil)), string(value.Append(nil)))
		}
		out = append(out, e)
	}
	return out
}

func dumpStream(s *Stream) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d added %d last %v first %v deleted %v\n", s.Len(), s.Added(), s.LastID(), s.FirstID(), s.MaxDeletedID())
	for _, e := range readEntries(s, StreamID{}, MaxStreamID, false) {
		fmt.Fprintf(&b, "%v %q\n", e.id, e.fields)
	}
	s.EachGroup(func(g *StreamGroup) bool {
		fmt.Fprintf(&b, "group %q %v pending %d\n", g.Name(), g.LastID(), g.Pending())
		g.EachPending(StreamID{}, func(p StreamPending) bool {
			fmt.Fprintf(&b, "%v %q %d %d\n", p.ID, g.ConsumerName(p.Consumer), p.Time, p.Count)
			return true
		})
		g.EachConsumer(func(c *StreamConsumer) bool {
			fmt.Fprintf(&b, "consumer %q seen %d:", c.Name(), c.Seen())
			c.EachPending(StreamID{}, func(id StreamID) bool {
				fmt.Fprintf(&b, " %v", id)
				return true
			})
			b.WriteByte('\n')
			return true
		})
		return true
	})
	return b.String()
}

// checkStream compares a stream with its twin, and its blocks with their books.
func checkStream(t *testing.T, s *Stream, w *streamTwin, value []byte) {
	t.Helper()
	require.Equal(t, w.String(), dumpStream(s))
	back := readEntries(s, StreamID{}, MaxStreamID, true)
	slices.Reverse(back)
	require.True(t, slices.EqualFunc(w.entries, back, func(a, b twinEntry) bool {
		return a.id == b.id && slices.Equal(a.fields, b.fields)
	}), "read backwards")
	streamTrees(s.sp, value, func(sh *shape, rootBytes []byte) bool {
		if tr := openTree(s.sp, sh, rootBytes); tr.r.ref != 0 {
			n, size := checkNode(t, &tr, tr.r.ref, int(tr.r.height))
			require.Equal(t, tr.len(), n)
			require.Equal(t, tr.bytes(), size)
		}
		return true
	})
	s.EachNode(func(_ StreamID, lp []byte) bool {
		require.True(t, listpack.Valid(lp, true, nil))
		return true
	})
}

// streamGame plays random changes on a stream and its twin.
type streamGame struct {
	t     *testing.T
	r     *rand.Rand
	value []byte
	s     Stream
	w     streamTwin
	lim   StreamLimits
	now   int64
}

func newStreamGame(t *testing.T, sp *Space, seed uint64, lim StreamLimits) *streamGame {
	g := &streamGame{t: t, r: rand.New(rand.NewPCG(seed, 1)), value: make([]byte, StreamSize), lim: lim}
	g.s = StreamOf(sp, g.value)
	g.w.groups = map[string]*groupTwin{}
	return g
}

func (g *streamGame) pick(from ...string) string { return from[g.r.IntN(len(from))] }

// anyID is one of an entry, or near one.
func (g *streamGame) anyID() StreamID {
	if n := len(g.w.entries); n > 0 && g.r.IntN(8) > 0 {
		return g.w.entries[g.r.IntN(n)].id
	}
	return StreamID{g.w.last.MS - min(g.w.last.MS, uint64(g.r.IntN(50))), uint64(g.r.IntN(3))}
}

func (g *streamGame) fields() (out []string) {
	switch g.r.IntN(8) {
	case 0:
		for range 1 + g.r.IntN(4) {
			out = append(out, g.pick("a", "12", "", "x"), g.pick("1", "-70000", "v", strings.Repeat("y", g.r.IntN(300))))
		}
		return out
	case 1:
		return []string{"a", strings.Repeat("z", g.r.IntN(6000)), "b", "2"}
	}
	return []string{"a", fmt.Sprint(g.r.IntN(100000)), "b", g.pick("x", "some value", "1")}
}

func asBytes(list []string) (out [][]byte) {
	for _, s := range list {
		out = append(out, []byte(s))
	}
	return out
}

func (g *streamGame) add() {
	id := StreamID{g.w.last.MS + uint64(g.r.IntN(3)), 0}
	if id.MS == g.w.last.MS {
		id.Seq = g.w.last.Seq + 1 + uint64(g.r.IntN(200))
	}
	f := g.fields()
	require.NoError(g.t, g.s.Append(id, asBytes(f), g.lim))
	g.w.entries = append(g.w.entries, twinEntry{id, f})
	g.w.last = id
	g.w.added++
}

func (g *streamGame) remove() {
	id := g.anyID()
	i := slices.IndexFunc(g.w.entries, func(e twinEntry) bool { return e.id == id })
	was, err := g.s.Delete(id)
	require.NoError(g.t, err)
	require.Equal(g.t, i >= 0, was)
	if i >= 0 {
		g.w.entries = slices.Delete(g.w.entries, i, i+1)
		if g.w.maxDeleted.Less(id) {
			g.w.maxDeleted = id
		}
	}
}

// trim drops the oldest entries; of an approximate trim the twin takes the
// count, after a look whether whole packs went.
func (g *streamGame) trim() {
	o := StreamTrim{ByID: g.r.IntN(2) == 0, Approx: g.r.IntN(2) == 0}
	o.MaxLen, o.MinID = uint64(max(0, len(g.w.entries)-g.r.IntN(40))), g.anyID()
	if o.ByID && len(g.w.entries) > 60 {
		o.MinID = g.w.entries[g.r.IntN(40)].id
	}
	n := 0
	for _, e := range g.w.entries {
		if o.ByID && !e.id.Less(o.MinID) || !o.ByID && len(g.w.entries)-n <= int(o.MaxLen) {
			break
		}
		n++
	}
	whole := map[int64]bool{0: true}
	if o.Approx {
		sum := int64(0)
		g.s.EachNode(func(_ StreamID, lp []byte) bool {
			live, _ := nodeCounts(lp)
			sum += live
			whole[sum] = true
			return true
		})
	}
	deleted, err := g.s.Trim(o)
	require.NoError(g.t, err)
	if o.Approx {
		require.LessOrEqual(g.t, deleted, int64(n))
		require.True(g.t, whole[deleted])
	} else {
		require.EqualValues(g.t, n, deleted)
	}
	g.w.entries = g.w.entries[deleted:]
}

func (g *streamGame) group() {
	name := g.pick("g1", "g2", "a group with a long name", strings.Repeat("n", 600))
	w, had := g.w.groups[name]
	s, found, err := g.s.OpenGroup([]byte(name))
	require.NoError(g.t, err)
	require.Equal(g.t, had, found)
	if !had || g.r.IntN(60) == 0 {
		id := g.anyID()
		created, err := g.s.CreateGroup([]byte(name), id, UnknownRead)
		require.NoError(g.t, err)
		require.Equal(g.t, !had, created)
		if created {
			g.w.groups[name] = &groupTwin{last: id, pending: map[StreamID]pendingTwin{}, consumers: map[string]int64{}}
		}
		return
	}
	g.changeGroup(name, w, &s)
}

func (g *streamGame) changeGroup(name string, w *groupTwin, s *StreamGroup) {
	consumer := g.pick("c1", "c2", "c10", "", strings.Repeat("c", 700))
	switch g.r.IntN(40) {
	case 0:
		was, err := g.s.DestroyGroup([]byte(name))
		require.NoError(g.t, err)
		require.True(g.t, was)
		delete(g.w.groups, name)
		return
	case 1, 2:
		n, was, err := s.DeleteConsumer([]byte(consumer))
		require.NoError(g.t, err)
		_, had := w.consumers[consumer]
		require.Equal(g.t, had, was)
		delete(w.consumers, consumer)
		for id, p := range w.pending {
			if p.consumer == consumer {
				delete(w.pending, id)
				n--
			}
		}
		require.Zero(g.t, n)
		return
	case 3, 4, 5, 6, 7, 8, 9, 10:
		id := g.anyID()
		was, err := s.Acknowledge(id)
		require.NoError(g.t, err)
		_, had := w.pending[id]
		require.Equal(g.t, had, was)
		delete(w.pending, id)
		return
	}
	g.now++
	c, created, err := s.OpenConsumer([]byte(consumer), g.now)
	require.NoError(g.t, err)
	_, had := w.consumers[consumer]
	require.Equal(g.t, !had, created)
	c.SetSeen(g.now)
	w.consumers[consumer] = g.now
	for range g.r.IntN(4) {
		p := StreamPending{ID: g.anyID(), Time: g.now, Count: uint64(g.r.IntN(9))}
		require.NoError(g.t, s.Assign(&c, p))
		w.pending[p.ID] = pendingTwin{consumer, p.Time, p.Count}
		if w.last.Less(p.ID) {
			s.SetLast(p.ID)
			w.last = p.ID
		}
	}
}

func (g *streamGame) change() {
	switch n := g.r.IntN(100); {
	case n < 50:
		g.add()
	case n < 62:
		g.remove()
	case n < 65:
		g.trim()
	default:
		g.group()
	}
}

func TestStreamTwin(t *testing.T) {
	for i, lim := range []StreamLimits{{4096, 100}, {4096, 3}, {0, 0}, {300, 0}, {0, 1}} {
		for seed := range uint64(2) {
			sp := newSpace(t)
			g := newStreamGame(t, sp, seed*10+uint64(i), lim)
			for n := range 2500 {
				g.change()
				if n%499 == 0 {
					checkStream(t, &g.s, &g.w, g.value)
				}
			}
			checkStream(t, &g.s, &g.w, g.value)
			g.ranges()
			require.EqualValues(t, sp.Arena.Stats().Entries, Bytes(sp, TypeStream, EncStream, g.value))
			require.True(t, Detach(sp, TypeStream, EncStream, g.value).Free(maxInt))
			require.Zero(t, sp.Arena.Stats().Entries)
		}
	}
}

// ranges reads ranges of IDs both ways.
func (g *streamGame) ranges() {
	for range 60 {
		lo, hi := g.anyID(), g.anyID()
		var want []twinEntry
		for _, e := range g.w.entries {
			if !e.id.Less(lo) && !hi.Less(e.id) {
				want = append(want, e)
			}
		}
		require.Equal(g.t, want, readEntries(&g.s, lo, hi, false))
		slices.Reverse(want)
		require.Equal(g.t, want, readEntries(&g.s, lo, hi, true))
		require.Equal(g.t, slices.ContainsFunc(g.w.entries, func(e twinEntry) bool { return e.id == lo }), g.s.Has(lo))
	}
}

// TestStreamSnapshot: a copy of the value reads what was there, while the stream
// changes.
func TestStreamSnapshot(t *testing.T) {
	sp := newSpace(t)
	g := newStreamGame(t, sp, 5, StreamLimits{4096, 20})
	for range 6 {
		for range 400 {
			g.change()
		}
		sp.Freeze()
		then, was := bytes.Clone(g.value), g.w.String()
		for range 400 {
			g.change()
		}
		old := StreamOf(sp, then)
		require.Equal(t, was, dumpStream(&old))
		checkStream(t, &g.s, &g.w, g.value)
		sp.Thaw()
		checkStream(t, &g.s, &g.w, g.value)
	}
	Detach(sp, TypeStream, EncStream, g.value).Free(maxInt)
	require.Zero(t, sp.Arena.Stats().Entries)
}

func TestStreamCopyAndEvacuate(t *testing.T) {
	a, b := newSpace(t), newSpace(t)
	g, drop := newStreamGame(t, a, 7, StreamLimits{4096, 10}), newStreamGame(t, a, 8, StreamLimits{4096, 10})
	for range 2000 {
		g.change()
		drop.change()
	}
	for len(drop.w.entries) < 4000 {
		drop.add()
		if len(drop.w.entries)%8 == 0 {
			g.add()
		}
	}
	copied, err := Copy(b, a, TypeStream, EncStream, g.value)
	require.NoError(t, err)
	c := StreamOf(b, copied)
	checkStream(t, &c, &g.w, copied)
	require.True(t, Detach(b, TypeStream, EncStream, copied).Free(maxInt))
	require.Zero(t, b.Arena.Stats().Entries)

	Detach(a, TypeStream, EncStream, drop.value).Free(maxInt)
	require.Positive(t, a.Arena.BeginEvacuation(1))
	for Evacuate(a, TypeStream, EncStream, g.value, 50) > 0 {
		checkStream(t, &g.s, &g.w, g.value)
	}
	a.Arena.EndEvacuation()
	checkStream(t, &g.s, &g.w, g.value)
}

// TestStreamOOM: what fails has changed nothing.
func TestStreamOOM(t *testing.T) {
	pool := arena.NewPool(arena.PoolOptions{Limit: 1 << 20})
	defer pool.Close()
	sp := NewSpace(arena.New(pool), maphash.MakeSeed())
	g := newStreamGame(t, sp, 1, StreamLimits{4096, 100})
	failed := 0
	for failed < 50 {
		id, _ := g.w.last.Next()
		f := g.fields()
		err := g.s.Append(id, asBytes(f), g.lim)
		if err != nil {
			require.ErrorIs(t, err, ErrOOM)
			failed++
			continue
		}
		g.w.entries, g.w.last, g.w.added = append(g.w.entries, twinEntry{id, f}), id, g.w.added+1
	}
	checkStream(t, &g.s, &g.w, g.value)
	for len(g.w.entries) > 0 {
		g.trim()
		g.remove()
	}
	checkStream(t, &g.s, &g.w, g.value)
	require.Zero(t, sp.Arena.Stats().Entries)
}

func TestStreamID(t *testing.T) {
	for _, c := range []struct{ id, next, prev StreamID }{
		{StreamID{5, 5}, StreamID{5, 6}, StreamID{5, 4}},
		{StreamID{5, 0}, StreamID{5, 1}, StreamID{4, MaxStreamID.Seq}},
		{StreamID{5, MaxStreamID.Seq}, StreamID{6, 0}, StreamID{5, MaxStreamID.Seq - 1}},
	} {
		next, ok := c.id.Next()
		require.True(t, ok)
		require.Equal(t, c.next, next)
		prev, ok := c.id.Prev()
		require.True(t, ok)
		require.Equal(t, c.prev, prev)
		require.True(t, prev.Less(c.id) && c.id.Less(next) && !c.id.Less(c.id))
	}
	_, ok := MaxStreamID.Next()
	require.False(t, ok)
	_, ok = StreamID{}.Prev()
	require.False(t, ok)
	require.Equal(t, "18446744073709551615-18446744073709551615", MaxStreamID.String())
}
