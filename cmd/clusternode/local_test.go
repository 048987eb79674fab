package main_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// local starts the verb on free ports and returns when it says that it is
// ready.
func local(t *testing.T, primaries int, args ...string) (*process, int) {
	port := freePorts(t, primaries)
	args = append([]string{"local", "--port", strconv.Itoa(port), "--primaries", strconv.Itoa(primaries)}, args...)
	p := launch(t, nil, args...)
	p.prints("Ctrl-C stops")
	return p, port
}

// stop sends Ctrl-C.
func (p *process) stop() {
	p.t.Helper()
	p.signal(syscall.SIGINT)
	require.Zero(p.t, p.wait())
}

func TestLocal(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	for _, n := range []int{1, 3, 5} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			p, port := local(t, n)
			out := p.output()
			require.Contains(t, out, fmt.Sprintf("redis-cli -c -p %d", port))
			for i := range n {
				require.Contains(t, out, fmt.Sprintf("127.0.0.1:%d", port+i))
				info := dial(t, port+i).do("CLUSTER", "INFO")
				require.Contains(t, info, "cluster_state:ok")
				require.Contains(t, info, "cluster_slots_assigned:16384")
				require.Contains(t, info, fmt.Sprintf("cluster_known_nodes:%d", n))
				require.Contains(t, info, fmt.Sprintf("cluster_size:%d", n))
			}
			require.Equal(t, n < 3, strings.Contains(out, "fewer than 3 primaries"))
			// "a" is slot 15495, of the last node.
			last := dial(t, port+n-1)
			require.Equal(t, "+OK", last.do("SET", "a", "1"))
			if n > 1 {
				require.Equal(t, fmt.Sprintf("-MOVED 15495 127.0.0.1:%d", port+n-1), dial(t, port).do("GET", "a"))
			}
			dirs, err := filepath.Glob(filepath.Join(temp, "clusternode-local-*"))
			require.NoError(t, err)
			require.Len(t, dirs, 1)
			p.stop()
			require.NoDirExists(t, dirs[0], "a temporary folder goes at the end")
			for i := range n {
				require.True(t, refused(port+i))
			}
		})
	}
}

// TestLocalRestarts: with --dir the topology is found again, also when there
// were keys; a folder of other nodes is refused.
func TestLocalRestarts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cluster")
	p, port := local(t, 3, "--dir", dir)
	ids := make(map[string]bool)
	for i := range 3 {
		c := dial(t, port+i)
		ids[c.do("CLUSTER", "MYID")] = true
		for k := range 100 {
			c.do("SET", strconv.Itoa(k), "v") // a third of them is this node's
		}
	}
	require.Len(t, ids, 3)
	shards := dial(t, port).do("CLUSTER", "SLOTS")
	p.stop()
	require.DirExists(t, dir)

	p = launch(t, nil, "local", "--port", strconv.Itoa(port), "--dir", dir)
	p.prints("Ctrl-C stops")
	for i := range 3 {
		c := dial(t, port+i)
		require.True(t, ids[c.do("CLUSTER", "MYID")])
		require.Contains(t, c.do("CLUSTER", "INFO"), "cluster_state:ok")
	}
	require.Equal(t, shards, dial(t, port).do("CLUSTER", "SLOTS"))
	p.signal(syscall.SIGTERM)
	require.Zero(t, p.wait())

	for _, args := range [][]string{{"--primaries", "2"}, {"--primaries", "4"}, {"--port", strconv.Itoa(freePorts(t, 3))}} {
		status, out := run(t, append([]string{"local", "--port", strconv.Itoa(port), "--dir", dir}, args...)...)
		require.Equal(t, 1, status)
		require.Contains(t, out, fmt.Sprintf("holds a cluster of nodes on the ports [%d %d %d]", port, port+1, port+2))
	}
}

// TestLocalShutdownOfANode ends the whole cluster: nobody is left behind.
func TestLocalShutdownOfANode(t *testing.T) {
	p, port := local(t, 3)
	_, err := dial(t, port+1).nc.Write([]byte("SHUTDOWN NOSAVE\r\n"))
	require.NoError(t, err)
	require.Zero(t, p.wait())
	require.Contains(t, p.output(), "a node was shut down")
}

// TestLocalNamesPortsInUse: a client port, and a bus port, before anything is
// started.
func TestLocalNamesPortsInUse(t *testing.T) {
	for name, offset := range map[string]int{"client port": 1, "bus port": 10002} {
		t.Run(name, func(t *testing.T) {
			port := freePorts(t, 3)
			taken, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port+offset))
			require.NoError(t, err)
			defer taken.Close()
			dir := filepath.Join(t.TempDir(), "d")
			status, out := run(t, "local", "--port", strconv.Itoa(port), "--dir", dir)
			require.Equal(t, 1, status)
			require.Contains(t, out, strconv.Itoa(port+offset))
			require.Contains(t, out, "address already in use")
			require.NoDirExists(t, dir)
			require.True(t, refused(port))
		})
	}
}

func TestLocalBadFlags(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--bogus"}, "bogus"},
		{[]string{"extra"}, `unknown argument "extra"`},
		{[]string{"--primaries", "0"}, "--primaries must be between 1 and"},
		{[]string{"--primaries", "x"}, "primaries"},
		{[]string{"--primaries", "101"}, "--primaries must be between 1 and"},
		{[]string{"--port", "0"}, "--port must be between 1 and"},
		{[]string{"--port", "60000"}, "--port must be between 1 and"},
		{[]string{"--loglevel", "loud"}, "loglevel"},
	} {
		status, out := run(t, append([]string{"local"}, c.args...)...)
		require.Equal(t, 1, status, c.args)
		require.Contains(t, out, c.want)
	}
	status, out := run(t, "local", "--help")
	require.Zero(t, status)
	require.Contains(t, out, "Usage: clusternode local")
}

// TestLocalUnusableDir is an error that names the folder.
func TestLocalUnusableDir(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	status, out := run(t, "local", "--port", strconv.Itoa(freePorts(t, 3)), "--dir", file)
	require.Equal(t, 1, status)
	require.Contains(t, out, file)
}
