//go:build oracle

package command

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/internal/testserver"
	"clusternode/resp"
)

// collectionCalls are calls whose keys are not all in fixed places, and one of each kind that has them there.
var collectionCalls = []string{
	"HSET h f v", "HGET h f", "HGETDEL h FIELDS 1 f", "HSETEX h FIELDS 1 f v", "HEXPIRE h 10 FIELDS 1 f", "HRANDFIELD h 1", "HSCAN h 0",
	"LPUSH l a b", "LMOVE a b LEFT RIGHT", "RPOPLPUSH a b", "LMPOP 2 a b LEFT COUNT 3", "LMPOP 0 LEFT", "LMPOP x a LEFT", "LMPOP 5 a LEFT", "LINSERT l BEFORE a b", "LTRIM l 0 1", "LPOS l a",
	"SADD s a", "SMOVE a b m", "SINTER a b c", "SINTERCARD 2 a b LIMIT 1", "SINTERCARD 9 a", "SUNIONSTORE d a b", "SDIFF a", "SPOP s 2", "SRANDMEMBER s",
	"ZADD z 1 a", "ZADD z INCR 1 a", "ZUNION 2 a b WEIGHTS 1 2", "ZUNIONSTORE d 2 a b AGGREGATE MAX", "ZINTERSTORE d 1 a", "ZDIFFSTORE d 2 a b", "ZINTERCARD 2 a b", "ZDIFF 1 a", "ZMPOP 2 a b MIN", "ZRANGESTORE d s 0 1",
	"ZUNIONSTORE d x a", "ZINTER -1 a", "ZPOPMIN z", "ZRANDMEMBER z",
	"SORT k", "SORT k BY w* GET # STORE d", "SORT k STORE a STORE b", "SORT k GET STORE", "SORT_RO k BY w*", "DUMP k", "RESTORE k 0 x",
	"XADD x * f v", "XREAD COUNT 1 STREAMS a b 0 0", "XREAD STREAMS a 0", "XREAD COUNT 1", "XREADGROUP GROUP g c COUNT 1 NOACK STREAMS a b > >", "XGROUP CREATE x g 0", "XINFO STREAM x", "XINFO GROUPS x", "XCLAIM x g c 0 1-1", "XAUTOCLAIM x g c 0 0",
	"PFADD p a", "PFCOUNT a b", "PFMERGE d a b", "GEOADD g 1 1 m", "GEODIST g a b", "GEOSEARCH g FROMMEMBER m BYRADIUS 1 m", "GEOSEARCHSTORE d s FROMMEMBER m BYRADIUS 1 m",
	"GEORADIUS g 1 1 1 m", "GEORADIUS g 1 1 1 m STORE d", "GEORADIUS g 1 1 1 m STOREDIST d WITHDIST", "GEORADIUSBYMEMBER g m 1 m STORE d", "GEORADIUS_RO g 1 1 1 m", "COPY a b", "RENAME a b", "MEMORY USAGE k", "OBJECT ENCODING k",
}

// TestKeysAgainstOracle compares what COMMAND GETKEYS and GETKEYSANDFLAGS find in calls of the commands that are built.
func TestKeysAgainstOracle(t *testing.T) {
	n := newNode(t, Families()...)
	bin, err := testserver.Oracle("redis8")
	require.NoError(t, err)
	conn, err := testserver.Dial(testserver.Start(t, bin, testserver.Options{}).Addr)
	require.NoError(t, err)
	defer conn.Close()
	for _, call := range collectionCalls {
		if name, _, _ := strings.Cut(call, " "); n.do("COMMAND", "INFO", name).Elems[0].Null {
			continue
		}
		for _, sub := range []string{"GETKEYS", "GETKEYSANDFLAGS"} {
			ours, theirs := n.ask(t, conn, append([]string{"COMMAND", sub}, strings.Fields(call)...)...)
			a, b := keysAndFlags(ours), keysAndFlags(theirs)
			if a != b {
				t.Errorf("%s %s\nours   %s\ntheirs %s", sub, call, a, b)
			}
		}
	}
}

// keysAndFlags prints a reply; the flags of a key are a set.
func keysAndFlags(v resp.Value) string {
	for i, e := range v.Elems {
		if len(e.Elems) == 2 {
			flags := slices.Clone(e.Elems[1].Elems)
			slices.SortFunc(flags, func(a, b resp.Value) int { return strings.Compare(a.Str, b.Str) })
			v.Elems[i].Elems[1].Elems = flags
		}
	}
	return v.String()
}
