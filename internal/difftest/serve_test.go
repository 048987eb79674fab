package difftest

import (
	"bufio"
	"net"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"

	"clusternode/internal/testserver"
	"clusternode/resp"

	"github.com/stretchr/testify/require"
)

// handler answers one command with bytes as on the wire. It is called by one goroutine at a time per connection.
type handler func(args []string) []byte

// serve runs a server for the length of the test; newConn makes the handler of each connection.
func serve(t *testing.T, newConn func() handler) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			go serveConn(nc, newConn())
		}
	}()
	return l.Addr().String()
}

func serveConn(nc net.Conn, handle handler) {
	defer nc.Close()
	r := bufio.NewReader(nc)
	for {
		v, err := resp.ReadValue(r, resp.DefaultReplyLimits)
		if err != nil {
			return
		}
		args := make([]string, len(v.Elems))
		for i, e := range v.Elems {
			args[i] = e.Str
		}
		if _, err := nc.Write(handle(args)); err != nil {
			return
		}
	}
}

// toy is a server of a handful of commands, enough to run the harness without an oracle.
type toy struct {
	sync.Mutex
	data map[string]string
}

func newToy() *toy { return &toy{data: map[string]string{}} }

func (s *toy) handle(args []string) []byte {
	s.Lock()
	defer s.Unlock()
	switch name := strings.ToUpper(args[0]); {
	case name == "FLUSHALL":
		clear(s.data)
		return []byte("+OK\r\n")
	case name == "DEBUG" || name == "SELECT" || name == "HELLO" || name == "CONFIG":
		return []byte("+OK\r\n")
	case name == "SET" && len(args) == 3:
		s.data[args[1]] = args[2]
		return []byte("+OK\r\n")
	case name == "APPEND" && len(args) == 3:
		s.data[args[1]] += args[2]
		return integer(len(s.data[args[1]]))
	case name == "GET" && len(args) == 2:
		if v, ok := s.data[args[1]]; ok {
			return bulk(v)
		}
		return []byte("$-1\r\n")
	case name == "DEL" && len(args) == 2:
		before := len(s.data)
		delete(s.data, args[1])
		return integer(before - len(s.data))
	case name == "STRLEN" && len(args) == 2:
		return integer(len(s.data[args[1]]))
	case name == "KEYS":
		return s.keys()
	}
	return []byte("-ERR unknown command\r\n")
}

func (s *toy) keys() []byte {
	var names []string
	for k := range s.data {
		names = append(names, k)
	}
	sort.Strings(names)
	out := append([]byte("*"), strconv.Itoa(len(names))+"\r\n"...)
	for _, k := range names {
		out = append(out, bulk(k)...)
	}
	return out
}

func integer(n int) []byte { return []byte(":" + strconv.Itoa(n) + "\r\n") }
func bulk(s string) []byte { return []byte("$" + strconv.Itoa(len(s)) + "\r\n" + s + "\r\n") }

// proxy forwards to a server command by command and alters what alter finds wrong.
func proxy(t *testing.T, addr string, alter func(args []string, v testserver.Value) testserver.Value) string {
	return serve(t, func() handler {
		c, err := testserver.Dial(addr)
		if err != nil {
			return func([]string) []byte { return []byte("-ERR " + err.Error() + "\r\n") }
		}
		return func(args []string) []byte {
			v, err := c.Do(args...)
			if err != nil {
				return nil
			}
			return testserver.AppendValue(nil, alter(args, v))
		}
	})
}

// lenOfSeven is the planted bug: STRLEN and APPEND say 8 for a value of 7 bytes.
func lenOfSeven(args []string, v testserver.Value) testserver.Value {
	if slices.Contains([]string{"strlen", "append"}, strings.ToLower(args[0])) && v.Type == ':' && v.Str == "7" {
		v.Str = "8"
	}
	return v
}
