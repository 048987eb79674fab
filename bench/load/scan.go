package load

import (
	"bytes"
	"errors"
	"fmt"
)

// scanner counts complete replies in a stream that arrives in pieces. It knows lines, bulks and arrays, which is all that
// the commands of a measurement draw.
type scanner struct {
	left   int    // values still to come in the arrays that have begun
	skip   int    // bytes of a bulk still to come, its CR LF included
	line   []byte // start of a line whose end has not arrived
	errors int64
	first  string // the first error reply
	nulls  int64
}

var errReply = errors.New("unexpected reply")

// feed reads a piece and returns how many replies it completed.
func (s *scanner) feed(b []byte) (replies int, err error) {
	for len(b) > 0 {
		if s.skip > 0 {
			n := min(s.skip, len(b))
			s.skip -= n
			b = b[n:]
			if s.skip == 0 {
				replies += s.value()
			}
			continue
		}
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			s.line = append(s.line, b...)
			return replies, nil
		}
		line := b[:end+1]
		b = b[end+1:]
		if len(s.line) > 0 {
			s.line = append(s.line, line...)
			line = s.line
		}
		done, err := s.take(line)
		if err != nil {
			return replies, err
		}
		if done {
			replies += s.value()
		}
		s.line = s.line[:0]
	}
	return replies, nil
}

// value notes the end of a value and returns 1 if a reply ends with it.
func (s *scanner) value() int {
	if s.left > 0 {
		s.left--
	}
	if s.left > 0 {
		return 0
	}
	return 1
}

// take reads one line and says whether the reply ends with it.
func (s *scanner) take(line []byte) (done bool, err error) {
	switch line[0] {
	case '+', ':', '_', '#':
		return true, nil
	case '-':
		if s.errors == 0 {
			s.first = string(bytes.TrimSpace(line))
		}
		s.errors++
		return true, nil
	case '$':
		if line[1] == '-' {
			s.nulls++
			return true, nil
		}
		s.skip = length(line) + 2
		return false, nil
	case '*':
		if line[1] == '-' {
			s.nulls++
			return true, nil
		}
		n := length(line)
		if n == 0 {
			return true, nil
		}
		// The array takes the place of one value of the array around it.
		s.left = max(s.left-1, 0) + n
		return false, nil
	}
	return false, fmt.Errorf("%w: %q", errReply, line)
}

// length is the number in the head of a bulk or an array.
func length(line []byte) (n int) {
	for _, c := range line[1 : len(line)-2] {
		n = n*10 + int(c-'0')
	}
	return n
}
