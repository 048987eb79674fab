package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"clusternode/config"
	"clusternode/server"
	"clusternode/slots"
)

// localOptions are what the verb local takes.
type localOptions struct {
	primaries int
	port      int
	dir       string
	logLevel  string
}

const localUsage = `Usage: clusternode local [--primaries N] [--port P] [--dir DIR] [--loglevel LEVEL]

Runs a whole cluster on 127.0.0.1 in one process.

  --primaries N     number of primaries, at least 1 (default 3)
  --port P          client port of the first node; the others follow, and the
                    cluster bus uses each port + 10000 (default 7000)
  --dir DIR         keep the topology under DIR, so that a restart finds it;
                    without it a temporary folder is used and removed
  --loglevel LEVEL  what the nodes log to standard error: debug, verbose,
                    notice, warning (default warning)
`

const (
	nodesFile    = "nodes.conf" // of every node, in a folder named after its port
	busOffset    = 10000
	maxPrimaries = 100
	localAddress = "127.0.0.1"
)

func parseLocal(args []string, stderr io.Writer) (o localOptions, err error) {
	f := flag.NewFlagSet("local", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() { fmt.Fprint(stderr, localUsage) }
	f.IntVar(&o.primaries, "primaries", 3, "")
	f.IntVar(&o.port, "port", 7000, "")
	f.StringVar(&o.dir, "dir", "", "")
	f.StringVar(&o.logLevel, "loglevel", "warning", "")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	switch {
	case f.NArg() > 0:
		err = fmt.Errorf("unknown argument %q", f.Arg(0))
	case o.primaries < 1 || o.primaries > maxPrimaries:
		err = fmt.Errorf("--primaries must be between 1 and %d", maxPrimaries)
	case o.port < 1 || o.port+o.primaries-1+busOffset > 65535:
		err = fmt.Errorf("--port must be between 1 and %d, so that all ports and the bus ports above exist", 65536-busOffset-o.primaries)
	}
	return o, err
}

// runLocal is the verb local; it returns the exit status.
func runLocal(args []string, stdout, stderr io.Writer) int {
	o, err := parseLocal(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err == nil {
		err = serveLocal(o, stdout, stderr)
	}
	if err != nil {
		fmt.Fprintf(stderr, "clusternode local: %v\n", err)
		return 1
	}
	return 0
}

// serveLocal runs the cluster until a signal comes.
func serveLocal(o localOptions, stdout, stderr io.Writer) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	began := time.Now()
	c, err := startLocal(o, stderr)
	if err != nil {
		return err
	}
	defer c.close()
	c.describe(stdout, time.Since(began))
	select {
	case <-signals:
		fmt.Fprintln(stdout, "stopping")
	case <-c.ended():
		fmt.Fprintln(stdout, "a node was shut down, stopping")
	}
	return nil
}

// localCluster is a running cluster.
type localCluster struct {
	o     localOptions
	dir   string
	nodes []*server.Server
}

// startLocal starts the nodes and returns when the cluster is ok.
func startLocal(o localOptions, stderr io.Writer) (*localCluster, error) {
	for i := range o.primaries {
		for _, port := range []int{o.port + i, o.port + i + busOffset} {
			if err := portFree(port); err != nil {
				return nil, err
			}
		}
	}
	if err := fitsFolder(o); err != nil {
		return nil, err
	}
	c := &localCluster{o: o, dir: o.dir}
	if c.dir == "" {
		dir, err := os.MkdirTemp("", "clusternode-local-")
		if err != nil {
			return nil, err
		}
		c.dir = dir
	}
	runtime.GOMAXPROCS(max(runtime.NumCPU(), o.primaries+2))
	if err := c.start(stderr); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// fitsFolder refuses a folder that holds a cluster of other nodes: those that
// are missing would be waited for in vain.
func fitsFolder(o localOptions) error {
	if o.dir == "" {
		return nil
	}
	found, err := filepath.Glob(filepath.Join(o.dir, "*", nodesFile))
	if err != nil {
		return err
	}
	var ports, wanted []int
	for _, file := range found {
		if port, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
			ports = append(ports, port)
		}
	}
	slices.Sort(ports)
	for i := range o.primaries {
		wanted = append(wanted, o.port+i)
	}
	if len(ports) > 0 && !slices.Equal(ports, wanted) {
		return fmt.Errorf("%s holds a cluster of nodes on the ports %v: start it with these (--port, --primaries), or take another folder", o.dir, ports)
	}
	return nil
}

// portFree tries to listen on the port, so that one in use is named before
// anything is started.
func portFree(port int) error {
	ln, err := net.Listen("tcp", net.JoinHostPort(localAddress, strconv.Itoa(port)))
	if err != nil {
		what := "port"
		if port > busOffset {
			what = "port (a client port or, as client port + 10000, a cluster bus port)"
		}
		var errno syscall.Errno
		if errors.As(err, &errno) {
			err = errno
		}
		return fmt.Errorf("%s %d cannot be used: %w; choose others with --port", what, port, err)
	}
	return ln.Close()
}

func (c *localCluster) start(stderr io.Writer) error {
	for i := range c.o.primaries {
		s, err := c.startNode(c.o.port+i, stderr)
		if err != nil {
			return err
		}
		c.nodes = append(c.nodes, s)
	}
	return c.form()
}

func (c *localCluster) startNode(port int, stderr io.Writer) (*server.Server, error) {
	dir := filepath.Join(c.dir, strconv.Itoa(port))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	cfg := config.New()
	_, err := cfg.Load([]string{
		"--port", strconv.Itoa(port), "--bind", localAddress, "--dir", dir, "--cluster-enabled", "yes", "--cluster-config-file", nodesFile,
		"--io-threads", "1", "--loglevel", c.o.logLevel,
	}, strings.NewReader(""))
	if err != nil {
		return nil, err
	}
	log := newLogger(cfg, stderr, strconv.Itoa(port))
	s, err := server.New(server.Options{Config: cfg, Log: log})
	if err != nil {
		return nil, fmt.Errorf("node on port %d: %w", port, err)
	}
	s.Start()
	return s, nil
}

// form makes a cluster of fresh nodes, or waits for an old one to find itself.
func (c *localCluster) form() error {
	clients := make([]*adminClient, len(c.nodes))
	assigned := 0
	for i := range c.nodes {
		cl, err := dialAdmin(c.o.port + i)
		if err != nil {
			return err
		}
		defer cl.close()
		clients[i] = cl
		info, err := cl.do("CLUSTER", "INFO")
		if err != nil {
			return err
		}
		assigned += infoInt(info.Str, "cluster_slots_assigned")
	}
	if assigned == 0 {
		if err := c.assign(clients); err != nil {
			return err
		}
	}
	return awaitOK(clients)
}

// assign spreads the slots and introduces the nodes to the first one.
func (c *localCluster) assign(clients []*adminClient) error {
	n := len(clients)
	for i, cl := range clients {
		first, last := i*slots.Count/n, (i+1)*slots.Count/n-1
		steps := [][]string{
			{"CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(first), strconv.Itoa(last)},
			{"CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i + 1)},
		}
		if i > 0 {
			steps = append(steps, []string{"CLUSTER", "MEET", localAddress, strconv.Itoa(c.o.port)})
		}
		for _, step := range steps {
			if _, err := cl.do(step...); err != nil {
				return fmt.Errorf("node on port %d: %s: %w", c.o.port+i, strings.Join(step, " "), err)
			}
		}
	}
	return nil
}

// formTimeout bounds the wait for the cluster to agree.
const formTimeout = 30 * time.Second

func awaitOK(clients []*adminClient) error {
	deadline := time.Now().Add(formTimeout)
	for _, cl := range clients {
		for {
			info, err := cl.do("CLUSTER", "INFO")
			if err != nil {
				return err
			}
			if strings.Contains(info.Str, "cluster_state:ok") && infoInt(info.Str, "cluster_known_nodes") >= len(clients) {
				break
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("the nodes did not agree within %s; CLUSTER INFO of port %d says:\n%s", formTimeout, cl.port, info.Str)
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	return nil
}

// describe tells the user what runs and what to try.
func (c *localCluster) describe(w io.Writer, took time.Duration) {
	fmt.Fprintf(w, "A Redis Cluster of %d primaries is ready (%d ms):\n", len(c.nodes), took.Milliseconds())
	for i := range c.nodes {
		n := len(c.nodes)
		fmt.Fprintf(w, "  %s:%d   slots %d-%d\n", localAddress, c.o.port+i, i*slots.Count/n, (i+1)*slots.Count/n-1)
	}
	fmt.Fprintf(w, "\nTry:  redis-cli -c -p %d set greeting hello\n\n", c.o.port)
	if len(c.nodes) < 3 {
		fmt.Fprintln(w, "With fewer than 3 primaries there is no majority to decide about a failed one.")
	}
	if c.o.dir == "" {
		fmt.Fprintln(w, "Ctrl-C stops all nodes; data and topology are gone then (--dir DIR keeps the topology).")
	} else {
		fmt.Fprintf(w, "Ctrl-C stops all nodes; the topology stays in %s, the data is in memory only.\n", c.dir)
	}
}

// ended is closed when one of the nodes was shut down.
func (c *localCluster) ended() <-chan struct{} {
	done := make(chan struct{}, len(c.nodes))
	for _, s := range c.nodes {
		go func() {
			<-s.Done()
			done <- struct{}{}
		}()
	}
	return done
}

func (c *localCluster) close() {
	for _, s := range c.nodes {
		s.Close()
	}
	if c.o.dir == "" {
		_ = os.RemoveAll(c.dir) // a temporary folder: what is left is in the system's care
	}
}
