package command

import (
	"clusternode/config"
	"clusternode/resp"
)

// ConfigStore is what CONFIG asks of the node.
type ConfigStore interface {
	// Get returns the directives that match the patterns.
	Get(patterns ...string) []config.Pair
	// Set changes all of the directives or none, for the client of the Ctx; its
	// error is replied behind "ERR ".
	Set(c *Ctx, pairs []config.Pair) error
	// Rewrite writes the values into the configuration file.
	Rewrite() error
	// ResetStat zeroes the statistics of INFO. The world is stopped.
	ResetStat()
}

const (
	configFlags = Admin | NoScript | Loading | Stale
	helpFlags   = Loading | Stale
)

// onAllNodes are the tips of commands that a client sends to every node.
var onAllNodes = []string{"request_policy:all_nodes", "response_policy:all_succeeded"}

// ConfigSpecs are CONFIG and its subcommands. SET and REWRITE may listen on
// ports or sync files, so they never run on an event loop.
var ConfigSpecs = []*Spec{
	{Name: "config", Arity: -2, Subs: []*Spec{
		{Name: "get", Arity: -3, Flags: configFlags, Handler: configGet},
		{Name: "set", Arity: -4, Flags: configFlags, Tips: onAllNodes, Blocks: true, Handler: configSet},
		{Name: "rewrite", Arity: 2, Flags: configFlags, Tips: onAllNodes, Blocks: true, Handler: configRewrite},
		{Name: "resetstat", Arity: 2, Flags: configFlags, Tips: onAllNodes, Lock: LockGate, Handler: configResetStat},
		{Name: "help", Arity: 2, Flags: helpFlags, Handler: configHelp},
	}},
}

func configGet(c *Ctx) {
	patterns := make([]string, 0, len(c.Args)-2)
	for _, a := range c.Args[2:] {
		patterns = append(patterns, string(a))
	}
	pairs := c.Env.Config.Get(patterns...)
	c.W.Map(len(pairs))
	for _, p := range pairs {
		c.W.BulkString(p.Name)
		c.W.BulkString(p.Value)
	}
}

func configSet(c *Ctx) {
	if len(c.Args)%2 != 0 {
		c.W.Error(resp.ErrSyntax)
		return
	}
	pairs := make([]config.Pair, 0, len(c.Args)/2-1)
	for i := 2; i < len(c.Args); i += 2 {
		pairs = append(pairs, config.Pair{Name: string(c.Args[i]), Value: string(c.Args[i+1])})
	}
	if err := c.Env.Config.Set(c, pairs); err != nil {
		c.W.Error("ERR " + err.Error())
		return
	}
	c.W.OK()
}

func configRewrite(c *Ctx) {
	switch err := c.Env.Config.Rewrite(); err {
	case nil:
		c.W.OK()
	case config.ErrNoFile:
		c.W.Error("ERR " + err.Error())
	default:
		c.W.Error("ERR Rewriting config file: " + err.Error())
	}
}

func configResetStat(c *Ctx) {
	c.Env.Config.ResetStat()
	c.W.OK()
}

func configHelp(c *Ctx) {
	c.W.Help("CONFIG", []string{
		"GET <pattern>",
		"    Return parameters matching the glob-like <pattern> and their values.",
		"SET <directive> <value>",
		"    Set the configuration <directive> to <value>.",
		"RESETSTAT",
		"    Reset statistics reported by the INFO command.",
		"REWRITE",
		"    Rewrite the configuration file.",
	})
}
