package object

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/internal/listpack"
)

// listTwin is the naive list beside the one that is tested.
type listTwin struct {
	t     *testing.T
	h     *buffer
	lim   ListLimits
	elems []string
}

func newListTwin(t *testing.T, sp *Space, lim ListLimits) *listTwin {
	w := &listTwin{t: t, h: &buffer{sp: sp, enc: EncListpack, v: listpack.AppendEmpty(nil)}, lim: lim}
	return w
}

// push does what RPUSH and LPUSH do.
func (w *listTwin) push(front bool, elems ...string) {
	l := OpenList(w.h)
	raw := make([][]byte, len(elems))
	for i, e := range elems {
		raw[i] = []byte(e)
	}
	require.NoError(w.t, l.Push(front, raw, w.lim))
	for _, e := range elems {
		if front {
			w.elems = slices.Insert(w.elems, 0, e)
		} else {
			w.elems = append(w.elems, e)
		}
	}
}

func (w *listTwin) set(i int, e string) {
	l := OpenList(w.h)
	require.NoError(w.t, l.Grow([]byte(e), w.lim))
	require.NoError(w.t, l.Set(i, []byte(e), w.lim))
	l.Shrink(w.lim)
	w.elems[i] = e
}

func (w *listTwin) insert(i int, after bool, e string) {
	l := OpenList(w.h)
	require.NoError(w.t, l.Grow([]byte(e), w.lim))
	require.NoError(w.t, l.Insert(i, after, []byte(e), w.lim))
	if after {
		i++
	}
	w.elems = slices.Insert(w.elems, i, e)
}

func (w *listTwin) remove(from, n int) {
	l := OpenList(w.h)
	require.NoError(w.t, l.Remove(from, n))
	l.Shrink(w.lim)
	w.elems = slices.Delete(w.elems, from, from+n)
}

func (w *listTwin) removeRuns(runs []ListRun) {
	l := OpenList(w.h)
	require.NoError(w.t, l.RemoveRuns(runs))
	l.Shrink(w.lim)
	for i := len(runs) - 1; i >= 0; i-- {
		w.elems = slices.Delete(w.elems, runs[i].From, runs[i].From+runs[i].N)
	}
}

func (w *listTwin) pop(front bool) {
	l := OpenList(w.h)
	var buf ElementBuf
	end := string(l.End(front, &buf))
	require.NoError(w.t, l.Pop(front))
	l.Shrink(w.lim)
	i := len(w.elems) - 1
	if front {
		i = 0
	}
	require.Equal(w.t, w.elems[i], end)
	w.elems = slices.Delete(w.elems, i, i+1)
}

// check compares everything, and the books with the elements.
func (w *listTwin) check() {
	l := ListOf(w.h.sp, w.h.enc, w.h.v)
	require.Equal(w.t, len(w.elems), l.Len())
	var got []string
	l.Each(func(e []byte) bool { got = append(got, string(e)); return true })
	require.True(w.t, slices.Equal(w.elems, got))
	if n := len(w.elems); n > 0 {
		var buf ElementBuf
		i := n * 2 / 3
		require.Equal(w.t, w.elems[i], string(l.Index(i, &buf)))
		back := []string(nil)
		for it := l.Iter(i, true); it.Next(); {
			back = append(back, string(it.Element()))
		}
		slices.Reverse(back)
		require.True(w.t, slices.Equal(w.elems[:i+1], back))
	}
	if w.h.enc == EncListpack {
		require.True(w.t, listpack.Valid(w.h.v, true, nil))
		return
	}
	at := 0
	nodes := l.nodes()
	for p := nodes.first(); p.valid(); nodes.next(&p) {
		d := readNode(nodes.cell(&p))
		require.Positive(w.t, d.n)
		size := listpack.EmptySize
		for _, e := range w.elems[at : at+d.n] {
			size += listpack.EntrySize([]byte(e))
		}
		if d.plain {
			require.Equal(w.t, 1, d.n)
			size = len(w.elems[at])
		}
		require.Equal(w.t, size, d.size, "node from %d", at)
		at += d.n
	}
	require.Equal(w.t, len(w.elems), at)
}

func randomElement(r *rand.Rand, big int) string {
	switch r.IntN(12) {
	case 0, 1, 2, 3:
		return strconv.Itoa(r.IntN(1 << r.IntN(40)))
	case 4:
		if big > 0 && r.IntN(8) == 0 {
			return string(bytes.Repeat([]byte{'x'}, r.IntN(big)))
		}
	}
	return string(bytes.Repeat([]byte{byte('a' + r.IntN(4))}, r.IntN(60)))
}

// TestListTwin does random things to lists around every threshold.
func TestListTwin(t *testing.T) {
	for _, fill := range []int{-1, -2, -5, 0, 1, 3, 8, 200} {
		for _, plain := range []int{0, 1 << 30, 40} {
			t.Run(fmt.Sprintf("%d plain from %d", fill, plain), func(t *testing.T) {
				r := rand.New(rand.NewPCG(uint64(fill+10), uint64(plain)))
				sp := newSpace(t)
				w := newListTwin(t, sp, ListLimits{fill, plain})
				for step := range 1500 {
					w.step(r, step/150%2 == 0)
					if step%7 == 0 || len(w.elems) < 5 {
						w.check()
					}
				}
				w.check()
				Detach(sp, TypeList, w.h.enc, w.h.v).Free(maxInt)
				require.Zero(t, sp.Arena.Stats().Entries)
			})
		}
	}
}

// step does one random thing; growing lists mostly grow.
func (w *listTwin) step(r *rand.Rand, growing bool) {
	n := len(w.elems)
	const big = 20000
	if n == 0 || growing && r.IntN(4) > 0 {
		var elems []string
		for range 1 + r.IntN(8) {
			elems = append(elems, randomElement(r, big))
		}
		w.push(r.IntN(2) == 0, elems...)
		return
	}
	i := r.IntN(n)
	switch r.IntN(6) {
	case 0:
		w.set(i, randomElement(r, big))
	case 1:
		w.insert(i, r.IntN(2) == 0, randomElement(r, big))
	case 2:
		w.remove(i, 1+r.IntN(min(n-i, 30)))
	case 3:
		var runs []ListRun
		for at := r.IntN(n); at < n; at += 2 + r.IntN(20) {
			k := 1 + r.IntN(min(3, n-at))
			runs = append(runs, ListRun{at, k})
			at += k
		}
		w.removeRuns(runs)
	default:
		w.pop(r.IntN(2) == 0)
	}
}

// TestListThresholds: the lengths at which Redis 7.2 changes the encoding.
func TestListThresholds(t *testing.T) {
	sp := newSpace(t)
	w := newListTwin(t, sp, ListLimits{Fill: 4})
	enc := func() string { return w.h.enc.String() }
	w.push(false, "a", "b", "c", "d")
	require.Equal(t, "listpack", enc())
	w.push(false, "e")
	require.Equal(t, "quicklist", enc())
	w.pop(false) // the node of e is gone; the first has four, half of the limit is two
	require.Equal(t, "quicklist", enc())
	w.pop(true)
	require.Equal(t, "quicklist", enc())
	w.pop(true)
	require.Equal(t, "listpack", enc())
	w.push(true, "x", "y")
	require.Equal(t, "listpack", enc())
	w.set(0, "z") // as if one came
	require.Equal(t, "quicklist", enc())
}

func TestListBuilder(t *testing.T) {
	sp := newSpace(t)
	for _, n := range []int{0, 1, 100, 5000} {
		b := NewListBuilder(sp, ListLimits{Fill: -2}, nil)
		want := []string(nil)
		for i := range n {
			e := "element" + strconv.Itoa(i)
			require.NoError(t, b.Push([]byte(e)))
			want = append(want, e)
		}
		enc, v := b.Value()
		l := ListOf(sp, enc, v)
		require.Equal(t, n, l.Len())
		require.Equal(t, n > 1000, enc == EncQuicklist)
		var got []string
		l.Each(func(e []byte) bool { got = append(got, string(e)); return true })
		require.Equal(t, want, got)
		b.Discard()
		require.Zero(t, sp.Arena.Stats().Entries)
	}
}

// TestListBuilderNodes: the nodes of a payload stay as they were.
func TestListBuilderNodes(t *testing.T) {
	sp := newSpace(t)
	node := func(elems ...string) []byte {
		lp := listpack.AppendEmpty(nil)
		for _, e := range elems {
			lp = listpack.Splice(lp, len(lp)-1, 0, listpack.AppendEntry(nil, []byte(e)), 1)
		}
		return lp
	}
	b := NewListBuilder(sp, ListLimits{Fill: -2}, nil)
	require.NoError(t, b.AppendNode(node("a", "1")))
	require.NoError(t, b.AppendNode(node()))
	require.NoError(t, b.AppendPlain(bytes.Repeat([]byte("p"), 600)))
	require.NoError(t, b.AppendNode(node("b")))
	enc, v := b.Value()
	require.Equal(t, EncQuicklist, enc)
	l := ListOf(sp, enc, v)
	var sizes []int
	l.Nodes(func(n int, plain bool) bool {
		if plain {
			n = -n
		}
		sizes = append(sizes, n)
		return true
	})
	require.Equal(t, []int{2, -1, 1}, sizes)
	b.Discard()
	one := NewListBuilder(sp, ListLimits{Fill: -2}, nil)
	require.NoError(t, one.AppendNode(node("a", "1")))
	enc, v = one.Value()
	require.Equal(t, EncListpack, enc)
	require.Equal(t, node("a", "1"), v)
}

// TestListSnapshot: a list that was frozen is what it was, whatever happens.
func TestListSnapshot(t *testing.T) {
	sp := newSpace(t)
	w := newListTwin(t, sp, ListLimits{Fill: -1})
	r := rand.New(rand.NewPCG(1, 9))
	for len(w.elems) < 3000 {
		w.push(true, randomElement(r, 3000))
	}
	want := slices.Clone(w.elems)
	sp.Freeze()
	root := bytes.Clone(w.h.v)
	for range 800 {
		w.step(r, false)
	}
	w.check()
	old := ListOf(sp, EncQuicklist, root)
	var got []string
	old.Each(func(e []byte) bool { got = append(got, string(e)); return true })
	require.True(t, slices.Equal(want, got))
	sp.Thaw()
	w.check()
	Detach(sp, TypeList, w.h.enc, w.h.v).Free(maxInt)
	require.Zero(t, sp.Arena.Stats().Entries)
}
