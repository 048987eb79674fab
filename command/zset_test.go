package command

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseDouble(t *testing.T) {
	for in, want := range map[string]float64{
		"0": 0, "-0": 0, "1": 1, "+1": 1, "1.5": 1.5, ".5": 0.5, "1.": 1, "1e3": 1000, "0x10": 16, "0x1p3": 8, "-0X.8": -0.5, "inf": math.Inf(1), "-inf": math.Inf(-1), "+Infinity": math.Inf(1),
		"0.30000000000000004": 0.30000000000000004, "5e-324": 5e-324, "0e5": 0, "0x0": 0,
	} {
		got, ok := parseDouble([]byte(in))
		require.True(t, ok, in)
		require.Equal(t, want, got+0, in)
	}
	for _, in := range []string{"", " 1", "1 ", "nan", "-nan", "NaN", "1_000", "0x", "x", "1e", "--1", "1e400", "-1e400", "1e-400", "1\x00", "in", "infx", "0b1", "0o7", "1p3"} {
		_, ok := parseDouble([]byte(in))
		require.False(t, ok, "%q", in)
	}
}

func TestParseScoreBound(t *testing.T) {
	inf := math.Inf(1)
	for in, want := range map[string]scoreBound{
		"1": {1, false}, "(1": {1, true}, "": {0, false}, "(": {0, true}, " 2": {2, false}, "( 2": {2, true}, "(inf": {inf, true}, "-inf": {-inf, false},
		"\x00": {0, false}, "3\x00junk": {3, false}, "1e400": {inf, false}, "(-1e400": {-inf, true},
	} {
		got, ok := parseScoreBound([]byte(in))
		require.True(t, ok, "%q", in)
		require.Equal(t, want, got, "%q", in)
	}
	for _, in := range []string{" ", "( ", "x", "((1", "[1", "nan", "1 ", "1x"} {
		_, ok := parseScoreBound([]byte(in))
		require.False(t, ok, "%q", in)
	}
}

func TestRankRange(t *testing.T) {
	for _, c := range [][5]int64{
		{0, -1, 5, 0, 5}, {1, 2, 5, 1, 3}, {-2, -1, 5, 3, 5}, {-100, 100, 5, 0, 5}, {3, 1, 5, 0, 0}, {5, 9, 5, 0, 0}, {0, -6, 5, 0, 0},
		{math.MinInt64, math.MaxInt64, 5, 0, 5}, {math.MaxInt64, math.MinInt64, 5, 0, 0},
	} {
		from, to := rankRange(c[0], c[1], int(c[2]))
		require.Equal(t, c[3:], []int64{int64(from), int64(to)}, "%v", c)
	}
}

// TestZsetNotANumber: of sums and products that are no numbers, and of zeros,
// the result is what Redis' order of steps makes of them.
func TestZsetNotANumber(t *testing.T) {
	n := newNode(t, ZSetSpecs)
	n.raw("ZADD", "{z}a", "inf", "m")
	n.raw("ZADD", "{z}b", "-inf", "m", "0", "zero")
	for _, c := range []struct{ want, command string }{
		{"0", "ZUNION 2 {z}a {z}a WEIGHTS 1 -1"}, {"0", "ZINTER 2 {z}a {z}b"}, {"0", "ZINTER 2 {z}a {z}a WEIGHTS 7 0"},
		{"inf", "ZINTER 2 {z}a {z}a WEIGHTS 7 0 AGGREGATE MAX"}, {"inf", "ZUNION 2 {z}a {z}a WEIGHTS 7 0"}, {"-inf", "ZINTER 2 {z}a {z}b AGGREGATE MIN"},
	} {
		v := n.do(append(strings.Fields(c.command), "WITHSCORES")...)
		require.Equal(t, c.want, v.Elems[1].Str, c.command)
	}
	require.Equal(t, "-ERR resulting score is not a number (NaN)\r\n", n.raw("ZINCRBY", "{z}a", "-inf", "m"))
}

// TestZsetCost: what replies little of a large sorted set is cheap, however it
// says so.
func TestZsetCost(t *testing.T) {
	n := newNode(t, ZSetSpecs)
	for i := range 5000 {
		n.raw("ZADD", "z", strconv.Itoa(i), fmt.Sprintf("member:%d", i))
	}
	cost := func(args ...string) int64 {
		argv := make([][]byte, len(args))
		for i, a := range args {
			argv[i] = []byte(a)
		}
		s, _ := n.c.Env.Table.Resolve(argv)
		require.True(t, n.c.Bind(s, argv, 0))
		n.c.BindParts()
		return s.Cost(n.c)
	}
	require.Equal(t, int64(100*nanosPerRanked), cost("ZRANGE", "z", "0", "99"))
	require.Equal(t, int64(100*nanosPerRanked), cost("ZRANGE", "z", "17", "+inf", "BYSCORE", "LIMIT", "0", "100"))
	require.Equal(t, int64(10*nanosPerRanked), cost("ZREVRANGEBYSCORE", "z", "9", "-inf", "WITHSCORES"))
	require.Equal(t, int64(10*nanosPerRanked), cost("ZREVRANGE", "z", "0", "9"))
	require.Equal(t, int64(5000*nanosPerRanked), cost("ZRANGE", "z", "0", "-1", "REV"))
	require.Equal(t, int64(3*nanosPerScored), cost("ZREMRANGEBYSCORE", "z", "-inf", "(3"))
	require.Zero(t, cost("ZREMRANGEBYRANK", "z", "0", "-1"))
	require.Zero(t, cost("ZRANGE", "z", "0", "-1", "BYLEX", "BYSCORE"))
}

// TestZsetAllocations: members come, change, are looked up and go without the Go
// heap.
func TestZsetAllocations(t *testing.T) {
	for _, size := range []int{20, 5000} {
		n := newNode(t, ZSetSpecs)
		for i := range size {
			n.raw("ZADD", "z", strconv.Itoa(i), fmt.Sprintf("member:%d", i))
		}
		var run [][][]byte
		for _, line := range []string{"ZADD z 5.5 member:new", "ZSCORE z member:7", "ZINCRBY z 0.001 member:3", "ZRANK z member:9", "ZRANGE z 5 15 WITHSCORES", "ZADD z -1 lowest", "ZPOPMIN z", "ZREM z member:new", "ZCOUNT z 3 7"} {
			run = append(run, byteArgs(strings.Fields(line)...))
		}
		perRun := testing.AllocsPerRun(20, func() {
			for range 100 {
				for _, args := range run {
					n.hot(args)
				}
			}
		})
		require.LessOrEqual(t, perRun, 1.0, "%d members", size)
	}
}

func BenchmarkZsets(b *testing.B) {
	for _, size := range []int{100, 1_000_000} {
		n := newNode(b, ZSetSpecs)
		for i := range size {
			n.hot(byteArgs("ZADD", "z", strconv.Itoa(i*7919%size), fmt.Sprintf("member:%d", i)))
		}
		for _, line := range []string{"ZADD z %d member:%d", "ZINCRBY z 0.0001 member:%[2]d", "ZSCORE z member:%[2]d", "ZRANK z member:%[2]d", "ZRANGE z 0 99", "ZRANGE z %d +inf BYSCORE LIMIT 0 100"} {
			b.Run(fmt.Sprintf("%d/%s", size, line), func(b *testing.B) {
				run := make([][][]byte, 1<<16)
				for i := range run {
					run[i] = byteArgs(strings.Fields(strings.Split(fmt.Sprintf(line, i*31337%size, i*104729%size), "%!")[0])...)
				}
				for i := 0; b.Loop(); i++ {
					n.hot(run[i%len(run)])
				}
			})
		}
		b.Run(fmt.Sprintf("%d/ZPOPMIN, ZADD", size), func(b *testing.B) {
			pop, add := byteArgs("ZPOPMIN", "z"), byteArgs("ZADD", "z", "0", "member:new")
			for b.Loop() {
				n.hot(pop)
				n.hot(add)
			}
		})
	}
}
