package testserver

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Bounds on what a server may send to a test: a server gone mad fails the test and does not eat the machine.
const (
	maxBulk  = 512 << 20
	maxElems = 16 << 20
	maxDepth = 32
)

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

// ReadValue reads one reply.
func ReadValue(r *bufio.Reader) (Value, error) { return readValue(r, 0) }

// AppendValue appends the value as it goes over the wire.
func AppendValue(dst []byte, v Value) []byte {
	dst = append(dst, v.Type)
	switch v.Type {
	case '$', '!', '=':
		if v.Null {
			return append(dst, "-1\r\n"...)
		}
		dst = strconv.AppendInt(dst, int64(len(v.Str)), 10)
		dst = append(dst, '\r', '\n')
	case '*', '%', '~', '>':
		return appendElems(dst, v)
	}
	dst = append(dst, v.Str...)
	return append(dst, '\r', '\n')
}

func appendElems(dst []byte, v Value) []byte {
	if v.Null {
		return append(dst, "-1\r\n"...)
	}
	n := len(v.Elems)
	if v.Type == '%' {
		n /= 2
	}
	dst = strconv.AppendInt(dst, int64(n), 10)
	dst = append(dst, '\r', '\n')
	for _, e := range v.Elems {
		dst = AppendValue(dst, e)
	}
	return dst
}

// readValue reads a reply at the given depth of nesting.
func readValue(r *bufio.Reader, depth int) (Value, error) {
	if depth > maxDepth {
		return Value{}, fmt.Errorf("%w: nested deeper than %d", errFraming, maxDepth)
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
		return readBulk(r, v, line)
	case '*', '%', '~', '>', '|':
		return readElems(r, v, line, depth)
	}
	return Value{}, fmt.Errorf("%w: %q", errFraming, line)
}

func readBulk(r *bufio.Reader, v Value, line string) (Value, error) {
	n, err := strconv.Atoi(line[1:])
	if err != nil || n < -1 || n > maxBulk {
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

func readElems(r *bufio.Reader, v Value, line string, depth int) (Value, error) {
	n, err := strconv.Atoi(line[1:])
	if err != nil || n < -1 || n > maxElems {
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
		e, err := readValue(r, depth+1)
		if err != nil {
			return Value{}, err
		}
		v.Elems = append(v.Elems, e)
	}
	if v.Type == '|' {
		// Attributes come before the reply that they describe and are no reply of their own.
		return readValue(r, depth)
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
