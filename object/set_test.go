package object

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/arena"
	"clusternode/internal/intset"
	"clusternode/internal/listpack"
)

var defaultSetLimits = SetLimits{Intset: 512, Listpack: 128, Value: 64}

// setTwin is a naive set, with the encoding that Redis would have.
type setTwin struct {
	members map[string]bool
	enc     Encoding
}

func (w *setTwin) add(m string, lim SetLimits) bool {
	if w.members[m] {
		return false
	}
	_, isInt := listpack.ParseInt([]byte(m))
	n := len(w.members)
	switch {
	case w.enc == EncIntset && isInt:
		if n+1 > lim.Intset {
			w.enc = EncHashtable
		}
	case w.enc == EncIntset:
		w.enc = EncListpack
		for old := range w.members {
			if len(old) > lim.Value {
				w.enc = EncHashtable
			}
		}
		fallthrough
	case w.enc == EncListpack:
		if n >= lim.Listpack || len(m) > lim.Value {
			w.enc = EncHashtable
		}
	}
	w.members[m] = true
	return true
}

func (w *setTwin) sorted() []string {
	out := make([]string, 0, len(w.members))
	for m := range w.members {
		out = append(out, m)
	}
	slices.Sort(out)
	return out
}

func sortedMembers(s *Set) []string {
	var out []string
	s.Each(func(m []byte) bool {
		out = append(out, string(m))
		return true
	})
	slices.Sort(out)
	return out
}

// checkSet compares a set with its twin, and its bytes with their form.
func checkSet(t *testing.T, s *Set, w *setTwin) {
	t.Helper()
	require.Equal(t, w.enc, s.Encoding())
	require.Equal(t, len(w.members), s.Len())
	require.Equal(t, w.sorted(), append([]string{}, sortedMembers(s)...))
	switch s.enc {
	case EncIntset:
		require.True(t, len(w.members) == 0 || intset.Valid(s.v, true))
	case EncListpack:
		require.True(t, listpack.Valid(s.v, true, nil))
	default:
		tr := s.tree()
		if tr.r.ref != 0 {
			n, size := checkNode(t, &tr, tr.r.ref, int(tr.r.height))
			require.Equal(t, len(w.members), n)
			require.Equal(t, tr.bytes(), size)
		}
	}
	var buf MemberBuf
	pick := s.Picker()
	i := 0
	s.Each(func(m []byte) bool {
		require.True(t, bytes.Equal(m, s.At(i, &buf)), "number %d", i)
		require.True(t, bytes.Equal(m, pick.At(i)), "number %d", i)
		i++
		return true
	})
}

// randomMember is one of few, so that members meet; kind 0 is integers only.
func randomMember(r *rand.Rand, kind, spread int) string {
	n := r.IntN(spread)
	switch {
	case kind == 0 || r.IntN(3) == 0:
		switch r.IntN(20) {
		case 0:
			return strconv.Itoa(n * 70000)
		case 1:
			return strconv.Itoa(-n * 5000000000)
		}
		return strconv.Itoa(n)
	case kind == 2 && r.IntN(50) == 0:
		return fmt.Sprint("long", n) + string(make([]byte, 60+r.IntN(1200)))
	}
	return fmt.Sprint("m", n)
}

func newSetHost(sp *Space, enc Encoding) *buffer { return &buffer{sp, enc, emptySet(enc, nil)} }

func TestSetAgainstTwin(t *testing.T) {
	limits := []SetLimits{defaultSetLimits, {0, 0, 0}, {4, 8, 10}, {20, 8, 3}, {600, 2, 64}}
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 7))
		lim := limits[r.IntN(len(limits))]
		sp := newSpace(t)
		kind := r.IntN(3)
		spread := []int{5, 30, 200, 1000, 3000}[r.IntN(5)]
		first := randomMember(r, kind, spread)
		w := &setTwin{map[string]bool{}, FirstSetEncoding([]byte(first), 1, lim)}
		h := newSetHost(sp, w.enc)
		s := OpenSet(h)
		for step := range 3000 {
			m := randomMember(r, kind, spread)
			switch op := r.IntN(10); {
			case op < 6:
				want := w.add(m, lim)
				got, err := s.Add([]byte(m), &lim)
				require.NoError(t, err)
				require.Equal(t, want, got, "seed %d: add %q", seed, m)
			case op < 8:
				got, err := s.Remove([]byte(m))
				require.NoError(t, err)
				require.Equal(t, w.members[m], got)
				delete(w.members, m)
			case op < 9 && s.Len() > 0:
				var buf MemberBuf
				i := r.IntN(s.Len())
				m := string(s.At(i, &buf))
				require.True(t, w.members[m])
				delete(w.members, m)
				require.NoError(t, s.RemoveAt(i))
			}
			require.Equal(t, w.members[m], s.Has([]byte(m)))
			if step%500 == 0 {
				checkSet(t, &s, w)
			}
		}
		checkSet(t, &s, w)
		again := OpenSet(h)
		checkSet(t, &again, w)
		for _, m := range w.sorted() {
			_, err := s.Remove([]byte(m))
			require.NoError(t, err)
		}
		require.Zero(t, s.Len())
		require.Zero(t, sp.Arena.Stats().Entries, "blocks of an empty set")
	}
}

func TestSetOfOne(t *testing.T) {
	sp := newSpace(t)
	for _, lim := range []SetLimits{defaultSetLimits, {0, 1, 3}, {0, 0, 64}, {1, 0, 64}} {
		for _, m := range []string{"", "0", "-1", "40000", "-5000000000", "01", "abc", string(make([]byte, 64)), string(make([]byte, 65)), string(make([]byte, 5000))} {
			w := &setTwin{map[string]bool{}, FirstSetEncoding([]byte(m), 1, lim)}
			w.add(m, lim)
			enc, v := SetOfOne(nil, []byte(m), lim)
			h := &buffer{sp, enc, v}
			s := OpenSet(h)
			if enc == EncHashtable {
				_, err := s.Add([]byte(m), &lim)
				require.NoError(t, err)
			}
			checkSet(t, &s, w)
		}
	}
}

func TestSetAddAll(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 8))
		sp := newSpace(t)
		b := NewSetBuilder(sp, defaultSetLimits, []Encoding{EncIntset, EncListpack, EncHashtable}[r.IntN(3)], nil)
		w := &setTwin{map[string]bool{}, b.set.enc}
		for range 4 {
			kind := r.IntN(3)
			var members [][]byte
			for range r.IntN(300) {
				members = append(members, []byte(randomMember(r, kind, 400)))
			}
			if n := len(members); w.enc == EncIntset && n > 512 || w.enc == EncListpack && n > 128 {
				w.enc = EncHashtable
			}
			want := 0
			for _, m := range members {
				if w.add(string(m), defaultSetLimits) {
					want++
				}
			}
			got, err := b.AddAll(members)
			require.NoError(t, err)
			require.Equal(t, want, got)
			checkSet(t, b.Set(), w)
		}
		b.Discard()
		require.Zero(t, sp.Arena.Stats().Entries)
	}
}

func TestSetScan(t *testing.T) {
	sp := newSpace(t)
	b := NewSetBuilder(sp, defaultSetLimits, EncHashtable, nil)
	const n = 5000
	for i := range n {
		_, err := b.Add([]byte(fmt.Sprint("member", i)))
		require.NoError(t, err)
	}
	s := b.Set()
	for _, count := range []int{1, 7, 100, n, 2 * n} {
		seen := map[string]int{}
		steps := 0
		for cursor, done := uint64(0), false; !done; done = cursor == 0 {
			cursor = s.Scan(cursor, count, func(m []byte) { seen[string(m)]++ })
			require.LessOrEqual(t, cursor, uint64(1)<<32)
			steps++
		}
		require.Len(t, seen, n)
		require.LessOrEqual(t, steps, n/count+1)
		for m, times := range seen {
			require.Equal(t, 1, times, m)
		}
	}
	require.Zero(t, s.Scan(1<<32, 10, func([]byte) { t.Fatal("behind the end") }))
	require.Zero(t, s.Scan(1<<63, 10, func([]byte) { t.Fatal("behind the end") }))

	// What is there from the first step to the last is seen, whatever else
	// comes and goes.
	seen := map[string]bool{}
	r := rand.New(rand.NewPCG(1, 2))
	for cursor, done := uint64(0), false; !done; done = cursor == 0 {
		cursor = s.Scan(cursor, 50, func(m []byte) { seen[string(m)] = true })
		for range 40 {
			_, err := s.Add([]byte(fmt.Sprint("new", r.IntN(1000))), &defaultSetLimits)
			require.NoError(t, err)
			_, err = s.Remove([]byte(fmt.Sprint("new", r.IntN(1000))))
			require.NoError(t, err)
			_, err = s.Remove([]byte(fmt.Sprint("member", r.IntN(n/2))))
			require.NoError(t, err)
		}
	}
	for i := n / 2; i < n; i++ {
		require.True(t, seen[fmt.Sprint("member", i)], i)
	}
}

// fullHost is a host that cannot grow when it is full.
type fullHost struct {
	buffer
	full bool
}

func (h *fullHost) Resize(n int) ([]byte, error) {
	if h.full && n > len(h.v) {
		return nil, ErrOOM
	}
	return h.buffer.Resize(n)
}

// TestSetOutOfMemory: an operation that fails has changed nothing, while there
// is no memory and while a snapshot wants copies.
func TestSetOutOfMemory(t *testing.T) {
	failed := 0
	for seed := range uint64(15) {
		r := rand.New(rand.NewPCG(seed, 11))
		pool := arena.NewPool(arena.PoolOptions{Poison: true, Limit: 256 << 10})
		sp := NewSpace(arena.New(pool), maphash.MakeSeed())
		h := &fullHost{buffer: *newSetHost(sp, EncIntset)}
		s := OpenSet(h)
		w := &setTwin{map[string]bool{}, EncIntset}
		kind := r.IntN(3)
		for step := range 6000 {
			h.full = r.IntN(3) == 0
			switch r.IntN(1000) {
			case 0:
				if !sp.Frozen() {
					sp.Freeze()
				}
			case 1:
				if sp.Frozen() {
					sp.Thaw()
				}
			}
			m := randomMember(r, kind, 6000)
			if r.IntN(3) > 0 {
				_, err := s.Add([]byte(m), &defaultSetLimits)
				if err == nil {
					w.members[m] = true
				} else {
					failed++
				}
			} else {
				removed, err := s.Remove([]byte(m))
				require.Equal(t, err == nil && w.members[m], removed)
				if removed {
					delete(w.members, m)
				}
			}
			if step%300 == 0 {
				w.enc = s.Encoding() // a set that cannot take the member may be a big one by then
				checkSet(t, &s, w)
			}
		}
		if sp.Frozen() {
			sp.Thaw()
		}
		pool.Close()
	}
	require.Greater(t, failed, 100)
}
