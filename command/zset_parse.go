package command

import (
	"bytes"
	"math"
	"strconv"
	"unsafe"

	"clusternode/object"
)

// parseDouble reads a score, weight or other double as strtod does, without
// surplus bytes on either side, NaN or a number that is out of a double's range.
func parseDouble(b []byte) (f float64, ok bool) {
	if len(b) == 0 || isSpace(b[0]) {
		return 0, false
	}
	f, err := readDouble(b)
	if err != nil {
		return 0, false
	}
	return f, f != 0 || !hasDigit(b) // too small is out of range, too
}

// readDouble is strconv.ParseFloat with the syntax of strtod, and no NaN.
func readDouble(b []byte) (float64, error) {
	if bytes.ContainsAny(b, "_nN") && !bytes.ContainsAny(b, "iI") || bytes.IndexByte(b, '_') >= 0 {
		return 0, strconv.ErrSyntax
	}
	s := unsafe.String(unsafe.SliceData(b), len(b))
	if i := bytes.IndexAny(b, "xX"); i >= 0 && !bytes.ContainsAny(b[i:], "pP") {
		s = string(b) + "p0" // Go wants an exponent of a hexadecimal number
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return f, err.(*strconv.NumError).Err
	}
	return f, nil
}

func isSpace(b byte) bool { return b == ' ' || b >= '\t' && b <= '\r' }

// hasDigit reports whether the digits of a number that reads as zero have one
// that is not.
func hasDigit(b []byte) bool {
	s := b
	hex := bytes.IndexAny(b, "xX")
	if hex >= 0 {
		s = b[hex+1:]
	}
	for _, c := range s {
		switch {
		case c >= '1' && c <= '9' || hex >= 0 && (c|0x20 >= 'a' && c|0x20 <= 'f'):
			return true
		case hex < 0 && c|0x20 == 'e' || c|0x20 == 'p':
			return false
		}
	}
	return false
}

// scoreBound is one end of a range of scores.
type scoreBound struct {
	score float64
	ex    bool // the score itself is not in the range
}

// parseScoreBound reads an end of a range of scores, which is looser than a
// score: it ends at the first NUL, there may be space before the number, or
// nothing at all, and what is out of range is infinite.
func parseScoreBound(b []byte) (s scoreBound, ok bool) {
	if len(b) > 0 && b[0] == '(' {
		s.ex, b = true, b[1:]
	}
	if end := bytes.IndexByte(b, 0); end >= 0 {
		b = b[:end]
	}
	if len(b) == 0 {
		return s, true
	}
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	f, err := readDouble(b)
	s.score = f
	return s, err == nil || err == strconv.ErrRange && !math.IsNaN(f)
}

// lexBound is one end of a range of members.
type lexBound struct {
	member []byte
	ex     bool
	inf    int // -1: before all members, 1: behind them
}

func parseLexBound(b []byte) (l lexBound, ok bool) {
	switch {
	case string(b) == "-":
		l.inf = -1
	case string(b) == "+":
		l.inf = 1
	case len(b) > 0 && (b[0] == '(' || b[0] == '['):
		l.member, l.ex = b[1:], b[0] == '('
	default:
		return l, false
	}
	return l, true
}

// Ways to say a range.
const (
	byAny = iota // the options say it
	byRank
	byScore
	byLex
)

// zrangeEnds are the ends of a range.
type zrangeEnds struct {
	by         int
	start, end int64         // byRank
	score      [2]scoreBound // byScore
	lex        [2]lexBound   // byLex
}

const (
	errScoreBound = "ERR min or max is not a float"
	errLexBound   = "ERR min or max not valid string range item"
)

// parseEnds reads the ends of a range; ok is false after an error was replied.
func (c *Ctx) parseEnds(by int, lo, hi []byte) (r zrangeEnds, ok bool) {
	r, problem := readEnds(by, lo, hi)
	if problem != "" {
		c.W.Error(problem)
	}
	return r, problem == ""
}

// readEnds is parseEnds without a reply: problem is the text of an error, "" if
// there is none.
func readEnds(by int, lo, hi []byte) (r zrangeEnds, problem string) {
	r.by = by
	var ok, ok2 bool
	switch by {
	case byScore:
		r.score[0], ok = parseScoreBound(lo)
		if r.score[1], ok2 = parseScoreBound(hi); !ok || !ok2 {
			return r, errScoreBound
		}
	case byLex:
		r.lex[0], ok = parseLexBound(lo)
		if r.lex[1], ok2 = parseLexBound(hi); !ok || !ok2 {
			return r, errLexBound
		}
	default:
		if r.start, problem = parseBetween(lo, math.MinInt64, math.MaxInt64, ""); problem == "" {
			r.end, problem = parseBetween(hi, math.MinInt64, math.MaxInt64, "")
		}
	}
	return r, problem
}

// ranks are the numbers of the members in the range: [from, to).
func (r *zrangeEnds) ranks(z *object.ZSet) (from, to int) {
	n := z.Len()
	switch r.by {
	case byScore:
		lo, hi := r.score[0], r.score[1]
		if lo.score > hi.score || lo.score == hi.score && (lo.ex || hi.ex) {
			return 0, 0
		}
		return z.RankOfScore(lo.score, lo.ex), z.RankOfScore(hi.score, !hi.ex)
	case byLex:
		from, to = lexRank(z, r.lex[0], true), lexRank(z, r.lex[1], false)
		return from, max(from, to)
	}
	return rankRange(r.start, r.end, n)
}

// rankRange are the ranks from start to end, either of which counts from the end
// of n if it is negative.
func rankRange(start, end int64, n int) (from, to int) {
	total := int64(n)
	if start < 0 {
		start = max(start+total, 0)
	}
	if end < 0 {
		end += total
	}
	if start > end || start >= total {
		return 0, 0
	}
	return int(start), int(min(end, total-1)) + 1
}

// lexRank is the number of members before a lower bound, or up to an upper one.
func lexRank(z *object.ZSet, b lexBound, lower bool) int {
	switch b.inf {
	case -1:
		return 0
	case 1:
		return z.Len()
	}
	return z.RankOfMember(b.member, b.ex == lower)
}
