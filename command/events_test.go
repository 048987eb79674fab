package command

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/resp"
)

// eventLog is Events that write down keyspace events as the files in
// testdata/events have them: "set k", and "set k @1" in database 1.
type eventLog struct{ lines []string }

func (l *eventLog) Notify(_ *Ctx, _ NotifyClass, event string, db int, key []byte) {
	l.lines = append(l.lines, eventLine(event, db, string(key)))
}

func (l *eventLog) Expired(c *Ctx, k *Key) { c.Notify(NotifyExpired, "expired", k) }
func (*eventLog) Changed(*Ctx, *Key)       {}
func (*eventLog) Flushed(*Ctx)             {}

func eventLine(event string, db int, key string) string {
	line := event + " " + resp.Quoted([]byte(key))
	if db != 0 {
		line += fmt.Sprintf(" @%d", db)
	}
	return line
}

// take returns what was written down and begins anew.
func (l *eventLog) take() []string {
	out := l.lines
	l.lines = nil
	return out
}

// allEvents is every class.
const allEvents = 1<<14 - 1

// listenTo makes the node report all keyspace events to the log that is returned.
func listenTo(n *node) *eventLog {
	log := &eventLog{}
	n.c.Env.Events = log
	n.c.Env.Settings.Notify.Store(allEvents)
	return log
}

// A file of events is lines of
//
//	> SET k v       a command, and below it the events that it makes
//	new k
//	set k
//	>8 HPERSIST ... the same, as Redis 8.0 has it; 7.2 has it not at all
//	reset           from here on, with an empty server
//	# text
type eventStep struct {
	head   string // the line with the command
	args   []string
	mark   string
	events []string
	at     int
}

func readEvents(t testing.TB, path string) []eventStep {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var out []eventStep
	for i, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		sign, command, ok := strings.Cut(line, " ")
		switch last := len(out) - 1; {
		case ok && sign[0] == '>':
			s := eventStep{head: line, mark: sign[1:], at: i + 1}
			words, ok := resp.SplitWords([]byte(command), nil)
			require.True(t, ok, "%s:%d", path, s.at)
			for _, w := range words {
				s.args = append(s.args, string(w))
			}
			out = append(out, s)
		case line == "" || line == "reset" || line[0] == '#':
			out = append(out, eventStep{head: line, at: i + 1})
		default:
			require.True(t, last >= 0 && out[last].args != nil, "%s:%d", path, i+1)
			out[last].events = append(out[last].events, line)
		}
	}
	return out
}

// Every command reports the events that real servers publish, in their order.
func TestEvents(t *testing.T) {
	files, err := filepath.Glob("testdata/events/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			n := newNode(t, Families()...)
			log := listenTo(n)
			for _, s := range readEvents(t, path) {
				switch {
				case s.head == "reset":
					n = newNode(t, Families()...)
					log = listenTo(n)
				case s.args != nil:
					n.do(s.args...)
					require.Equal(t, s.events, log.take(), "%s:%d %s", path, s.at, s.head)
				}
			}
		})
	}
}

// Events of classes that are off are not reported.
func TestEventClasses(t *testing.T) {
	n := newNode(t, Families()...)
	log := listenTo(n)
	for _, c := range []struct {
		class NotifyClass
		args  []string
		want  []string
	}{
		{NotifyGeneric, []string{"SET", "a", "1", "EX", "100"}, []string{"expire a"}},
		{NotifyNew, []string{"LPUSH", "l", "1"}, []string{"new l"}},
		{NotifyList, []string{"LPOP", "l"}, []string{"lpop l"}},
		{NotifyKeyMiss, []string{"GET", "none"}, []string{"keymiss none"}},
		{NotifyHash | NotifyZSet, []string{"GET", "none"}, nil},
		{0, []string{"SET", "a", "1"}, nil},
	} {
		n.c.Env.Settings.Notify.Store(int64(c.class))
		n.do(c.args...)
		require.Equal(t, c.want, log.take(), "%v %s", c.class, c.args)
	}
}

// Fields whose time has passed go when the hash is opened for a change; in Redis
// they go in the background, with the same events.
func TestExpiredFieldEvents(t *testing.T) {
	n := newNode(t, Families()...)
	log := listenTo(n)
	n.do("HSET", "h", "a", "1", "b", "2")
	n.do("HPEXPIRE", "h", "10", "FIELDS", "1", "a")
	n.c.Now += 11
	log.take()
	n.do("HGET", "h", "a")
	require.Empty(t, log.take())
	n.do("HSET", "h", "b", "3")
	require.Equal(t, []string{"hexpired h", "hset h"}, log.take())
	n.do("HPEXPIRE", "h", "10", "FIELDS", "1", "b")
	n.c.Now += 11
	log.take()
	n.do("HSET", "h", "c", "3")
	require.Equal(t, []string{"hexpired h", "del h", "new h", "hset h"}, log.take())
}

// The lists of the files and of what handlers report are the same: an event that
// no file has was never compared with a real server.
func TestEventsAreRecorded(t *testing.T) {
	call := regexp.MustCompile(`(?:Notify|changedTo)\((?:\w+, )?Notify\w+, "([^"]+)"`)
	sources, err := filepath.Glob("*.go")
	require.NoError(t, err)
	files, err := filepath.Glob("testdata/events/*.txt")
	require.NoError(t, err)
	recorded := []string{"hexpired"} // needs time to pass: TestExpiredFieldEvents
	for _, path := range files {
		for _, s := range readEvents(t, path) {
			for _, e := range s.events {
				name, _, _ := strings.Cut(e, " ")
				recorded = append(recorded, name)
			}
		}
	}
	for _, path := range sources {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, m := range call.FindAllStringSubmatch(string(text), -1) {
			require.True(t, slices.Contains(recorded, m[1]), "%s: %s", path, m[1])
		}
	}
}

// Every command that writes is in the files; those that wait for keys are in
// testdata/talks.
func TestEventsCoverCommands(t *testing.T) {
	elsewhere := strings.Fields("blpop brpop blmove brpoplpush blmpop bzpopmin bzpopmax bzmpop restore-asking")
	n := newNode(t, Families()...)
	seen := map[*Spec]bool{}
	files, err := filepath.Glob("testdata/events/*.txt")
	require.NoError(t, err)
	for _, path := range files {
		for _, step := range readEvents(t, path) {
			if step.args != nil {
				s, _ := n.c.Env.Table.Resolve(byteArgs(step.args...))
				seen[s] = true
			}
		}
	}
	for _, s := range n.c.Env.Table.Specs() {
		if s.Handler != nil && s.Is(Write) && !s.Is(Admin) && !slices.Contains(elsewhere, s.Name) {
			require.True(t, seen[s], "%s is in no file of testdata/events", s.FullName())
		}
	}
}
