package server

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"
)

// freePort is a TCP port that nobody uses.
func freePort(t testing.TB) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	return strconv.Itoa(ln.Addr().(*net.TCPAddr).Port)
}

// get fetches a page; status 0: nobody answers.
func get(port, path string) (status int, body string) {
	r, err := http.Get("http://127.0.0.1:" + port + path)
	if err != nil {
		return 0, err.Error()
	}
	defer r.Body.Close()
	b, _ := io.ReadAll(r.Body)
	return r.StatusCode, string(b)
}

// scrape parses the Prometheus page.
func scrape(t testing.TB, port string) map[string]*dto.MetricFamily {
	t.Helper()
	status, body := get(port, "/metrics")
	require.Equal(t, 200, status, body)
	p := expfmt.NewTextParser(model.UTF8Validation)
	got, err := p.TextToMetricFamilies(strings.NewReader(body))
	require.NoError(t, err)
	return got
}

// sampleOf is the value of a series with the given label values, in order.
func sampleOf(t testing.TB, page map[string]*dto.MetricFamily, name string, labels ...string) float64 {
	t.Helper()
	require.Contains(t, page, name)
	for _, m := range page[name].Metric {
		var values []string
		for _, l := range m.Label {
			values = append(values, l.GetValue())
		}
		if slices.Equal(values, labels) {
			return m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	require.Fail(t, "no sample", "%s %q", name, labels)
	return 0
}

func TestMetricsPage(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		port := freePort(t)
		n := start("--metrics-port", port, "--bind", "127.0.0.1")
		c := n.dial()
		c.do("SET", "a", "1")
		c.do("SET", "b", "1", "EX", "1000")
		c.do("GET", "a")
		c.do("NOSUCH")
		page := scrape(t, port)
		require.Equal(t, 1.0, sampleOf(t, page, "redis_up"))
		require.Equal(t, 1.0, sampleOf(t, page, "redis_connected_clients"))
		require.Equal(t, 2.0, sampleOf(t, page, "redis_commands_total", "set"))
		require.Equal(t, 1.0, sampleOf(t, page, "redis_commands_total", "get"))
		require.Greater(t, sampleOf(t, page, "redis_commands_duration_seconds_total", "set"), 0.0)
		require.Equal(t, 2.0, sampleOf(t, page, "redis_db_keys", "db0"))
		require.Equal(t, 0.0, sampleOf(t, page, "redis_db_keys", "db15"))
		require.Equal(t, 1.0, sampleOf(t, page, "redis_db_keys_expiring", "db0"))
		require.Equal(t, 1.0, sampleOf(t, page, "redis_errors_total", "ERR"))
		require.Equal(t, 1.0, sampleOf(t, page, "redis_keyspace_hits_total"))
		require.Greater(t, sampleOf(t, page, "redis_memory_used_bytes"), 0.0)
		require.Equal(t, dto.MetricType_COUNTER, page["redis_commands_total"].GetType())
		require.Equal(t, dto.MetricType_GAUGE, page["redis_memory_used_bytes"].GetType())
		require.Equal(t, 1.0, page["redis_instance_info"].Metric[0].GetGauge().GetValue())
		require.NotContains(t, page, "redis_cluster_state")
		require.NotContains(t, page, "redis_master_link_up")

		status, body := get(port, "/healthz")
		require.Equal(t, 200, status)
		require.Equal(t, "ok\n", body)
		status, _ = get(port, "/")
		require.Equal(t, 404, status)
		r, err := http.Post("http://127.0.0.1:"+port+"/metrics", "text/plain", nil)
		require.NoError(t, err)
		r.Body.Close()
		require.Equal(t, 405, r.StatusCode)
	})
}

// TestMetricsPortMoves: the port is opened, moved and closed at run time; a
// change that cannot be made leaves everything as it was.
func TestMetricsPortMoves(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		first, second := freePort(t), freePort(t)
		c := start("--bind", "127.0.0.1").dial()
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "metrics-port", first))
		status, _ := get(first, "/metrics")
		require.Equal(t, 200, status)
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer taken.Close()
		require.Contains(t, c.do("CONFIG", "SET", "metrics-port", strconv.Itoa(taken.Addr().(*net.TCPAddr).Port)), "Unable to listen on metrics-port")
		require.Contains(t, c.do("CONFIG", "GET", "metrics-port"), first)
		status, _ = get(first, "/healthz")
		require.Equal(t, 200, status)
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "metrics-port", second, "metrics-bind", "127.0.0.1"))
		status, _ = get(first, "/metrics")
		require.Zero(t, status)
		status, _ = get(second, "/metrics")
		require.Equal(t, 200, status)
		require.Equal(t, "+OK", c.do("CONFIG", "SET", "metrics-port", "0"))
		status, _ = get(second, "/metrics")
		require.Zero(t, status)
	})
}

// TestMetricsProtectedMode: strangers are turned away unless the operator has
// said that they may come.
func TestMetricsProtectedMode(t *testing.T) {
	n := startNode(t, false)
	c := n.dial()
	from := func(addr string) int {
		req := httptest.NewRequest("GET", "/healthz", nil)
		req.RemoteAddr = addr
		w := httptest.NewRecorder()
		n.s.page.handler.ServeHTTP(w, req)
		return w.Code
	}
	require.Equal(t, 200, from("127.0.0.1:1"))
	require.Equal(t, 200, from("[::ffff:127.0.0.1]:1"))
	require.Equal(t, 200, from("[::1]:1"))
	require.Equal(t, 403, from("10.0.0.1:1"))
	c.do("CONFIG", "SET", "metrics-bind", "127.0.0.1")
	require.Equal(t, 200, from("10.0.0.1:1"))
	c.do("CONFIG", "SET", "metrics-bind", "", "protected-mode", "no")
	require.Equal(t, 200, from("10.0.0.1:1"))
}

// TestMetricsDuringWork: scrapes, INFO and commands at the same time, then the
// end of the node while scrapes come in.
func TestMetricsDuringWork(t *testing.T) {
	onBothPaths(t, func(t *testing.T, start func(...string) *testNode) {
		port := freePort(t)
		n := start("--metrics-port", port, "--bind", "127.0.0.1")
		var work sync.WaitGroup
		for i := range 3 {
			c := n.dial()
			work.Go(func() {
				for j := range 200 {
					c.do("SET", fmt.Sprint(i, j), "x", "PX", "5")
					if j%10 == 0 {
						c.do("INFO", "everything")
						c.do("CONFIG", "RESETSTAT")
					}
				}
			})
			work.Go(func() {
				for range 20 {
					status, body := get(port, "/metrics")
					if status != 200 && status != 503 { // more at once than are served
						t.Error(status, body)
					}
				}
			})
		}
		work.Wait()
		for range 4 {
			work.Go(func() {
				for status := 200; status != 0; {
					status, _ = get(port, "/metrics")
				}
			})
		}
		n.s.Close()
		work.Wait()
	})
}

// TestMetricsNames: a node's series are those of the golden list, which
// internal/clients compares with a real redis_exporter.
func TestMetricsNames(t *testing.T) {
	b, err := os.ReadFile("testdata/series.txt")
	require.NoError(t, err)
	port := freePort(t)
	c := startNode(t, false, "--metrics-port", port, "--bind", "127.0.0.1").dial()
	c.do("SET", "a", "1", "EX", "1000")
	c.do("NOSUCH")
	c.do("CONFIG", "SET", "latency-monitor-threshold", "1", "slowlog-log-slower-than", "1000")
	c.do("DEBUG", "SLEEP", "0.01")
	var got []string
	for name, f := range scrape(t, port) {
		got = append(got, name+" "+strings.ToLower(f.GetType().String()))
	}
	slices.Sort(got)
	require.Equal(t, strings.Split(strings.TrimSpace(string(b)), "\n"), got)
}

// TestMetricsOfClusterNode: the numbers of CLUSTER INFO are on the page, and
// the node is healthy once all slots are served.
func TestMetricsOfClusterNode(t *testing.T) {
	port := freePort(t)
	c := startNode(t, false, "--port", freePort(t), "--cluster-port", freePort(t), "--bind", "127.0.0.1", "--cluster-enabled", "yes", "--metrics-port", port).dial()
	status, body := get(port, "/healthz")
	require.Equal(t, 503, status)
	require.Equal(t, "cluster_state:fail\n", body)
	page := scrape(t, port)
	require.Zero(t, sampleOf(t, page, "redis_cluster_state"))
	require.Equal(t, 1.0, sampleOf(t, page, "redis_cluster_enabled"))
	require.Equal(t, 1.0, sampleOf(t, page, "redis_cluster_known_nodes"))
	require.Equal(t, "+OK", c.do("CLUSTER", "ADDSLOTSRANGE", "0", "16383"))
	eventually(t, func() bool { status, _ = get(port, "/healthz"); return status == 200 })
	page = scrape(t, port)
	require.Equal(t, 1.0, sampleOf(t, page, "redis_cluster_state"))
	require.Equal(t, 16384.0, sampleOf(t, page, "redis_cluster_slots_ok"))
	require.Equal(t, 1.0, sampleOf(t, page, "redis_cluster_size"))
	require.Contains(t, c.infoText("cluster"), "cluster_enabled:1\r\n")
	require.Equal(t, "cluster", infoField(t, c.infoText("server"), "redis_mode"))
}
