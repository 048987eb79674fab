package difftest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"clusternode/internal/testserver"
)

// Pair is the two running servers: ours, and the one that is right.
type Pair struct {
	Ours, Oracle string // addresses
	Name         string // of the oracle, a key of the table in oracles.go
}

// Divergence is the first step whose replies break their rule. Steps past the end of the history belong to the reading of
// the final keyspace.
type Divergence struct {
	Index        int
	Step         Step
	Why          string
	Ours, Oracle testserver.Value
}

// String prints the divergence on a few lines.
func (d *Divergence) String() string {
	return fmt.Sprintf("step %d: %s\n%s\n  ours:   %s\n  oracle: %s", d.Index, d.Step, d.Why, d.Ours, d.Oracle)
}

// signature is equal for differences that are probably the same.
func (d *Divergence) signature() string {
	return fmt.Sprintf("%s %.30s %.30s", d.command(), d.Ours, d.Oracle)
}

// command is the name of the command that diverged, or its bytes.
func (d *Divergence) command() string {
	if len(d.Step.Args) > 0 {
		return strings.ToLower(d.Step.Args[0])
	}
	return d.Step.Raw
}

// run is one history on both servers.
type run struct {
	pair         Pair
	ours, oracle *session
	queued       [conns][]rule // rules of the commands queued since MULTI
	index        int
	events       hearing
}

// Run plays the history on both servers, emptied before, and compares every reply and then the keyspaces. The error is for
// what is no difference: a server that is gone or does not answer.
func Run(p Pair, h History) (*Divergence, error) {
	r := &run{pair: p}
	var err error
	if r.ours, err = newSession(p.Ours, h.Proto); err != nil {
		return nil, err
	}
	defer r.ours.close()
	if r.oracle, err = newSession(p.Oracle, h.Proto); err != nil {
		return nil, err
	}
	defer r.oracle.close()
	if h.Events {
		defer r.events.close()
		if err := r.events.start(p); err != nil {
			return nil, err
		}
	}
	for _, st := range h.Steps {
		if _, d, err := r.step(st); d != nil || err != nil {
			return d, err
		}
	}
	return r.finalState(h.Cluster)
}

// step plays one step and returns ours' reply.
func (r *run) step(st Step) (testserver.Value, *Divergence, error) {
	index := r.index
	r.index++
	var ours, oracle testserver.Value
	err := r.ours.send(st)
	if err == nil {
		err = r.oracle.send(st)
	}
	if err == nil {
		ours, err = r.ours.receive(st)
	}
	if err == nil {
		oracle, err = r.oracle.receive(st)
	}
	if err != nil {
		return ours, nil, fmt.Errorf("step %d: %w", index, err)
	}
	if exact(ours, silent) == "" && exact(oracle, silent) == "" {
		return ours, nil, fmt.Errorf("step %d: neither server answers %s", index, st)
	}
	if why := exact(r.ours.push, r.oracle.push); why != "" {
		return ours, &Divergence{Index: index, Step: st, Why: "pushes differ", Ours: r.ours.push, Oracle: r.oracle.push}, nil
	}
	eventsWhy, mine, theirs, err := r.events.compare(r.pair.Name, st)
	if err != nil {
		return ours, nil, fmt.Errorf("step %d: %w", index, err)
	}
	why := r.compare(st, ours, oracle)
	if why == "" && eventsWhy != "" {
		return ours, &Divergence{Index: index, Step: st, Why: eventsWhy, Ours: mine, Oracle: theirs}, nil
	}
	if why == "" {
		if why, err = r.checkRandom(st, ours, oracle); err == nil {
			err = r.events.drain(st) // what it had to do for that
		}
		if err != nil {
			return ours, nil, fmt.Errorf("step %d: %w", index, err)
		}
	}
	if why != "" {
		return ours, &Divergence{Index: index, Step: st, Why: why, Ours: ours, Oracle: oracle}, nil
	}
	return ours, nil, nil
}

// compare applies the step's rule; the reply to EXEC is compared element by element with the rules of what was queued.
func (r *run) compare(st Step, ours, oracle testserver.Value) string {
	queued := &r.queued[st.Conn]
	if oracle.Type == '+' && oracle.Str == "QUEUED" {
		*queued = append(*queued, ruleOn(r.pair.Name, st.Args))
		return exact(ours, oracle)
	}
	if !r.oracle.multi[st.Conn] && len(*queued) > 0 {
		rs := *queued
		*queued = nil
		if oracle.Type == '*' && len(oracle.Elems) == len(rs) && len(ours.Elems) == len(rs) {
			for i, q := range rs {
				if why := Compare(q, ours.Elems[i], oracle.Elems[i]); why != "" {
					return fmt.Sprintf("element %d of EXEC: %s", i, why)
				}
			}
			return ""
		}
	}
	if isScanFromStart(st) && !r.oracle.multi[st.Conn] {
		if r.pair.Name == "redis" || strings.EqualFold(st.Args[0], "zscan") { // packed scores are texts that DUMP carries along
			return asNumbers(exact)(ours, oracle)
		}
		return exact(ours, oracle)
	}
	return Compare(ruleOn(r.pair.Name, st.Args), ours, oracle)
}

// finalState reads every database that histories use on new connections and compares all there is to see of each key.
func (r *run) finalState(cluster bool) (*Divergence, error) {
	r.ours.close()
	r.oracle.close()
	r.ours.conns, r.oracle.conns = [conns]*testserver.Conn{}, [conns]*testserver.Conn{}
	r.ours.multi, r.oracle.multi = [conns]bool{}, [conns]bool{}
	r.queued = [conns][]rule{}
	dbs := databases
	if cluster {
		dbs = 1
	}
	for db := range dbs {
		if _, d, err := r.step(Step{Args: []string{"SELECT", strconv.Itoa(db)}}); d != nil || err != nil {
			return d, err
		}
		keys, d, err := r.step(Step{Args: []string{"KEYS", "*"}})
		if d != nil || err != nil {
			return d, err
		}
		if _, d, err := r.step(Step{Args: []string{"DBSIZE"}}); d != nil || err != nil {
			return d, err
		}
		for _, key := range keys.Elems {
			if d, err := r.readKey(key.Str); d != nil || err != nil {
				return d, err
			}
		}
	}
	return nil, nil
}

// contents holds how the whole of a value of each type is read.
var contents = map[string][][]string{
	"string": {{"GET", "key"}},
	"hash":   {{"HGETALL", "key"}},
	"list":   {{"LRANGE", "key", "0", "-1"}},
	"set":    {{"SMEMBERS", "key"}},
	"zset":   {{"ZRANGE", "key", "0", "-1", "WITHSCORES"}},
	"stream": {{"XRANGE", "key", "-", "+"}, {"XINFO", "STREAM", "key", "FULL", "COUNT", "0"}},
}

func (r *run) readKey(key string) (*Divergence, error) {
	kind, d, err := r.step(Step{Args: []string{"TYPE", key}})
	if d != nil || err != nil {
		return d, err
	}
	reads := [][]string{{"OBJECT", "ENCODING", key}, {"PEXPIRETIME", key}, {"DEBUG", "DIGEST-VALUE", key}}
	for _, read := range contents[kind.Str] {
		read = slices.Clone(read)
		read[slices.Index(read, "key")] = key
		reads = append(reads, read)
	}
	reads = slices.DeleteFunc(reads, func(args []string) bool {
		noScores := args[0] == "DEBUG" && kind.Str != "zset"
		return Differs(r.pair.Name, args) != "" && !noScores
	})
	for _, args := range reads {
		if _, d, err := r.step(Step{Args: args}); d != nil || err != nil {
			return d, err
		}
	}
	return nil, nil
}
