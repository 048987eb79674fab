package object

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// randomSets makes sets in two spaces, some of which share many members.
func randomSets(t *testing.T, r *rand.Rand, n int) (sets []Set, twins []map[string]bool) {
	one := newSpace(t)
	two := NewSpace(newSpace(t).Arena, one.seed)
	for range n {
		sp := []*Space{one, two}[r.IntN(2)]
		size := []int{0, 1, 10, 100, 1000, 4000}[r.IntN(6)]
		kind, spread := r.IntN(3), 1+r.IntN(2*size+1)
		b := NewSetBuilder(sp, defaultSetLimits, []Encoding{EncIntset, EncIntset, EncListpack, EncHashtable}[r.IntN(4)], nil)
		twin := map[string]bool{}
		for range size {
			m := randomMember(r, kind, spread)
			_, err := b.Add([]byte(m))
			require.NoError(t, err)
			twin[m] = true
		}
		sets = append(sets, SetOf(sp, b.host.enc, b.host.v))
		twins = append(twins, twin)
	}
	return sets, twins
}

func collect(t *testing.T, visit func(f func(m []byte) bool)) []string {
	out := []string{}
	visit(func(m []byte) bool {
		out = append(out, string(m))
		return true
	})
	slices.Sort(out)
	require.Equal(t, slices.Compact(slices.Clone(out)), out, "members come once")
	if len(out) > 0 { // it stops when it is told to
		n := 0
		visit(func([]byte) bool {
			n++
			return n < (len(out)+1)/2
		})
		require.Equal(t, (len(out)+1)/2, n)
	}
	return out
}

func TestSetAlgebraAgainstTwin(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 9))
		sets, twins := randomSets(t, r, 1+r.IntN(6))
		union, inter, diff := map[string]bool{}, map[string]bool{}, map[string]bool{}
		for i, twin := range twins {
			for m := range twin {
				union[m] = true
				if i == 0 {
					inter[m], diff[m] = true, true
				} else {
					delete(diff, m)
				}
			}
			for m := range inter {
				if !twin[m] {
					delete(inter, m)
				}
			}
		}
		name := fmt.Sprintf("seed %d", seed)
		require.Equal(t, (&setTwin{members: union}).sorted(), collect(t, func(f func([]byte) bool) { UnionSets(sets, f) }), name)
		require.Equal(t, (&setTwin{members: inter}).sorted(), collect(t, func(f func([]byte) bool) { IntersectSets(sets, f) }), name)
		require.Equal(t, (&setTwin{members: diff}).sorted(), collect(t, func(f func([]byte) bool) { SubtractSets(sets, f) }), name)

		b := NewSetBuilder(newSpace(t), defaultSetLimits, EncIntset, nil)
		require.NoError(t, b.AddUnion(sets))
		require.Equal(t, (&setTwin{members: union}).sorted(), append([]string{}, sortedMembers(b.Set())...), name)
	}
}

func TestUnionOfManySets(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	sets, twins := randomSets(t, r, 40)
	union := map[string]bool{}
	for _, twin := range twins {
		for m := range twin {
			union[m] = true
		}
	}
	require.Equal(t, (&setTwin{members: union}).sorted(), collect(t, func(f func([]byte) bool) { UnionSets(sets, f) }))
}

func TestPackIntegers(t *testing.T) {
	sp := newSpace(t)
	build := func(start Encoding, members ...string) *SetBuilder {
		b := NewSetBuilder(sp, defaultSetLimits, start, nil)
		for _, m := range members {
			_, err := b.Add([]byte(m))
			require.NoError(t, err)
		}
		return b
	}
	b := build(EncListpack, "3", "1", "-70000")
	b.PackIntegers()
	require.Equal(t, EncIntset, b.Set().Encoding())
	require.Equal(t, []string{"-70000", "1", "3"}, sortedMembers(b.Set()))
	b = build(EncListpack, "3", "x")
	b.PackIntegers()
	require.Equal(t, EncListpack, b.Set().Encoding())
	b = build(EncHashtable, "3", "4")
	b.PackIntegers()
	require.Equal(t, EncIntset, b.Set().Encoding())
	require.Zero(t, sp.Arena.Stats().Entries, "the tree is freed")
	var many []string
	for i := range 513 {
		many = append(many, fmt.Sprint(i))
	}
	b = build(EncHashtable, many...)
	b.PackIntegers()
	require.Equal(t, EncHashtable, b.Set().Encoding())
}
