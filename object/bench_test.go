package object

import (
	"encoding/binary"
	"hash/maphash"
	"math/rand/v2"
	"strconv"
	"testing"

	"clusternode/arena"
)

func benchSpace(b *testing.B) *Space {
	pool := arena.NewPool(arena.PoolOptions{})
	b.Cleanup(pool.Close)
	return NewSpace(arena.New(pool), maphash.MakeSeed())
}

// setTree is a tree of n members by hash, as a big set has it.
func setTree(b *testing.B, sp *Space, n int) tree {
	tr := openTree(sp, testShapes["hash"], make([]byte, rootSize))
	for i := range n {
		m := []byte("member:" + strconv.Itoa(i*7919))
		if err := tr.insert(key{hi: uint64(sp.Hash(m))}, m, m); err != nil {
			b.Fatal(err)
		}
	}
	return tr
}

func BenchmarkTreeFind(b *testing.B) {
	for _, n := range []int{1000, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			sp := benchSpace(b)
			tr := setTree(b, sp, n)
			b.ReportMetric(float64(tr.bytes())/float64(n), "B/member")
			r := rand.New(rand.NewPCG(1, 1))
			var m []byte
			for b.Loop() {
				m = strconv.AppendInt(append(m[:0], "member:"...), int64(r.IntN(n)*7919), 10)
				if _, found := tr.find(key{hi: uint64(sp.Hash(m))}, m); !found {
					b.Fatal("not found")
				}
			}
		})
	}
}

func BenchmarkTreeInsert(b *testing.B) {
	for _, n := range []int{1000, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			sp := benchSpace(b)
			tr := setTree(b, sp, n)
			r := rand.New(rand.NewPCG(1, 1))
			var m [12]byte
			i := 0
			for b.Loop() {
				binary.LittleEndian.PutUint64(m[:], r.Uint64())
				k := key{hi: uint64(sp.Hash(m[:]))}
				if i++; i > n/4 { // stay about the size
					i = 0
					b.StopTimer()
					_ = tr.removeRange(0, n/4)
					b.StartTimer()
				}
				if err := tr.insert(k, m[:], m[:]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkTreeScoreInsert(b *testing.B) {
	sp := benchSpace(b)
	tr := openTree(sp, testShapes["score"], make([]byte, rootSize))
	r := rand.New(rand.NewPCG(1, 1))
	m := []byte("element:0000")
	for range 1_000_000 {
		_ = tr.insert(key{hi: r.Uint64()}, m, m)
	}
	b.ReportMetric(float64(tr.bytes())/float64(tr.len()), "B/member")
	for b.Loop() {
		_ = tr.insert(key{hi: r.Uint64()}, m, m)
	}
}

func BenchmarkTreeQueue(b *testing.B) {
	sp := benchSpace(b)
	tr := openTree(sp, testShapes["place"], make([]byte, rootSize))
	m := []byte("element:00")
	for range 100_000 {
		_ = tr.push(true, m)
	}
	for b.Loop() {
		_ = tr.push(true, m)
		_ = tr.pop(false)
	}
}

func BenchmarkTreePush(b *testing.B) {
	for name, front := range map[string]bool{"front": true, "back": false} {
		b.Run(name, func(b *testing.B) {
			sp := benchSpace(b)
			tr := openTree(sp, testShapes["place"], make([]byte, rootSize))
			m := []byte("element:00")
			for b.Loop() {
				_ = tr.push(front, m)
			}
			b.ReportMetric(float64(tr.bytes())/float64(tr.len()), "B/element")
		})
	}
}
