package keyspace

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/slots"
)

// cache is a keyspace with an evictor and a clock of its own.
type cache struct {
	t     *testing.T
	ks    *Keyspace
	v     *Evictor
	rules EvictRules
	now   int64 // unix milliseconds
	gone  []string
	r     *rand.Rand
}

func newCache(t *testing.T, policy Policy) *cache {
	c := &cache{t: t, ks: newTest(t, Options{}), now: 1_700_000_000_000, r: rand.New(rand.NewPCG(uint64(policy), 7))}
	c.rules = EvictRules{Policy: policy, Samples: 5, LFUDecay: 1}
	c.v = c.ks.NewEvictor(c.r, func(_ int, _ slots.Slot, _ *Part, _ uint64, key []byte) { c.gone = append(c.gone, string(key)) })
	return c
}

func (c *cache) stamp() uint32 {
	if c.rules.Policy.LFU() {
		return NewLFU(uint32(c.now / 60000))
	}
	return uint32(c.now/1000) & lruMask
}

// put stores a key; at 0 is no time to live.
func (c *cache) put(db int, key string, at int64) {
	_, err := c.ks.Part(db, slots.Of([]byte(key))).Put(hashString(key), []byte(key), TypeString, EncRaw, []byte("value"), at, at != 0, c.stamp())
	require.NoError(c.t, err)
}

// get looks a key up and records the access.
func (c *cache) get(key string) bool {
	e := c.ks.Part(0, slots.Of([]byte(key))).findString(hashString(key), key)
	if !e.Exists() {
		return false
	}
	if c.rules.Policy.LFU() {
		e.TouchLFU(uint32(c.now/60000), c.r.Float64(), 10, c.rules.LFUDecay)
	} else {
		e.TouchLRU(c.stamp())
	}
	return true
}

// evict removes n keys and returns them.
func (c *cache) evict(n int) []string {
	c.gone = nil
	for tries := 0; len(c.gone) < n; tries++ {
		require.Less(c.t, tries, 100*n+1000)
		got := c.v.Evict(&c.rules, c.now, false)
		require.NotEqual(c.t, EvictedNone, got)
	}
	return c.gone
}

// drain evicts until there is nothing left to evict.
func (c *cache) drain() []string {
	c.gone = nil
	for tries := 0; c.v.Evict(&c.rules, c.now, false) != EvictedNone; tries++ {
		require.Less(c.t, tries, 100_000)
	}
	return c.gone
}

var allPolicies = []Policy{AllKeysLRU, AllKeysLFU, AllKeysRandom, VolatileLRU, VolatileLFU, VolatileRandom, VolatileTTL}

func TestPolicyNames(t *testing.T) {
	for p := NoEviction; p <= VolatileTTL; p++ {
		require.Equal(t, p, PolicyOf(p.String()))
	}
	require.Equal(t, NoEviction, PolicyOf("no such policy"))
}

// Each policy takes every key that it may take, in all databases, few slots and
// many, and no other; then it says that there is none.
func TestEvictToTheLast(t *testing.T) {
	for _, policy := range allPolicies {
		t.Run(policy.String(), func(t *testing.T) {
			for _, spread := range []string{"%d", "{one}%d"} {
				c := newCache(t, policy)
				want := 0
				for i := range 3000 {
					at := int64(0)
					if i%3 == 0 {
						at = c.now + int64(i)
					}
					if at != 0 || !policy.volatile() {
						want++
					}
					c.put(i%5, fmt.Sprintf(spread, i), at)
				}
				got := c.drain()
				slices.Sort(got)
				require.Len(t, slices.Compact(got), want)
				if policy.volatile() {
					require.Equal(t, 2000, c.ks.DBSize(0)+c.ks.DBSize(1)+c.ks.DBSize(2)+c.ks.DBSize(3)+c.ks.DBSize(4))
				}
				c.put(7, "late", c.now+1)
				require.Equal(t, []string{"late"}, c.drain(), "it goes on when there is a key again")
			}
		})
	}
	c := newCache(t, NoEviction)
	c.put(0, "a", 0)
	require.Empty(t, c.drain())
}

// The victims of half a database are nearly the ones that the policy means.
func TestVictimsAreOld(t *testing.T) {
	n := 20_000
	if raceEnabled {
		n = 4000
	}
	for _, policy := range []Policy{AllKeysLRU, VolatileLRU, AllKeysLFU, VolatileLFU, VolatileTTL} {
		t.Run(policy.String(), func(t *testing.T) {
			c := newCache(t, policy)
			start := c.now
			order := c.r.Perm(n) // so that the order of insertion means nothing
			for _, i := range order {
				c.now = start + int64(i)*1000
				key := fmt.Sprint(i)
				c.put(0, key, start+int64(n)*1000*(1+int64(i)))
				if policy.LFU() {
					p := c.ks.Part(0, slots.Of([]byte(key)))
					p.findString(hashString(key), key).TouchLRU(uint32(start/60000)&0xffff<<8 | uint32(i*250/n))
				}
			}
			c.now = start + int64(n)*1000
			if policy.LFU() {
				c.now = start
			}
			c.rules.Samples = 10
			wrong := 0
			for _, key := range c.evict(n / 2) {
				var i int
				_, err := fmt.Sscan(key, &i)
				require.NoError(t, err)
				if i >= n*55/100 {
					wrong++
				}
			}
			require.Less(t, wrong, n/2/20, "victims of the better half")
		})
	}
}

// A key that was used after it had come into the pool is judged anew.
func TestUsedVictimStays(t *testing.T) {
	c := newCache(t, AllKeysLRU)
	for i := range 200 {
		c.put(0, fmt.Sprint(i), 0)
	}
	c.now += 100_000
	c.evict(1)
	require.Positive(t, c.v.pool.n)
	used := map[string]bool{}
	for i := range 200 {
		if i%2 == 0 && c.get(fmt.Sprint(i)) {
			used[fmt.Sprint(i)] = true
		}
	}
	for _, key := range c.evict(90) {
		require.False(t, used[key], key)
	}
}

// Victims in a locked slot wait; those in other slots do not.
func TestLockedVictims(t *testing.T) {
	for _, policy := range allPolicies {
		c := newCache(t, policy)
		for i := range 300 {
			c.put(0, fmt.Sprintf("{a}%d", i), c.now+1)
			c.put(0, fmt.Sprintf("{b}%d", i), c.now+1)
		}
		a := slots.Of([]byte("a"))
		require.True(t, c.ks.TryLock(a))
		for range 3000 {
			require.NotEqual(t, EvictedNone, c.v.Evict(&c.rules, c.now, false), policy)
		}
		s, ok := c.v.Contended()
		require.True(t, ok)
		require.Equal(t, a, s)
		require.Len(t, c.gone, 300)
		require.Equal(t, EvictedOne, c.v.Evict(&c.rules, c.now, true), "with the world stopped there is no lock to wait for")
		c.ks.Unlock(a)
		require.Len(t, c.drain(), 299)
	}
}

// Every key is about as likely a random victim, whatever slot and database it is
// in: a large slot, many small ones, and a second database.
func TestRandomVictimsAreFair(t *testing.T) {
	for _, policy := range []Policy{AllKeysRandom, VolatileRandom} {
		c := newCache(t, policy)
		const each = 20_000
		for i := range each {
			c.put(0, fmt.Sprintf("{large}%d", i), c.now+1)
			c.put(0, fmt.Sprintf("small%d", i), c.now+1)
			c.put(1, fmt.Sprintf("other%d", i), c.now+1)
		}
		counts := map[byte]int{}
		halves := [2]int{}
		for _, key := range c.evict(each) {
			counts[key[0]]++
			if key[0] == 's' {
				halves[slots.Of([]byte(key))/(slots.Count/2)]++
			}
		}
		for _, b := range []byte("{so") {
			require.InDelta(t, each/3, counts[b], each/40, "%s: group %c", policy, b)
		}
		require.InDelta(t, halves[0], halves[1], each/40, policy)
	}
}

// Few keys with a time to live among many without are found.
func TestFewVolatile(t *testing.T) {
	for _, policy := range []Policy{VolatileLRU, VolatileRandom, VolatileTTL} {
		c := newCache(t, policy)
		keys := 100_000
		if raceEnabled {
			keys = 10_000
		}
		for i := range keys {
			c.put(0, fmt.Sprintf("{x}%d", i), 0)
		}
		want := []string{"{x}1", "{x}2", "{x}3"}
		for _, key := range want {
			c.put(0, key, c.now+1)
		}
		got := c.drain()
		slices.Sort(got)
		require.Equal(t, want, got)
	}
}

// What a victim has beside its entry is freed by the evictor or by housekeeping,
// and counts as pending until then.
func TestVictimsWithTrees(t *testing.T) {
	c := newCache(t, AllKeysLRU)
	c.ks.setFields(t, "big", 50_000, 0, false, true)
	before := c.ks.UsedMemory()
	require.Equal(t, EvictedOne, c.v.Evict(&c.rules, c.now, false))
	require.Zero(t, c.ks.DBSize(0))
	require.True(t, c.v.FreeSome())
	part := c.ks.UsedMemory()
	require.Less(t, part, before)
	require.Equal(t, c.ks.Memory().EntryBytes, c.ks.PendingFree())
	c.v.FreeLater() // housekeeping is not started: it frees at once
	require.Zero(t, c.ks.Memory().EntryBytes)
	require.Zero(t, c.ks.PendingFree())
	require.False(t, c.v.FreeSome())
}

// The pool holds the best candidates, as sorting all of them would.
func TestPool(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		var p pool
		best := map[uint64]candidate{}
		for range r.IntN(60) {
			c := candidate{hash: uint64(r.IntN(40)), score: int64(r.IntN(1000))}
			if o, in := best[c.hash]; in {
				c.score = min(c.score, o.score) // scores of the same key: as a twin can tell
			}
			if p.wants(c.score) {
				p.put(c)
				best[c.hash] = c
			}
			if len(best) > poolSize {
				worst := slices.MaxFunc(slices.Collect(mapValues(best)), func(a, b candidate) int { return cmp.Compare(a.score, b.score) })
				delete(best, worst.hash)
			}
		}
		require.Len(t, best, p.n)
		require.True(t, slices.IsSortedFunc(p.list[:p.n], func(a, b candidate) int { return cmp.Compare(b.score, a.score) }))
	}
}

func mapValues(m map[uint64]candidate) func(func(candidate) bool) {
	return func(yield func(candidate) bool) {
		for _, c := range m {
			if !yield(c) {
				return
			}
		}
	}
}

// The sum of live bytes is the same whether it is kept or added up, whatever
// happens to databases.
func TestKeptSum(t *testing.T) {
	c := newCache(t, AllKeysLRU)
	c.put(0, "before", 0)
	c.ks.KeepSum()
	check := func() {
		t.Helper()
		require.Equal(t, c.ks.Memory().Used(), c.ks.UsedMemory())
	}
	check()
	for i := range 2000 {
		c.put(i%3, fmt.Sprint(i), 0)
	}
	check()
	c.ks.setFields(t, "big", 50_000, 0, false, true)
	check()
	c.ks.SwapDB(1, 9)
	check()
	c.ks.Watch(2, 5, hashString("w"), []byte("w"), new(Watcher))
	c.ks.FlushDB(2, false)
	check()
	c.put(2, "again", 0)
	c.evict(500)
	c.v.FreeLater()
	check()
	c.ks.FlushAll(true)
	check()
	c.put(0, "again", 0)
	c.ks.Collect()
	check()
}
