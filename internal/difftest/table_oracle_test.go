//go:build oracle

package difftest

import (
	"slices"
	"strings"
	"testing"

	"clusternode/internal/testserver"

	"github.com/stretchr/testify/require"
)

// commandFields are the parts of COMMAND INFO's reply for one command, in order; subcommands follow.
var commandFields = []string{"name", "arity", "flags", "first key", "last key", "step", "categories", "tips", "key specifications"}

// tableDiffers holds what no oracle has: 7.2 between 7.0 and 8.0, or ours on purpose. Command and field.
var tableDiffers = map[string]string{
	"client|no-touch":               "since 7.2",
	"client|setinfo":                "since 7.2",
	"cluster|myshardid":             "since 7.2",
	"cluster|slot-stats":            "in Valkey, and in Redis since 8.2",
	"client|setname tips":           "7.2 gained tips",
	"config|rewrite tips":           "7.2 gained tips",
	"config|resetstat tips":         "7.2 gained tips",
	"scan tips":                     "7.2 gained tips",
	"randomkey tips":                "7.2 gained tips",
	"msetnx tips":                   "7.2 lost tips",
	"command|getkeys arity":         "7.2 takes a command without arguments",
	"command|getkeysandflags arity": "the same",
	"cluster|slots flags":           "7.2 allows them while loading",
	"cluster|shards flags":          "the same",
}

// TestCommandTable compares what COMMAND INFO says of each of our commands and subcommands. A field must be as in one of the
// oracles: metadata moved between 7.0 and 8.0, and 7.2 lies between them.
func TestCommandTable(t *testing.T) {
	ours, err := testserver.Ours()
	require.NoError(t, err)
	mine := commandTable(t, ours)
	require.Greater(t, len(mine), 50)
	var theirs []map[string]testserver.Value
	for _, name := range OraclesWanted() {
		if name == "valkey" { // has flags of its own
			continue
		}
		bin, err := testserver.Oracle(name)
		require.NoError(t, err)
		theirs = append(theirs, commandTable(t, bin))
	}
	for name, v := range mine {
		var known []testserver.Value
		for _, table := range theirs {
			if o, ok := table[name]; ok {
				known = append(known, o)
			}
		}
		if len(known) == 0 {
			if _, ok := tableDiffers[name]; !ok {
				t.Errorf("%s: no oracle has it", name)
			}
			continue
		}
		compareFields(t, name, v, known)
	}
}

func compareFields(t *testing.T, name string, v testserver.Value, known []testserver.Value) {
	require.GreaterOrEqual(t, len(v.Elems), len(commandFields), name)
	for i, field := range commandFields {
		if _, ok := tableDiffers[name+" "+field]; ok {
			continue
		}
		got := sorted(v.Elems[i], true).String()
		var want []string
		for _, o := range known {
			want = append(want, sorted(o.Elems[i], true).String())
		}
		if !slices.Contains(want, got) {
			t.Errorf("%s, %s: %s, want %s", name, field, got, strings.Join(slices.Compact(want), " or "))
		}
	}
}

// commandTable is COMMAND's reply by name, subcommands as "name|sub".
func commandTable(t *testing.T, bin testserver.Binary) map[string]testserver.Value {
	s := testserver.Start(t, bin, testserver.Options{})
	c, err := testserver.Dial(s.Addr)
	require.NoError(t, err)
	defer c.Close()
	_, err = c.Do("HELLO", "3")
	require.NoError(t, err)
	v, err := c.Do("COMMAND")
	require.NoError(t, err)
	table := map[string]testserver.Value{}
	for _, cmd := range v.Elems {
		table[cmd.Elems[0].Str] = cmd
		if len(cmd.Elems) > len(commandFields) {
			for _, sub := range cmd.Elems[len(commandFields)].Elems {
				table[sub.Elems[0].Str] = sub
			}
		}
	}
	return table
}
