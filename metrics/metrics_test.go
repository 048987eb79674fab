package metrics

import (
	"net/http/httptest"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"
)

// shop is a source for tests.
type shop struct {
	open   bool
	bytes  int64
	prices map[string]int64
}

func sample() *Registry[*shop] {
	return New("shop",
		Section[*shop]{"Doors", Usually, []Item[*shop]{
			Label("name", func(*shop) string { return "corner" }),
			Of("state", Word, func(s *shop) Value { return Status(s.open) }).As("open"),
			Gauge("memory", func(s *shop) int64 { return s.bytes }).ForPeople().As("memory_bytes"),
			Counter("wait_usec", func(s *shop) int64 { return 1500 }).In(Microseconds).As("wait_seconds_total").Times(1e-6),
			Counter("strange", func(*shop) int64 { return 7 }).AsGauge("strange_total"),
			Of("share", Level, func(*shop) Value { return Percent(12.345) }),
			Of("ratio", Level, func(*shop) Value { return Float(2, 2) }).As("ratio"),
			Gauge("night", func(*shop) int64 { return 1 }).When(func(s *shop) bool { return !s.open }).As("night"),
		}},
		Section[*shop]{"Prices", ByAll, []Item[*shop]{&Family[*shop]{
			Rows: func(s *shop, yield func(*Row)) {
				for _, name := range []string{"apple", "pear", "plum"} {
					if p, ok := s.prices[name]; ok {
						yield(&Row{Name: "price_" + name, Labels: []string{name}, Fields: []Field{{"now", Int(p)}, {"was", Float(float64(p)/2, 2)}}})
					}
				}
				yield(&Row{Labels: []string{"none"}, Fields: []Field{{"now", Int(0)}}})
				yield(&Row{Name: "sum", Fields: []Field{{"now", Text("x")}}})
			},
			Series: []Series{{Name: "price", Kind: Level, Labels: []string{"of"}, Field: "now"}, {Name: "price_before", Kind: Count, Labels: []string{"of"}, Field: "was", Scale: 10}},
		}}},
		Section[*shop]{Items: append(Zeros[*shop](Level, "hidden"), &Family[*shop]{
			Rows: func(s *shop, yield func(*Row)) {
				yield(&Row{Labels: []string{"a"}, Spread: &Spread{Count: 3, Sum: 6, Quantiles: map[float64]float64{99.9: 3}, Buckets: map[float64]uint64{1: 1, 3: 3}}})
				yield(&Row{Labels: []string{"b"}})
			},
			Series: []Series{{Name: "took", Kind: Summary, Labels: []string{"who"}}, {Name: "spread", Kind: Histogram, Labels: []string{"who"}}},
		}, Gauge("", func(*shop) int64 { return 3 }).As("told").Saying("Told by nobody."))},
	)
}

func TestInfo(t *testing.T) {
	r := sample()
	s := &shop{open: true, bytes: 3 << 19, prices: map[string]int64{"apple": 3, "plum": 5}}
	doors := "# Doors\r\nname:corner\r\nstate:ok\r\nmemory:1572864\r\nmemory_human:1.50M\r\nwait_usec:1500\r\nstrange:7\r\nshare:12.35%\r\nratio:2.00\r\n"
	prices := "# Prices\r\nprice_apple:now=3,was=1.50\r\nprice_plum:now=5,was=2.50\r\nsum:now=x\r\n"
	for _, c := range []struct {
		names []string
		want  string
	}{
		{nil, doors},
		{[]string{"DEFAULT"}, doors},
		{[]string{"all"}, doors + "\r\n" + prices},
		{[]string{"everything", "nothing"}, doors + "\r\n" + prices},
		{[]string{"prices", "Doors", "prices"}, doors + "\r\n" + prices},
		{[]string{"prices"}, prices},
		{[]string{"nothing", ""}, ""},
	} {
		require.Equal(t, "x"+c.want, string(r.Info([]byte("x"), s, c.names...)))
	}
	require.Contains(t, string(r.Info(nil, &shop{})), "\r\nstate:err\r\nmemory:0\r\nmemory_human:0B\r\n")
	require.Contains(t, string(r.Info(nil, &shop{})), "\r\nnight:1\r\n")
	require.Equal(t, []string{"name", "state", "memory", "memory_human", "wait_usec", "strange", "share", "ratio", "night"}, r.Lines("doors"))
	require.Empty(t, r.Lines("prices"))
}

func TestPage(t *testing.T) {
	looks := 0
	h := Handler(sample(), func() *shop { looks++; return &shop{open: true, bytes: 5, prices: map[string]int64{"pear": 2}} })
	get := func(accept string) string {
		w := httptest.NewRecorder()
		req := httptest.NewRequest("GET", "/metrics", nil)
		req.Header.Set("Accept", accept)
		h.ServeHTTP(w, req)
		require.Equal(t, 200, w.Code)
		require.True(t, strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain; version=0.0.4"))
		return w.Body.String()
	}
	text := get("application/openmetrics-text; version=1.0.0")
	p := expfmt.NewTextParser(model.UTF8Validation)
	got, err := p.TextToMetricFamilies(strings.NewReader(text))
	require.NoError(t, err)
	one := func(name string, kind dto.MetricType) *dto.Metric {
		require.Contains(t, got, name)
		require.Equal(t, kind, got[name].GetType(), name)
		require.NotEmpty(t, got[name].GetHelp())
		return got[name].Metric[0]
	}
	require.Equal(t, 1.0, one("shop_open", dto.MetricType_GAUGE).GetGauge().GetValue())
	require.Equal(t, 5.0, one("shop_memory_bytes", dto.MetricType_GAUGE).GetGauge().GetValue())
	require.InDelta(t, 0.0015, one("shop_wait_seconds_total", dto.MetricType_COUNTER).GetCounter().GetValue(), 1e-12)
	require.Equal(t, 7.0, one("shop_strange_total", dto.MetricType_GAUGE).GetGauge().GetValue())
	require.Equal(t, 10.0, one("shop_price_before", dto.MetricType_COUNTER).GetCounter().GetValue())
	require.Equal(t, 3.0, one("shop_told", dto.MetricType_GAUGE).GetGauge().GetValue())
	require.Len(t, got["shop_price"].Metric, 2)
	require.Equal(t, 6.0, one("shop_took", dto.MetricType_SUMMARY).GetSummary().GetSampleSum())
	require.Contains(t, text, `shop_took{who="a",quantile="99.9"} 3`)
	require.Equal(t, uint64(3), one("shop_spread", dto.MetricType_HISTOGRAM).GetHistogram().GetSampleCount())
	require.NotContains(t, got, "shop_night")
	require.NotContains(t, text, "shop_hidden")
	require.Contains(t, text, "# HELP shop_memory_bytes memory of INFO doors, bytes\n")
	require.Contains(t, text, "# HELP shop_told Told by nobody.\n")
	require.Equal(t, 1, looks, "one look per page")
	get("")
	require.Equal(t, 2, looks)
}

// A name that stands twice in the table is found when the program starts.
func TestNamesAreUnique(t *testing.T) {
	twice := func(items ...Item[int]) func() { return func() { New("x", Section[int]{Title: "A", Items: items}) } }
	zero := func(int) int64 { return 0 }
	require.Panics(t, twice(Gauge("a", zero), Counter("a", zero)))
	require.Panics(t, twice(Gauge("a", zero).As("s"), Gauge("b", zero).As("s")))
	require.Panics(t, twice(Gauge("a", zero).ForPeople(), Gauge("a_human", zero)))
	require.NotPanics(t, twice(Gauge("a", zero).As("a"), Gauge("b", zero)))
}

func TestHuman(t *testing.T) {
	for n, want := range map[int64]string{0: "0B", 1023: "1023B", 1024: "1.00K", 1 << 20: "1.00M", 3 << 29: "1.50G", 5 << 40: "5.00T", -1: "-1B"} {
		require.Equal(t, want, Human(n))
	}
}
