package metrics

import "github.com/prometheus/client_golang/prometheus"

// Kind says how a figure behaves.
type Kind uint8

const (
	Word      Kind = iota // a text; no series
	Level                 // a gauge: goes up and down
	Count                 // a counter: goes up, until the process ends or CONFIG RESETSTAT
	Summary               // of a Family: quantiles, count and sum
	Histogram             // of a Family: cumulative buckets, count and sum
)

// Unit is what a figure is counted in, for its help text.
type Unit string

// The units of INFO.
const (
	Plain        Unit = ""
	Bytes        Unit = "bytes"
	Seconds      Unit = "seconds"
	Milliseconds Unit = "milliseconds"
	Microseconds Unit = "microseconds"
	Ratio        Unit = "ratio"
	KiBPerSecond Unit = "KiB per second"
	UnixSeconds  Unit = "unix time, seconds"
)

// Item is a Figure or a Family.
type Item[S any] interface {
	// info appends its lines of INFO.
	info(b []byte, src S) []byte
	// collect sends its samples.
	collect(src S, out chan<- prometheus.Metric)
	// register makes its descriptions and books its names.
	register(b *book)
}

// Figure is one line of INFO and at most one series. Make it with Gauge,
// Counter, Label or Of, and say the rest by its methods.
type Figure[S any] struct {
	name  string
	kind  Kind
	unit  Unit
	read  func(S) Value
	when  func(S) bool // nil: always
	human bool

	series Series
	desc   *prometheus.Desc
}

// Series is a name of the Prometheus page.
type Series struct {
	Name   string // without the namespace; "" if there is none
	Help   string
	Kind   Kind
	Labels []string // of a Family
	Field  string   // of a Family's rows: the field it shows
	Scale  float64  // from INFO's unit to that of the series; 0 is 1
}

// Of is a figure of any form.
func Of[S any](name string, kind Kind, read func(S) Value) *Figure[S] {
	return &Figure[S]{name: name, kind: kind, read: read}
}

// Gauge is a whole number that goes up and down.
func Gauge[S any](name string, read func(S) int64) *Figure[S] {
	return Of(name, Level, func(src S) Value { return Int(read(src)) })
}

// Counter is a whole number that only grows.
func Counter[S any](name string, read func(S) int64) *Figure[S] {
	return Of(name, Count, func(src S) Value { return Int(read(src)) })
}

// Label is a text.
func Label[S any](name string, read func(S) string) *Figure[S] {
	return Of(name, Word, func(src S) Value { return Text(read(src)) })
}

// Zeros are figures of what the server does not do: monitoring looks for them.
func Zeros[S any](kind Kind, names ...string) []Item[S] {
	out := make([]Item[S], len(names))
	for i, name := range names {
		out[i] = Of(name, kind, func(S) Value { return Int(0) })
	}
	return out
}

// In says the unit.
func (f *Figure[S]) In(u Unit) *Figure[S] { f.unit = u; return f }

// ForPeople adds a line name_human.
func (f *Figure[S]) ForPeople() *Figure[S] { f.unit, f.human = Bytes, true; return f }

// When says that the figure exists only under a condition.
func (f *Figure[S]) When(on func(S) bool) *Figure[S] { f.when = on; return f }

// As names the series, of the figure's kind.
func (f *Figure[S]) As(series string) *Figure[S] {
	f.series.Name, f.series.Kind = series, f.kind
	if f.kind == Word { // a status
		f.series.Kind = Level
	}
	return f
}

// AsGauge names the series, a gauge although the figure is a counter.
func (f *Figure[S]) AsGauge(series string) *Figure[S] {
	f.As(series).series.Kind = Level
	return f
}

// Times says that the series is the figure times a factor.
func (f *Figure[S]) Times(factor float64) *Figure[S] { f.series.Scale = factor; return f }

// Saying sets the help text of the series, for figures that INFO does not show.
func (f *Figure[S]) Saying(help string) *Figure[S] { f.series.Help = help; return f }

func (f *Figure[S]) register(b *book) {
	lines := []string{f.name}
	if f.human {
		lines = append(lines, f.name+"_human")
	}
	if b.title != "" {
		b.lines(lines...)
	}
	if f.series.Name == "" {
		return
	}
	if f.series.Help == "" {
		f.series.Help = f.name + " of INFO " + b.title
		if f.unit != "" && f.series.Scale == 0 {
			f.series.Help += ", " + string(f.unit)
		}
	}
	f.desc = b.describe(f.series)
}

func (f *Figure[S]) info(b []byte, src S) []byte {
	if f.when != nil && !f.when(src) {
		return b
	}
	v := f.read(src)
	b = append(b, f.name...)
	b = append(b, ':')
	b = append(v.Append(b), "\r\n"...)
	if f.human {
		b = append(b, f.name...)
		b = append(b, "_human:"...)
		b = append(b, Human(v.n)...)
		b = append(b, "\r\n"...)
	}
	return b
}

func (f *Figure[S]) collect(src S, out chan<- prometheus.Metric) {
	if f.desc == nil || f.when != nil && !f.when(src) {
		return
	}
	out <- f.series.sample(f.desc, f.read(src).Number(), nil)
}

// sample is one number of a series.
func (s *Series) sample(d *prometheus.Desc, n float64, labels []string) prometheus.Metric {
	if s.Scale != 0 {
		n *= s.Scale
	}
	kind := prometheus.GaugeValue
	if s.Kind == Count {
		kind = prometheus.CounterValue
	}
	return prometheus.MustNewConstMetric(d, kind, n, labels...)
}
