//go:build linux

package hostile

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"clusternode/internal/testserver"

	"github.com/stretchr/testify/require"
)

// TestHostileBus sends to the cluster port what no node sends: noise, client commands, other protocols' greetings, giant
// lengths, real openings of a link cut short. The cluster stays as it is and its client port serves.
func TestHostileBus(t *testing.T) {
	bin, err := testserver.Ours()
	require.NoError(t, err)
	for name, args := range map[string][]string{"open": nil, "secret": {"--cluster-secret", "a secret of this test"}} {
		t.Run(name, func(t *testing.T) {
			nodes := testserver.StartCluster(t, bin, 3, args...)
			before, err := nodes[0].Do("CLUSTER", "INFO")
			require.NoError(t, err)
			bus := "127.0.0.1:" + strconv.Itoa(nodes[0].Port+10000)
			for _, frame := range busFrames() {
				nc, err := net.Dial("tcp", bus)
				require.NoError(t, err)
				_, _ = io.WriteString(nc, frame) // an error means that it was refused already
				_ = nc.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
				_, _ = io.Copy(io.Discard, nc)
				nc.Close()
				_, err = nodes[0].Do("PING")
				require.NoError(t, err)
			}
			require.NoError(t, testserver.AwaitCluster(nodes, 3))
			after, err := nodes[0].Do("CLUSTER", "INFO")
			require.NoError(t, err)
			for _, field := range []string{"cluster_state:", "cluster_slots_ok:", "cluster_known_nodes:", "cluster_size:", "cluster_current_epoch:"} {
				require.Equal(t, line(before.Str, field), line(after.Str, field))
			}
			for _, n := range nodes {
				require.NotContains(t, n.Log(), "panic")
			}
		})
	}
}

func line(text, field string) string {
	_, rest, _ := strings.Cut(text, field)
	value, _, _ := strings.Cut(rest, "\r\n")
	return field + value
}

func busFrames() []string {
	rng := rand.New(rand.NewPCG(3, 4))
	noise := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		return string(b)
	}
	frames := []string{
		"", "\x00", "PING\r\n", "*1\r\n$4\r\nPING\r\n", "GET / HTTP/1.1\r\n\r\n", "SSH-2.0-x\r\n",
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + noise(200), // the beginning of a TLS handshake
		"RCmb" + noise(100),                  // the signature of Redis' own bus
		"RCmb\xff\xff\xff\xff" + noise(3000), // with a length of 4 GB
		strings.Repeat("\x00", 1<<20), strings.Repeat("\xff", 1<<20),
	}
	for _, n := range []uint32{0, 1, 1 << 16, 1 << 24, 1 << 31, 1<<32 - 1} {
		frames = append(frames,
			string(binary.BigEndian.AppendUint32(nil, n))+noise(50),
			string(binary.LittleEndian.AppendUint32(nil, n))+noise(50))
	}
	for n := 1; n < 60; n++ {
		frames = append(frames, noise(n*7))
	}
	return frames
}
