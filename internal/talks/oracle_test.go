//go:build oracle

package talks

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/internal/testserver"
)

var update = flag.Bool("update", false, "write what the oracles send into testdata/talks")

// oracleLetters are the names of the oracles in talks.
var oracleLetters = map[string]string{"7": "redis", "8": "redis8", "v": "valkey"}

// startOracles starts every oracle in both modes.
func startOracles(t *testing.T) map[string]Servers {
	out := map[string]Servers{}
	for letter, name := range oracleLetters {
		bin, err := testserver.Oracle(name)
		require.NoError(t, err)
		out[letter] = StartServers(t, bin)
	}
	return out
}

// TestTalksAgainstOracles records every talk again and compares it with the file.
func TestTalksAgainstOracles(t *testing.T) {
	oracles := startOracles(t)
	for _, path := range files(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".talk"), func(t *testing.T) {
			talk := read(t, path)
			before := talk.Format()
			takes := record(t, oracles, talk)
			if t.Failed() {
				return
			}
			for _, fault := range talk.Merge(takes) {
				t.Error(fault)
			}
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(talk.Format()), 0o644))
				return
			}
			if talk.Format() != before {
				t.Error("the recording differs from the file: run with -update and look at the difference")
			}
		})
	}
}

// record plays the talk on each of its oracles at the same time.
func record(t *testing.T, oracles map[string]Servers, talk *Talk) []Take {
	letters := strings.Split(talk.Oracles, "")
	byOracle := make([][]Take, len(letters))
	var wg sync.WaitGroup
	for i, letter := range letters {
		servers, ok := oracles[letter]
		require.True(t, ok, "oracle %q", letter)
		wg.Go(func() {
			talk.variants(func(proto int, cluster bool) {
				if byOracle[i] == nil && t.Failed() {
					return // one report is enough
				}
				steps, err := Record(servers.Addr(cluster), talk, proto)
				if err != nil {
					t.Errorf("oracle %s, RESP%d, cluster %t: %v\n%s", letter, proto, cluster, err, ending(talk, steps))
					return
				}
				byOracle[i] = append(byOracle[i], Take{Oracle: letter, Proto: proto, Cluster: cluster, Steps: steps})
			})
		})
	}
	wg.Wait()
	return slices.Concat(byOracle...)
}

// ending prints the last steps that brought something.
func ending(talk *Talk, steps [][]Message) string {
	var b strings.Builder
	for i := range steps {
		if len(steps[i]) > 0 {
			b.WriteString("  " + talk.Steps[i].String() + "\n")
			for _, m := range steps[i] {
				b.WriteString("    " + m.Conn + "< " + m.Text + "\n")
			}
		}
	}
	lines := strings.SplitAfter(b.String(), "\n")
	return strings.Join(lines[max(0, len(lines)-7):], "")
}

// variants calls f with every protocol and mode of the talk.
func (t *Talk) variants(f func(proto int, cluster bool)) {
	for _, cluster := range t.Cluster {
		for _, proto := range t.Protos {
			f(proto, cluster)
		}
	}
}
