package arena

import (
	"math/rand/v2"
	"sync"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

func TestClasses(t *testing.T) {
	for size := 1; size <= maxSmall; size++ {
		b := BlockSize(size)
		require.GreaterOrEqual(t, b, size)
		require.Zero(t, b%unit)
		require.LessOrEqual(t, b-size, max(7, size/16), "size %d", size)
		if size > 8 {
			require.True(t, SameBlock(size, b))
		}
		if size%64 == 0 && size <= 2048 {
			require.Equal(t, size, b)
		}
	}
	require.Equal(t, maxSmall, int(classSize[numClasses-1]))
	require.Equal(t, maxSmall+granule, BlockSize(maxSmall+1))
	require.True(t, SameBlock(maxSmall+1, maxSmall+granule))
	require.False(t, SameBlock(maxSmall, maxSmall+1))
}

func TestPageBookSize(t *testing.T) {
	require.LessOrEqual(t, unsafe.Sizeof(page{}), uintptr(16))
}

// held is a block that a test owns: its bytes are a pattern of seed.
type held struct {
	r    Ref
	size int
	seed byte
	kind Kind
}

func fill(p unsafe.Pointer, h held) {
	for i, b := 0, unsafe.Slice((*byte)(p), h.size); i < h.size; i += 1 + h.size/300 {
		b[i] = h.seed + byte(i)
	}
}

func check(t *testing.T, a *Arena, h held) {
	t.Helper()
	for i, b := 0, unsafe.Slice((*byte)(a.At(h.r)), h.size); i < h.size; i += 1 + h.size/300 {
		if b[i] != h.seed+byte(i) {
			require.Failf(t, "content", "block %d of %d bytes changed at %d", h.r, h.size, i)
		}
	}
}

func randomSize(r *rand.Rand) int {
	switch r.IntN(20) {
	case 0:
		return 1 + r.IntN(100_000)
	case 1:
		return 1 + r.IntN(16_384)
	case 2:
		if r.IntN(10) == 0 {
			return 1 + r.IntN(5<<20)
		}
	}
	return 4 + r.IntN(300)
}

func TestRandomBlocks(t *testing.T) {
	pool := NewPool(PoolOptions{Poison: true})
	defer pool.Close()
	a := New(pool)
	r := rand.New(rand.NewPCG(1, 2))
	var live []held
	used := [numKinds]int64{}
	for step := range 60_000 {
		grow := step/10_000%2 == 0
		if len(live) == 0 || r.IntN(10) < 4 || grow && r.IntN(2) == 0 {
			h := held{size: randomSize(r), seed: byte(r.Uint32()), kind: Kind(r.IntN(2))}
			var p unsafe.Pointer
			var err error
			h.r, p, err = a.Alloc(h.size, h.kind)
			require.NoError(t, err)
			require.NotZero(t, h.r)
			require.Equal(t, a.At(h.r), p)
			require.Zero(t, uintptr(p)%8)
			require.Equal(t, BlockSize(h.size), a.Cap(h.r))
			if Zeroed(h.size) {
				require.Zero(t, *(*byte)(unsafe.Add(p, h.size-1)))
			}
			fill(p, h)
			live = append(live, h)
			used[h.kind] += int64(BlockSize(h.size))
		} else {
			i := r.IntN(len(live))
			check(t, a, live[i])
			a.Free(live[i].r, live[i].kind)
			used[live[i].kind] -= int64(BlockSize(live[i].size))
			live[i] = live[len(live)-1]
			live = live[:len(live)-1]
		}
		if step%5_000 == 4_999 {
			evacuate(t, a, live, 0)
			pool.Trim(1<<20, 1<<30)
			s := a.Stats()
			require.Equal(t, used, [numKinds]int64{s.Entries, s.Tables})
			require.Equal(t, s.Held, pool.Stats().Used)
			require.LessOrEqual(t, pool.Stats().Spare, int64(1<<20))
		}
	}
	for _, h := range live {
		check(t, a, h)
		a.Free(h.r, h.kind)
	}
	require.Equal(t, Stats{}, a.Stats())
	require.Zero(t, pool.Stats().Used)
	pool.Trim(0, 1<<40)
	require.Zero(t, pool.Stats().Spare)
}

func evacuate(t *testing.T, a *Arena, live []held, minFree int64) {
	if a.BeginEvacuation(minFree) == 0 {
		require.False(t, a.Evacuating())
		return
	}
	for i := range live {
		if a.Leaving(live[i].r) {
			if to, p, ok := a.Move(live[i].r); ok {
				require.Equal(t, a.At(to), p)
				live[i].r = to
			}
		}
	}
	a.EndEvacuation()
}

func TestEvacuationPacks(t *testing.T) {
	pool := NewPool(PoolOptions{Poison: true})
	defer pool.Close()
	a := New(pool)
	r := rand.New(rand.NewPCG(3, 4))
	var live []held
	for range 40_000 {
		h := held{size: 100, seed: byte(r.Uint32())}
		ref, p, err := a.Alloc(h.size, Entry)
		require.NoError(t, err)
		h.r = ref
		fill(p, h)
		live = append(live, h)
	}
	kept := live[:0]
	for _, h := range live {
		if r.IntN(4) == 0 {
			kept = append(kept, h)
		} else {
			a.Free(h.r, Entry)
		}
	}
	before := a.Stats()
	require.Greater(t, before.Held, 3*before.Entries)
	evacuate(t, a, kept, 0)
	after := a.Stats()
	require.Equal(t, before.Entries, after.Entries)
	require.Less(t, after.Held, after.Entries*5/4)
	for _, h := range kept {
		check(t, a, h)
	}
	require.Zero(t, a.BeginEvacuation(1<<20), "nothing is left to gain")
}

func TestLimit(t *testing.T) {
	pool := NewPool(PoolOptions{Limit: 1 << 20})
	defer pool.Close()
	a := New(pool)
	var refs []Ref
	for {
		r, _, err := a.Alloc(1000, Entry)
		if err != nil {
			require.ErrorIs(t, err, ErrFull)
			break
		}
		refs = append(refs, r)
	}
	require.Greater(t, len(refs), 900)
	_, _, err := a.Alloc(20_000, Entry)
	require.ErrorIs(t, err, ErrFull)
	_, _, err = a.Alloc(20<<20, Entry)
	require.ErrorIs(t, err, ErrFull)
	used := a.Stats()
	for _, r := range refs {
		a.Free(r, Entry)
	}
	require.Equal(t, int64(len(refs)*BlockSize(1000)), used.Entries)
	_, _, err = a.Alloc(20_000, Entry)
	require.NoError(t, err)
}

func TestRelease(t *testing.T) {
	pool := NewPool(PoolOptions{})
	defer pool.Close()
	a, b := New(pool), New(pool)
	for _, size := range []int{10, 100, 10_000, 30_000, 3 << 20} {
		for range 20 {
			_, _, err := a.Alloc(size, Entry)
			require.NoError(t, err)
		}
	}
	h := held{size: 77, seed: 9}
	var p unsafe.Pointer
	h.r, p, _ = b.Alloc(h.size, Table)
	fill(p, h)
	a.Release()
	require.Equal(t, Stats{}, a.Stats())
	require.Equal(t, int64(pageBytes), pool.Stats().Used)
	pool.Trim(0, 1<<40)
	require.Zero(t, pool.Stats().Spare)
	check(t, b, h)
	_, _, err := a.Alloc(100, Entry) // an arena may be used again
	require.NoError(t, err)
}

func TestPoisonFindsMisuse(t *testing.T) {
	pool := NewPool(PoolOptions{Poison: true})
	defer pool.Close()
	a := New(pool)
	_, _, err := a.Alloc(64, Entry) // keeps the page
	require.NoError(t, err)
	r, p, err := a.Alloc(64, Entry)
	require.NoError(t, err)
	fill(p, held{size: 64, seed: 1})
	a.Free(r, Entry)
	require.Panics(t, func() { a.Free(r, Entry) })
	a.mu = sync.Mutex{}
	*(*byte)(unsafe.Add(p, 40)) = 1
	require.Panics(t, func() { _, _, _ = a.Alloc(64, Entry) })
}

// Several arenas under load share a pool, with the books open to readers and
// spare memory going back all the time.
func TestConcurrent(t *testing.T) {
	pool := NewPool(PoolOptions{Poison: true})
	defer pool.Close()
	shared := New(pool)
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for g := range 4 {
		wg.Go(func() {
			a := shared
			if g%2 == 0 {
				a = New(pool)
			}
			r := rand.New(rand.NewPCG(uint64(g), 1))
			var live []held
			for range 20_000 {
				if len(live) < 500 {
					h := held{size: randomSize(r) % 30_000, seed: byte(r.Uint32())}
					h.size++
					ref, p, err := a.Alloc(h.size, Entry)
					if err != nil {
						t.Error(err)
						return
					}
					h.r = ref
					fill(p, h)
					live = append(live, h)
					continue
				}
				for range 250 {
					h := live[len(live)-1]
					live = live[:len(live)-1]
					check(t, a, h)
					a.Free(h.r, Entry)
				}
			}
		})
	}
	var bg sync.WaitGroup
	bg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				pool.Trim(0, 1<<20)
				_ = shared.Stats()
			}
		}
	})
	wg.Wait()
	close(stop)
	bg.Wait()
}

func BenchmarkAllocFree(b *testing.B) {
	pool := NewPool(PoolOptions{})
	defer pool.Close()
	a := New(pool)
	_, _, _ = a.Alloc(88, Entry)
	b.ReportAllocs()
	for b.Loop() {
		r, _, _ := a.Alloc(88, Entry)
		a.Free(r, Entry)
	}
}

func BenchmarkAt(b *testing.B) {
	pool := NewPool(PoolOptions{})
	defer pool.Close()
	a := New(pool)
	r, _, _ := a.Alloc(88, Entry)
	var sum uint64
	for b.Loop() {
		sum += *(*uint64)(a.At(r))
	}
	_ = sum
}
