package difftest

import (
	"fmt"
	"strconv"
	"strings"
)

// Step is one command on one connection. Raw bytes are sent as they are and must draw exactly one reply.
type Step struct {
	Conn int
	Args []string
	Raw  string // sent in place of Args when not empty
}

// History is a sequence of steps for both servers.
type History struct {
	Oracle string // who may answer, with commas; empty: any of them
	Proto  int    // 2 or 3, spoken by both connections from the start
	// Cluster wants servers in cluster mode that own every slot, with Half slots 0-8191 only.
	Cluster, Half bool
	Events        bool   // keyspace events are compared too
	Note          string // comment lines without their #
	Steps         []Step
}

// conns is how many connections a history may use.
const conns = 2

// String prints a step as a line of a script.
func (s Step) String() string {
	if s.Raw != "" {
		return fmt.Sprintf("%d! %s", s.Conn, strconv.QuoteToASCII(latin(s.Raw)))
	}
	parts := make([]string, 0, len(s.Args)+1)
	parts = append(parts, strconv.Itoa(s.Conn))
	for _, a := range s.Args {
		parts = append(parts, quoteWord(a))
	}
	return strings.Join(parts, " ")
}

// quoteWord leaves plain words alone, so that a script reads like a dialogue.
func quoteWord(a string) string {
	plain := a != ""
	for i := range len(a) {
		c := a[i]
		plain = plain && c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '#'
	}
	if plain {
		return a
	}
	return strconv.QuoteToASCII(latin(a))
}

// latin maps every byte to the rune of the same number and unlatin maps it back, so that arbitrary bytes survive Quote,
// which otherwise treats them as UTF-8.
func latin(a string) string {
	runes := make([]rune, len(a))
	for i := range len(a) {
		runes[i] = rune(a[i])
	}
	return string(runes)
}

func unlatin(q string) (string, error) {
	out := make([]byte, 0, len(q))
	for _, r := range q {
		if r > 0xff {
			return "", fmt.Errorf("rune %q stands for no byte", r)
		}
		out = append(out, byte(r))
	}
	return string(out), nil
}

// Format prints the history as a script.
func (h History) Format() string {
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimRight(h.Note, "\n"), "\n") {
		if line != "" {
			fmt.Fprintf(&b, "# %s\n", line)
		}
	}
	if h.Oracle != "" {
		fmt.Fprintf(&b, "oracle %s\n", h.Oracle)
	}
	fmt.Fprintf(&b, "proto %d\n", h.Proto)
	if h.Half {
		b.WriteString("half\n")
	} else if h.Cluster {
		b.WriteString("cluster\n")
	}
	if h.Events {
		b.WriteString("events\n")
	}
	for _, s := range h.Steps {
		b.WriteString(s.String())
		b.WriteByte('\n')
	}
	return b.String()
}

// Parse reads a script.
func Parse(text string) (History, error) {
	h := History{Proto: 2}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		var err error
		switch {
		case line == "":
		case line[0] == '#':
			h.Note += strings.TrimSpace(line[1:]) + "\n"
		case strings.HasPrefix(line, "oracle "):
			h.Oracle = strings.TrimSpace(line[len("oracle "):])
		case line == "proto 2" || line == "proto 3":
			h.Proto = int(line[len(line)-1] - '0')
		case line == "cluster":
			h.Cluster = true
		case line == "half":
			h.Cluster, h.Half = true, true
		case line == "events":
			h.Events = true
		default:
			var s Step
			if s, err = parseStep(line); err == nil {
				h.Steps = append(h.Steps, s)
			}
		}
		if err != nil {
			return History{}, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return h, nil
}

func parseStep(line string) (Step, error) {
	words, err := splitWords(line)
	if err != nil {
		return Step{}, err
	}
	number, raw := strings.CutSuffix(words[0], "!")
	conn, err := strconv.Atoi(number)
	if err != nil || conn < 0 || conn >= conns {
		return Step{}, fmt.Errorf("connection %q, want 0..%d", words[0], conns-1)
	}
	switch {
	case len(words) < 2:
		return Step{}, fmt.Errorf("no command in %q", line)
	case raw && (len(words) != 2 || words[1] == ""):
		return Step{}, fmt.Errorf("raw step takes one word that is not empty: %q", line)
	case raw:
		return Step{Conn: conn, Raw: words[1]}, nil
	}
	return Step{Conn: conn, Args: words[1:]}, nil
}

func splitWords(line string) ([]string, error) {
	var words []string
	for line = strings.TrimLeft(line, " "); line != ""; line = strings.TrimLeft(line, " ") {
		if line[0] != '"' {
			word, rest, _ := strings.Cut(line, " ")
			words, line = append(words, word), rest
			continue
		}
		quoted, err := strconv.QuotedPrefix(line)
		if err != nil {
			return nil, fmt.Errorf("bad quoting in %q", line)
		}
		text, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, fmt.Errorf("bad quoting in %q", line)
		}
		word, err := unlatin(text)
		if err != nil {
			return nil, err
		}
		words, line = append(words, word), line[len(quoted):]
	}
	return words, nil
}
