package server

import (
	"clusternode/command"
	"clusternode/metrics"
)

// Version is the release of this project.
const Version = "0.1.0"

// figures is the table of everything that this server tells about itself, in
// the order in which INFO prints it. INFO and the Prometheus page (see
// metrics_http.go) are printed from it.
var figures = metrics.New("redis",
	serverSection,
	clientsSection,
	memorySection,
	persistenceSection,
	statsSection,
	replicationSection,
	cpuSection,
	metrics.Section[*reading]{Title: "Modules"}, // there are none
	metrics.Section[*reading]{Title: "Commandstats", Shown: metrics.ByAll, Items: []metrics.Item[*reading]{commandFamily}},
	metrics.Section[*reading]{Title: "Errorstats", Items: []metrics.Item[*reading]{errorFamily}},
	metrics.Section[*reading]{Title: "Latencystats", Shown: metrics.ByAll, Items: []metrics.Item[*reading]{latencyFamily}},
	metrics.Section[*reading]{Title: "Cluster", Items: []metrics.Item[*reading]{
		metrics.Of("cluster_enabled", metrics.Level, func(r *reading) metrics.Value { return metrics.Flag(r.s.bus != nil) }).As("cluster_enabled"),
	}},
	metrics.Section[*reading]{Title: "Keyspace", Items: []metrics.Item[*reading]{keyspaceFamily}},
	pageSection,
)

// handleInfo replies INFO [section ...].
func (s *Server) handleInfo(x *command.Ctx) {
	names := make([]string, 0, len(x.Args))
	for _, a := range x.Args[1:] {
		names = append(names, string(a))
	}
	r := &reading{s: s, w: workerOf(x), self: connOf(x), now: x.Now}
	x.W.Verbatim("txt", string(figures.Info(nil, r, names...)))
}

// Short forms for the tables of figures.
type (
	item    = metrics.Item[*reading]
	figure  = metrics.Figure[*reading]
	section = metrics.Section[*reading]
	family  = metrics.Family[*reading]
)

// level is a whole number that goes up and down.
func level(name string, read func(r *reading) int64) *figure { return metrics.Gauge(name, read) }

// count is a whole number that only grows.
func count(name string, read func(r *reading) int64) *figure { return metrics.Counter(name, read) }

// label is a text.
func label(name string, read func(r *reading) string) *figure { return metrics.Label(name, read) }

// fixed is a number with decimals that goes up and down.
func fixed(name string, decimals int, read func(r *reading) float64) *figure {
	return metrics.Of(name, metrics.Level, func(r *reading) metrics.Value { return metrics.Float(read(r), decimals) })
}

// percentage is a share that INFO prints with a percent sign.
func percentage(name string, read func(r *reading) float64) *figure {
	return metrics.Of(name, metrics.Level, func(r *reading) metrics.Value { return metrics.Percent(read(r)) })
}

// yes is 1 or 0.
func yes(name string, read func(r *reading) bool) *figure {
	return metrics.Of(name, metrics.Level, func(r *reading) metrics.Value { return metrics.Flag(read(r)) })
}

// setting is a directive with a whole number.
func setting(name, directive string) *figure {
	return level(name, func(r *reading) int64 { return r.s.cfg.Int(directive) })
}

// none is a level of something that this server does not have (yet), always n.
func none(name string, n int64) *figure { return level(name, func(*reading) int64 { return n }) }

// unbuilt is a counter of something that this server does not do (yet).
func unbuilt(name string) *figure { return count(name, func(*reading) int64 { return 0 }) }
