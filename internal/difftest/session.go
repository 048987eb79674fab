package difftest

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"clusternode/internal/testserver"
)

// closed stands for "the server closed the connection", an answer like any other: both servers must close.
var closed = testserver.Value{Type: 'X', Str: "connection closed"}

// silent stands for "no reply", which no server of two may keep for itself.
var silent = testserver.Value{Type: 'X', Str: "no reply"}

// replyTimeout is long for one command and short for a history that gets shrunk while a server is silent.
const replyTimeout = 10 * time.Second

// maxScan bounds one SCAN iteration over the small key space of a history.
const maxScan = 100_000

// session is one server's side of a run: its connections and what they have queued.
type session struct {
	addr  string
	proto int
	conns [conns]*testserver.Conn // nil until used and after the server closed it
	multi [conns]bool             // between MULTI and EXEC
	push  testserver.Value        // the push that came before the last reply, zero if none did
}

// configDefaults undoes what histories set.
var configDefaults = []string{"CONFIG", "SET", "maxmemory", "0", "maxmemory-policy", "noeviction", "maxmemory-samples", "5", "hz", "10", "timeout", "0",
	"lfu-log-factor", "10", "lfu-decay-time", "1", "slowlog-max-len", "128", "lazyfree-lazy-user-del", "no"}

// packedLimits are what histories may change of the sizes at which encodings change, as 7.2 has them. A server that does not
// know one refuses it, and histories for it leave it out.
var packedLimits = [][2]string{
	{"hash-max-listpack-entries", "128"}, {"hash-max-listpack-value", "64"}, {"list-max-listpack-size", "-2"}, {"list-compress-depth", "0"},
	{"set-max-intset-entries", "512"}, {"set-max-listpack-entries", "128"}, {"set-max-listpack-value", "64"},
	{"zset-max-listpack-entries", "128"}, {"zset-max-listpack-value", "64"}, {"hll-sparse-max-bytes", "3000"},
	{"stream-node-max-bytes", "4096"}, {"stream-node-max-entries", "100"},
}

// newSession empties the server. Histories end with the databases swapped and filled; nothing else outlives a connection.
func newSession(addr string, proto int) (*session, error) {
	s := &session{addr: addr, proto: proto}
	c, err := testserver.Dial(addr)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	for _, cmd := range [][]string{{"DEBUG", "SET-ACTIVE-EXPIRE", "0"}, {"FLUSHALL"}, configDefaults} {
		v, err := c.Do(cmd...)
		if err != nil {
			return nil, err
		}
		if v.IsError() {
			return nil, fmt.Errorf("%q on %s: %s", cmd, addr, v)
		}
	}
	for _, l := range packedLimits {
		if _, err := c.Do("CONFIG", "SET", l[0], l[1]); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *session) close() {
	for _, c := range s.conns {
		if c != nil {
			c.Close()
		}
	}
}

// conn returns the connection of that number, dialled when needed.
func (s *session) conn(i int) (*testserver.Conn, error) {
	if s.conns[i] != nil {
		return s.conns[i], nil
	}
	c, err := testserver.Dial(s.addr)
	if err != nil {
		return nil, err
	}
	c.Timeout = replyTimeout
	if s.proto == 3 {
		if v, err := c.Do("HELLO", "3"); err != nil || v.IsError() {
			c.Close()
			return nil, fmt.Errorf("HELLO 3 on %s: %s %v", s.addr, v, err)
		}
	}
	s.conns[i] = c
	return c, nil
}

// send writes the step; run.go sends to both servers before it reads from either, so that they work side by side.
func (s *session) send(st Step) error {
	c, err := s.conn(st.Conn)
	if err != nil {
		return err
	}
	if st.Raw != "" {
		err = c.SendRaw([]byte(st.Raw))
	} else {
		err = c.Send(st.Args...)
	}
	if err != nil && !isClosed(err) {
		return err
	}
	return nil // a connection that is closed already shows in receive
}

// receive reads the step's reply, or closed.
func (s *session) receive(st Step) (testserver.Value, error) {
	v, err := s.conns[st.Conn].Receive()
	s.push = testserver.Value{}
	if err == nil && v.Type == '>' {
		// A push comes beside the reply, which is what rules and transactions are about.
		s.push = v
		v, err = s.conns[st.Conn].Receive()
	}
	switch {
	case err != nil && isClosed(err):
		s.drop(st.Conn)
		return closed, nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		s.drop(st.Conn)
		return silent, nil
	case err != nil:
		return v, fmt.Errorf("%s, reply to %s: %w", s.addr, st, err)
	}
	if isScanFromStart(st) && v.Type == '*' && !s.multi[st.Conn] {
		return s.scanWhole(st, v)
	}
	s.track(st, v)
	return v, nil
}

func (s *session) drop(conn int) {
	s.conns[conn].Close()
	s.conns[conn], s.multi[conn] = nil, false
}

// track follows the transaction state, as far as replies have to be read differently in it.
func (s *session) track(st Step, v testserver.Value) {
	if len(st.Args) == 0 || v.IsError() && !endsTransaction(v.Str) {
		return
	}
	switch strings.ToLower(st.Args[0]) {
	case "multi":
		s.multi[st.Conn] = true
	case "exec", "discard", "reset":
		s.multi[st.Conn] = false
	}
}

// endsTransaction tells the errors of EXEC after which there is no transaction: of a bad command in it, and of keys that the
// node does not serve.
func endsTransaction(text string) bool {
	word, _, _ := strings.Cut(text, " ")
	return slices.Contains([]string{"EXECABORT", "CROSSSLOT", "MOVED", "ASK", "TRYAGAIN", "CLUSTERDOWN"}, word)
}

// isClosed tells the ways in which a connection ends from time-outs and bad framing.
func isClosed(err error) bool {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	var op *net.OpError
	return errors.As(err, &op) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// scanCursor is the place of the cursor among the arguments, 0 if the step is no scan. A scan of members whose cursor is
// in another place is none here.
func scanCursor(st Step) int {
	if len(st.Args) == 0 {
		return 0
	}
	switch strings.ToLower(st.Args[0]) {
	case "scan":
		return 1
	case "hscan", "sscan", "zscan":
		return 2
	}
	return 0
}

func isScanFromStart(st Step) bool {
	at := scanCursor(st)
	return at > 0 && len(st.Args) > at && st.Args[at] == "0"
}

// scanWidth is how many elements belong together in the replies to a scan.
func scanWidth(st Step) int {
	name := strings.ToLower(st.Args[0])
	noValues := slices.ContainsFunc(st.Args, func(a string) bool { return strings.EqualFold(a, "novalues") })
	if name == "zscan" || name == "hscan" && !noValues {
		return 2
	}
	return 1
}

// scanWhole follows the cursor of a scan to its end and returns all that came, sorted and without repetition: what SCAN
// promises, whatever the order and the size of its steps.
func (s *session) scanWhole(st Step, v testserver.Value) (testserver.Value, error) {
	var all []testserver.Value
	width, at := scanWidth(st), scanCursor(st)
	for range maxScan {
		if len(v.Elems) != 2 || v.Elems[0].Type != '$' || v.Elems[1].Type != '*' || len(v.Elems[1].Elems)%width != 0 {
			return v, nil
		}
		for group := range slices.Chunk(v.Elems[1].Elems, width) {
			all = append(all, testserver.Value{Type: '*', Elems: group})
		}
		if v.Elems[0].Str == "0" {
			whole := sorted(testserver.Value{Type: '*', Elems: all}, false)
			whole.Elems = slices.CompactFunc(whole.Elems, func(a, b testserver.Value) bool { return exact(a, b) == "" })
			return whole, nil
		}
		args := slices.Clone(st.Args)
		args[at] = v.Elems[0].Str
		var err error
		if v, err = s.conns[st.Conn].Do(args...); err != nil {
			return v, err
		}
	}
	return v, fmt.Errorf("%s: %s did not end in %d steps", s.addr, st, maxScan)
}
