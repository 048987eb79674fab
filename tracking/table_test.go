package tracking

import (
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

var seed = maphash.MakeSeed()

func hashOf(key string) uint64 { return maphash.String(seed, key) }

// twin is a table as one would write it at first.
type twin map[string]map[Client]bool

func (w twin) add(key string, c Client) bool {
	if w[key] == nil {
		w[key] = map[Client]bool{}
	}
	was := w[key][c]
	w[key][c] = true
	return !was
}

func (w twin) take(key string) []Client {
	var out []Client
	for c := range w[key] {
		out = append(out, c)
	}
	slices.Sort(out)
	delete(w, key)
	return out
}

func (w twin) items() (n int64) {
	for _, m := range w {
		n += int64(len(m))
	}
	return n
}

// history plays random operations on a table and its twin. hash says where keys
// go: a poor one makes them collide.
func history(t *testing.T, r *rand.Rand, keys, clients int, hash func(string) uint64) {
	var fast Table
	slow := twin{}
	name := func() string {
		k := r.IntN(keys)
		return strings.Repeat(string(rune('a'+k%26)), k%37) + fmt.Sprint(k)
	}
	for step := range 6000 {
		switch op := r.IntN(100); {
		case op < 70:
			key, c := name(), Client(1+r.IntN(clients))
			require.Equal(t, slow.add(key, c), fast.Add(hash(key), []byte(key), c))
		case op < 97:
			key := name()
			require.Equal(t, slow.take(key), fast.Take(hash(key), []byte(key)))
		case op < 99 || step%7 != 0:
			key, got, ok := fast.TakeAny(r.Uint64())
			require.Equal(t, len(slow) > 0, ok)
			require.Equal(t, slow.take(string(key)), got)
		default:
			slow = twin{}
			fast.Clear()
		}
		require.EqualValues(t, len(slow), fast.Keys())
		if step%100 == 0 {
			require.Equal(t, slow.items(), fast.Items())
		}
	}
	for key := range slow {
		require.Equal(t, slow.take(key), fast.Take(hash(key), []byte(key)))
	}
	require.Zero(t, fast.Keys())
	require.Zero(t, fast.Items())
	_, _, ok := fast.TakeAny(r.Uint64())
	require.False(t, ok)
	fast.Clear()
	require.LessOrEqual(t, fast.Bytes(), int64(len(fast.shards)*(minLog+4096)))
}

func TestTableAgainstTwin(t *testing.T) {
	for n := range uint64(8) {
		r := rand.New(rand.NewPCG(n, 1))
		history(t, r, 20, 300, hashOf)
		history(t, r, 3000, 5, hashOf)
		history(t, r, 200, 40, func(key string) uint64 { return hashOf(key) % 16 << 20 }) // one shard, few tags
		history(t, r, 500, 10, func(key string) uint64 { return hashOf(key) & 0xFFFF })   // one shard
	}
}

// Memory: four bytes an item, and a key costs little more than itself.
func TestTableMemory(t *testing.T) {
	for _, c := range []struct {
		keys, clients int
		perItem       float64
	}{{10_000, 100, 9}, {300_000, 1, 65}} {
		var table Table
		for k := range c.keys {
			key := fmt.Sprintf("key:%012d", k)
			for id := range c.clients {
				table.Add(hashOf(key), []byte(key), Client(id+1))
			}
		}
		require.EqualValues(t, c.keys*c.clients, table.Items())
		require.Less(t, float64(table.Bytes())/float64(table.Items()), c.perItem)
		for k := range c.keys {
			key := fmt.Sprintf("key:%012d", k)
			require.Len(t, table.Take(hashOf(key), []byte(key)), c.clients)
		}
		require.LessOrEqual(t, table.Bytes(), int64(len(table.shards)*(minLog+64)))
	}
}

// Holes are filled: overwriting keys for ever does not let the table grow.
func TestTableChurn(t *testing.T) {
	var table Table
	peak := int64(0)
	for round := range 40 {
		for k := range 5000 {
			key := fmt.Sprint("k", k)
			table.Take(hashOf(key), []byte(key))
			for id := range 1 + (k+round)%9 {
				table.Add(hashOf(key), []byte(key), Client(id+1))
			}
		}
		if round == 3 {
			peak = table.Bytes()
		}
	}
	require.Less(t, table.Bytes(), peak*3/2)
}

func TestTableConcurrent(t *testing.T) {
	var table Table
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(g), 2))
			for range 20_000 {
				key := fmt.Sprint(r.IntN(500))
				switch r.IntN(10) {
				case 0:
					table.TakeAny(r.Uint64())
				case 1, 2, 3:
					table.Take(hashOf(key), []byte(key))
				default:
					table.Add(hashOf(key), []byte(key), Client(1+r.IntN(50)))
				}
			}
		})
	}
	wg.Wait()
	for {
		if _, _, ok := table.TakeAny(1); !ok {
			break
		}
	}
	require.Zero(t, table.Keys())
	require.Zero(t, table.Items())
}

func TestRoomFor(t *testing.T) {
	for n, want := range map[int]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 6, 7: 8, 9: 12, 13: 16, 100: 128, 65: 96} {
		require.Equal(t, want, roomFor(n), n)
	}
	for n := 1; n < 5000; n++ {
		require.GreaterOrEqual(t, roomFor(n), n)
		require.Equal(t, roomFor(n), roomFor(roomFor(n)))
	}
}

func BenchmarkTable(b *testing.B) {
	var table Table
	keys := make([][]byte, 10_000)
	hashes := make([]uint64, len(keys))
	for i := range keys {
		keys[i] = fmt.Appendf(nil, "key:%012d", i)
		hashes[i] = maphash.Bytes(seed, keys[i])
	}
	fill := func() {
		for i := range keys {
			for c := range 100 {
				table.Add(hashes[i], keys[i], Client(c+1))
			}
		}
	}
	fill()
	b.Run("again", func(b *testing.B) {
		for i := range b.N {
			k := i * 7919 % len(keys)
			table.Add(hashes[k], keys[k], Client(1+i%100))
		}
	})
	b.Run("miss", func(b *testing.B) {
		for i := range b.N {
			k := i * 7919 % len(keys)
			table.Take(hashes[k]+1, keys[k])
		}
	})
	b.Run("take and add", func(b *testing.B) {
		for i := range b.N {
			k := i * 7919 % len(keys)
			table.Take(hashes[k], keys[k])
			table.Add(hashes[k], keys[k], 1)
		}
	})
}
