package command

import (
	"fmt"
	"strings"
	"sync"
)

// doc is what COMMAND DOCS says about one command. Tables of them stand in the
// docs_*.go files, by full name.
type doc struct {
	since      string // the version of Redis that had it first
	group      string // of the table, unless set
	complexity string // "O(1)" unless set; noComplexity: none
	summary    string
	history    []string // "7.0.0 what changed then"
	// deprecated: "6.2.0 what replaces it".
	deprecated string
	sys        bool   // for developers, not for applications
	args       string // see parseDocArgs
}

// docArg is one argument in the tree that COMMAND DOCS prints.
type docArg struct {
	name, display, typ, token  string
	key                        int // index of its key spec; -1: it is no key
	since, deprecated          string
	optional, multiple, perArg bool // perArg: the token is repeated with every value
	args                       []docArg
}

// docTables are the tables of all families.
var docTables = []struct {
	group string
	docs  map[string]doc
}{
	{"string", stringDocs}, {"bitmap", bitmapDocs}, {"generic", genericDocs}, {"connection", connectionDocs},
	{"server", serverDocs}, {"transactions", transactionDocs}, {"cluster", clusterDocs},
	{"set", setDocs}, {"stream", streamDocs}, {"list", listDocs}, {"list", blockingListDocs}, {"sorted-set", blockingZSetDocs}, {"generic", sortDocs}, {"sorted-set", zsetDocs}, {"hash", hashDocs},
	{"hyperloglog", hyperLogLogDocs}, {"geo", geoDocs}, {"server", observeDocs}, {"pubsub", pubsubDocs}, {"server", observeDocs},
}

// docByName finds the documentation of a command by its full name. The tables
// are joined when somebody asks first: most nodes are never asked.
var docByName = sync.OnceValue(func() map[string]doc {
	all := map[string]doc{}
	for _, t := range docTables {
		for name, d := range t.docs {
			if d.group == "" {
				d.group = t.group
			}
			switch d.complexity {
			case "":
				d.complexity = "O(1)"
			case noComplexity:
				d.complexity = ""
			}
			all[name] = d
		}
	}
	return all
})

// parseDocArgs reads a list of arguments as the tables write it:
//
//	NX                      a token, named nx
//	value                   a string; value:int, :dbl, :time, :pattern are other types
//	key:key0                a key of the first key spec
//	x:pattern1              a pattern that makes keys of the second
//	EX=seconds:int          a token and the argument that follows it
//	*=any:token             a token under another name; equals stands for "="
//	by(A|B)                 one of several
//	data{key:key0 value}    several that belong together
//	[x]  x...  x...+        optional; one or more; each with the token
//	x@6.2.0  x!2.8.12       since, deprecated since
//	addr<ip:port>           displayed under another name
//
// It panics on bad syntax: the tables are constants, and a test reads all.
func parseDocArgs(text string) []docArg {
	p := docParser{text: text}
	args := p.list(0)
	if p.at < len(text) {
		p.fail()
	}
	return args
}

type docParser struct {
	text string
	at   int
}

func (p *docParser) fail() { panic(fmt.Sprintf("command: docs: %q at %d", p.text, p.at)) }

// list reads arguments up to the closing sign end, 0 for the end of the text,
// and takes the sign.
func (p *docParser) list(end byte) (out []docArg) {
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == ' ' || c == '|' && end == ')':
			p.at++
		case c == end:
			p.at++
			return out
		default:
			out = append(out, p.arg())
		}
	}
	if end != 0 {
		p.fail()
	}
	return out
}

// takes consumes the sign if it comes next.
func (p *docParser) takes(sign string) bool {
	if !strings.HasPrefix(p.text[p.at:], sign) {
		return false
	}
	p.at += len(sign)
	return true
}

// word reads up to the next sign of the syntax.
func (p *docParser) word() string {
	n := strings.IndexAny(p.text[p.at:], " |()[]{}<>:@!=+")
	if n < 0 {
		n = len(p.text) - p.at
	}
	w := p.text[p.at : p.at+n]
	if dots := strings.Index(w, "..."); dots >= 0 {
		w = w[:dots]
	}
	if w == "" {
		p.fail()
	}
	p.at += len(w)
	return w
}

var docTypes = map[string]string{"int": "integer", "dbl": "double", "time": "unix-time", "pattern": "pattern", "token": "pure-token"}

func (p *docParser) arg() docArg {
	optional := p.takes("[")
	a := docArg{key: -1, typ: "string", name: p.word(), optional: optional}
	if p.takes("=") {
		a.token = a.name
		a.name = p.word()
		if a.token == "equals" {
			a.token = "="
		}
	} else if strings.ToUpper(a.name) == a.name {
		a.token, a.typ = a.name, "pure-token"
		a.name = strings.ToLower(a.name)
	}
	a.display = a.name
	if p.takes("<") {
		end := strings.IndexByte(p.text[p.at:], '>')
		a.display = p.text[p.at : p.at+end]
		p.at += end + 1
	}
	if p.takes(":") {
		switch t := p.word(); {
		case strings.HasPrefix(t, "key") && len(t) == 4:
			a.typ, a.key = "key", int(t[3]-'0')
		case strings.HasPrefix(t, "pattern") && len(t) == 8:
			a.typ, a.key = "pattern", int(t[7]-'0')
		case docTypes[t] != "":
			a.typ = docTypes[t]
		default:
			p.fail()
		}
	}
	if p.takes("@") {
		a.since = p.word()
	}
	if p.takes("!") {
		a.deprecated = p.word()
	}
	switch {
	case p.takes("("):
		a.typ, a.display, a.args = "oneof", "", p.list(')')
	case p.takes("{"):
		a.typ, a.display, a.args = "block", "", p.list('}')
	}
	a.multiple = p.takes("...")
	a.perArg = p.takes("+")
	if optional && !p.takes("]") {
		p.fail()
	}
	return a
}
