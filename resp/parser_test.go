package resp

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/redcon"
)

var full = AuthenticatedLimits(512 << 20)

// parseAll feeds data in pieces of the given size and returns all commands.
func parseAll(data []byte, piece int, lim Limits) (cmds [][]string, err error) {
	var p Parser
	var buf []byte
	for len(data) > 0 {
		n := min(piece, len(data))
		buf = append(buf, data[:n]...)
		data = data[n:]
		for len(buf) > 0 {
			args, used, err := p.Next(buf, nil, &lim)
			if err != nil {
				return cmds, err
			}
			if used == 0 {
				break
			}
			var cmd []string
			for _, a := range args {
				cmd = append(cmd, string(a))
			}
			cmds = append(cmds, cmd)
			buf = buf[used:]
		}
	}
	return cmds, nil
}

func TestParser(t *testing.T) {
	long := strings.Repeat("v", 100_000)
	for wire, want := range map[string][][]string{
		"*1\r\n$4\r\nPING\r\n":                           {{"PING"}},
		"*2\r\n$3\r\nGET\r\n$1\r\na\r\n":                 {{"GET", "a"}},
		"*2\r\n$3\r\nGET\r\n$0\r\n\r\n*0\r\nPING\r\n":    {{"GET", ""}, nil, {"PING"}},
		"*-1\r\n\r\n\n":                                  {nil, nil, nil},
		"  set a  \"b c\\x41\\n\" 'it\\'s'\r\n":          {{"set", "a", "b cA\n", "it's"}},
		"get a\n":                                        {{"get", "a"}},
		"*2\r\n$3\r\nGET\r\n$100000\r\n" + long + "\r\n": {{"GET", long}},
		"*12\r\n" + strings.Repeat("$10\r\n0123456789\r\n", 12): {
			{"0123456789", "0123456789", "0123456789", "0123456789", "0123456789", "0123456789",
				"0123456789", "0123456789", "0123456789", "0123456789", "0123456789", "0123456789"}},
	} {
		for _, piece := range []int{1, 2, 7, 1000, 1 << 20} {
			got, err := parseAll([]byte(wire), piece, full)
			require.NoError(t, err, "%.60q in %d", wire, piece)
			require.Equal(t, want, got, "%.60q in %d", wire, piece)
		}
	}
}

func TestParserErrors(t *testing.T) {
	anonymous := AnonymousLimits()
	for _, c := range []struct {
		wire string
		lim  Limits
		want string
	}{
		{"*x\r\n", full, "Protocol error: invalid multibulk length"},
		{"*2147483648\r\n", full, "Protocol error: invalid multibulk length"},
		{"*99999999999999999999\r\n", full, "Protocol error: invalid multibulk length"},
		{"*1\r\n:1\r\n", full, "Protocol error: expected '$', got ':'"},
		{"*1\r\n$-2\r\n", full, "Protocol error: invalid bulk length"},
		{"*1\r\n$9223372036854775807\r\n", full, "Protocol error: invalid bulk length"},
		{"*1\r\n$536870913\r\n", full, "Protocol error: invalid bulk length"},
		{"*1\r\n$1x\r\n", full, "Protocol error: invalid bulk length"},
		{"*" + strings.Repeat("1", 70_000), full, "Protocol error: too big mbulk count string"},
		{"*1\r\n$" + strings.Repeat("1", 70_000), full, "Protocol error: too big bulk count string"},
		{strings.Repeat("a", 70_000), full, "Protocol error: too big inline request"},
		{"set a \"b\r\n", full, "Protocol error: unbalanced quotes in request"},
		{"set a 'b'c\r\n", full, "Protocol error: unbalanced quotes in request"},
		{"*11\r\n", anonymous, "Protocol error: unauthenticated multibulk length"},
		{"*1\r\n$16385\r\n", anonymous, "Protocol error: unauthenticated bulk length"},
	} {
		for _, piece := range []int{1, 50_000, 1 << 20} {
			_, err := parseAll([]byte(c.wire), piece, c.lim)
			require.EqualError(t, err, c.want, "%.40q in %d", c.wire, piece)
		}
	}
}

// TestParserNeverRescans feeds a long command byte by byte: the parser must
// not get slower with what it has seen.
func TestParserNeverRescans(t *testing.T) {
	const argc = 20_000
	var wire []byte
	wire = redcon.AppendArray(wire, argc)
	for range argc {
		wire = redcon.AppendBulkString(wire, "argument")
	}
	got, err := parseAll(wire, 11, full)
	require.NoError(t, err)
	require.Len(t, got[0], argc)
}

func TestNeed(t *testing.T) {
	var p Parser
	data := []byte("*2\r\n$3\r\nSET\r\n$1000\r\nx")
	_, n, err := p.Next(data, nil, &full)
	require.NoError(t, err)
	require.Zero(t, n)
	require.Equal(t, len(data)-1+1000+2, p.Need())
}

func FuzzParser(f *testing.F) {
	f.Add([]byte("*2\r\n$3\r\nGET\r\n$1\r\na\r\nPING\r\n*0\r\n"), 3)
	f.Add([]byte("*1\r\n$-2\r\n"), 1)
	f.Add([]byte("set a \"\\x41\" 'b'\r\n"), 5)
	f.Add([]byte("*99999999\r\n$1\r\na\r\n"), 2)
	f.Fuzz(func(t *testing.T, data []byte, piece int) {
		if piece < 1 || len(data) > 1<<16 {
			return
		}
		// However the bytes arrive, the commands are the same.
		whole, errWhole := parseAll(data, len(data)+1, full)
		pieces, errPieces := parseAll(data, piece, full)
		require.Equal(t, whole, pieces)
		require.Equal(t, errWhole == nil, errPieces == nil)
		for _, cmd := range whole {
			checkTwin(t, cmd)
		}
	})
}

// checkTwin writes the command as an array: redcon and the parser must read
// the same arguments from it.
func checkTwin(t *testing.T, cmd []string) {
	if len(cmd) == 0 {
		return
	}
	wire := redcon.AppendArray(nil, len(cmd))
	for _, a := range cmd {
		wire = redcon.AppendBulkString(wire, a)
	}
	complete, args, _, left, err := redcon.ReadNextCommand(wire, nil)
	require.NoError(t, err)
	require.True(t, complete)
	require.Empty(t, left)
	var p Parser
	mine, n, err := p.Next(wire, nil, &full)
	require.NoError(t, err)
	require.Equal(t, len(wire), n)
	require.Equal(t, len(args), len(mine))
	for i := range args {
		require.True(t, bytes.Equal(args[i], mine[i]))
	}
}

func TestNoAllocations(t *testing.T) {
	wire := []byte("*3\r\n$3\r\nSET\r\n$16\r\nkey:000000012345\r\n$64\r\n" + strings.Repeat("v", 64) + "\r\n")
	args := make([][]byte, 0, 16)
	var p Parser
	w := Writer{Buf: make([]byte, 0, 1<<16), Proto: 2}
	n := testing.AllocsPerRun(10, func() {
		for range 1000 {
			out, _, _ := p.Next(wire, args, &full)
			w.Buf = w.Buf[:0]
			w.OK()
			w.Bulk(out[2])
		}
	})
	require.Zero(t, n)
}

func BenchmarkParse(b *testing.B) {
	wire := []byte("*2\r\n$3\r\nGET\r\n$16\r\nkey:000000012345\r\n")
	args := make([][]byte, 0, 16)
	b.Run("ours", func(b *testing.B) {
		var p Parser
		for b.Loop() {
			_, _, _ = p.Next(wire, args, &full)
		}
	})
	b.Run("redcon", func(b *testing.B) {
		for b.Loop() {
			_, _, _, _, _ = redcon.ReadNextCommand(wire, args)
		}
	})
}
