package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/config"
)

var updateEffects = flag.Bool("update", false, "write testdata/directives.txt anew")

// directivesFile lists every directive with how its value takes effect, so that
// nobody adds one without a thought about that: go test ./cmd/clusternode -run
// EveryDirective -update writes it, and the reader of the change judges it.
const directivesFile = "testdata/directives.txt"

// readInTime are the directives that CONFIG SET changes and that have neither a
// hook nor a Var: where they are read again.
var readInTime = map[string]string{
	"requirepass": "at every AUTH and for every new client",
}

// effect says how a directive's value takes effect in a running node.
func effect(t *testing.T, cfg *config.Config, d *config.Directive) string {
	switch d.Status {
	case config.NoMeaning:
		return "none: " + d.Part
	case config.Waiting:
		return "not yet: " + d.Part
	case config.NotBuilt:
		return "refused: " + d.Part
	}
	uses := cfg.Uses(d)
	require.NotZero(t, uses, "%s is accepted and nobody reads it", d.Name)
	switch {
	case d.Immutable():
		return "read at the start"
	case uses&config.UseHook != 0:
		return "hook"
	case uses&config.UseVar != 0:
		return "read where it is used"
	}
	require.NotEmpty(t, readInTime[d.Name], "CONFIG SET %s: nothing shows that a new value takes effect", d.Name)
	return "read " + readInTime[d.Name]
}

// checkEffects compares a running node's use of its directives with the list.
func checkEffects(t *testing.T, cfg *config.Config, list string) {
	var b strings.Builder
	for _, d := range config.Directives {
		when := "at run time"
		if d.Immutable() {
			when = "at the start"
		}
		fmt.Fprintf(&b, "%s | %s | %s\n", d.Name, when, effect(t, cfg, d))
	}
	if *updateEffects {
		require.NoError(t, os.WriteFile(list, []byte(b.String()), 0o644))
		return
	}
	want, err := os.ReadFile(list)
	require.NoError(t, err)
	require.ElementsMatch(t, without(string(want), b.String()), without(b.String(), string(want)), "only in the file, and only here")
}

// without are the lines of a that b does not have.
func without(a, b string) (out []string) {
	has := strings.Split(b, "\n")
	for line := range strings.SplitSeq(a, "\n") {
		if !slices.Contains(has, line) {
			out = append(out, line)
		}
	}
	return out
}
