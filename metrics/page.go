package metrics

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// maxScrapes is how many scrapes run at once; others are told to come later.
const maxScrapes = 4

// Handler serves the registry as a Prometheus page in the text format. Each
// request takes a new look; look may wait, but not for ever.
//
// OpenMetrics is not offered: it would rename the counters that do not end in
// _total, and dashboards know them by the names they have.
func Handler[S any](r *Registry[S], look func() S) http.Handler {
	page := prometheus.NewRegistry()
	page.MustRegister(&collector[S]{r, look})
	return promhttp.HandlerFor(page, promhttp.HandlerOpts{MaxRequestsInFlight: maxScrapes})
}

// collector implements prometheus.Collector.
type collector[S any] struct {
	r    *Registry[S]
	look func() S
}

func (c *collector[S]) Describe(out chan<- *prometheus.Desc) {
	for _, d := range c.r.descs {
		out <- d
	}
}

func (c *collector[S]) Collect(out chan<- prometheus.Metric) {
	src := c.look()
	for _, sec := range c.r.sections {
		for _, item := range sec.Items {
			item.collect(src, out)
		}
	}
}
