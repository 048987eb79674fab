package command

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/resp"
)

// Dialogues are recorded conversations with redis-server: testdata/dialogues.
// A file is lines of
//
//	> SET k v       a command, and on the next line its reply as
//	+OK             resp.Value prints it
//	>~ KEYS *       the elements of the reply are sorted
//	proto 3         from here on, in this protocol
//	reset           from here on, with an empty server and a new connection
//	# text
//
// ">" alone says that Redis 7.0 and 8.0 reply alike. Where they do not, ">7"
// or ">8" names the one that 7.2 agrees with, and ">-" marks a reply written
// by hand because neither does. The test with build tag oracle compares the
// files with both servers, and with -update writes the replies.
type dialogueLine struct {
	text   string // the line as it stands in the file
	args   []string
	mark   string // "", "7", "8" or "-"
	sorted bool
	reply  string
	at     int // line number
}

func readDialogue(t testing.TB, path string) []dialogueLine {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var out []dialogueLine
	for i, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		if len(out) > 0 && out[len(out)-1].args != nil && out[len(out)-1].reply == "" && line != "" && line[0] != '>' && line[0] != '#' {
			out[len(out)-1].reply = line
			continue
		}
		l := dialogueLine{text: line, at: i + 1}
		if sign, command, ok := strings.Cut(line, " "); ok && sign[0] == '>' {
			l.sorted = strings.HasSuffix(sign, "~")
			l.mark = strings.Trim(sign, ">~")
			words, ok := resp.SplitWords([]byte(command), nil)
			require.True(t, ok, "%s:%d", path, l.at)
			for _, w := range words {
				l.args = append(l.args, string(w))
			}
		}
		out = append(out, l)
	}
	return out
}

// show prints a reply as the files have it.
func (l *dialogueLine) show(v resp.Value) string {
	if l.sorted {
		sortElems(&v)
	}
	return v.String()
}

// sortElems sorts the elements of all aggregates within a reply.
func sortElems(v *resp.Value) {
	for i := range v.Elems {
		sortElems(&v.Elems[i])
	}
	slices.SortFunc(v.Elems, func(a, b resp.Value) int { return strings.Compare(a.String(), b.String()) })
}

func TestDialogues(t *testing.T) {
	files, err := filepath.Glob("testdata/dialogues/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			n := newNode(t, Families()...)
			for _, l := range readDialogue(t, path) {
				switch {
				case strings.HasPrefix(l.text, "proto "):
					n.c.C.Proto = int(l.text[6] - '0')
					n.w.Proto = n.c.C.Proto
				case l.text == "reset":
					n = newNode(t, Families()...)
				case l.args != nil:
					require.NotEmpty(t, l.reply, "%s:%d has no reply", path, l.at)
					require.Equal(t, l.reply, l.show(n.do(l.args...)), "%s:%d %s", path, l.at, l.text)
				default:
					require.True(t, l.text == "" || l.text[0] == '#', "%s:%d %s", path, l.at, l.text)
				}
			}
		})
	}
}
