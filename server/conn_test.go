package server

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/slots"
)

// memory is a transport that keeps what is sent, up to a limit per call.
type memory struct {
	sent  []byte
	limit int
	keep  bool
}

func (m *memory) send(b []byte) (int, error) {
	n := min(len(b), m.limit)
	if m.keep {
		m.sent = append(m.sent, b[:n]...)
	}
	return n, nil
}

func (m *memory) owner() outlet     { return m }
func (m *memory) post(letter)       {}
func (m *memory) leave(letter) bool { return false }
func (m *memory) knock()            {}
func (m *memory) fd() int           { return -1 }

// newConn makes a connection without socket, and the worker to drive it.
func newConn(t testing.TB, m *memory) (*worker, *conn) {
	n := startNode(t, true)
	c := new(conn)
	n.s.initConn(c, m, &listener{network: "unix"}, "test:0", "test:0")
	w := n.s.pool.get()
	t.Cleanup(func() { n.s.pool.put(w) })
	return w, c
}

// TestHotPathDoesNotAllocate runs a thousand commands per round, so that a
// single allocation per command cannot be rounded away. The runtime counts those of
// all goroutines, so the least of a few rounds is the commands' own.
func TestHotPathDoesNotAllocate(t *testing.T) {
	w, c := newConn(t, &memory{limit: 1 << 30})
	for name, command := range map[string]string{
		"SET":      encode("SET", "key:000000012345", strings.Repeat("v", 64)),
		"GET":      encode("GET", "key:000000012345"),
		"GET miss": encode("GET", "key:missing"),
		"INCR":     encode("INCR", "counter"),
		"PING":     encode("PING"),
		"EXISTS":   encode("EXISTS", "key:000000012345"),
	} {
		batch := []byte(strings.Repeat(command, 1000))
		w.feed(c, batch) // the first round creates the key and the buffers
		allocs := math.Inf(1)
		for range 5 {
			allocs = min(allocs, testing.AllocsPerRun(1, func() { w.feed(c, batch) }))
		}
		require.LessOrEqual(t, allocs, 1.0, "allocations per 1,000 times %s", name)
	}
}

// TestArgumentsAreNotKept overwrites the input after each command: a handler
// that kept an argument would show.
func TestArgumentsAreNotKept(t *testing.T) {
	m := &memory{limit: 1 << 30, keep: true}
	w, c := newConn(t, m)
	poison := func(args ...string) {
		b := []byte(encode(args...))
		w.feed(c, b)
		for i := range b {
			b[i] = 0xEE
		}
	}
	poison("SET", "a", "value")
	poison("WATCH", "a")
	poison("MULTI")
	poison("APPEND", "a", "+more")
	poison("CLIENT", "SETNAME", "name")
	poison("EXEC")
	poison("GET", "a")
	poison("CLIENT", "GETNAME")
	require.Equal(t, "+OK\r\n+OK\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n:10\r\n+OK\r\n$10\r\nvalue+more\r\n$4\r\nname\r\n", string(m.sent))
}

// TestSlowReader takes three bytes per send: replies stay in order and whole.
func TestSlowReader(t *testing.T) {
	m := &memory{limit: 3, keep: true}
	w, c := newConn(t, m)
	w.feed(c, []byte(encode("ECHO", "hello")+encode("PING")))
	w.feed(c, []byte(encode("ECHO", "world")))
	for c.out.size > 0 {
		w.drain(c)
	}
	require.Equal(t, "$5\r\nhello\r\n+PONG\r\n$5\r\nworld\r\n", string(m.sent))
	require.Zero(t, w.s.outBytes.Load())
}

// TestSlotsOfWatches: in a cluster, WATCH of keys of one slot locks that slot
// and those of the keys watched before; keys of several slots lock nothing,
// since the route refuses them.
func TestSlotsOfWatches(t *testing.T) {
	w, c := newConn(t, &memory{limit: 1 << 30})
	b := slots.NewBuilder()
	b.SetMyself(b.AddNode(strings.Repeat("a", 40), slots.Endpoint{Host: "127.0.0.1", Port: 1}))
	w.s.table.Store(b.Build())
	c.watch.keys = []watchedKey{{slot: 7}}
	watch := w.s.env.Table.Lookup([]byte("watch"))
	of := func(keys ...string) []slots.Slot {
		args := [][]byte{[]byte("watch")}
		for _, k := range keys {
			args = append(args, []byte(k))
		}
		require.True(t, w.cx.Bind(watch, args, 0))
		w.collectSlots(c, watch)
		return append([]slots.Slot{}, w.slots...)
	}
	require.Equal(t, []slots.Slot{7, slots.Of([]byte("b"))}, of("{b}1", "{b}2"))
	require.Empty(t, of("{b}1", "{c}2"))
	c.watch.keys = nil
}

// BenchmarkCommand is one command of a pipeline of 16, through parser,
// dispatch, lock and handler; keys are spread over a table of 100,000, or
// there is one.
func BenchmarkCommand(b *testing.B) {
	for _, keys := range []int{1, 100_000} {
		for _, name := range []string{"SET", "GET", "INCR"} {
			b.Run(fmt.Sprintf("%s/%d", name, keys), func(b *testing.B) {
				w, c := newConn(b, &memory{limit: 1 << 30})
				batches := pipelines(name, keys)
				for i := 0; b.Loop(); i++ {
					if i%16 == 0 {
						w.feed(c, batches[i/16%len(batches)])
					}
				}
			})
		}
	}
}

// pipelines are batches of 16 times the command, over so many keys.
func pipelines(name string, keys int) (batches [][]byte) {
	for i := range 6250 {
		var batch []byte
		for j := range 16 {
			args := []string{name, fmt.Sprintf("%s:%012d", name, (i*16+j)*7919%keys)}
			if name == "SET" {
				args = append(args, strings.Repeat("v", 64))
			}
			batch = append(batch, encode(args...)...)
		}
		batches = append(batches, batch)
	}
	return batches
}
