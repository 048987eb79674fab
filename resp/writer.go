package resp

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/tidwall/redcon"
)

// Writer collects replies in the client's protocol version. It does no I/O:
// its owner sends Buf and empties it.
type Writer struct {
	Buf   []byte
	Proto int // 2 or 3
	// LastError is the text of the last error reply. Its owner clears it
	// before a command and looks after it, for statistics.
	LastError string
}

// OK appends "+OK".
func (w *Writer) OK() { w.Buf = redcon.AppendOK(w.Buf) }

// SimpleString appends "+text". Line ends in it become spaces.
func (w *Writer) SimpleString(text string) { w.Buf = redcon.AppendString(w.Buf, oneLine(text)) }

// Error appends "-text"; text begins with the error's code ("ERR ...").
func (w *Writer) Error(text string) {
	w.LastError = text
	w.Buf = redcon.AppendError(w.Buf, oneLine(text))
}

// oneLine replaces line ends: they would break the framing.
func oneLine(s string) string {
	if strings.IndexByte(s, '\n') < 0 && strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.NewReplacer("\r", " ", "\n", " ").Replace(s)
}

// Int appends an integer.
func (w *Writer) Int(n int64) {
	if n >= 0 && n < 10 {
		w.Buf = append(w.Buf, ':', byte('0'+n), '\r', '\n')
		return
	}
	w.Buf = redcon.AppendInt(w.Buf, n)
}

// Bulk appends a bulk string.
func (w *Writer) Bulk(b []byte) { w.Buf = redcon.AppendBulk(w.Buf, b) }

// BulkString appends a bulk string.
func (w *Writer) BulkString(s string) { w.Buf = redcon.AppendBulkString(w.Buf, s) }

// BulkInt appends an integer as bulk string.
func (w *Writer) BulkInt(n int64) {
	var tmp [20]byte
	w.Bulk(strconv.AppendInt(tmp[:0], n, 10))
}

// Array opens an array of n replies.
func (w *Writer) Array(n int) { w.Buf = redcon.AppendArray(w.Buf, n) }

// Map opens a map of n pairs; RESP2 clients get an array of 2n.
func (w *Writer) Map(n int) { w.aggregate('%', n, 2*n) }

// Set opens a set of n members; RESP2 clients get an array.
func (w *Writer) Set(n int) { w.aggregate('~', n, n) }

// Push opens an out-of-band message of n replies; RESP2 clients get an array.
func (w *Writer) Push(n int) { w.aggregate('>', n, n) }

// Attribute opens n pairs of attributes for the reply that follows. RESP2 has
// none: the caller asks Proto first.
func (w *Writer) Attribute(n int) { w.aggregate('|', n, 2*n) }

func (w *Writer) aggregate(kind byte, n3, n2 int) {
	if w.Proto < 3 {
		w.Array(n2)
		return
	}
	w.Buf = append(w.Buf, kind)
	w.Buf = strconv.AppendInt(w.Buf, int64(n3), 10)
	w.Buf = append(w.Buf, '\r', '\n')
}

// Null appends the null of a missing value: "$-1" or "_".
func (w *Writer) Null() {
	if w.Proto < 3 {
		w.Buf = append(w.Buf, "$-1\r\n"...)
		return
	}
	w.Buf = append(w.Buf, "_\r\n"...)
}

// NullArray appends the null of a missing array: "*-1" or "_".
func (w *Writer) NullArray() {
	if w.Proto < 3 {
		w.Buf = append(w.Buf, "*-1\r\n"...)
		return
	}
	w.Buf = append(w.Buf, "_\r\n"...)
}

// Bool appends a boolean; RESP2 clients get 1 or 0.
func (w *Writer) Bool(v bool) {
	switch {
	case w.Proto < 3 && v:
		w.Int(1)
	case w.Proto < 3:
		w.Int(0)
	case v:
		w.Buf = append(w.Buf, "#t\r\n"...)
	default:
		w.Buf = append(w.Buf, "#f\r\n"...)
	}
}

// Double appends a double; RESP2 clients get a bulk string.
func (w *Writer) Double(f float64) {
	var tmp [32]byte
	text := AppendDouble(tmp[:0], f)
	if w.Proto < 3 {
		w.Bulk(text)
		return
	}
	w.Buf = append(w.Buf, ',')
	w.Buf = append(w.Buf, text...)
	w.Buf = append(w.Buf, '\r', '\n')
}

// BigNumber appends an integer of any size; RESP2 clients get a bulk string.
func (w *Writer) BigNumber(n *big.Int) {
	if w.Proto < 3 {
		w.BulkString(n.String())
		return
	}
	w.Buf = append(w.Buf, '(')
	w.Buf = n.Append(w.Buf, 10)
	w.Buf = append(w.Buf, '\r', '\n')
}

// Verbatim appends text of a three letter format ("txt", "mkd"); RESP2 clients
// get a bulk string.
func (w *Writer) Verbatim(format, text string) {
	if w.Proto < 3 {
		w.BulkString(text)
		return
	}
	w.Buf = append(w.Buf, '=')
	w.Buf = strconv.AppendInt(w.Buf, int64(len(text)+4), 10)
	w.Buf = append(w.Buf, '\r', '\n')
	w.Buf = append(w.Buf, format...)
	w.Buf = append(w.Buf, ':')
	w.Buf = append(w.Buf, text...)
	w.Buf = append(w.Buf, '\r', '\n')
}

// Strings appends an array of bulk strings.
func (w *Writer) Strings(list []string) {
	w.Array(len(list))
	for _, s := range list {
		w.BulkString(s)
	}
}

// Help appends what a HELP subcommand answers: the lines between the header
// and the HELP entry that all of them have.
func (w *Writer) Help(command string, lines []string) {
	w.Array(len(lines) + 3)
	w.SimpleString(command + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:")
	for _, l := range lines {
		w.SimpleString(l)
	}
	w.SimpleString("HELP")
	w.SimpleString("    Print this help.")
}
