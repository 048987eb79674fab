package keyspace

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// The twin of a partition: a Go map, as simple as can be.
type twin map[string]twinEntry

type twinEntry struct {
	value  string
	t      Type
	enc    Encoding
	at     int64
	expire bool
	lru    uint32
}

func newTest(t testing.TB, o Options) *Keyspace {
	o.Poison = true
	ks, err := New(o)
	require.NoError(t, err)
	t.Cleanup(ks.Close)
	return ks
}

func TestSizes(t *testing.T) {
	require.Equal(t, uintptr(64), unsafe.Sizeof(Part{}))
	require.Equal(t, uintptr(bucketBytes), unsafe.Sizeof(bucket{}))
	require.Equal(t, uintptr(segmentBytes), unsafe.Sizeof(segment{}))
	require.Equal(t, 8, headerSize)
	require.Equal(t, 8+16+64, entrySize(16, 64, false))
	require.Equal(t, 8+8+16+64, entrySize(16, 64, true))
}

func checkEntry(t *testing.T, key string, want twinEntry, e Entry) {
	t.Helper()
	require.True(t, e.Exists(), "key %q is missing", key)
	got := twinEntry{string(e.Value()), e.Type(), e.Encoding(), 0, e.HasExpire(), e.LRU()}
	if e.HasExpire() {
		got.at = e.ExpireAt()
	}
	if want != got || string(e.Key()) != key {
		require.Equal(t, want, got)
		require.Equal(t, key, string(e.Key()))
	}
}

// checkPart compares everything there is to see.
func checkPart(t *testing.T, p *Part, want twin) {
	t.Helper()
	expires := 0
	for key, w := range want {
		checkEntry(t, key, w, p.Find(hashString(key), []byte(key)))
		if w.expire {
			expires++
		}
	}
	require.Equal(t, len(want), p.Len())
	require.Equal(t, expires, p.Expires())
	require.Equal(t, len(want) > 0, p.db.nonEmpty.has(p.slot))
	require.Equal(t, expires > 0, p.db.volatile.has(p.slot))
	seen := map[string]bool{}
	p.Each(func(e Entry) bool {
		key := string(e.Key())
		if _, ok := want[key]; !ok || seen[key] {
			require.Fail(t, "Each gave a key twice, or one that is none", key)
		}
		seen[key] = true
		return true
	})
	require.Len(t, seen, len(want))
	clear(seen)
	for at, done := uint64(0), false; !done; {
		at, done = p.Scan(at, 1+len(want)/10, func(e Entry) {
			key := string(e.Key())
			if seen[key] {
				require.Fail(t, "Scan gave a key twice", key)
			}
			seen[key] = true
		})
	}
	require.Len(t, seen, len(want))
	checkTable(t, p)
}

// checkTable checks the invariants of the table.
func checkTable(t *testing.T, p *Part) {
	t.Helper()
	if p.base == nil {
		return
	}
	total := 0
	for at := uint64(0); at < prefixEnd; {
		v := p.view(at << belowBits)
		n := 0
		passed := make([]int, v.s.buckets)
		for i := range int(v.s.buckets) {
			b := v.bucket(i)
			for j := range bucketPlaces {
				if b.occupied()>>j&1 == 0 {
					if uint32(b.refs[j])+b.displaced()>>j&1+b.volatile()>>j&1 != 0 {
						require.Fail(t, "a free place is not clean")
					}
					continue
				}
				n++
				e := Entry{p.arena.At(b.refs[j])}
				hash := hashKey(e.Key())
				prefix := prefixOf(hash)
				home := v.s.home(prefix)
				if prefix < v.s.first(at) || prefix >= v.s.end(at) || home != i != (b.displaced()>>j&1 != 0) ||
					e.HasExpire() != (b.volatile()>>j&1 != 0) {
					require.Fail(t, "the table is wrong about a key")
				}
				for k := home; k != i; k = v.s.after(k) {
					passed[k]++
				}
			}
			require.Equal(t, i, v.s.home(v.s.from(at, i)))
			if f := v.s.from(at, i); f > v.s.first(at) {
				require.Less(t, v.s.home(f-1), max(i, 1))
			}
		}
		for i, want := range passed {
			if got := int(v.bucket(i).meta & passedMask); got != passedMask {
				require.Equal(t, want, got)
			}
		}
		require.Equal(t, int(v.s.n), n)
		total += n
		at = v.s.end(at)
	}
	require.Equal(t, p.Len(), total)
}

func randomValue(r *rand.Rand) []byte {
	n := r.IntN(200)
	switch r.IntN(200) {
	case 0:
		n = r.IntN(60_000)
	case 1:
		n = r.IntN(3 << 20)
	case 2, 3, 4, 5:
		n = r.IntN(3000)
	}
	b := make([]byte, n)
	c := byte(r.Uint32())
	for i := range b {
		b[i] = c + byte(i)
	}
	return b
}

func randomKey(r *rand.Rand, space int) string {
	k := fmt.Sprint("key:", r.IntN(space))
	switch len(k) % 4 {
	case 1:
		for len(k) < 40 {
			k += "-long"
		}
	case 2:
		if space < 2000 {
			for len(k) < 300 {
				k += "-very-very-long"
			}
		}
	}
	return k
}

func step(t *testing.T, r *rand.Rand, p *Part, m twin, space int, removeShare int) {
	key := randomKey(r, space)
	kb, hash := []byte(key), hashString(key)
	w, exists := m[key]
	switch op := r.IntN(100); {
	case op < removeShare:
		require.Equal(t, exists, p.Remove(hash, kb))
		delete(m, key)
	case op < 60:
		n := twinEntry{string(randomValue(r)), Type(r.IntN(4)), Encoding(r.IntN(5)), 0, r.IntN(4) == 0, r.Uint32() & lruMask}
		if n.expire {
			n.at = int64(r.Uint64())
		}
		e, err := p.Put(hash, kb, n.t, n.enc, []byte(n.value), n.at, n.expire, n.lru)
		require.NoError(t, err)
		checkEntry(t, key, n, e)
		m[key] = n
	case op < 65 && exists: // value aliases the entry
		e := p.Find(hash, kb)
		n := w
		n.expire, n.at, n.lru = !w.expire, 0, 7
		e, err := p.Put(hash, kb, n.t, n.enc, e.Value(), n.at, n.expire, n.lru)
		require.NoError(t, err)
		checkEntry(t, key, n, e)
		m[key] = n
	case op < 75:
		size := len(w.value) + r.IntN(100) - 20
		if r.IntN(50) == 0 {
			size += r.IntN(100_000)
		}
		size = max(size, 0)
		e, err := p.Grow(hash, kb, TypeString, EncRaw, 3, size)
		require.NoError(t, err)
		n := w
		if !exists {
			n = twinEntry{lru: 3}
		}
		n.value = string(append([]byte(w.value), make([]byte, max(0, size-len(w.value)))...)[:size])
		checkEntry(t, key, n, e)
		m[key] = n
	case op < 82:
		at := int64(r.Uint64())
		e, err := p.SetExpire(hash, kb, at)
		require.NoError(t, err)
		require.Equal(t, exists, e.Exists())
		if exists {
			w.at, w.expire = at, true
			checkEntry(t, key, w, e)
			m[key] = w
		}
	case op < 89:
		require.Equal(t, w.expire, p.Persist(hash, kb))
		if exists {
			w.at, w.expire = 0, false
			m[key] = w
		}
	case op < 95:
		e := p.Find(hash, kb)
		require.Equal(t, exists, e.Exists())
		if exists {
			checkEntry(t, key, w, e)
			e.TouchLRU(uint32(op))
			e.SetEncoding(EncIntset)
			w.lru, w.enc = uint32(op), EncIntset
			m[key] = w
		}
	default:
		e := p.Random(r)
		require.Equal(t, len(m) > 0, e.Exists())
		if e.Exists() {
			_, ok := m[string(e.Key())]
			require.True(t, ok)
		}
	}
}

func TestTwin(t *testing.T) {
	for _, c := range []struct{ space, steps, every int }{
		{5, 2_000, 100}, {40, 10_000, 500}, {1_000, 20_000, 2_000}, {30_000, 90_000, 15_000},
	} {
		t.Run(fmt.Sprint(c.space), func(t *testing.T) {
			if testing.Short() {
				c.steps /= 5
			}
			ks := newTest(t, Options{})
			r := rand.New(rand.NewPCG(uint64(c.space), 5))
			p, m := ks.Part(3, 77), twin{}
			for i := range c.steps {
				share := 15
				if i*3/c.steps == 1 {
					share = 55
				}
				step(t, r, p, m, c.space, share)
				if i%c.every == c.every-1 {
					if i%3 == 0 {
						ks.Evacuate()
					}
					checkPart(t, p, m)
				}
			}
			for key := range m {
				require.True(t, p.Remove(hashString(key), []byte(key)))
			}
			checkPart(t, p, twin{})
			require.Nil(t, p.base)
			s := ks.Memory()
			require.Zero(t, s.EntryBytes+s.TableBytes+s.HeldBytes+s.Keys)
		})
	}
}
