//go:build oracle

package command

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/internal/testserver"
	"clusternode/resp"
)

// Lines of HELP that 7.2 has otherwise than the oracle, by container.
var helpDifferences = map[string]struct {
	without string // lines of the oracle that 7.2 does not have
	mark    string // the oracle
}{
	"client":  {"    * MAXAGE <maxage>\n      Kill connections older than the specified age.\n", "8"},
	"command": {"", "8"}, "config": {"", "8"}, "latency": {"", "8"}, "memory": {"", "8"}, "object": {"", "8"},
	"pubsub": {"", "8"}, "slowlog": {"", "8"}, "xgroup": {"", "8"}, "xinfo": {"", "8"},
}

// helpOwn are containers whose HELP describes what there is here; each entry
// that the oracle has too stands in its words, but for these.
var helpOwn = map[string][]string{"debug": {"RELOAD [MERGE] [NOFLUSH]"}}

func helpText(v resp.Value) string {
	var b strings.Builder
	for _, e := range v.Elems {
		b.WriteString(e.Str + "\n")
	}
	return b.String()
}

func TestHelpAgainstOracles(t *testing.T) {
	n := newNode(t, Families()...)
	conns := map[string]*testserver.Conn{}
	for mark, server := range oracles(t) {
		conn, err := testserver.Dial(server.Addr)
		require.NoError(t, err)
		t.Cleanup(func() { conn.Close() })
		conns[mark] = conn
	}
	for _, s := range n.c.Env.Table.Commands() {
		if len(s.Subs) == 0 || s.Name == "cluster" { // CLUSTER HELP wants cluster mode
			continue
		}
		if own, ok := helpOwn[s.Name]; ok {
			ours, theirs := n.ask(t, conns["7"], s.Name, "HELP")
			for _, entry := range helpEntries(helpText(ours)) {
				name, _, _ := strings.Cut(entry, "\n")
				if !slices.Contains(own, name) && name != "HELP" {
					require.Contains(t, helpText(theirs), entry, s.Name)
				}
			}
			continue
		}
		d, ok := helpDifferences[s.Name]
		require.True(t, ok, "%s has no HELP to compare", s.Name)
		ours, theirs := n.ask(t, conns[d.mark], s.Name, "HELP")
		want := strings.Replace(helpText(theirs), d.without, "", 1)
		require.Equal(t, want, helpText(ours), s.Name)
	}
}

// helpEntries splits a help text into its subcommands, without the first line.
func helpEntries(text string) (out []string) {
	for _, l := range strings.SplitAfter(text, "\n")[1:] {
		if strings.HasPrefix(l, " ") {
			out[len(out)-1] += l
		} else if l != "" {
			out = append(out, l)
		}
	}
	return out
}
