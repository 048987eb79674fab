//go:build oracle

package difftest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"clusternode/internal/testserver"

	"github.com/stretchr/testify/require"
)

// histories is where saved scripts lie, below the module root; failing ones are added with this prefix.
const (
	histories     = "testdata/histories"
	failingPrefix = "failing-"
)

// envInt reads a number from the environment.
func envInt(t *testing.T, name string, otherwise uint64) uint64 {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	require.NoError(t, err, name)
	return n
}

func binaries(t *testing.T, name string) (ours, oracle testserver.Binary) {
	oracle, err := testserver.Oracle(name)
	require.NoError(t, err)
	ours, err = testserver.Ours()
	require.NoError(t, err)
	return ours, oracle
}

func forEachOracle(t *testing.T, f func(t *testing.T, s *Servers)) {
	for _, name := range OraclesWanted() {
		t.Run(name, func(t *testing.T) {
			ours, oracle := binaries(t, name)
			s, err := StartServers(t, ours, oracle)
			require.NoError(t, err)
			f(t, s)
		})
	}
}

// TestDiff replays what was saved, then plays $COMMANDS random commands (100,000) made from $SEED. It stops at the
// $FAILURES-th (first) difference, which it shrinks and saves.
func TestDiff(t *testing.T) {
	root, err := testserver.ModuleRoot()
	require.NoError(t, err)
	dir := filepath.Join(root, histories)
	commands := int(envInt(t, "COMMANDS", 100_000))
	seed := envInt(t, "SEED", uint64(time.Now().UnixNano()))
	fmt.Printf("SEED=%d COMMANDS=%d ORACLE=%s\n", seed, commands, strings.Join(OraclesWanted(), ","))
	forEachOracle(t, func(t *testing.T, s *Servers) {
		replaySaved(t, dir, s)
		if !t.Failed() || os.Getenv("FAILURES") != "" {
			playRandom(t, dir, s, seed, commands, func(h History) History { return h })
		}
	})
}

func replaySaved(t *testing.T, dir string, s *Servers) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		h, err := Parse(string(text))
		require.NoError(t, err, file)
		if h.Oracle != "" && !slices.Contains(strings.Split(h.Oracle, ","), s.name) {
			continue
		}
		if h.Cluster && !withCluster() {
			continue
		}
		// A script for any oracle leaves out what this one does otherwise.
		h.Steps = slices.DeleteFunc(h.Steps, func(st Step) bool { return Differs(s.name, st.Args) != "" })
		d, err := Run(s.Pair(h), h)
		require.NoError(t, err, file)
		if d != nil {
			t.Errorf("%s: %s", filepath.Base(file), d)
		}
	}
}

func playRandom(t *testing.T, dir string, s *Servers, seed uint64, commands int, change func(History) History) {
	failures := int(envInt(t, "FAILURES", 1))
	g := NewGenerator(s.name, seed)
	g.noCluster = !withCluster()
	started := time.Now()
	played := 0
	ignore := os.Getenv("IGNORE") // a pattern of steps whose differences are known, to look past them
	seen := map[string]bool{}     // one history per kind of difference is enough
	for played < commands {
		h := change(g.History(20 + g.rng.IntN(180)))
		played += len(h.Steps)
		d, err := Run(s.Pair(h), h)
		require.NoError(t, err, "seed %d", seed)
		if d == nil || seen[d.signature()] || ignore != "" && regexp.MustCompile(ignore).MatchString(d.Step.String()) {
			continue
		}
		seen[d.signature()] = true
		report(t, dir, s, seed, h, d)
		if failures--; failures <= 0 {
			return
		}
	}
	fmt.Printf("%s: %d commands equal in %.1f s\n", s.name, played, time.Since(started).Seconds())
}

// report shrinks the history and saves it, as it was if shrinking met chance.
func report(t *testing.T, dir string, s *Servers, seed uint64, h History, first *Divergence) {
	small := ShrinkOn(s.Pair(h), h, first)
	d, err := Run(s.Pair(h), small)
	require.NoError(t, err)
	if d == nil {
		t.Logf("shrunk, the history differs no more; it differs by chance")
		small, d = h, first
	}
	small.Note = fmt.Sprintf("seed %d\n%s\n", seed, d)
	require.NoError(t, os.MkdirAll(dir, 0o755))
	name := fmt.Sprintf("%s%s-%d-%d.txt", failingPrefix, s.name, seed, time.Now().UnixNano()%1e6)
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(small.Format()), 0o644))
	t.Errorf("saved as %s/%s\n%s", histories, name, small.Format())
}

// TestPlantedBugAgainstOracle: a real server with one reply altered on the way is told from itself.
func TestPlantedBugAgainstOracle(t *testing.T) {
	for _, name := range OraclesWanted() {
		bin, err := testserver.Oracle(name)
		require.NoError(t, err)
		one := testserver.Start(t, bin, testserver.Options{Args: options})
		two := testserver.Start(t, bin, testserver.Options{Args: options})
		p := Pair{Ours: proxy(t, one.Addr, lenOfSeven), Oracle: two.Addr, Name: name}
		g := newGenerator(name, 1, families[:3])
		found := false
		for i := 0; i < 300 && !found; i++ {
			h := g.History(100)
			h.Cluster = false
			d, err := Run(p, h)
			require.NoError(t, err)
			if found = d != nil; found {
				small := ShrinkOn(p, h, d)
				require.LessOrEqual(t, len(small.Steps), 4, small.Format())
			}
		}
		require.True(t, found, "the planted bug was not found")
	}
}
