package load

import (
	"bytes"
	"errors"
	"fmt"
)

// scanner counts complete replies in a stream that arrives in pieces. It knows lines and bulks, which is all that the
// commands of a measurement draw.
type scanner struct {
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
				replies++
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
			replies++
		}
		s.line = s.line[:0]
	}
	return replies, nil
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
		n := 0
		for _, c := range line[1 : len(line)-2] {
			n = n*10 + int(c-'0')
		}
		s.skip = n + 2
		return false, nil
	}
	return false, fmt.Errorf("%w: %q", errReply, line)
}
