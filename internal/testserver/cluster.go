package testserver

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// slotCount is the number of hash slots.
const slotCount = 16384

// StartCluster starts n nodes in cluster mode, each with its share of the slots, introduces them to each other and returns
// when all of them say that the cluster is ok.
func StartCluster(t TB, bin Binary, n int, args ...string) []*Server {
	t.Helper()
	nodes := StartNodes(t, bin, n, args...)
	for i, s := range nodes {
		first, last := i*slotCount/n, (i+1)*slotCount/n-1
		for _, cmd := range [][]string{
			{"CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(first), strconv.Itoa(last)},
			{"CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i + 1)},
		} {
			if _, err := s.Do(cmd...); err != nil {
				t.Fatalf("%v", err)
			}
		}
	}
	for _, s := range nodes[1:] {
		if _, err := nodes[0].Do("CLUSTER", "MEET", "127.0.0.1", strconv.Itoa(s.Port)); err != nil {
			t.Fatalf("%v", err)
		}
	}
	if err := AwaitCluster(nodes, n); err != nil {
		t.Fatalf("%v", err)
	}
	return nodes
}

// StartNodes starts n nodes in cluster mode that know nothing of each other.
func StartNodes(t TB, bin Binary, n int, args ...string) []*Server {
	t.Helper()
	var nodes []*Server
	for range n {
		nodes = append(nodes, Start(t, bin, Options{Args: append([]string{"--cluster-enabled", "yes", "--cluster-node-timeout", "2000"}, args...)}))
	}
	return nodes
}

// AwaitCluster waits until every node is ok and knows as many nodes.
func AwaitCluster(nodes []*Server, known int) error {
	var addrs []string
	for _, s := range nodes {
		addrs = append(addrs, s.Addr)
	}
	return AwaitAddrs(addrs, known)
}

// AwaitAddrs is AwaitCluster for nodes by address.
func AwaitAddrs(addrs []string, known int) error {
	var last string
	for deadline := time.Now().Add(DefaultTimeout); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		ready := 0
		for _, addr := range addrs {
			v, err := Do(addr, "CLUSTER", "INFO")
			if err != nil {
				last = err.Error()
				break
			}
			last = v.Str
			if strings.Contains(v.Str, "cluster_state:ok\r\n") && strings.Contains(v.Str, fmt.Sprintf("cluster_known_nodes:%d\r\n", known)) {
				ready++
			}
		}
		if ready == len(addrs) {
			return nil
		}
	}
	return fmt.Errorf("the cluster is not ok within %s; a node says: %s", DefaultTimeout, last)
}

// Do sends one command on a connection of its own; an error reply is an error.
func (s *Server) Do(args ...string) (Value, error) { return Do(s.Addr, args...) }

// Do is Server.Do for an address.
func Do(addr string, args ...string) (Value, error) {
	c, err := Dial(addr)
	if err != nil {
		return Value{}, err
	}
	defer c.Close()
	v, err := c.Do(args...)
	if err == nil && v.IsError() {
		err = fmt.Errorf("%s %q: %s", addr, args, v.Str)
	}
	return v, err
}
