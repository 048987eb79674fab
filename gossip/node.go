package gossip

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"clusternode/cluster"
	"clusternode/slots"
)

// Config says how a node takes part in a cluster.
type Config struct {
	// Cluster configures the machine. A BusPort of 0 lets the system choose one. Wall is filled in.
	Cluster cluster.Config

	Dir  string // of File, unless that is absolute
	File string // cluster-config-file

	// Bind lists addresses as the directive bind does: IP addresses, "*" and "::*" for all of a family, "-" in front of what
	// may be missing. Empty: all addresses.
	Bind []string

	// SourceAddr is bind-source-addr, the IP address that links are dialled from; "" leaves it to the system.
	SourceAddr string

	Secret    string // cluster-secret; all nodes of a cluster have the same
	SendLimit int64  // cluster-link-sendbuf-limit in bytes; 0: a limit of the bus's own

	Log Logger

	// Message takes what other nodes publish, in the order in which each of them did. The calls come from the readers of the
	// links; the arguments are valid during the call. nil: nobody listens.
	Message func(sharded bool, channel, message []byte)

	// The callbacks come from the driver goroutine, which hands out nothing else until they return; they must not block or
	// call the Node. Each may be nil.
	//
	// Published is told of each view after View returns it, for the first time before Start returns.
	Published func(*cluster.View)
	// Lost: another node owns these slots; their keys must go.
	Lost func(*slots.Set)
	// Emptied: the node was a replica and was reset; its data set must go.
	Emptied func()
	// Stuck reports that a part of the node has not made progress for longer than it may. Meanwhile the node neither sends
	// nor takes messages of the cluster, so that the others notice.
	Stuck func() bool
}

// Node is a node's part in its cluster. Its methods may be called from any goroutine.
type Node struct {
	d *driver
}

// ErrClosed is returned by calls of a node that was closed.
var ErrClosed = errors.New("ERR the cluster bus is closed")

// Start listens on the bus port, takes up the life of the node in nodes.conf, or begins one, and looks for the others.
func Start(cfg Config) (*Node, error) {
	log := logger{cfg.Log}
	st, saved, err := openStore(cfg.Dir, cfg.File)
	if err != nil {
		return nil, err
	}
	secret, err := stretchSecret(cfg.Secret)
	if err != nil {
		st.close()
		return nil, err
	}
	listeners, err := listenAll(cfg.Bind, cfg.Cluster.BusPort)
	if err != nil {
		st.close()
		return nil, err
	}
	if cfg.Cluster.BusPort == 0 {
		cfg.Cluster.BusPort = listeners[0].Addr().(*net.TCPAddr).Port
	}
	d, err := newDriver(cfg, log, st, saved, secret)
	if err != nil {
		closeAll(listeners)
		st.close()
		return nil, err
	}
	d.start(listeners)
	return &Node{d}, nil
}

// View is the current view of the cluster.
func (n *Node) View() *cluster.View { return n.d.view.Load() }

// Do runs f in the goroutine that owns the machine, and returns its error after everything that f changed is in nodes.conf
// and published. f must not block. If nodes.conf cannot be written, the error is a *cluster.SaveError, and what f changed
// holds until the restart.
func (n *Node) Do(f func(m *cluster.Machine, now time.Duration) error) error { return n.d.do(f) }

// Configure changes the configuration of the machine. Ports of listeners and Wall keep their values.
func (n *Node) Configure(c cluster.Config) error {
	return n.d.do(func(m *cluster.Machine, now time.Duration) error {
		n.d.configure(c, now)
		return nil
	})
}

// SetSendLimit changes cluster-link-sendbuf-limit.
func (n *Node) SetSendLimit(bytes int64) { n.d.mesh.setSendLimit(bytes) }

// SetSourceAddr changes bind-source-addr for the links that are dialled from now
// on. An error means that it is no IP address.
func (n *Node) SetSourceAddr(ip string) error {
	addr, err := sourceAddr(ip)
	if err == nil {
		n.d.mesh.source.Store(addr)
	}
	return err
}

// Links describes the links for CLUSTER LINKS.
func (n *Node) Links() []cluster.LinkInfo { return n.d.links() }

// LinkStats is what the links count for CLUSTER INFO.
func (n *Node) LinkStats() cluster.LinkStats {
	t := n.d.talk
	return cluster.LinkStats{
		Overflows:   int64(n.d.stats.overflows.Load()),
		PublishSent: t.sent[0].Load(), PublishReceived: t.got[0].Load(),
		ShardPublishSent: t.sent[1].Load(), ShardPublishReceived: t.got[1].Load(),
	}
}

// BusPort is where the node listens.
func (n *Node) BusPort() int { return n.d.busPort }

// Stats returns what the links did so far.
func (n *Node) Stats() Stats { return n.d.stats.snapshot() }

// Close leaves silently, like a process that ends: nodes.conf is written, links and listeners are closed.
func (n *Node) Close() { n.d.close() }

// listenAll opens the listeners that the directive bind asks for.
func listenAll(bind []string, port int) ([]net.Listener, error) {
	if len(bind) == 0 {
		bind = []string{"*", "-::*"}
	}
	var listeners []net.Listener
	for _, b := range bind {
		host, optional := strings.CutPrefix(b, "-")
		network := "tcp"
		switch host {
		case "*":
			network, host = "tcp4", "0.0.0.0"
		case "::*":
			network, host = "tcp6", "::"
		}
		ln, err := net.Listen(network, net.JoinHostPort(host, strconv.Itoa(port)))
		if err != nil {
			if optional {
				continue
			}
			closeAll(listeners)
			return nil, fmt.Errorf("cluster bus: %w", err)
		}
		listeners = append(listeners, ln)
		port = ln.Addr().(*net.TCPAddr).Port // all of them on the same port, if it was ours to choose
	}
	if len(listeners) == 0 {
		return nil, fmt.Errorf("cluster bus: none of the addresses of bind can be used on port %d", port)
	}
	return listeners, nil
}

func closeAll(listeners []net.Listener) {
	for _, ln := range listeners {
		_ = ln.Close() // the error that matters is known
	}
}
