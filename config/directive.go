package config

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
)

// Status says what this server does with a directive.
type Status uint8

const (
	// Built: the server honours it.
	Built Status = iota
	// NoMeaning: any value is accepted, shown and rewritten, but what it tunes
	// does not exist in this server. A log line says so at start.
	NoMeaning
	// Waiting: as NoMeaning for now; it takes effect once the part that it
	// tunes is built.
	Waiting
	// NotBuilt: it asks for something that is not built yet, so only its
	// default is accepted.
	NotBuilt
)

var statusNames = [...]string{"built", "accepted without meaning", "waiting", "not built yet"}

func (s Status) String() string { return statusNames[s] }

// flags of a directive.
type flags uint8

const (
	immutable flags = 1 << iota // set at start only
	protected                   // CONFIG SET needs enable-protected-configs
	sensitive                   // its value must not reach logs or MONITOR
	hidden                      // CONFIG GET shows it by its exact name only
	manyWords                   // takes several words; CONFIG SET splits its value at blanks
	adds                        // repeated lines of a file add up
)

// Directive is one row of the table.
type Directive struct {
	Name   string
	Alias  string // its older name, "" if none
	Status Status
	Part   string // what a Waiting or NotBuilt one waits for, or why it has no meaning
	flags  flags
	def    Value
	codec  codec
	check  func(v Value) error // what the codec cannot know; nil: nothing
	index  int                 // place in Directives and in a Config's cells
}

// Immutable reports that CONFIG SET refuses it.
func (d *Directive) Immutable() bool { return d.flags&immutable != 0 }

// Protected reports that CONFIG SET needs enable-protected-configs.
func (d *Directive) Protected() bool { return d.flags&protected != 0 }

// Sensitive reports that its value must not reach logs, MONITOR or SLOWLOG.
func (d *Directive) Sensitive() bool { return d.flags&sensitive != 0 }

// Hidden reports that patterns of CONFIG GET do not match it.
func (d *Directive) Hidden() bool { return d.flags&hidden != 0 }

// Default is the value CONFIG GET prints for it when nothing sets it.
func (d *Directive) Default() string { return d.codec.format(d.def) }

// Kind is the kind of its value: "yes/no", "integer", "memory", ...
func (d *Directive) Kind() string { return d.codec.kind() }

// Warning is a log line for whoever sets a directive that does nothing, "" for
// one that does.
func (d *Directive) Warning() string {
	switch d.Status {
	case NoMeaning:
		return fmt.Sprintf("The directive '%s' has no effect: %s", d.Name, d.Part)
	case Waiting:
		return fmt.Sprintf("The directive '%s' has no effect yet: %s is not built", d.Name, d.Part)
	}
	return ""
}

func (d *Directive) is(f flags) bool { return d.flags&f != 0 }

// fileOnly are the words of redis.conf that are no directives with a value:
// CONFIG GET does not know them and CONFIG REWRITE leaves their lines alone.
var fileOnly = map[string]bool{
	"include": true, "rename-command": true, "user": true, "loadmodule": true, "sentinel": true,
}

// outdated are directives that once were: one word after them is ignored.
var outdated = map[string]bool{
	"list-max-ziplist-entries": true, "list-max-ziplist-value": true, "lua-replicate-commands": true,
}

// Directives are all rows of the table, sorted by name.
var Directives, byName = buildTable()

// names are all names and aliases, sorted.
var names = slices.Sorted(maps.Keys(byName))

// buildTable joins the groups and gives each row its place.
func buildTable() ([]*Directive, map[string]*Directive) {
	var all []*Directive
	for _, group := range [][]row{
		netTable, tlsTable, processTable, memoryTable, encodingTable,
		persistenceTable, replicationTable, clusterTable, observeTable,
	} {
		for _, r := range group {
			all = append(all, r.Directive)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	names := make(map[string]*Directive, 2*len(all))
	for i, d := range all {
		d.index = i
		for _, n := range []string{d.Name, d.Alias} {
			if n == "" {
				continue
			}
			if names[n] != nil || fileOnly[n] || n != strings.ToLower(n) {
				panic("config: bad or repeated directive " + n)
			}
			names[n] = d
		}
	}
	return all, names
}

// Lookup finds a directive by its name or alias in any case, nil if there is
// none.
func Lookup(name string) *Directive {
	if d := byName[name]; d != nil {
		return d
	}
	return byName[strings.ToLower(name)]
}
