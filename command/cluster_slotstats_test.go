package command

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/slots"
)

const slotStatsDialogue = "testdata/slotstats.txt"

// slotStatsSlots are the slots of the dialogue's node.
var slotStatsSlots = []string{"100", "102", "12180", "12184"}

func newSlotStatsNode(t *testing.T) *node {
	n, _ := newClusterNode(t, nil)
	require.Equal(t, "+OK", n.do(append([]string{"CLUSTER", "ADDSLOTSRANGE"}, slotStatsSlots...)...).String())
	return n
}

func TestSlotStatsDialogue(t *testing.T) {
	n := newSlotStatsNode(t)
	for _, l := range readDialogue(t, slotStatsDialogue) {
		if strings.HasPrefix(l.text, "proto ") {
			n.c.C.Proto = int(l.text[6] - '0')
			n.w.Proto = n.c.C.Proto
		}
		if l.args != nil {
			require.Equal(t, l.reply, l.show(n.do(l.args...)), "%s:%d %s", slotStatsDialogue, l.at, l.text)
		}
	}
}

// With usage counted all metrics are there, and any of them orders.
func TestSlotStatsOfUsage(t *testing.T) {
	n := newSlotStatsNode(t)
	u := new(SlotUsages)
	n.c.Env.Usage.Store(u)
	u[101] = SlotUsage{CPU: 5999, NetIn: 70, NetOut: 3}
	u[12182] = SlotUsage{CPU: 2000, NetIn: 90, NetOut: 1}
	u[5] = SlotUsage{CPU: 1e9, NetIn: 1e9, NetOut: 1e9} // another node's
	require.Equal(t, "+OK", n.do("SET", "foo", strings.Repeat("v", 1000)).String())
	require.Equal(t, `*[*[:101 *[$"key-count" :0 $"cpu-usec" :5 $"network-bytes-in" :70 $"network-bytes-out" :3 $"memory-bytes" :0]]]`,
		n.do("CLUSTER", "SLOT-STATS", "SLOTSRANGE", "101", "101").String())
	for _, c := range []struct{ by, want string }{
		{"key-count", ":12182"}, {"cpu-usec", ":101"}, {"network-bytes-in", ":12182"}, {"network-bytes-out", ":101"}, {"memory-bytes", ":12182"},
	} {
		list := n.do("CLUSTER", "SLOT-STATS", "ORDERBY", c.by).Elems
		require.Len(t, list, 8)
		require.Equal(t, c.want, list[0].Elems[0].String(), c.by)
		list = n.do("CLUSTER", "SLOT-STATS", "ORDERBY", c.by, "ASC", "LIMIT", "2").Elems
		require.Len(t, list, 2)
		require.Equal(t, ":100", list[0].Elems[0].String(), "equal ones by slot")
	}
	slot := slots.Of([]byte("foo"))
	bytes := n.ks.Part(0, slot).Bytes()
	require.Greater(t, bytes, int64(1000))
	require.Less(t, bytes, int64(1400))
}
