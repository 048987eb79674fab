//go:build linux

package hostile

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"clusternode/internal/testserver"

	"github.com/stretchr/testify/require"
)

// target is the process under attack and its witness.
type target struct {
	*testserver.Server
	t      *testing.T
	before int64 // resident bytes
	stop   chan struct{}
	done   chan error
	served atomic.Int64
}

func attack(t *testing.T, args ...string) *target {
	bin, err := testserver.Ours()
	require.NoError(t, err)
	x := &target{Server: testserver.Start(t, bin, testserver.Options{Args: args}), t: t, stop: make(chan struct{}), done: make(chan error, 1)}
	x.before = x.resident()
	go func() { x.done <- x.witness() }()
	return x
}

// witness counts up and reads back until stopped.
func (x *target) witness() error {
	c, err := testserver.Dial(x.Addr)
	if err != nil {
		return err
	}
	defer c.Close()
	for n := 1; ; n++ {
		select {
		case <-x.stop:
			return nil
		default:
		}
		for _, cmd := range [][]string{{"INCR", "witness"}, {"GET", "witness"}} {
			v, err := c.Do(cmd...)
			if err != nil {
				return fmt.Errorf("witness: %w", err)
			}
			if v.Str != strconv.Itoa(n) {
				return fmt.Errorf("witness: %q answered %s, want %d", cmd, v, n)
			}
		}
		x.served.Add(1)
		time.Sleep(time.Millisecond)
	}
}

// end stops the witness and checks the server: alive, the same, all guilty connections gone, memory within the bound.
func (x *target) end(bound int64) {
	x.t.Helper()
	at := x.served.Load()
	require.Eventually(x.t, func() bool { return x.served.Load() > at+3 || len(x.done) > 0 }, 20*time.Second, 5*time.Millisecond, "the witness is served")
	close(x.stop)
	require.NoError(x.t, <-x.done)
	require.Less(x.t, x.resident()-x.before, bound, "resident memory grew")
	select {
	case <-x.Exited():
		x.t.Fatal("the server ended")
	default:
	}
	require.Eventually(x.t, func() bool { return x.info("connected_clients:") <= 1 }, 20*time.Second, 20*time.Millisecond, "guilty connections are gone")
	require.NotContains(x.t, x.Log(), "panic")
}

func (x *target) resident() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", x.PID()))
	require.NoError(x.t, err)
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	require.NoError(x.t, err)
	return kb << 10
}

// info reads a number of INFO.
func (x *target) info(name string) int64 {
	v, err := x.Do("INFO", "everything")
	if err != nil {
		return -1
	}
	_, rest, found := strings.Cut(v.Str, name)
	require.True(x.t, found, name)
	text, _, _ := strings.Cut(rest, "\r\n")
	n, err := strconv.ParseInt(text, 10, 64)
	require.NoError(x.t, err)
	return n
}

func (x *target) dial() net.Conn {
	nc, err := net.Dial("tcp", x.Addr)
	require.NoError(x.t, err)
	return nc
}

// readAll reads what the server sends until it closes the connection.
func readAll(t *testing.T, nc net.Conn) string {
	require.NoError(t, nc.SetReadDeadline(time.Now().Add(20*time.Second)))
	var out []byte
	buf := make([]byte, 4096)
	for {
		n, err := nc.Read(buf)
		out = append(out, buf[:n]...)
		if err != nil {
			require.NotErrorIs(t, err, os.ErrDeadlineExceeded, "still open after %q", out)
			return string(out)
		}
	}
}

const mib = 1 << 20
