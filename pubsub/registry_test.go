package pubsub

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/internal/glob"
)

// twin is the registry as one would write it without a thought for speed.
type twin struct {
	subs [kinds]map[string]map[int]bool
}

func (t *twin) receivers(channel string) (out []string) {
	for c := range t.subs[Channel][channel] {
		out = append(out, fmt.Sprintf("%d %s", c, channel))
	}
	for p, cs := range t.subs[Pattern] {
		for c := range cs {
			if glob.Match([]byte(p), []byte(channel)) {
				out = append(out, fmt.Sprintf("%d %s", c, p))
			}
		}
	}
	slices.Sort(out)
	return out
}

func deliver(crowds []*Crowd[int, int]) (out []string) {
	for _, c := range crowds {
		for _, client := range c.Clients(nil) {
			out = append(out, fmt.Sprintf("%d %s", client, c.Name))
		}
	}
	slices.Sort(out)
	return out
}

// names of channels that share beginnings, and patterns for them.
func someName(rnd *rand.Rand) string {
	return []string{"", "a", "ab", "abc", "b", "news", "news.1", "news.2", strings.Repeat("n", 62), strings.Repeat("n", 63), strings.Repeat("n", 70)}[rnd.IntN(11)]
}

func somePattern(rnd *rand.Rand) string {
	name := someName(rnd)
	cut := name[:rnd.IntN(len(name)+1)]
	return []string{name, cut + "*", "*", cut + "?", cut + "[a-n]*", `\` + name, cut + "*" + name, "?" + name, "[" + name}[rnd.IntN(9)]
}

func TestRegistryAgainstTwin(t *testing.T) {
	for seed := range uint64(8) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		r := New[int, int]()
		var tw twin
		for k := range tw.subs {
			tw.subs[k] = make(map[string]map[int]bool)
		}
		// More outlets than are searched one by one.
		members := make([]*Member[int, int], 60)
		for i := range members {
			members[i] = r.Join(i, i%40)
		}
		order := make([][kinds][]string, len(members))
		for range 2000 {
			k := Kind(rnd.IntN(int(kinds)))
			i := rnd.IntN(len(members))
			name := someName(rnd)
			if k == Pattern {
				name = somePattern(rnd)
			}
			was := tw.subs[k][name][i]
			switch rnd.IntN(5) {
			case 0, 1:
				require.Equal(t, !was, members[i].Subscribe(k, []byte(name)))
				if !was {
					order[i][k] = append(order[i][k], name)
					if tw.subs[k][name] == nil {
						tw.subs[k][name] = make(map[int]bool)
					}
					tw.subs[k][name][i] = true
				}
			case 2:
				left, dropped := members[i].Drop(k, []byte(name))
				require.Equal(t, was, dropped)
				if was {
					at := slices.Index(order[i][k], name)
					order[i][k] = slices.Delete(order[i][k], at, at+1)
					delete(tw.subs[k][name], i)
					if len(tw.subs[k][name]) == 0 {
						delete(tw.subs[k], name)
					}
				}
				require.Equal(t, len(order[i][k]), left)
			case 3:
				channel := someName(rnd)
				crowds, n := r.Receivers([]byte(channel), nil)
				want := tw.receivers(channel)
				require.Equal(t, want, deliver(crowds))
				require.Equal(t, len(want), n)
				crowds, n = r.ShardReceivers([]byte(channel), nil)
				require.Equal(t, len(tw.subs[Shard][channel]), n)
				require.Len(t, deliver(crowds), n)
			case 4:
				require.Equal(t, len(tw.subs[k]), r.Topics(k))
				require.Equal(t, len(tw.subs[k][name]), r.Subscribers(k, []byte(name)))
				require.Equal(t, append([]string{}, order[i][k]...), members[i].Names(k))
				require.Equal(t, was, members[i].Has(k, name))
				require.Equal(t, members[i].Total() > 0, members[i].Memory() > 0)
			}
		}
		for _, m := range members {
			m.Close()
			require.Zero(t, m.Total())
		}
		for k := range kinds {
			require.Zero(t, r.Topics(k))
			r.Each(k, func(name string, _ int) { t.Errorf("%q is left", name) })
		}
		require.Zero(t, r.prefix.lengths.Load())
	}
}

func TestChannelComesBeforePatterns(t *testing.T) {
	r := New[int, int]()
	m := r.Join(1, 1)
	m.Subscribe(Pattern, []byte("n*"))
	m.Subscribe(Channel, []byte("news"))
	crowds, n := r.Receivers([]byte("news"), nil)
	require.Equal(t, 2, n)
	require.Equal(t, Channel, crowds[0].Kind)
	require.Equal(t, Pattern, crowds[1].Kind)
}

func TestSelect(t *testing.T) {
	r := New[int, int]()
	a, b := r.Join(1, 1), r.Join(2, 2)
	for _, m := range []*Member[int, int]{a, b} {
		m.Subscribe(Shard, []byte("x"))
		m.Subscribe(Shard, []byte("y"))
	}
	got := r.Select(Shard, func(name string) bool { return name == "x" })
	require.Len(t, got, 2)
	for _, l := range got {
		left, was := l.Member.Drop(Shard, []byte(l.Name))
		require.True(t, was)
		require.Equal(t, 1, left)
	}
	require.Empty(t, r.Select(Shard, func(name string) bool { return name == "x" }))
	require.Equal(t, 1, r.Topics(Shard))
}

// TestConcurrentUse lets everything happen at once; the race detector watches, and nothing may be left.
func TestConcurrentUse(t *testing.T) {
	r := New[int, int]()
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(g), 2))
			var buf []*Crowd[int, int]
			for range 300 {
				m := r.Join(g, g%3)
				for range 20 {
					switch k := Kind(rnd.IntN(int(kinds))); rnd.IntN(4) {
					case 0, 1:
						m.Subscribe(k, []byte(someName(rnd)))
					case 2:
						m.Unsubscribe(k, []byte(someName(rnd)))
					case 3:
						buf, _ = r.Receivers([]byte(someName(rnd)), buf[:0])
						for _, c := range buf {
							c.Clients(nil)
						}
						for _, l := range r.Select(Shard, func(name string) bool { return name == "a" }) {
							l.Member.Drop(Shard, []byte("a"))
						}
					}
				}
				m.Close()
			}
		})
	}
	wg.Wait()
	for k := range kinds {
		require.Zero(t, r.Topics(k))
	}
}

func benchmarkPatterns(b *testing.B, pattern func(i int) string) {
	r := New[int, int]()
	m := r.Join(1, 1)
	for i := range 100_000 {
		m.Subscribe(Pattern, []byte(pattern(i)))
	}
	var buf []*Crowd[int, int]
	channel := []byte("user:77777:login")
	for b.Loop() {
		buf, _ = r.Receivers(channel, buf[:0])
		if len(buf) != 1 {
			b.Fatal(len(buf))
		}
	}
}

func BenchmarkPublish100kPatternsPrefix(b *testing.B) {
	benchmarkPatterns(b, func(i int) string { return fmt.Sprintf("user:%d:*", i) })
}

func BenchmarkPublish100kPatternsNoPrefix(b *testing.B) {
	benchmarkPatterns(b, func(i int) string { return fmt.Sprintf("*:%d:*", i) })
}

func BenchmarkPublishOneSubscriber(b *testing.B) {
	r := New[int, int]()
	r.Join(1, 1).Subscribe(Channel, []byte("news"))
	var buf []*Crowd[int, int]
	for b.Loop() {
		buf, _ = r.Receivers([]byte("news"), buf[:0])
	}
}

func BenchmarkSubscribe100kChannels(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		m := New[int, int]().Join(1, 1)
		for i := range 100_000 {
			m.Subscribe(Channel, fmt.Appendf(nil, "channel:%d", i))
		}
	}
}
