package difftest

import "strconv"

// Placeholders for the arguments of collections. Words in the plural make many arguments at a time, so many that encodings
// change: at the limits of 7.2, around them, and around the low limits that histories set.
func init() {
	for name, f := range map[string]func(g *Generator) string{
		"field":     (*Generator).field,
		"payload":   (*Generator).payload,
		"element":   (*Generator).element,
		"position":  (*Generator).position,
		"score":     (*Generator).score,
		"scoreend":  (*Generator).scoreEnd,
		"lexend":    (*Generator).lexEnd,
		"streamid":  (*Generator).streamID,
		"newid":     (*Generator).newStreamID,
		"rangeid":   (*Generator).rangeID,
		"group":     func(g *Generator) string { return g.pick("g1", "g1", "g2", "", "g\x00") },
		"consumer":  func(g *Generator) string { return g.pick("c1", "c1", "c2", "c3", "", "long-consumer-name") },
		"longitude": func(g *Generator) string { return g.coordinate(180) },
		"latitude":  func(g *Generator) string { return g.coordinate(85) },
		"radius": func(g *Generator) string {
			return g.pick("0", "1", "10", "200", "5000", "20000", "0.5", "-1", "x", "1e3", "nan")
		},
		"unit":  func(g *Generator) string { return g.pick("m", "km", "KM", "mi", "ft", "m", "km", "x") },
		"limit": func(g *Generator) string { return g.pick("0", "1", "2", "5", "10", "-1", "-5", "1000000000", "x") },
	} {
		placeholders[name] = f
	}
	for name, f := range map[string]func(g *Generator) []string{
		"fieldvalues":  func(g *Generator) []string { return g.many(2, (*Generator).smallValue) },
		"fields":       func(g *Generator) []string { return g.many(1, nil) },
		"elements":     (*Generator).elements,
		"scoremembers": (*Generator).scoreMembers,
		// listed arguments, as options take them: numkeys key key..., FIELDS n field...
		"countedkeys":   func(g *Generator) []string { return g.counted((*Generator).key, 4) },
		"countedfields": func(g *Generator) []string { return g.counted((*Generator).field, 4) },
	} {
		manyPlaceholders[name] = f
	}
}

// burst is how many a word in the plural makes.
func (g *Generator) burst() int {
	return []int{2, 3, 5, 8, 17, 60, 127, 128, 129, 130, 200, 600}[g.skewed(12)]
}

// many is a burst of numbered names, each followed by what `with` makes; width is the arguments of one.
func (g *Generator) many(width int, with func(g *Generator) string) []string {
	n, from, word := g.burst(), g.rng.IntN(4)*40, g.pick("", "f", "field:")
	out := make([]string, 0, width*n)
	for i := range n {
		out = append(out, word+strconv.Itoa(from+i))
		if with != nil {
			out = append(out, with(g))
		}
	}
	return out
}

// counted is the number of the arguments that follow, which at times is wrong.
func (g *Generator) counted(of func(g *Generator) string, most int) []string {
	n := 1 + g.skewed(most)
	count := strconv.Itoa(n)
	if g.rng.IntN(12) == 0 {
		count = g.pick("0", "-1", "x", "1", "2", "5", "9223372036854775807", "")
	}
	out := []string{count}
	for range n {
		out = append(out, of(g))
	}
	return out
}

// field is one of few, of the names that `fields` makes, or of a length at which encodings change.
func (g *Generator) field() string {
	switch g.rng.IntN(10) {
	case 0, 1, 2, 3:
		return g.pick("a", "b", "c", "name", "", "f\x00", "1", "2")
	case 4, 5:
		return g.pick("f", "", "field:") + strconv.Itoa(g.skewed(160))
	case 6:
		return g.bytes([]int{63, 64, 65, 255, 1100}[g.skewed(5)])
	case 7:
		return g.integer()
	}
	return g.member()
}

func (g *Generator) smallValue() string {
	return g.pick("x", "hello", "", "1", "-7", "12345678901", "3.5", "\x00\x01", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
}

// element is one of a list: often equal to others, at times as long as a node or longer.
func (g *Generator) element() string {
	switch g.rng.IntN(12) {
	case 0, 1, 2, 3, 4:
		return g.pick("a", "b", "c", "a", "1", "2", "")
	case 5, 6:
		return strconv.Itoa(g.rng.IntN(300) - 100)
	case 7:
		return g.integer()
	case 8:
		return g.bytes([]int{60, 1000, 4000, 8180, 8192, 9000}[g.skewed(6)])
	}
	return g.value()
}

func (g *Generator) elements() []string {
	out := make([]string, g.burst())
	word := g.pick("", "e", "a rather long element number ")
	for i := range out {
		out[i] = word + strconv.Itoa(i%(1+g.rng.IntN(len(out))))
	}
	return out
}

// position is an index into a collection that may hold hundreds.
func (g *Generator) position() string {
	switch g.rng.IntN(4) {
	case 0, 1:
		return strconv.Itoa(g.skewed(20) - 6)
	case 2:
		return strconv.Itoa(g.rng.IntN(700) - 350)
	}
	return g.pick("0", "-1", "0", "-1", g.index())
}

// score is one of few, so that members tie, or one that takes all digits.
func (g *Generator) score() string {
	switch g.rng.IntN(6) {
	case 0, 1, 2:
		return strconv.Itoa(g.skewed(12) - 3)
	case 3:
		return g.float()
	}
	return g.pick("0", "-0", "1", "1.5", "0.1", "-2.25", "3.3333333333333335", "1e10", "1e21", "1e-7", "123456789012345678", "inf", "-inf", "+inf", "1.7976931348623157e308",
		"5e-324", "0.30000000000000004", "100", "4503599627370497.5", "9007199254740993")
}

func (g *Generator) scoreMembers() []string {
	n, from, word := g.burst(), g.rng.IntN(4)*40, g.pick("", "m", "member:")
	out := make([]string, 0, 2*n)
	for i := range n {
		out = append(out, strconv.Itoa(g.rng.IntN(n+5)), word+strconv.Itoa(from+i))
	}
	return out
}

func (g *Generator) scoreEnd() string {
	return g.pick("-inf", "+inf", "inf", "0", "1", "2", "5", "(0", "(1", "(2", "(5", "(inf", "(-inf", "-1", "1.5", "(1.5", "100", "x", "(x", "(", "nan", "")
}

func (g *Generator) lexEnd() string {
	return g.pick("-", "+", "-", "+", "[a", "(a", "[b", "(c", "[m1", "(m2", "[m100", "[", "(", "[0", "[5", "a", "", "[\xff", "x")
}

// streamID is one of the few ids that newStreamID makes as well.
func (g *Generator) streamID() string {
	if g.rng.IntN(10) == 0 {
		return g.pick("0", "0-0", "18446744073709551615-18446744073709551615", "x", "1-", "-1", "1-x", "18446744073709551616", "1-18446744073709551616", "$", "", "5")
	}
	return strconv.Itoa(g.skewed(40)) + "-" + strconv.Itoa(g.skewed(4))
}

// newStreamID is for XADD: mostly above those before it. No id is taken from the clock.
func (g *Generator) newStreamID() string {
	switch g.rng.IntN(12) {
	case 0:
		return g.streamID()
	case 1:
		return strconv.Itoa(g.skewed(40)) + "-*"
	}
	g.stream++
	id := strconv.Itoa(1 + g.stream/3)
	return g.pick(id+"-*", id+"-*", id+"-"+strconv.Itoa(g.stream))
}

func (g *Generator) rangeID() string {
	switch g.rng.IntN(5) {
	case 0, 1:
		return g.pick("-", "+")
	case 2:
		return "(" + g.streamID()
	}
	return g.pick(g.streamID(), strconv.Itoa(g.skewed(40)))
}

func (g *Generator) coordinate(limit int) string {
	switch g.rng.IntN(8) {
	case 0:
		return g.pick("0", "181", "86", "-85.05112878", "180", "-180", "x", "nan", "", "1e2", "inf")
	case 1:
		return strconv.FormatFloat(float64(g.rng.IntN(2*limit*1000)-limit*1000)/1000, 'f', -1, 64)
	}
	// A few towns close to each other, so that searches find some.
	return strconv.FormatFloat(13+float64(g.skewed(4000))/1000, 'f', -1, 64)
}
