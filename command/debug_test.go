package command

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDebugProtocolPush(t *testing.T) {
	n := newNode(t, Families()...)
	n.w.Proto = 3
	require.Equal(t, "$40\r\nSome real reply following the push reply\r\n>2\r\n$16\r\nserver-cpu-usage\r\n:42\r\n", n.raw("DEBUG", "PROTOCOL", "push"))
}

func TestDebugObject(t *testing.T) {
	n := newNode(t, Families()...)
	n.do("SET", "text", "abc", "PX", "5")
	n.do("SET", "num", "-129")
	n.c.Now += 3000 // DEBUG looks at expired keys too
	require.Regexp(t, `^\+Value at:0x[0-9a-f]+ refcount:1 encoding:embstr serializedlength:4 lru:\d+ lru_seconds_idle:3$`, n.do("DEBUG", "OBJECT", "text").String())
	require.Regexp(t, `^\+Value at:0x[0-9a-f]+ refcount:1 encoding:int serializedlength:3 lru:\d+ lru_seconds_idle:3$`, n.do("DEBUG", "OBJECT", "num").String())
}

func TestDebugActiveExpire(t *testing.T) {
	n := newNode(t, Families()...)
	node := n.c.Env.Node.(*fakeNode)
	n.do("DEBUG", "SET-ACTIVE-EXPIRE", "1")
	require.True(t, node.activeExpire)
	n.do("DEBUG", "SET-ACTIVE-EXPIRE", "0")
	require.False(t, node.activeExpire)
}

// The digest does not depend on the order in which keys were made.
func TestDigestHasNoOrder(t *testing.T) {
	a, b := newNode(t, Families()...), newNode(t, Families()...)
	for i := range 300 {
		a.do("SET", string(rune('a'+i)), "v")
		b.do("SET", string(rune('a'+299-i)), "v")
	}
	require.Equal(t, a.do("DEBUG", "DIGEST"), b.do("DEBUG", "DIGEST"))
	b.do("SET", "a", "w")
	require.NotEqual(t, a.do("DEBUG", "DIGEST"), b.do("DEBUG", "DIGEST"))
}

func TestInnerSubcommandsAreHidden(t *testing.T) {
	n := newNode(t, Families()...)
	debug := n.c.Env.Table.Lookup([]byte("debug"))
	sleep, isSub := n.c.Env.Table.Resolve(byteArgs("debug", "sleep", "0"))
	require.True(t, isSub)
	require.Equal(t, LockGate, sleep.Lock)
	require.Equal(t, debug.ID(), sleep.ID())
	require.Equal(t, "debug", sleep.FullName())
	require.True(t, sleep.Is(Protected) && sleep.Is(Admin))
	require.True(t, n.do("COMMAND", "INFO", "debug|sleep").Elems[0].Null)
	require.Equal(t, "*[]", n.do("COMMAND", "LIST", "FILTERBY", "PATTERN", "debug|*").String())
}
