package difftest

import (
	"fmt"
	"strconv"
	"strings"
)

// databases is how many of the 16 databases histories fill and compare at the end.
const databases = 3

// placeholders holds what each lower-case word of a template may become.
var placeholders = map[string]func(g *Generator) string{
	"key":         (*Generator).key,
	"value":       (*Generator).value,
	"integer":     (*Generator).integer,
	"float":       (*Generator).float,
	"index":       (*Generator).index,
	"offset":      (*Generator).offset,
	"bit":         func(g *Generator) string { return g.pick("0", "1", "0", "1", "0", "1", "2", "-1", "x") },
	"bitoffset":   (*Generator).bitOffset,
	"bittype":     (*Generator).bitType,
	"fieldat":     (*Generator).fieldOffset,
	"seconds":     func(g *Generator) string { return g.relative(1) },
	"millis":      func(g *Generator) string { return g.relative(1000) },
	"at":          func(g *Generator) string { return g.absolute(1) },
	"atmillis":    func(g *Generator) string { return g.absolute(1000) },
	"db":          func(g *Generator) string { return g.pick("0", "1", "2", "0", "1", "2", "15", "16", "-1", "x", "1.0") },
	"pattern":     (*Generator).pattern,
	"count":       func(g *Generator) string { return g.pick("1", "2", "10", "1000", "0", "-1", "x") },
	"name":        func(g *Generator) string { return g.pick("me", "you", "", "with space", "nl\n", "\x00", "a-b_c", "é") },
	"onoff":       func(g *Generator) string { return g.pick("on", "off", "ON", "Off", "x", "") },
	"junk":        (*Generator).junk,
	"member":      (*Generator).member,
	"randomcount": (*Generator).randomCount,
	"keynumber": func(g *Generator) string {
		return g.pick("1", "2", "3", "1", "2", "0", "-1", "x", "100", "9223372036854775807")
	},
	"slot": func(g *Generator) string { return g.pick("0", "16383", "16384", "-1", "x", "15495", "3300") },
}

// manyPlaceholders become several arguments.
var manyPlaceholders = map[string]func(g *Generator) []string{
	"members": (*Generator).members,
}

func (g *Generator) word(w string) string {
	if f, ok := placeholders[w]; ok {
		return f(g)
	}
	if literal, ok := strings.CutPrefix(w, "'"); ok {
		return strings.TrimSuffix(literal, "'")
	}
	if w != strings.ToUpper(w) {
		panic(fmt.Sprintf("template word %q is neither a literal nor a placeholder", w))
	}
	switch g.rng.IntN(8) {
	case 0:
		return w
	case 1:
		return w[:1] + strings.ToLower(w[1:])
	}
	return strings.ToLower(w)
}

func (g *Generator) pick(from ...string) string { return from[g.rng.IntN(len(from))] }

// skewed returns 0..n-1, small numbers more often.
func (g *Generator) skewed(n int) int { return min(g.rng.IntN(n), g.rng.IntN(n)) }

// longKey passes 255 bytes, where a one-byte length ends.
var (
	longKey   = strings.Repeat("k", 255)
	longerKey = strings.Repeat("{t}", 100)
	plainKeys = []string{"a", "b", "c", "{t}1", "{t}2", "{t}3", "", "d{t}", "\x00\xff\r\n", longKey, longerKey}
	// Slots 3300 (b), 5061 (bar) and 7365 (c) are below 8192, the others above.
	bothHalvesKey = []string{"b", "{b}1", "{b}2", "c", "{c}1", "bar", "a", "{t}1", "{t}2", "foo"}
	sameSlotKey   = []string{"{t}1", "{t}2", "{t}3", "d{t}", "x{t}y{z}", longerKey, "a", "{t}\x00"}
)

// lengths are those around which encodings and size classes change.
var lengths = []int{1, 2, 7, 8, 9, 15, 16, 20, 21, 39, 40, 43, 44, 45, 63, 64, 65, 127, 128, 255, 256, 257, 1000, 4095, 4096, 4097, 16383, 16384, 16385, 20000, 65536, 70000}

func (g *Generator) value() string {
	switch g.rng.IntN(10) {
	case 0, 1, 2:
		return g.pick("", "x", "hello", "foobar", "mynewtext", "\x00", "\xff\xfe\x00\x01", "a\r\nb", "\x80", "ohmytext")
	case 3, 4, 5:
		return g.integer()
	case 6:
		return g.float()
	case 7, 8:
		return g.bytes(lengths[g.skewed(len(lengths)-8)])
	}
	return g.bytes(lengths[g.skewed(len(lengths))])
}

// bytes is n bytes that repeat a short random pattern, which keeps saved scripts and LCS tables small to look at.
func (g *Generator) bytes(n int) string {
	pattern := g.pick("x", "ab", "\x00", "\xff", "\x0f\xf0", "0", "1", "abc\x80")
	return strings.Repeat(pattern, n/len(pattern)+1)[:n]
}

func (g *Generator) integer() string {
	if g.rng.IntN(2) == 0 {
		return strconv.Itoa(g.rng.IntN(41) - 20)
	}
	return g.pick("9223372036854775807", "-9223372036854775808", "9223372036854775806", "-9223372036854775807",
		"9223372036854775808", "-9223372036854775809", "18446744073709551615", "4611686018427387904", "10000", "9999", "100000000000",
		"", "x", "1.5", "1e3", " 1", "1 ", "+1", "-0", "01", "0x10", "-", "1\x00")
}

func (g *Generator) float() string {
	if g.rng.IntN(2) == 0 {
		return strconv.FormatFloat(float64(g.rng.IntN(2000)-1000)/g.divisor(), 'f', -1, 64)
	}
	return g.pick("0", "-0", "0.1", "0.2", "1e5", "-1.5e3", "5.0e3", "1e17", "1e-17", "1.23456789012345678", "100000000000000000000",
		"3.14159", "-5000.5", "inf", "-inf", "+inf", "infinity", "nan", "1e400", "1e4000", "1e5000", "x", "", " 1", "1 ", "1.", ".5", "0x1p3", "1e", "--1", "9223372036854775807")
}

func (g *Generator) divisor() float64 { return []float64{1, 2, 10, 100, 8, 3}[g.rng.IntN(6)] }

func (g *Generator) index() string {
	if g.rng.IntN(4) > 0 {
		return strconv.Itoa(g.rng.IntN(25) - 12)
	}
	return g.pick("100000", "-100000", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "x", "", "1.5", "2147483648")
}

// offset is one into a string; nothing between 100 kB and the limit of 512 MB, to keep both servers small.
func (g *Generator) offset() string {
	if g.rng.IntN(4) > 0 {
		return strconv.Itoa(g.rng.IntN(50))
	}
	return g.pick("4096", "16384", "65535", "100000", "-1", "536870912", "9223372036854775807", "x", "")
}

func (g *Generator) bitOffset() string {
	if g.rng.IntN(4) > 0 {
		return strconv.Itoa(g.rng.IntN(200))
	}
	return g.pick("4095", "65536", "800000", "-1", "4294967296", "9223372036854775807", "9223372036854775808", "x", "", "#1")
}

func (g *Generator) fieldOffset() string {
	if g.rng.IntN(3) == 0 {
		return g.pick("#0", "#1", "#7", "#100", "#-1", "#", "#x", "#9223372036854775807", "4294967295000", "-1")
	}
	return strconv.Itoa(g.rng.IntN(200))
}

func (g *Generator) bitType() string {
	if g.rng.IntN(6) == 0 {
		return g.pick("u64", "i64", "i65", "u63", "u0", "i0", "x8", "u", "", "i-1", "u08", "U8", "I8", "i1", "u1")
	}
	return fmt.Sprintf("%c%d", "iu"[g.rng.IntN(2)], 1+g.rng.IntN(63))
}

// relative is a time to live: a multiple of 1000 s that no other command of the history has, so that GT and LT have one
// answer however slow the run is; or a bad one. unit is how many of them make a second.
func (g *Generator) relative(unit int) string {
	if g.rng.IntN(5) > 0 {
		g.serial++
		return strconv.Itoa((1000 + (g.serial*7919)%5000) * 1000 * unit)
	}
	return g.pick("0", "-1", "-1000", "x", "", "1.5", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "9223372036854775", "92233720368547758")
}

// absolute is a point in time after the year 2100, or long ago, or a bad one.
func (g *Generator) absolute(unit int) string {
	switch {
	case g.rng.IntN(5) > 0:
		return strconv.Itoa((4102444800 + g.rng.IntN(20)*1000) * unit)
	case g.past && g.rng.IntN(2) == 0:
		return strconv.Itoa((1 + g.rng.IntN(1000)) * unit)
	}
	return g.pick("0", "-1", "x", "", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "9223372036854775")
}

func (g *Generator) pattern() string {
	var b strings.Builder
	for range 1 + g.skewed(5) {
		b.WriteString(g.pick("*", "*", "?", "[ab]", "[^a]", "[a-c]", "[c-a]", "[", "\\", "\\*", "a", "b", "k", "{t}", "t}", "1", "]", "[^", "[a-", "\xff", "[\\]]"))
	}
	return b.String()
}

// junk takes the place of any argument. None of it is a small positive number, which as a time to live would end while
// the history runs.
func (g *Generator) junk() string {
	return g.pick("", "abc", "0", "-1", "1.5", "9223372036854775807", "-9223372036854775808", "9223372036854775808", " 5000", "5000 ", "+5000", "nan", "\x00", "nx", "*", g.bytes(300))
}
