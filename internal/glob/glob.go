// Package glob matches the patterns of KEYS, SCAN, CONFIG GET and PSUBSCRIBE.
//
// # Words
//
//   - '*' stands for any bytes, '?' for one byte.
//   - "[abc]", "[a-z]", "[^abc]" stand for one byte in, or not in, a class. In
//     a class '\' quotes the next byte; a class that is not closed ends with
//     the pattern.
//   - '\' quotes the next byte; at the end of the pattern it stands for itself.
//
// Two properties are Redis' own and kept: an empty text matches only the empty
// pattern, and the bounds of a range are compared as signed bytes.
//
// Matching takes time proportional to the product of the lengths at worst:
// when a byte does not fit, only the last '*' is tried again, one byte further
// on, because an earlier one cannot help (what lay between was found as early
// as it can be). Nothing is allocated.
//
// All of it is in this file.
package glob

// Match reports whether text matches pattern, byte for byte.
func Match(pattern, text []byte) bool { return match(pattern, text, false) }

// MatchFold is Match without regard to the case of ASCII letters.
func MatchFold(pattern, text []byte) bool { return match(pattern, text, true) }

// Literal reports whether the pattern matches only itself.
func Literal(pattern []byte) bool {
	for _, c := range pattern {
		if c == '*' || c == '?' || c == '[' || c == '\\' {
			return false
		}
	}
	return true
}

func match(p, s []byte, fold bool) bool {
	if len(s) == 0 {
		return len(p) == 0
	}
	star, resume := -1, 0 // after the last '*', and where its text ends
	pi, si := 0, 0
	for si < len(s) {
		if pi < len(p) {
			if p[pi] == '*' {
				for pi < len(p) && p[pi] == '*' {
					pi++
				}
				if pi == len(p) {
					return true
				}
				star, resume = pi, si
				continue
			}
			if width, ok := one(p[pi:], s[si], fold); ok {
				pi += width
				si++
				continue
			}
		}
		if star < 0 {
			return false
		}
		resume++
		pi, si = star, resume
	}
	for pi < len(p) && p[pi] == '*' {
		pi++
	}
	return pi == len(p)
}

// one matches the first element of p, which is not '*', with one byte. width
// is the length of the element.
func one(p []byte, c byte, fold bool) (width int, ok bool) {
	switch p[0] {
	case '?':
		return 1, true
	case '[':
		return class(p, c, fold)
	case '\\':
		if len(p) > 1 {
			return 2, same(p[1], c, fold)
		}
	}
	return 1, same(p[0], c, fold)
}

// class matches "[...]" at the beginning of p with one byte.
func class(p []byte, c byte, fold bool) (width int, ok bool) {
	i := 1
	not := i < len(p) && p[i] == '^'
	if not {
		i++
	}
	for ; i < len(p) && p[i] != ']'; i++ {
		switch {
		case p[i] == '\\' && i+1 < len(p):
			i++
			ok = ok || p[i] == c // a quoted byte keeps its case
		case i+2 < len(p) && p[i+1] == '-':
			ok = ok || inRange(p[i], p[i+2], c, fold)
			i += 2
		default:
			ok = ok || same(p[i], c, fold)
		}
	}
	return min(i+1, len(p)), ok != not
}

func inRange(from, to, c byte, fold bool) bool {
	a, b, x := int8(from), int8(to), int8(c)
	if a > b {
		a, b = b, a
	}
	if fold {
		a, b, x = int8(lower(byte(a))), int8(lower(byte(b))), int8(lower(c))
	}
	return a <= x && x <= b
}

func same(a, b byte, fold bool) bool {
	return a == b || fold && lower(a) == lower(b)
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
