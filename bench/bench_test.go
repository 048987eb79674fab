//go:build linux

package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMedian(t *testing.T) {
	require.Zero(t, median(nil))
	require.Equal(t, 2.0, median([]float64{3, 1, 2}))
	require.Equal(t, 2.5, median([]float64{4, 3, 1, 2}))
}

func TestReportKeepsRatiosAndDraws(t *testing.T) {
	var out bytes.Buffer
	r := &Report{Order: []string{"clusternode", "redis"}, Servers: map[string]string{"clusternode": "a", "redis": "b<c"}, out: &out}
	s := samples{}
	for _, v := range []float64{1, 3, 2} {
		s.add("server CPU", "clusternode", v)
		s.add("server CPU", "redis", 2*v)
		s.add("requests/s", "clusternode", 10*v)
		s.add("requests/s", "redis", 10*v)
	}
	r.addOps("GET hit, pipeline 16", s)
	r.add(Row{Section: "memory: 16 B keys, 64 B values, 1M keys, TTL", Case: "peak while loading", Unit: "B/key", Values: map[string]float64{"clusternode": 100, "redis": 80}, Less: true})
	require.Equal(t, 0.5, r.Rows[1].Ratio)
	require.Equal(t, 1.25, r.Rows[len(r.Rows)-1].Ratio)
	require.Contains(t, out.String(), "GET hit, pipeline 16")
	chart := r.chart()
	require.Contains(t, chart, "1M keys, TTL: peak while loading")
	require.Contains(t, chart, "b&lt;c")
	require.Equal(t, 3, strings.Count(chart, "<text x=\"420\""), chart)

	path := t.TempDir() + "/r.json"
	require.NoError(t, r.writeJSON(path))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(data), `"smaller_is_better": true`)
}

func TestAxisIsSymmetric(t *testing.T) {
	require.InDelta(t, axis(1)-axis(0.5), axis(2)-axis(1), 1e-9)
	require.Equal(t, axis(100), axis(axisSpan))
}

// TestProcessFigures reads this process' own.
func TestProcessFigures(t *testing.T) {
	before, err := processCPU(os.Getpid())
	require.NoError(t, err)
	for end := time.Now().Add(5 * time.Millisecond); time.Now().Before(end); {
	}
	after, err := processCPU(os.Getpid())
	require.NoError(t, err)
	require.Greater(t, after, before)
	rss, err := resident(os.Getpid())
	require.NoError(t, err)
	require.Greater(t, rss, int64(1<<20))
	require.GreaterOrEqual(t, watchPeak(os.Getpid()).end(), rss/2)
}

func TestEveryCaseOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, oc := range opsCases(1000) {
		require.False(t, seen[oc.String()], oc)
		seen[oc.String()] = true
		require.NotNil(t, oc.request())
	}
	require.Len(t, seen, 24)
}
