package object

import (
	"bytes"
	"hash/maphash"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/arena"
)

// TestListOutOfMemory: what fails has changed nothing, and what gives memory back
// still works.
func TestListOutOfMemory(t *testing.T) {
	for _, size := range []int{400, 2000} {
		pool := arena.NewPool(arena.PoolOptions{Limit: 2 << 20})
		t.Cleanup(pool.Close)
		sp := NewSpace(arena.New(pool), maphash.MakeSeed())
		w := newListTwin(t, sp, ListLimits{Fill: -2})
		elem := func(i int) []byte { return append(bytes.Repeat([]byte{'e'}, size), strconv.Itoa(i)...) }
		var err error
		for i := 0; err == nil; i++ {
			l := OpenList(w.h)
			batch := [][]byte{elem(3 * i), elem(3*i + 1), elem(3*i + 2)}
			if err = l.Push(i%2 == 0, batch, w.lim); err != nil {
				break
			}
			for _, e := range batch {
				if i%2 == 0 {
					w.elems = append([]string{string(e)}, w.elems...)
				} else {
					w.elems = append(w.elems, string(e))
				}
			}
		}
		require.ErrorIs(t, err, ErrOOM)
		w.check()
		l := OpenList(w.h)
		require.ErrorIs(t, l.Set(1, make([]byte, 4<<20), w.lim), ErrOOM)
		require.ErrorIs(t, l.Insert(1, true, make([]byte, 4<<20), w.lim), ErrOOM)
		var got []string
		l.Each(func(e []byte) bool { got = append(got, string(e)); return true })
		require.Equal(t, w.elems, got)
		for len(w.elems) > 0 {
			n := min(len(w.elems), 100)
			require.NoError(t, l.Remove(len(w.elems)/2-n/2, n))
			w.elems = append(w.elems[:len(w.elems)/2-n/2], w.elems[len(w.elems)/2-n/2+n:]...)
			require.Equal(t, len(w.elems), l.Len())
		}
		Detach(sp, TypeList, w.h.enc, w.h.v).Free(maxInt) // the books may have what failed
		require.Zero(t, sp.Arena.Stats().Entries)
	}
}
