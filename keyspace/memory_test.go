//go:build linux

package keyspace

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/slots"
)

// resident is the resident size of the process, bytes.
func resident(t *testing.T) int64 {
	b, err := os.ReadFile("/proc/self/statm")
	require.NoError(t, err)
	var size, rss int64
	_, err = fmt.Sscan(string(b), &size, &rss)
	require.NoError(t, err)
	return rss * int64(os.Getpagesize())
}

// memoryKeys is how many keys the memory tests load. KEYSPACE_MEMORY=10000000
// runs them at full size and prints what they measured.
func memoryKeys() (n int, full bool) {
	if n, err := strconv.Atoi(os.Getenv("KEYSPACE_MEMORY")); err == nil {
		return n, true
	}
	return 500_000, false
}

type memoryTest struct {
	t     *testing.T
	ks    *Keyspace
	x     *Executor
	empty int64
	key   [32]byte
	value [256]byte
	slow  time.Duration // the longest lock hold
}

func newMemoryTest(t *testing.T) *memoryTest {
	if raceEnabled {
		t.Skip("the race detector's memory is not ours")
	}
	runtime.GC()
	debug.FreeOSMemory()
	before := resident(t)
	ks, err := New(Options{})
	require.NoError(t, err)
	t.Cleanup(ks.Close)
	ks.Part(0, 0)
	ks.Start(HousekeepingOptions{})
	m := &memoryTest{t: t, ks: ks, x: ks.NewExecutor("test"), empty: resident(t)}
	t.Logf("an empty keyspace: %.1f MiB", float64(m.empty-before)/(1<<20))
	require.Less(t, m.empty-before, int64(4<<20))
	return m
}

func (m *memoryTest) put(key []byte, value []byte, at int64) {
	s, ks := slots.Of(key), m.ks
	hash := ks.Hash(key)
	m.x.LockSlot(s)
	p := ks.Part(0, s)
	start := time.Now()
	_, err := p.Put(hash, key, TypeString, EncRaw, value, at, at != 0, 0)
	m.slow = max(m.slow, time.Since(start))
	ks.Unlock(s)
	if err != nil {
		require.NoError(m.t, err)
	}
	m.x.Yield()
}

func (m *memoryTest) keyOf(i int) []byte { return fmt.Appendf(m.key[:0], "key:%012d", i) }

func (m *memoryTest) perKey(n int) float64 { return float64(resident(m.t)-m.empty) / float64(n) }

// load puts keys of 16 bytes with values of 64 and returns the most bytes per
// key that it saw on the way, from 0.5 million on.
func (m *memoryTest) load(n int, at int64) (most float64) {
	m.x.Enter()
	defer m.x.Leave()
	for i := range n {
		m.put(m.keyOf(i), m.value[:64], at)
		switch c := i + 1; {
		case c == 500_000 || c == 1_000_000 || c == 1_900_000 || c == n:
			runtime.GC()
			m.t.Logf("%8d keys: %.1f bytes per key", c, m.perKey(c))
			fallthrough
		case c > 500_000 && c%50_000 == 0:
			most = max(most, m.perKey(c))
		}
	}
	return most
}

func TestMemoryPerKey(t *testing.T) {
	if testing.Short() {
		t.Skip("loads half a million keys")
	}
	n, full := memoryKeys()
	m := newMemoryTest(t)
	most := m.load(n, 0)
	t.Logf("at most %.1f while loading; longest put %v", most, m.slow)
	limit := 108.0
	if !full { // other tests have left a heap that breathes
		limit = 118
	}
	require.Less(t, most, limit)
	if full {
		m.overwriteHalf(n)
	}
	m.flush()
}

// overwriteHalf gives half of the keys values of 1 to 200 bytes and waits until
// housekeeping has packed them.
func (m *memoryTest) overwriteHalf(n int) {
	r := rand.New(rand.NewPCG(1, 1))
	payload := int64(n) * (16 + 24)
	m.x.Enter()
	for i := range n {
		if i%2 == 0 {
			payload += 64
			continue
		}
		size := 1 + r.IntN(200)
		payload += int64(size)
		m.put(m.keyOf(i), m.value[:size], 0)
	}
	m.x.Leave()
	start := time.Now()
	for {
		ratio := float64(resident(m.t)-m.empty) / float64(payload)
		s := m.ks.Memory()
		m.t.Logf("%4.1f s after half was overwritten: %.3f x, entries %.1f tables %.1f held %.1f spare %.1f MiB, %d moved",
			time.Since(start).Seconds(), ratio, mib(s.EntryBytes), mib(s.TableBytes), mib(s.HeldBytes), mib(s.SpareBytes), m.ks.HouseStats().Moved)
		if time.Since(start) > 15*time.Second {
			require.Less(m.t, ratio, 1.25)
			return
		}
		time.Sleep(3 * time.Second)
	}
}

func mib(n int64) float64 { return float64(n) / (1 << 20) }

func (m *memoryTest) flush() {
	start := time.Now()
	m.x.Exclusive(func() { m.ks.FlushAll(true) })
	m.t.Logf("FLUSHALL held the gate for %v", time.Since(start))
	require.Eventually(m.t, func() bool { return resident(m.t)-m.empty < 20<<20 }, 60*time.Second, 10*time.Millisecond)
	m.t.Logf("%v after FLUSHALL: %.1f MiB above empty", time.Since(start), mib(resident(m.t)-m.empty))
	require.Zero(m.t, m.ks.DBSize(0))
}

// One hash tag with all the keys: no write takes long, however large the slot.
func TestOneSlot(t *testing.T) {
	n, full := memoryKeys()
	if !full {
		n = 100_000
	}
	m := newMemoryTest(t)
	m.x.Enter()
	var hist [8]int
	for i := range n {
		m.slow = 0
		m.put(fmt.Appendf(m.key[:0], "{t}:%012d", i), m.value[:64], 0)
		bucket := 0
		for limit := 50 * time.Microsecond; m.slow > limit && bucket < len(hist)-1; limit *= 2 {
			bucket++
		}
		hist[bucket]++
	}
	m.x.Leave()
	t.Logf("puts by time, from 50us doubling: %v; %.1f bytes per key", hist, m.perKey(n))
	m.flush()
}
