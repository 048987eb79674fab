package difftest

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSameSeedSameHistories(t *testing.T) {
	a, b, other := NewGenerator("redis", 7), NewGenerator("redis", 7), NewGenerator("redis", 8)
	for range 5 {
		h := a.History(100)
		require.Len(t, h.Steps, 100)
		require.Equal(t, h, b.History(100))
		require.NotEqual(t, h, other.History(100))
	}
}

// TestEveryTemplateExpands also finds misspelt placeholders, which panic.
func TestEveryTemplateExpands(t *testing.T) {
	g := NewGenerator("redis", 1)
	g.prepare(History{})
	for _, f := range slices.Concat(families, clusterFamilies) {
		for _, text := range f.templates {
			root := parseTemplate(text).root
			for range 50 {
				require.NotEmpty(t, g.expand(nil, root), text)
			}
		}
	}
}

func TestGrammar(t *testing.T) {
	g := NewGenerator("redis", 1)
	g.prepare(History{})
	seen := map[string]bool{}
	root := parseTemplate("A [B] [C 'd' | 'E'] (1 | 2)...").root
	for range 2000 {
		args := strings.ToUpper(strings.Join(g.expand(nil, root), " "))
		head := strings.TrimRight(args, "12 ")
		require.LessOrEqual(t, len(strings.Fields(args[len(head):])), 4, args)
		seen[head] = true
	}
	for _, want := range []string{"A", "A B", "A E", "A C D", "A B E", "A E B", "A C D B", "A B C D"} {
		require.True(t, seen[want], "never made %q", want)
	}
	require.Len(t, seen, 8)
	require.Panics(t, func() { parseTemplate("A [B") })
	require.Panics(t, func() { g.word("nosuchplaceholder") })
}

// refusedAsTime says that the text, though Go reads it as a number, is none to a server.
func refusedAsTime(s string) bool {
	n, err := strconv.ParseInt(s, 10, 64)
	return err != nil || strconv.FormatInt(n, 10) != s
}

// tooShort says that the command is refused for its arity.
func tooShort(args []string) bool {
	name := strings.ToLower(args[0])
	return (name == "setex" || name == "psetex") && len(args) != 4
}

// TestNoExpiryWhileAHistoryRuns: no time to live of less than 1000 s and more than 0, mutated commands included.
func TestNoExpiryWhileAHistoryRuns(t *testing.T) {
	g := NewGenerator("redis", 3)
	options := map[string]int64{"ex": 1000, "px": 1_000_000}
	places := map[string]int64{"expire": 1000, "pexpire": 1_000_000, "setex": 1000, "psetex": 1_000_000}
	for range 200 {
		for _, s := range g.History(100).Steps {
			for i := 1; i < len(s.Args); i++ {
				least := options[strings.ToLower(s.Args[i-1])]
				if i == 2 {
					least = max(least, places[strings.ToLower(s.Args[0])])
				}
				n, err := strconv.ParseInt(s.Args[i], 10, 64)
				if least > 0 && err == nil && n > 0 && !refusedAsTime(s.Args[i]) && !tooShort(s.Args) {
					require.GreaterOrEqual(t, n, least, s)
				}
			}
		}
	}
}

func TestHistoriesLeaveOutWhatTheOracleDoesOtherwise(t *testing.T) {
	for _, oracle := range []string{"redis", "redis8", "valkey"} {
		g := NewGenerator(oracle, 5)
		for range 50 {
			for _, s := range g.History(100).Steps {
				require.Empty(t, Differs(oracle, s.Args), s)
			}
		}
	}
}

// TestEveryFamilyOccurs guards the weights: each command name of the templates turns up in 100,000 commands.
func TestEveryFamilyOccurs(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 100,000 commands")
	}
	g := NewGenerator("any", 5)
	seen := map[string]bool{}
	for range 1000 {
		for _, s := range g.History(100).Steps {
			if len(s.Args) > 0 {
				seen[strings.ToUpper(s.Args[0])] = true
			}
		}
	}
	for _, f := range slices.Concat(families, clusterFamilies) {
		for _, text := range f.templates {
			name, _, _ := strings.Cut(text, " ")
			if name == strings.ToUpper(name) {
				require.True(t, seen[name], name)
			}
		}
	}
}
