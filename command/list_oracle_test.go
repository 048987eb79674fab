//go:build oracle

package command

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/internal/testserver"
	"clusternode/slots"
)

var qlNodes = regexp.MustCompile(`ql_nodes:(\d+)`)

// TestListNodesAgainstOracle does random things to a list here and in Redis 8.0
// and compares replies, encodings and the number of nodes.
func TestListNodesAgainstOracle(t *testing.T) {
	s := oracles(t)["8"]
	for i, fill := range []int{-2, -1, -3, 1, 3, 16, 128} {
		t.Run(strconv.Itoa(fill), func(t *testing.T) {
			w := &listOracle{t: t, n: newNode(t, Families()...), r: rand.New(rand.NewPCG(uint64(i), 7))}
			var err error
			w.c, err = testserver.Dial(s.Addr)
			require.NoError(t, err)
			defer w.c.Close()
			w.onlyOracle("FLUSHALL")
			w.onlyOracle("CONFIG", "SET", "list-max-listpack-size", strconv.Itoa(fill))
			w.n.c.Env.Settings.ListMaxListpackSize.Store(int64(fill))
			for step := range 1500 {
				w.do(w.command(step/200%2 == 0)...)
				w.compare()
			}
		})
	}
}

type listOracle struct {
	t   *testing.T
	n   *node
	c   *testserver.Conn
	r   *rand.Rand
	log []string
}

func (w *listOracle) onlyOracle(args ...string) testserver.Value {
	v, err := w.c.Do(args...)
	require.NoError(w.t, err)
	return v
}

func (w *listOracle) do(args ...string) {
	short := fmt.Sprintf("%.60q", args)
	w.log = append(w.log, short)
	want := fromWire(w.onlyOracle(args...))
	require.Equal(w.t, want.String(), w.n.do(args...).String(), short)
}

func (w *listOracle) compare() {
	for _, key := range []string{"l", "m"} {
		if w.onlyOracle("EXISTS", key).String() == ":0" {
			continue
		}
		w.do("OBJECT", "ENCODING", key)
		w.log = w.log[:len(w.log)-1]
		nodes := 1
		if m := qlNodes.FindStringSubmatch(w.onlyOracle("DEBUG", "OBJECT", key).Str); m != nil {
			nodes, _ = strconv.Atoi(m[1])
		}
		k := Key{Bytes: []byte(key), Hash: w.n.ks.Hash([]byte(key)), Part: w.n.ks.Part(0, slots.Of([]byte(key)))}
		l := listOf(&k, k.Part.Find(k.Hash, k.Bytes))
		ours := 0
		l.Nodes(func(int, bool) bool { ours++; return true })
		require.Equal(w.t, nodes, ours, "%s after\n%s", key, strings.Join(w.log[max(len(w.log)-30, 0):], "\n"))
	}
}

func (w *listOracle) element() string {
	switch w.r.IntN(10) {
	case 0, 1, 2:
		return strconv.Itoa(w.r.IntN(100000))
	case 3:
		if w.r.IntN(3) == 0 {
			return strings.Repeat("L", []int{4000, 4090, 8100, 8180, 8192, 8193, 9000, 20000}[w.r.IntN(8)])
		}
	}
	return strings.Repeat(string(rune('a'+w.r.IntN(3))), w.r.IntN(5)*w.r.IntN(200))
}

func (w *listOracle) command(growing bool) []string {
	key := []string{"l", "l", "m"}[w.r.IntN(3)]
	side := func() string { return []string{"LEFT", "RIGHT"}[w.r.IntN(2)] }
	index := func() string { return strconv.Itoa(w.r.IntN(60) - 30) }
	if growing && w.r.IntN(3) > 0 {
		args := []string{[]string{"RPUSH", "LPUSH"}[w.r.IntN(2)], key}
		for range 1 + w.r.IntN(4) {
			args = append(args, w.element())
		}
		return args
	}
	switch w.r.IntN(9) {
	case 0:
		return []string{"LSET", key, index(), w.element()}
	case 1, 2:
		pivot := w.onlyOracle("LINDEX", key, index())
		return []string{"LINSERT", key, []string{"BEFORE", "AFTER"}[w.r.IntN(2)], pivot.Str, w.element()}
	case 3:
		return []string{"LMOVE", key, []string{"l", "m"}[w.r.IntN(2)], side(), side()}
	case 4:
		return []string{"LREM", key, strconv.Itoa(w.r.IntN(5) - 2), w.onlyOracle("LINDEX", key, index()).Str}
	case 5:
		return []string{"LTRIM", key, strconv.Itoa(w.r.IntN(4)), strconv.Itoa(-1 - w.r.IntN(4))}
	case 6:
		return []string{"LPOP", key, strconv.Itoa(w.r.IntN(5))}
	}
	return []string{[]string{"LPOP", "RPOP"}[w.r.IntN(2)], key}
}
