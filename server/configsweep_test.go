package server

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/config"
)

// sweepValues are right for some directives and wrong for most.
var sweepValues = []string{
	"yes", "no", "0", "1", "2", "77", "1000", "5mb", "2147483647", "9223372036854775807", "-1", "50%", "", "x", "a b", "1 2 3",
	"allkeys-lru", "volatile-lfu", "KEA", "g$lshzxetdnKEm", "verbose", "normal 1gb 0 0", "pubsub 1mb 0 10", "50 99.9", "always",
	"resetchannels", "no one", "127.0.0.1", "hostname", "{title}", "save", "absolute", "swapdb", "local", "panic",
}

// sweepSpares are directives that would take the test's connection away, or open
// ports.
var sweepSpares = []string{"port", "bind", "requirepass", "maxclients", "timeout", "metrics-port", "metrics-bind", "tls-port", "maxmemory-clients"}

// TestSetEveryDirective: CONFIG SET of anything to anything is done, and CONFIG
// GET shows it, or refused in Redis' words; the node serves on.
func TestSetEveryDirective(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		n := start()
		c := n.dial()
		get := func(name string) string {
			reply := c.do("CONFIG", "GET", name)
			return strings.TrimSuffix(strings.TrimPrefix(reply, fmt.Sprintf("*[$%q $", name)), "]")
		}
		for _, d := range config.Directives {
			if slices.Contains(sweepSpares, d.Name) {
				continue
			}
			before := get(d.Name)
			changes := 0
			for _, value := range sweepValues {
				shown := get(d.Name)
				reply := c.do("CONFIG", "SET", d.Name, value)
				if reply == "+OK" {
					changes++
					require.False(t, d.Immutable(), d.Name)
					require.Equal(t, "+PONG", c.do("PING"))
					continue
				}
				require.True(t, strings.HasPrefix(reply, "-ERR CONFIG SET failed (possibly related to argument '"+d.Name+"') - "), "%s %q: %s", d.Name, value, reply)
				require.Equal(t, shown, get(d.Name), "a refused CONFIG SET changes nothing")
				switch {
				case d.Immutable():
					require.Contains(t, reply, "can't set immutable config")
				case d.Protected():
					require.Contains(t, reply, "can't set protected config")
				}
			}
			if !d.Immutable() && !d.Protected() && d.Status != config.NotBuilt {
				require.NotZero(t, changes, d.Name)
				value := strings.Trim(before, `"`)
				require.Equal(t, "+OK", c.do("CONFIG", "SET", d.Name, value), "%s %q", d.Name, value)
				require.Equal(t, before, get(d.Name))
			}
		}
		require.Equal(t, "+OK", c.do("SET", "k", "v"))
	})
}
