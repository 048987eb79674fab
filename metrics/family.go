package metrics

import "github.com/prometheus/client_golang/prometheus"

// Family is a figure that exists once per something.
type Family[S any] struct {
	// Rows calls yield for each of them, in INFO's order.
	Rows   func(src S, yield func(*Row))
	Series []Series

	descs []*prometheus.Desc
}

// Row is one of a family: a line of INFO, "name:field=value,field=value", and
// one sample for each series whose field it has.
type Row struct {
	Name   string   // of the line; "": INFO does not show it
	Labels []string // values of the labels; nil: Prometheus does not show it
	Fields []Field
	// Spread is for series of kind Summary and Histogram; nil: there is none.
	Spread *Spread
}

// Field is a part of a row.
type Field struct {
	Name  string
	Value Value
}

// Spread is how measured values are distributed.
type Spread struct {
	Count     uint64
	Sum       float64
	Quantiles map[float64]float64 // by percentile, 0 to 100
	Buckets   map[float64]uint64  // how many were at most so much
}

func (f *Family[S]) register(b *book) {
	f.descs = make([]*prometheus.Desc, len(f.Series))
	for i := range f.Series {
		f.descs[i] = b.describe(f.Series[i])
	}
}

func (f *Family[S]) info(b []byte, src S) []byte {
	f.Rows(src, func(r *Row) {
		if r.Name == "" {
			return
		}
		b = append(b, r.Name...)
		for i := range r.Fields {
			b = append(b, ":,"[min(i, 1)])
			b = append(b, r.Fields[i].Name...)
			b = append(b, '=')
			b = r.Fields[i].Value.Append(b)
		}
		b = append(b, "\r\n"...)
	})
	return b
}

func (f *Family[S]) collect(src S, out chan<- prometheus.Metric) {
	if len(f.Series) == 0 {
		return
	}
	f.Rows(src, func(r *Row) {
		if r.Labels == nil {
			return
		}
		for i := range f.Series {
			f.sample(&f.Series[i], f.descs[i], r, out)
		}
	})
}

func (f *Family[S]) sample(s *Series, d *prometheus.Desc, r *Row, out chan<- prometheus.Metric) {
	switch p := r.Spread; {
	case s.Kind == Summary && p != nil && p.Quantiles != nil:
		out <- prometheus.MustNewConstSummary(d, p.Count, p.Sum, p.Quantiles, r.Labels...)
	case s.Kind == Histogram && p != nil && p.Buckets != nil:
		out <- prometheus.MustNewConstHistogram(d, p.Count, p.Sum, p.Buckets, r.Labels...)
	case s.Kind == Level || s.Kind == Count:
		for _, field := range r.Fields {
			if field.Name == s.Field {
				out <- s.sample(d, field.Value.Number(), r.Labels)
				return
			}
		}
	}
}
