// Package metrics is the registry of a server's figures: each figure stands in
// it once, with its name in INFO, its kind and unit, how it is read, and the
// name of its Prometheus series. INFO and the Prometheus page are two ways to
// print the same table.
//
// # Words
//
//   - Source: whatever the figures are read from, one look at a server. The
//     package knows nothing of it: it is the type parameter S.
//   - Figure: one number or text, one line of INFO, at most one series.
//   - Family: figures that exist once per something (command, database,
//     error): a Row for each of them.
//   - Section: figures under one heading of INFO, in INFO's order. A section
//     without a title has figures that Prometheus alone shows.
//   - Series: a name of the Prometheus page, without the namespace.
//
// # How a figure travels
//
//	Section{figures} -> New -> Registry -> Info(names)   -> "# Clients\r\nconnected_clients:1\r\n..."
//	                              |    ^
//	                              |    +--- S, one look at the server, read by both
//	                              +-----> Handler -> GET /metrics -> "redis_connected_clients 1"
//
// The names of the series are those of redis_exporter (a program that reads
// INFO and prints it for Prometheus), so that dashboards and alerts made for it
// work unchanged. Where its types or units differ from INFO's, the row says so:
// AsGauge for a counter that it calls a gauge, Times for seconds that INFO has
// in microseconds.
//
// # Who owns what
//
// A Registry is constant. A source belongs to the one call that made it; the
// functions of figures are called in the order of the table, on one goroutine.
//
// Start reading at figure.go, then registry.go.
package metrics
