//go:build oracle

package command

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/internal/testserver"
)

// listener is a client of a real server that gets its keyspace events.
type listener struct {
	t    *testing.T
	conn *testserver.Conn // runs commands
	sub  *testserver.Conn
}

func newListener(t *testing.T, addr string) *listener {
	dial := func() *testserver.Conn {
		c, err := testserver.Dial(addr)
		require.NoError(t, err)
		c.Timeout = time.Minute
		t.Cleanup(func() { c.Close() })
		return c
	}
	l := &listener{t: t, conn: dial(), sub: dial()}
	for _, cmd := range [][]string{{"DEBUG", "SET-ACTIVE-EXPIRE", "0"}, {"FLUSHALL"}, {"CONFIG", "SET", "notify-keyspace-events", "AEmn"}} {
		v, err := l.conn.Do(cmd...)
		require.NoError(t, err)
		require.False(t, v.IsError(), "%s: %s", cmd, v)
	}
	_, err := l.sub.Do("PSUBSCRIBE", "__keyevent@*__:*")
	require.NoError(t, err)
	return l
}

func (l *listener) close() {
	l.conn.Close()
	l.sub.Close()
}

// do runs a command and returns its events.
func (l *listener) do(args ...string) (events []string) {
	_, err := l.conn.Do(args...)
	require.NoError(l.t, err, "%s", args)
	require.NoError(l.t, l.sub.Send("PING", "fence"))
	for {
		v, err := l.sub.Receive()
		require.NoError(l.t, err)
		if v.Elems[0].Str == "pong" {
			return events
		}
		channel := v.Elems[2].Str // __keyevent@0__:set
		db, event, _ := strings.Cut(strings.TrimPrefix(channel, "__keyevent@"), "__:")
		n, err := strconv.Atoi(db)
		require.NoError(l.t, err)
		events = append(events, eventLine(event, n, v.Elems[3].Str))
	}
}

// TestEventsAgainstOracles compares the files with both servers, and with -update
// writes them.
func TestEventsAgainstOracles(t *testing.T) {
	servers := oracles(t)
	files, err := filepath.Glob("testdata/events/*.txt")
	require.NoError(t, err)
	for _, path := range files {
		by := map[string]*listener{}
		for mark, s := range servers {
			by[mark] = newListener(t, s.Addr)
		}
		var text strings.Builder
		for _, s := range readEvents(t, path) {
			text.WriteString(s.head + "\n")
			switch {
			case s.head == "reset":
				by["7"].do("FLUSHALL")
				by["8"].do("FLUSHALL")
				continue
			case s.args == nil:
				continue
			}
			seven, eight := by["7"].do(s.args...), by["8"].do(s.args...)
			want := eight
			switch {
			case s.mark == "7":
				want = seven
			case s.mark == "-":
				want = s.events
			case s.mark == "" && !slices.Equal(seven, eight):
				t.Errorf("%s:%d %s\n7.0 %q\n8.0 %q", path, s.at, s.head, seven, eight)
			}
			if !*update && !slices.Equal(want, s.events) {
				t.Errorf("%s:%d %s\nfile   %q\noracle %q", path, s.at, s.head, s.events, want)
			}
			for _, e := range want {
				text.WriteString(e + "\n")
			}
		}
		by["7"].close()
		by["8"].close()
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(text.String()), 0o644))
		}
	}
}

// TestDialogueEventsAgainstOracles plays the dialogues, which go to the corners of
// every command, and compares the events of each line.
func TestDialogueEventsAgainstOracles(t *testing.T) {
	servers := oracles(t)
	files, err := filepath.Glob("testdata/dialogues/*.txt")
	require.NoError(t, err)
	for _, path := range files {
		var n *node
		var log *eventLog
		by := map[string]*listener{}
		begin := func() {
			n = newNode(t, Families()...)
			log = listenTo(n)
			for mark, s := range servers {
				if by[mark] != nil {
					by[mark].close()
				}
				by[mark] = newListener(t, s.Addr)
			}
		}
		begin()
		for _, l := range readDialogue(t, path) {
			if l.text == "reset" {
				begin()
			}
			if l.args == nil || strings.EqualFold(l.args[0], "quit") {
				continue
			}
			n.do(l.args...)
			ours := log.take()
			seven, eight := by["7"].do(l.args...), by["8"].do(l.args...)
			want := map[string][]string{"": seven, "7": seven, "8": eight}[l.mark]
			if strings.EqualFold(l.args[0], "xreadgroup") { // makes its consumer even if there is nothing to read, since 7.2
				want = eight
			}
			if l.mark != "-" && !slices.Equal(ours, want) {
				t.Errorf("%s:%d %s\nours %q\n7.0  %q\n8.0  %q", path, l.at, l.text, ours, seven, eight)
			}
		}
		by["7"].close()
		by["8"].close()
	}
}
