//go:build oracle

package command

import (
	"math/rand/v2"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/internal/testserver"
)

// The length in an RDB file is Redis' for strings of all kinds. liblzf leaves
// its table as it finds it and so sees a repeat more at times: few may be
// shorter by some bytes.
func TestSerializedLengthAgainstOracle(t *testing.T) {
	bin, err := testserver.Oracle("redis")
	require.NoError(t, err)
	conn, err := testserver.Dial(testserver.Start(t, bin, testserver.Options{Args: []string{"--enable-debug-command", "yes"}}).Addr)
	require.NoError(t, err)
	defer conn.Close()
	length := regexp.MustCompile(`serializedlength:(\d+)`)
	n := newNode(t, Families()...)
	r := rand.New(rand.NewPCG(3, 4))
	differ := 0
	for range 4000 {
		v := make([]byte, r.IntN(1+r.IntN(3000)))
		letters := 1 + r.IntN(20)
		for i := range v {
			if i > 40 && r.IntN(10) > 0 {
				v[i] = v[i-1-r.IntN(40)]
			} else {
				v[i] = byte('a' + r.IntN(letters))
			}
		}
		n.ask(t, conn, "SET", "k", string(v))
		ours, theirs := n.ask(t, conn, "DEBUG", "OBJECT", "k")
		if a, b := length.FindString(ours.Str), length.FindString(theirs.Str); a != b {
			differ++
			t.Logf("%d bytes: ours %s theirs %s", len(v), a, b)
		}
	}
	require.LessOrEqual(t, differ, 20)
}
