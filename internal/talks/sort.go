package talks

import (
	"regexp"
	"slices"
	"strings"

	"clusternode/resp"
)

// counted is a message of an unsubscription: what it is about, and how many subscriptions are left.
var counted = regexp.MustCompile(`^(.*unsubscribe.*) (:\d+\])$`)

// sort puts the messages of a step that is marked so in an order which does not depend on the server's hash tables. The counts of
// unsubscriptions stay in the order of arrival: they fall whatever goes first.
func (s *Step) sort(ms []Message) {
	if !s.Sorted {
		return
	}
	for i := range ms { // connection by connection; theirs lie side by side
		if i > 0 && ms[i].Conn == ms[i-1].Conn {
			continue
		}
		end := i
		for end < len(ms) && ms[end].Conn == ms[i].Conn {
			end++
		}
		sortTexts(ms[i:end])
	}
}

func sortTexts(ms []Message) {
	var counts []string
	for i := range ms {
		if m := counted.FindStringSubmatch(ms[i].Text); m != nil {
			ms[i].Text = m[1]
			counts = append(counts, m[2])
		}
	}
	slices.SortStableFunc(ms, func(a, b Message) int { return strings.Compare(a.Text, b.Text) })
	for i := range ms {
		if strings.Contains(ms[i].Text, "unsubscribe") && len(counts) > 0 {
			ms[i].Text += " " + counts[0]
			counts = counts[1:]
		}
	}
}

// sortElems sorts the elements of a reply, but not the parts of a message.
func sortElems(v *resp.Value) {
	if v.Type != '*' && v.Type != '~' || len(v.Elems) == 0 || strings.Contains(v.Elems[0].Str, "message") || strings.Contains(v.Elems[0].Str, "subscribe") {
		return
	}
	slices.SortFunc(v.Elems, func(a, b resp.Value) int { return strings.Compare(a.String(), b.String()) })
}
