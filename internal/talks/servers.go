package talks

import (
	"clusternode/internal/testserver"
)

// Servers is one program alone and in cluster mode, where it owns every slot.
type Servers struct{ plain, cluster *testserver.Server }

// options make the servers deterministic and open DEBUG.
var options = []string{"--enable-debug-command", "yes", "--appendonly", "no", "--databases", "16", "--hz", "500"}

// clusterOptions leave one node that is ok by itself.
var clusterOptions = []string{"--cluster-enabled", "yes", "--cluster-node-timeout", "60000"}

// StartServers starts both for the length of the test.
func StartServers(t testserver.TB, bin testserver.Binary, more ...string) Servers {
	args := append(append([]string{}, options...), more...)
	s := Servers{
		plain:   testserver.Start(t, bin, testserver.Options{Args: args}),
		cluster: testserver.Start(t, bin, testserver.Options{Args: append(args, clusterOptions...)}),
	}
	if _, err := s.cluster.Do("CLUSTER", "ADDSLOTSRANGE", "0", "16383"); err != nil {
		t.Fatalf("%v", err)
	}
	if err := testserver.AwaitCluster([]*testserver.Server{s.cluster}, 1); err != nil {
		t.Fatalf("%v", err)
	}
	return s
}

// Addr returns the address of the server in that mode.
func (s Servers) Addr(cluster bool) string {
	if cluster {
		return s.cluster.Addr
	}
	return s.plain.Addr
}
