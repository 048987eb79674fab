package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"clusternode/resp"
)

// origin is where a line stands.
type origin struct {
	source string // a path, "stdin" or "command line"
	line   int    // from 1, as Redis counts; see loader.text
	text   string // the trimmed line
}

// FileError is a line of the configuration that does not do.
type FileError struct {
	Source    string // a path, "stdin" or "command line"
	Line      int
	Text      string
	Directive string // lower case; "" if the line could not be split
	Reason    string
}

// Error is the block that Redis prints, and one line more.
func (e *FileError) Error() string {
	s := fmt.Sprintf("\n*** FATAL CONFIG FILE ERROR (Redis %s) ***\nReading the configuration file, at line %d\n>>> '%s'\n%s\nFound in: %s",
		Version, e.Line, e.Text, e.Reason, e.Source)
	if e.Directive != "" {
		s += ", directive '" + e.Directive + "'"
	}
	return s
}

// maxIncludeDepth bounds files that include files.
const maxIncludeDepth = 16

// Load reads the command line after the program's name: at most one file (or
// "-" for stdin) and --directive value ... options, which override the file.
// Warnings are log lines about directives that have no effect. After an error
// the Config must not be used: parts of it are set.
func (c *Config) Load(args []string, stdin io.Reader) (warnings []string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := &loader{c: c}
	cmd := parseArgs(args)
	if cmd.file != "" {
		if !filepath.IsAbs(cmd.file) {
			cmd.file = filepath.Join(c.cwd, cmd.file)
		}
		c.file = cmd.file
	}
	text, err := l.join(cmd, stdin)
	if err != nil {
		return nil, err
	}
	if err := l.lines(text); err != nil {
		return nil, err
	}
	if err := l.finish(); err != nil {
		return nil, err
	}
	return append(l.warnings, c.warn()...), nil
}

// loader is one Load in progress.
type loader struct {
	c        *Config
	open     []string // files being read, outermost first
	saved    bool     // a save line was read: the next ones add to it
	warnings []string
}

// segment is a part of a text that came from one source.
type segment struct {
	source string
	text   string
}

// join makes one text of file, stdin and options, in this order, so that lines
// are counted as Redis counts them: through all three.
func (l *loader) join(cmd commandLine, stdin io.Reader) ([]segment, error) {
	var all []segment
	if cmd.file != "" {
		files, err := readFiles(cmd.file)
		if err != nil {
			return nil, err
		}
		all = append(all, files...)
		l.open = append(l.open, cmd.file)
	}
	if cmd.stdin {
		b, err := io.ReadAll(stdin)
		if err != nil {
			return nil, wordingf("Fatal error, can't read the configuration from stdin: %v", err)
		}
		all = append(all, segment{"stdin", string(b)})
	}
	if cmd.options != "" {
		all = append(all, segment{"command line", "\n" + cmd.options})
	}
	return all, nil
}

// readFiles reads a file, or all files that match a pattern, in order. A
// pattern that matches nothing is no error.
func readFiles(path string) ([]segment, error) {
	names := []string{path}
	if strings.ContainsAny(path, "*?[") {
		names, _ = filepath.Glob(path) // a bad pattern matches nothing
		sort.Strings(names)
	}
	var all []segment
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, wordingf("Fatal error, can't open config file '%s': %v", name, Reason(err))
		}
		all = append(all, segment{name, string(b)})
	}
	return all, nil
}

// lines reads the lines of a joined text.
func (l *loader) lines(text []segment) error {
	number := 1
	for _, s := range text {
		for line := range strings.SplitSeq(s.text, "\n") {
			o := origin{s.source, number, strings.Trim(line, " \t\r\n")}
			if directive, err := l.line(o); err != nil {
				return l.fail(o, directive, err)
			}
			number++
		}
		number-- // the next segment continues the last line
	}
	return nil
}

// fail puts an error at its place, unless it has one already.
func (l *loader) fail(o origin, directive string, err error) error {
	var at *FileError
	if errors.As(err, &at) {
		return err
	}
	return &FileError{Source: o.source, Line: o.line, Text: o.text, Directive: directive, Reason: err.Error()}
}

// line reads one line and returns its directive for error messages.
func (l *loader) line(o origin) (string, error) {
	if o.text == "" || o.text[0] == '#' {
		return "", nil
	}
	split, ok := resp.SplitWords([]byte(o.text), nil)
	if !ok {
		return "", wording("Unbalanced quotes in configuration line")
	}
	if len(split) == 0 {
		return "", nil
	}
	words := make([]string, len(split))
	for i, w := range split {
		words[i] = string(w)
	}
	name := strings.ToLower(words[0])
	if d := byName[name]; d != nil {
		return name, l.set(d, words[1:], o)
	}
	if outdated[name] && len(words) == 2 {
		return name, nil
	}
	return name, l.other(name, words, o)
}

// set gives a directive its value.
func (l *loader) set(d *Directive, words []string, o origin) error {
	if d.is(manyWords) && len(words) == 1 { // "normal 1mb 0 0" quoted, or as one argument
		words = strings.Split(words[0], " ")
	}
	if !d.is(manyWords) && len(words) != 1 {
		return errWords
	}
	prev := l.c.value(d)
	if d.is(adds) && !l.saved {
		prev, l.saved = Value{}, true
	}
	v, err := d.read(words, prev)
	if err != nil {
		return err
	}
	l.c.put(d, v)
	l.c.origins[d.index] = o
	return nil
}

// read parses and checks a value.
func (d *Directive) read(words []string, prev Value) (Value, error) {
	v, err := d.codec.parse(words, prev)
	if err == nil && d.check != nil {
		err = d.check(v)
	}
	return v, err
}

// other reads the lines that are no directives with a value.
func (l *loader) other(name string, words []string, o origin) error {
	switch {
	case name == "include" && len(words) == 2:
		return l.include(words[1])
	case name == "rename-command" && len(words) == 3:
		l.c.renames = append(l.c.renames, Rename{From: words[1], To: words[2], at: o})
		return nil
	case name == "user" && len(words) >= 2:
		return notBuiltError(acls)
	case name == "loadmodule" && len(words) >= 2:
		l.warnings = append(l.warnings, fmt.Sprintf("The module '%s' is not loaded: %s", words[1], modules))
		return nil
	case strings.Contains(name, "."):
		if len(words) != 2 {
			return wording("Module config specified without value")
		}
		l.warnings = append(l.warnings, fmt.Sprintf("The directive '%s' has no effect: %s", name, modules))
		return nil
	case name == "sentinel":
		if len(words) > 1 {
			return wording("sentinel directive while not in sentinel mode")
		}
		return nil
	}
	return wording("Bad directive or wrong number of arguments")
}

// include reads other files in place. A relative path is relative to dir.
func (l *loader) include(path string) error {
	if !filepath.IsAbs(path) {
		path = filepath.Join(l.c.value(byName["dir"]).str, path)
	}
	text, err := readFiles(path)
	if err != nil {
		return err
	}
	for _, s := range text {
		for _, o := range l.open {
			if o == s.source {
				return wordingf("The file '%s' includes itself", s.source)
			}
		}
	}
	if len(l.open) >= maxIncludeDepth {
		return wording("Too many levels of include")
	}
	l.open = append(l.open, path)
	defer func() { l.open = l.open[:len(l.open)-1] }()
	return l.lines(text)
}

func notBuiltError(part string) error { return wording("not built yet: " + part) }

// finish makes the checks that need all values.
func (l *loader) finish() error {
	c := l.c
	for _, d := range Directives {
		if d.Status == NotBuilt && !c.value(d).equal(d.def) {
			return l.fail(c.origins[d.index], d.Name, notBuiltError(d.Part))
		}
	}
	if path := c.Path("logfile"); path != "" {
		// The server could not say so later: it may be a daemon by then.
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			d := byName["logfile"]
			return l.fail(c.origins[d.index], d.Name, wordingf("Can't open the log file: %v", Reason(err)))
		}
		f.Close()
	}
	return nil
}

// warn says which directives were set to no effect.
func (c *Config) warn() []string {
	var out []string
	for _, d := range Directives {
		if c.origins[d.index].line == 0 || c.value(d).equal(d.def) {
			continue
		}
		if text := d.Warning(); text != "" {
			out = append(out, text)
		}
	}
	return out
}
