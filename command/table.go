package command

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Table is a node's immutable set of commands.
type Table struct {
	byName map[string]*Spec // every command; lower-case names
	all    []*Spec          // commands and subcommands by ID
	top    []*Spec          // commands that have a name, sorted by it
	// fast is an open-addressing table over byName for Lookup: a hot name
	// costs one hash of at most 8 bytes and one comparison.
	fast [512]entry
}

// NewTable builds a table of families. Names must be unique and lower case.
// handlers, by full name ("client|list"), complete the specs that have none:
// commands whose work is the server's.
func NewTable(handlers map[string]Handler, families ...[]*Spec) *Table {
	t := &Table{byName: make(map[string]*Spec)}
	for _, fam := range families {
		for _, s := range fam {
			t.add(s)
		}
	}
	for _, s := range t.all {
		if s.Handler == nil {
			s.Handler = handlers[s.full]
		}
	}
	t.index()
	sort.Slice(t.top, func(i, j int) bool { return t.top[i].Name < t.top[j].Name })
	return t
}

func (t *Table) add(s *Spec) {
	if s.Name != strings.ToLower(s.Name) || t.byName[s.Name] != nil {
		panic(fmt.Sprintf("command: bad or repeated name %q", s.Name))
	}
	s = s.copyFor(nil)
	t.byName[s.Name] = s
	t.top = append(t.top, s)
	t.register(s)
	for i, sub := range s.Subs {
		sub = sub.copyFor(s)
		s.Subs[i] = sub
		if s.InnerSubs {
			sub.id, sub.full = s.id, s.full
			continue
		}
		t.register(sub)
	}
}

// copyFor returns the table's own copy of a spec: several nodes of one process
// build tables from the same family variables.
func (s *Spec) copyFor(parent *Spec) *Spec {
	c := *s
	c.Subs = append([]*Spec(nil), s.Subs...)
	c.parent, c.full = parent, s.Name
	if parent != nil {
		c.full = parent.Name + "|" + s.Name
	}
	if c.FindKeys == nil && len(c.Keys) == 1 {
		if k := &c.Keys[0]; k.Keyword == "" && !k.KeyNum && !k.UnknownBegin && !k.UnknownFind && k.Limit < 2 {
			c.first, c.last, c.step = k.Index, k.Last, max(k.Step, 1)
			if k.Last >= 0 {
				c.last = k.Index + k.Last
			}
		}
	}
	return &c
}

func (t *Table) register(s *Spec) {
	s.id = len(t.all)
	t.all = append(t.all, s)
}

// Len is the number of commands and subcommands; IDs are below it.
func (t *Table) Len() int { return len(t.all) }

// ByID returns the spec with the given ID.
func (t *Table) ByID(id int) *Spec { return t.all[id] }

// Commands lists the commands (not their subcommands) by name. One that was
// renamed stands under its own; one that was removed is not there.
func (t *Table) Commands() []*Spec { return t.top }

// Specs lists commands and subcommands by ID.
func (t *Table) Specs() []*Spec { return t.all }

// Errors of Rename, in the words that Redis prints at start.
var (
	errNoSuchCommand = errors.New("No such command in rename-command")  //lint:ignore ST1005 Redis' words
	errNameTaken     = errors.New("Target command name already exists") //lint:ignore ST1005 Redis' words
)

// Rename changes the name that a command is called by (rename-command), or
// removes the command if to is "". Only before the table is used.
func (t *Table) Rename(from, to string) error {
	s := t.byName[from]
	if s == nil {
		return errNoSuchCommand
	}
	if to != "" && to != from && t.byName[to] != nil {
		return errNameTaken
	}
	delete(t.byName, from)
	if to != "" {
		t.byName[to] = s
	} else {
		t.top = slices.DeleteFunc(t.top, func(o *Spec) bool { return o == s })
	}
	t.index()
	return nil
}

// index rebuilds fast from byName.
func (t *Table) index() {
	t.fast = [len(t.fast)]entry{}
	for name, s := range t.byName {
		h := nameHash([]byte(name))
		for t.fast[h%uint32(len(t.fast))].spec != nil {
			h++
		}
		t.fast[h%uint32(len(t.fast))] = entry{name, s}
	}
}

// entry is one place of Table.fast: a command under the name it is called by.
type entry struct {
	name string
	spec *Spec
}

// Lookup finds a command by name in any case, nil if there is none.
func (t *Table) Lookup(name []byte) *Spec {
	h := nameHash(name)
	for {
		e := &t.fast[h%uint32(len(t.fast))]
		if e.spec == nil {
			return nil
		}
		if equalFold(name, e.name) {
			return e.spec
		}
		h++
	}
}

// Resolve finds the command or subcommand that args name. A container with
// subcommands is returned itself, with sub false, if args[1] is missing or is
// not one of them.
func (t *Table) Resolve(args [][]byte) (s *Spec, sub bool) {
	s = t.Lookup(args[0])
	if s == nil || len(s.Subs) == 0 || len(args) < 2 {
		return s, false
	}
	if c := s.Sub(args[1]); c != nil {
		return c, true
	}
	return s, false
}

// Sub finds a subcommand by name in any case. With InnerSubs a command answers
// for the ones it does not have.
func (s *Spec) Sub(name []byte) *Spec {
	for _, c := range s.Subs {
		if equalFold(name, c.Name) {
			return c
		}
	}
	if s.InnerSubs {
		return s
	}
	return nil
}

// nameHash mixes the length and the first eight bytes without regard to case.
func nameHash(name []byte) uint32 {
	h := uint32(len(name)) * 0x9E3779B1
	for i := 0; i < len(name) && i < 8; i++ {
		h = (h ^ uint32(name[i]|0x20)) * 0x01000193
	}
	if n := len(name); n > 8 {
		h = (h ^ uint32(name[n-1]|0x20)) * 0x01000193
	}
	return h ^ h>>15
}
