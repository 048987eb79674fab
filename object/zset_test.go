package object

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type zsetPair struct {
	member string
	score  float64
}

func sortPairs(p []zsetPair) {
	slices.SortFunc(p, func(a, b zsetPair) int {
		switch {
		case a.score < b.score:
			return -1
		case a.score > b.score:
			return 1
		}
		return strings.Compare(a.member, b.member)
	})
}

func checkZSet(t *testing.T, z *ZSet, twin map[string]float64, r *rand.Rand) {
	want := []zsetPair{}
	for m, s := range twin {
		want = append(want, zsetPair{m, s})
	}
	sortPairs(want)
	require.Equal(t, len(want), z.Len())
	got := []zsetPair{}
	z.Each(func(m []byte, s float64) bool { got = append(got, zsetPair{string(m), s}); return true })
	require.Equal(t, want, got)
	i := len(want) - 1
	for it := z.At(i); it.Valid(); it.Prev() {
		require.Equal(t, want[i], zsetPair{string(it.Member()), it.Score()})
		i--
	}
	require.Equal(t, -1, i)
	for range 10 {
		if len(want) == 0 {
			break
		}
		i := r.IntN(len(want))
		rank, score, ok := z.Rank([]byte(want[i].member))
		require.True(t, ok)
		require.Equal(t, i, rank)
		require.Equal(t, want[i].score, score)
		lo := want[i].score
		below, through := 0, 0
		for _, p := range want {
			if p.score < lo {
				below++
			}
			if p.score <= lo {
				through++
			}
		}
		require.Equal(t, below, z.RankOfScore(lo, false))
		require.Equal(t, through, z.RankOfScore(lo, true))
	}
	require.Zero(t, z.RankOfScore(math.Inf(-1), false))
	require.Equal(t, len(want), z.RankOfScore(math.Inf(1), true))
	seen := map[string]float64{}
	for cursor, more := uint64(0), true; more; more = cursor != 0 {
		cursor = z.Scan(cursor, 7, func(m []byte, s float64) { seen[string(m)] = s })
	}
	require.Equal(t, twin, seen)
}

func TestZSetTwin(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 5))
			sp := newSpace(t)
			lim := ZSetLimits{Entries: 32, Value: 40}
			enc, v := EmptyZSet(nil, nil, 1, lim)
			host := &buffer{sp, enc, v}
			z := OpenZSet(host)
			twin := map[string]float64{}
			members := 40 + int(seed)*60
			spread := []int{1, 5, 1000, 1 << 40}[r.IntN(4)]
			score := func() float64 {
				switch r.IntN(20) {
				case 0:
					return math.Inf(r.IntN(2)*2 - 1)
				case 1:
					return r.NormFloat64()
				case 2:
					return math.Copysign(0, -1)
				}
				return float64(r.IntN(spread) - spread/2)
			}
			for step := range 3000 {
				m := fmt.Sprintf("%d", r.IntN(members))
				if r.IntN(3) > 0 {
					m = "a long common prefix:" + m
				}
				if seed > 6 && len(m)%5 == 0 {
					m += strings.Repeat("x", 1100)
				}
				old, exists := z.Score([]byte(m))
				was, had := twin[m]
				require.Equal(t, had, exists)
				require.Equal(t, was, old)
				switch op := r.IntN(12); {
				case op < 7 && !exists:
					s := score()
					require.NoError(t, z.Insert([]byte(m), s, lim))
					twin[m] = s
				case op < 7:
					if s := score(); s != old {
						require.NoError(t, z.SetScore([]byte(m), old, s))
						twin[m] = s
					}
				case op < 10:
					removed, err := z.Remove([]byte(m))
					require.NoError(t, err)
					require.Equal(t, exists, removed)
					delete(twin, m)
				case op == 10 && step%20 == 0 && z.Len() > 0:
					rank := r.IntN(z.Len())
					n := 1 + r.IntN(min(z.Len()-rank, 1+z.Len()/3))
					for it, i := z.At(rank), 0; i < n; i++ {
						delete(twin, string(it.Member()))
						it.Next()
					}
					require.NoError(t, z.RemoveRange(rank, n))
				case op == 11 && z.Len() < 30:
					require.NoError(t, z.Pack(30, lim))
				}
				z = OpenZSet(host)
				if step%50 == 0 {
					checkZSet(t, &z, twin, r)
				}
			}
			checkZSet(t, &z, twin, r)
			Detach(sp, TypeZSet, host.enc, host.v).Free(maxInt)
			require.Zero(t, sp.Arena.Stats().Entries)
		})
	}
}

// TestZSetLex: ranks by the bytes of members of equal scores.
func TestZSetLex(t *testing.T) {
	for _, n := range []int{10, 2000} {
		sp := newSpace(t)
		lim := ZSetLimits{Entries: 128, Value: 64}
		enc, v := EmptyZSet(nil, nil, 1, lim)
		z := OpenZSet(&buffer{sp, enc, v})
		var all []string
		for i := range n {
			m := fmt.Sprintf("common prefix %05d", i*2)
			all = append(all, m)
			require.NoError(t, z.Insert([]byte(m), 0, lim))
		}
		for i := range n {
			require.Equal(t, i, z.RankOfMember([]byte(all[i]), false))
			require.Equal(t, i+1, z.RankOfMember([]byte(all[i]), true))
			between := []byte(fmt.Sprintf("common prefix %05d", i*2+1))
			require.Equal(t, i+1, z.RankOfMember(between, false))
			require.Equal(t, i+1, z.RankOfMember(between, true))
		}
		require.Zero(t, z.RankOfMember(nil, true))
		require.Equal(t, n, z.RankOfMember([]byte("z"), false))
	}
}

// TestZSetMinusZero: a big set keeps the sign of zero, a packed one does not.
func TestZSetMinusZero(t *testing.T) {
	minus := math.Copysign(0, -1)
	for _, lim := range []ZSetLimits{{Entries: 128, Value: 64}, {}} {
		sp := newSpace(t)
		enc, v := EmptyZSet(nil, []byte("a"), 1, lim)
		z := OpenZSet(&buffer{sp, enc, v})
		require.NoError(t, z.Insert([]byte("a"), minus, lim))
		require.NoError(t, z.Insert([]byte("b"), 0, lim))
		require.NoError(t, z.Insert([]byte("c"), 1, lim))
		require.NoError(t, z.SetScore([]byte("c"), 1, minus))
		want := z.Encoding() == EncSkiplist
		signs := []bool{}
		z.Each(func(_ []byte, s float64) bool { signs = append(signs, math.Signbit(s)); return true })
		require.Equal(t, []bool{want, false, want}, signs)
		score, _ := z.Score([]byte("a"))
		require.Equal(t, want, math.Signbit(score))
	}
}

func TestScoreBitsKeepOrder(t *testing.T) {
	scores := []float64{math.Inf(-1), -math.MaxFloat64, -1e10, -1, -math.SmallestNonzeroFloat64, 0, math.SmallestNonzeroFloat64, 1, 1e10, math.MaxFloat64, math.Inf(1)}
	for i, s := range scores {
		require.Equal(t, s, scoreOf(scoreBits(s)))
		if i > 0 {
			require.Less(t, scoreBits(scores[i-1]), scoreBits(s))
		}
	}
	require.Equal(t, scoreBits(0), scoreBits(math.Copysign(0, -1)))
}
