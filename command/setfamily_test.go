package command

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
	"clusternode/slots"
)

func setNode(t testing.TB) *node {
	n := newNode(t, SetSpecs, GenericSpecs, StringSpecs)
	for name, value := range map[string]int64{"set-max-intset-entries": 512, "set-max-listpack-entries": 128, "set-max-listpack-value": 64} {
		n.c.Env.Settings.Limits()[name].Store(value)
	}
	return n
}

// addMembers adds count members word0, word1, ...; integers if word is "".
func (n *node) addMembers(key string, count int, word string) {
	args := []string{"SADD", key}
	for i := range count {
		args = append(args, word+strconv.Itoa(i))
	}
	require.Equal(n.t, strconv.Itoa(count), n.do(args...).Str)
}

// members are the sorted elements of a reply.
func (n *node) members(command ...string) []string {
	out := []string{}
	for _, e := range n.do(command...).Elems {
		out = append(out, e.Str)
	}
	slices.Sort(out)
	return out
}

// setForms are sets of every encoding.
var setForms = []struct {
	word, enc string
	size      int
}{
	{"", "intset", 40}, {"w", "listpack", 40}, {"w", "hashtable", 500},
}

// requireUniform compares counts of things that are equally likely: the chi
// square of them, divided by scale, stays within five standard deviations of
// its mean.
func requireUniform(t *testing.T, counts map[string]int, kinds int, scale float64, what string) {
	t.Helper()
	total := 0
	for _, c := range counts {
		total += c
	}
	want, chi := float64(total)/float64(kinds), 0.0
	for _, c := range counts {
		chi += (float64(c) - want) * (float64(c) - want) / want
	}
	chi = (chi + float64(kinds-len(counts))*want) / scale
	freedom := float64(kinds - 1)
	require.InDelta(t, freedom, chi, 5*math.Sqrt(2*freedom), what)
}

func TestRandomMembersAreUniform(t *testing.T) {
	for _, f := range setForms {
		n := setNode(t)
		n.addMembers("s", f.size, f.word)
		require.Equal(t, f.enc, n.do("OBJECT", "ENCODING", "s").Str)
		for _, count := range []int{0, 3, f.size / 2, f.size - 1, -7} {
			args := []string{"SRANDMEMBER", "s"}
			if count != 0 {
				args = append(args, strconv.Itoa(count))
			}
			counts := map[string]int{}
			for drawn := 0; drawn < 40*f.size; {
				v := n.do(args...)
				if count == 0 {
					v.Elems = []resp.Value{v}
				}
				seen := map[string]bool{}
				for _, e := range v.Elems {
					require.False(t, count > 0 && seen[e.Str], "%s comes twice", e.Str)
					seen[e.Str] = true
					counts[e.Str]++
				}
				require.Len(t, v.Elems, max(count, -count, 1))
				drawn += len(v.Elems)
			}
			// Draws without replacement spread less.
			scale := 1.0
			if count > 1 {
				scale = (1 - float64(count)/float64(f.size)) * float64(f.size) / float64(f.size-1)
			}
			requireUniform(t, counts, f.size, scale, fmt.Sprint(f.enc, count))
		}
	}
}

// Every subset is equally likely, not only every member.
func TestPoppedSubsetsAreUniform(t *testing.T) {
	for _, f := range setForms {
		for _, count := range []int{2, 3, 5} { // of six
			n := setNode(t)
			counts := map[string]int{}
			const rounds = 800
			for range rounds {
				if f.enc == "hashtable" {
					n.do("SADD", "s", "keep", strings.Repeat("x", 65))
					n.addMembers("s", 6, f.word)
					n.do("SREM", "s", "keep", strings.Repeat("x", 65))
				} else {
					n.addMembers("s", 6, f.word)
				}
				require.Equal(t, f.enc, n.do("OBJECT", "ENCODING", "s").Str)
				popped := n.members("SPOP", "s", strconv.Itoa(count))
				rest := n.members("SMEMBERS", "s")
				require.Len(t, popped, count)
				require.Len(t, rest, 6-count)
				all := slices.Concat(popped, rest)
				slices.Sort(all)
				require.Len(t, slices.Compact(all), 6)
				counts[strings.Join(popped, " ")]++
				n.do("DEL", "s")
			}
			kinds := map[int]int{2: 15, 3: 20, 5: 6}[count]
			requireUniform(t, counts, kinds, 1, fmt.Sprint(f.enc, count))
		}
	}
}

func TestPickIndexes(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	counts := map[string]int{}
	for range 20000 {
		counts[fmt.Sprint(pickIndexes(r, 20, 2))]++
	}
	requireUniform(t, counts, 190, 1, "pairs of 20")
	for _, n := range []int{1, 2, 9, 1000, 1 << 20} {
		for _, count := range []int{0, 1, min(n, 5), n / 3} {
			picked := pickIndexes(r, n, count)
			require.Len(t, picked, count)
			require.True(t, slices.IsSorted(picked))
			for i, p := range picked {
				require.Less(t, int(p), n)
				require.True(t, i == 0 || picked[i-1] != p)
			}
		}
	}
}

// What SPOP leaves is packed again only if nearly all were taken, and keeps its
// time to live.
func TestPopEncodings(t *testing.T) {
	for _, c := range []struct {
		word        string
		size, count int
		want        string
	}{
		{"w", 200, 1, "hashtable"}, {"w", 200, 20, "hashtable"}, {"w", 200, 60, "hashtable"}, {"w", 200, 150, "hashtable"},
		{"w", 200, 166, "hashtable"}, {"w", 200, 167, "listpack"}, {"w", 200, 180, "listpack"}, {"w", 200, 199, "listpack"},
		{"", 200, 150, "intset"}, {"", 200, 180, "intset"}, {"", 600, 20, "hashtable"}, {"", 600, 599, "listpack"},
		{"w", 128, 100, "listpack"}, {"w", 128, 127, "listpack"}, {"w", 1000, 850, "hashtable"}, {"w", 1000, 900, "listpack"},
	} {
		n := setNode(t)
		name := fmt.Sprint(c)
		n.addMembers("s", c.size, c.word)
		n.do("PEXPIREAT", "s", "33177117420000")
		popped := n.members("SPOP", "s", strconv.Itoa(c.count))
		require.Len(t, popped, c.count, name)
		require.Equal(t, c.want, n.do("OBJECT", "ENCODING", "s").Str, name)
		require.Equal(t, "33177117420000", n.do("PEXPIRETIME", "s").Str, name)
		all := slices.Concat(popped, n.members("SMEMBERS", "s"))
		slices.Sort(all)
		require.Len(t, slices.Compact(all), c.size, name)
		require.EqualValues(t, c.size+1+c.count, n.c.Stats.Dirty, name)
	}
}

func TestHugeRandomCounts(t *testing.T) {
	n := setNode(t)
	n.addMembers("s", 3, "w")
	for _, count := range []string{"-9223372036854775807", "-100000000"} {
		require.Equal(t, "-"+errRandomReply, n.do("SRANDMEMBER", "s", count).String())
	}
	n.do("SADD", "long", strings.Repeat("x", 1000))
	e := n.entry("long")
	long := object.SetOf(n.ks.Part(0, slots.Of([]byte("long"))).Space(), e.Encoding(), e.Value())
	n.w.Buf = append(n.w.Buf[:0], "before"...)
	n.c.pickRepeated(&long, 5000, 1<<20)
	require.Equal(t, "before-"+errRandomReply+"\r\n", string(n.w.Buf))
	require.Equal(t, "*[]", n.do("SRANDMEMBER", "none", "-9223372036854775807").String())
	require.Len(t, n.members("SRANDMEMBER", "s", "9223372036854775807"), 3)
}

// A walk over big sets meets what is there from beginning to end once.
func TestSscanWholeSet(t *testing.T) {
	n := setNode(t)
	n.addMembers("s", 3000, "member")
	seen := map[string]int{}
	cursor := "0"
	for {
		v := n.do("SSCAN", "s", cursor, "COUNT", "100", "MATCH", "member*1")
		for _, e := range v.Elems[1].Elems {
			seen[e.Str]++
		}
		if cursor = v.Elems[0].Str; cursor == "0" {
			break
		}
	}
	require.Len(t, seen, 300)
	require.Equal(t, "*[$\"0\" *[]]", n.do("SSCAN", "s", "4294967296").String())
	require.Equal(t, "*[$\"0\" *[]]", n.do("SSCAN", "s", "18446744073709551615").String())
}

func TestSetCommandsDoNotAllocate(t *testing.T) {
	n := setNode(t)
	n.addMembers("ints", 100, "")
	n.addMembers("words", 100, "w")
	n.addMembers("big", 5000, "w")
	for _, key := range []string{"ints", "words", "big"} {
		var run [][][]byte
		for _, m := range []string{"5", "w17", "40", "w40", "5000", "99"} {
			if key == "ints" {
				m = strings.TrimPrefix(m, "w")
			}
			for _, command := range []string{"SREM", "SADD", "SISMEMBER", "SMISMEMBER", "SREM", "SADD"} {
				run = append(run, byteArgs(command, key, m))
			}
			run = append(run, byteArgs("SCARD", key), byteArgs("SRANDMEMBER", key))
		}
		for i := range 20 {
			run = append(run, byteArgs("SADD", fmt.Sprint("new", i), "word"), byteArgs("SPOP", fmt.Sprint("new", i)))
			run = append(run, byteArgs("SADD", fmt.Sprint("new", i), "17"), byteArgs("SREM", fmt.Sprint("new", i), "17"))
		}
		all := func() {
			for _, args := range run {
				n.hot(args)
			}
		}
		all()
		require.Zero(t, testing.AllocsPerRun(5, all), key)
	}
}

// When there is no memory, nothing has happened.
func TestSetsOutOfMemory(t *testing.T) {
	n := setNode(t)
	ks, err := keyspace.New(keyspace.Options{Databases: 16, Limit: 4 << 20})
	require.NoError(t, err)
	t.Cleanup(ks.Close)
	n.ks, n.x, n.c.KS, n.c.Env.KS = ks, ks.NewExecutor("test"), ks, ks
	big := strings.Repeat("x", 6<<20)
	n.do("SADD", "a", "1", "2")
	n.do("SADD", "{a}big", strings.Repeat("y", 1<<20), strings.Repeat("z", 1<<20))
	n.do("SADD", "{a}w", "x")
	for _, args := range [][]string{
		{"SADD", "a", big}, {"SADD", "new", big}, {"SADD", "new", "x", big}, {"SUNIONSTORE", "{a}new", "{a}big", "a"},
		{"SUNIONSTORE", "a", "{a}big", "{a}w"}, {"SMOVE", "{a}big", "a", strings.Repeat("y", 1<<20)}, {"SMOVE", "{a}big", "{a}new", strings.Repeat("y", 1<<20)},
	} {
		if args[0] == "SMOVE" { // half of the room is needed a second time
			n.do("SET", "{a}fill", strings.Repeat("f", 1<<20))
		}
		require.Equal(t, "-"+resp.ErrOOM, n.do(args...).String(), "%.40q", args)
		require.Equal(t, []string{"1", "2"}, n.members("SMEMBERS", "a"), "%.40q", args)
		require.Equal(t, "2", n.do("SCARD", "{a}big").Str)
		require.False(t, n.entry("new").Exists())
		require.False(t, n.entry("{a}new").Exists())
	}
}

func BenchmarkSets(b *testing.B) {
	const members = 100_000
	lines := map[string]func(i int) [][]byte{
		"SADD big":      func(i int) [][]byte { return byteArgs("SADD", "big", fmt.Sprintf("member:%012d", i)) },
		"SISMEMBER big": func(i int) [][]byte { return byteArgs("SISMEMBER", "big", fmt.Sprintf("member:%012d", i)) },
		"SREM big":      func(i int) [][]byte { return byteArgs("SREM", "big", fmt.Sprintf("member:%012d", i)) },
		"SPOP big":      func(int) [][]byte { return byteArgs("SPOP", "big") },
		"SADD new":      func(i int) [][]byte { return byteArgs("SADD", fmt.Sprintf("key:%012d", i), "element:__rand_int__") },
		"SET new":       func(i int) [][]byte { return byteArgs("SET", fmt.Sprintf("key:%012d", i), "element:__rand_int__") },
		"SADD ints":     func(i int) [][]byte { return byteArgs("SADD", fmt.Sprintf("key:%d", i%1000), strconv.Itoa(i*7%400)) },
		"SADD words": func(i int) [][]byte {
			return byteArgs("SADD", fmt.Sprintf("key:%d", i%1000), fmt.Sprintf("word:%d", i*7%100))
		},
	}
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		b.Run(name, func(b *testing.B) {
			n := setNode(b)
			run := make([][][]byte, members)
			for i := range run {
				run[i] = lines[name](i)
			}
			if strings.HasSuffix(name, "big") && name != "SADD big" {
				for i := range run {
					n.hot(byteArgs("SADD", "big", fmt.Sprintf("member:%012d", i)))
				}
			}
			b.ResetTimer()
			for i := range b.N {
				n.hot(run[i%members])
			}
		})
	}
}
