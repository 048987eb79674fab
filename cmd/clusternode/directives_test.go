package main

import (
	"net"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/config"
	"clusternode/internal/testserver"
)

// TestEveryDirective runs a node with everything switched on that can be: a
// directive that the table calls built and that nobody has read is one that
// would be accepted and ignored.
func TestEveryDirective(t *testing.T) {
	list, err := filepath.Abs(directivesFile)
	require.NoError(t, err)
	dir := t.TempDir()
	t.Chdir(dir)
	port, err := testserver.FreePort()
	require.NoError(t, err)
	cfg := config.New()
	status := make(chan int)
	go func() {
		status <- runNode(cfg, []string{
			"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--unixsocket", "sock", "--cluster-enabled", "yes",
			"--dir", dir, "--logfile", filepath.Join(dir, "log"), "--syslog-enabled", "yes", "--maxmemory", "1gb",
		})
	}()
	var nc net.Conn
	require.Eventually(t, func() bool {
		nc, err = net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		return err == nil
	}, 30*time.Second, 5*time.Millisecond)
	defer nc.Close()
	// Two commands whose directives are read when they run.
	_, err = nc.Write([]byte("DEBUG JMAP\r\nCONFIG SET dbfilename x\r\nCLIENT LIST\r\nSHUTDOWN NOSAVE\r\n"))
	require.NoError(t, err)
	require.Zero(t, <-status)
	require.Empty(t, cfg.Unasked())
	checkEffects(t, cfg, list)
	require.NoFileExists(t, "sock")
}
