package talks

import (
	"regexp"
	"slices"
	"strings"

	"clusternode/resp"
)

// closedText is the message for the end of a connection.
const closedText = "(closed)"

var (
	monitorLine = regexp.MustCompile(`^\d+\.\d{6} \[`)
	clientLine  = regexp.MustCompile(`^id=\d+ addr=`)
)

// clientFields are the fields of CLIENT LIST that a talk shows; the others are sizes, times and addresses.
var clientFields = []string{"id", "name", "flags", "db", "sub", "psub", "ssub", "multi", "cmd", "user", "redir", "resp"}

// infoFields are the fields of INFO that a talk shows.
var infoFields = []string{"blocked_clients", "tracking_clients", "clients_in_timeout_table", "total_blocking_keys", "total_blocking_keys_on_nokey",
	"pubsub_channels", "pubsub_patterns", "pubsubshard_channels", "tracking_total_keys", "tracking_total_items", "tracking_total_prefixes"}

// show prints a message so that it is the same on every run and server, or "" for what the control connection causes: ids and
// addresses of connections become their names, times are left out.
func (s *Stage) show(v resp.Value, step *Step) string {
	if v.Type == '+' && monitorLine.MatchString(v.Str) {
		if strings.Contains(v.Str, s.control.nc.LocalAddr().String()) {
			return ""
		}
	}
	v = s.rewrite(v, step.namesIDs())
	if step.Sorted {
		sortElems(&v)
	}
	return v.String()
}

// rewrite is show for parts of a message; named says that integers may be ids.
func (s *Stage) rewrite(v resp.Value, named bool) resp.Value {
	out := resp.Value{Type: v.Type, Null: v.Null, Str: s.text(v.Str)}
	if id, ok := s.byID[v.Str]; v.Type == ':' && named && ok {
		out.Str = id
	}
	masked := false
	for _, e := range v.Elems {
		e = s.rewrite(e, named)
		if masked {
			e = resp.Value{Type: '$', Str: "?"}
		}
		masked = e.Type == '$' && (e.Str == "server" || e.Str == "version" || e.Str == "mode" || e.Str == "modules")
		named = named || e.Type == '$' && e.Str == "tracking-redir-broken"
		out.Elems = append(out.Elems, e)
	}
	return out
}

func (s *Stage) text(text string) string {
	text = s.addrs.Replace(text)
	switch {
	case monitorLine.MatchString(text):
		return text[strings.IndexByte(text, '['):]
	case clientLine.MatchString(strings.TrimPrefix(text, "txt:")):
		return s.clients(strings.TrimPrefix(text, "txt:"))
	case strings.HasPrefix(strings.TrimPrefix(text, "txt:"), "# "):
		return info(text)
	}
	return text
}

// clients keeps what is the same everywhere of CLIENT LIST, without the control connection.
func (s *Stage) clients(text string) string {
	var out []string
	for line := range strings.Lines(text) {
		var fields []string
		for _, f := range strings.Fields(line) {
			name, value, _ := strings.Cut(f, "=")
			if name == "id" {
				if value == s.control.id {
					break
				}
				value = s.byID[value]
			}
			if id, ok := s.byID[value]; name == "redir" && ok {
				value = id
			}
			if slices.Contains(clientFields, name) {
				fields = append(fields, name+"="+value)
			}
		}
		if len(fields) > 0 {
			out = append(out, strings.Join(fields, " "))
		}
	}
	return strings.Join(out, "\n")
}

// info keeps the fields that are the same everywhere.
func info(text string) string {
	var out []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if name, _, ok := strings.Cut(line, ":"); ok && slices.Contains(infoFields, name) {
			out = append(out, line)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}
