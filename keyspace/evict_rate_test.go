package keyspace

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// sampled is Redis' approximation, naively: random keys, and a pool of the best
// that is not judged again. Source: evictionPoolPopulate of Redis 7.2.
type sampled struct {
	r     *rand.Rand
	keys  []int
	where map[int]int // place in keys
	lines map[int]*line
	pool  []pooled
}

type pooled struct {
	key   int
	score float64
}

func (s *sampled) add(key int, l *line) {
	s.where[key] = len(s.keys)
	s.keys = append(s.keys, key)
	s.lines[key] = l
}

func (s *sampled) evict(samples int) {
	for {
		for range samples {
			key := s.keys[s.r.IntN(len(s.keys))]
			s.pool = append(s.pool, pooled{key, s.lines[key].score()})
		}
		slices.SortStableFunc(s.pool, func(a, b pooled) int { return cmp.Compare(a.score, b.score) })
		s.pool = s.pool[:min(len(s.pool), poolSize)]
		for len(s.pool) > 0 {
			key := s.pool[0].key
			s.pool = s.pool[1:]
			if at, in := s.where[key]; in {
				last := s.keys[len(s.keys)-1]
				s.keys[at], s.where[last] = last, at
				s.keys = s.keys[:len(s.keys)-1]
				delete(s.where, key)
				delete(s.lines, key)
				return
			}
		}
	}
}

// zipf draws from n keys with the given exponent.
func zipf(r *rand.Rand, n int, exponent float64) func() int {
	sums := make([]float64, n)
	sum := 0.0
	for i := range sums {
		sum += math.Pow(float64(i+1), -exponent)
		sums[i] = sum
	}
	return func() int {
		x := r.Float64() * sum
		i, _ := slices.BinarySearch(sums, x)
		return i
	}
}

// line is a key of the twin: its access bits, used as an entry's are.
type line struct {
	c     *cache
	stamp uint32
}

func (l *line) touch() {
	if !l.c.rules.Policy.LFU() {
		l.stamp = l.c.stamp()
		return
	}
	minutes := uint32(l.c.now / 60000)
	n := LFUCounter(l.stamp, minutes, 1)
	if n < 255 && l.c.r.Float64() < 1/(max(float64(n)-lfuInit, 0)*10+1) {
		n++
	}
	l.stamp = minutes&0xffff<<8 | uint32(n)
}

// score is the lower, the better a victim the key is.
func (l *line) score() float64 {
	if l.c.rules.Policy.LFU() {
		return float64(LFUCounter(l.stamp, uint32(l.c.now/60000), 1))
	}
	return float64(l.stamp)
}

// On a zipfian trace the hit rate of LRU and LFU is at least that of Redis' way of
// choosing victims, which a naive twin plays with the same trace and clock.
func TestHitRate(t *testing.T) {
	keys, room, accesses := 20_000, 2000, 200_000
	if raceEnabled {
		keys, room, accesses = 2000, 200, 20_000
	}
	for _, policy := range []Policy{AllKeysLRU, AllKeysLFU} {
		c := newCache(t, policy)
		twin := &sampled{r: rand.New(rand.NewPCG(5, 6)), lines: map[int]*line{}, where: map[int]int{}}
		next := zipf(rand.New(rand.NewPCG(9, 9)), keys, 0.99)
		var ours, theirs int
		for i := range accesses {
			c.now = 1_700_000_000_000 + int64(i) // a millisecond each
			k := next()
			if key := fmt.Sprint(k); c.get(key) {
				ours++
			} else {
				c.put(0, key, 0)
				if c.ks.DBSize(0) > room {
					c.evict(1)
				}
			}
			if l := twin.lines[k]; l != nil {
				theirs++
				l.touch()
				continue
			}
			twin.add(k, &line{c, c.stamp()})
			if len(twin.keys) > room {
				twin.evict(5)
			}
		}
		t.Logf("%s: %.4f, naive twin %.4f", policy, float64(ours)/float64(accesses), float64(theirs)/float64(accesses))
		require.Greater(t, ours, theirs*985/1000, policy) // the draws of both differ
	}
}
