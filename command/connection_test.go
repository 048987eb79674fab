package command

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHello(t *testing.T) {
	n := newNode(t, Families()...)
	require.Equal(t, `*[$"server" $"redis" $"version" $"7.2.4" $"proto" :2 $"id" :1 $"mode" $"standalone" $"role" $"master" $"modules" *[]]`, n.do("HELLO").String())
	require.Equal(t, `%[$"server" $"redis" $"version" $"7.2.4" $"proto" :3 $"id" :1 $"mode" $"standalone" $"role" $"master" $"modules" *[]]`, n.do("HELLO", "3", "SETNAME", "me").String())
	require.Equal(t, 3, n.c.C.Proto)
	require.Equal(t, "me", n.c.C.Name)
	n.c.Env.Node.(*fakeNode).replica = true
	require.Contains(t, n.do("HELLO", "2").String(), `$"role" $"replica"`)
	require.Equal(t, 2, n.c.C.Proto)
}

func TestHelloWithPassword(t *testing.T) {
	n := newNode(t, Families()...)
	n.c.Env.Node.(*fakeNode).password = "secret"
	n.c.C.Flags = 0
	require.Contains(t, n.do("HELLO", "3").String(), "-NOAUTH HELLO must be called with the client already authenticated")
	require.Equal(t, 0, n.c.C.Proto, "nothing changes with an error")
	require.Contains(t, n.do("HELLO", "3", "SETNAME", "x", "AUTH", "default", "wrong").String(), "-WRONGPASS")
	require.Empty(t, n.c.C.Name)
	require.Contains(t, n.do("AUTH", "wrong").String(), "-WRONGPASS")
	require.Equal(t, "%", n.do("HELLO", "3", "AUTH", "default", "secret", "SETNAME", "x").String()[:1])
	require.True(t, n.c.C.Has(ClientAuthenticated))
	require.Equal(t, "default", n.c.C.User)
	require.Equal(t, "x", n.c.C.Name)
	n.c.C.Flags = 0
	require.Equal(t, "+OK", n.do("AUTH", "secret").String())
	require.True(t, n.c.C.Has(ClientAuthenticated))
}

func TestClientReply(t *testing.T) {
	n := newNode(t, Families()...)
	require.Empty(t, n.raw("CLIENT", "REPLY", "OFF"))
	require.True(t, n.c.C.Has(ClientReplyOff))
	require.Empty(t, n.raw("CLIENT", "REPLY", "SKIP"))
	require.False(t, n.c.C.Has(ClientReplySkipNext), "SKIP says nothing while replies are off")
	require.Equal(t, "+OK\r\n", n.raw("CLIENT", "REPLY", "on"))
	require.False(t, n.c.C.Has(ClientReplyOff))
	require.Empty(t, n.raw("CLIENT", "REPLY", "SKIP"))
	require.True(t, n.c.C.Has(ClientReplySkipNext))
}

func TestQuit(t *testing.T) {
	n := newNode(t, Families()...)
	require.Equal(t, "+OK\r\n", n.raw("QUIT", "now"))
	require.True(t, n.c.C.Has(ClientCloseAfterReply))
}

func byteArgs(s ...string) (out [][]byte) {
	for _, a := range s {
		out = append(out, []byte(a))
	}
	return out
}

func TestParseClientKill(t *testing.T) {
	me := ClientInfo{ID: 7, Type: ClientTypeNormal, Addr: "1.2.3.4:5", LAddr: "9.9.9.9:6379", User: "default"}
	other := ClientInfo{ID: 8, Type: ClientTypeReplica, Addr: "1.2.3.4:6", LAddr: "9.9.9.9:6379", User: "bob"}
	for _, c := range []struct {
		args      string
		problem   string
		me, other bool
	}{
		{"1.2.3.4:5", "", true, false},
		{"ID", "", false, false},
		{"ID 8", "", false, true}, {"ID 7", "", false, false}, {"ID 7 SKIPME no", "", true, false}, {"id 7 skipme NO id 8", "", false, true},
		{"ID 0", "ERR client-id should be greater than 0", false, false}, {"ID x", "ERR client-id should be greater than 0", false, false},
		{"TYPE slave", "", false, true}, {"TYPE REPLICA", "", false, true}, {"TYPE normal SKIPME no", "", true, false}, {"TYPE master", "", false, false},
		{"TYPE x", "ERR Unknown client type 'x'", false, false},
		{"USER bob", "", false, true}, {"USER eve", "ERR No such user 'eve'", false, false},
		{"LADDR 9.9.9.9:6379", "", false, true}, {"LADDR 9.9.9.9:6379 SKIPME no", "", true, true}, {"ADDR 1.2.3.4:6 LADDR 9.9.9.9:6379", "", false, true},
		{"ID 8 SKIPME maybe", "ERR syntax error", false, false}, {"ID 8 SKIPME", "ERR syntax error", false, false}, {"FOO 1", "ERR syntax error", false, false}, {"ID 8 TYPE", "ERR syntax error", false, false},
	} {
		k, problem := ParseClientKill(byteArgs(append([]string{"CLIENT", "KILL"}, words(c.args)...)...), func(u []byte) bool { return string(u) == "bob" })
		require.Equal(t, c.problem, problem, c.args)
		if problem == "" {
			require.Equal(t, c.me, k.Matches(me, me.ID), "%s: me", c.args)
			require.Equal(t, c.other, k.Matches(other, me.ID), "%s: other", c.args)
		}
	}
}

func TestClientKillEmptyAddress(t *testing.T) {
	for _, args := range [][]string{{""}, {"ADDR", ""}, {"LADDR", ""}} {
		k, problem := ParseClientKill(byteArgs(append([]string{"CLIENT", "KILL"}, args...)...), nil)
		require.Empty(t, problem)
		require.False(t, k.Matches(ClientInfo{ID: 1, Addr: "1.2.3.4:5", LAddr: "1.2.3.4:6"}, 2), "%q", args)
	}
}

func TestParseClientList(t *testing.T) {
	for _, c := range []struct {
		args, problem string
		want          ClientList
	}{
		{"", "", ClientList{Type: ClientTypeAny}},
		{"TYPE pubsub", "", ClientList{Type: ClientTypePubSub}},
		{"TYPE junk", "ERR Unknown client type 'junk'", ClientList{}},
		{"ID 5 -1 5", "", ClientList{Type: ClientTypeAny, IDs: []int64{5, -1, 5}}},
		{"ID x", "ERR Invalid client ID", ClientList{}},
		{"ID", "ERR syntax error", ClientList{}}, {"TYPE", "ERR syntax error", ClientList{}}, {"TYPE normal x", "ERR syntax error", ClientList{}}, {"junk 1", "ERR syntax error", ClientList{}},
	} {
		l, problem := ParseClientList(byteArgs(append([]string{"CLIENT", "LIST"}, words(c.args)...)...))
		require.Equal(t, c.problem, problem, c.args)
		if problem == "" {
			require.Equal(t, c.want, l, c.args)
		}
	}
}

func TestParseClientPause(t *testing.T) {
	for _, c := range []struct {
		args, problem string
		want          ClientPause
	}{
		{"50", "", ClientPause{Until: 1050}}, {"0 all", "", ClientPause{Until: 1000}}, {"9 WRITE", "", ClientPause{Until: 1009, WritesOnly: true}},
		{"x", "ERR timeout is not an integer or out of range", ClientPause{}}, {"-1", "ERR timeout is negative", ClientPause{}},
		{"9223372036854775807", "ERR timeout is out of range", ClientPause{}}, {"x junk", "ERR CLIENT PAUSE mode must be WRITE or ALL", ClientPause{}},
		{"1 WRITE x", "ERR unknown subcommand or wrong number of arguments for 'PAUSE'. Try CLIENT HELP.", ClientPause{}},
	} {
		p, problem := ParseClientPause(byteArgs(append([]string{"CLIENT", "PAUSE"}, words(c.args)...)...), 1000)
		require.Equal(t, c.problem, problem, c.args)
		if problem == "" {
			require.Equal(t, c.want, p, c.args)
		}
	}
}
