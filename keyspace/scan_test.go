package keyspace

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/slots"
)

// Every key that is there during a whole iteration is returned by it, whatever
// is written in between; none comes that never was.
func TestScanGuarantee(t *testing.T) {
	ks := newTest(t, Options{})
	r := rand.New(rand.NewPCG(8, 9))
	for round := range 10 {
		p := ks.Part(0, slots.Slot(round))
		fixed, n := map[string]bool{}, 1+r.IntN(3000)
		for i := range n {
			k := fmt.Sprint("fixed", round, ":", i)
			fixed[k] = true
			_, err := p.Put(hashString(k), []byte(k), TypeString, EncRaw, nil, 0, false, 0)
			require.NoError(t, err)
		}
		others := 0
		seen := map[string]bool{}
		for at, done := uint64(0), false; !done; {
			at, done = p.Scan(at, 1+r.IntN(50), func(e Entry) { seen[string(e.Key())] = true })
			require.Less(t, at, uint64(1)<<prefixBits)
			change := r.IntN(800) * (1 - 2*r.IntN(2)) // grow or shrink the table
			for ; change > 0; change-- {
				k := fmt.Sprint("other", others)
				others++
				_, err := p.Put(hashString(k), []byte(k), TypeString, EncRaw, nil, 0, false, 0)
				require.NoError(t, err)
			}
			for ; change < 0 && others > 0; change++ {
				others--
				k := fmt.Sprint("other", others)
				require.True(t, p.Remove(hashString(k), []byte(k)))
			}
		}
		for k := range fixed {
			require.True(t, seen[k], "round %d: %s was not returned", round, k)
		}
	}
}

// Keys that are deleted in the order of SCAN leave the table lopsided. It must
// not shrink so far that the rest crowds into a few buckets.
func TestDeletionInScanOrder(t *testing.T) {
	for _, n := range []int{100, 1500, 10_000} {
		ks := newTest(t, Options{})
		p, m := ks.Part(0, 3), twin{}
		for i := range n {
			key := fmt.Sprint("k", i)
			_, err := p.Put(hashString(key), []byte(key), TypeString, EncRaw, nil, 0, false, 0)
			require.NoError(t, err)
			m[key] = twinEntry{}
		}
		for cursor := uint64(0); p.Len() > 0; {
			var gone []string
			cursor, _ = p.Scan(cursor, 20, func(e Entry) { gone = append(gone, string(e.Key())) })
			for _, key := range gone {
				require.True(t, p.Remove(hashString(key), []byte(key)))
				delete(m, key)
			}
			if p.Len()%10 == 0 {
				checkPart(t, p, m)
			}
			displaced, buckets := 0, 0
			for at := uint64(0); at < prefixEnd && p.base != nil; {
				v := p.view(at << belowBits)
				for i := range int(v.s.buckets) {
					displaced += bits.OnesCount32(v.bucket(i).displaced())
				}
				buckets += int(v.s.buckets)
				at = v.s.end(at)
			}
			require.LessOrEqual(t, displaced, 6+n/5, "%d keys of %d in %d buckets", p.Len(), n, buckets)
		}
		require.Nil(t, p.base)
		require.Zero(t, ks.Memory().HeldBytes)
	}
}

func TestScanDB(t *testing.T) {
	ks := newTest(t, Options{})
	want := map[string]bool{}
	for i := range 3000 {
		k := fmt.Sprint("k", i)
		if i < 1000 {
			k = "{tag}" + k
		}
		want[k] = true
		_, err := ks.Part(2, slots.Of([]byte(k))).Put(hashString(k), []byte(k), TypeString, EncRaw, nil, 0, false, 0)
		require.NoError(t, err)
	}
	seen := map[string]bool{}
	walker := enteredLocker(t, ks)
	calls := 0
	for cursor := uint64(0); calls == 0 || cursor != 0; calls++ {
		n := 0
		cursor = ks.ScanDB(walker, 2, cursor, 10, func(s slots.Slot, e Entry) {
			require.Equal(t, s, slots.Of(e.Key()))
			require.True(t, ks.Locked(s))
			seen[string(e.Key())] = true
			n++
		})
		require.Less(t, cursor, uint64(1)<<53)
		require.Less(t, n, 60)
	}
	require.Equal(t, want, seen)
	require.Greater(t, calls, 100)
	require.Zero(t, ks.ScanDB(NoLock, 5, 0, 10, nil), "a database that was never used")
	require.Zero(t, ks.ScanDB(NoLock, 2, 1<<60, 10, nil), "a cursor from elsewhere")
	n := 0
	ks.EachSlot(2, NoLock, func(s slots.Slot, p *Part) bool { n += p.Len(); return true })
	require.Equal(t, 3000, n)
	require.Equal(t, 3000, ks.DBSize(2))
	require.Zero(t, ks.DBSize(0))
}

func TestRandomKeyIsFair(t *testing.T) {
	ks := newTest(t, Options{})
	r := rand.New(rand.NewPCG(5, 5))
	require.False(t, ks.RandomKey(NoLock, 0, r, nil))
	for i := range 3000 { // nine tenths of the keys in one slot
		k := fmt.Sprint("{a}", i)
		if i%10 == 0 {
			k = fmt.Sprint(i)
		}
		_, err := ks.Part(0, slots.Of([]byte(k))).Put(hashString(k), []byte(k), TypeString, EncRaw, nil, 0, false, 0)
		require.NoError(t, err)
	}
	inTag := 0
	seen := map[string]bool{}
	walker := enteredLocker(t, ks)
	for range 10_000 {
		require.True(t, ks.RandomKey(walker, 0, r, func(s slots.Slot, e Entry) {
			if e.Key()[0] == '{' {
				inTag++
			}
			seen[string(e.Key())] = true
		}))
	}
	require.InDelta(t, 9000, inTag, 300)
	require.Greater(t, len(seen), 2700)
}

// enteredLocker is the Locker of an executor that stays entered until the end
// of the test.
func enteredLocker(t *testing.T, ks *Keyspace) Locker {
	x := ks.NewExecutor("walker")
	x.Enter()
	t.Cleanup(func() { x.Leave(); x.Close() })
	return x.SlotLocker()
}
