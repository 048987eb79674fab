package server

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/command"
)

// TestSizeClasses: the borders of Redis' classes.
func TestSizeClasses(t *testing.T) {
	for n, want := range map[int64]int32{0: 1, 1024: 1, 32<<10 - 1: 1, 32 << 10: 2, 64<<10 - 1: 2, 64 << 10: 3, 4 << 30: 19, 1 << 40: 19} {
		require.Equal(t, want, sizeClassOf(n), n)
	}
}

// TestMaxMemoryClients: the largest clients go, until the rest is within the
// limit; those with CLIENT NO-EVICT stay.
func TestMaxMemoryClients(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		c := n.dial()
		require.Equal(t, "+OK", c.do("CLIENT", "NO-EVICT", "on"))
		const unfinished = "*2\r\n$4\r\nECHO\r\n$900000\r\n"
		var clients []*testClient
		for i := range 6 {
			o := n.dial()
			if i%2 == 0 {
				require.Equal(t, "+OK", o.do("CLIENT", "NO-EVICT", "on"))
			}
			o.raw(unfinished + strings.Repeat("x", 800_000))
			clients = append(clients, o)
		}
		eventually(t, func() bool { return c.field("memory", "mem_clients_normal") > 6*800_000 })
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "maxmemory-clients", "4mb"))
		eventually(t, func() bool { return n.s.counters.clients.Load() <= 6 })
		eventually(t, func() bool { return c.field("memory", "mem_clients_normal") <= 4<<20 })
		eventually(t, func() bool { return n.s.clients.leaving.Load() == 0 })
		gone := c.field("stats", "evicted_clients")
		require.Contains(t, []int64{1, 2, 3}, gone)
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "maxmemory-clients", "1"), "as little as 128 KiB")
		eventually(t, func() bool { return n.s.counters.clients.Load() == 4 })
		require.EqualValues(t, 3, c.field("stats", "evicted_clients"))
		for i, o := range clients {
			if i%2 == 0 {
				o.raw(strings.Repeat("x", 100_000) + "\r\n")
				require.Len(t, o.read(), 900_000+len(`$""`))
			} else {
				require.True(t, o.closed())
			}
		}
		require.Equal(t, "+OK", c.do("CONFIG", "RESETSTAT"))
		require.Zero(t, c.field("stats", "evicted_clients"))
		for _, o := range clients {
			o.nc.Close()
		}
		eventually(t, func() bool { return n.s.counters.clients.Load() == 1 })
		require.Less(t, c.field("memory", "mem_clients_normal"), int64(40_000))
	})
}

// TestMaxMemoryClientsPercent: a share of maxmemory, nothing without that; an
// output that is not read counts.
func TestMaxMemoryClientsPercent(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--maxmemory-clients", "10%")
		c := n.dial()
		require.Zero(t, n.s.clients.bytes.Load())
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "maxmemory", "50mb"))
		require.EqualValues(t, 5<<20, n.s.clients.bytes.Load())
		require.Equal(t, "+OK", c.do("SET", "k", strings.Repeat("v", 1<<20)))
		reader := n.dial()
		reader.raw(strings.Repeat(encode("GET", "k"), 30))
		eventually(t, func() bool { return c.field("stats", "evicted_clients") == 1 })
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "maxmemory", "0"))
		require.Zero(t, n.s.clients.bytes.Load())
	})
}

// TestClientBooks: the sum is that of CLIENT LIST after any of what changes it.
func TestClientBooks(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		c, other := n.dial(), n.dial()
		require.Equal(t, "+OK", other.do("MULTI"))
		for i := range 50 {
			require.Equal(t, "+QUEUED", other.do("SET", "{a}"+strconv.Itoa(i), strings.Repeat("v", 1000)))
		}
		eventually(t, func() bool { return n.s.clientMemory() > 50_000 })
		require.Equal(t, "+OK", other.do("DISCARD"))
		require.Equal(t, "+OK", other.do("WATCH", strings.Repeat("w", 20_000)))
		require.Equal(t, "+OK", other.do("CLIENT", "SETNAME", strings.Repeat("n", 20_000)))
		eventually(t, func() bool { return n.s.clientMemory() > 60_000 })
		require.Equal(t, "+RESET", other.do("RESET"))
		eventually(t, func() bool { return n.s.clientMemory() < 20_000 })
		blocked := n.dial()
		blocked.send("BLPOP", strings.Repeat("k", 30_000), "0")
		eventually(t, func() bool { return n.s.clientMemory() > 30_000 })
		require.Equal(t, ":1", c.do("RPUSH", strings.Repeat("k", 30_000), "v"))
		blocked.read()
		blocked.nc.Close()
		other.nc.Close()
		eventually(t, func() bool { return n.s.counters.clients.Load() == 1 })
		eventually(t, func() bool { return c.do("PING") == "+PONG" && n.s.clientMemory() < 20_000 })
		c.nc.Close()
		eventually(t, func() bool { return n.s.clientMemory() == 0 })
	})
}

// TestSlotUsage: what commands cost is counted for their slot, alone, in a
// pipeline and in a transaction, to the byte; not when nobody asks.
func TestSlotUsage(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start("--cluster-enabled", "yes", "--cluster-slot-stats-enabled", "yes", "--cluster-require-full-coverage", "no", "--port", freePort(t))
		c := n.dial()
		require.Equal(t, "+OK", c.do("CLUSTER", "ADDSLOTSRANGE", "12182", "12183"))
		eventually(t, func() bool { return c.do("SET", "foo", "bar") == "+OK" })
		require.Equal(t, "+OK", c.do("CONFIG", "RESETSTAT"))
		usage := func() (in, out int64) {
			u, s := n.s.env.Usage.Load(), command.SlotUsage{}
			n.s.ks.Gate(func() { s = u[12182] })
			require.Positive(t, s.CPU)
			return s.NetIn, s.NetOut
		}
		set, get := encode("SET", "foo", "bar"), encode("GET", "foo")
		require.Equal(t, "+OK", c.do("SET", "foo", "bar"))
		c.raw(set + get + get)
		for range 3 {
			c.read()
		}
		in, out := usage()
		require.EqualValues(t, 2*len(set)+2*len(get), in)
		require.EqualValues(t, 2*len("+OK\r\n")+2*len("$3\r\nbar\r\n"), out)
		require.Equal(t, "-ERR wrong number of arguments for 'get' command", c.do("GET", "foo", "bar"))
		require.Equal(t, "+OK", c.do("CONFIG", "RESETSTAT"))
		c.raw(encode("multi") + set + get + encode("exec"))
		for range 4 {
			c.read()
		}
		in, out = usage()
		require.EqualValues(t, len(set)+len(get)+len(encode("multi")+encode("exec")), in)
		require.EqualValues(t, len("+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n$3\r\nbar\r\n"), out)
		n.s.ks.Gate(func() { n.s.env.Usage.Load()[12183].NetIn = 1 })
		require.Contains(t, c.do("CLUSTER", "SLOT-STATS", "SLOTSRANGE", "12182", "12182"), fmt.Sprintf(`"network-bytes-in" :%d`, in))
		require.Equal(t, "+OK", c.do("CLUSTER", "DELSLOTS", "12183"))
		require.Equal(t, "+OK", c.do("CLUSTER", "ADDSLOTS", "12183"))
		eventually(t, func() bool {
			return strings.Contains(c.do("CLUSTER", "SLOT-STATS", "SLOTSRANGE", "12183", "12183"), `"network-bytes-in" :0`)
		})
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "cluster-slot-stats-enabled", "no"))
		require.Equal(t, `*[*[:12182 *[$"key-count" :1]]]`, c.do("CLUSTER", "SLOT-STATS", "SLOTSRANGE", "12182", "12182"))
	})
}
