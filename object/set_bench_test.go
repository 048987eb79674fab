package object

import (
	"fmt"
	"testing"
)

// bigSet has the members from..from+n.
func benchSet(b *testing.B, sp *Space, from, n int) Set {
	sb := NewSetBuilder(sp, defaultSetLimits, EncHashtable, nil)
	members := make([][]byte, n)
	for i := range members {
		members[i] = fmt.Appendf(nil, "member:%08d", from+i)
	}
	if _, err := sb.AddAll(members); err != nil {
		b.Fatal(err)
	}
	return SetOf(sp, sb.host.enc, sb.host.v)
}

// BenchmarkSetAlgebra reports the time for each member of all sets.
func BenchmarkSetAlgebra(b *testing.B) {
	sp := newSpace(b)
	big := benchSet(b, sp, 0, 1_000_000)
	for _, n := range []int{100, 1000, 100_000, 1_000_000} {
		other := benchSet(b, sp, 999_950, n)
		for name, f := range map[string]func(count func([]byte) bool){
			"inter":    func(count func([]byte) bool) { IntersectSets([]Set{other, big}, count) },
			"diff big": func(count func([]byte) bool) { SubtractSets([]Set{big, other}, count) },
			"diff":     func(count func([]byte) bool) { SubtractSets([]Set{other, big}, count) },
			"union":    func(count func([]byte) bool) { UnionSets([]Set{big, other}, count) },
		} {
			b.Run(fmt.Sprint(name, " ", n), func(b *testing.B) {
				for range b.N {
					found := 0
					f(func([]byte) bool { found++; return true })
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(big.Len()+n), "ns/member")
			})
		}
	}
}
