package rdb

import (
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// golden is a payload that a real server made.
type golden struct {
	server, name, encoding, digest string
	payload                        []byte
}

func readGolden(t testing.TB, file string) (out []golden) {
	text, err := os.ReadFile("testdata/" + file)
	require.NoError(t, err)
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if line[0] == '#' {
			continue
		}
		w := strings.Split(line, " ")
		payload, err := hex.DecodeString(w[4])
		require.NoError(t, err)
		out = append(out, golden{w[0], w[1], w[2], w[3], payload})
	}
	return out
}

func TestOpenPayload(t *testing.T) {
	for _, g := range readGolden(t, "golden.txt") {
		r, err := OpenPayload(g.payload, false)
		require.NoError(t, err, g.name)
		require.Equal(t, len(g.payload)-payloadTail, r.Len())
		for _, i := range []int{0, len(g.payload) / 2, len(g.payload) - 10, len(g.payload) - 1} {
			bad := append([]byte(nil), g.payload...)
			bad[i] ^= 1
			_, err := OpenPayload(bad, false)
			require.ErrorIs(t, err, ErrPayload)
		}
		bad := append([]byte(nil), g.payload...)
		bad[len(bad)-1] ^= 1
		_, err = OpenPayload(bad, true)
		require.NoError(t, err)
		bad[len(bad)-payloadTail] = versionHashTTL + 1
		_, err = OpenPayload(bad, true)
		require.ErrorIs(t, err, ErrPayload)
	}
	for n := range payloadTail {
		_, err := OpenPayload(make([]byte, n), true)
		require.ErrorIs(t, err, ErrPayload)
	}
}

// defaults are the limits of Redis 7.2's configuration.
var defaults = Limits{HashEntries: 512, HashValue: 64, ListSize: -2, IntsetLen: 512, SetEntries: 128, SetValue: 64, ZSetEntries: 128, ZSetValue: 64}
