package resp

import (
	"bufio"
	"bytes"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWriterInBothProtocols(t *testing.T) {
	for name, c := range map[string]struct {
		write        func(w *Writer)
		resp2, resp3 string
	}{
		"ok":        {func(w *Writer) { w.OK() }, "+OK\r\n", "+OK\r\n"},
		"error":     {func(w *Writer) { w.Error("ERR a\r\nb") }, "-ERR a  b\r\n", "-ERR a  b\r\n"},
		"int":       {func(w *Writer) { w.Int(-5) }, ":-5\r\n", ":-5\r\n"},
		"digit":     {func(w *Writer) { w.Int(7) }, ":7\r\n", ":7\r\n"},
		"bulk":      {func(w *Writer) { w.Bulk([]byte("a\r\n")) }, "$3\r\na\r\n\r\n", "$3\r\na\r\n\r\n"},
		"bulk int":  {func(w *Writer) { w.BulkInt(12) }, "$2\r\n12\r\n", "$2\r\n12\r\n"},
		"map":       {func(w *Writer) { w.Map(2) }, "*4\r\n", "%2\r\n"},
		"set":       {func(w *Writer) { w.Set(2) }, "*2\r\n", "~2\r\n"},
		"push":      {func(w *Writer) { w.Push(3) }, "*3\r\n", ">3\r\n"},
		"null":      {func(w *Writer) { w.Null() }, "$-1\r\n", "_\r\n"},
		"nullarray": {func(w *Writer) { w.NullArray() }, "*-1\r\n", "_\r\n"},
		"true":      {func(w *Writer) { w.Bool(true) }, ":1\r\n", "#t\r\n"},
		"false":     {func(w *Writer) { w.Bool(false) }, ":0\r\n", "#f\r\n"},
		"double":    {func(w *Writer) { w.Double(3.25) }, "$4\r\n3.25\r\n", ",3.25\r\n"},
		"big":       {func(w *Writer) { w.BigNumber(big.NewInt(1234567999)) }, "$10\r\n1234567999\r\n", "(1234567999\r\n"},
		"verbatim":  {func(w *Writer) { w.Verbatim("txt", "hi") }, "$2\r\nhi\r\n", "=6\r\ntxt:hi\r\n"},
		"strings":   {func(w *Writer) { w.Strings([]string{"a", "b"}) }, "*2\r\n$1\r\na\r\n$1\r\nb\r\n", "*2\r\n$1\r\na\r\n$1\r\nb\r\n"},
	} {
		w := Writer{Proto: 2}
		c.write(&w)
		require.Equal(t, c.resp2, string(w.Buf), name)
		w = Writer{Proto: 3}
		c.write(&w)
		require.Equal(t, c.resp3, string(w.Buf), name)
	}
}

func TestAppendDouble(t *testing.T) {
	// Printed by ZSCORE of Redis 8.0.
	for want, f := range map[string]float64{
		"100000000": 1e8, "1000000000000000": 1e15, "100000000000000000": 1e17, "1e+21": 1e21,
		"3": 3, "1e-7": 1e-7, "1.23456789e-5": 123456.789e-10, "inf": math.Inf(1), "-inf": math.Inf(-1), "nan": math.NaN(),
		"0.1": 0.1, "-1.5": -1.5, "3.0000000000000004": 3.0000000000000004,
	} {
		require.Equal(t, want, string(AppendDouble(nil, f)))
	}
}

func TestParseInt(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "-1": -1, "9223372036854775807": math.MaxInt64, "-9223372036854775808": math.MinInt64, "10": 10,
	} {
		v, ok := ParseInt([]byte(text))
		require.True(t, ok, text)
		require.Equal(t, want, v)
	}
	for _, text := range []string{"", "-", "-0", "01", "+1", " 1", "1 ", "9223372036854775808", "-9223372036854775809", "1e3", "99999999999999999999", "18446744073709551616"} {
		_, ok := ParseInt([]byte(text))
		require.False(t, ok, text)
	}
}

func TestUnknownCommand(t *testing.T) {
	args := [][]byte{[]byte("nope"), []byte("a"), []byte(strings.Repeat("b", 200)), []byte("c")}
	require.Equal(t, "ERR unknown command 'nope', with args beginning with: 'a' '"+strings.Repeat("b", 124)+"' ", UnknownCommand(args))
}

func parse(text string) (Value, error) {
	return ReadValue(bufio.NewReader(strings.NewReader(text)), DefaultReplyLimits)
}

func TestReadValue(t *testing.T) {
	for wire, want := range map[string]string{
		"+OK\r\n":                              "+OK",
		"-ERR no\r\n":                          "-ERR no",
		":-5\r\n":                              ":-5",
		"$3\r\na\r\n\r\n":                      `$"a\r\n"`,
		"$-1\r\n":                              "(null $)",
		"*-1\r\n":                              "(null *)",
		"_\r\n":                                "(null _)",
		"*2\r\n:1\r\n*0\r\n":                   "*[:1 *[]]",
		"%1\r\n+a\r\n:1\r\n":                   "%[+a :1]",
		"~1\r\n#t\r\n":                         "~[#t]",
		",1.5\r\n":                             ",1.5",
		"=7\r\ntxt:abc\r\n":                    `="txt:abc"`,
		"!5\r\nERR x\r\n":                      "!ERR x",
		"|1\r\n+ttl\r\n:3600\r\n$1\r\nv\r\n":   `$"v"`,
		">2\r\n$1\r\na\r\n(12345678901234\r\n": `>[$"a" (12345678901234]`,
	} {
		v, err := parse(wire)
		require.NoError(t, err, wire)
		require.Equal(t, want, v.String(), wire)
	}
}

func TestReadValueRefusesBadFraming(t *testing.T) {
	for _, wire := range []string{
		"", "\r\n", "OK\r\n", "+OK\n", "$x\r\n", "$-2\r\n", "$3\r\nabcde", "$1\r\nabc\r\n", "*9999999999\r\n", "*1\r\n",
		strings.Repeat("*1\r\n", 100),
	} {
		_, err := parse(wire)
		require.Error(t, err, wire)
	}
}

func FuzzReadValue(f *testing.F) {
	f.Add([]byte("*2\r\n:1\r\n%1\r\n+a\r\n$1\r\nb\r\n"))
	f.Add([]byte("$-2\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = ReadValue(bufio.NewReader(bytes.NewReader(data)), ReplyLimits{MaxBulk: 1 << 16, MaxElems: 1 << 10, MaxDepth: 8})
	})
}
