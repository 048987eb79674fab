package resp

// SplitWords splits a line as redis-cli and redis.conf do: words stand between
// blanks; in double quotes \n \r \t \b \a \xHH and \" are escapes, in single
// quotes only \' is. It reports false if a quote is not closed or something
// follows a closing quote. Words without quotes alias the line.
func SplitWords(line []byte, words [][]byte) ([][]byte, bool) {
	i := 0
	for {
		for i < len(line) && isSpace(line[i]) {
			i++
		}
		if i >= len(line) {
			return words, true
		}
		from := i
		for i < len(line) && !isSpace(line[i]) && line[i] != '"' && line[i] != '\'' && line[i] != 0 {
			i++
		}
		if i >= len(line) || isSpace(line[i]) {
			words = append(words, line[from:i:i])
			continue
		}
		if line[i] == 0 { // a C string ends here
			if i > from {
				words = append(words, line[from:i:i])
			}
			return words, true
		}
		word, next, ok := quotedWord(line, from)
		if !ok {
			return words, false
		}
		words = append(words, word)
		i = next
	}
}

// quotedWord reads a word that has quotes in it and copies it.
func quotedWord(line []byte, i int) (word []byte, next int, ok bool) {
	word = make([]byte, 0, len(line)-i)
	var quote byte
	for i < len(line) {
		c := line[i]
		switch {
		case quote == 0 && (isSpace(c) || c == 0):
			return word, i, true
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == '"' && c == '\\' && i+3 < len(line) && line[i+1] == 'x' && isHex(line[i+2]) && isHex(line[i+3]):
			word = append(word, unhex(line[i+2])<<4|unhex(line[i+3]))
			i += 3
		case quote == '"' && c == '\\' && i+1 < len(line):
			i++
			word = append(word, unescape(line[i]))
		case quote == '\'' && c == '\\' && i+1 < len(line) && line[i+1] == '\'':
			i++
			word = append(word, '\'')
		case quote != 0 && c == quote:
			// A closing quote ends the word.
			return word, i + 1, i+1 == len(line) || isSpace(line[i+1]) || line[i+1] == 0
		default:
			word = append(word, c)
		}
		i++
	}
	return word, i, quote == 0
}

func unescape(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'b':
		return '\b'
	case 'a':
		return '\a'
	}
	return c
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func isHex(c byte) bool { return c-'0' < 10 || (c|0x20)-'a' < 6 }

func unhex(c byte) byte {
	if c-'0' < 10 {
		return c - '0'
	}
	return (c | 0x20) - 'a' + 10
}
