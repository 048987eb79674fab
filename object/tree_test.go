package object

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/arena"
)

func newSpace(t testing.TB) *Space {
	pool := arena.NewPool(arena.PoolOptions{Poison: true})
	t.Cleanup(pool.Close)
	return NewSpace(arena.New(pool), maphash.MakeSeed())
}

// twinCell is a cell of the naive twin, a sorted slice.
type twinCell struct {
	k    key
	cell []byte
}

var testShapes = map[string]*shape{
	"place": {0, -1, nil},
	"hash":  {4, -1, wholeCell},
	"score": {8, -1, wholeCell},
	"fixed": {4, 8, nil},
	"id":    {16, 12, nil},
	"node":  {16, -1, nil},
}

func (s *shape) compare(a, b twinCell) int {
	switch {
	case a.k.less(b.k):
		return -1
	case b.k.less(a.k):
		return 1
	case s.name == nil:
		return 0
	}
	return bytes.Compare(s.name(a.cell), s.name(b.cell))
}

// randomCell makes a cell of the shape; spread is how many keys there are.
func (s *shape) randomCell(r *rand.Rand, spread int, big bool) twinCell {
	var c twinCell
	switch s.keySize {
	case 4:
		c.k.hi = uint64(r.IntN(spread)) * uint64(1<<32/spread)
	case 8:
		c.k.hi = uint64(r.IntN(spread))
	case 16:
		c.k = key{uint64(r.IntN(spread)), uint64(r.IntN(4))}
	}
	n := s.cell
	if n < 0 {
		n = r.IntN(40)
		if big { // few long cells among many short ones
			n = r.IntN(4)
			switch r.IntN(40) {
			case 0:
				n = r.IntN(5000)
			case 1:
				n = maxInline - r.IntN(40)
			}
		}
	}
	c.cell = make([]byte, n)
	for i := range c.cell {
		c.cell[i] = byte('a' + r.IntN(3))
	}
	return c
}

// check compares the whole tree, and every node of it, with the twin.
func check(t *testing.T, tr *tree, want []twinCell) {
	require.Equal(t, len(want), tr.len())
	i := 0
	for p := tr.first(); p.valid(); tr.next(&p) {
		require.Equal(t, want[i].k, tr.key(&p), "key %d", i)
		require.True(t, bytes.Equal(want[i].cell, tr.cell(&p)), "cell %d", i)
		i++
	}
	require.Equal(t, len(want), i)
	for p := tr.last(); p.valid(); {
		i--
		require.True(t, bytes.Equal(want[i].cell, tr.cell(&p)), "cell %d backwards", i)
		if !tr.prev(&p) {
			break
		}
	}
	require.Zero(t, i)
	if tr.r.ref != 0 {
		n, size := checkNode(t, tr, tr.r.ref, int(tr.r.height))
		require.Equal(t, len(want), n)
		require.Equal(t, tr.bytes(), size)
	} else {
		require.Zero(t, tr.bytes())
	}
}

func checkNode(t *testing.T, tr *tree, r arena.Ref, height int) (n, size int) {
	if height == 0 {
		l := leaf{tr.sp.Arena.At(r)}
		h := l.head()
		size = int(h.cap) * 8
		require.Equal(t, arena.BlockSize(size), size)
		require.NotZero(t, h.n)
		require.LessOrEqual(t, leafHeadSize+int(h.n)*tr.sh.perCell(), int(h.start))
		require.LessOrEqual(t, int(h.end), size)
		blobs := 0
		for i := range l.len() {
			if tr.sh.isBlob(l, i) {
				blobs++
				ref, _ := blobRef(tr.sh.raw(l, i))
				size += tr.sp.Arena.Cap(ref)
			}
		}
		require.Equal(t, int(h.blobs), blobs)
		require.LessOrEqual(t, size-blobBytes(tr, l), leafMax)
		return l.len(), size
	}
	b := branch{tr.sp.Arena.At(r)}
	size = branchSize(int(b.head().cap))
	require.LessOrEqual(t, b.len(), int(b.head().cap))
	for i := range b.len() {
		c, s := checkNode(t, tr, b.child(i).ref, height-1)
		require.Equal(t, int(b.child(i).count), c)
		n, size = n+c, size+s
	}
	return n, size
}

func blobBytes(tr *tree, l leaf) (n int) {
	for i := range l.len() {
		if tr.sh.isBlob(l, i) {
			ref, _ := blobRef(tr.sh.raw(l, i))
			n += tr.sp.Arena.Cap(ref)
		}
	}
	return n
}

func TestTreeTwin(t *testing.T) {
	for name, sh := range testShapes {
		for _, size := range []int{5, 300, 6000} {
			for _, big := range []bool{false, true} {
				if sh.cell >= 0 && big {
					continue
				}
				t.Run(fmt.Sprint(name, size, big), func(t *testing.T) {
					t.Parallel()
					twin(t, sh, size, big, uint64(size))
				})
			}
		}
	}
}

func twin(t *testing.T, sh *shape, size int, big bool, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 7))
	sp := newSpace(t)
	value := make([]byte, rootSize)
	tr := openTree(sp, sh, value)
	var want []twinCell
	steps := 3*size + 200
	if testing.Short() {
		steps = size + 100
	}
	var snap []byte
	var then []twinCell
	for step := range steps {
		grow := step < steps*2/3
		switch op := r.IntN(20); {
		case op < 11 && grow || op < 5:
			c := sh.randomCell(r, 50+size/3, big)
			want = insertTwin(t, &tr, sh, want, c, r)
		case op < 16 && len(want) > 0:
			i := r.IntN(len(want))
			p := tr.at(i)
			require.Equal(t, i, tr.rank(&p))
			require.NoError(t, tr.removeAt(&p))
			want = slices.Delete(want, i, i+1)
		case op == 16 && len(want) > 0:
			i := r.IntN(len(want))
			n := r.IntN(min(len(want)-i, 1+size/20) + 1)
			require.NoError(t, tr.removeRange(i, n))
			want = slices.Delete(want, i, i+n)
		case op == 17 && len(want) > 0 && sh.name == nil:
			i := r.IntN(len(want))
			c := sh.randomCell(r, 10, big)
			p := tr.at(i)
			require.NoError(t, tr.replaceAt(&p, c.cell))
			want[i].cell = c.cell
		case op == 18 && len(want) > 0 && sh.name == nil && sh.cell < 0:
			i := r.IntN(len(want))
			n := r.IntN(len(want[i].cell)*2 + 10)
			p := tr.at(i)
			b, err := tr.resizeAt(&p, n)
			require.NoError(t, err)
			cell := make([]byte, n)
			copy(b[min(n, len(want[i].cell)):], cell)
			copy(cell, want[i].cell)
			want[i].cell = cell
		case op == 19 && r.IntN(10) == 0 && snap == nil:
			sp.Freeze()
			snap, then = bytes.Clone(value), slices.Clone(want)
			for i := range then {
				then[i].cell = bytes.Clone(then[i].cell)
			}
		case op == 19 && r.IntN(10) == 0 && snap != nil:
			old := openTree(sp, sh, snap)
			compareCells(t, &old, then)
			snap = nil
			sp.Thaw()
		case op == 19 && len(want) > 0 && sh.name == nil:
			i := r.IntN(len(want))
			p := tr.at(i)
			require.NoError(t, tr.own(&p))
			if len(want[i].cell) > 0 {
				want[i].cell[0] = 'z'
				tr.cell(&p)[0] = 'z'
			}
		}
		if step%97 == 0 {
			check(t, &tr, want)
		}
	}
	check(t, &tr, want)
	if snap != nil {
		old := openTree(sp, sh, snap)
		compareCells(t, &old, then)
		sp.Thaw()
	}
	require.NoError(t, tr.removeRange(0, tr.len()))
	check(t, &tr, nil)
	require.Zero(t, sp.Arena.Stats().Entries)
}

// compareCells is check for a snapshot, whose books of bytes no longer hold.
func compareCells(t *testing.T, tr *tree, want []twinCell) {
	i := 0
	for p := tr.first(); p.valid(); tr.next(&p) {
		require.Equal(t, want[i].k, tr.key(&p))
		require.True(t, bytes.Equal(want[i].cell, tr.cell(&p)), "cell %d of the snapshot", i)
		i++
	}
	require.Equal(t, len(want), i)
}

func insertTwin(t *testing.T, tr *tree, sh *shape, want []twinCell, c twinCell, r *rand.Rand) []twinCell {
	if sh.keySize == 0 {
		i := r.IntN(len(want) + 1)
		switch r.IntN(3) {
		case 0:
			i = 0
			require.NoError(t, tr.push(true, c.cell))
		case 1:
			i = len(want)
			require.NoError(t, tr.push(false, c.cell))
		default:
			p := tr.at(i)
			require.NoError(t, tr.insertAt(&p, key{}, c.cell))
		}
		return slices.Insert(want, i, c)
	}
	i, found := slices.BinarySearchFunc(want, c, sh.compare)
	var name []byte
	if sh.name != nil {
		name = sh.name(c.cell)
	}
	p, ok := tr.find(c.k, name)
	require.Equal(t, found, ok)
	if tr.len() > 0 {
		require.Equal(t, i, tr.rank(&p))
	}
	if found {
		return want
	}
	if r.IntN(2) == 0 {
		require.NoError(t, tr.insertAt(&p, c.k, c.cell))
	} else {
		require.NoError(t, tr.insert(c.k, name, c.cell))
	}
	return slices.Insert(want, i, c)
}

// TestTreeDuplicates: cells with equal keys and no names may lie in several
// leaves, and a search finds the first.
func TestTreeDuplicates(t *testing.T) {
	sp := newSpace(t)
	tr := openTree(sp, &shape{4, 8, nil}, make([]byte, rootSize))
	var cell [8]byte
	for i := range 3000 {
		binary.LittleEndian.PutUint64(cell[:], uint64(i))
		require.NoError(t, tr.insert(key{hi: uint64(i / 1000 * 7)}, nil, cell[:]))
	}
	for i := range 3 {
		p, found := tr.find(key{hi: uint64(i * 7)}, nil)
		require.True(t, found)
		require.Equal(t, i*1000, tr.rank(&p))
	}
}

// TestTreeOOM: what fails has changed nothing.
func TestTreeOOM(t *testing.T) {
	pool := arena.NewPool(arena.PoolOptions{Limit: 2 << 20})
	defer pool.Close()
	sp := NewSpace(arena.New(pool), maphash.MakeSeed())
	for name, sh := range testShapes {
		r := rand.New(rand.NewPCG(1, 1))
		tr := openTree(sp, sh, make([]byte, rootSize))
		var want []twinCell
		failed := 0
		for failed < 20 {
			c := sh.randomCell(r, 1<<20, true)
			p := tr.seek(c.k, c.cell)
			if sh.keySize == 0 {
				p = tr.at(r.IntN(len(want) + 1))
			}
			i := 0
			if tr.len() > 0 {
				i = tr.rank(&p)
			}
			if err := tr.insertAt(&p, c.k, c.cell); err != nil {
				require.ErrorIs(t, err, ErrOOM, name)
				failed++
				continue
			}
			want = slices.Insert(want, i, c)
		}
		check(t, &tr, want)
		require.NoError(t, tr.removeRange(0, tr.len()))
	}
}

// TestTreeHigh builds a tree with branches above branches and takes it down.
func TestTreeHigh(t *testing.T) {
	sp := newSpace(t)
	sh := &shape{16, -1, nil}
	tr := openTree(sp, sh, make([]byte, rootSize))
	r := rand.New(rand.NewPCG(3, 3))
	cell := make([]byte, 500)
	var want []twinCell
	for i := range 20000 {
		k := key{uint64(r.IntN(1 << 30)), uint64(i)}
		if i < 2000 { // at the end
			k.hi = uint64(1<<30 + i)
		}
		c := twinCell{k, cell[:400+r.IntN(100)]}
		require.NoError(t, tr.insert(k, nil, c.cell))
		want = append(want, c)
	}
	slices.SortFunc(want, sh.compare)
	require.EqualValues(t, 2, tr.r.height)
	check(t, &tr, want)
	for len(want) > 0 {
		i := r.IntN(len(want))
		n := 1
		if r.IntN(50) == 0 {
			n = r.IntN(min(len(want)-i, 100)) + 1
		}
		if n == 1 {
			p, found := tr.find(want[i].k, nil)
			require.True(t, found)
			require.NoError(t, tr.removeAt(&p))
		} else {
			require.NoError(t, tr.removeRange(i, n))
		}
		want = slices.Delete(want, i, i+n)
		if r.IntN(500) == 0 {
			check(t, &tr, want)
		}
	}
	check(t, &tr, nil)
	require.Zero(t, sp.Arena.Stats().Entries)
}

// TestTreeSplitUneven: a long cell among many short ones leaves two leaves that
// are not too long, wherever it comes.
func TestTreeSplitUneven(t *testing.T) {
	const short = 240 // that fill a leaf
	for at := range short {
		sp := newSpace(t)
		sh := testShapes["hash"]
		tr := openTree(sp, sh, make([]byte, rootSize))
		var want []twinCell
		for i := range short {
			want = append(want, twinCell{key{hi: uint64(i * 2)}, []byte{'a', byte(i)}})
			require.NoError(t, tr.insert(want[i].k, want[i].cell, want[i].cell))
		}
		require.Zero(t, tr.r.height)
		long := twinCell{key{hi: uint64(at*2 + 1)}, bytes.Repeat([]byte{'x'}, maxInline)}
		require.NoError(t, tr.insert(long.k, long.cell, long.cell))
		check(t, &tr, slices.Insert(want, at+1, long))
	}
}
