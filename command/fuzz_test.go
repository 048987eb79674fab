package command

import (
	"bufio"
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/resp"
)

// No command line, however odd, makes a handler panic, reply nothing or break
// the framing of its reply. The recorded dialogues are the seeds.
func FuzzCommands(f *testing.F) {
	files, err := filepath.Glob("testdata/dialogues/*.txt")
	require.NoError(f, err)
	for _, path := range files {
		for _, l := range readDialogue(f, path) {
			if sign, line, ok := strings.Cut(l.text, " "); ok && sign[0] == '>' {
				f.Add(line, 2+len(line)&1)
			}
		}
	}
	n := newNode(f, Families()...)
	n.c.Env.Settings.MaxBulk.Store(1 << 20)
	f.Fuzz(func(t *testing.T, line string, proto int) {
		args, ok := resp.SplitWords([]byte(line), nil)
		if !ok || len(args) == 0 || tooMuch(args) {
			return
		}
		n.t, n.c.C = t, &Client{ID: 1, Flags: ClientAuthenticated}
		n.empty()
		s, _ := n.c.Env.Table.Resolve(args)
		if s == nil || s.Handler == nil || !n.c.Bind(s, args, 0) {
			return
		}
		n.w.Proto = 2 + proto&1
		n.do("MSET", "k", "v", "n", "12", "{k}x", "abcdefgh", "a", "", "b", "xyz")
		var words []string
		for _, a := range args {
			words = append(words, string(a))
		}
		raw := n.raw(words...)
		if raw == "" {
			require.Equal(t, "client|reply", s.FullName(), "%q", words)
			return
		}
		r := bufio.NewReader(strings.NewReader(raw))
		for more := true; more; { // DEBUG PROTOCOL push is two replies
			_, err := resp.ReadValue(r, resp.DefaultReplyLimits)
			require.NoError(t, err, "%q: %q", words, raw)
			_, err = r.Peek(1)
			more = err == nil
		}
	})
}

// empty removes all keys; FLUSHALL would make the databases anew every time.
func (n *node) empty() {
	for db := range n.ks.Databases() {
		if n.ks.DBSize(db) == 0 {
			continue
		}
		n.c.C.DB = db
		for _, e := range n.do("KEYS", "*").Elems {
			n.do("DEL", e.Str)
		}
	}
	n.c.C.DB = 0
}

// tooMuch leaves out what would sleep, or fill the memory as it was told to.
func tooMuch(args [][]byte) bool {
	name := string(bytes.ToLower(args[0]))
	return name == "debug" && len(args) > 2 && (equalFold(args[1], "sleep") || len(args[2]) > 3 || len(args) > 4 && len(args[4]) > 4) || name == "config" || name == "cluster"
}
