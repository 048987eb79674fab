package command

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/config"
)

// fakeStore is a node's configuration without the node.
type fakeStore struct {
	*config.Config
	resets   int
	loopback bool
}

func (f *fakeStore) ResetStat() { f.resets++ }

func (f *fakeStore) Set(_ *Ctx, pairs []config.Pair) error { return f.Config.Set(pairs, f.loopback) }

// configNode starts a node with the configuration that text makes.
func configNode(t *testing.T, text string) (*node, *fakeStore, string) {
	path := filepath.Join(t.TempDir(), "redis.conf")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	f := &fakeStore{Config: config.New()}
	_, err := f.Load([]string{path}, nil)
	require.NoError(t, err)
	n := newNode(t, ConfigSpecs)
	n.c.Env.Config = f
	return n, f, path
}

func TestConfigGet(t *testing.T) {
	n, _, _ := configNode(t, "maxclients 5\n")
	require.Equal(t, "*4\r\n$10\r\nmaxclients\r\n$1\r\n5\r\n$4\r\nPort\r\n$4\r\n6379\r\n", n.raw("CONFIG", "GET", "maxcl*", "Port"))
	require.Equal(t, "*0\r\n", n.raw("CONFIG", "GET", "nope"))
	n.w.Proto = 3
	require.Equal(t, "%1\r\n$10\r\nmaxclients\r\n$1\r\n5\r\n", n.raw("CONFIG", "GET", "maxclients"))
	require.Equal(t, "%0\r\n", n.raw("CONFIG", "GET", "nope*"))
}

func TestConfigSet(t *testing.T) {
	n, f, _ := configNode(t, "enable-protected-configs local\n")
	f.Hook("tcp-keepalive", func() error { return errors.New("cannot\nlisten") })
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"timeout", "5", "MAXCLIENTS", "9"}, "+OK\r\n"},
		{[]string{"timeout", "6", "maxclients"}, "-ERR syntax error\r\n"},
		{[]string{"timeout"}, "-ERR wrong number of arguments for 'config|set' command\r\n"},
		{[]string{"timeout", "6", "foo", "1"}, "-ERR Unknown option or number of arguments for CONFIG SET - 'foo'\r\n"},
		{[]string{"timeout", "6", "port", "x"}, "-ERR CONFIG SET failed (possibly related to argument 'port') - argument couldn't be parsed into an integer\r\n"},
		{[]string{"timeout", "6", "dir", "/"}, "-ERR CONFIG SET failed (possibly related to argument 'dir') - can't set protected config\r\n"},
		{[]string{"timeout", "6", "tcp-keepalive", "1"}, "-ERR CONFIG SET failed (possibly related to argument 'tcp-keepalive') - cannot listen\r\n"},
	} {
		require.Equal(t, c.want, n.raw(append([]string{"CONFIG", "SET"}, c.args...)...), "%q", c.args)
		require.EqualValues(t, 5, f.Int("timeout"))
	}
	f.loopback = true
	require.Equal(t, "+OK\r\n", n.raw("CONFIG", "SET", "dir", "/"))
}

func TestConfigRewrite(t *testing.T) {
	n, f, path := configNode(t, "# mine\ntimeout 1\n")
	require.Equal(t, "+OK\r\n", n.raw("CONFIG", "SET", "timeout", "7"))
	require.Equal(t, "+OK\r\n", n.raw("CONFIG", "REWRITE"))
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(b), "# mine\ntimeout 7\n"), "%s", b)
	require.NoError(t, os.RemoveAll(filepath.Dir(path)))
	require.Equal(t, "-ERR Rewriting config file: No such file or directory\r\n", n.raw("CONFIG", "REWRITE"))
	f.Config = config.New()
	require.Equal(t, "-ERR The server is running without a config file\r\n", n.raw("CONFIG", "REWRITE"))
}

func TestConfigOthers(t *testing.T) {
	n, f, _ := configNode(t, "")
	require.Equal(t, "+OK\r\n", n.raw("CONFIG", "RESETSTAT"))
	require.Equal(t, 1, f.resets)
	require.Equal(t, "-ERR wrong number of arguments for 'config|resetstat' command\r\n", n.raw("CONFIG", "RESETSTAT", "x"))
	help := n.raw("CONFIG", "HELP")
	require.True(t, strings.HasPrefix(help, "*11\r\n+CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n+GET <pattern>\r\n"), "%s", help)
	require.True(t, strings.HasSuffix(help, "+HELP\r\n+    Print this help.\r\n"), "%s", help)
}
