package load

import (
	"bufio"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// answer runs a server that sends reply for every command of two arguments, GET key.
func answer(t *testing.T, reply string, seen *atomic.Int64) string {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer nc.Close()
				r := bufio.NewReader(nc)
				for {
					for range 5 {
						if _, err := r.ReadString('\n'); err != nil {
							return
						}
					}
					seen.Add(1)
					if _, err := nc.Write([]byte(reply)); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

func TestClosedLoopByCount(t *testing.T) {
	var seen atomic.Int64
	addr := answer(t, "$3\r\nabc\r\n", &seen)
	res, err := Run(Plan{Addr: addr, Conns: 4, Pipeline: 5, Fill: NewCommand(100, false, "GET", "KEY"), Count: 2000})
	require.NoError(t, err)
	require.Equal(t, seen.Load(), res.Requests)
	require.GreaterOrEqual(t, res.Requests, int64(2000))
	require.EqualValues(t, res.Requests, res.Latency.Count())
	require.Positive(t, res.CPU)
}

func TestOpenLoopKeepsItsRate(t *testing.T) {
	var seen atomic.Int64
	addr := answer(t, "$-1\r\n", &seen)
	res, err := Run(Plan{Addr: addr, Conns: 3, Pipeline: 1, Fill: NewCommand(1, false, "GET", "KEY"), Rate: 2000, For: 300 * time.Millisecond})
	require.NoError(t, err)
	require.Equal(t, res.Requests, res.Nulls)
	require.Positive(t, res.Requests)
	require.LessOrEqual(t, res.Requests, int64(602), "no more than were due, whatever the server does")
}

func TestErrorsAreReported(t *testing.T) {
	var seen atomic.Int64
	addr := answer(t, "-ERR no\r\n", &seen)
	_, err := Run(Plan{Addr: addr, Conns: 1, Pipeline: 1, Fill: NewCommand(1, false, "GET", "KEY"), Count: 3})
	require.ErrorContains(t, err, "-ERR no")
}

// TestLargeBatchesAreWrittenInPieces fills the socket's buffer many times over.
func TestLargeBatchesAreWrittenInPieces(t *testing.T) {
	var seen atomic.Int64
	addr := answer(t, "+OK\r\n", &seen)
	fill := NewCommand(10, true, "GET", "KEY")
	res, err := Run(Plan{Addr: addr, Conns: 2, Pipeline: 200_000, Fill: fill, Count: 400_000})
	require.NoError(t, err)
	require.EqualValues(t, 400_000, res.Requests)
}
