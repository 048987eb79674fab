package command

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryCommandIsDocumented(t *testing.T) {
	table := NewTable(nil, Families()...)
	docs := docByName()
	known := map[string]bool{}
	for _, s := range table.Specs() {
		known[s.FullName()] = true
		d, ok := docs[s.FullName()]
		require.True(t, ok, s.FullName())
		require.NotEmpty(t, d.summary, s.FullName())
		require.NotEmpty(t, d.since, s.FullName())
	}
	for name, d := range docs {
		require.True(t, known[name], "documentation of %s, which does not exist", name)
		require.NotPanics(t, func() { parseDocArgs(d.args) }, name)
	}
}

func TestParseDocArgs(t *testing.T) {
	require.Equal(t, []docArg{
		{name: "key", display: "key", typ: "key", key: 1, multiple: true},
		{name: "unit", typ: "oneof", key: -1, since: "7.0.0", optional: true, args: []docArg{
			{name: "byte", display: "byte", typ: "pure-token", token: "BYTE", key: -1, since: "7.1.0"},
			{name: "bits", display: "bits", typ: "integer", token: "BIT", key: -1},
		}},
		{name: "get-block", typ: "block", token: "GET", key: -1, multiple: true, perArg: true, args: []docArg{
			{name: "addr", display: "ip:port", typ: "string", key: -1, deprecated: "2.8.12"},
		}},
	}, parseDocArgs("key:key1... [unit@7.0.0(BYTE@7.1.0|BIT=bits:int)] GET=get-block{addr<ip:port>!2.8.12}...+"))
	for _, bad := range []string{"[x", "x]", "x(a", "x:nope", "x@", "(a)", "a{b"} {
		require.Panics(t, func() { parseDocArgs(bad) }, bad)
	}
}

// Plain COMMAND, INFO and DOCS without names list the same commands.
func TestCommandLists(t *testing.T) {
	for _, proto := range []int{2, 3} {
		n := newNode(t, Families()...)
		n.w.Proto = proto
		all := n.do("COMMAND")
		require.Equal(t, all, n.do("COMMAND", "INFO"))
		count := len(all.Elems)
		require.Equal(t, int64(count), int64(len(n.c.Env.Table.Commands())))
		require.Len(t, n.do("COMMAND", "DOCS").Elems, 2*count)
		require.Len(t, n.do("COMMAND", "LIST").Elems, n.c.Env.Table.Len())
		require.Len(t, n.do("COMMAND", "LIST", "FILTERBY", "PATTERN", "*").Elems, n.c.Env.Table.Len())
	}
}

func TestLegacyRange(t *testing.T) {
	for _, c := range []struct {
		keys              []KeySpec
		first, last, step int
		movable           bool
	}{
		{nil, 0, 0, 0, false},
		{[]KeySpec{One(1, KeyRO)}, 1, 1, 1, false},
		{[]KeySpec{Range(1, -1, 2, KeyOW)}, 1, -1, 2, false},
		{[]KeySpec{One(1, KeyRO), One(2, KeyOW)}, 1, 2, 1, false},
		{[]KeySpec{One(2, KeyOW), Range(3, -1, 1, KeyRO)}, 2, -1, 1, false},
		{[]KeySpec{One(1, KeyRO), One(3, KeyOW)}, 1, 1, 1, true},
		{[]KeySpec{One(1, KeyOW), Counted(2, KeyRO)}, 1, 1, 1, true},
		{[]KeySpec{Counted(1, KeyRO)}, 0, 0, 0, true},
		{[]KeySpec{One(1, KeyRO|KeyIncomplete)}, 1, 1, 1, true},
		{[]KeySpec{One(1, KeyRO), {Keyword: "STORE", From: 2, Flags: KeyOW}}, 1, 1, 1, true},
	} {
		s := Spec{Keys: c.keys}
		first, last, step, movable := s.legacyRange()
		require.Equal(t, []any{c.first, c.last, c.step, c.movable}, []any{first, last, step, movable}, "%+v", c.keys)
	}
}
