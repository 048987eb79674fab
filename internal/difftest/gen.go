package difftest

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// Generator makes random histories. The same seed gives the same histories.
type Generator struct {
	rng    *rand.Rand
	oracle string
	raw    []string // steps of bytes
	// noCluster makes histories for plain servers only.
	noCluster bool
	table     []weighted
	total     int

	// Chosen anew for each history.
	keys    []string            // the keys of strings, few of them
	pools   map[string][]string // the keys of each kind
	focused bool                // most commands are about one kind
	focus   string
	family  string // of the command that is being made
	stream  int    // numbers the ids of streams
	past    bool   // keys may get an expiry that has passed already, and stay until something looks at them
	cluster bool
	half    bool
	serial  int // numbers the relative times to live
	inMulti [conns]bool
}

// weighted is a template with its family's share of the weight.
type weighted struct {
	template
	family string
	exact  bool
	weight int
}

// weightUnit is divided between the templates of a family; large enough that the rounding does not matter.
const weightUnit = 1000

// NewGenerator returns a generator of histories for one oracle.
func NewGenerator(oracle string, seed uint64) *Generator {
	g := newGenerator(oracle, seed, slices.Concat(families, clusterFamilies))
	g.raw = rawSteps
	return g
}

func newGenerator(oracle string, seed uint64, from []family) *Generator {
	g := &Generator{rng: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)), oracle: oracle}
	for _, f := range from {
		for _, text := range f.templates {
			w := weighted{template: parseTemplate(text), family: f.name, exact: f.exact, weight: f.weight * weightUnit / len(f.templates)}
			g.table = append(g.table, w)
			g.total += w.weight
		}
	}
	return g
}

// History returns the next history of n steps.
func (g *Generator) History(n int) History {
	h := History{Oracle: g.oracle, Proto: 2 + g.rng.IntN(2), Cluster: g.rng.IntN(4) == 0 && !g.noCluster}
	h.Half = h.Cluster && g.rng.IntN(3) == 0
	g.prepare(h)
	for len(h.Steps) < n {
		h.Steps = append(h.Steps, g.step())
	}
	return h
}

func (g *Generator) prepare(h History) {
	g.cluster, g.half, g.serial, g.stream, g.inMulti = h.Cluster, h.Half, 0, 0, [conns]bool{}
	// An expired key that is still there makes RANDOMKEY's effects random, so that a history has one or the other.
	g.past = g.rng.IntN(2) == 0
	pool := plainKeys
	if h.Cluster {
		pool = sameSlotKey
	}
	if h.Half {
		pool = bothHalvesKey
	}
	g.keys = slices.Clone(pool)
	g.rng.Shuffle(len(g.keys), func(i, j int) { g.keys[i], g.keys[j] = g.keys[j], g.keys[i] })
	g.keys = g.keys[:2+g.rng.IntN(5)]
	g.makePools(h)
}

// step makes one step that the oracle can be asked.
func (g *Generator) step() Step {
	for {
		st := Step{Conn: g.connection()}
		if len(g.raw) > 0 && g.rng.IntN(100) == 0 && !g.inMulti[st.Conn] {
			st.Raw = g.pick(g.raw...)
			return st
		}
		st.Args = g.command()
		if st.Args == nil || g.differs(st) {
			continue
		}
		g.follow(st)
		return st
	}
}

// differs says whether the oracle takes the step in its own way, or the step would outlive the history.
func (g *Generator) differs(st Step) bool {
	return Differs(g.oracle, st.Args) != "" || g.inMulti[st.Conn] && differsInMulti(g.oracle, st.Args) ||
		g.cluster && differsInCluster(g.oracle, st.Args) || g.half && (changesSlots(st.Args) || namesTargetFirst(st.Args))
}

// changesSlots keeps the slot table of a node that owns half as it is: histories share the servers.
func changesSlots(args []string) bool {
	return len(args) > 1 && strings.EqualFold(args[0], "cluster") && strings.HasPrefix(strings.ToLower(args[1]), "addslots")
}

// namesTargetFirst tells commands whose keys ours looks at from left to right and real servers sources first, so that keys
// of several slots, of which some are not served, get another of the two errors.
func namesTargetFirst(args []string) bool {
	return slices.Contains([]string{"zunionstore", "zinterstore", "zdiffstore"}, strings.ToLower(args[0]))
}

// connection prefers the first; the second is there to interfere.
func (g *Generator) connection() int {
	if g.rng.IntN(4) == 0 {
		return 1
	}
	return 0
}

// follow guesses whether the connection is inside MULTI, so that transactions hold a few commands and end.
func (g *Generator) follow(st Step) {
	switch name := strings.ToLower(st.Args[0]); {
	case name == "quit":
		g.inMulti[st.Conn] = false
	case len(st.Args) > 1:
		// With an argument they are refused.
	case name == "multi":
		g.inMulti[st.Conn] = true
	case name == "exec" || name == "discard" || name == "reset":
		g.inMulti[st.Conn] = false
	}
}

func (g *Generator) command() []string {
	at := g.rng.IntN(g.total)
	i := 0
	for ; at >= g.table[i].weight; i++ {
		at -= g.table[i].weight
	}
	t := g.table[i]
	if !g.wanted(t.family) || g.skips(t.family) {
		return nil
	}
	g.family = t.family
	args := g.expand(nil, t.root)
	if !t.exact && g.rng.IntN(12) == 0 {
		args = g.mutate(args)
	}
	if g.past && len(args) > 0 && strings.EqualFold(args[0], "randomkey") {
		return nil
	}
	return args
}

// wanted keeps commands of cluster mode out of other histories and the other way round.
func (g *Generator) wanted(family string) bool {
	switch family {
	case "cluster":
		return g.cluster
	case "nocluster":
		return !g.cluster
	}
	return true
}

// mutate spoils a command: wrong arity, a bad argument, arguments out of order.
func (g *Generator) mutate(args []string) []string {
	at := g.rng.IntN(len(args))
	switch g.rng.IntN(5) {
	case 0:
		return args[:max(1, len(args)-1)]
	case 1:
		if at > 0 {
			return slices.Delete(args, at, at+1)
		}
		return args[:1]
	case 2:
		return append(args, g.junk())
	case 3:
		if at > 0 {
			args[at] = g.junk()
		}
		return args
	}
	return slices.Insert(args, at+1, g.junk())
}

// rawSteps are bytes that draw exactly one reply: inline commands, a pipeline whose other replies are switched off, and
// protocol errors, after which the server closes the connection.
var rawSteps = []string{
	"PING\r\n", "ping\n", "  PING  hello \r\n", "\r\nPING\r\n", "SET a \"b c\\x41\\n\"\r\n", "SET a 'it\\'s'\r\n", "GET a\r\n", "ECHO \"\"\r\n", "*0\r\n*-1\r\nPING\r\n",
	"CLIENT REPLY OFF\r\nPING\r\nSET a 1\r\nCLIENT REPLY ON\r\n", "CLIENT REPLY SKIP\r\nSET a 2\r\nPING\r\n",
	"SET a \"unbalanced\r\n", "ECHO \"a\"b\r\n", "*x\r\n", "*2147483648\r\n", "*1\r\n+PING\r\n", "*1\r\n$x\r\n", "*1\r\n$-1\r\n", "*1\r\n$536870913\r\n", "*99999999999999999999\r\n",
	"*-9\r\nPING\r\n",
}
