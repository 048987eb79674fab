//go:build linux

package hostile

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"clusternode/internal/testserver"

	"github.com/stretchr/testify/require"
)

// collections fills one key of each type, small ones and large ones.
func (x *target) collections() {
	x.t.Helper()
	for _, size := range []int{5, 700} {
		cmds := map[string][]string{"l": {"RPUSH"}, "s": {"SADD"}, "i": {"SADD"}, "h": {"HSET"}, "z": {"ZADD"}}
		for key := range cmds {
			cmds[key] = append(cmds[key], fmt.Sprint(key, size))
		}
		for i := range size {
			name := fmt.Sprint("member", i)
			cmds["l"] = append(cmds["l"], name)
			cmds["s"] = append(cmds["s"], name)
			cmds["i"] = append(cmds["i"], fmt.Sprint(i*7))
			cmds["h"] = append(cmds["h"], name, "value")
			cmds["z"] = append(cmds["z"], fmt.Sprint(i, ".5"), name)
		}
		for _, cmd := range cmds {
			x.fine(cmd...)
		}
		for i := range size {
			x.fine("XADD", fmt.Sprint("x", size), fmt.Sprint(i+1, "-1"), "field", "value")
		}
		x.fine("XGROUP", "CREATE", fmt.Sprint("x", size), "g", "0")
		x.fine("XREADGROUP", "GROUP", "g", "c", "COUNT", "50", "STREAMS", fmt.Sprint("x", size), ">")
	}
}

func (x *target) fine(args ...string) testserver.Value {
	x.t.Helper()
	c, err := testserver.Dial(x.Addr)
	require.NoError(x.t, err)
	defer c.Close()
	v, err := c.Do(args...)
	require.NoError(x.t, err)
	require.False(x.t, v.IsError(), "%q %s", args, v)
	return v
}

// absurd commands have counts, offsets and numbers far beyond what the keys hold. %s is 5 or 700.
var absurd = []string{
	"LRANGE l%s -9223372036854775808 9223372036854775807", "LRANGE l%s 9223372036854775807 -9223372036854775808", "LINDEX l%s -9223372036854775808", "LTRIM l%s -9223372036854775808 9223372036854775807",
	"LPOS l%s member1 RANK -9223372036854775807 COUNT 9223372036854775807 MAXLEN 9223372036854775807", "LPOS l%s a RANK -9223372036854775808", "LMPOP 9223372036854775807 l%s LEFT", "LPOP nosuch 9223372036854775807", "LREM l%s -9223372036854775808 nosuch",
	"SRANDMEMBER s%s 9223372036854775807", "SRANDMEMBER s%s -100", "HRANDFIELD h%s 9223372036854775807 WITHVALUES", "HRANDFIELD h%s -9223372036854775808", "HRANDFIELD h%s -4611686018427387904 WITHVALUES", "ZRANDMEMBER z%s -4611686018427387904 WITHSCORES", "ZRANDMEMBER z%s 9223372036854775807",
	"SINTERCARD 9223372036854775807 s%s", "SINTERCARD 1 s%s LIMIT 9223372036854775807", "SINTERCARD 1 s%s LIMIT -1", "ZUNION 9223372036854775807 z%s", "ZUNIONSTORE d 2147483647 z%s", "ZINTER 1 z%s WEIGHTS nan", "ZUNIONSTORE d 1 z%s WEIGHTS inf",
	"ZADD z%s nan m", "ZADD z%s INCR nan m", "ZINCRBY z%s nan member1", "ZADD z%s inf w", "ZINCRBY z%s -inf w", "ZRANGEBYSCORE z%s -inf +inf LIMIT -5 10", "ZRANGEBYSCORE z%s -inf +inf LIMIT 9223372036854775807 -1", "ZRANGEBYSCORE z%s nan 1",
	"ZRANGE z%s 9223372036854775807 -9223372036854775808 REV", "ZRANGE z%s -inf +inf BYSCORE LIMIT 0 -9223372036854775808", "ZREMRANGEBYRANK z%s 9223372036854775807 9223372036854775807", "ZPOPMIN nosuch 9223372036854775807", "ZMPOP 1 nosuch MIN COUNT 9223372036854775807",
	"HINCRBY h%s n 9223372036854775807", "HINCRBY h%s n 9223372036854775807", "HINCRBYFLOAT h%s f 1e308", "HINCRBYFLOAT h%s f nan", "HEXPIRE h%s 9223372036854775807 FIELDS 1 member1", "HEXPIRE h%s 10 FIELDS 9223372036854775807 member1", "HTTL h%s FIELDS 2147483648 a",
	"HSCAN h%s 18446744073709551615 COUNT 9223372036854775807", "SSCAN s%s 9223372036854775808 COUNT 1", "ZSCAN z%s 0 COUNT 9223372036854775807 MATCH ****************************************************b",
	"XRANGE x%s - + COUNT 9223372036854775807", "XADD x%s MAXLEN -1 * a b", "XTRIM x%s MAXLEN ~ 9223372036854775807 LIMIT 9223372036854775807", "XADD x%s 18446744073709551615-18446744073709551614 a b", "XADD x%s * a b", "XREAD COUNT 9223372036854775807 STREAMS x%s 0",
	"XCLAIM x%s g c 0 18446744073709551615-1 IDLE 9223372036854775807 FORCE", "XAUTOCLAIM x%s g c 9223372036854775807 0 COUNT 9223372036854775807", "XPENDING x%s g - + 9223372036854775807", "XSETID x%s 18446744073709551615-18446744073709551615 ENTRIESADDED 9223372036854775807",
	"SORT l%s ALPHA LIMIT -9223372036854775808 9223372036854775807", "SORT s%s BY nosort LIMIT 9223372036854775807 9223372036854775807", "SETBIT s%s 4294967296 1", "GETRANGE l%s 0 -1", "APPEND h%s x", "OBJECT ENCODING z%s", "MEMORY USAGE h%s SAMPLES 9223372036854775807",
}

// TestAbsurdNumbers sends each absurd command alone, then all in deep pipelines.
func TestAbsurdNumbers(t *testing.T) {
	x := attack(t)
	x.collections()
	c, err := testserver.Dial(x.Addr)
	require.NoError(t, err)
	var all []byte
	n := 0
	for _, text := range absurd {
		for _, size := range []string{"5", "700"} {
			args := strings.Fields(strings.ReplaceAll(text, "%s", size))
			_, err := c.Do(args...)
			require.NoError(t, err, text)
			all = testserver.AppendCommand(all, args...)
			n++
		}
	}
	for range 4 {
		require.NoError(t, c.SendRaw(all))
		for range n {
			_, err := c.Receive()
			require.NoError(t, err)
		}
	}
	c.Close()
	x.end(96 << 20)
}

// TestRestoreOfGarbage restores spoiled payloads of every type and touches what comes of them.
func TestRestoreOfGarbage(t *testing.T) {
	x := attack(t)
	x.collections()
	rng := rand.New(rand.NewPCG(5, 6))
	c, err := testserver.Dial(x.Addr)
	require.NoError(t, err)
	for _, key := range []string{"l5", "l700", "s5", "s700", "i5", "i700", "h5", "h700", "z5", "z700", "x5", "x700"} {
		payload := x.fine("DUMP", key).Str
		for range 60 {
			bad := []byte(payload)
			switch rng.IntN(3) {
			case 0:
				bad = bad[:rng.IntN(len(bad))]
			case 1:
				bad[rng.IntN(len(bad))] ^= byte(1 + rng.IntN(255))
			default:
				bad = append(bad[:rng.IntN(len(bad))], bad[rng.IntN(len(bad)):]...)
			}
			v, err := c.Do("RESTORE", "garbage", "0", string(bad), "REPLACE")
			require.NoError(t, err)
			if string(bad) != payload {
				require.True(t, v.IsError(), "a spoiled payload of %s is taken", key)
			}
		}
	}
	c.Close()
	x.end(64 << 20)
}
