package difftest

import (
	"testing"

	"clusternode/internal/testserver"

	"github.com/stretchr/testify/require"
)

func num(s string) testserver.Value  { return testserver.Value{Type: ':', Str: s} }
func text(s string) testserver.Value { return testserver.Value{Type: '$', Str: s} }
func list(elems ...testserver.Value) testserver.Value {
	return testserver.Value{Type: '*', Elems: elems}
}

func TestRules(t *testing.T) {
	null := testserver.Value{Type: '$', Null: true}
	for _, c := range []struct {
		command      []string
		ours, oracle testserver.Value
		equal        bool
	}{
		{[]string{"GET", "a"}, text("x"), text("x"), true},
		{[]string{"GET", "a"}, text("x"), text("y"), false},
		{[]string{"GET", "a"}, null, testserver.Value{Type: '_', Null: true}, false},
		{[]string{"GET", "a"}, text(""), null, false},
		{[]string{"KEYS", "*"}, list(text("b"), text("a")), list(text("a"), text("b")), true},
		{[]string{"keys", "*"}, list(text("b")), list(text("a"), text("b")), false},
		{[]string{"MGET", "a"}, list(text("b"), text("a")), list(text("a"), text("b")), false},
		{[]string{"TTL", "a"}, num("1000"), num("1015"), true},
		{[]string{"TTL", "a"}, num("1000"), num("1025"), false},
		{[]string{"TTL", "a"}, num("-1"), num("3"), false},
		{[]string{"TTL", "a"}, num("0"), num("-1"), false},
		{[]string{"TIME"}, list(text("1")), list(text("2"), text("3")), true},
		{[]string{"TIME"}, num("1"), list(), false},
		{[]string{"OBJECT", "IDLETIME", "a"}, num("3"), num("400"), true},
		{[]string{"OBJECT", "ENCODING", "a"}, text("raw"), text("embstr"), false},
		{[]string{"OBJECT", "HELP"}, list(), list(text("x")), true},
		{[]string{"TIME"}, testserver.Value{Type: '-', Str: "ERR a"}, testserver.Value{Type: '-', Str: "ERR b"}, false},
		{[]string{"CLUSTER", "GETKEYSINSLOT", "1", "1"}, list(text("a")), list(text("b")), true},
		{[]string{"CLUSTER", "GETKEYSINSLOT", "1", "1"}, list(), list(text("b")), false},
		{[]string{"OBJECT", "REFCOUNT", "a"}, num("1"), num("2"), true},
		{[]string{"OBJECT", "REFCOUNT", "a"}, num("1"), text("1"), false},
		{[]string{"DEBUG", "OBJECT", "a"}, testserver.Value{Type: '+', Str: "Value at:0x1 refcount:1 encoding:raw serializedlength:4 lru:1"},
			testserver.Value{Type: '+', Str: "Value at:0x2 refcount:2 encoding:raw serializedlength:5 lru:9"}, true},
		{[]string{"DEBUG", "OBJECT", "a"}, testserver.Value{Type: '+', Str: "Value at:0x1 refcount:1 encoding:raw serializedlength:4"},
			testserver.Value{Type: '+', Str: "Value at:0x2 refcount:1 encoding:int serializedlength:4"}, false},
	} {
		why := Compare(ruleFor(c.command), c.ours, c.oracle)
		require.Equal(t, c.equal, why == "", "%q %s %s: %s", c.command, c.ours, c.oracle, why)
	}
}

func TestHelloRule(t *testing.T) {
	hello := func(version, proto string) testserver.Value {
		return list(text("server"), text("redis"), text("version"), text(version), text("proto"), num(proto), text("id"), num("3"),
			text("mode"), text("standalone"), text("role"), text("master"), text("modules"), list())
	}
	r := ruleFor([]string{"hello", "3"})
	require.Empty(t, Compare(r, hello("7.2.4", "3"), hello("8.0.2", "3")))
	require.NotEmpty(t, Compare(r, hello("7.2.4", "2"), hello("7.2.4", "3")))
	require.NotEmpty(t, Compare(r, list(), hello("7.2.4", "3")))
}
