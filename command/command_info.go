package command

import (
	"errors"
	"math"
	"strings"

	"clusternode/internal/glob"
	"clusternode/resp"
)

// IntrospectionSpecs is COMMAND: what the table says about itself.
var IntrospectionSpecs = []*Spec{{
	Name: "command", Arity: -1, Flags: Loading | Stale, Cats: CatConnection, Tips: unorderedOutput, Handler: commandInfo, Subs: []*Spec{
		{Name: "count", Arity: 2, Flags: Loading | Stale, Cats: CatConnection, Handler: func(c *Ctx) { c.W.Int(int64(len(c.Env.Table.Commands()))) }},
		{Name: "info", Arity: -2, Flags: Loading | Stale, Cats: CatConnection, Tips: unorderedOutput, Handler: commandInfo},
		{Name: "docs", Arity: -2, Flags: Loading | Stale, Cats: CatConnection, Tips: unorderedOutput, Cost: docsCost, Handler: commandDocs},
		{Name: "list", Arity: -2, Flags: Loading | Stale, Cats: CatConnection, Tips: unorderedOutput, Handler: commandList},
		{Name: "getkeys", Arity: -3, Flags: Loading | Stale, Cats: CatConnection, Handler: func(c *Ctx) { commandGetKeys(c, false) }},
		{Name: "getkeysandflags", Arity: -3, Flags: Loading | Stale, Cats: CatConnection, Handler: func(c *Ctx) { commandGetKeys(c, true) }},
		{Name: "help", Arity: 2, Flags: Loading | Stale, Cats: CatConnection, Handler: helper("COMMAND",
			"(no subcommand)",
			"    Return details about all Redis commands.",
			"COUNT",
			"    Return the total number of commands in this Redis server.",
			"LIST",
			"    Return a list of all commands in this Redis server.",
			"INFO [<command-name> ...]",
			"    Return details about multiple Redis commands.",
			"    If no command names are given, documentation details for all",
			"    commands are returned.",
			"DOCS [<command-name> ...]",
			"    Return documentation details about multiple Redis commands.",
			"    If no command names are given, documentation details for all",
			"    commands are returned.",
			"GETKEYS <full-command>",
			"    Return the keys from a full Redis command.",
			"GETKEYSANDFLAGS <full-command>",
			"    Return the keys and the access flags from a full Redis command.",
		)},
	},
}}

var unorderedOutput = []string{"nondeterministic_output_order"}

// commandInfo answers COMMAND and COMMAND INFO.
func commandInfo(c *Ctx) {
	if len(c.Args) <= 2 {
		all := c.Env.Table.Commands()
		c.W.Array(len(all))
		for _, s := range all {
			writeInfo(c.W, s)
		}
		return
	}
	c.W.Array(len(c.Args) - 2)
	for _, name := range c.Args[2:] {
		if s := c.Env.Table.byFullName(name); s != nil {
			writeInfo(c.W, s)
		} else {
			c.W.Null()
		}
	}
}

// byFullName finds "get" or "config|get" in any case.
func (t *Table) byFullName(name []byte) *Spec {
	first, sub, isSub := strings.Cut(string(name), "|")
	s := t.Lookup([]byte(first))
	if s == nil || !isSub {
		return s
	}
	if s.InnerSubs {
		return nil
	}
	return s.Sub([]byte(sub))
}

// visibleSubs are the subcommands that clients may know of.
func (s *Spec) visibleSubs() []*Spec {
	if s.InnerSubs {
		return nil
	}
	return s.Subs
}

// writeInfo writes one element of COMMAND INFO.
func writeInfo(w *resp.Writer, s *Spec) {
	first, last, step, movable := s.legacyRange()
	flags := s.Flags
	if movable {
		flags |= MovableKeys
	}
	w.Array(10)
	w.BulkString(s.FullName())
	w.Int(int64(s.Arity))
	writeWords(w, "", flags.Names())
	w.Int(int64(first))
	w.Int(int64(last))
	w.Int(int64(step))
	writeWords(w, "@", s.AllCategories().Names())
	w.Set(len(s.Tips))
	for _, t := range s.Tips {
		w.BulkString(t)
	}
	w.Set(len(s.Keys))
	for i := range s.Keys {
		s.Keys[i].write(w)
	}
	subs := s.visibleSubs()
	if len(subs) == 0 {
		w.Set(0)
		return
	}
	w.Array(len(subs))
	for _, sub := range subs {
		writeInfo(w, sub)
	}
}

func writeWords(w *resp.Writer, prefix string, words []string) {
	w.Set(len(words))
	for _, word := range words {
		w.SimpleString(prefix + word)
	}
}

// legacyRange is the first key, last key and step of clients that know no key
// specs: the part of the specs that is one run of keys. movable reports that
// there are keys elsewhere.
func (s *Spec) legacyRange() (first, last, step int, movable bool) {
	if len(s.Keys) == 1 && s.Keys[0].plainRange() {
		k := &s.Keys[0]
		return k.Index, k.lastIndex(), max(k.Step, 1), k.Flags&KeyIncomplete != 0
	}
	first = math.MaxInt
	for i := range s.Keys {
		k := &s.Keys[i]
		if !k.plainRange() || k.Step > 1 || last != 0 && last != k.Index-1 {
			movable = true
			continue
		}
		movable = movable || k.Flags&KeyIncomplete != 0
		first = min(first, k.Index)
		if l := k.lastIndex(); uint(l) > uint(last) { // a negative one is the last of all
			last = l
		}
	}
	if first == math.MaxInt {
		return 0, 0, 0, movable
	}
	return first, last, 1, movable
}

// plainRange reports whether the spec is an index and a range.
func (k *KeySpec) plainRange() bool {
	return k.Keyword == "" && !k.KeyNum && !k.UnknownBegin && !k.UnknownFind
}

// lastIndex is the last key's argument; negative: counted from the end.
func (k *KeySpec) lastIndex() int {
	if k.Last < 0 {
		return k.Last
	}
	return k.Index + k.Last
}

// write writes the spec as COMMAND INFO has it.
func (k *KeySpec) write(w *resp.Writer) {
	if k.Notes != "" {
		w.Map(4)
		w.BulkString("notes")
		w.BulkString(k.Notes)
	} else {
		w.Map(3)
	}
	w.BulkString("flags")
	writeWords(w, "", k.Flags.Names())
	w.BulkString("begin_search")
	switch {
	case k.UnknownBegin:
		writeKeyStep(w, "unknown")
	case k.Keyword != "":
		writeKeyStep(w, "keyword", "keyword", k.Keyword, "startfrom", k.From)
	default:
		writeKeyStep(w, "index", "index", k.Index)
	}
	w.BulkString("find_keys")
	switch {
	case k.UnknownFind:
		writeKeyStep(w, "unknown")
	case k.KeyNum:
		writeKeyStep(w, "keynum", "keynumidx", k.KeyNumAt, "firstkey", k.FirstKey, "keystep", max(k.Step, 1))
	default:
		writeKeyStep(w, "range", "lastkey", k.Last, "keystep", max(k.Step, 1), "limit", k.Limit)
	}
}

// writeKeyStep writes one half of a key spec; pairs are names and values.
func writeKeyStep(w *resp.Writer, kind string, pairs ...any) {
	w.Map(2)
	w.BulkString("type")
	w.BulkString(kind)
	w.BulkString("spec")
	w.Map(len(pairs) / 2)
	for _, p := range pairs {
		switch v := p.(type) {
		case string:
			w.BulkString(v)
		case int:
			w.Int(int64(v))
		}
	}
}

// commandList writes the full names that a filter lets through.
func commandList(c *Ctx) {
	keep, err := listFilter(c.Args[2:])
	if err != nil {
		c.W.Error(err.Error())
		return
	}
	var names []string
	for _, s := range c.Env.Table.Commands() {
		if keep(s) {
			names = append(names, s.FullName())
		}
		for _, sub := range s.visibleSubs() {
			if keep(sub) {
				names = append(names, sub.FullName())
			}
		}
	}
	c.W.Strings(names)
}

// listFilter reads the arguments of COMMAND LIST, which names subcommands, too.
func listFilter(args [][]byte) (keep func(*Spec) bool, err error) {
	switch {
	case len(args) == 0:
		return func(*Spec) bool { return true }, nil
	case len(args) != 3 || !equalFold(args[0], "filterby"):
		return nil, errors.New(resp.ErrSyntax)
	case equalFold(args[1], "module"):
		return func(*Spec) bool { return false }, nil // modules cannot be loaded
	case equalFold(args[1], "aclcat"):
		cat := categoryByName(args[2])
		return func(s *Spec) bool { return s.AllCategories()&cat != 0 }, nil
	case equalFold(args[1], "pattern"):
		return func(s *Spec) bool { return glob.MatchFold(args[2], []byte(s.FullName())) }, nil
	}
	return nil, errors.New(resp.ErrSyntax)
}

// categoryByName finds a category by its name without '@', in any case.
func categoryByName(name []byte) Categories {
	for i, n := range categoryNames {
		if equalFold(name, n) {
			return 1 << i
		}
	}
	return 0
}
