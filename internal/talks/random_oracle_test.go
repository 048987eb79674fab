//go:build oracle

package talks

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/internal/testserver"
)

// hasty is the patience of random talks: a divergence is mostly a message that never comes.
const hasty = 3 * time.Second

// TestRandomTalks makes talks up and compares ours with each oracle after every step. $SEED and $TALKS change what is played; a
// talk that differs is made shorter and printed as a file that can be kept.
func TestRandomTalks(t *testing.T) {
	ours, err := testserver.Ours()
	require.NoError(t, err)
	us := StartServers(t, ours, "--io-threads", "2")
	seed := number(t, "SEED", 72)
	for _, letter := range []string{"8", "v"} {
		bin, err := testserver.Oracle(oracleLetters[letter])
		require.NoError(t, err)
		them := StartServers(t, bin)
		for i := range number(t, "TALKS", 25) {
			g := newGenerator(rand.New(rand.NewPCG(seed, i)))
			talk, cluster, proto := g.talk(), g.r.IntN(3) == 0, 2+g.r.IntN(4)/3
			talk.Cluster, talk.Protos, talk.Oracles = []bool{cluster}, []int{proto}, letter
			d := duel{ours: us.Addr(cluster), oracle: them.Addr(cluster), proto: proto}
			if err := d.play(talk); err != nil {
				t.Fatalf("SEED=%d, talk %d, oracle %s: %v\n\n%s", seed, i, letter, err, d.shrink(talk).Format())
			}
		}
	}
}

func number(t *testing.T, name string, otherwise uint64) uint64 {
	n, err := strconv.ParseUint(cmp.Or(os.Getenv(name), strconv.FormatUint(otherwise, 10)), 10, 64)
	require.NoError(t, err)
	return n
}

// duel is a pair of servers.
type duel struct {
	ours, oracle string
	proto        int
	hasty        bool // a missing message is missed soon
}

// play plays a talk on both and returns the first difference. The talk keeps what was played, with the oracle's messages.
func (d duel) play(talk *Talk) error {
	a, err := Open(d.ours, talk, d.proto)
	if err != nil {
		return err
	}
	b, err := Open(d.oracle, talk, d.proto)
	if err != nil {
		return errors.Join(err, a.Close())
	}
	for _, c := range a.conns {
		c.wait = hasty
		if d.hasty {
			c.wait = hasty / 10
		}
	}
	return errors.Join(d.steps(talk, a, b), a.Close(), b.Close())
}

// steps plays on until the end or a difference. Who waits says nothing: commands behind a blocked one run on ours whenever its loop
// gets to them, in no order with those of others.
func (d duel) steps(talk *Talk, ours, oracle *Stage) error {
	all := talk.Steps
	talk.Steps = nil
	for i := range all {
		step := &all[i]
		if waiting, err := oracle.waiting(step.Conn); err != nil || waiting {
			if err != nil {
				return err
			}
			continue
		}
		talk.Steps = append(talk.Steps, *step)
		step = &talk.Steps[len(talk.Steps)-1]
		want, err := oracle.record(step)
		if err != nil {
			return fmt.Errorf("oracle, %s: %w", step, err)
		}
		*step.want(d.proto) = want
		if err := ours.expect(step, want); err != nil {
			return fmt.Errorf("%s: %w", step, err)
		}
		waiting, err := oracle.waiting(step.Conn)
		if err == nil && waiting {
			err = ours.awaitBlocked(ours.conns[step.Conn])
		}
		if err != nil {
			return fmt.Errorf("%s: %w", step, err)
		}
	}
	return nil
}

// waiting says whether the server says that the connection waits.
func (s *Stage) waiting(conn string) (bool, error) {
	line, err := s.clientLine(s.conns[conn])
	return blocked(line), err
}

// shrink drops steps as long as a difference stays, for a while.
func (d duel) shrink(talk *Talk) *Talk {
	deadline := time.Now().Add(20 * time.Second)
	d.hasty = true
	for size := len(talk.Steps) / 2; size > 0; size /= 2 {
		for from := 0; from+size < len(talk.Steps) && time.Now().Before(deadline); {
			shorter := *talk
			shorter.Steps = slices.Delete(slices.Clone(talk.Steps), from, from+size)
			if d.play(&shorter) != nil {
				talk = &shorter
			} else {
				from += size
			}
		}
	}
	return talk
}

// generator makes talks of three to six connections.
type generator struct {
	r     *rand.Rand
	conns []string
	ids   int // of streams
}

func newGenerator(r *rand.Rand) *generator {
	return &generator{r: r, conns: strings.Split("abcdef", "")[:3+r.IntN(4)]}
}

func (g *generator) talk() *Talk {
	t := &Talk{}
	if g.r.IntN(2) == 0 {
		t.Config = [][2]string{{"notify-keyspace-events", "KEA"}}
		t.Head = []string{"config notify-keyspace-events KEA"}
	}
	for range 60 {
		step := Step{Conn: pick(g, g.conns...)}
		for range 1 + g.r.IntN(4)/2 {
			step.Cmds = append(step.Cmds, g.commands(step.Conn)...)
			if last := step.Cmds[len(step.Cmds)-1]; last[0][0] == 'B' || strings.HasPrefix(last[0], "XREAD") {
				break // the others would wait behind it
			}
		}
		for i, cmd := range step.Cmds {
			step.Text = append(step.Text, step.Conn+map[bool]string{true: ": ", false: "+ "}[i == 0]+strings.Join(cmd, " "))
		}
		t.Steps = append(t.Steps, step)
	}
	t.Head = append([]string{fmt.Sprintf("# Connections %s.", strings.Join(g.conns, ", "))}, t.Head...)
	return t
}

func pick(g *generator, of ...string) string { return of[g.r.IntN(len(of))] }

func (g *generator) list() string   { return pick(g, "l1{t}", "l2{t}", "l3{t}") }
func (g *generator) zset() string   { return pick(g, "z1{t}", "z2{t}") }
func (g *generator) stream() string { return pick(g, "s1{t}", "s2{t}") }
func (g *generator) channel() string {
	return pick(g, "c1", "c2", "__keyevent@0__:lpush", "__keyspace@0__:l1{t}")
}
func (g *generator) value() string { return strconv.Itoa(g.r.IntN(100)) }

// commands is one command mostly, or a transaction.
func (g *generator) commands(conn string) [][]string {
	if g.r.IntN(12) > 0 {
		return [][]string{g.command(conn)}
	}
	out := [][]string{{"MULTI"}}
	for range 1 + g.r.IntN(4) {
		if cmd := g.command(conn); cmd[0] != "WATCH" { // it spoils valkey's transaction
			out = append(out, cmd)
		}
	}
	return append(out, []string{"EXEC"})
}

// command makes one up. What oracles differ in from 7.2, or in its order, is left out.
func (g *generator) command(conn string) []string {
	text := ""
	switch n := g.r.IntN(100); {
	case n < 30:
		text = g.blocking()
	case n < 60:
		text = g.pushing()
	case n < 72:
		text = g.talking()
	case n < 78:
		text = g.tracking()
	case n < 90:
		text = g.reading()
	default:
		text = g.removing(conn)
	}
	return strings.Fields(text)
}

func (g *generator) blocking() string {
	side := pick(g, "LEFT", "RIGHT")
	switch g.r.IntN(11) {
	case 9:
		return fmt.Sprintf("XREADGROUP GROUP g %s COUNT %d BLOCK 0 STREAMS %s >", pick(g, "bob", "eve"), 1+g.r.IntN(2), g.stream())
	case 0, 1:
		return fmt.Sprintf("BLPOP %s 0", g.list())
	case 2:
		return fmt.Sprintf("BRPOP %s %s 0", g.list(), g.list())
	case 3, 4:
		return fmt.Sprintf("BLMOVE %s %s %s %s 0", g.list(), g.list(), side, pick(g, "LEFT", "RIGHT"))
	case 5:
		return fmt.Sprintf("BRPOPLPUSH %s %s 0", g.list(), g.list())
	case 6:
		return fmt.Sprintf("BLMPOP 0 2 %s %s %s COUNT %d", g.list(), g.list(), side, 1+g.r.IntN(3))
	case 7:
		return fmt.Sprintf("%s %s %s 0", pick(g, "BZPOPMIN", "BZPOPMAX"), g.zset(), g.zset())
	case 8:
		return fmt.Sprintf("BZMPOP 0 1 %s %s COUNT %d", g.zset(), pick(g, "MIN", "MAX"), 1+g.r.IntN(3))
	}
	return fmt.Sprintf("XREAD BLOCK 0 STREAMS %s $", g.stream())
}

func (g *generator) pushing() string {
	switch g.r.IntN(13) {
	case 11:
		return fmt.Sprintf("XGROUP %s %s g%s", pick(g, "CREATE", "CREATE", "DESTROY"), g.stream(), pick(g, " $", " 0 MKSTREAM"))
	case 0, 1, 2:
		return fmt.Sprintf("%s %s %s", pick(g, "LPUSH", "RPUSH"), g.list(), g.value())
	case 3, 4:
		return fmt.Sprintf("%s %s %s %s %s", pick(g, "LPUSH", "RPUSH"), g.list(), g.value(), g.value(), g.value())
	case 5:
		return fmt.Sprintf("LMOVE %s %s LEFT RIGHT", g.list(), g.list())
	case 6:
		return fmt.Sprintf("RENAME %s %s", g.list(), g.list())
	case 7:
		return fmt.Sprintf("COPY %s %s REPLACE", g.list(), g.list())
	case 8:
		return fmt.Sprintf("SORT %s STORE l3{t}", g.list())
	case 9, 10:
		return fmt.Sprintf("ZADD %s %s a %s b", g.zset(), g.value(), g.value())
	}
	g.ids++
	return fmt.Sprintf("XADD %s %d-1 f v", g.stream(), g.ids)
}

func (g *generator) talking() string {
	switch g.r.IntN(11) {
	case 6:
		return pick(g, "SSUBSCRIBE", "SSUBSCRIBE", "SUNSUBSCRIBE") + " shard{t}"
	case 7:
		return "PUBSUB SHARDNUMSUB shard{t}"
	case 0, 1:
		return "SUBSCRIBE " + g.channel()
	case 2:
		return "UNSUBSCRIBE " + g.channel()
	case 3:
		return pick(g, "PSUBSCRIBE c*", "PUNSUBSCRIBE c*")
	case 4:
		return fmt.Sprintf("SPUBLISH shard{t} %s", g.value())
	case 5:
		return "PUBSUB NUMSUB c1 c2"
	}
	return fmt.Sprintf("PUBLISH %s %s", pick(g, "c1", "c2"), g.value())
}

func (g *generator) tracking() string {
	return pick(g, "CLIENT TRACKING on", "CLIENT TRACKING on", "CLIENT TRACKING on BCAST", "CLIENT TRACKING on NOLOOP", "CLIENT TRACKING off", "CLIENT TRACKING off")
}

func (g *generator) reading() string {
	switch g.r.IntN(6) {
	case 0, 1:
		return fmt.Sprintf("LRANGE %s 0 -1", g.list())
	case 2:
		return fmt.Sprintf("ZRANGE %s 0 -1", g.zset())
	case 3:
		return fmt.Sprintf("EXISTS %s %s", g.list(), g.zset())
	case 4:
		return "LLEN " + g.list()
	}
	return "PING"
}

func (g *generator) removing(conn string) string {
	switch g.r.IntN(8) {
	case 0, 1:
		return "DEL " + pick(g, g.list(), g.zset(), g.stream())
	case 2:
		return fmt.Sprintf("SET %s x", pick(g, "l1{t}", "l2{t}")) // not where SORT stores: that wakes nobody in Redis
	case 3:
		return fmt.Sprintf("LPOP %s 2", g.list())
	case 4:
		return "WATCH " + g.list()
	case 5, 6:
		others := slices.DeleteFunc(slices.Clone(g.conns), func(c string) bool { return c == conn })
		return fmt.Sprintf("CLIENT UNBLOCK $%s %s", pick(g, others...), pick(g, "TIMEOUT", "ERROR"))
	}
	return "RPOP " + g.list()
}
