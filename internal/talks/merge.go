package talks

import (
	"fmt"
	"strings"
)

// Take is one recording of a talk.
type Take struct {
	Oracle  string // its letter
	Proto   int
	Cluster bool
	Steps   [][]Message
}

// Merge writes the messages that the takes agree on into the talk. It returns what they do not agree on: then the talk is unchanged in
// that step.
func (t *Talk) Merge(takes []Take) []string {
	var faults []string
	for i := range t.Steps {
		step := &t.Steps[i]
		if step.Mark == "-" {
			continue
		}
		known := len(faults)
		for _, proto := range t.Protos {
			var first *Take
			same := true
			for k := range takes {
				take := &takes[k]
				if take.Proto != proto || step.Mark != "" && !strings.Contains(step.Mark, take.Oracle) {
					continue
				}
				if first == nil {
					first = take
				} else if err := compare(first.Steps[i], take.Steps[i]); err != nil {
					same = false
					if len(faults) > known {
						continue // one for each step
					}
					faults = append(faults, fmt.Sprintf("%s, RESP%d: %s (cluster %t) and %s (cluster %t) differ:\n%v", step, proto, first.Oracle, first.Cluster, take.Oracle, take.Cluster, err))
				}
			}
			if first == nil {
				faults = append(faults, fmt.Sprintf("%s: no oracle of mark %q", step, step.Mark))
			} else if same {
				*step.want(proto) = first.Steps[i]
			}
		}
	}
	return faults
}
