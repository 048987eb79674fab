package command

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRedact(t *testing.T) {
	table := NewTable(nil, Families()...)
	for _, c := range []struct{ args, shown string }{
		{"AUTH secret", "AUTH (redacted)"},
		{"auth user secret", "auth (redacted) (redacted)"},
		{"AUTH user secret more", "AUTH (redacted) (redacted) (redacted)"},
		{"HELLO 3", "HELLO 3"},
		{"HELLO 3 AUTH user secret SETNAME auth", "HELLO 3 AUTH (redacted) (redacted) SETNAME auth"},
		{"HELLO 3 setname x auth user secret", "HELLO 3 setname x auth (redacted) (redacted)"},
		{"HELLO x AUTH user", "HELLO x AUTH (redacted)"},
		{"CONFIG SET requirepass secret maxmemory 1", "CONFIG SET requirepass (redacted) maxmemory 1"},
		{"CONFIG SET maxmemory 1 MASTERAUTH secret", "CONFIG SET maxmemory 1 MASTERAUTH (redacted)"},
		{"CONFIG SET nosuch secret", "CONFIG SET nosuch secret"},
		{"CONFIG GET requirepass", "CONFIG GET requirepass"},
		{"SET auth secret", "SET auth secret"},
	} {
		var args [][]byte
		for _, a := range strings.Fields(c.args) {
			args = append(args, []byte(a))
		}
		spec, _ := table.Resolve(args)
		shown := []string{}
		for _, a := range Redact(spec, args) {
			shown = append(shown, string(a))
		}
		require.Equal(t, c.shown, strings.Join(shown, " "))
		require.Equal(t, c.args, string(bytes.Join(args, []byte(" "))), "arguments are left alone")
	}
}

func TestLolwut(t *testing.T) {
	n := newNode(t, ObserveSpecs)
	last := "Redis ver. " + RedisVersion + "\n"
	require.Equal(t, last, n.do("LOLWUT").Str)
	require.Equal(t, last, n.do("LOLWUT", "VERSION", "4").Str)
	for _, c := range []struct {
		args  string
		lines int // of the picture
	}{
		{"LOLWUT VERSION 5", 33}, {"LOLWUT version 5 10", 5}, {"LOLWUT VERSION 5 10 1 1", 5}, {"LOLWUT VERSION 5 -1 0 0 more", 1},
		{"LOLWUT VERSION 6", 20}, {"LOLWUT VERSION 6 5 3", 3}, {"LOLWUT VERSION 6 0 0", 1},
	} {
		text := n.do(strings.Fields(c.args)...).Str
		require.True(t, strings.HasSuffix(text, last), c.args)
		picture, _, ok := strings.Cut(text, "\n\n")
		require.True(t, ok, c.args)
		require.Len(t, strings.Split(picture, "\n"), c.lines, c.args)
	}
	require.Equal(t, last, n.do("LOLWUT", "VERSION", "-1").Str)
}
