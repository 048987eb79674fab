//go:build clients

package clients

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"clusternode/internal/testserver"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"
)

// daemon runs a program until the end of the test; its output is shown if the test fails.
func daemon(t *testing.T, program string, args ...string) (output func() string) {
	path, err := exec.LookPath(program)
	require.NoError(t, err, "%s is not installed", program)
	file, err := os.Create(filepath.Join(t.TempDir(), "output"))
	require.NoError(t, err)
	cmd := exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr = file, file
	require.NoError(t, cmd.Start())
	output = func() string {
		b, err := os.ReadFile(file.Name())
		require.NoError(t, err)
		return string(b)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed
		file.Close()
		if t.Failed() {
			t.Logf("%s:\n%s", program, output())
		}
	})
	return output
}

func freePort(t *testing.T) string {
	port, err := testserver.FreePort()
	require.NoError(t, err)
	return strconv.Itoa(port)
}

// fetch gets a page of this machine.
func fetch(port, path string) (string, error) {
	r, err := http.Get("http://127.0.0.1:" + port + path)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d: %s", r.StatusCode, b)
	}
	return string(b), err
}

// page is a parsed Prometheus page.
type page map[string]*dto.MetricFamily

// scrapeUntil fetches a page that has a series.
func scrapeUntil(t *testing.T, port, series string) page {
	var got page
	require.Eventually(t, func() bool {
		text, err := fetch(port, "/metrics")
		if err != nil {
			return false
		}
		p := expfmt.NewTextParser(model.UTF8Validation)
		got, err = p.TextToMetricFamilies(strings.NewReader(text))
		return err == nil && got[series] != nil
	}, 30*time.Second, 100*time.Millisecond)
	return got
}

// value is a sample whose label values include those given.
func (p page) value(t *testing.T, series string, labels ...string) float64 {
	require.Contains(t, p, series)
	for _, m := range p[series].Metric {
		have := make(map[string]bool)
		for _, l := range m.Label {
			have[l.GetValue()] = true
		}
		all := true
		for _, l := range labels {
			all = all && have[l]
		}
		if all {
			return m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	require.Fail(t, "no sample", "%s %q", series, labels)
	return 0
}

// kinds are the series of redis with their types, without what tells of the exporter itself.
func (p page) kinds() map[string]string {
	out := make(map[string]string)
	for name, f := range p {
		if strings.HasPrefix(name, "redis_") && !strings.HasPrefix(name, "redis_exporter_") && !strings.HasPrefix(name, "redis_target_scrape_") {
			out[name] = strings.ToLower(f.GetType().String())
		}
	}
	return out
}

// ofTheExporter are series that redis_exporter makes of its own work.
var ofTheExporter = map[string]bool{"redis_last_key_groups_scrape_duration_milliseconds": true}

// usage leaves something of every kind to look at, in a server that may be a real one.
func usage(t *testing.T, s *testserver.Server) {
	for _, line := range []string{
		"CONFIG SET slowlog-log-slower-than 1000", "CONFIG SET latency-monitor-threshold 1",
		"SET a 1", "SET b 2 EX 1000", "GET a", "GET nothing", "DEBUG SLEEP 0.02",
	} {
		_, err := s.Do(strings.Fields(line)...)
		require.NoError(t, err)
	}
	_, err := s.Do("NOSUCH")
	require.Error(t, err)
}

// TestRedisExporter compares three pages: redis_exporter's of redis-server, redis_exporter's of a node, and the node's own.
func TestRedisExporter(t *testing.T) {
	oracle, err := testserver.Oracle("redis")
	require.NoError(t, err)
	for _, mode := range []string{"no", "yes"} {
		t.Run("cluster-enabled "+mode, func(t *testing.T) {
			opts := testserver.Options{Args: []string{"--cluster-enabled", mode, "--enable-debug-command", "yes"}}
			theirs, node := testserver.Start(t, oracle, opts), testserver.Start(t, ours(t), opts)
			own := freePort(t)
			_, err = node.Do("CONFIG", "SET", "metrics-port", own)
			require.NoError(t, err)
			pages := make(map[*testserver.Server]page)
			for _, s := range []*testserver.Server{theirs, node} {
				if mode == "yes" {
					_, err := s.Do("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
					require.NoError(t, err)
					require.NoError(t, testserver.AwaitAddrs([]string{s.Addr}, 1))
				}
				usage(t, s)
				port := freePort(t)
				log := daemon(t, "prometheus-redis-exporter", "-redis.addr", "redis://"+s.Addr, "-web.listen-address", "127.0.0.1:"+port, "-include-system-metrics")
				pages[s] = scrapeUntil(t, port, "redis_up")
				require.Equal(t, 1.0, pages[s].value(t, "redis_up"))
				require.NotContains(t, log(), "err", "%s", s.Binary.Name)
			}
			page := scrapeUntil(t, own, "redis_up")

			want, through, direct := pages[theirs].kinds(), pages[node].kinds(), page.kinds()
			for name, kind := range want {
				require.Equal(t, kind, through[name], "%s by the exporter", name)
				if !ofTheExporter[name] {
					require.Equal(t, kind, direct[name], "%s of the node", name)
				}
			}
			for name, kind := range through {
				require.Equal(t, kind, want[name], "%s: the exporter does not know it of redis-server", name)
			}
			sameValues(t, pages[theirs], pages[node], page)
			t.Logf("%d series of redis-server, %d of the node by the exporter, %d of the node itself", len(want), len(through), len(direct))
		})
	}
}

// sameValues compares what the same commands must have brought about.
func sameValues(t *testing.T, pages ...page) {
	for _, c := range [][]string{
		{"redis_db_keys", "db0"}, {"redis_db_keys_expiring", "db0"}, {"redis_commands_total", "set"}, {"redis_commands_total", "get"},
		{"redis_commands_failed_calls_total", "get"}, {"redis_errors_total", "ERR"}, {"redis_keyspace_hits_total"}, {"redis_keyspace_misses_total"},
		{"redis_config_maxclients"}, {"redis_memory_max_bytes"}, {"redis_total_error_replies"}, {"redis_rdb_changes_since_last_save"},
		{"redis_cluster_enabled"}, {"redis_blocked_clients"}, {"redis_instance_info", "master", "noeviction"},
	} {
		want := pages[0].value(t, c[0], c[1:]...)
		for _, p := range pages[1:] {
			require.Equal(t, want, p.value(t, c[0], c[1:]...), "%q", c)
		}
	}
	if pages[0].value(t, "redis_cluster_enabled") == 0 {
		return
	}
	for _, name := range []string{"state", "slots_assigned", "slots_ok", "slots_pfail", "slots_fail", "known_nodes", "size"} {
		want := pages[0].value(t, "redis_cluster_"+name)
		for _, p := range pages[1:] {
			require.Equal(t, want, p.value(t, "redis_cluster_"+name), name)
		}
	}
}

const scrapeConfig = `global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
- job_name: clusternode
  static_configs:
  - targets: [%s]
`

// boardQueries are what dashboards for redis_exporter ask of a cluster's nodes, in their way of asking.
var boardQueries = []string{
	`max(max_over_time(redis_uptime_in_seconds[1m]))`,
	`sum(redis_connected_clients)`,
	`sum(redis_memory_used_bytes) by (instance)`,
	`redis_memory_max_bytes`,
	`sum(rate(redis_commands_processed_total[1m])) by (instance)`,
	`sum(rate(redis_commands_total[1m])) by (cmd) > 0`,
	`sum(irate(redis_commands_duration_seconds_total[1m])) by (cmd) / sum(irate(redis_commands_total[1m])) by (cmd) > 0`,
	`irate(redis_keyspace_hits_total[1m])`,
	`irate(redis_keyspace_misses_total[1m])`,
	`rate(redis_net_input_bytes_total[1m]) > 0`,
	`rate(redis_net_output_bytes_total[1m]) > 0`,
	`sum(redis_db_keys) by (db)`,
	`sum(redis_db_keys) - sum(redis_db_keys_expiring)`,
	`sum(rate(redis_expired_keys_total[1m]))`,
	`sum(rate(redis_evicted_keys_total[1m]))`,
	`count(redis_instance_info) by (redis_version, redis_mode)`,
	`redis_mem_fragmentation_ratio`,
	`min(redis_cluster_state) == 1`,
	`sum(redis_cluster_slots_ok) / count(redis_cluster_slots_ok) == 16384`,
	`redis_up == 1`,
	`rate(redis_cpu_user_seconds_total[1m]) + rate(redis_cpu_sys_seconds_total[1m]) > 0`,
}

// TestPrometheus lets a real Prometheus watch a cluster at work.
func TestPrometheus(t *testing.T) {
	nodes := testserver.StartCluster(t, ours(t), 3)
	var targets []string
	for _, n := range nodes {
		port := freePort(t)
		_, err := n.Do("CONFIG", "SET", "metrics-port", port)
		require.NoError(t, err)
		targets = append(targets, "127.0.0.1:"+port)
		text, err := fetch(port, "/healthz")
		require.NoError(t, err)
		require.Equal(t, "ok\n", text)
	}
	dir, port := t.TempDir(), freePort(t)
	file := filepath.Join(dir, "prometheus.yml")
	require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, scrapeConfig, strings.Join(targets, ", ")), 0o644))
	log := daemon(t, "prometheus", "--config.file", file, "--storage.tsdb.path", filepath.Join(dir, "data"), "--web.listen-address", "127.0.0.1:"+port)

	c := connect(t, nodes[0].Addr)
	work := func() {
		for i := range 200 {
			require.NoError(t, c.Set(t.Context(), key(i), i, time.Hour).Err())
			require.NoError(t, c.Get(t.Context(), key(i)).Err())
		}
	}
	for _, q := range boardQueries {
		require.Eventually(t, func() bool { work(); return len(ask(t, port, q)) > 0 }, 60*time.Second, 200*time.Millisecond, "%s\n%s", q, log())
	}
	require.Len(t, ask(t, port, "up == 1"), len(nodes))
	require.Len(t, ask(t, port, "redis_up == 1"), len(nodes))
	require.Eventually(t, func() bool {
		v := ask(t, port, "sum(redis_db_keys)")
		return len(v) == 1 && v[0] == "200"
	}, 30*time.Second, 200*time.Millisecond)
	require.NotContains(t, log(), "level=error")

	// A cluster that is not whole is not healthy, and says so.
	nodes[2].Crash()
	health := strings.TrimPrefix(targets[0], "127.0.0.1:")
	require.Eventually(t, func() bool {
		_, err := fetch(health, "/healthz")
		return err != nil && strings.Contains(err.Error(), "status 503: cluster_state:fail")
	}, 30*time.Second, 100*time.Millisecond)
	require.Eventually(t, func() bool { return len(ask(t, port, "redis_cluster_state == 0")) == 2 }, 30*time.Second, 200*time.Millisecond)
	require.Eventually(t, func() bool { return len(ask(t, port, "up == 0")) == 1 }, 30*time.Second, 200*time.Millisecond)
}

// ask returns the values that Prometheus has for an expression; none while it does not answer.
func ask(t *testing.T, port, expr string) (values []string) {
	text, err := fetch(port, "/api/v1/query?query="+url.QueryEscape(expr))
	if err != nil {
		return nil
	}
	var reply struct {
		Data struct {
			Result []struct {
				Value [2]any `json:"value"`
			} `json:"result"`
		} `json:"data"`
	}
	require.NoError(t, json.Unmarshal([]byte(text), &reply))
	for _, r := range reply.Data.Result {
		values = append(values, fmt.Sprint(r.Value[1]))
	}
	return values
}
