package difftest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPlantedBugIsFoundAndShrunk is the harness against itself: one reply in a thousand is wrong, and what is left of the
// history that shows it must be the two or three commands that matter.
func TestPlantedBugIsFoundAndShrunk(t *testing.T) {
	good, bad := newToy(), newToy()
	p := Pair{
		Oracle: serve(t, func() handler { return good.handle }),
		Ours:   proxy(t, serve(t, func() handler { return bad.handle }), lenOfSeven),
		Name:   "toy",
	}
	g := toyGenerator()
	for range 200 {
		h := g.History(100)
		d, err := Run(p, h)
		require.NoError(t, err)
		if d == nil {
			continue
		}
		small := ShrinkOn(p, h, d)
		d, err = Run(p, small)
		require.NoError(t, err)
		require.NotNil(t, d)
		require.LessOrEqual(t, len(small.Steps), 3, small.Format())
		require.Equal(t, ":8", d.Ours.String())
		require.Equal(t, ":7", d.Oracle.String())
		return
	}
	t.Fatal("the planted bug was not found")
}

// TestEqualServersAgree: the harness finds no difference where there is none.
func TestEqualServersAgree(t *testing.T) {
	one, two := newToy(), newToy()
	p := Pair{Ours: serve(t, func() handler { return one.handle }), Oracle: serve(t, func() handler { return two.handle }), Name: "toy"}
	g := toyGenerator()
	for range 20 {
		h := g.History(50)
		d, err := Run(p, h)
		require.NoError(t, err)
		require.Nil(t, d, h.Format())
	}
}

func toyGenerator() *Generator {
	return newGenerator("toy", 1, []family{{name: "toy", weight: 1, templates: []string{
		"SET key value", "APPEND key value", "GET key", "DEL key", "STRLEN key", "APPEND key ('a' | 'bc' | 'def')",
	}}})
}

func TestShrinkKeepsOnlyWhatMatters(t *testing.T) {
	h := History{Proto: 2}
	for i := range 64 {
		h.Steps = append(h.Steps, Step{Conn: i % 2, Args: []string{"SET", "a", "some long value", "NX"}})
	}
	h.Steps[10] = Step{Conn: 1, Args: []string{"FIRST", "xxxxxxxx"}}
	h.Steps[50] = Step{Conn: 0, Args: []string{"SECOND", "argument"}}
	small := Shrink(h, func(h History) bool {
		first := false
		for _, s := range h.Steps {
			if s.Args[0] == "FIRST" && len(s.Args) > 1 && len(s.Args[1]) >= 2 {
				first = true
			}
			if s.Args[0] == "SECOND" && first {
				return true
			}
		}
		return false
	})
	require.Equal(t, []Step{{Args: []string{"FIRST", "xx"}}, {Args: []string{"SECOND"}}}, small.Steps)
}
