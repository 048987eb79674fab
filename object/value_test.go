package object

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/arena"
)

// bigZSetTrees makes the two trees of a sorted set, some of whose members are
// blobs.
func bigZSetTrees(t *testing.T, sp *Space, n int) []byte {
	r := rand.New(rand.NewPCG(uint64(n), 1))
	value := make([]byte, 2*rootSize)
	byScore, byMember := openTree(sp, zsetTrees[0], value), openTree(sp, zsetTrees[1], value[rootSize:])
	var score [8]byte
	for i := range n {
		member := make([]byte, r.IntN(60))
		if i%100 == 0 {
			member = make([]byte, 513+r.IntN(3000))
		}
		for j := range member {
			member[j] = byte(r.IntN(256))
		}
		binary.LittleEndian.PutUint64(score[:], uint64(i))
		require.NoError(t, byScore.insert(key{hi: uint64(i)}, nil, member))
		require.NoError(t, byMember.insert(key{hi: uint64(sp.Hash(member))}, nil, score[:]))
	}
	return value
}

func cells(sp *Space, sh *shape, rootBytes []byte) (out []twinCell) {
	tr := openTree(sp, sh, rootBytes)
	for p := tr.first(); p.valid(); tr.next(&p) {
		out = append(out, twinCell{tr.key(&p), bytes.Clone(tr.cell(&p))})
	}
	return out
}

func TestDetachFreesInSteps(t *testing.T) {
	for _, n := range []int{0, 1, 50, 5000, 40000} {
		sp := newSpace(t)
		value := bigZSetTrees(t, sp, n)
		require.EqualValues(t, sp.Arena.Stats().Entries, Bytes(sp, TypeZSet, EncSkiplist, value))
		dead := Detach(sp, TypeZSet, EncSkiplist, value)
		steps := 0
		for !dead.Free(7) {
			steps++
		}
		require.LessOrEqual(t, n/1000, steps+1)
		require.Zero(t, sp.Arena.Stats().Entries, "of %d", n)
	}
}

func TestDetachLeavesSnapshot(t *testing.T) {
	sp := newSpace(t)
	value := bigZSetTrees(t, sp, 5000)
	want := cells(sp, zsetTrees[0], value)
	sp.Freeze()
	root := bytes.Clone(value)
	require.True(t, Detach(sp, TypeZSet, EncSkiplist, value).Free(maxInt))
	require.Equal(t, want, cells(sp, zsetTrees[0], root))
	sp.Thaw()
	require.Zero(t, sp.Arena.Stats().Entries)
}

func TestCopyToAnotherSpace(t *testing.T) {
	for _, n := range []int{0, 1, 300, 20000} {
		a, b := newSpace(t), newSpace(t)
		value := bigZSetTrees(t, a, n)
		copied, err := Copy(b, a, TypeZSet, EncSkiplist, value)
		require.NoError(t, err)
		for i, sh := range zsetTrees {
			require.Equal(t, cells(a, sh, value[i*rootSize:]), cells(b, sh, copied[i*rootSize:]))
			tr := openTree(b, sh, copied[i*rootSize:])
			if tr.r.ref != 0 {
				_, size := checkNode(t, &tr, tr.r.ref, int(tr.r.height))
				require.Equal(t, size, tr.bytes())
			}
		}
		require.LessOrEqual(t, b.Arena.Stats().Entries, a.Arena.Stats().Entries)
		require.True(t, Detach(b, TypeZSet, EncSkiplist, copied).Free(maxInt))
		require.Zero(t, b.Arena.Stats().Entries)
	}
}

// TestCopyOOM: a copy that fails leaves nothing behind.
func TestCopyOOM(t *testing.T) {
	a := newSpace(t)
	value := bigZSetTrees(t, a, 20000)
	for limit := int64(1 << 20); limit < 4<<20; limit += 300 << 10 {
		pool := arena.NewPool(arena.PoolOptions{Limit: limit})
		b := NewSpace(arena.New(pool), maphash.MakeSeed())
		if _, err := Copy(b, a, TypeZSet, EncSkiplist, value); err != nil {
			require.ErrorIs(t, err, ErrOOM)
			require.Zero(t, b.Arena.Stats().Entries)
		}
		pool.Close()
	}
}

// TestEvacuate empties sparse pages of a tree and keeps what is in it.
func TestEvacuate(t *testing.T) {
	sp := newSpace(t)
	keep, drop := bigZSetTrees(t, sp, 20000), bigZSetTrees(t, sp, 20001)
	more := bigZSetTrees(t, sp, 500)
	want := cells(sp, zsetTrees[0], keep)
	Detach(sp, TypeZSet, EncSkiplist, drop).Free(maxInt)
	tr := openTree(sp, zsetTrees[0], keep)
	r := rand.New(rand.NewPCG(1, 2))
	for range 15000 { // the leaves shrink and are spread over many sizes
		i := r.IntN(len(want))
		require.NoError(t, tr.removeRange(i, 1))
		want = append(want[:i], want[i+1:]...)
	}
	before := sp.Arena.Stats().Held
	moved := 0
	for range 20 {
		if sp.Arena.BeginEvacuation(1) == 0 {
			break
		}
		for _, v := range [][]byte{keep, more} {
			for n := 1; n > 0; moved += n {
				n = Evacuate(sp, TypeZSet, EncSkiplist, v, 50)
			}
		}
		sp.Arena.EndEvacuation()
	}
	require.Positive(t, moved)
	require.Less(t, sp.Arena.Stats().Held, before)
	require.Equal(t, want, cells(sp, zsetTrees[0], keep))
	sp.Freeze()
	require.Zero(t, Evacuate(sp, TypeZSet, EncSkiplist, keep, 50))
	sp.Thaw()
}
