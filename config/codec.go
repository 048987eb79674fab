package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Value is one value of a directive in canonical form; which field holds it is
// the codec's business. Values are immutable.
type Value struct {
	num  int64
	str  string
	list []string
}

func (v Value) equal(o Value) bool {
	return v.num == o.num && v.str == o.str && slices.Equal(v.list, o.list)
}

// codec reads and writes the values of one kind. Errors are the reasons that
// Redis gives.
type codec interface {
	kind() string
	// parse reads the words after a directive's name. prev is the value that
	// they change: some directives are set in pieces.
	parse(words []string, prev Value) (Value, error)
	// format is what CONFIG GET prints.
	format(v Value) string
	// lines are the lines with which CONFIG REWRITE writes the value, none if
	// it is said best by saying nothing.
	lines(name string, v, def Value) []line
}

// line is a line of redis.conf; one that is not needed is only written where
// the file has a line for it.
type line struct {
	text   string
	needed bool
}

// single is the one line of most directives, needed unless it says the default.
func single(text string, v, def Value) []line { return []line{{text, !v.equal(def)}} }

// wording is an error in Redis' own words, which are capitalised and end as they
// please: clients and tests compare them.
type wording string

func (w wording) Error() string { return string(w) }

// wordingf is a wording with the error that caused it in it.
func wordingf(format string, args ...any) error { return wording(fmt.Sprintf(format, args...)) }

var errWords error = wording("wrong number of arguments")

// one returns the only word.
func one(words []string) (string, error) {
	if len(words) != 1 {
		return "", errWords
	}
	return words[0], nil
}

// boolCodec keeps 0 or 1 in num.
type boolCodec struct{}

func (boolCodec) kind() string { return "yes/no" }

func (boolCodec) parse(words []string, _ Value) (Value, error) {
	w, err := one(words)
	switch {
	case err != nil:
		return Value{}, err
	case strings.EqualFold(w, "yes"):
		return Value{num: 1}, nil
	case strings.EqualFold(w, "no"):
		return Value{}, nil
	}
	return Value{}, wording("argument must be 'yes' or 'no'")
}

func (boolCodec) format(v Value) string {
	if v.num != 0 {
		return "yes"
	}
	return "no"
}

func (c boolCodec) lines(name string, v, def Value) []line {
	return single(name+" "+c.format(v), v, def)
}

// enumCodec keeps the place of the name in num; with many set, it is a set of
// names as bits, the first name being the empty set.
type enumCodec struct {
	names []string
	many  bool
	same  map[string]string // names that are another one's second name
}

func (enumCodec) kind() string { return "one of" }

func (c enumCodec) find(word string) (int64, bool) {
	if first, ok := c.same[strings.ToLower(word)]; ok {
		word = first
	}
	i := slices.IndexFunc(c.names, func(n string) bool { return strings.EqualFold(n, word) })
	if c.many && i > 0 {
		return 1 << (i - 1), true
	}
	return int64(i), i >= 0
}

func (c enumCodec) parse(words []string, _ Value) (Value, error) {
	if !c.many {
		if _, err := one(words); err != nil {
			return Value{}, err
		}
	}
	var v Value
	for _, w := range words {
		n, ok := c.find(w)
		if !ok {
			return Value{}, wording("argument(s) must be one of the following: " + strings.Join(c.names, ", "))
		}
		v.num |= n
	}
	return v, nil
}

func (c enumCodec) format(v Value) string {
	if !c.many {
		return c.names[v.num]
	}
	if v.num == 0 {
		return c.names[0]
	}
	var set []string
	for i, n := range c.names[1:] {
		if v.num>>i&1 != 0 {
			set = append(set, n)
		}
	}
	return strings.Join(set, " ")
}

func (c enumCodec) lines(name string, v, def Value) []line {
	return single(name+" "+c.format(v), v, def)
}

// textCodec keeps the string in str.
type textCodec struct {
	optional bool // the empty string means unset
}

func (textCodec) kind() string { return "string" }

func (textCodec) parse(words []string, _ Value) (Value, error) {
	w, err := one(words)
	return Value{str: w}, err
}

func (textCodec) format(v Value) string { return v.str }

func (c textCodec) lines(name string, v, def Value) []line {
	if c.optional && v.str == "" {
		return nil
	}
	return single(name+" "+Quote(v.str), v, def)
}

// Quote writes a word in double quotes so that redis.conf reads it back
// unchanged, whatever its bytes.
func Quote(s string) string { return string(AppendQuoted(make([]byte, 0, len(s)+2), s)) }

// AppendQuoted appends Quote(s) to b.
func AppendQuoted[T string | []byte](b []byte, s T) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, `\n`...)
		case c == '\r':
			b = append(b, `\r`...)
		case c == '\t':
			b = append(b, `\t`...)
		case c == '\a':
			b = append(b, `\a`...)
		case c == '\b':
			b = append(b, `\b`...)
		case c < ' ' || c > '~':
			b = append(b, '\\', 'x', hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// itoa prints a signed number, or an unsigned one kept in the same bits.
func itoa(n int64, unsigned bool) string {
	if unsigned {
		return strconv.FormatUint(uint64(n), 10)
	}
	return strconv.FormatInt(n, 10)
}
