//go:build linux

package main

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"clusternode/internal/testserver"
)

// config is the flags.
type config struct {
	contenders []contender
	rounds     int
	each       time.Duration // length of one measurement
	conns      int
	keys       uint64   // keys of the random cases
	sizes      []uint64 // numbers of keys of the memory section
	paceKeys   uint64   // keys of the paced section
	idle       int      // idle connections
	flushWait  time.Duration
	rest       time.Duration // pause after half of the keys were overwritten
	report     *Report
}

// section is one kind of measurement.
type section struct {
	name string
	run  func(*config) error
}

var sections = []section{
	{"empty", (*config).empty},
	{"ops", (*config).ops},
	{"slow", (*config).slow},
	{"idle", (*config).idleConns},
	{"memory", (*config).memory},
	{"paced", (*config).paced},
	{"collections", (*config).collections},
	{"collection-memory", (*config).collectionMemory},
	{"waits", (*config).waits},
	{"handover", (*config).handover},
	{"eviction", (*config).eviction},
	{"tracking", (*config).tracking},
	{"pubsub", (*config).pubsub},
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	var (
		names     = flag.String("sections", sectionNames(), "which sections, with commas")
		against   = flag.String("against", "redis", "servers to compare with, with commas: "+strings.Join(testserver.OracleNames, ", "))
		ours      = flag.String("ours", "clusternode", "our server, or one of the others to try the measurement itself")
		quick     = flag.Bool("quick", false, "small and short: a smoke test, not a measurement")
		rounds    = flag.Int("rounds", 5, "rounds per case")
		each      = flag.Duration("each", time.Second, "length of one measurement")
		conns     = flag.Int("conns", 50, "connections")
		keys      = flag.Uint64("keys", 1_000_000, "keys of the random cases")
		sizes     = flag.String("sizes", "500000,1000000,1900000,10000000", "numbers of keys of the memory section")
		paceKeys  = flag.Uint64("pace-keys", 10_000_000, "keys of the paced section")
		idle      = flag.Int("idle", 10_000, "idle connections")
		flushWait = flag.Duration("flush-wait", 60*time.Second, "how long memory may take to come back after FLUSHALL")
		rest      = flag.Duration("rest", 15*time.Second, "how long memory may be put in order after half of the keys were overwritten")
		threads   = flag.String("io-threads", "", "value of io-threads for all; default: each server's own")
		draw      = flag.String("draw", "", "only draw the chart of an earlier run's JSON into -svg")
		cluster   = flag.Bool("cluster", false, "all in cluster mode, each owning every slot")
		jsonPath  = flag.String("json", "", "write the results as JSON; a full run without -quick writes bench/results.json")
		svgPath   = flag.String("svg", "", "write a chart; a full run without -quick writes bench/results.svg")
	)
	flag.Parse()
	if *draw != "" {
		return redraw(*draw, *svgPath)
	}
	if *quick {
		if err := quicken(); err != nil {
			return err
		}
	}
	if !*quick && *names == sectionNames() {
		*jsonPath = cmp.Or(*jsonPath, "bench/results.json")
		*svgPath = cmp.Or(*svgPath, "bench/results.svg")
	}
	c := &config{rounds: *rounds, each: *each, conns: *conns, keys: *keys, paceKeys: *paceKeys, idle: *idle, flushWait: *flushWait, rest: *rest}
	for text := range strings.SplitSeq(*sizes, ",") {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return fmt.Errorf("-sizes: %w", err)
		}
		c.sizes = append(c.sizes, n)
	}
	var extra []string
	if *threads != "" {
		extra = []string{"--io-threads", *threads}
	}
	if *cluster {
		extra = append(extra, "--cluster-enabled", "yes")
	}
	if err := c.find(*ours, *against, extra); err != nil {
		return err
	}
	if err := c.introduce(); err != nil {
		return err
	}
	c.play(strings.Split(*names, ","))
	return c.write(*jsonPath, *svgPath)
}

// redraw draws the chart of an earlier run.
func redraw(jsonPath, svgPath string) error {
	data, err := os.ReadFile(jsonPath)
	if err != nil {
		return err
	}
	var r Report
	if err := json.Unmarshal(data, &r); err != nil {
		return fmt.Errorf("%s: %w", jsonPath, err)
	}
	return os.WriteFile(svgPath, []byte(r.chart()), 0o644)
}

// quicken gives small values to the flags that were not given.
func quicken() error {
	small := map[string]string{"rounds": "3", "each": "300ms", "keys": "100000", "sizes": "100000,500000", "pace-keys": "500000", "idle": "1000", "flush-wait": "5s", "rest": "2s"}
	flag.Visit(func(f *flag.Flag) { delete(small, f.Name) })
	for name, value := range small {
		if err := flag.Set(name, value); err != nil {
			return err
		}
	}
	return nil
}

func sectionNames() string {
	var names []string
	for _, s := range sections {
		names = append(names, s.name)
	}
	return strings.Join(names, ",")
}

// find finds the executables.
func (c *config) find(ours, against string, extra []string) error {
	for _, name := range append([]string{ours}, strings.Split(against, ",")...) {
		bin, err := testserver.Oracle(name)
		if name == "clusternode" {
			bin, err = testserver.Ours()
		}
		if err != nil {
			return err
		}
		if len(c.contenders) > 0 && bin.Name == c.contenders[0].bin.Name {
			bin.Name += "'" // a server against itself shows the noise
		}
		c.contenders = append(c.contenders, contender{bin: bin, args: extra})
	}
	return nil
}

// introduce starts the report with what is compared.
func (c *config) introduce() error {
	c.report = &Report{When: time.Now().UTC().Truncate(time.Second), CPUs: runtime.NumCPU(), Servers: map[string]string{}, out: os.Stdout}
	fmt.Printf("%d processors, shared by servers and load; %d rounds of %s; closed loops of %d connections\n", runtime.NumCPU(), c.rounds, c.each, c.conns)
	for _, ct := range c.contenders {
		r, err := ct.start()
		if err != nil {
			return err
		}
		text := fmt.Sprintf("version %s, io-threads %s", r.version(), r.ioThreads())
		r.Kill()
		c.report.Order = append(c.report.Order, ct.bin.Name)
		c.report.Servers[ct.bin.Name] = text
		fmt.Printf("%s: %s\n", ct.bin.Name, text)
	}
	return nil
}

// play runs the wanted sections; one that fails does not stop the others.
func (c *config) play(wanted []string) {
	for _, s := range sections {
		if !slices.Contains(wanted, s.name) {
			continue
		}
		if err := s.run(c); err != nil {
			c.report.fail(s.name, err)
		}
	}
}

func (c *config) write(jsonPath, svgPath string) error {
	if jsonPath != "" {
		if err := c.report.writeJSON(jsonPath); err != nil {
			return err
		}
	}
	if svgPath != "" {
		if err := os.WriteFile(svgPath, []byte(c.report.chart()), 0o644); err != nil {
			return err
		}
	}
	if n := len(c.report.Failures); n > 0 {
		return fmt.Errorf("%d sections failed", n)
	}
	return nil
}
