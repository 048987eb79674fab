package glob

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"**", "", true}, {"*", "abc", true}, {"a", "", false},
		{"h?llo", "hello", true}, {"h?llo", "hllo", false}, {"h*llo", "hllo", true}, {"h*llo", "heeello", true},
		{"h[ae]llo", "hallo", true}, {"h[ae]llo", "hillo", false}, {"h[^e]llo", "hallo", true}, {"h[^e]llo", "hello", false},
		{"h[a-b]llo", "hbllo", true}, {"h[b-a]llo", "hallo", true}, {"h[a-b]llo", "hcllo", false},
		{`h\?llo`, "h?llo", true}, {`h\?llo`, "hello", false}, {`a\`, `a\`, true}, {`[\]]`, "]", true}, {`[\-x]`, "-", true},
		{"[]", "a", false}, {"[^]", "a", true}, {"[abc", "b", true}, {"[abc", "bc", false}, {"[a-", "-", true},
		{"*a*b", "xaybab", true}, {"*a*b*c", "aabb", false}, {"a*?", "a", false}, {"?*", "ab", true},
		{"[^a-c]*z", "dz", true}, {"*[", "x", false}, {"A", "a", false},
	} {
		require.Equal(t, c.want, Match(c.pattern, c.s), "%q against %q", c.s, c.pattern)
		require.Equal(t, c.want, Match([]byte(c.pattern), []byte(c.s)), "%q against %q", c.s, c.pattern)
	}
}

func TestMatchFold(t *testing.T) {
	require.True(t, MatchFold("MAXmem*", "maxmemory-policy"))
	require.True(t, MatchFold("[A-C]x", "bX"))
	require.False(t, MatchFold("[^A-C]x", "bX"))
	require.False(t, MatchFold("[", "{")) // folding must not join punctuation
}

// FuzzMatch compares with the definition by recursion.
func FuzzMatch(f *testing.F) {
	for _, s := range [][2]string{{"a*b[^c-d]?", "axxbe1"}, {"*a*a*a", "aaaa"}, {`\`, `\`}, {"[", "["}, {"a[b-", "a-"}} {
		f.Add(s[0], s[1], false)
	}
	f.Fuzz(func(t *testing.T, pattern, s string, fold bool) {
		if len(pattern) > 12 || len(s) > 12 {
			return
		}
		require.Equal(t, slow(pattern, s, fold), match(pattern, s, fold), "%q %q", pattern, s)
	})
}

func slow(p, s string, fold bool) bool {
	if p == "" {
		return s == ""
	}
	if p[0] == '*' {
		return slow(p[1:], s, fold) || s != "" && slow(p, s[1:], fold)
	}
	if s == "" {
		return false
	}
	ok, next := one(p, 0, s[0], fold)
	return ok && slow(p[next:], s[1:], fold)
}
