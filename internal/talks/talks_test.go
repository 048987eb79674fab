package talks

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/internal/testserver"
)

const folder = "../../testdata/talks"

// files lists the talks; $TALK limits them to names that contain it.
func files(t *testing.T) []string {
	found, err := filepath.Glob(filepath.Join(folder, "*.talk"))
	require.NoError(t, err)
	var out []string
	for _, path := range found {
		if strings.Contains(path, os.Getenv("TALK")) {
			out = append(out, path)
		}
	}
	require.NotEmpty(t, out)
	return out
}

func read(t *testing.T, path string) *Talk {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	talk, err := Parse(string(text))
	require.NoError(t, err, path)
	return talk
}

// TestTalks plays every talk on ours, whose two loops share the connections; alone and in cluster mode at the same time.
func TestTalks(t *testing.T) {
	bin, err := testserver.Ours()
	require.NoError(t, err)
	servers := StartServers(t, bin, "--io-threads", "2")
	for _, cluster := range []bool{false, true} {
		t.Run(fmt.Sprintf("cluster=%t", cluster), func(t *testing.T) {
			t.Parallel()
			for _, path := range files(t) {
				t.Run(strings.TrimSuffix(filepath.Base(path), ".talk"), func(t *testing.T) { replay(t, servers.Addr(cluster), read(t, path), cluster) })
			}
		})
	}
}

// replay plays what the talk has for the mode, in each protocol.
func replay(t *testing.T, addr string, talk *Talk, cluster bool) {
	if !slices.Contains(talk.Cluster, cluster) {
		return
	}
	for _, proto := range talk.Protos {
		if err := Replay(addr, talk, proto); err != nil {
			t.Errorf("RESP%d, cluster %t: %v", proto, cluster, err)
		}
	}
}

// TestFilesAreAsPrinted: Parse and Format are inverse, so that a new recording shows nothing but what changed.
func TestFilesAreAsPrinted(t *testing.T) {
	for _, path := range files(t) {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(text), read(t, path).Format(), path)
	}
}

func TestParse(t *testing.T) {
	talk, err := Parse("# two lines\noracles 8 v\nproto 3\nmode plain cluster\nconfig notify-keyspace-events KEA\n\n# b waits\nb:8 BLPOP k 0\nb waits\n\na: LPUSH k \"x y\"\na+ LLEN k\na< :1\nb3< *[$\"k\"]\npass 5\n# end\n")
	require.NoError(t, err)
	require.Equal(t, "8v", talk.Oracles)
	require.Equal(t, []int{3}, talk.Protos)
	require.Equal(t, []bool{false, true}, talk.Cluster)
	require.Equal(t, [][2]string{{"notify-keyspace-events", "KEA"}}, talk.Config)
	require.Equal(t, []string{"a", "b"}, talk.Conns())
	require.Len(t, talk.Steps, 4)
	require.Equal(t, "8", talk.Steps[0].Mark)
	require.Equal(t, []string{"# b waits"}, talk.Steps[0].Lead)
	push := talk.Steps[2]
	require.Equal(t, [][]string{{"LPUSH", "k", "x y"}, {"LLEN", "k"}}, push.Cmds)
	require.Equal(t, []Message{{"a", ":1"}, {"b", `*[$"k"]`}}, push.Want[1])
	require.Equal(t, 5, talk.Steps[3].Pause)
	require.Equal(t, []string{"# end"}, talk.Tail)
	for _, bad := range []string{"", "nonsense", "a< :1", "a+ PING", "a: PING\nb+ PING", "a: PING\na< +PONG\na+ PING", "proto 4\na: PING", "mode alone\na: PING", "a: \"x", "a:", "a naps", "pass soon", "a: PING\nproto 3"} {
		_, err := Parse(bad)
		require.Error(t, err, bad)
	}
}

// TestMergeNamesWhatDiffers: the step of one oracle only is recorded, that of two which differ is reported.
func TestMergeNamesWhatDiffers(t *testing.T) {
	talk, err := Parse("proto 2\na:8 PING\na: PING\na:- PING\na< +BY HAND\n")
	require.NoError(t, err)
	take := func(oracle, text string) Take {
		ms := []Message{{"a", text}}
		return Take{Oracle: oracle, Proto: 2, Steps: [][]Message{ms, ms, ms}}
	}
	faults := talk.Merge([]Take{take("7", "+OLD"), take("8", "+NEW")})
	require.Len(t, faults, 1)
	require.Contains(t, faults[0], "line 3")
	require.Equal(t, "proto 2\na:8 PING\na< +NEW\na: PING\na:- PING\na< +BY HAND\n", talk.Format())
}

func TestMessagesOfBothProtocols(t *testing.T) {
	s := Step{Conn: "b", Want: [2][]Message{{{"a", "+x"}, {"b", "*-1"}, {"b", "+y"}}, {{"a", "+x"}, {"b", "_"}, {"b", "+y"}}}}
	require.Equal(t, []string{"b2< *-1", "b2< +y", "b3< _", "b3< +y", "a< +x"}, s.messages([]int{2, 3}))
}

func TestCompareIsByConnection(t *testing.T) {
	m := func(texts ...string) (out []Message) {
		for _, text := range texts {
			out = append(out, Message{text[:1], text[1:]})
		}
		return out
	}
	require.NoError(t, compare(m("a1", "b1", "a2"), m("b1", "a1", "a2")))
	for _, got := range [][]Message{m("a1"), m("a2", "a1", "b1"), m("a1", "a2", "b1", "b1"), nil} {
		require.Error(t, compare(m("a1", "a2", "b1"), got), fmt.Sprint(got))
	}
}
