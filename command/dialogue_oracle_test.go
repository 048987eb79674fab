//go:build oracle

package command

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/internal/testserver"
	"clusternode/resp"
)

var update = flag.Bool("update", false, "write what the oracles reply or publish into testdata")

// oracles starts redis-server 7.0 and 8.0.
func oracles(t *testing.T) map[string]*testserver.Server {
	out := map[string]*testserver.Server{}
	for mark, name := range map[string]string{"7": "redis", "8": "redis8"} {
		bin, err := testserver.Oracle(name)
		require.NoError(t, err)
		out[mark] = testserver.Start(t, bin, testserver.Options{Args: []string{"--enable-debug-command", "yes"}})
	}
	return out
}

// replay runs a dialogue on a server and returns the replies by line.
func replay(t *testing.T, s *testserver.Server, lines []dialogueLine) []string {
	out := make([]string, len(lines))
	dial := func() *testserver.Conn {
		c, err := testserver.Dial(s.Addr)
		require.NoError(t, err)
		t.Cleanup(func() { c.Close() })
		_, err = c.Do("FLUSHALL")
		require.NoError(t, err)
		return c
	}
	c := dial()
	for i := range lines {
		l := &lines[i]
		switch {
		case strings.HasPrefix(l.text, "proto "):
			_, err := c.Do("HELLO", l.text[6:])
			require.NoError(t, err)
		case l.text == "reset":
			c = dial()
		case l.args != nil:
			v, err := c.Do(l.args...)
			require.NoError(t, err, l.text)
			out[i] = l.show(fromWire(v))
		}
	}
	return out
}

func fromWire(v testserver.Value) resp.Value {
	out := resp.Value{Type: v.Type, Null: v.Null, Str: v.Str}
	for _, e := range v.Elems {
		out.Elems = append(out.Elems, fromWire(e))
	}
	return out
}

func TestDialoguesAgainstOracles(t *testing.T) {
	servers := oracles(t)
	files, err := filepath.Glob("testdata/dialogues/*.txt")
	require.NoError(t, err)
	for _, path := range files {
		lines := readDialogue(t, path)
		by := map[string][]string{}
		for mark, s := range servers {
			by[mark] = replay(t, s, lines)
		}
		var text strings.Builder
		for i := range lines {
			l := &lines[i]
			text.WriteString(l.text + "\n")
			if l.args == nil {
				continue
			}
			want := l.reply
			switch {
			case l.mark == "-":
			case l.mark == "" && by["7"][i] != by["8"][i]:
				t.Errorf("%s:%d %s\n7.0 %s\n8.0 %s", path, l.at, l.text, by["7"][i], by["8"][i])
			case l.mark == "":
				want = by["8"][i]
			default:
				want = by[l.mark][i]
			}
			if !*update && want != l.reply {
				t.Errorf("%s:%d %s\nfile   %s\noracle %s", path, l.at, l.text, l.reply, want)
			}
			if want != "" {
				text.WriteString(want + "\n")
			}
		}
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(text.String()), 0o644))
		}
	}
}
