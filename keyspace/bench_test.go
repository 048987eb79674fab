//go:build unix

package keyspace

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"

	"clusternode/slots"
)

// cpu is the processor time of the process, ns: what counts on a busy machine.
func cpu() int64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}

// reportCPU is deferred with the time of the start.
func reportCPU(b *testing.B, start int64) {
	b.ReportMetric(float64(cpu()-start)/float64(b.N), "cpu-ns/op")
}

func benchKey(b []byte, i int) []byte { return fmt.Appendf(b[:0], "key:%012d", i) }

func benchFill(b *testing.B, keys int) *Keyspace {
	ks, err := New(Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(ks.Close)
	var buf [32]byte
	value := make([]byte, 64)
	for i := range keys {
		k := benchKey(buf[:], i)
		if _, err := ks.Part(0, slots.Of(k)).Put(ks.Hash(k), k, TypeString, EncRaw, value, 0, false, 0); err != nil {
			b.Fatal(err)
		}
	}
	return ks
}

func BenchmarkHash(b *testing.B) {
	ks, _ := New(Options{})
	key := []byte("key:000000000001")
	defer reportCPU(b, cpu())
	for b.Loop() {
		ks.Hash(key)
	}
}

func BenchmarkFindHot(b *testing.B) {
	ks := benchFill(b, 1000)
	key := []byte("key:000000000007")
	hash, p := ks.Hash(key), ks.Part(0, slots.Of(key))
	b.ReportAllocs()
	defer reportCPU(b, cpu())
	for b.Loop() {
		if !p.Find(hash, key).Exists() {
			b.Fatal("missing")
		}
	}
}

func BenchmarkFindMissHot(b *testing.B) {
	ks := benchFill(b, 100_000)
	key := []byte("key:000000000007")
	p := ks.Part(0, slots.Of(key))
	key = []byte("kex:000000000007")
	hash := ks.Hash(key)
	b.ReportAllocs()
	defer reportCPU(b, cpu())
	for b.Loop() {
		if p.Find(hash, key).Exists() {
			b.Fatal("there")
		}
	}
}

// The whole way of a GET but for the protocol: slot, hash, partition, lock.
func BenchmarkGetHot(b *testing.B) {
	ks := benchFill(b, 1000)
	key := []byte("key:000000000007")
	x := ks.NewExecutor("bench")
	x.Enter()
	b.ReportAllocs()
	defer reportCPU(b, cpu())
	for b.Loop() {
		s := slots.Of(key)
		p := ks.Part(0, s)
		ks.TryLock(s)
		if !p.Find(ks.Hash(key), key).Exists() {
			b.Fatal("missing")
		}
		ks.Unlock(s)
		x.Yield()
	}
	x.Leave()
}

func BenchmarkGetRandom(b *testing.B) {
	const n = 3_000_000
	ks := benchFill(b, n)
	var buf [32]byte
	i := uint32(0)
	b.ReportAllocs()
	defer reportCPU(b, cpu())
	for b.Loop() {
		i = i*1664525 + 1013904223
		key := benchKey(buf[:], int(i>>8)%n)
		s := slots.Of(key)
		p := ks.Part(0, s)
		ks.TryLock(s)
		if !p.Find(ks.Hash(key), key).Exists() {
			b.Fatal("missing")
		}
		ks.Unlock(s)
	}
}

func BenchmarkPutSameSize(b *testing.B) {
	ks := benchFill(b, 1000)
	key, value := []byte("key:000000000007"), make([]byte, 64)
	hash, p := ks.Hash(key), ks.Part(0, slots.Of(key))
	b.ReportAllocs()
	defer reportCPU(b, cpu())
	for b.Loop() {
		_, _ = p.Put(hash, key, TypeString, EncRaw, value, 0, false, 0)
	}
}

func BenchmarkPutOtherSize(b *testing.B) {
	ks := benchFill(b, 1000)
	key, value := []byte("key:000000000007"), make([]byte, 200)
	hash, p := ks.Hash(key), ks.Part(0, slots.Of(key))
	n := 0
	b.ReportAllocs()
	defer reportCPU(b, cpu())
	for b.Loop() {
		n++
		_, _ = p.Put(hash, key, TypeString, EncRaw, value[:1+n%200], 0, false, 0)
	}
}

func BenchmarkPutRemove(b *testing.B) {
	ks := benchFill(b, 100_000)
	key, value := []byte("kex:000000000007"), make([]byte, 64)
	hash, p := ks.Hash(key), ks.Part(0, slots.Of(key))
	b.ReportAllocs()
	defer reportCPU(b, cpu())
	for b.Loop() {
		_, _ = p.Put(hash, key, TypeString, EncRaw, value, 0, false, 0)
		p.Remove(hash, key)
	}
}

// New keys, growth of the tables included.
func BenchmarkPutNew(b *testing.B) {
	ks := benchFill(b, 0)
	var key [16]byte
	value := make([]byte, 64)
	i := uint64(0)
	b.ReportAllocs()
	defer reportCPU(b, cpu())
	for b.Loop() {
		i++
		binary.BigEndian.PutUint64(key[8:], i)
		s := slots.Slot(i * 2654435761 >> 8 % slots.Count)
		if _, err := ks.Part(0, s).Put(ks.Hash(key[:]), key[:], TypeString, EncRaw, value, 0, false, 0); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLockUnlock(b *testing.B) {
	ks, _ := New(Options{})
	var w Waiter
	b.ReportAllocs()
	defer reportCPU(b, cpu())
	for b.Loop() {
		ks.LockOrWait(77, &w)
		ks.Unlock(77)
	}
}

func BenchmarkEnterLeave(b *testing.B) {
	ks, _ := New(Options{})
	x := ks.NewExecutor("bench")
	defer reportCPU(b, cpu())
	for b.Loop() {
		x.Enter()
		x.Leave()
	}
}

func BenchmarkYield(b *testing.B) {
	ks, _ := New(Options{})
	x := ks.NewExecutor("bench")
	x.Enter()
	defer reportCPU(b, cpu())
	for b.Loop() {
		x.Yield()
	}
	x.Leave()
}

func BenchmarkScan(b *testing.B) {
	ks := benchFill(b, 100_000)
	n := 0
	defer reportCPU(b, cpu())
	for b.Loop() {
		for cursor := ks.ScanDB(NoLock, 0, 0, 100, func(slots.Slot, Entry) { n++ }); cursor != 0; {
			cursor = ks.ScanDB(NoLock, 0, cursor, 100, func(slots.Slot, Entry) { n++ })
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/key")
}

func BenchmarkRandomKey(b *testing.B) {
	ks := benchFill(b, 100_000)
	r := rand.New(rand.NewPCG(1, 1))
	defer reportCPU(b, cpu())
	for b.Loop() {
		ks.RandomKey(NoLock, 0, r, func(slots.Slot, Entry) {})
	}
}

// New keys in one slot: growth and splits of large tables.
func BenchmarkPutOneSlot(b *testing.B) {
	ks := benchFill(b, 0)
	var key [16]byte
	value := make([]byte, 64)
	p := ks.Part(0, 5)
	i := uint64(0)
	b.ReportAllocs()
	defer reportCPU(b, cpu())
	for b.Loop() {
		i++
		binary.BigEndian.PutUint64(key[8:], i)
		if _, err := p.Put(ks.Hash(key[:]), key[:], TypeString, EncRaw, value, 0, false, 0); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEvictPut is a new key in the place of a victim, among a million.
func BenchmarkEvictPut(b *testing.B) {
	for _, policy := range []Policy{AllKeysLRU, AllKeysLFU, AllKeysRandom} {
		b.Run(policy.String(), func(b *testing.B) {
			const keys = 1_000_000
			ks := benchFill(b, keys)
			v := ks.NewEvictor(rand.New(rand.NewPCG(1, 1)), func(int, slots.Slot, *Part, uint64, []byte) {})
			rules := EvictRules{Policy: policy, Samples: 5, LFUDecay: 1}
			var key [32]byte
			b.ReportAllocs()
			i := keys
			start := cpu()
			defer func() { reportCPU(b, start) }()
			for b.Loop() {
				for v.Evict(&rules, 1_700_000_000_000+int64(i), false) != EvictedOne {
				}
				k := benchKey(key[:], i)
				p := ks.Part(0, slots.Of(k))
				if _, err := p.Put(ks.Hash(k), k, TypeString, EncRaw, make([]byte, 64), 0, false, uint32(i/1000)); err != nil {
					b.Fatal(err)
				}
				i++
			}
		})
	}
}
