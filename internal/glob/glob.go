package glob

// Text is what can be matched.
type Text interface{ ~string | ~[]byte }

// Match reports whether all of s matches the pattern.
func Match[P, S Text](pattern P, s S) bool { return match(pattern, s, false) }

// MatchFold is Match without regard to the case of ASCII letters.
func MatchFold[P, S Text](pattern P, s S) bool { return match(pattern, s, true) }

// match walks both once. What follows a star is tried at the earliest place;
// when it fails later, the last star takes one byte more. Only the last star
// needs to: an earlier one could only move what the later one skips anyway.
func match[P, S Text](pattern P, s S, fold bool) bool {
	p, i := 0, 0
	starP, starI := -1, 0
	for i < len(s) {
		if p < len(pattern) {
			if pattern[p] == '*' {
				p++
				starP, starI = p, i
				continue
			}
			if ok, next := one(pattern, p, s[i], fold); ok {
				p = next
				i++
				continue
			}
		}
		if starP < 0 {
			return false
		}
		starI++
		p, i = starP, starI
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// one matches one byte against the element at pattern[p] and returns where the
// next element begins.
func one[P Text](pattern P, p int, c byte, fold bool) (ok bool, next int) {
	switch pattern[p] {
	case '?':
		return true, p + 1
	case '[':
		return set(pattern, p+1, c, fold)
	case '\\':
		if p+1 < len(pattern) {
			p++
		}
	}
	return same(pattern[p], c, fold), p + 1
}

// set matches one byte against the set whose first byte is pattern[p].
func set[P Text](pattern P, p int, c byte, fold bool) (ok bool, next int) {
	not := p < len(pattern) && pattern[p] == '^'
	if not {
		p++
	}
	in := false
	for ; p < len(pattern) && pattern[p] != ']'; p++ {
		switch {
		case pattern[p] == '\\' && p+1 < len(pattern):
			p++
			in = in || same(pattern[p], c, fold)
		case p+2 < len(pattern) && pattern[p+1] == '-':
			in = in || within(pattern[p], pattern[p+2], c, fold)
			p += 2
		default:
			in = in || same(pattern[p], c, fold)
		}
	}
	return in != not, min(p+1, len(pattern))
}

func within(from, to, c byte, fold bool) bool {
	if from > to {
		from, to = to, from
	}
	if fold {
		from, to, c = lower(from), lower(to), lower(c)
	}
	return from <= c && c <= to
}

func same(a, b byte, fold bool) bool {
	return a == b || fold && lower(a) == lower(b)
}

func lower(c byte) byte {
	if c-'A' < 26 {
		c |= 0x20
	}
	return c
}
