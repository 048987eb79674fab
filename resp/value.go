package resp

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// ReplyLimits bound what ReadValue takes from a server.
type ReplyLimits struct {
	MaxBulk  int // bytes of a string
	MaxElems int // elements of an aggregate
	MaxDepth int // aggregates within aggregates
}

// DefaultReplyLimits fit every reply of a sane server.
var DefaultReplyLimits = ReplyLimits{MaxBulk: 512 << 20, MaxElems: 16 << 20, MaxDepth: 32}

var errFraming = errors.New("bad reply framing")

// Value is one reply with its wire type: '+' '-' ':' '$' '*' of RESP2 and '_' '#' ',' '(' '!' '=' '%' '~' '>' '|' of RESP3.
// A map's Elems are its keys and values in turn. Null is set for `$-1`, `*-1` and `_`, which Type tells apart.
type Value struct {
	Type  byte
	Null  bool
	Str   string
	Elems []Value
}

// IsError says whether the reply is an error of either protocol.
func (v Value) IsError() bool { return v.Type == '-' || v.Type == '!' }

// String prints the value on one line, as reports show it.
func (v Value) String() string {
	switch {
	case v.Null:
		return fmt.Sprintf("(null %c)", v.Type)
	case v.Type == '*' || v.Type == '%' || v.Type == '~' || v.Type == '>' || v.Type == '|':
		parts := make([]string, len(v.Elems))
		for i, e := range v.Elems {
			parts[i] = e.String()
		}
		return fmt.Sprintf("%c[%s]", v.Type, strings.Join(parts, " "))
	case v.Type == '$' || v.Type == '=':
		return fmt.Sprintf("%c%q", v.Type, v.Str)
	default:
		return string(v.Type) + v.Str
	}
}

// ReadValue reads one reply. Attributes in front of it are dropped.
func ReadValue(r *bufio.Reader, lim ReplyLimits) (Value, error) { return lim.read(r, 0) }

func (l ReplyLimits) read(r *bufio.Reader, depth int) (Value, error) {
	if depth > l.MaxDepth {
		return Value{}, fmt.Errorf("%w: nested deeper than %d", errFraming, l.MaxDepth)
	}
	line, err := readLine(r)
	if err != nil {
		return Value{}, err
	}
	if line == "" {
		return Value{}, fmt.Errorf("%w: empty line", errFraming)
	}
	v := Value{Type: line[0]}
	switch v.Type {
	case '+', '-', ':', '#', ',', '(':
		v.Str = line[1:]
		return v, nil
	case '_':
		v.Null = true
		return v, nil
	case '$', '!', '=':
		return l.readBulk(r, v, line)
	case '*', '%', '~', '>', '|':
		return l.readElems(r, v, line, depth)
	}
	return Value{}, fmt.Errorf("%w: %q", errFraming, line)
}

func (l ReplyLimits) readBulk(r *bufio.Reader, v Value, line string) (Value, error) {
	n, err := strconv.Atoi(line[1:])
	if err != nil || n < -1 || n > l.MaxBulk {
		return Value{}, fmt.Errorf("%w: length in %q", errFraming, line)
	}
	if n == -1 {
		v.Null = true
		return v, nil
	}
	buf := make([]byte, n+2)
	if _, err := io.ReadFull(r, buf); err != nil {
		return Value{}, err
	}
	if buf[n] != '\r' || buf[n+1] != '\n' {
		return Value{}, fmt.Errorf("%w: bulk of %d bytes does not end with CR LF", errFraming, n)
	}
	v.Str = string(buf[:n])
	return v, nil
}

func (l ReplyLimits) readElems(r *bufio.Reader, v Value, line string, depth int) (Value, error) {
	n, err := strconv.Atoi(line[1:])
	if err != nil || n < -1 || n > l.MaxElems {
		return Value{}, fmt.Errorf("%w: count in %q", errFraming, line)
	}
	if n == -1 {
		v.Null = true
		return v, nil
	}
	if v.Type == '%' || v.Type == '|' {
		n *= 2
	}
	for range n {
		e, err := l.read(r, depth+1)
		if err != nil {
			return Value{}, err
		}
		v.Elems = append(v.Elems, e)
	}
	if v.Type == '|' {
		// Attributes come before the reply that they describe and are no reply of their own.
		return l.read(r, depth)
	}
	return v, nil
}

// readLine reads up to CR LF and returns the line without it.
func readLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return "", err
	}
	if !strings.HasSuffix(line, "\r\n") {
		return "", fmt.Errorf("%w: line %q does not end with CR LF", errFraming, line)
	}
	return line[:len(line)-2], nil
}
