package command

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/keyspace"
	"clusternode/resp"
)

func hashNode(t testing.TB) *node {
	n := newNode(t, HashSpecs, GenericSpecs, StringSpecs)
	n.c.Env.Settings.HashMaxListpackEntries.Store(64)
	return n
}

// addFields adds count fields field0, field1, ... with the values 0, 1, ...
func (n *node) addFields(key string, count int) {
	args := []string{"HSET", key}
	for i := range count {
		args = append(args, "field"+strconv.Itoa(i), strconv.Itoa(i))
	}
	require.Equal(n.t, strconv.Itoa(count), n.do(args...).Str)
}

// hashForms are hashes of every encoding.
var hashForms = []struct {
	enc  string
	size int
	ttl  bool
}{
	{"listpack", 40, false}, {"listpackex", 40, true}, {"hashtable", 200, false}, {"hashtable", 200, true},
}

// addHashForm makes the hash h of a form; its odd fields have a time to live.
func (n *node) addHashForm(size int, ttl bool, enc string) {
	n.addFields("h", size)
	for i := 1; ttl && i < size; i += 2 {
		n.do("HPEXPIREAT", "h", strconv.FormatInt(n.c.Now+1000, 10), "FIELDS", "1", "field"+strconv.Itoa(i))
	}
	require.Equal(n.t, enc, n.do("OBJECT", "ENCODING", "h").Str)
}

func TestRandomFieldsAreUniform(t *testing.T) {
	for _, f := range hashForms {
		n := hashNode(t)
		n.addHashForm(f.size, f.ttl, f.enc)
		size := f.size
		if f.ttl {
			n.c.Now += 1001 // half of them are not there any more
			size /= 2
		}
		for _, count := range []int{0, 3, size / 2, size - 1, -7} {
			args := []string{"HRANDFIELD", "h"}
			if count != 0 {
				args = append(args, strconv.Itoa(count), "WITHVALUES")
			}
			counts := map[string]int{}
			for drawn := 0; drawn < 40*size; {
				v := n.do(args...)
				if count == 0 {
					v.Elems = []resp.Value{v, {Str: strings.TrimPrefix(v.Str, "field")}}
				}
				require.Len(t, v.Elems, 2*max(count, -count, 1))
				seen := map[string]bool{}
				for i := 0; i < len(v.Elems); i += 2 {
					field := v.Elems[i].Str
					require.Equal(t, field, "field"+v.Elems[i+1].Str)
					require.False(t, count > 0 && seen[field], "%s comes twice", field)
					seen[field] = true
					counts[field]++
					drawn++
				}
			}
			scale := 1.0 // draws without replacement spread less
			if count > 1 {
				scale = (1 - float64(count)/float64(size)) * float64(size) / float64(size-1)
			}
			requireUniform(t, counts, size, scale, fmt.Sprint(f, count))
		}
		require.Len(t, n.do("HRANDFIELD", "h", "100000").Elems, size)
	}
}

// Fields whose time has passed are gone for every reader at once, before anything
// has removed them.
func TestExpiredFieldsAreInvisible(t *testing.T) {
	for _, f := range hashForms {
		if !f.ttl {
			continue
		}
		n := hashNode(t)
		n.addHashForm(f.size, true, f.enc)
		n.c.Now += 1000
		require.Equal(t, "$\"1\"", n.do("HGET", "h", "field1").String(), "not before its time has passed")
		n.c.Now++
		half := f.size / 2
		for range 2 { // before a writer comes, and afterwards
			require.Equal(t, "(null $)", n.do("HGET", "h", "field1").String())
			require.Equal(t, "*[$\"0\" (null $) $\"2\"]", n.do("HMGET", "h", "field0", "field1", "field2").String())
			require.Equal(t, ":0", n.do("HEXISTS", "h", "field3").String())
			require.Equal(t, ":0", n.do("HSTRLEN", "h", "field3").String())
			require.Len(t, n.do("HGETALL", "h").Elems, 2*half)
			require.Len(t, n.do("HKEYS", "h").Elems, half)
			require.Len(t, n.do("HVALS", "h").Elems, half)
			require.Len(t, n.do("HSCAN", "h", "0", "COUNT", "10000", "NOVALUES").Elems[1].Elems, half)
			require.Equal(t, "*[:-1 :-2]", n.do("HTTL", "h", "FIELDS", "2", "field0", "field1").String())
			require.Equal(t, "*[:-1 :-2]", n.do("HPERSIST", "h", "FIELDS", "2", "field0", "field1").String())
		}
		require.Equal(t, strconv.Itoa(half), n.do("HLEN", "h").Str)
		require.Equal(t, ":0", n.do("HDEL", "h", "field1").String())
		require.Equal(t, ":1", n.do("HSETNX", "h", "field1", "x").String())
		require.Equal(t, ":7", n.do("HINCRBY", "h", "field3", "7").String())
		require.Equal(t, ":2", n.do("HSET", "h", "field5", "x", "field7", "y").String())
		require.Equal(t, "*[:-1 :-1]", n.do("HTTL", "h", "FIELDS", "2", "field1", "field3").String())
	}
}

// A hash goes with its last field, whoever finds out.
func TestHashGoesWithItsLastField(t *testing.T) {
	for _, last := range [][]string{
		{"HGETDEL", "h", "FIELDS", "2", "a", "b"}, {"HDEL", "h", "a", "b", "c"}, {"HEXPIRE", "h", "0", "FIELDS", "2", "a", "b"},
		{"HGETEX", "h", "PXAT", "1", "FIELDS", "3", "a", "b", "b"}, {"HSETEX", "h", "PXAT", "1", "FIELDS", "2", "a", "1", "b", "2"},
		{"HPEXPIREAT", "h", "1", "FIELDS", "2", "b", "a"},
	} {
		for _, ttl := range []string{"", "a", "both"} {
			for _, big := range []bool{false, true} {
				n := hashNode(t)
				n.do("HSET", "h", "a", "1", "b", "2")
				if big {
					n.do("HSET", "h", "big", strings.Repeat("x", 100))
					n.do("HDEL", "h", "big")
				}
				if ttl == "a" {
					n.do("HEXPIRE", "h", "100", "FIELDS", "1", "a")
				} else if ttl != "" {
					n.do("HEXPIRE", "h", "100", "FIELDS", "2", "a", "b")
				}
				v := n.do(last...)
				require.NotEqual(t, byte('-'), v.Type, "%q: %s", last, v)
				require.Equal(t, ":0", n.do("EXISTS", "h").String(), "%q %q", last, ttl)
			}
		}
	}
	n := hashNode(t)
	n.do("HSETEX", "h", "PX", "100", "FIELDS", "2", "a", "1", "b", "2")
	n.c.Now += 101
	require.Equal(t, ":0", n.do("HDEL", "h", "a").String()) // which looks, and finds nothing
	require.Equal(t, ":0", n.do("EXISTS", "h").String())
}

// A walk over big hashes meets what is there from beginning to end once.
func TestHscanWholeHash(t *testing.T) {
	n := hashNode(t)
	n.addFields("h", 3000)
	seen := map[string]string{}
	for cursor, steps := "0", 0; cursor != "0" || steps == 0; steps++ {
		v := n.do("HSCAN", "h", cursor, "COUNT", "100", "MATCH", "field*1")
		for i := 0; i < len(v.Elems[1].Elems); i += 2 {
			field := v.Elems[1].Elems[i].Str
			require.NotContains(t, seen, field)
			seen[field] = v.Elems[1].Elems[i+1].Str
		}
		cursor = v.Elems[0].Str
		n.do("HSET", "h", "new"+strconv.Itoa(steps), "x") // and the tree grows meanwhile
	}
	require.Len(t, seen, 300)
	require.Equal(t, "*[$\"0\" *[]]", n.do("HSCAN", "h", "4294967296").String())
	require.Equal(t, "*[$\"0\" *[]]", n.do("HSCAN", "h", "18446744073709551615").String())
}

func TestHashCommandsDoNotAllocate(t *testing.T) {
	for _, f := range hashForms {
		n := hashNode(t)
		n.addHashForm(f.size, f.ttl, f.enc)
		var run [][][]byte
		for i := range 20 {
			field := "field" + strconv.Itoa(i*2)
			for _, line := range []string{"HSET h @ 17", "HGET h @", "HSET h @ value", "HMGET h @ x @", "HEXISTS h @", "HDEL h @", "HSETNX h @ 8",
				"HINCRBY h @ 5", "HINCRBYFLOAT h @ 0.5", "HLEN h", "HSTRLEN h @", "HRANDFIELD h", "HTTL h FIELDS 1 @", "HSET new @ 1", "HSET new @ 2", "HDEL new @"} {
				line = strings.ReplaceAll(line, "@", field)
				run = append(run, byteArgs(strings.Fields(line)...))
			}
		}
		all := func() {
			for _, args := range run {
				n.hot(args)
			}
		}
		all()
		require.Zero(t, testing.AllocsPerRun(5, all), f)
	}
}

// When there is no memory, nothing has happened.
func TestHashesOutOfMemory(t *testing.T) {
	n := hashNode(t)
	ks, err := keyspace.New(keyspace.Options{Databases: 16, Limit: 4 << 20})
	require.NoError(t, err)
	t.Cleanup(ks.Close)
	n.ks, n.x, n.c.KS, n.c.Env.KS = ks, ks.NewExecutor("test"), ks, ks
	big := strings.Repeat("x", 6<<20)
	n.do("HSET", "h", "a", "1", "b", "2")
	n.do("HSETEX", "h", "PX", "1000", "FIELDS", "1", "b", "2")
	for _, args := range [][]string{
		{"HSET", "h", "a", big}, {"HSET", "h", "c", big}, {"HSET", "new", "c", big}, {"HSET", "new", "x", "y", "c", big}, {"HSETNX", "h", "c", big},
		{"HSETEX", "h", "EX", "100", "FIELDS", "1", "b", big}, {"HSETEX", "new", "EX", "100", "FIELDS", "1", "b", big},
	} {
		require.Equal(t, "-"+resp.ErrOOM, n.do(args...).String(), "%.40q", args)
		require.Equal(t, []string{"1", "2", "a", "b"}, n.members("HGETALL", "h"), "%.40q", args)
		require.Equal(t, "*[:-1 :1000]", n.do("HPTTL", "h", "FIELDS", "2", "a", "b").String(), "%.40q", args)
		require.False(t, n.entry("new").Exists())
	}
}

func BenchmarkHashes(b *testing.B) {
	const fields = 100_000
	lines := map[string]func(i int) [][]byte{
		"HSET big": func(i int) [][]byte {
			return byteArgs("HSET", "big", fmt.Sprintf("element:%012d", i*7919%fields), "xxx")
		},
		"HGET big": func(i int) [][]byte { return byteArgs("HGET", "big", fmt.Sprintf("element:%012d", i*7919%fields)) },
		"HSET new": func(i int) [][]byte {
			return byteArgs("HSET", fmt.Sprintf("key:%012d", i), "element:__rand_int__", "xxx")
		},
		"SET new": func(i int) [][]byte { return byteArgs("SET", fmt.Sprintf("key:%012d", i), "element:__rand_int__") },
		"HSET many": func(i int) [][]byte {
			return byteArgs("HSET", fmt.Sprintf("key:%d", i%1000), fmt.Sprintf("f%d", i*7%10), "a value of 20 bytes.")
		},
		"HGET many": func(i int) [][]byte {
			return byteArgs("HGET", fmt.Sprintf("key:%d", i%1000), fmt.Sprintf("f%d", i*7%10))
		},
		"HINCRBY": func(i int) [][]byte { return byteArgs("HINCRBY", fmt.Sprintf("num:%d", i%1000), "f", "1") },
		"HGETALL": func(int) [][]byte { return byteArgs("HGETALL", "all") },
	}
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		b.Run(name, func(b *testing.B) {
			n := hashNode(b)
			run := make([][][]byte, fields)
			for i := range run {
				run[i] = lines[name](i)
			}
			for i := range run {
				switch name {
				case "HGET big":
					n.hot(byteArgs("HSET", "big", fmt.Sprintf("element:%012d", i), "xxx"))
				case "HGET many":
					n.hot(byteArgs("HSET", fmt.Sprintf("key:%d", i%1000), fmt.Sprintf("f%d", i*7%10), "a value of 20 bytes."))
				}
			}
			if name == "HGETALL" {
				n.addFields("all", 100)
			}
			b.ResetTimer()
			for i := range b.N {
				n.hot(run[i%fields])
			}
		})
	}
}
