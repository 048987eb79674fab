package server

import (
	"sort"
	"strconv"

	"clusternode/metrics"
)

// commandFamily is INFO commandstats.
var commandFamily = &family{
	Rows: (*reading).commands,
	Series: []metrics.Series{
		{Name: "commands_total", Help: "Calls per command.", Kind: metrics.Count, Labels: []string{"cmd"}, Field: "calls"},
		{Name: "commands_duration_seconds_total", Help: "Time spent per command, seconds.", Kind: metrics.Count, Labels: []string{"cmd"}, Field: "usec", Scale: 1e-6},
		{Name: "commands_rejected_calls_total", Help: "Calls that were refused before they ran, per command.", Kind: metrics.Count, Labels: []string{"cmd"}, Field: "rejected_calls"},
		{Name: "commands_failed_calls_total", Help: "Calls that ran and failed, per command.", Kind: metrics.Count, Labels: []string{"cmd"}, Field: "failed_calls"},
	},
}

func (r *reading) commands(yield func(*metrics.Row)) {
	for i := range r.totals().perCmd {
		st := &r.totals().perCmd[i]
		if st.calls+st.rejected+st.failed == 0 {
			continue
		}
		micros := float64(st.nanos) / 1000
		per := 0.0
		if st.calls > 0 {
			per = micros / float64(st.calls)
		}
		name := r.s.env.Table.ByID(i).FullName()
		yield(&metrics.Row{Name: "cmdstat_" + name, Labels: []string{name}, Fields: []metrics.Field{
			{Name: "calls", Value: metrics.Int(st.calls)},
			{Name: "usec", Value: metrics.Int(int64(micros))},
			{Name: "usec_per_call", Value: metrics.Float(per, 2)},
			{Name: "rejected_calls", Value: metrics.Int(st.rejected)},
			{Name: "failed_calls", Value: metrics.Int(st.failed)},
		}})
	}
}

// errorFamily is INFO errorstats.
var errorFamily = &family{
	Rows: (*reading).errors,
	Series: []metrics.Series{
		{Name: "errors_total", Help: "Error replies per first word.", Kind: metrics.Count, Labels: []string{"err"}, Field: "count"},
	},
}

func (r *reading) errors(yield func(*metrics.Row)) {
	counts := r.totals().errorCounts()
	names := make([]string, 0, len(counts))
	for name := range counts {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		yield(&metrics.Row{Name: "errorstat_" + name, Labels: []string{name}, Fields: []metrics.Field{{Name: "count", Value: metrics.Int(counts[name])}}})
	}
}

// keyspaceFamily is INFO keyspace. Prometheus is told of empty databases, too.
var keyspaceFamily = &family{
	Rows: (*reading).databases,
	Series: []metrics.Series{
		{Name: "db_keys", Help: "Keys per database.", Kind: metrics.Level, Labels: []string{"db"}, Field: "keys"},
		{Name: "db_keys_expiring", Help: "Keys with a time to live per database.", Kind: metrics.Level, Labels: []string{"db"}, Field: "expires"},
		{Name: "db_avg_ttl_seconds", Help: "Average time to live per database, seconds.", Kind: metrics.Level, Labels: []string{"db"}, Field: "avg_ttl", Scale: 1e-3},
	},
}

func (r *reading) databases(yield func(*metrics.Row)) {
	for db := range r.s.ks.Databases() {
		name := "db" + strconv.Itoa(db)
		n, expires := r.s.ks.DBSize(db), r.s.ks.Expires(db)
		row := metrics.Row{Labels: []string{name}, Fields: []metrics.Field{
			{Name: "keys", Value: metrics.Int(int64(n))},
			{Name: "expires", Value: metrics.Int(int64(expires))},
		}}
		if n > 0 {
			row.Name = name
			row.Fields = append(row.Fields, metrics.Field{Name: "avg_ttl", Value: metrics.Int(r.s.ks.AvgTTL(db))})
		}
		yield(&row)
	}
}
