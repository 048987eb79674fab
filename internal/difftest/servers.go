package difftest

import (
	"fmt"
	"os"
	"strings"
	"time"

	"clusternode/internal/testserver"
)

// Servers is both servers in all modes, so that histories for either can follow each other.
type Servers struct {
	name    string
	plain   Pair
	cluster Pair
	half    Pair
}

// options make the servers deterministic and open the commands that the comparison uses.
var options = []string{"--enable-debug-command", "yes", "--databases", "16", "--appendonly", "no"}

// clusterOptions leave one node that serves alone what it owns.
var clusterOptions = []string{"--cluster-enabled", "yes", "--cluster-node-timeout", "60000", "--cluster-require-full-coverage", "no"}

// StartServers starts ours and the oracle for the length of the test.
func StartServers(t testserver.TB, ours, oracle testserver.Binary) (*Servers, error) {
	s := &Servers{name: oracle.Name}
	start := func(bin testserver.Binary, more ...string) string {
		return testserver.Start(t, bin, testserver.Options{Args: append(append([]string{}, options...), more...)}).Addr
	}
	// Two loops, so that the two connections of a history meet across threads.
	s.plain = Pair{Ours: start(ours, "--io-threads", "2"), Oracle: start(oracle), Name: oracle.Name}
	if !withCluster() {
		return s, nil
	}
	s.cluster = Pair{Ours: start(ours, append([]string{"--io-threads", "2"}, clusterOptions...)...), Oracle: start(oracle, clusterOptions...), Name: oracle.Name}
	s.half = Pair{Ours: start(ours, clusterOptions...), Oracle: start(oracle, clusterOptions...), Name: oracle.Name}
	for addr, last := range map[string]string{s.cluster.Ours: "16383", s.cluster.Oracle: "16383", s.half.Ours: "8191", s.half.Oracle: "8191"} {
		if err := ownSlots(addr, last); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// ownSlots gives a node the slots from 0 on.
func ownSlots(addr, last string) error {
	c, err := testserver.Dial(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	if v, err := c.Do("CLUSTER", "ADDSLOTSRANGE", "0", last); err != nil || v.IsError() {
		return fmt.Errorf("ADDSLOTSRANGE on %s: %s %v", addr, v, err)
	}
	for deadline := time.Now().Add(testserver.DefaultTimeout); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		v, err := c.Do("CLUSTER", "INFO")
		if err != nil {
			return err
		}
		if strings.Contains(v.Str, "cluster_state:ok") {
			return nil
		}
	}
	return fmt.Errorf("%s is not ok", addr)
}

// Pair returns the servers that the history is for.
func (s *Servers) Pair(h History) Pair {
	switch {
	case h.Half:
		return s.half
	case h.Cluster:
		return s.cluster
	}
	return s.plain
}

// withCluster says whether histories for cluster mode are played; CLUSTER=0 leaves them out.
func withCluster() bool { return os.Getenv("CLUSTER") != "0" }

// OraclesWanted is $ORACLE, a list with commas, or else Debian's and those whose place the environment names. A wanted
// oracle that is not found is a failure, not a reason to skip.
func OraclesWanted() []string {
	if list := os.Getenv("ORACLE"); list != "" {
		return strings.Split(list, ",")
	}
	names := []string{"redis"}
	if os.Getenv("ORACLES") != "" || os.Getenv("REDIS8_SERVER") != "" {
		names = append(names, "redis8")
	}
	if os.Getenv("ORACLES") != "" || os.Getenv("VALKEY_SERVER") != "" {
		names = append(names, "valkey")
	}
	return names
}
