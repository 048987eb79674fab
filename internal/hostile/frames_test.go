//go:build linux

package hostile

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestBadFramesGetAnErrorAndAreClosed: the error names the fault, as Redis words it, and only the guilty connection ends.
func TestBadFramesGetAnErrorAndAreClosed(t *testing.T) {
	x := attack(t)
	for _, c := range []struct{ frame, want string }{
		{"*x\r\n", "-ERR Protocol error: invalid multibulk length\r\n"},
		{"*2147483648\r\n", "-ERR Protocol error: invalid multibulk length\r\n"},
		{"*9223372036854775808\r\n", "-ERR Protocol error: invalid multibulk length\r\n"},
		{"*1\r\n$-1\r\n", "-ERR Protocol error: invalid bulk length\r\n"},
		{"*1\r\n$-2\r\n", "-ERR Protocol error: invalid bulk length\r\n"},
		{"*1\r\n$x\r\n", "-ERR Protocol error: invalid bulk length\r\n"},
		{"*1\r\n$536870913\r\n", "-ERR Protocol error: invalid bulk length\r\n"},
		{"*1\r\n$9223372036854775807\r\n", "-ERR Protocol error: invalid bulk length\r\n"},
		{"*1\r\n+PING\r\n", "-ERR Protocol error: expected '$', got '+'\r\n"},
		{"*3\r\n$3\r\nSET\r\n:1\r\n", "-ERR Protocol error: expected '$', got ':'\r\n"},
		{"GET \"a\r\n", "-ERR Protocol error: unbalanced quotes in request\r\n"},
		{strings.Repeat("x", 70<<10), "-ERR Protocol error: too big inline request\r\n"},
		{"*" + strings.Repeat("1", 70<<10), "-ERR Protocol error: too big mbulk count string\r\n"},
		{"*1\r\n$" + strings.Repeat("1", 70<<10), "-ERR Protocol error: too big bulk count string\r\n"},
	} {
		nc := x.dial()
		_, err := io.WriteString(nc, "PING\r\n"+c.frame)
		if err == nil {
			require.Equal(t, "+PONG\r\n"+c.want, readAll(t, nc), "%.40q", c.frame)
		}
		nc.Close()
	}
	x.end(32 * mib)
}

// TestGarbage sends random bytes, with and without the shape of a protocol, and cuts connections anywhere.
func TestGarbage(t *testing.T) {
	x := attack(t)
	rng := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"*", "$", "\r\n", "-1", "3", "GET", "SET", "a", "\x00", "*3\r\n", "$3\r\nSET\r\n", "$1\r\na\r\n", "\"", "'", " ", "+", ":", "4611686018427387904", "\xff", "MULTI\r\n", "EXEC\r\n", "HELLO 3\r\n", "CLIENT REPLY OFF\r\n"}
	for i := range 400 {
		nc := x.dial()
		var b strings.Builder
		for range 1 + rng.IntN(60) {
			if i%2 == 0 {
				b.WriteString(pieces[rng.IntN(len(pieces))])
			} else {
				b.WriteByte(byte(rng.Uint32()))
			}
		}
		// An error means that the server has closed the connection already, as it may.
		_, _ = io.WriteString(nc, b.String())
		if i%3 == 0 {
			_ = nc.SetReadDeadline(time.Now().Add(time.Millisecond))
			_, _ = nc.Read(make([]byte, 1000))
		}
		if i%5 == 0 {
			require.NoError(t, nc.(*net.TCPConn).SetLinger(0)) // ends with a reset
		}
		nc.Close()
	}
	x.end(32 * mib)
}

// TestPromisedLengthsCostNothing: many clients announce 512 MB, or a million arguments, and send a few bytes of them.
func TestPromisedLengthsCostNothing(t *testing.T) {
	x := attack(t)
	var conns []net.Conn
	for i := range 200 {
		nc := x.dial()
		conns = append(conns, nc)
		start := "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$536870912\r\nsome bytes"
		if i%2 == 0 {
			start = "*1048576\r\n$4\r\nMGET\r\n$1\r\na\r\n"
		}
		_, err := io.WriteString(nc, start)
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool { return x.info("connected_clients:") >= 200 }, 20*time.Second, 10*time.Millisecond)
	require.Less(t, x.resident()-x.before, int64(64*mib))
	for _, nc := range conns {
		nc.Close()
	}
	x.end(64 * mib)
}

// TestBytesOneByOne: many senders whose commands come in single bytes, all at the same time, and each is answered.
func TestBytesOneByOne(t *testing.T) {
	x := attack(t)
	const senders = 500
	command := "*3\r\n$3\r\nSET\r\n$7\r\nkey%04d\r\n$5\r\nvalue\r\n"
	conns := make([]net.Conn, senders)
	for i := range conns {
		conns[i] = x.dial()
	}
	for at := range len(fmt.Sprintf(command, 0)) {
		for i, nc := range conns {
			_, err := nc.Write([]byte{fmt.Sprintf(command, i)[at]})
			require.NoError(t, err)
		}
	}
	buf := make([]byte, 5)
	for _, nc := range conns {
		_, err := io.ReadFull(nc, buf)
		require.NoError(t, err)
		require.Equal(t, "+OK\r\n", string(buf))
		nc.Close()
	}
	x.end(64 * mib)
}

// TestRepliesThatNobodyReads: pipelines ask for far more than memory holds and never read. A limit on the output buffer
// closes the guilty; what the server holds for them stays near the limit.
func TestRepliesThatNobodyReads(t *testing.T) {
	x := attack(t, "--client-output-buffer-limit", "normal 4mb 4mb 60", "--proto-max-bulk-len", "1mb")
	_, err := x.Do("SET", "big", strings.Repeat("x", 64<<10))
	require.NoError(t, err)
	const guilty = 8
	batch := strings.Repeat("*2\r\n$3\r\nGET\r\n$3\r\nbig\r\n", 20_000) // 1.3 GB of replies
	var most int64
	for range guilty {
		nc := x.dial()
		defer nc.Close()
		go func() {
			// Ends when all is sent, which the server need not read, or the connection is closed.
			_, _ = io.WriteString(nc, batch)
		}()
	}
	require.Eventually(t, func() bool {
		most = max(most, x.resident()-x.before)
		return x.info("connected_clients:") <= 2 && x.info("total_commands_processed:") > guilty*100
	}, 60*time.Second, 5*time.Millisecond, "the guilty are closed")
	require.Less(t, most, int64(256*mib), "8 connections with a limit of 4 MB each")
	x.end(128 * mib)
}

// TestRepliesThatNobodyReadsWithoutALimit: normal clients have no limit by default. A client's pipeline waits once 64 MiB of its
// replies do, and above 256 MiB for all of them together the largest are closed: memory does not grow with what they ask
// for, here 21 GB. The bound is twice that and some, as the collector lets its heap grow before it collects.
func TestRepliesThatNobodyReadsWithoutALimit(t *testing.T) {
	x := attack(t)
	_, err := x.Do("SET", "big", strings.Repeat("x", 64<<10))
	require.NoError(t, err)
	batch := strings.Repeat("*2\r\n$3\r\nGET\r\n$3\r\nbig\r\n", 20_000) // 1.3 GB of replies
	for range 16 {
		nc := x.dial()
		defer nc.Close()
		go func() { _, _ = io.WriteString(nc, batch) }()
	}
	require.Eventually(t, func() bool { return x.info("total_commands_processed:") > 16*10 }, 20*time.Second, 5*time.Millisecond)
	at := x.served.Load()
	require.Eventually(t, func() bool {
		require.Less(t, x.resident()-x.before, int64(768*mib))
		return x.served.Load() > at+200
	}, 30*time.Second, 5*time.Millisecond, "the witness is served")
}

// TestEveryReplyOfALongPipelineArrives: replies pile up while nobody reads, without a limit as is the default for normal
// clients, and all arrive in order in the end.
func TestEveryReplyOfALongPipelineArrives(t *testing.T) {
	x := attack(t)
	nc := x.dial()
	defer nc.Close()
	const n = 200_000
	go func() {
		_, _ = io.WriteString(nc, strings.Repeat("*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n", n))
	}()
	require.NoError(t, nc.SetReadDeadline(time.Now().Add(60*time.Second)))
	time.Sleep(100 * time.Millisecond) // the replies pile up
	var got strings.Builder
	buf := make([]byte, 1<<20)
	for lines := 0; lines < n; {
		k, err := nc.Read(buf)
		require.NoError(t, err)
		got.Write(buf[:k])
		lines += strings.Count(string(buf[:k]), "\n")
	}
	var want strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&want, ":%d\r\n", i)
	}
	require.True(t, want.String() == got.String())
	nc.Close()
	x.end(64 * mib)
}

// TestTooManyClients: above maxclients a client is told and closed, and a place that becomes free is given again.
func TestTooManyClients(t *testing.T) {
	x := attack(t, "--maxclients", "20")
	var conns []net.Conn
	refused := 0
	for range 40 {
		nc := x.dial()
		conns = append(conns, nc)
		_, err := io.WriteString(nc, "PING\r\n")
		require.NoError(t, err)
		buf := make([]byte, 100)
		require.NoError(t, nc.SetReadDeadline(time.Now().Add(20*time.Second)))
		n, _ := nc.Read(buf) // a refused connection may be reset after its error
		if text := string(buf[:n]); text != "+PONG\r\n" {
			require.Equal(t, "-ERR max number of clients reached\r\n", text)
			refused++
		}
	}
	require.GreaterOrEqual(t, refused, 20)
	for _, nc := range conns {
		nc.Close()
	}
	x.end(32 * mib)
}
