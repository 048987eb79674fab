package talks

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"clusternode/resp"
)

// Talk is one conversation. The head of its file may say
//
//	oracles 8 v          recorded from these only: 7 (redis 7.0), 8 (redis 8.0), v (valkey 8.1)
//	proto 3              in this protocol only; both otherwise, each with connections of its own
//	mode plain cluster   alone and in cluster mode; alone otherwise
//	config NAME VALUE    a directive, set before and reset afterwards
type Talk struct {
	Head    []string // lines above the first step, as they are
	Oracles string   // letters
	Protos  []int
	Cluster []bool
	Config  [][2]string
	Steps   []Step
	Tail    []string // lines below the last step
}

// kind is what happens in a step.
type kind int

const (
	says    kind = iota // "a: PING" and "a+ PING": one write
	waits               // "a waits": a is blocked, or is about to be
	wakes               // "a wakes": time passes until a message reaches a; right below a command, anybody's, it belongs to that step
	quiet               // "a is quiet": nothing comes for a moment, where the server cannot be asked
	closes              // "a closes": a goes away
	passing             // "pass 20": as many milliseconds go by
)

var verbs = map[string]kind{"waits": waits, "wakes": wakes, "is quiet": quiet, "closes": closes}

// Step is one thing that happens, and the messages that follow from it.
type Step struct {
	Lead   []string // comments above it
	Text   []string // its lines
	At     int      // line number
	Kind   kind
	Conn   string
	Cmds   [][]string
	Sorted bool     // "a:~ PUBSUB CHANNELS": servers differ in the order, so each connection's messages and their elements are sorted
	Mark   string   // letters of the oracles that do as 7.2 does; "": all; "-": none, the messages are written by hand
	Wakes  []string // connections whose messages take their time, once for each
	Pause  int      // ms
	// Want holds the messages in RESP2 and RESP3.
	Want [2][]Message
}

// Message is something that reached a connection.
type Message struct{ Conn, Text string }

// want is what the step brings in the protocol.
func (s *Step) want(proto int) *[]Message { return &s.Want[proto-2] }

// String is the step's first line.
func (s *Step) String() string { return fmt.Sprintf("line %d: %s", s.At, strings.Join(s.Text, " / ")) }

// Conns lists the connections of the talk in the order of their names.
func (t *Talk) Conns() []string {
	var out []string
	for _, s := range t.Steps {
		if s.Conn != "" && !slices.Contains(out, s.Conn) {
			out = append(out, s.Conn)
		}
	}
	slices.Sort(out)
	return out
}

// Parse reads a talk.
func Parse(text string) (*Talk, error) {
	t := &Talk{Oracles: "78v", Protos: []int{2, 3}, Cluster: []bool{false}}
	var lead []string
	for i, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		step, err := t.line(line, i+1)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		switch {
		case step != nil:
			step.Lead = lead
			t.Steps = append(t.Steps, *step)
			lead = nil
		case line == "" || line[0] == '#' || len(t.Steps) == 0:
			lead = append(lead, line)
		}
		if len(t.Steps) == 1 && t.Head == nil { // what stands above the first step is the head
			t.Head, t.Steps[0].Lead = splitHead(t.Steps[0].Lead)
		}
	}
	t.Tail = lead
	if len(t.Steps) == 0 {
		return nil, fmt.Errorf("no steps")
	}
	return t, nil
}

// splitHead leaves the comments below the last empty line to the first step.
func splitHead(lines []string) (head, lead []string) {
	for i := len(lines) - 1; i >= 0; i-- {
		if lines[i] == "" || lines[i][0] != '#' {
			return lines[:i+1], lines[i+1:]
		}
	}
	return []string{}, lines
}

// line reads one line; a new step is returned, other lines take effect.
func (t *Talk) line(line string, at int) (*Step, error) {
	if line == "" || line[0] == '#' {
		return nil, nil
	}
	name, rest, _ := strings.Cut(line, " ")
	if isConn(name[:1]) {
		switch {
		case strings.HasSuffix(name, "<"):
			return nil, t.message(name[:1], name[1:len(name)-1], rest)
		case name[1:] == "+":
			return nil, t.more(name, line, rest)
		case len(name) > 1 && name[1] == ':':
			cmd, err := splitCommand(rest)
			mark, sorted := strings.CutSuffix(name[2:], "~")
			return &Step{Text: []string{line}, At: at, Conn: name[:1], Mark: mark, Sorted: sorted, Cmds: [][]string{cmd}}, err
		case len(name) == 1:
			if rest == "wakes" && t.brings() {
				s := &t.Steps[len(t.Steps)-1]
				s.Wakes = append(s.Wakes, name)
				s.Text = append(s.Text, line)
				return nil, nil
			}
			if k, ok := verbs[rest]; ok {
				return &Step{Text: []string{line}, At: at, Conn: name, Kind: k}, nil
			}
		}
	}
	if name == "pass" {
		ms, err := strconv.Atoi(rest)
		return &Step{Text: []string{line}, At: at, Kind: passing, Pause: ms}, err
	}
	if len(t.Steps) > 0 {
		return nil, fmt.Errorf("%q says nothing", line)
	}
	return nil, t.head(name, strings.Fields(rest))
}

// brings says whether the last step is a command that no message follows yet.
func (t *Talk) brings() bool {
	if len(t.Steps) == 0 {
		return false
	}
	s := &t.Steps[len(t.Steps)-1]
	return s.Kind == says && len(s.Want[0])+len(s.Want[1]) == 0
}

func isConn(name string) bool { return name >= "a" && name <= "z" }

func splitCommand(text string) ([]string, error) {
	words, ok := resp.SplitWords([]byte(text), nil)
	if !ok || len(words) == 0 {
		return nil, fmt.Errorf("%q is no command", text)
	}
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return out, nil
}

// head reads a line above the first step.
func (t *Talk) head(name string, words []string) error {
	switch {
	case name == "oracles" && len(words) > 0:
		t.Oracles = strings.Join(words, "")
	case name == "proto" && len(words) == 1 && (words[0] == "2" || words[0] == "3"):
		t.Protos = []int{int(words[0][0] - '0')}
	case name == "mode" && len(words) > 0:
		t.Cluster = nil
		for _, w := range words {
			if w != "plain" && w != "cluster" {
				return fmt.Errorf("mode %q", w)
			}
			t.Cluster = append(t.Cluster, w == "cluster")
		}
	case name == "config" && len(words) > 0:
		value := strings.Join(words[1:], " ")
		if value == `""` {
			value = ""
		}
		t.Config = append(t.Config, [2]string{words[0], value})
	default:
		return fmt.Errorf("%q at the head", name)
	}
	return nil
}

// message adds what a connection gets to the last step; protos is "", "2" or "3".
func (t *Talk) message(conn, protos, text string) error {
	if len(t.Steps) == 0 || protos != "" && protos != "2" && protos != "3" {
		return fmt.Errorf("a message of no step")
	}
	s := &t.Steps[len(t.Steps)-1]
	for proto := 2; proto <= 3; proto++ {
		if protos == "" || protos == strconv.Itoa(proto) {
			*s.want(proto) = append(*s.want(proto), Message{Conn: conn, Text: text})
		}
	}
	return nil
}

// more adds a command to the write of the step above.
func (t *Talk) more(name, line, rest string) error {
	if len(t.Steps) == 0 {
		return fmt.Errorf("no write to add to")
	}
	s := &t.Steps[len(t.Steps)-1]
	if s.Kind != says || s.Conn != name[:1] || len(s.Want[0])+len(s.Want[1]) > 0 {
		return fmt.Errorf("%q does not follow a command of the same connection", line)
	}
	cmd, err := splitCommand(rest)
	s.Cmds = append(s.Cmds, cmd)
	s.Text = append(s.Text, line)
	return err
}

// Format prints the talk as a file.
func (t *Talk) Format() string {
	var b strings.Builder
	lines := func(ls []string) {
		for _, l := range ls {
			b.WriteString(l + "\n")
		}
	}
	lines(t.Head)
	for i := range t.Steps {
		s := &t.Steps[i]
		lines(s.Lead)
		lines(s.Text)
		lines(s.messages(t.Protos))
	}
	lines(t.Tail)
	return b.String()
}

// messages prints what a step brings: the connection that acts first, and one line where both protocols have the same.
func (s *Step) messages(protos []int) []string {
	var names []string
	for _, proto := range protos {
		for _, m := range *s.want(proto) {
			if !slices.Contains(names, m.Conn) {
				names = append(names, m.Conn)
			}
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if a == s.Conn || b == s.Conn {
			return map[bool]int{true: -1, false: 1}[a == s.Conn]
		}
		return strings.Compare(a, b)
	})
	var out []string
	for _, name := range names {
		first := of(*s.want(protos[0]), name)
		if slices.ContainsFunc(protos, func(p int) bool { return !slices.Equal(first, of(*s.want(p), name)) }) {
			for _, proto := range protos {
				for _, text := range of(*s.want(proto), name) {
					out = append(out, fmt.Sprintf("%s%d< %s", name, proto, text))
				}
			}
			continue
		}
		for _, text := range first {
			out = append(out, name+"< "+text)
		}
	}
	return out
}

// of lists the texts of one connection.
func of(ms []Message, conn string) []string {
	var out []string
	for _, m := range ms {
		if m.Conn == conn {
			out = append(out, m.Text)
		}
	}
	return out
}
