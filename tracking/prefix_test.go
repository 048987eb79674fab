package tracking

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestChangesAgainstTwin compares a random history with the plain way: all
// prefixes are looked at for each change.
func TestChangesAgainstTwin(t *testing.T) {
	for n := range uint64(20) {
		r := rand.New(rand.NewPCG(n, 3))
		var fast Prefixes
		var changes Changes
		slow := map[string][]Client{}
		pending := map[string]map[string]Client{}
		word := func(n int) string {
			b := make([]byte, r.IntN(n))
			for i := range b {
				b[i] = "ab\x00\xff"[r.IntN(4)]
			}
			return string(b)
		}
		for range 3000 {
			p, c := word(4), Client(1+r.IntN(6))
			switch op := r.IntN(10); {
			case op < 2:
				fast.Add(p, c)
				if !slices.Contains(slow[p], c) {
					slow[p] = append(slow[p], c)
					slices.Sort(slow[p])
				}
			case op < 4:
				fast.Remove(p, c)
				if slow[p] = slices.DeleteFunc(slow[p], func(o Client) bool { return o == c }); len(slow[p]) == 0 {
					delete(slow, p)
					delete(pending, p)
				}
			case op < 9:
				key, by := word(6), Client(r.IntN(4))
				changes.Add(&fast, []byte(key), by)
				for p := range slow {
					if strings.HasPrefix(key, p) {
						if pending[p] == nil {
							pending[p] = map[string]Client{}
						}
						pending[p][key] = by
					}
				}
			default:
				require.Equal(t, expected(slow, pending), taken(&changes))
				require.False(t, changes.Any())
				clear(pending)
			}
			require.EqualValues(t, len(slow), fast.Len())
		}
	}
}

func expected(slow map[string][]Client, pending map[string]map[string]Client) (out []string) {
	for p, keys := range pending {
		var names []string
		for k, by := range keys {
			names = append(names, fmt.Sprintf("%q by %d", k, by))
		}
		sort.Strings(names)
		out = append(out, fmt.Sprintf("%q %v %v", p, slow[p], names))
	}
	sort.Strings(out)
	return out
}

func taken(c *Changes) (out []string) {
	last := ""
	c.Take(func(p *Prefix, keys []Key) {
		if p.Text() < last {
			out = append(out, "prefixes out of order")
		}
		last = p.Text()
		if len(p.Clients()) == 0 {
			return
		}
		if !slices.IsSortedFunc(keys, func(a, b Key) int { return strings.Compare(string(a.Name), string(b.Name)) }) {
			out = append(out, "keys out of order")
		}
		var names []string
		for _, k := range keys {
			names = append(names, fmt.Sprintf("%q by %d", k.Name, k.By))
		}
		sort.Strings(names)
		out = append(out, fmt.Sprintf("%q %v %v", p.Text(), p.Clients(), names))
	})
	sort.Strings(out)
	return out
}

// A change costs one look-up for each length of a prefix, not for each prefix.
func TestManyPrefixes(t *testing.T) {
	var prefixes Prefixes
	for i := range 100_000 {
		prefixes.Add(fmt.Sprintf("prefix:%06d:", i), 1)
	}
	require.EqualValues(t, 100_000, prefixes.Len())
	require.Len(t, prefixes.lengths, 1)
	found := prefixes.match([]byte("prefix:012345:x"), nil)
	require.Len(t, found, 1)
	require.Equal(t, "prefix:012345:", found[0].Text())
	for i := range 100_000 {
		prefixes.Remove(fmt.Sprintf("prefix:%06d:", i), 1)
	}
	require.Zero(t, prefixes.Len())
	require.Empty(t, prefixes.lengths)
	require.Empty(t, prefixes.byText)
}

func BenchmarkChanges(b *testing.B) {
	var prefixes Prefixes
	for i := range 1000 {
		prefixes.Add(fmt.Sprintf("prefix:%03d:", i), 1)
	}
	var changes Changes
	key := []byte("prefix:123:some key")
	for i := range b.N {
		changes.Add(&prefixes, key, 0)
		if i%16 == 0 {
			changes.Take(func(*Prefix, []Key) {})
		}
	}
}
