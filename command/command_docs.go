package command

import (
	"strings"

	"clusternode/resp"
)

// docsCost: all of the documentation takes about a millisecond.
func docsCost(c *Ctx) int64 {
	if len(c.Args) == 2 {
		return 2_000_000
	}
	return int64(len(c.Args)) * 10_000
}

// commandDocs answers COMMAND DOCS: a map from names to documentation.
// Unknown names are left out.
func commandDocs(c *Ctx) {
	var list []*Spec
	if len(c.Args) == 2 {
		list = c.Env.Table.Commands()
	}
	for _, name := range c.Args[2:] {
		if s := c.Env.Table.byFullName(name); s != nil {
			list = append(list, s)
		}
	}
	c.W.Map(len(list))
	for _, s := range list {
		c.W.BulkString(s.FullName())
		writeDoc(c.W, s)
	}
}

// docPair is one entry of a map that is written once its length is known.
type docPair struct {
	name  string
	write func()
}

func writePairs(w *resp.Writer, pairs []docPair) {
	w.Map(len(pairs))
	for _, p := range pairs {
		w.BulkString(p.name)
		p.write()
	}
}

func writeDoc(w *resp.Writer, s *Spec) {
	d := docByName()[s.FullName()]
	var pairs []docPair
	text := func(name, value string) {
		if value != "" {
			pairs = append(pairs, docPair{name, func() { w.BulkString(value) }})
		}
	}
	text("summary", d.summary)
	text("since", d.since)
	text("group", d.group)
	text("complexity", d.complexity)
	var flags []string
	if d.deprecated != "" {
		flags = append(flags, "deprecated")
	}
	if d.sys {
		flags = append(flags, "syscmd")
	}
	if flags != nil {
		pairs = append(pairs, docPair{"doc_flags", func() { writeWords(w, "", flags) }})
	}
	since, by, _ := strings.Cut(d.deprecated, " ")
	text("deprecated_since", since)
	text("replaced_by", by)
	if d.history != nil {
		pairs = append(pairs, docPair{"history", func() { writeHistory(w, d.history) }})
	}
	if d.args != "" {
		pairs = append(pairs, docPair{"arguments", func() { writeDocArgs(w, parseDocArgs(d.args)) }})
	}
	if subs := s.visibleSubs(); len(subs) > 0 {
		pairs = append(pairs, docPair{"subcommands", func() {
			w.Map(len(subs))
			for _, sub := range subs {
				w.BulkString(sub.FullName())
				writeDoc(w, sub)
			}
		}})
	}
	writePairs(w, pairs)
}

func writeHistory(w *resp.Writer, history []string) {
	w.Set(len(history))
	for _, h := range history {
		version, change, _ := strings.Cut(h, " ")
		w.Array(2)
		w.BulkString(version)
		w.BulkString(change)
	}
}

func writeDocArgs(w *resp.Writer, args []docArg) {
	w.Array(len(args))
	for i := range args {
		args[i].write(w)
	}
}

func (a *docArg) write(w *resp.Writer) {
	var pairs []docPair
	text := func(name, value string) {
		if value != "" {
			pairs = append(pairs, docPair{name, func() { w.BulkString(value) }})
		}
	}
	text("name", a.name)
	text("type", a.typ)
	text("display_text", a.display)
	if a.key >= 0 {
		pairs = append(pairs, docPair{"key_spec_index", func() { w.Int(int64(a.key)) }})
	}
	text("token", a.token)
	text("since", a.since)
	text("deprecated_since", a.deprecated)
	if flags := a.flags(); flags != nil {
		pairs = append(pairs, docPair{"flags", func() { writeWords(w, "", flags) }})
	}
	if a.args != nil {
		pairs = append(pairs, docPair{"arguments", func() { writeDocArgs(w, a.args) }})
	}
	writePairs(w, pairs)
}

func (a *docArg) flags() (out []string) {
	if a.optional {
		out = append(out, "optional")
	}
	if a.multiple {
		out = append(out, "multiple")
	}
	if a.perArg {
		out = append(out, "multiple_token")
	}
	return out
}
