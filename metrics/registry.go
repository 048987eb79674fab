package metrics

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// Shown says when INFO prints a section.
type Shown uint8

const (
	Usually Shown = iota // without arguments, by "default", "all" and "everything"
	ByAll                // by "all" and "everything"
)

// Section is a part of INFO.
type Section[S any] struct {
	Title string // as the heading writes it; "": not in INFO
	Shown Shown
	Items []Item[S]
}

// Registry is a table of figures.
type Registry[S any] struct {
	namespace string
	sections  []Section[S]
	descs     []*prometheus.Desc
	lines     map[string][]string // of INFO, by section in lower case
}

// New makes a registry whose series begin with namespace and an underscore. A
// name that stands in the table twice is a mistake of the program: it panics.
func New[S any](namespace string, sections ...Section[S]) *Registry[S] {
	r := &Registry[S]{namespace: namespace, sections: sections, lines: make(map[string][]string)}
	b := &book{namespace: namespace, seen: make(map[string]bool)}
	for _, sec := range sections {
		b.title = strings.ToLower(sec.Title)
		b.names = nil
		for _, item := range sec.Items {
			item.register(b)
		}
		if sec.Title != "" {
			r.lines[b.title] = b.names
		}
	}
	r.descs = b.descs
	return r
}

// book is what New knows of the names so far.
type book struct {
	namespace string
	title     string // of the section, in lower case
	names     []string
	descs     []*prometheus.Desc
	seen      map[string]bool
}

func (b *book) lines(names ...string) {
	for _, name := range names {
		b.claim("INFO " + name)
	}
	b.names = append(b.names, names...)
}

func (b *book) claim(name string) {
	if b.seen[name] {
		panic("metrics: twice in the registry: " + name)
	}
	b.seen[name] = true
}

func (b *book) describe(s Series) *prometheus.Desc {
	b.claim("series " + s.Name)
	if s.Help == "" {
		s.Help = s.Name + ", from INFO " + b.title
	}
	d := prometheus.NewDesc(b.namespace+"_"+s.Name, s.Help, s.Labels, nil)
	b.descs = append(b.descs, d)
	return d
}

// Lines are the names of a section's figures in INFO's order, without those of
// families. The section is named in lower case.
func (r *Registry[S]) Lines(section string) []string { return r.lines[section] }

// Info appends the sections that names ask for, as INFO prints them: none,
// "default", "all", "everything" or names of sections in any case. What is not
// known is passed over.
func (r *Registry[S]) Info(b []byte, src S, names ...string) []byte {
	asked := make(map[string]bool, len(names))
	for _, name := range names {
		asked[strings.ToLower(name)] = true
	}
	usual := len(names) == 0 || asked["default"]
	all := asked["all"] || asked["everything"]
	start := len(b)
	for _, sec := range r.sections {
		if sec.Title == "" || !(all || usual && sec.Shown == Usually || asked[strings.ToLower(sec.Title)]) {
			continue
		}
		if len(b) > start {
			b = append(b, "\r\n"...)
		}
		b = append(b, "# "...)
		b = append(b, sec.Title...)
		b = append(b, "\r\n"...)
		for _, item := range sec.Items {
			b = item.info(b, src)
		}
	}
	return b
}
