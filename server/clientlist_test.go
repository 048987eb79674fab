package server

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/slots"
)

// clientLine is the line of CLIENT LIST of the connection.
func (c *testClient) clientLine(id string) string {
	return strings.Trim(c.do("CLIENT", "LIST", "ID", id), "$\"\n")
}

func (c *testClient) id() string { return strings.TrimPrefix(c.do("CLIENT", "ID"), ":") }

// field is one field of a line of CLIENT LIST.
func field(t *testing.T, line, name string) string {
	t.Helper()
	_, rest, ok := strings.Cut(" "+line, " "+name+"=")
	require.True(t, ok, "%s in %q", name, line)
	value, _, _ := strings.Cut(rest, " ")
	return strings.TrimSuffix(value, `\n`)
}

// TestClientListFields: the fields of Redis 7.2 in its order, with values that
// are so.
func TestClientListFields(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		a, b := n.dial(), n.dial()
		id := b.id()
		require.Regexp(t, `^\$"id=\d+ addr=`+n.path+`:0 laddr=`+n.path+`:0 fd=-?\d+ name= age=\d+ idle=\d+ flags=U db=0 sub=0 psub=0 ssub=0 multi=-1 `+
			`qbuf=0 qbuf-free=0 argv-mem=10 multi-mem=0 rbs=0 rbp=0 obl=0 oll=\d+ omem=\d+ tot-mem=\d+ events=r[w]? cmd=client\|info `+
			`user=default redir=-1 resp=2 lib-name= lib-ver=\\n"$`, a.do("CLIENT", "INFO"))

		b.do("CLIENT", "SETNAME", "me")
		b.do("CLIENT", "SETINFO", "LIB-NAME", "lib")
		b.do("CLIENT", "SETINFO", "LIB-VER", "1.2")
		b.do("CLIENT", "NO-EVICT", "ON")
		b.do("CLIENT", "NO-TOUCH", "ON")
		b.do("SELECT", "3")
		b.do("WATCH", "w")
		b.do("MULTI")
		b.do("SET", "k", "12345")
		line := a.clientLine(id)
		for name, want := range map[string]string{
			"name": "me", "lib-name": "lib", "lib-ver": "1.2", "flags": "xUeT", "db": "3", "multi": "1", "cmd": "set", "omem": "0",
		} {
			require.Equal(t, want, field(t, line, name), name)
		}
		require.NotEqual(t, "0", field(t, line, "multi-mem"))
		a.do("SELECT", "3")
		a.do("SET", "w", "1")
		require.Equal(t, "xdUeT", field(t, a.clientLine(id), "flags"))
		b.raw("*2\r\n$4\r\nECHO\r\n$5000\r\nabc")
		eventually(t, func() bool { return field(t, a.clientLine(id), "qbuf") != "0" })
		b.raw(strings.Repeat("x", 4997) + "\r\n")
		require.Equal(t, "+QUEUED", b.read())
		require.Equal(t, "0", field(t, a.clientLine(id), "qbuf"))
	})
}

// TestClientListOfWaiting: those that wait for keys, for a lock and for the end
// of a pause are all there, with the arguments that they wait with.
func TestClientListOfWaiting(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		a, keys, locked, paused := n.dial(), n.dial(), n.dial(), n.dial()
		ids := []string{keys.id(), locked.id(), paused.id()}
		keys.send("BLPOP", "{1}list", "0")
		eventually(t, func() bool { return field(t, a.clientLine(ids[0]), "flags") == "bU" })
		line := a.clientLine(ids[0])
		require.Equal(t, "blpop", field(t, line, "cmd"))
		require.Equal(t, strconv.Itoa(len("BLPOP{1}list0")), field(t, line, "argv-mem"))

		x := n.s.ks.NewExecutor("test")
		defer x.Close()
		x.Enter()
		slot := slots.Of([]byte("2"))
		x.LockSlot(slot)
		locked.send("GET", "{2}key")
		for range 50 { // before it waits, and when it does
			list := a.do("CLIENT", "LIST")
			for _, id := range ids {
				require.Contains(t, list, "id="+id+" ")
			}
		}
		n.s.ks.Unlock(slot)
		x.Leave()
		require.Equal(t, "(null $)", locked.read())

		require.Equal(t, "+OK", a.do("CLIENT", "PAUSE", "100000", "WRITE"))
		paused.send("SET", "k", "v")
		eventually(t, func() bool { return field(t, a.clientLine(ids[2]), "flags") == "bU" })
		require.Equal(t, "set", field(t, a.clientLine(ids[2]), "cmd"))
		require.Equal(t, "+OK", a.do("CLIENT", "UNPAUSE"))
		require.Equal(t, "+OK", paused.read())
	})
}

// TestClientListFilters: ids in the order asked for, unknown and repeated ones,
// and types.
func TestClientListFilters(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		a, b, sub := n.dial(), n.dial(), n.dial()
		idA, idB, idSub := a.id(), b.id(), sub.id()
		sub.do("SUBSCRIBE", "ch")
		listed := func(args ...string) []string {
			var out []string
			for _, m := range regexp.MustCompile(`id=(\d+) addr`).FindAllStringSubmatch(a.do(append([]string{"CLIENT", "LIST"}, args...)...), -1) {
				out = append(out, m[1])
			}
			return out
		}
		require.ElementsMatch(t, []string{idA, idB, idSub}, listed())
		require.Equal(t, []string{idB, idA, idB}, listed("ID", idB, "999999", idA, idB))
		require.ElementsMatch(t, []string{idA, idB}, listed("TYPE", "NORMAL"))
		require.Equal(t, []string{idSub}, listed("type", "pubsub"))
		require.Empty(t, listed("TYPE", "replica"))
		require.Empty(t, listed("TYPE", "master"))
		require.Equal(t, "1", field(t, a.clientLine(idSub), "sub"))
		require.Equal(t, "PU", field(t, a.clientLine(idSub), "flags"))
		require.Equal(t, ":1", a.do("CLIENT", "KILL", "TYPE", "pubsub"))
		require.True(t, sub.closed())
		require.ElementsMatch(t, []string{idA, idB}, listed(), "who was killed is gone at once")
		require.Equal(t, ":0", a.do("CLIENT", "KILL", "TYPE", "pubsub", "SKIPME", "no"))
		require.Equal(t, ":2", a.do("CLIENT", "KILL", "SKIPME", "no"))
		require.True(t, a.closed())
		require.True(t, b.closed())
	})
}

// TestKillOneselfInTransaction: the whole reply of EXEC comes, then the end.
func TestKillOneselfInTransaction(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		c := n.dial()
		id := c.id()
		c.raw(encode("MULTI") + encode("CLIENT", "KILL", "ID", id, "SKIPME", "no") + encode("SET", "k", "1") + encode("EXEC") + encode("SET", "k", "2"))
		require.Equal(t, "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n:1\r\n+OK\r\n", c.rest())
		require.Equal(t, `$"1"`, n.dial().do("GET", "k"))
	})
}

// TestOutputClasses: a subscriber has limits of its own, which CONFIG SET
// changes while it is there.
func TestOutputClasses(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		a, sub := n.dial(), n.dial()
		sub.do("SUBSCRIBE", "ch")
		require.Equal(t, "+OK", a.do("CONFIG", "SET", "client-output-buffer-limit", "pubsub 1mb 0 0"))
		big := strings.Repeat("x", 100_000)
		for i := 0; a.do("CONFIG", "GET", "nope") == "*[]"; i++ {
			if a.do("PUBLISH", "ch", big) == ":0" {
				break
			}
			require.Less(t, i, 1000, "a subscriber that never reads is there for ever")
		}
		require.True(t, sub.closed())
		// A client that reads late is a normal one, without limit.
		require.Equal(t, "+OK", a.do("SET", "k", big))
		late := n.dial()
		late.raw(strings.Repeat(encode("GET", "k"), 50))
		for range 50 {
			require.Equal(t, fmt.Sprintf("$%q", big), late.read())
		}
	})
}

// TestClientListOfMany: a loop describes its connections in slices.
func TestClientListOfMany(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--io-threads", "1")
		a := n.dial()
		const many = 2*viewSlice + 3
		for range many {
			n.dial()
		}
		eventually(t, func() bool { return strings.Count(a.do("CLIENT", "LIST"), "addr=") == 2*(many+1) }) // and laddr
		require.Equal(t, fmt.Sprintf(":%d", many), a.do("CLIENT", "KILL", "TYPE", "normal"))
		require.Equal(t, 2, strings.Count(a.do("CLIENT", "LIST"), "addr="))
	})
}
