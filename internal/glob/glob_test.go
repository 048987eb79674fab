package glob

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"*", "", false}, {"", "a", false},
		{"*", "a", true}, {"a*", "a", true}, {"a**", "a", true}, {"a*?", "a", false}, {"a*?", "ab", true},
		{"h?llo", "hello", true}, {"h?llo", "hllo", false}, {"h*llo", "heeello", true}, {"*a*b*c", "xaybzc", true}, {"*a*b*c", "xaybz", false},
		{"h[ae]llo", "hallo", true}, {"h[ae]llo", "hillo", false}, {"h[^e]llo", "hallo", true}, {"h[^e]llo", "hello", false},
		{"h[a-b]llo", "hbllo", true}, {"h[b-a]llo", "hallo", true}, {"[a-]", "-", false}, {"[a-]", "^", true}, {"[a-", "a", true}, {"[a", "a", true}, {"[", "a", false},
		{"[^", "a", true}, {"[]", "]", false}, {"[\\]]", "]", true}, {"[\\", "\\", true}, {"[a]]", "a]", true},
		{"\\*", "*", true}, {"\\*", "a", false}, {"a\\", "a\\", true}, {"\\a", "a", true},
		{"[\x01-\xff]", "\x00", true}, {"[\xfe-\x01]", "\x00", true}, {"[\x80-\x81]", "\x80", true},
		{"A*", "ab", false},
	} {
		require.Equal(t, c.want, Match([]byte(c.pattern), []byte(c.text)), "%q against %q", c.pattern, c.text)
		if c.text != "" {
			require.Equal(t, c.want, naive([]byte(c.pattern), []byte(c.text), false), "naive: %q against %q", c.pattern, c.text)
		}
	}
	require.True(t, MatchFold([]byte("MAX*"), []byte("maxmemory")))
	require.True(t, MatchFold([]byte("[A-C]x"), []byte("bX")))
	require.False(t, MatchFold([]byte("[\\A]"), []byte("a")))
}

func TestLiteral(t *testing.T) {
	require.True(t, Literal([]byte("a{b}c")))
	for _, p := range []string{"*", "a?", "[a]", "a\\"} {
		require.False(t, Literal([]byte(p)), p)
	}
}

// A pattern that makes a recursive matcher exponential.
func TestMatchManyStars(t *testing.T) {
	p := []byte(strings.Repeat("a*", 1000) + "b")
	require.False(t, Match(p, bytes.Repeat([]byte("a"), 3000)))
}

// naive is the definition for a text that is not empty: every element tried in
// turn, every length for '*'.
func naive(p, s []byte, fold bool) bool {
	if len(s) == 0 && len(bytes.Trim(p, "*")) == 0 {
		return true
	}
	switch {
	case len(p) == 0:
		return len(s) == 0
	case p[0] == '*':
		for i := 0; i <= len(s); i++ {
			if naive(p[1:], s[i:], fold) {
				return true
			}
		}
		return false
	case len(s) == 0:
		return false
	}
	width, ok := one(p, s[0], fold)
	return ok && naive(p[width:], s[1:], fold)
}

func FuzzMatch(f *testing.F) {
	for _, seed := range [][2]string{{"a*b?[c-d]", "axxbyc"}, {"[^a\\]", "b"}, {"**a", "aa"}, {"[z-a]*", "m"}, {"\\", "\\"}} {
		f.Add([]byte(seed[0]), []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, p, s []byte) {
		if len(p) > 12 || len(s) > 12 || len(s) == 0 {
			Match(p, s)
			return
		}
		for _, fold := range []bool{false, true} {
			require.Equal(t, naive(p, s, fold), match(p, s, fold), "%q against %q, fold %v", p, s, fold)
		}
	})
}
