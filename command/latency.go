package command

// latencySpec is LATENCY. What it shows is the server's: spikes of events, and
// histograms by command. HISTOGRAM asks every worker for its own, so it waits.
var latencySpec = &Spec{
	Name: "latency", Arity: -2, Subs: []*Spec{
		{Name: "latest", Arity: 2, Flags: latencyFlags, Tips: latencyTips},
		{Name: "history", Arity: 3, Flags: latencyFlags, Tips: latencyTips},
		{Name: "graph", Arity: 3, Flags: latencyFlags, Tips: latencyTips},
		{Name: "doctor", Arity: 2, Flags: latencyFlags, Tips: latencyTips},
		{Name: "histogram", Arity: -2, Flags: latencyFlags, Tips: latencyTips, Blocks: true},
		{Name: "reset", Arity: -2, Flags: latencyFlags, Tips: []string{"request_policy:all_nodes", "response_policy:agg_sum"}},
		{Name: "help", Arity: 2, Flags: helpFlags, Handler: helper("LATENCY",
			"DOCTOR",
			"    Return a human readable latency analysis report.",
			"GRAPH <event>",
			"    Return an ASCII latency graph for the <event> class.",
			"HISTORY <event>",
			"    Return time-latency samples for the <event> class.",
			"LATEST",
			"    Return the latest latency samples for all events.",
			"RESET [<event> ...]",
			"    Reset latency data of one or more <event> classes.",
			"    (default: reset all data for all event classes)",
			"HISTOGRAM [COMMAND ...]",
			"    Return a cumulative distribution of latencies in the format of a histogram for the specified command names.",
			"    If no commands are specified then all histograms are replied.",
		)},
	},
}

const latencyFlags = Admin | NoScript | Loading | Stale

var latencyTips = []string{"nondeterministic_output", "request_policy:all_nodes", "response_policy:special"}

// Find finds a command by its full name, "get" or "config|get", in any case;
// nil if there is none.
func (t *Table) Find(fullName []byte) *Spec { return t.byFullName(fullName) }
