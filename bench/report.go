//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// Row is the figures of one case, per contender.
type Row struct {
	Section string             `json:"section"`
	Case    string             `json:"case"`
	Unit    string             `json:"unit"`
	Values  map[string]float64 `json:"values"` // by contender, medians of the rounds
	Ratio   float64            `json:"ratio"`  // ours divided by the first other one
	// Less says that smaller is better.
	Less bool `json:"smaller_is_better"`
	// Single figures have no ratio: how long something took that was made to take so long, or what may be near zero.
	Single bool `json:"single,omitempty"`
	// Load is the share of one processor that the load used, in the worse of the contenders; 0 where it does not matter.
	Load float64 `json:"load_share,omitempty"`
}

// Report is all of a run.
type Report struct {
	When     time.Time         `json:"when"`
	CPUs     int               `json:"cpus"`
	Servers  map[string]string `json:"servers"`
	Order    []string          `json:"order"`
	Rows     []Row             `json:"rows"`
	Failures []string          `json:"failures,omitempty"`

	out     io.Writer
	section string // whose heading was printed last
}

// keep completes a row and keeps it.
func (r *Report) keep(row Row) Row {
	if !row.Single && len(r.Order) > 1 && row.Values[r.Order[1]] != 0 {
		row.Ratio = row.Values[r.Order[0]] / row.Values[r.Order[1]]
	}
	r.Rows = append(r.Rows, row)
	return row
}

// add keeps a row and prints it on a line of its own.
func (r *Report) add(row Row) {
	row = r.keep(row)
	if row.Section != r.section {
		r.section = row.Section
		fmt.Fprintf(r.out, "\n%-62s %-9s", row.Section, "unit")
		for _, name := range r.Order {
			fmt.Fprintf(r.out, " %14s", name)
		}
		fmt.Fprintf(r.out, " %8s\n", "ratio")
	}
	fmt.Fprintf(r.out, "  %-60s %-9s", row.Case, row.Unit)
	for _, name := range r.Order {
		fmt.Fprintf(r.out, " %14s", number(row.Values[name]))
	}
	if row.Single {
		fmt.Fprintf(r.out, " %8s\n", "-")
		return
	}
	fmt.Fprintf(r.out, " %8.3f\n", row.Ratio)
}

// opsFigures are the figures of a closed loop, in the order of the table.
var opsFigures = []struct {
	name, unit string
	less       bool
}{
	{"requests/s", "1/s", false},
	{"server CPU", "us", true},
	{"p50", "us", true},
	{"p99", "us", true},
	{"p99.9", "us", true},
}

// addOps keeps the figures of a closed loop and prints one line: per figure the values of all contenders and the ratio.
func (r *Report) addOps(name string, s samples) {
	const section = "ops"
	if r.section != section {
		r.section = section
		fmt.Fprintf(r.out, "\n%-46s", fmt.Sprintf("ops (%s, ratio)", strings.Join(r.Order, ", ")))
		for _, f := range opsFigures {
			fmt.Fprintf(r.out, " %*s", 15+7*(len(r.Order)-1), fmt.Sprintf("%s [%s]", f.name, f.unit))
		}
		fmt.Fprintf(r.out, " %5s\n", "load")
	}
	share := largest(s.medians("load"))
	fmt.Fprintf(r.out, "  %-44s", name)
	for _, f := range opsFigures {
		row := r.keep(Row{Section: section + ": " + f.name, Case: name, Unit: f.unit, Values: s.medians(f.name), Less: f.less, Load: share})
		fmt.Fprint(r.out, " ")
		for _, contender := range r.Order {
			fmt.Fprintf(r.out, " %7s", number(row.Values[contender]))
		}
		fmt.Fprintf(r.out, " %5.2f", row.Ratio)
	}
	fmt.Fprintf(r.out, " %4.0f%%\n", share*100)
}

// number prints with four digits or all of a large whole number.
func number(v float64) string {
	switch {
	case v >= 1000:
		return fmt.Sprintf("%.0f", v)
	case v >= 100:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

// fail notes a section that ended early.
func (r *Report) fail(section string, err error) {
	text := fmt.Sprintf("%s: %v", section, err)
	fmt.Fprintln(r.out, text)
	r.Failures = append(r.Failures, text)
}

func (r *Report) writeJSON(path string) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}

// samples collects the rounds of several figures of one case: figure -> contender -> values.
type samples map[string]map[string][]float64

func (s samples) add(figure, contender string, v float64) {
	if s[figure] == nil {
		s[figure] = map[string][]float64{}
	}
	s[figure][contender] = append(s[figure][contender], v)
}

// medians returns the figure's median per contender.
func (s samples) medians(figure string) map[string]float64 {
	out := map[string]float64{}
	for name, vs := range s[figure] {
		out[name] = median(vs)
	}
	return out
}

func median(vs []float64) float64 {
	vs = slices.Sorted(slices.Values(vs))
	if len(vs) == 0 {
		return 0
	}
	mid := len(vs) / 2
	if len(vs)%2 == 1 {
		return vs[mid]
	}
	return (vs[mid-1] + vs[mid]) / 2
}

// largest is the greatest value of a map.
func largest(m map[string]float64) float64 {
	var out float64
	for _, v := range m {
		out = max(out, v)
	}
	return out
}

// count prints a number of keys as people say it.
func count(n uint64) string {
	switch {
	case n == 1:
		return "one key"
	case n >= 1e6:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/1e6), ".0") + "M keys"
	case n >= 1e3:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/1e3), ".0") + "k keys"
	}
	return fmt.Sprintf("%d keys", n)
}
