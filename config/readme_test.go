package config

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the README's section anew")

const (
	readme       = "../README.md"
	sectionBegin = "## Directives without effect\n"
)

// readmeSection is the README's section about directives that are accepted and
// do nothing, or are refused: names by reason, from the table.
func readmeSection() string {
	var b strings.Builder
	b.WriteString(sectionBegin)
	for _, part := range []struct {
		status Status
		text   string
	}{
		{NoMeaning, "Accepted, shown by CONFIG GET and kept by CONFIG REWRITE, but what they tune does not exist here (a log line at the start says so):"},
		{Waiting, "Accepted in the same way until the part that they tune is built:"},
		{NotBuilt, "Only the default is accepted; anything else stops the start with an error:"},
	} {
		b.WriteString("\n" + part.text + "\n\n")
		for _, reason := range reasons(part.status) {
			b.WriteString("- " + reason + ": " + namesFor(part.status, reason) + "\n")
		}
	}
	return b.String()
}

// reasons are the different explanations of a status, sorted.
func reasons(s Status) []string {
	var out []string
	for _, d := range Directives {
		if d.Status == s {
			out = append(out, d.Part)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func namesFor(s Status, reason string) string {
	var out []string
	for _, d := range Directives {
		if d.Status == s && d.Part == reason {
			out = append(out, "`"+d.Name+"`")
		}
	}
	return strings.Join(out, " ")
}

// TestReadmeSection: the README lists exactly what Without lists. go test
// ./config -run Readme -update writes it.
func TestReadmeSection(t *testing.T) {
	b, err := os.ReadFile(readme)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(b), sectionBegin)
	after := ""
	if at := strings.Index(rest, "\n## "); at >= 0 {
		after = rest[at:]
	}
	if *update {
		if !found {
			before = strings.TrimRight(before, "\n") + "\n\n"
		}
		require.NoError(t, os.WriteFile(readme, []byte(before+readmeSection()+after), 0o644))
		return
	}
	require.True(t, found, "no section %q", sectionBegin)
	require.Equal(t, readmeSection(), sectionBegin+strings.TrimSuffix(rest, after))
	meaningless, waiting, notBuilt := Without()
	for _, line := range slices.Concat(meaningless, waiting, notBuilt) {
		name, reason, _ := strings.Cut(line, ": ")
		require.Contains(t, rest, "`"+name+"`")
		require.Contains(t, rest, "- "+reason+": ")
	}
}
