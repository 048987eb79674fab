package difftest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"clusternode/internal/testserver"
)

// Keyspace events: a history with Events has a listener on each server, and after every step what the two have heard must
// be equal.

// listener hears the keyspace events of one server.
type listener struct {
	sub    *testserver.Conn // gets all events, and fences
	fencer *testserver.Conn
	fences int
}

const fenceChannel = "fence"

// listen turns all classes of events on.
func listen(addr string) (*listener, error) {
	l := &listener{}
	for _, c := range []**testserver.Conn{&l.sub, &l.fencer} {
		var err error
		if *c, err = testserver.Dial(addr); err != nil {
			l.close()
			return nil, err
		}
		(*c).Timeout = replyTimeout
	}
	if v, err := l.fencer.Do("CONFIG", "SET", "notify-keyspace-events", "KEAmn"); err != nil || v.IsError() {
		l.close()
		return nil, fmt.Errorf("notify-keyspace-events on %s: %s %v", addr, v, err)
	}
	for _, cmd := range [][]string{{"PSUBSCRIBE", "__key*__:*"}, {"SUBSCRIBE", fenceChannel}} {
		if v, err := l.sub.Do(cmd...); err != nil || v.IsError() {
			l.close()
			return nil, fmt.Errorf("%s on %s: %s %v", cmd, addr, v, err)
		}
	}
	return l, nil
}

// close turns the events off again: other histories share the server.
func (l *listener) close() {
	if l == nil {
		return
	}
	if l.fencer != nil {
		_, _ = l.fencer.Do("CONFIG", "SET", "notify-keyspace-events", "")
		l.fencer.Close()
	}
	if l.sub != nil {
		l.sub.Close()
	}
}

// take returns what was published since the last time: an array of "channel message". Everything that a command publishes
// is on its way to a subscriber before the command's reply is, so a message published after that reply comes behind it.
func (l *listener) take() (testserver.Value, error) {
	l.fences++
	fence := strconv.Itoa(l.fences)
	heard := testserver.Value{Type: '*'}
	if err := l.fencer.Send("PUBLISH", fenceChannel, fence); err != nil {
		return heard, err
	}
	for {
		v, err := l.sub.Receive()
		switch {
		case err != nil:
			return heard, fmt.Errorf("subscriber: %w", err)
		case len(v.Elems) == 3 && v.Elems[1].Str == fenceChannel && v.Elems[2].Str == fence:
			_, err := l.fencer.Receive()
			return heard, err
		case len(v.Elems) != 4:
			return heard, fmt.Errorf("subscriber: %s", v)
		}
		heard.Elems = append(heard.Elems, testserver.Value{Type: '$', Str: v.Elems[2].Str + " " + v.Elems[3].Str})
	}
}

// hearing is the listeners of a run, none if its history has no Events.
type hearing struct {
	ours, oracle *listener
	loose        [conns]bool // the transaction that is queued holds a command whose events come in any order
}

func (h *hearing) start(p Pair) (err error) {
	if h.ours, err = listen(p.Ours); err == nil {
		h.oracle, err = listen(p.Oracle)
	}
	return err
}

func (h *hearing) close() {
	h.ours.close()
	h.oracle.close()
}

// compare takes what both servers have published because of a step and returns why that differs, or "".
func (h *hearing) compare(oracle string, st Step) (why string, mine, theirs testserver.Value, err error) {
	if h.ours == nil {
		return "", mine, theirs, nil
	}
	if mine, err = h.ours.take(); err == nil {
		theirs, err = h.oracle.take()
	}
	if err != nil {
		return "", mine, theirs, err
	}
	rule := exact
	if h.anyOrder(st) {
		rule = asSet
	}
	if why = rule(mine, theirs); why != "" {
		why = "events differ"
	}
	return why, mine, theirs, nil
}

// drain forgets what was published when the run looked at what chance has done, and evened it out.
func (h *hearing) drain(st Step) error {
	if h.ours == nil || len(st.Args) == 0 {
		return nil
	}
	name := strings.ToLower(st.Args[0])
	if _, ok := randoms[name]; !ok && name != "spop" {
		return nil
	}
	_, err := h.ours.take()
	if err == nil {
		_, err = h.oracle.take()
	}
	return err
}

// walkers are commands that look keys up, or meet expired ones, in the order of a table.
var walkers = []string{"keys", "scan", "randomkey", "sort", "sort_ro"}

// anyOrder says whether the step walks over keys, or is an EXEC of such steps.
func (h *hearing) anyOrder(st Step) bool {
	if len(st.Args) == 0 {
		return false
	}
	name := strings.ToLower(st.Args[0])
	loose := slices.Contains(walkers, name)
	if name == "exec" {
		loose, h.loose[st.Conn] = h.loose[st.Conn], false
	}
	h.loose[st.Conn] = h.loose[st.Conn] || loose && name != "exec"
	return loose
}

// eventHistory makes a history with events of one without: it leaves out what would end or hold the listeners, and what the
// oracle does not publish as Redis 7.2 does.
func eventHistory(h History) History {
	h.Events = true
	h.Steps = slices.DeleteFunc(slices.Clone(h.Steps), func(st Step) bool {
		return len(st.Args) > 1 && strings.EqualFold(st.Args[0], "client") && (strings.EqualFold(st.Args[1], "kill") || strings.EqualFold(st.Args[1], "pause")) ||
			eventsDiffer(h.Oracle, st.Args)
	})
	return h
}

// eventDifferences names commands whose events the oracle publishes in another way than Redis 7.2.
var eventDifferences = map[string][]string{
	// A consumer is made only if it gets something, before 7.2.
	"redis": {"xreadgroup", "xclaim", "xautoclaim"},
	// A time that has passed makes a key expire; it is deleted elsewhere.
	"valkey": {"expire", "pexpire", "expireat", "pexpireat", "getex"},
}

func eventsDiffer(oracle string, args []string) bool {
	return len(args) > 0 && slices.Contains(eventDifferences[oracle], strings.ToLower(args[0]))
}
