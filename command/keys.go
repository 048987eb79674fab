package command

import "strconv"

// KeyFlags say what a command does with a key (COMMAND DOCS, "key specs").
type KeyFlags uint16

const (
	KeyRO KeyFlags = 1 << iota
	KeyRW
	KeyOW
	KeyRM
	KeyAccess
	KeyUpdate
	KeyInsert
	KeyDelete
	KeyNotKey
	KeyIncomplete
	KeyVariable
)

var keyFlagNames = [...]string{
	"RO", "RW", "OW", "RM", "access", "update", "insert", "delete",
	"not_key", "incomplete", "variable_flags",
}

// Names lists the wire names of the flags that are set.
func (f KeyFlags) Names() []string {
	var out []string
	for i, n := range keyFlagNames {
		if f&(1<<i) != 0 {
			out = append(out, n)
		}
	}
	return out
}

// KeySpec tells where keys sit among the arguments: where the search begins
// and how the keys follow from there. The zero Find with KeyNum false is a
// single key.
type KeySpec struct {
	Flags KeyFlags
	Notes string

	// Begin: at argument Index, or after the first Keyword found from
	// argument From on (negative From searches backwards).
	Index   int
	Keyword string
	From    int

	// Find, a range: every Step-th argument up to Last (relative to the
	// first; negative counts from the end of the arguments); Limit > 1
	// divides what is left, as in XREAD (limit 2: the first half).
	Last, Step, Limit int

	// Find, counted: the argument KeyNumAt after the begin holds how many
	// keys follow, the first of them FirstKey after the begin.
	KeyNum             bool
	KeyNumAt, FirstKey int

	// Unknown marks a spec whose keys only Spec.FindKeys can find.
	UnknownBegin, UnknownFind bool
}

// One is the key spec of a single key at argument i.
func One(i int, f KeyFlags) KeySpec { return KeySpec{Flags: f, Index: i, Step: 1} }

// Range is the key spec of keys from argument first, step apart, to the last
// argument counted from the end (-1: the very last).
func Range(first, last, step int, f KeyFlags) KeySpec {
	return KeySpec{Flags: f, Index: first, Last: last, Step: step}
}

// Counted is the key spec of "numkeys key [key ...]" with numkeys at argument i.
func Counted(i int, f KeyFlags) KeySpec {
	return KeySpec{Flags: f, Index: i, KeyNum: true, FirstKey: 1, Step: 1}
}

// KeyPos is the position of one key among the arguments.
type KeyPos struct {
	Arg   int
	Flags KeyFlags
}

// KeyPositions appends the positions of the keys that args name. It reports
// false if the arguments are malformed so that the keys cannot be known.
// args[0] is the command's name (its container's, for a subcommand).
func (s *Spec) KeyPositions(args [][]byte, out []KeyPos) ([]KeyPos, bool) {
	if s.FindKeys != nil {
		return s.FindKeys(args, out)
	}
	for i := range s.Keys {
		var ok bool
		if out, ok = s.Keys[i].positions(args, out); !ok {
			return out, false
		}
	}
	return out, true
}

// positions resolves one key spec against args.
func (k *KeySpec) positions(args [][]byte, out []KeyPos) ([]KeyPos, bool) {
	if k.UnknownBegin || k.UnknownFind {
		return out, false
	}
	begin := k.Index
	if k.Keyword != "" {
		if begin = k.findKeyword(args); begin == 0 {
			return out, true // an optional part that is not there
		}
	}
	first, last, step := begin, begin+k.Last, max(k.Step, 1)
	switch {
	case k.KeyNum:
		if begin+k.KeyNumAt >= len(args) {
			return out, false
		}
		n, ok := leadingInt(args[begin+k.KeyNumAt])
		if !ok || n < 0 || n > len(args) {
			return out, false
		}
		first = begin + k.FirstKey
		last = first + (n-1)*step
	case k.Last < 0:
		last = len(args) + k.Last
		if k.Limit > 1 {
			last = first + (len(args)-first)/k.Limit + k.Last
		}
	}
	if last >= len(args) || first >= len(args) && last >= first {
		return out, false
	}
	for i := first; i <= last; i += step {
		out = append(out, KeyPos{Arg: i, Flags: k.Flags})
	}
	return out, true
}

// leadingInt reads as many digits as there are, like C's atoi, by which Redis
// finds the keys; the handler refuses what is no number. ok is false without
// any.
func leadingInt(arg []byte) (n int, ok bool) {
	end := 0
	if end < len(arg) && (arg[0] == '-' || arg[0] == '+') {
		end++
	}
	for end < len(arg) && arg[end] >= '0' && arg[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(string(arg[:end]))
	return n, err == nil
}

// findKeyword returns the argument after the keyword, 0 if it is absent.
func (k *KeySpec) findKeyword(args [][]byte) int {
	if k.From >= 0 {
		for i := k.From; i < len(args); i++ {
			if equalFold(args[i], k.Keyword) {
				return i + 1
			}
		}
		return 0
	}
	for i := len(args) + k.From; i > 0; i-- {
		if equalFold(args[i], k.Keyword) {
			return i + 1
		}
	}
	return 0
}

// equalFold compares an argument with an ASCII word, ignoring case.
func equalFold(b []byte, word string) bool {
	if len(b) != len(word) {
		return false
	}
	for i := range b {
		x, y := b[i], word[i]
		if x == y {
			continue
		}
		if x|0x20 != y|0x20 || x|0x20 < 'a' || x|0x20 > 'z' {
			return false
		}
	}
	return true
}
