//go:build linux

package hostile

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clusternode/internal/testserver"

	"github.com/stretchr/testify/require"
)

// storm is clients that run together until the time is over or one of them fails.
type storm struct {
	addr  string
	until time.Time
	wg    sync.WaitGroup
	errs  chan error
	count atomic.Int64
}

// client runs step again and again on a connection of its own.
func (s *storm) client(step func(c *testserver.Conn, n int) error) {
	s.wg.Go(func() {
		c, err := testserver.Dial(s.addr)
		if err != nil {
			s.errs <- err
			return
		}
		defer c.Close()
		for n := 0; time.Now().Before(s.until) && len(s.errs) == 0; n++ {
			if err := step(c, n); err != nil {
				select {
				case s.errs <- err:
				default:
				}
				return
			}
			s.count.Add(1)
		}
	})
}

// fine sends commands whose replies must not be errors.
func fine(c *testserver.Conn, cmds ...[]string) (testserver.Value, error) {
	var last testserver.Value
	for _, cmd := range cmds {
		v, err := c.Do(cmd...)
		if err != nil {
			return v, fmt.Errorf("%q: %w", cmd, err)
		}
		if v.IsError() {
			return v, fmt.Errorf("%q: %s", cmd, v.Str)
		}
		last = v
	}
	return last, nil
}

// TestWorldStoppersAmongTransactions: FLUSHALL, FLUSHDB inside EXEC, SWAPDB, CLIENT LIST, KEYS, DEBUG SLEEP and SCAN run beside
// transactions that write two keys of one slot, and two of different slots, to the same number. A reader must never see
// them differ: every one of these commands happens at one point in time.
func TestWorldStoppersAmongTransactions(t *testing.T) {
	for _, threads := range []string{"1", "2"} {
		t.Run("io-threads "+threads, func(t *testing.T) {
			bin, err := testserver.Ours()
			require.NoError(t, err)
			server := testserver.Start(t, bin, testserver.Options{Args: []string{"--enable-debug-command", "yes", "--io-threads", threads}})
			s := &storm{addr: server.Addr, until: time.Now().Add(time.Second), errs: make(chan error, 1)}
			s.writersAndReaders()
			s.stoppers()
			s.wg.Wait()
			close(s.errs)
			require.NoError(t, <-s.errs)
			require.Greater(t, s.count.Load(), int64(200), "everybody got on")
			require.NotContains(t, server.Log(), "panic")
			_, err = server.Do("PING")
			require.NoError(t, err)
		})
	}
}

func (s *storm) writersAndReaders() {
	for _, pair := range [][2]string{{"{x}a", "{x}b"}, {"one", "two"}} {
		for w := range 2 {
			s.client(func(c *testserver.Conn, n int) error {
				text := strconv.Itoa(n*2 + w)
				v, err := fine(c, []string{"MULTI"}, []string{"SET", pair[0], text}, []string{"SET", pair[1], text}, []string{"EXEC"})
				if err == nil && len(v.Elems) != 2 {
					err = fmt.Errorf("EXEC answered %s", v)
				}
				return err
			})
			s.client(func(c *testserver.Conn, n int) error {
				v, err := fine(c, []string{"MGET", pair[0], pair[1]})
				if err == nil && v.Elems[0].String() != v.Elems[1].String() {
					err = fmt.Errorf("half a transaction: %s", v)
				}
				return err
			})
		}
	}
	// WATCH: the counter goes up by the reads that EXEC let through, or starts again after a flush; EXEC may be aborted.
	s.client(func(c *testserver.Conn, n int) error {
		v, err := fine(c, []string{"WATCH", "counter"}, []string{"GET", "counter"})
		if err != nil {
			return err
		}
		before, _ := strconv.Atoi(v.Str) // nothing is 0
		v, err = fine(c, []string{"MULTI"}, []string{"INCR", "counter"}, []string{"EXEC"})
		if err == nil && !v.Null && v.Elems[0].Str != strconv.Itoa(before+1) {
			err = fmt.Errorf("WATCH let %d become %s", before, v)
		}
		return err
	})
}

func (s *storm) stoppers() {
	rng := rand.New(rand.NewPCG(1, 1))
	var lock sync.Mutex
	pause := func() {
		lock.Lock()
		d := time.Duration(rng.IntN(3000)) * time.Microsecond
		lock.Unlock()
		time.Sleep(d)
	}
	for _, cmds := range [][][]string{
		{{"FLUSHALL"}},
		{{"FLUSHALL", "ASYNC"}, {"SWAPDB", "0", "1"}},
		{{"MULTI"}, {"SET", "{x}a", "0"}, {"FLUSHDB"}, {"SET", "{x}a", "7"}, {"SET", "{x}b", "7"}, {"EXEC"}},
		{{"CLIENT", "LIST"}, {"INFO", "everything"}, {"DBSIZE"}},
		{{"KEYS", "*"}, {"SCAN", "0", "COUNT", "100"}, {"RANDOMKEY"}},
		{{"DEBUG", "SLEEP", "0.001"}},
		{{"CLIENT", "PAUSE", "1", "WRITE"}, {"CLIENT", "UNPAUSE"}},
	} {
		s.client(func(c *testserver.Conn, n int) error {
			_, err := fine(c, cmds...)
			pause()
			return err
		})
	}
}
