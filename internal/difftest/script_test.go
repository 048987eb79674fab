package difftest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestScriptRoundTrip(t *testing.T) {
	for _, oracle := range []string{"redis", "valkey"} {
		g := NewGenerator(oracle, 11)
		for range 50 {
			h := g.History(60)
			h.Note = "what it showed\nsecond line\n"
			back, err := Parse(h.Format())
			require.NoError(t, err)
			require.Equal(t, h, back)
		}
	}
}

func TestScriptText(t *testing.T) {
	h := History{Oracle: "redis", Proto: 3, Note: "a note\n", Steps: []Step{
		{Args: []string{"SET", "a b", "", "\xff\x00\"\\é#", "#"}},
		{Conn: 1, Raw: "PING\r\n"},
	}}
	want := "# a note\noracle redis\nproto 3\n" +
		`0 SET "a b" "" "\u00ff\x00\"\\\u00c3\u00a9#" "#"` + "\n" + `1! "PING\r\n"` + "\n"
	require.Equal(t, want, h.Format())
	back, err := Parse(want)
	require.NoError(t, err)
	require.Equal(t, h, back)
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{"0", "2 PING", "x PING", "-1 PING", `0 "PING`, `0 "\q"`, "0! a b", `0 "Ā"`} {
		_, err := Parse("proto 2\n" + text + "\n")
		require.ErrorContains(t, err, "line 2", text)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("# n\noracle redis\nproto 3\ncluster\n0 SET \"a b\" \"\\x00\"\n1! \"PING\\r\\n\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(h.Format())
		require.NoError(t, err)
		require.Equal(t, h.Steps, again.Steps)
	})
}
