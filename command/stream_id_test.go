package command

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/object"
)

func TestParseStreamID(t *testing.T) {
	const top = math.MaxUint64
	for text, want := range map[string]object.StreamID{
		"0": {MS: 0, Seq: 7}, "5": {MS: 5, Seq: 7}, "5-0": {MS: 5}, "5-9": {MS: 5, Seq: 9}, "-": {}, "+": object.MaxStreamID,
		"18446744073709551615-18446744073709551615": object.MaxStreamID, "007-010": {MS: 7, Seq: 10}, "+5-+6": {MS: 5, Seq: 6},
		" 5-\t6": {MS: 5, Seq: 6}, "5- -1": {MS: 5, Seq: top}, "5--0": {MS: 5}, "5-6\x00junk": {MS: 5, Seq: 6}, "5\x00": {MS: 5, Seq: 7},
	} {
		id, ok := parseStreamID([]byte(text), 7)
		require.True(t, ok, "%q", text)
		require.Equal(t, want, id, "%q", text)
	}
	for _, text := range []string{
		"", "x", "5-", "5-x", "-5", "--", "5-6-7", "5 ", "5-6 ", "18446744073709551616", "5-18446744073709551616", "5--6", "5-*", "*", "$", ">", "\x00",
		"1.5", "0x10", strings.Repeat("0", 128), "+ 5",
	} {
		_, ok := parseStreamID([]byte(text), 7)
		require.False(t, ok, "%q", text)
	}
	for _, text := range []string{"-", "+"} {
		_, ok := parseStrictID([]byte(text), 0)
		require.False(t, ok)
	}
	id, given, ok := parseNewID([]byte("5-*"), 0)
	require.True(t, ok && !given)
	require.Equal(t, object.StreamID{MS: 5}, id)
}

func FuzzParseStreamID(f *testing.F) {
	for _, text := range []string{"5-6", "-", "+", "5", " 5- -1", "18446744073709551615-0", "5-*"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		id, ok := parseStreamID(text, 0)
		if !ok {
			return
		}
		again, ok := parseStreamID(id.Append(nil), 1)
		require.True(t, ok)
		require.Equal(t, id, again)
	})
}
