package keyspace

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/slots"
)

func TestGateExcludes(t *testing.T) {
	ks := newTest(t, Options{})
	const workers, rounds = 4, 2000
	var inside, gates atomic.Int32
	shared := 0 // written under the gate alone, read by those who entered
	var wg sync.WaitGroup
	for g := range workers {
		wg.Go(func() {
			x := ks.NewExecutor(fmt.Sprint("worker ", g))
			defer x.Close()
			x.Enter()
			for i := range rounds {
				inside.Add(1)
				_ = shared
				inside.Add(-1)
				switch {
				case i%100 == g:
					x.Exclusive(func() {
						if inside.Load() != 0 {
							t.Error("somebody is inside")
						}
						shared++
						gates.Add(1)
					})
				case i%7 == 0:
					x.Leave()
					x.Enter()
				default:
					x.Yield()
				}
			}
			x.Leave()
		})
	}
	wg.Go(func() {
		for range 20 {
			ks.Gate(func() { shared++; gates.Add(1) })
		}
	})
	wg.Wait()
	require.Equal(t, int(gates.Load()), shared)
	require.Empty(t, ks.gate.cells)
	require.False(t, ks.GatePending())
}

func TestGateFallsAfterPanic(t *testing.T) {
	ks := newTest(t, Options{})
	require.Panics(t, func() { ks.Gate(func() { panic("a handler") }) })
	x := ks.NewExecutor("x")
	x.Enter()
	x.Exclusive(func() {})
	require.True(t, x.in.Load())
	x.Leave()
}

// Writers, readers, scanners, housekeeping, flushes and swaps all at once; in
// the end the books agree with what there is.
func TestEverythingAtOnce(t *testing.T) {
	ks := newTest(t, Options{Databases: 3})
	ks.Start(HousekeepingOptions{Hz: 200, Effort: 10, Expired: func(db int, s slots.Slot, key []byte) {
		if slots.Of(key) != s {
			t.Error("a key in a slot that is not its own")
		}
	}})
	steps := 6000
	if testing.Short() {
		steps = 1500
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() { everything(t, ks, rand.New(rand.NewPCG(uint64(g), 3)), steps) })
	}
	wg.Go(func() {
		x := ks.NewExecutor("admin")
		defer x.Close()
		r := rand.New(rand.NewPCG(99, 3))
		for i := range 60 {
			switch i % 4 {
			case 0:
				x.Exclusive(func() { ks.SwapDB(r.IntN(3), r.IntN(3)) })
			case 1:
				x.Exclusive(func() { ks.FlushDB(r.IntN(3), i%8 == 1) })
			case 2:
				ks.Evacuate()
			case 3:
				ks.ExpireNow(unixMillis())
			}
			_ = ks.Memory()
			_ = ks.UsedMemory()
		}
	})
	wg.Wait()
	ks.house.stop()
	ks.idle(t)
	total := 0
	for db := range 3 {
		n, expires := 0, 0
		for s := range slots.Slot(slots.Count) {
			p := ks.Part(db, s)
			checkTable(t, p)
			n += p.Len()
			expires += p.Expires()
		}
		require.Equal(t, n, ks.DBSize(db))
		require.Equal(t, expires, ks.Expires(db))
		total += n
	}
	require.Equal(t, int64(total), ks.Memory().Keys)
	ks.Gate(func() { ks.FlushAll(false) })
	ks.Collect()
	m := ks.Memory()
	require.Zero(t, m.Keys+m.EntryBytes+m.TableBytes+m.HeldBytes+m.SpareBytes)
}

// everything is one client that does whatever clients do. All its keys say
// which slot they belong to, and every value repeats its key.
func everything(t *testing.T, ks *Keyspace, r *rand.Rand, steps int) {
	x := ks.NewExecutor("client")
	defer x.Close()
	x.Enter()
	defer x.Leave()
	for range steps {
		key := fmt.Appendf(nil, "{%d}%d", r.IntN(20), r.IntN(300))
		if r.IntN(3) == 0 {
			key = fmt.Appendf(nil, "key%d", r.IntN(5000))
		}
		db, s, hash := r.IntN(3), slots.Of(key), ks.Hash(key)
		x.LockSlot(s)
		p := ks.Part(db, s)
		switch op := r.IntN(100); {
		case op < 50:
			value := append([]byte(nil), key...)
			value = append(value, make([]byte, r.IntN(400))...)
			var at int64
			if r.IntN(3) == 0 {
				at = unixMillis() + int64(r.IntN(20)) - 5
			}
			if _, err := p.Put(hash, key, TypeString, EncRaw, value, at, at != 0, 0); err != nil {
				t.Error(err)
			}
		case op < 55:
			if _, err := p.SetExpire(hash, key, unixMillis()+5); err != nil {
				t.Error(err)
			}
		case op < 60:
			p.Persist(hash, key)
		case op < 70:
			p.Remove(hash, key)
		case op < 71:
			p.Clear()
		default:
			if e := p.Find(hash, key); e.Exists() && string(e.Value()[:len(key)]) != string(key) {
				t.Errorf("%q has the value of another key", key)
			}
		}
		ks.Unlock(s)
		x.Yield()
		if r.IntN(100) == 0 {
			walkSome(t, ks, x.SlotLocker(), r)
			x.Yield()
		}
	}
}

func walkSome(t *testing.T, ks *Keyspace, l Locker, r *rand.Rand) {
	see := func(s slots.Slot, e Entry) {
		if key := e.Key(); slots.Of(key) != s || string(e.Value()[:len(key)]) != string(key) {
			t.Errorf("a walk saw %q", key)
		}
	}
	ks.RandomKey(l, r.IntN(3), r, see)
	cursor := uint64(0)
	for range 5 {
		if cursor = ks.ScanDB(l, 1, cursor, 20, see); cursor == 0 {
			break
		}
	}
}
