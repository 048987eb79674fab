//go:build oracle

package talks

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/internal/testserver"
)

// TestRandomTracking is TestRandomTalks for clients that keep copies: every mode, redirection, prefixes, CACHING and
// transactions.
func TestRandomTracking(t *testing.T) {
	ours, err := testserver.Ours()
	require.NoError(t, err)
	us := StartServers(t, ours, "--io-threads", "2")
	seed := number(t, "SEED", 61)
	for _, letter := range []string{"8", "v"} {
		bin, err := testserver.Oracle(oracleLetters[letter])
		require.NoError(t, err)
		them := StartServers(t, bin)
		for i := range number(t, "TALKS", 25) {
			g := &generator{r: rand.New(rand.NewPCG(seed, i)), conns: strings.Split("abcde", "")}
			talk, cluster, proto := g.trackingTalk(), g.r.IntN(3) == 0, 2+g.r.IntN(4)/2%2
			talk.Cluster, talk.Protos, talk.Oracles = []bool{cluster}, []int{proto}, letter
			d := duel{ours: us.Addr(cluster), oracle: them.Addr(cluster), proto: proto}
			if err := d.play(talk); err != nil {
				t.Fatalf("SEED=%d, talk %d, oracle %s: %v\n\n%s", seed, i, letter, err, d.shrink(talk).Format())
			}
		}
	}
}

// trackingTalk: a, c and d track, b gets a's messages and listens, e only writes. In Redis one whose own FLUSHALL it hears of is
// told before the reply since 8.0, so only e flushes. Of several connections that redirect to the same, the order is free.
func (g *generator) trackingTalk() *Talk {
	t := &Talk{}
	for range 80 {
		step := Step{Conn: pick(g, "a", "a", "b", "c", "c", "d", "d", "e", "e")}
		for range 1 + g.r.IntN(6)/3 {
			step.Cmds = append(step.Cmds, g.trackingCommands(step.Conn)...)
		}
		for i, cmd := range step.Cmds {
			step.Text = append(step.Text, step.Conn+map[bool]string{true: ": ", false: "+ "}[i == 0]+strings.Join(cmd, " "))
		}
		t.Steps = append(t.Steps, step)
	}
	return t
}

func (g *generator) trackingCommands(conn string) [][]string {
	if conn == "b" {
		return [][]string{strings.Fields(pick(g, "PING", "SUBSCRIBE __redis__:invalidate", "SUBSCRIBE ch", "UNSUBSCRIBE ch", "UNSUBSCRIBE __redis__:invalidate"))}
	}
	if g.r.IntN(8) > 0 {
		return [][]string{strings.Fields(g.trackingCommand(conn))}
	}
	out := [][]string{{"MULTI"}}
	for range 1 + g.r.IntN(4) {
		out = append(out, strings.Fields(g.trackingCommand(conn)))
	}
	return append(out, []string{pick(g, "EXEC", "EXEC", "EXEC", "DISCARD")})
}

func (g *generator) copied() string { return pick(g, "ka{t}", "kb{t}", "kab{t}", "kc{t}", "x{t}") }

func (g *generator) trackingCommand(conn string) string {
	n := g.r.IntN(100)
	switch {
	case conn == "e" && n < 3:
		return "FLUSHALL"
	case conn == "e" || n < 30:
		return g.changing()
	case n < 70:
		return g.copying()
	}
	to := ""
	if conn == "a" {
		to = pick(g, " REDIRECT $b", " REDIRECT $b", "")
	}
	switch g.r.IntN(10) {
	case 0, 1, 2:
		return "CLIENT TRACKING ON" + to + pick(g, "", "", " NOLOOP", " OPTIN", " OPTOUT", " OPTIN NOLOOP")
	case 3:
		return "CLIENT TRACKING ON BCAST" + to + pick(g, "", " NOLOOP", " PREFIX ka", " PREFIX kab PREFIX x", " PREFIX kb NOLOOP", " PREFIX kc PREFIX kb")
	case 4, 5:
		return "CLIENT TRACKING OFF"
	case 6, 7:
		return "CLIENT CACHING " + pick(g, "YES", "YES", "NO")
	case 8:
		return "CLIENT TRACKINGINFO"
	}
	return "CLIENT GETREDIR"
}

func (g *generator) copying() string {
	switch g.r.IntN(6) {
	case 0:
		return fmt.Sprintf("MGET %s %s", g.copied(), g.copied())
	case 1:
		return "STRLEN " + g.copied()
	case 2:
		return "TTL " + g.copied()
	case 3:
		return fmt.Sprintf("EXISTS %s %s", g.copied(), g.copied())
	}
	return "GET " + g.copied()
}

func (g *generator) changing() string {
	switch g.r.IntN(13) {
	case 0:
		return fmt.Sprintf("MSET %s 1 %s 2", g.copied(), g.copied())
	case 1:
		return fmt.Sprintf("DEL %s %s", g.copied(), g.copied())
	case 2:
		return fmt.Sprintf("RENAME %s %s", g.copied(), g.copied())
	case 3:
		return fmt.Sprintf("COPY %s %s REPLACE", g.copied(), g.copied())
	case 4:
		return "APPEND " + g.copied() + " x"
	case 5:
		return "GETEX " + g.copied() + pick(g, "", " PERSIST", " EX 100")
	case 6:
		return "EXPIRE " + g.copied() + pick(g, " 100", " -1")
	case 7:
		return "PERSIST " + g.copied()
	case 8:
		return "SET " + g.copied() + " 1 NX"
	case 9:
		return "GETDEL " + g.copied()
	}
	return "SET " + g.copied() + " " + g.value()
}
