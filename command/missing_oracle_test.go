//go:build oracle

package command

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/internal/testserver"
)

// missing are the commands of real servers that are not built, by what they
// belong to. Their subcommands are missing with them. The list must stay true.
var missing = map[string]string{
	"persistence":      "bgrewriteaof bgsave lastsave save",
	"replication":      "failover psync replconf replicaof role slaveof sync wait waitaof",
	"moving keys":      "migrate",
	"scripts":          "eval eval_ro evalsha evalsha_ro fcall fcall_ro function script",
	"users":            "acl",
	"modules":          "module",
	"vector sets, 8.0": "vadd vcard vdim vemb vgetattr vinfo vismember vlinks vrandmember vrem vsetattr vsim",
}

func TestEveryCommandOfTheOracles(t *testing.T) {
	n := newNode(t, Families()...)
	absent := map[string]bool{}
	for _, names := range missing {
		for _, name := range strings.Fields(names) {
			require.Nil(t, n.c.Env.Table.Find([]byte(name)), "%s is there", name)
			absent[name] = false
		}
	}
	for mark, server := range oracles(t) {
		conn, err := testserver.Dial(server.Addr)
		require.NoError(t, err)
		defer conn.Close()
		v, err := conn.Do("COMMAND", "LIST")
		require.NoError(t, err)
		require.NotEmpty(t, v.Elems)
		for _, e := range v.Elems {
			name := strings.ToLower(e.Str)
			root, _, _ := strings.Cut(name, "|")
			if _, known := absent[root]; known {
				absent[root] = true
				continue
			}
			require.NotNil(t, n.c.Env.Table.Find([]byte(name)), "%s of %s.0 is neither here nor known to be missing", name, mark)
		}
	}
	for name, seen := range absent {
		require.True(t, seen, "%s is no command of the oracles", name)
	}
}
